"""The coach's voice: lines in, samples out."""

from __future__ import annotations

import contextlib
import re
import sys
import textwrap
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeVar

import numpy as np
import platformdirs
import soundfile
import soxr

from voice_coach.errors import MachineError, UserError
from voice_coach.sound.samples import Samples, silence
from voice_coach.speaking.cache import Cache
from voice_coach.speaking.choose import VoiceInfo, choose
from voice_coach.speaking.polish import level, trim
from voice_coach.speaking.process import Worker, WorkerLost

RATE = 22050
"""Hertz; what eSpeak renders at. Other engines' renders are brought to it."""
BUILDER = 1
"""Raised when the way from a line to its samples changes, so that old renders are not used."""
SLOWEST, FASTEST = 100, 400
"""Words a minute that the engines can do."""
PACE = {"espeak": 0.8}
"""What an engine is asked for, relative to the words a minute it is to speak. eSpeak reckons with long pauses; asked
for 160 it speaks single sentences at 199."""
PIECE_CHARACTERS = 500
"""Longer lines are rendered in pieces: pyttsx3's time grows with the square of the length."""
PIECE_PAUSE_SECONDS = 0.25
START_PATIENCE = 20.0
"""Seconds for the worker's greeting; a cold machine reads the whole engine from its disk."""

T = TypeVar("T")


class VoiceError(MachineError):
    """No speech can be had from this machine's speech engine."""


class Voice(Protocol):
    """Anything that turns a line into samples."""

    rate: int
    """Hertz of what render returns."""
    failing: bool
    """Whether no speech could be had the last time it was tried; lines that are kept are spoken all the same."""

    def render(self, line: str) -> Samples:
        """Return the line as speech; a line without anything to pronounce gives zero samples.

        Raises:
            VoiceError: no speech can be had.
        """
        ...


class SystemVoice:
    """The machine's own speech through pyttsx3, in a process of its own; safe to use from several threads.

    The process is started at once but waited for only when it is needed, so an unknown voice is reported by the first
    prepare or render. Once the engine has said what it is, lines in the cache need no process any more. One that dies
    or hangs is replaced, once for each line.
    """

    rate: int = RATE

    def __init__(
        self,
        name: str | None = None,
        words_per_minute: int = 160,
        cache: Path | None = None,
        patience: float = 10.0,
    ) -> None:
        """Speak with the voice called *name* (an id, a name or a language tag; None for the usual one).

        *cache* is the directory for renders (None for the user's own) and *patience* the seconds a render may take.

        Raises:
            UserError: the words a minute are out of range.
        """
        if not SLOWEST <= words_per_minute <= FASTEST:
            raise UserError(
                f"The voice cannot speak {words_per_minute} words a minute; give a number from {SLOWEST} to {FASTEST}."
            )
        self._name = name
        self._words_per_minute = words_per_minute
        self._patience = patience
        self._cache = Cache(cache or Path(platformdirs.user_cache_dir("voice_coach", appauthor=False)) / "voice")
        self._lock = threading.Lock()
        self._closed = False
        self._identity = ""
        """All that a render depends on but its text; empty until the engine has said what it is."""
        self._worker: Worker | None = None
        self._told = False
        """Whether the running worker knows its voice."""
        self._fallback = False
        self.failing = False
        with contextlib.suppress(WorkerLost):
            self._worker = Worker()

    def __enter__(self) -> SystemVoice:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def render(self, line: str) -> Samples:
        """Return the line as speech, from the cache or else from the engine.

        Raises:
            UserError: there is no voice of the name asked for.
            VoiceError: the engine cannot be had, failed twice, or this voice has been closed.
        """
        text = " ".join("".join(each if each.isprintable() else " " for each in line).split())
        if not any(each.isalnum() for each in text):
            return silence(0)
        if self._identity and (kept := self._cache.get(f"{self._identity}|{text}")) is not None and len(kept):
            return kept  # it need not wait for what another thread has rendered
        with self._lock:
            self._introduce()
            key = f"{self._identity}|{text}"
            samples = self._cache.get(key)
            if samples is None or not len(samples):
                samples = self._synthesise(text)
                if len(samples):  # a process that was ended from outside may leave an empty file
                    self._cache.put(key, samples)
            return samples

    def prepare(self, lines: Iterable[str], progress: Callable[[int, int], None] | None = None) -> None:
        """Render the lines ahead into the cache; *progress* is told how many are done, of how many.

        Raises:
            UserError: there is no voice of the name asked for.
            VoiceError: the engine cannot be had or failed twice.
        """
        with self._lock:
            self._introduce()
        different = list(dict.fromkeys(lines))
        for done, line in enumerate(different, start=1):
            self.render(line)
            if progress:
                progress(done, len(different))

    def close(self) -> None:
        """End the process; a render under way in another thread fails. A second call does nothing."""
        self._closed = True
        if self._worker is not None:
            self._worker.kill()

    def _introduce(self) -> None:
        if not self._identity:
            self._use(lambda worker: None)

    def _synthesise(self, text: str) -> Samples:
        pause = silence(int(PIECE_PAUSE_SECONDS * RATE))
        parts: list[Samples] = []
        for piece in pieces(text):
            parts += [trim(self._use(partial(self._render, piece)), RATE), pause]
        return level(np.concatenate(parts[:-1]), RATE)

    def _render(self, piece: str, worker: Worker) -> Samples:
        path = Path(worker.ask({"text": piece}, self._patience)["file"])
        try:
            return read_render(path)
        except (OSError, soundfile.SoundFileError) as error:
            raise WorkerLost(f"its render cannot be read: {error}") from error

    def _use(self, deed: Callable[[Worker], T]) -> T:
        """Do the deed with the worker; when it is lost, with a new one, once."""
        reason = ""
        for _ in range(2):
            if self._closed:
                raise VoiceError("The voice has been closed.")
            try:
                done = deed(self._ready_worker())
                self.failing = False
                return done
            except WorkerLost as lost:
                reason = str(lost)
                self._fallback = not self._told
                if self._worker is not None:
                    self._worker.kill()
                self._worker = None
        if self._closed:
            raise VoiceError("The voice has been closed.")
        self.failing = True
        raise _no_speech(reason)

    def _ready_worker(self) -> Worker:
        """The running worker, greeted and told its voice."""
        worker = self._worker
        if worker is None:
            worker = self._worker = Worker(self._fallback)
            self._told = False
            if self._closed:
                worker.kill()
        if not self._told:
            greeting = worker.answer(START_PATIENCE)
            voice = choose(self._name, greeting["voice"], _infos(greeting), greeting["variants"])
            pace = round(self._words_per_minute * PACE.get(greeting["driver"], 1.0))
            worker.ask({"voice": voice, "rate": pace}, START_PATIENCE)
            self._identity = "|".join((greeting["driver"], greeting["version"], voice, str(pace), str(BUILDER)))
            self._told = True
        return worker


