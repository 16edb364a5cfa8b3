"""The mouth: carries out what the session wants said and sounded, on a mixer."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock

import soxr

from voice_coach.session.events import Earcon, Effect, Hush, Say, Sound, Tempo, Volume
from voice_coach.sound.mixer import Mixer
from voice_coach.sound.samples import Samples
from voice_coach.speaking.chimes import breath, earcon, tick
from voice_coach.speaking.voice import Voice

KEPT_LINES = 40
"""Live, a line is a quarter of a megabyte or so; one that is not kept takes some milliseconds."""


class Lines:
    """A voice's lines at another *rate*, hertz; those said lately are kept in memory."""

    def __init__(self, voice: Voice, rate: int) -> None:
        @lru_cache(KEPT_LINES)
        def render(line: str) -> Samples:
            samples: Samples = soxr.resample(voice.render(line), voice.rate, rate)
            return samples

        self.rate = rate
        self.render = render  # it knows nothing of these Lines, or both would stay until Python looks for cycles


class Mouth:
    """Turns effects into sound. `act` may be called from any thread; only a Say can take time."""

    def __init__(self, voice: Voice, mixer: Mixer) -> None:
        self.mixer = mixer
        self._lines = Lines(voice, mixer.rate)
        self._lock = Lock()
        self._wanted = 0
        self._breathed = False
        self._volume = self._trim = 0.0

    def act(self, effect: Effect) -> None:
        """Carry out *effect* now. Raises VoiceError when a line cannot be rendered."""
        match effect:
            case Say():
                self.intend(effect)
                self.say(effect)
            case Sound(earcon=which):
                self.mixer.sound(self._earcon(which))
            case Hush():
                with self._lock:
                    self._wanted = 0
                    self.mixer.hush()
            case Tempo(per_minute=tempo):
                self.mixer.tempo(tempo, tick(self.mixer.rate))
            case Volume(decibels=decibels):
                self._volume = decibels
                self.mixer.volume(decibels + self._trim)

    def trim(self, decibels: float) -> None:
        """Make all volumes so much louder; for this room, where the session's is for this moment."""
        self._trim = decibels
        self.mixer.volume(self._volume + decibels)

    def breathe(self) -> None:
        """Begin with a breath again: the room is to be learnt anew."""
        self._breathed = False

    def intend(self, say: Say) -> None:
        """From now on *say* is the one to be said; a later Hush or Say takes its place even before it is rendered."""
        with self._lock:
            self._wanted = say.number

    def say(self, say: Say) -> None:
        """Render *say* and speak it, unless it is no longer intended. The first one begins with a breath."""
        pieces: list[Samples] = []
        for line in say.lines:
            if self._wanted != say.number:
                return  # what came in its place must not wait
            pieces.append(self._lines.render(line))
        if say.earcon:
            pieces.insert(0, self._earcon(say.earcon))
        with self._lock:
            if self._wanted == say.number:
                self.mixer.say(say.number, pieces if self._breathed else [breath(self.mixer.rate), *pieces])
                self._breathed = True

    def _earcon(self, which: Earcon) -> Samples:
        return earcon(which, self.mixer.rate)
