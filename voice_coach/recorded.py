"""A stage on sound files, in audio time: the microphone's samples are the clock.

The same ears, mouth and mixer as live; it runs as fast as the machine allows, and every run is the same.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

import numpy as np

from voice_coach.commands import Phrases
from voice_coach.hearing.ears import Ears
from voice_coach.person import Person
from voice_coach.session.events import Effect, Event, Hush, Measure, Say, Spoken, Tick
from voice_coach.sound.mixer import Mixer
from voice_coach.sound.resampler import Resampler
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import HEARING_RATE, Samples, block_frames, saturate, silence
from voice_coach.speaking.mouth import Lines, Mouth
from voice_coach.speaking.voice import Voice

SETTLING = 2.0
"""Seconds of silence after which nothing said in the file can still be on its way through the recogniser."""


class Microphone(Protocol):
    """Sound from a room, mono, at *rate* hertz."""

    rate: int

    def read(self, frames: int) -> Samples:
        """The next *frames* samples; silence after the end."""

    @property
    def ended(self) -> bool:
        """Whether nothing but silence is left."""


class Writer(Protocol):
    """Takes sound, block by block."""

    def write(self, block: Samples) -> None:
        """Append *block*."""


class Nowhere:
    """A loudspeaker nobody listens to."""

    def write(self, block: Samples) -> None:
        """Throw it away."""


class SilentRoom:
    """A microphone in an empty room."""

    ended = True

    def __init__(self, rate: int = HEARING_RATE) -> None:
        self.rate = rate

    def read(self, frames: int) -> Samples:
        """Silence."""
        return silence(frames)


ROOM_NOISE = 15.0
"""The noise of a quiet room at its microphone, root mean square in sample steps: about -67 decibels of full scale."""


class PersonInRoom:
    """A microphone in a quiet room, in front of a simulated person, who speaks with *voice*."""

    def __init__(self, person: Person, voice: Voice, rate: int = HEARING_RATE) -> None:
        self.rate = rate
        self._person = person
        self._lines = Lines(voice, rate)
        self._saying = silence(0)
        self._noise = np.random.default_rng(0)
        self._position = 0

    @property
    def ended(self) -> bool:
        """Whether the person is silent."""
        return not len(self._saying)

    def read(self, frames: int) -> Samples:
        """What the person says in the next *frames* samples."""
        if phrase := self._person.speak(self._position / self.rate):
            self._saying = self._lines.render(phrase)
        self._position += frames
        block, self._saying = self._saying[:frames], self._saying[frames:]
        return saturate(np.pad(block, (0, frames - len(block))) + self._noise.normal(0, ROOM_NOISE, frames))


class RecordedStage:
    """Plays a session between a microphone and a loudspeaker that are files, or act like files.

    *echo* is mixed into what the microphone hears; *recording* takes that sum; *until* ends the
    session from outside, seconds.
    """

    def __init__(
        self,
        microphone: Microphone,
        loudspeaker: Writer,
        ears: Ears,
        voice: Voice,
        *,
        echo: Echo | None = None,
        recording: Writer | None = None,
        person: Person | None = None,
        until: float | None = None,
    ) -> None:
        self._microphone, self._loudspeaker, self._recording = microphone, loudspeaker, recording
        self._ears = ears
        self._inbox = inbox = deque[Event]()
        # The mixer knows nothing of this stage, or both would stay, with all lines, until Python looks for cycles.
        self._mixer = Mixer(microphone.rate, lambda number: inbox.append(Spoken(number)))
        self._mouth = Mouth(voice, self._mixer)
        self._speaking = False
        self._echo, self._person, self._until = echo, person, until
        self._to_ears = Resampler(microphone.rate, HEARING_RATE)
        self._blocks = 0
        self._samples = 0
        self._ended_at: float | None = None

    @property
    def now(self) -> float:
        """Seconds of sound so far."""
        return self._samples / self._microphone.rate

    @property
    def quiet(self) -> bool:
        """Whether the microphone file is over and its last words have been recognised."""
        return self._ended_at is not None and self.now >= self._ended_at + SETTLING

    def listen_for(self, phrases: Phrases) -> None:
        """See Stage."""
        self._ears.listen_for(phrases)

    def trim(self, decibels: float) -> None:
        """Make the coach so much louder than its normal volume in this room."""
        self._mouth.trim(decibels)

    def wait(self, due: float | None) -> tuple[Event, float] | None:
        """Let sound pass until something happens."""
        while not self._inbox:
            if due is not None and self.now >= due:
                return Tick(), self.now
            if self._until is not None and self.now >= self._until:
                return None
            if due is None and self.quiet and not self._busy:
                return None
            self._pass_block()
        event = self._inbox.popleft()
        if isinstance(event, Spoken):
            self._speaking = False
            if self._person:
                self._person.spoken_to(self.now)
        return event, self.now

    def act(self, effect: Effect) -> None:
        """Let the mouth carry it out; the person notices."""
        if isinstance(effect, Measure):
            self._inbox.append(self._ears.measure())
        if isinstance(effect, Say | Hush):
            self._speaking = isinstance(effect, Say)
        self._mouth.act(effect)
        if self._person:
            self._person.notice(effect, self.now)

    @property
    def _busy(self) -> bool:
        """Whether somebody is about to say something."""
        return self._speaking or (self._person is not None and self._person.due is not None)

    def _pass_block(self) -> None:
        frames = block_frames(self._microphone.rate, self._blocks)
        played = self._mixer.render(frames)
        self._loudspeaker.write(played)
        sound = self._microphone.read(frames)
        if self._echo:
            sound = saturate(sound + self._echo.through(played))
        if self._recording:
            self._recording.write(sound)
        self._to_ears.push(sound)
        self._blocks += 1
        self._samples += frames
        at_ears = block_frames(HEARING_RATE, self._blocks)
        self._inbox.extend(self._ears.push(self._to_ears.pull(at_ears), self._mixer.reference(at_ears)))
        self._mixer.duck(self._ears.talked_over)
        if not self._microphone.ended:
            self._ended_at = None
        elif self._ended_at is None:
            self._ended_at = self.now
