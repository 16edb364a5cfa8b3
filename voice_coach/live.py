"""The live stage: devices, and the threads that serve them.

Two workers and main. The ears thread takes the microphone's blocks to the recogniser; the voice
thread renders what is to be said; both report to one inbox, on which main waits.
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
from voice_coach.errors import CoachError
from voice_coach.hearing.ears import Ears
from voice_coach.keyboard import Keyboard
from voice_coach.session.events import (
    Effect,
    End,
    Event,
    Heard,
    Hush,
    Lost,
    Measure,
    Note,
    Returned,
    Say,
    Spoken,
    Tick,
    Told,
)
from voice_coach.session.times import span
from voice_coach.sound.device import LiveLoudspeaker, LiveMicrophone, reopen
from voice_coach.sound.mixer import Mixer
from voice_coach.sound.samples import BLOCK_SECONDS, HEARING_RATE, Samples
from voice_coach.speaking.mouth import Mouth
from voice_coach.speaking.voice import Voice

LOUDSPEAKER_RATE = 48000
"""Hertz; what sound servers run at."""
KEPT_BLOCKS = round(20 / BLOCK_SECONDS)
"""How much microphone sound may wait while the recogniser loads or is slow."""
WAIT = 0.1
"""Seconds that the ears wait for sound before they look after the devices."""
BEHIND = 3.0
"""Seconds of microphone sound that wait when the ears are too slow to be trusted."""
LOADING = 10.0
"""The same while the recogniser loads."""
RETRY = 2.0
"""Seconds before a lost part is tried again."""
SELDOM = 16.0
"""Seconds between tries of a device that stays away; each try takes twice the time before."""
WAKING = 2.0
"""Seconds after a sleep in which devices may be late without being lost."""
QUIET = 0.5
"""Seconds after the coach's last sound; what is heard then is not the coach, led back to the microphone."""
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
        self._inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._blocks: queue.Queue[Samples] = queue.Queue(KEPT_BLOCKS)
        self._says: queue.SimpleQueue[Say | None] = queue.SimpleQueue()
        self._mixer = Mixer(LOUDSPEAKER_RATE, lambda number: self._inbox.put(Spoken(number)))
        self._voice = voice
        self._mouth = Mouth(voice, self._mixer)
        self._listen = listen
        self._phrases = SESSION
        self._microphone = LiveMicrophone(microphone, self._take)
        self._loudspeaker = LiveLoudspeaker(loudspeaker, self._mixer.render, LOUDSPEAKER_RATE)
        self._keyboard = Keyboard(self._inbox.put)
        self._closing = threading.Event()
        self._measuring = threading.Event()
        self._leaking = False
        """Whether the coach is heard in spite of headphones."""
        self._threads = [
            threading.Thread(target=self._hear, name="ears", daemon=True),
            threading.Thread(target=self._speak, name="voice", daemon=True),
        ]
        self._lost: dict[str, str] = {}
        """The parts that do not work, and why."""
        self._tried = 0.0
        """When it was last tried to get a device back, or when one was lost."""
        self._retry = RETRY
        self._ended = self._left = False
        self._interrupt: Any = None
        """What Ctrl-C did before."""
        self._new_clock = clock
        self._clock = clock()
        self._woke = -WAKING
        self._abreast = False
        """Whether the ears have caught up with the microphone since they began."""
        self._sounded = 0.0
        """When the coach was last heard."""

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
        What was said between the two is no answer to a question that was not asked; safety words and keys count.
        """
        for event in self._waiting():
            if not (isinstance(event, Heard | Told) and event.path == "command"):
                self._inbox.put(event)
        if phrases != self._phrases:
            for part, reason in tuple(self._lost.items()):
                self._inbox.put(Lost(part, reason))
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
            self._keep_up()
            left = 0.5 if due is None else min(0.5, max(0.0, due - self.now))
            try:
                return self._inbox.get(timeout=left)
            except queue.Empty:
                if due is not None and self.now >= due:
                    return Tick()

    def _waiting(self) -> list[Event]:
        """What is in the inbox, taken out."""
        waiting: list[Event] = []
        with suppress(queue.Empty):
            while True:
                waiting.append(self._inbox.get_nowait())
        return waiting

    def _wake(self) -> None:
        """Notice that the computer slept; nobody knows what happened meanwhile."""
        if slept := self._clock.slept():
            self._woke = self.now
            reason = f"The computer was asleep for {span(slept)}, so the session stands still."
            self._inbox.put(Lost("computer", reason, asleep=slept))

    def _keep_up(self) -> None:
        """Notice that the ears hang or fall behind: what they hear late they do not hear."""
        waits = self._blocks.qsize() * BLOCK_SECONDS
        if waits > (BEHIND if self._abreast else LOADING) and self.now - self._woke > WAKING + BEHIND:
            self._lose("recogniser", "The computer is too slow to listen just now, so the session stands still.")

    # The microphone's thread -----------------------------------------------------------------------

    def _take(self, block: Samples) -> None:
        with suppress(queue.Full):
            self._blocks.put_nowait(block)

    # The voice's thread ----------------------------------------------------------------------------

    def _speak(self) -> None:
        while (say := self._says.get()) is not None:
            try:
                self._mouth.say(say)
            except Exception as error:  # whatever an engine throws, the session must know and go on
                if "voice" in self._lost:  # it was told already; the session goes on in writing
                    self._inbox.put(Spoken(say.number))
                self._lose("voice", str(error) or type(error).__name__)
            else:
                if not self._voice.failing:
                    self._regain("voice")
                if "loudspeaker" in self._lost:  # nobody else will tell that this is over
                    self._inbox.put(Spoken(say.number))

    # The ears' thread ------------------------------------------------------------------------------

    def _hear(self) -> None:
        while not self._closing.is_set():
            try:
                self._hear_with(self._listen())
            except Exception as error:  # whatever a recogniser throws, the session must know and go on
                self._mouth.breathe()  # new ears know nothing of the room
                self._lose("recogniser", str(error) or type(error).__name__)
                self._closing.wait(RETRY)

    def _hear_with(self, ears: Ears) -> None:
        self._abreast = False
        while not self._closing.is_set():
            try:
                block = self._blocks.get(timeout=WAIT)
            except queue.Empty:
                self._mixer.duck(False)
                if self._microphone.trouble():
                    if self._mixer.reference(round(WAIT * HEARING_RATE)).any():
                        self._sounded = self.now
                    self._mixer.restart_reference()  # what was played meanwhile belongs to nothing that will be heard
                self._watch()
                continue
            ears.listen_for(self._phrases)
            if self._leaking:
                ears.cancel_echo()
            played = self._mixer.reference(len(block))
            if played.any():
                self._sounded = self.now
            for found in ears.push(block, played):
                if isinstance(found, Heard | Told) and found.word_end is not None:
                    found = replace(found, word_end=self.now - (ears.seconds - found.word_end))
                self._inbox.put(found)
            self._mixer.duck(ears.talked_over)
            if self._blocks.empty():
                self._abreast = True
                self._regain("recogniser")
            if self._measuring.is_set() and self._blocks.empty():
                self._measuring.clear()
                self._inbox.put(ears.measure())
            if block.any() and self._quiet_for(QUIET) and not self._microphone.trouble():
                self._regain("microphone")
            self._watch()

    def _quiet_for(self, seconds: float) -> bool:
        """Whether the coach made no sound for so long."""
        return self.now - self._sounded >= seconds

    def _watch(self) -> None:
        """Notice a device that failed, and try to get it back."""
        self._wake()
        if self.now - self._woke < WAKING:
            return
        if (trouble := self._microphone.trouble()) and "microphone" not in self._lost:
            self._lose("microphone", trouble)
        if (trouble := self._loudspeaker.trouble()) and "loudspeaker" not in self._lost:
            self._lose("loudspeaker", trouble)
        if "loudspeaker" in self._lost and self._loudspeaker.running:
            self._regain("loudspeaker")
        # A microphone that is only muted is opened anew as well: the system may have put a silent one in its place.
        missing = [part for part in (self._microphone, self._loudspeaker) if part.trouble()]
        if missing and self._quiet_for(QUIET) and self.now - self._tried > self._retry:
            self._retry = min(SELDOM, 2 * self._retry)
            with suppress(CoachError):
                reopen(self._microphone, self._loudspeaker)
                self._mouth.breathe()
            self._tried = self.now
            self._mixer.restart_reference()

    def _lose(self, part: str, reason: str) -> None:
        if part not in self._lost:
            self._lost[part] = reason
            self._tried, self._retry = self.now, RETRY
            self._inbox.put(Lost(part, reason))

    def _regain(self, part: str) -> None:
        if part in self._lost:
            del self._lost[part]
            self._inbox.put(Returned(part))
