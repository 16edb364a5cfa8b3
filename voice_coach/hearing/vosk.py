"""Vosk as recogniser: any of its models that takes grammars at run time.

Such a model holds its graph in two halves (graph/HCLr.fst and graph/Gr.fst); models with one static
graph ignore a grammar and would recognise free speech, so they are refused.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from voice_coach.commands import SESSION, Phrases
from voice_coach.errors import MachineError
from voice_coach.hearing.grammar import UNKNOWN, Grammar, grammar
from voice_coach.hearing.recogniser import Hypothesis
from voice_coach.sound.samples import HEARING_RATE, Samples, saturate, silence

BLOCK = 480
"""Samples decoded at a time: 30 ms, no longer than any model's own chunk, so it adds little delay."""

DITHER = 3.0
"""Noise added to all sound, sample steps: in digital silence a model may wait seconds for the end of an utterance."""

RECENT = 4.0
"""Seconds of sound that a new recogniser hears again, so that it knows the room as the one before did."""

SETTINGS = "voice_coach.json"
"""Optional file in a model directory that holds ModelSettings, such as {"time_scale": 0.3333}."""

# The list of words may lie inside Gr.fst. Older models keep everything in one folder.
_NEEDED = ("am/final.mdl", "conf/model.conf", "graph/HCLr.fst", "graph/Gr.fst", "graph/disambig_tid.int")
_NEEDED_FLAT = ("final.mdl", "mfcc.conf", "HCLr.fst", "Gr.fst", "disambig_tid.int")

# Vosk starts its frame count anew after this many frames, at the end of an utterance; word times of a
# model with another frame rate could not be put right across that moment, so the recogniser is renewed before it.
_FRAMES_BEFORE_RESTART = 20000
_VOSK_FRAME_SECONDS = 0.03

# A broken graph ends the process that loads it (segmentation fault) instead of raising, so another process tries first.
_TRIAL = """
import sys, vosk
vosk.SetLogLevel(-2)
recogniser = vosk.KaldiRecognizer(vosk.Model(sys.argv[1]), 16000.0, '["[unk]"]')
recogniser.AcceptWaveform(bytes(16000))
recogniser.PartialResult()
"""
_TRIAL_SECONDS = 120


@dataclass(frozen=True)
class ModelSettings:
    """What is particular about a model."""

    time_scale: float = 1.0
    """What to multiply Vosk's word times by; 1/3 for a model of 100 frames a second."""
    decoys: bool = True
    """Whether it needs decoys beside `[unk]`."""
    weight: int = 1
    """How many times as likely as a longer phrase a single word is."""


