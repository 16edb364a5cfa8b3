"""Everything between the microphone and a command heard, as one streaming object.

The live program, the file mode and the benchmarks all use it; samples are its only clock.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from voice_coach.commands import SESSION, Phrases
from voice_coach.hearing.barge_in import BargeIn
from voice_coach.hearing.echo import EchoCanceller
from voice_coach.hearing.listener import Finding, Listener
from voice_coach.hearing.meter import Meter
from voice_coach.hearing.recogniser import Recogniser
from voice_coach.session.events import Measured
from voice_coach.sound.samples import HEARING_RATE, Samples, silence

SILENCE_DBFS = -120.0
"""The level of a microphone that gives zeros."""

LOOKED_BACK = 10.0
"""Seconds for which it is known who spoke."""
BEFORE = 0.5
"""Seconds before the guessed beginning of an utterance in which its speaker may have been noticed."""
COACH = 1 / 3
"""The share of an utterance in which the loudspeaker sounds that makes it the coach's own, perhaps. Ticks are less."""


class Ears:
    """Microphone samples in, commands out.

    The times in what it hears are seconds of microphone sound pushed so far.
    """

    def __init__(self, recogniser: Recogniser, echo: EchoCanceller | None = None) -> None:
        self.recogniser = recogniser
        self._echo = echo
        self._phrases = SESSION
        self._listener = Listener()
        self._barge_in = BargeIn()
        self._meter = Meter()
        self._spoke: deque[tuple[float, bool, bool]] = deque()
        """When, whether the loudspeaker sounded, and whether somebody was noticed to speak."""
        self._last_second = silence(0)
        self._zeros = 0
        self._pushed = 0

    def push(self, microphone: Samples, reference: Samples | None = None) -> list[Finding]:
        """Hear the next *microphone* samples; the commands they completed, oldest first.

        16 kHz. *reference* is what the loudspeaker played in the same span, equally long; None
        means that it was silent.
        """
        self._pushed += len(microphone)
        self._watch(microphone)
        # The canceller hears silence too, or its two streams would drift apart.
        played = silence(len(microphone)) if reference is None else reference
        self._meter.push(microphone, played)
        if self._echo is not None:
            cleaned = self._echo.clean(microphone, played)
            self._barge_in.hear(microphone, cleaned)
            self._spoke.append((self.seconds, bool(played.any()), self.talked_over))
            while self._spoke[0][0] < self.seconds - LOOKED_BACK:
                self._spoke.popleft()
            microphone = cleaned
        found: list[Finding] = []
        for hypothesis in self.recogniser.push(microphone):
            found += self._listener.hear(hypothesis, self.seconds, self._alone(hypothesis.start))
        return found + self._listener.wait(self.seconds)

    def listen_for(self, phrases: Phrases) -> None:
        """From now on hear *phrases*: those of the session at first."""
        if phrases != self._phrases:
            self._phrases = phrases
            self.recogniser.listen_for(phrases)
            self._listener = Listener(phrases)

    def measure(self) -> Measured:
        """What reached the microphone since the last time."""
        return self._meter.read()

    @property
    def seconds(self) -> float:
        """Seconds of sound pushed so far."""
        return self._pushed / HEARING_RATE

    @property
    def talked_over(self) -> bool:
        """Whether somebody speaks, whatever they say; never known without an echo canceller."""
        return self._barge_in.voice

    @property
    def level(self) -> float:
        """Loudness of the last second at the microphone, decibels below full scale (root mean square)."""
        if not len(self._last_second):
            return SILENCE_DBFS
        power = float(np.mean(np.square(self._last_second, dtype=np.float64))) / 32768.0**2
        return max(SILENCE_DBFS, 10 * math.log10(power)) if power > 0 else SILENCE_DBFS

    @property
    def dead(self) -> float:
        """Seconds of exact zeros up to now; a microphone that works is never exactly silent."""
        return self._zeros / HEARING_RATE

    def _alone(self, since: float) -> bool:
        """Whether the coach spoke *since* then, and nobody else was noticed."""
        spoke = [(sounded, voice) for at, sounded, voice in self._spoke if at > since - BEFORE]
        coach = sum(sounded for sounded, _ in spoke)
        return coach > COACH * len(spoke) and not any(voice for _, voice in spoke)

    def _watch(self, microphone: Samples) -> None:
        self._last_second = np.concatenate((self._last_second, microphone))[-HEARING_RATE:]
        sounding = np.flatnonzero(microphone)
        self._zeros = len(microphone) - 1 - int(sounding[-1]) if len(sounding) else self._zeros + len(microphone)
