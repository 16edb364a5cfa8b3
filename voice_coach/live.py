"""The live stage: devices, and the threads that serve them.

Two workers and main. The ears thread takes the microphone's blocks to the recogniser; the voice
thread renders what is to be said; both report to one inbox, on which main waits.
"""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from voice_coach.commands import SESSION, Command, Phrases
from voice_coach.errors import CoachError
from voice_coach.hearing.ears import Ears
from voice_coach.keyboard import Keyboard
from voice_coach.session.events import Effect, End, Event, Heard, Hush, Lost, Note, Returned, Say, Spoken, Tick, Told
from voice_coach.sound.device import LiveLoudspeaker, LiveMicrophone, reopen
from voice_coach.sound.mixer import Mixer
from voice_coach.sound.samples import BLOCK_SECONDS, Samples
from voice_coach.speaking.mouth import Mouth
from voice_coach.speaking.voice import Voice

LOUDSPEAKER_RATE = 48000
"""Hertz; what sound servers run at."""
KEPT_BLOCKS = round(20 / BLOCK_SECONDS)
"""How much microphone sound may wait while the recogniser loads or is slow."""
RETRY = 2.0
"""Seconds between attempts to get a lost part back."""
INTERRUPT = Heard(Command.STOP, "Ctrl-C", "key")


class LiveStage:
    """Plays conversations with a real microphone and loudspeaker. A context manager: leaving it closes everything.

    *listen* makes the ears; it is called on the thread that uses them. Opening raises DeviceError
    where there is no microphone or loudspeaker.
    """

    def __init__(
        self,
        voice: Voice,
        listen: Callable[[], Ears],
        microphone: str | None = None,
        loudspeaker: str | None = None,
    ) -> None:
        self._inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._blocks: queue.Queue[Samples] = queue.Queue(KEPT_BLOCKS)
        self._says: queue.SimpleQueue[Say | None] = queue.SimpleQueue()
        self._mixer = Mixer(LOUDSPEAKER_RATE, lambda number: self._inbox.put(Spoken(number)))
        self._mouth = Mouth(voice, self._mixer)
        self._listen = listen
        self._phrases = SESSION
        self._microphone = LiveMicrophone(microphone, self._take)
        self._loudspeaker = LiveLoudspeaker(loudspeaker, self._mixer.render, LOUDSPEAKER_RATE)
        self._keyboard = Keyboard(self._inbox.put)
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=self._hear, name="ears", daemon=True),
            threading.Thread(target=self._speak, name="voice", daemon=True),
        ]
        self._lost: dict[str, float] = {}
        self._ended = self._left = False
        self._interrupt: Any = None
        """What Ctrl-C did before."""
        self._start = time.monotonic()

    @property
    def now(self) -> float:
        """Seconds since the session started."""
        return time.monotonic() - self._start

    @property
    def quiet(self) -> bool:
        """Whether the person has left after the end."""
        return self._left

    def __enter__(self) -> Self:
        self._microphone.open()
        try:
            self._loudspeaker.open()
        except BaseException:
            self._microphone.close()
            raise
        if threading.current_thread() is threading.main_thread():
            # Whatever main is doing, Ctrl-C must not tear it away from there.
            self._interrupt = signal.signal(signal.SIGINT, lambda number, frame: self._inbox.put(INTERRUPT))
        self._keyboard.open()
        for thread in self._threads:
            thread.start()
        self._start = time.monotonic()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._interrupt is not None:
            signal.signal(signal.SIGINT, self._interrupt)
        self._closing.set()
        self._says.put(None)
        self._keyboard.close()
        for thread in self._threads:
            thread.join(3)
        self._loudspeaker.close()
        self._microphone.close()

    def listen_for(self, phrases: Phrases) -> None:
        """From now on hear *phrases*; the ears' thread tells its ears with the next block."""
        self._phrases = self._keyboard.phrases = phrases

    def wait(self, due: float | None) -> tuple[Event, float] | None:
        """The next event, or a Tick at *due*. Ctrl-C is a stop; after the end, a stop leaves."""
        event = self._next(due)
        if self._ended and isinstance(event, Heard) and event.command is Command.STOP and event.path == "key":
            self._left = True
        return event, self.now

    def act(self, effect: Effect) -> None:
        """Carry out *effect* without waiting."""
        match effect:
            case Say():
                self._mouth.intend(effect)
                self._says.put(effect)
            case Hush():
                self._mouth.act(effect)
                self._loudspeaker.cut()
                self._mixer.restart_reference()
            case End():
                self._ended = True
            case Note(event="resumed"):
                self._ended = False
            case _:
                self._mouth.act(effect)

    def _next(self, due: float | None) -> Event:
        while True:
            # Short waits, because on some systems a long one cannot be interrupted.
            left = 0.5 if due is None else min(0.5, max(0.0, due - self.now))
            try:
                return self._inbox.get(timeout=left)
            except queue.Empty:
                if due is not None and self.now >= due:
                    return Tick()

    # The microphone's thread -----------------------------------------------------------------------

    def _take(self, block: Samples) -> None:
        with suppress(queue.Full):
            self._blocks.put_nowait(block)

    # The voice's thread ----------------------------------------------------------------------------

    def _speak(self) -> None:
        while (say := self._says.get()) is not None:
            try:
                self._mouth.say(say)
            except CoachError as error:
                if "voice" in self._lost:  # it was told already; the session goes on in writing
                    self._inbox.put(Spoken(say.number))
                self._lose("voice", str(error))
            else:
                self._regain("voice")

    # The ears' thread ------------------------------------------------------------------------------

    def _hear(self) -> None:
        while not self._closing.is_set():
            try:
                self._hear_with(self._listen())
            except Exception as error:  # whatever a recogniser throws, the session must know and go on
                self._lose("recogniser", str(error) or type(error).__name__)
                self._closing.wait(RETRY)

    def _hear_with(self, ears: Ears) -> None:
        begun = None
        while not self._closing.is_set():
            try:
                block = self._blocks.get(timeout=0.1)
            except queue.Empty:
                self._watch()
                continue
            if begun is None:
                self._regain("recogniser")
                begun = self.now
            ears.listen_for(self._phrases)
            for found in ears.push(block, self._mixer.reference(len(block))):
                if isinstance(found, Heard | Told) and found.word_end is not None:
                    found = replace(found, word_end=self.now - (ears.seconds - found.word_end))
                self._inbox.put(found)
            self._mixer.duck(ears.talked_over)
            if block.any():
                self._regain("microphone")
            self._watch()

    def _watch(self) -> None:
        """Notice a device that failed, and try to get it back."""
        if (trouble := self._microphone.trouble()) and "microphone" not in self._lost:
            self._lose("microphone", trouble)
        if (trouble := self._loudspeaker.trouble()) and "loudspeaker" not in self._lost:
            self._lose("loudspeaker", trouble)
        silent = "microphone" in self._lost and self._microphone.seconds_since_last_block > 1
        if (silent or "loudspeaker" in self._lost) and self.now - min(self._lost.values()) > RETRY:
            self._lost = dict.fromkeys(self._lost, self.now)
            try:
                reopen(self._microphone, self._loudspeaker)
            except CoachError:
                return
            self._mixer.restart_reference()
            self._regain("loudspeaker")

    def _lose(self, part: str, reason: str) -> None:
        if part not in self._lost:
            self._lost[part] = self.now
            self._inbox.put(Lost(part, reason))

    def _regain(self, part: str) -> None:
        if self._lost.pop(part, None) is not None:
            self._inbox.put(Returned(part))