def voices() -> list[VoiceInfo]:
    """Return the voices installed on this machine.

    Raises:
        VoiceError: there is no speech engine, or it does not work.
    """
    reason = ""
    for fallback in (False, True):
        try:
            worker = Worker(fallback)
            try:
                return _infos(worker.answer(START_PATIENCE))
            finally:
                worker.kill()
        except WorkerLost as lost:
            reason = str(lost)
    raise _no_speech(reason)


def pieces(text: str) -> Iterator[str]:
    """Cut a long text at the ends of sentences, else between words, into pieces that render quickly."""
    piece = ""
    for sentence in re.split(r"(?<=[.!?;:]) ", text):
        for part in textwrap.wrap(sentence, PIECE_CHARACTERS):
            if piece and len(piece) + 1 + len(part) > PIECE_CHARACTERS:
                yield piece
                piece = ""
            piece = f"{piece} {part}".strip()
    yield piece


def read_render(path: Path) -> Samples:
    """Take an engine's file: any format, rate and channels in; mono at RATE out. The file is removed.

    Raises:
        OSError, soundfile.SoundFileError: it is not a readable sound file.
    """
    wave, rate = soundfile.read(str(path), dtype="int16", always_2d=True)
    path.unlink()
    mono = wave[:, 0]
    return np.asarray(mono if rate == RATE else soxr.resample(mono, rate, RATE), np.int16)


def _infos(greeting: dict[str, Any]) -> list[VoiceInfo]:
    return [VoiceInfo(*voice) for voice in greeting["voices"]]


def _no_speech(reason: str) -> VoiceError:
    remedy = {
        "linux": "install eSpeak NG (apt install espeak-ng, or pip install espeakng-loader)",
        "darwin": "check that the voice plays in the system settings under Spoken Content",
    }.get(sys.platform, "check that the voice plays in the system settings under Speech")
    return VoiceError(f"The speech engine does not work ({reason}); {remedy}.")