class VoskRecogniser:
    """Listens for phrases with one Vosk model."""

    def __init__(self, model: Path) -> None:
        """Load the model in directory *model*.

        Raises MachineError, one sentence, when the library is missing or the directory is no model,
        is damaged, does not take grammars, or lacks words that safety needs.
        """
        check(model)
        settings = _settings(model)
        self._time_scale = settings.time_scale
        vosk = _library()
        _try(model)
        self.name = f"vosk {model.name}"
        with _quiet():
            vosk.SetLogLevel(-2)
            self._model: Any = vosk.Model(str(model))  # a Path would fail in it
        if not self._knows(UNKNOWN):
            raise MachineError(
                f"The speech model {model.name} cannot say “none of these” (it has no word {UNKNOWN}), so every noise "
                "would be taken for a command; choose another model (voice-coach models list)."
            )
        self._model_name, self._settings = model.name, settings
        self._dither = np.random.default_rng(0)
        self._make: Any = vosk.KaldiRecognizer
        self._waiting = silence(0)
        self._recent: deque[bytes] = deque(maxlen=round(RECENT * HEARING_RATE / BLOCK))
        """The blocks decoded last."""
        self._decoded = 0
        self._text = ""
        self.listen_for(SESSION)

    def push(self, samples: Samples) -> list[Hypothesis]:
        """See Recogniser."""
        self._waiting = np.concatenate((self._waiting, samples))
        found: list[Hypothesis] = []
        while len(self._waiting) >= BLOCK:
            block, self._waiting = self._waiting[:BLOCK], self._waiting[BLOCK:]
            dithered = saturate(block + self._dither.normal(0, DITHER, BLOCK))
            self._recent.append(dithered.tobytes())
            found += self._decode(self._recent[-1])
        return found

    def listen_for(self, phrases: Phrases) -> None:
        """See Recogniser. Vosk's own way of changing a grammar ends the process once sound has been heard."""
        self.grammar: Grammar = grammar(self._knows, self._model_name, phrases)
        decoys = self.grammar.decoys if self._settings.decoys else ()
        self._listed = json.dumps([*self.grammar.weighted(self._settings.weight), *decoys, UNKNOWN])
        self._renew()

    @property
    def _now(self) -> float:
        return self._decoded / HEARING_RATE

    def _knows(self, word: str) -> bool:
        return bool(self._model.vosk_model_find_word(word) >= 0)

    def _renew(self) -> None:
        """A new recogniser, the matter of a millisecond, which hears the last seconds again.

        It tells nothing of them, save of an utterance that was going on.
        """
        going_on = bool(self._text)
        self._decoded -= sum(len(block) // 2 for block in self._recent)
        self._kaldi: Any = self._make(self._model, float(HEARING_RATE), self._listed)
        self._kaldi.SetWords(True)
        self._origin = self._now
        """Where the word times of this recogniser count from, seconds."""
        self._begin()
        for block in self._recent:
            for _ in self._decode(block):
                pass
        if self._recent and not going_on:
            self._kaldi.Reset()
            self._begin()
        self._text = ""  # so what is being said is told again with the next block

    def _begin(self) -> None:
        self._text = ""
        self._start: float | None = None

    def _decode(self, block: bytes) -> Iterator[Hypothesis]:
        ended = self._kaldi.AcceptWaveform(block)
        self._decoded += len(block) // 2
        if ended:
            yield from self._final(json.loads(self._kaldi.Result()))
        else:
            yield from self._partial(json.loads(self._kaldi.PartialResult())["partial"])

    def _partial(self, text: str) -> Iterator[Hypothesis]:
        if text and text != self._text:
            if self._start is None:
                self._start = self._now
            self._text = text
            yield Hypothesis(text, final=False, start=self._start, end=None)

    def _final(self, result: dict[str, Any]) -> Iterator[Hypothesis]:
        text, words = result.get("text", ""), result.get("result", ())
        if text or self._text:
            start = self._seconds(words[0]["start"]) if words else self._start
            end = self._seconds(words[-1]["end"]) if words else None
            yield Hypothesis(text, final=True, start=self._now if start is None else start, end=end)
        self._begin()
        restart = _FRAMES_BEFORE_RESTART * _VOSK_FRAME_SECONDS * self._time_scale
        if self._time_scale != 1 and self._now - self._origin > 0.8 * restart:
            self._renew()

    def _seconds(self, time: float) -> float:
        return self._origin + time * self._time_scale


def check(model: Path) -> None:
    """Whether directory *model* looks like a Vosk model that takes grammars; MachineError says what is wrong."""
    if not model.is_dir():
        raise MachineError(f"There is no speech model at {model}: name the folder that holds am, conf and graph.")
    flat = (model / "final.mdl").exists() and not (model / "am").exists()
    if (model / ("HCLG.fst" if flat else "graph/HCLG.fst")).exists():
        raise MachineError(
            f"The speech model {model.name} has one fixed graph (HCLG.fst) and cannot be told which phrases to listen "
            "for; choose a small model or one whose name ends in lgraph (voice-coach models list)."
        )
    missing = [name for name in (_NEEDED_FLAT if flat else _NEEDED) if not _filled(model / name)]
    if missing:
        raise MachineError(
            f"{model.name} is not a whole speech model ({', '.join(missing)} missing or empty); install it again."
        )
    if sys.platform == "win32" and not str(model).isascii():
        raise MachineError(
            f"Vosk cannot open {model} because of the letters in its path; move the model to a folder with plain "
            "letters and set VOICE_COACH_MODEL to it."
        )


def _filled(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _settings(model: Path) -> ModelSettings:
    path = model / SETTINGS
    if not path.exists():
        return ModelSettings()
    try:
        settings = ModelSettings(**json.loads(path.read_text("utf-8")))
        if not 0 < float(settings.time_scale) <= 10 or not 1 <= int(settings.weight) <= 100:
            raise ValueError(settings)
    except (OSError, ValueError, TypeError) as error:
        raise MachineError(
            f'{path} cannot be used: it must hold numbers above 0, as in {{"time_scale": 0.3333, "weight": 1}}.'
        ) from error
    return settings


def _library() -> Any:
    """The vosk package, imported late because it may be missing and is slow to load."""
    try:
        import vosk
    except (ImportError, OSError) as error:
        raise MachineError(
            f"The recogniser Vosk is not installed or does not run here ({error}); install it with “pip install vosk”."
        ) from error
    return vosk


def _try(model: Path) -> None:
    """Load *model* in a process of its own, which may crash; MachineError when it does."""
    try:
        trial = subprocess.run(
            [sys.executable, "-c", _TRIAL, str(model)],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=_TRIAL_SECONDS, check=False,
        )  # fmt: skip
        sound = trial.returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        sound = False
    if not sound:
        raise MachineError(
            f"The speech model in {model} cannot be loaded: one of its files is damaged or cut short; install it again."
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps what the C++ library writes to standard error off the screen."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, AttributeError, ValueError):
        yield  # no standard error at all, as in a windowed program
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
