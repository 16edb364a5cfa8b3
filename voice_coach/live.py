"""The live stage: devices, and the threads that serve them.

Three workers and main. The ears thread takes the microphone's blocks to the recogniser; the voice thread renders what
is to be said; the devices thread gets back what was lost, which may take long. All report to one inbox, on which main
waits.
"""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from voice_coach.clock import Clock
from voice_coach.commands import SESSION, Command, Phrases
from voice_coach.hearing.ears import Ears
from voice_coach.inbox import Inbox
from voice_coach.keyboard import Keyboard
from voice_coach.parts import RETRY, Parts
from voice_coach.session.events import (
    Effect,
    End,
    Event,
    Heard,
    Hush,
    Measure,
    Note,
    Say,
    Spoken,
    Tick,
    Told,
)
from voice_coach.sound.device import LiveLoudspeaker, LiveMicrophone
from voice_coach.sound.mixer import Mixer
from voice_coach.sound.samples import BLOCK_SECONDS, Samples
from voice_coach.speaking.mouth import Mouth
from voice_coach.speaking.voice import Voice

LOUDSPEAKER_RATE = 48000
"""Hertz; what sound servers run at."""
KEPT_BLOCKS = round(20 / BLOCK_SECONDS)
"""How much microphone sound may wait while the recogniser loads or is slow."""
WAIT = 0.1
"""Seconds that the ears wait for sound, and after which the devices are looked after again."""
QUIET = 0.25
"""Seconds after the coach's last sound; what is heard then is not the coach, led back to the microphone. Shorter than
from one tick of the fastest tempo to the next, or a lost device would have to wait for the end of the step."""
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
        clock: Callable[[], Clock] = Clock,
    ) -> None:
        self._inbox = Inbox()
        self._blocks: queue.Queue[Samples] = queue.Queue(KEPT_BLOCKS)
        self._says: queue.SimpleQueue[Say | None] = queue.SimpleQueue()
        self._mixer = Mixer(LOUDSPEAKER_RATE, lambda number: self._inbox.put(Spoken(number)))
        self._voice = voice
        self._mouth = Mouth(voice, self._mixer)
        self._listen = listen
        self._phrases = SESSION
        self._microphone = LiveMicrophone(microphone, self._take)
        self._loudspeaker = LiveLoudspeaker(loudspeaker, self._render, LOUDSPEAKER_RATE)
        self._parts = Parts(self._microphone, self._loudspeaker, lambda: self.now, self._inbox.put, self._reopened)
        self._keyboard = Keyboard(self._inbox.put)
        self._closing = threading.Event()
        self._measuring = threading.Event()
        self._leaking = False
        """Whether the coach is heard in spite of headphones."""
        self._threads = [
            threading.Thread(target=self._hear, name="ears", daemon=True),
            threading.Thread(target=self._speak, name="voice", daemon=True),
            threading.Thread(target=self._look_after, name="devices", daemon=True),
        ]
        self._ended = self._left = False
        self._interrupt: Any = None
        """What Ctrl-C did before."""
        self._new_clock = clock
        self._clock = clock()
        self._abreast = False
        """Whether the ears have caught up with the microphone since they began."""
        self._sounded = 0.0
        """When the coach last made a sound."""

    @property
    def now(self) -> float:
        """Seconds since the session started, but for times asleep."""
        return self._clock.now

    @property
    def late(self) -> int:
        """How often a device's buffer was found empty or overfull."""
        return self._microphone.late + self._loudspeaker.late

    @property
    def devices(self) -> list[str]:
        """What is open: the names of the microphone and the loudspeaker, as the system has them."""
        return [part.device.name for part in (self._microphone, self._loudspeaker) if part.device]

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
        self._clock = self._new_clock()
        self._keyboard.open()
        for thread in self._threads:
            thread.start()
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
        """From now on hear *phrases*; the ears' thread tells its ears with the next block.

        Another conversation is told of what does not work: the one before may have been the only one to hear of it.
        """
        self._inbox.turn()
        if phrases != self._phrases:
            self._parts.remind()
        self._phrases = self._keyboard.phrases = phrases

    def trim(self, decibels: float) -> None:
        """Make the coach so much louder than its normal volume in this room."""
        self._mouth.trim(decibels)

    def cancel_echo(self) -> None:
        """From now on take the coach's own voice away, although headphones are worn."""
        self._leaking = True
        self._mouth.breathe()

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
            case Measure():
                self._measuring.set()
            case Note(event="resumed"):
                self._ended = False
            case _:
                self._mouth.act(effect)

    def _next(self, due: float | None) -> Event:
        while True:
            # Short waits, because on some systems a long one cannot be interrupted, and a sleep is to be noticed.
            self._wake()
            self._parts.keep_up(self._blocks.qsize() * BLOCK_SECONDS, loading=not self._abreast)
            left = 0.5 if due is None else min(0.5, max(0.0, due - self.now))
            if (event := self._inbox.get(left)) is not None:
                return event
            if due is not None and self.now >= due:
                return Tick()

    def _wake(self) -> None:
        if slept := self._clock.slept():
            self._parts.slept(slept)

    # The threads of microphone and loudspeaker -----------------------------------------------------

    def _take(self, block: Samples) -> None:
        if self._blocks.full():  # nobody has listened for so long that none of it is an answer any more
            with suppress(queue.Empty):
                while True:
                    self._blocks.get_nowait()
            self._mixer.restart_reference()
        self._blocks.put_nowait(block)

    def _render(self, frames: int) -> Samples:
        block = self._mixer.render(frames)
        if block.any():
            self._sounded = self.now
        return block

    # The voice's thread ----------------------------------------------------------------------------

    def _speak(self) -> None:
        while (say := self._says.get()) is not None:
            try:
                self._mouth.say(say)
            except Exception as error:  # whatever an engine throws, the session must know and go on
                if "voice" in self._parts.lost:  # it was told already; the session goes on in writing
                    self._inbox.put(Spoken(say.number))
                self._parts.lose("voice", str(error) or type(error).__name__)
            else:
                if not self._voice.failing:
                    self._parts.regain("voice")
                if "loudspeaker" in self._parts.lost:  # nobody else will tell that this is over
                    self._inbox.put(Spoken(say.number))

    # The ears' thread ------------------------------------------------------------------------------

    def _hear(self) -> None:
        while not self._closing.is_set():
            try:
                self._hear_with(self._listen())
            except Exception as error:  # whatever a recogniser throws, the session must know and go on
                self._mouth.breathe()  # new ears know nothing of the room
                self._parts.lose("recogniser", str(error) or type(error).__name__)
                self._closing.wait(RETRY)

    def _hear_with(self, ears: Ears) -> None:
        self._abreast = False
        while not self._closing.is_set():
            try:
                block = self._blocks.get(timeout=WAIT)
            except queue.Empty:
                self._mixer.duck(False)
                if self._microphone.trouble():
                    self._mixer.restart_reference()  # what was played meanwhile belongs to nothing that will be heard
                continue
            ears.listen_for(self._phrases)
            if self._leaking:
                ears.cancel_echo()
            for found in ears.push(block, self._mixer.reference(len(block))):
                if isinstance(found, Heard | Told) and found.word_end is not None:
                    found = replace(found, word_end=self.now - (ears.seconds - found.word_end))
                self._inbox.put(found)
            self._mixer.duck(ears.talked_over and "recogniser" not in self._parts.lost)
            if self._blocks.empty():
                self._abreast = True
                self._parts.regain("recogniser")
            if self._measuring.is_set() and self._blocks.empty():
                self._measuring.clear()
                self._inbox.put(ears.measure())
            if block.any() and self._quiet_for(QUIET) and not self._microphone.trouble():
                self._parts.regain("microphone")

    def _quiet_for(self, seconds: float) -> bool:
        """Whether the coach made no sound for so long."""
        return self.now - self._sounded >= seconds

    # The devices' thread ---------------------------------------------------------------------------

    def _look_after(self) -> None:
        while not self._closing.wait(WAIT):
            self._watch()

    def _watch(self) -> None:
        self._wake()
        if "recogniser" in self._parts.lost:
            self._mixer.duck(False)  # nobody knows any more whether somebody speaks
        self._parts.look_after_devices(self._quiet_for(QUIET))

    def _reopened(self, well: bool) -> None:
        self._mixer.restart_reference()
        if well:
            self._mouth.breathe()
