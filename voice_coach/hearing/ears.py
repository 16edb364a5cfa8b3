"""Everything between the microphone and a command heard, as one streaming object.

The live program, the file mode and the benchmarks all use it; samples are its only clock.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from voice_coach.commands import SESSION, Phrases
from voice_coach.hearing.barge_in import REMOVED, BargeIn
from voice_coach.hearing.echo import EchoCanceller, LinearEcho
from voice_coach.hearing.listener import Finding, Listener
from voice_coach.hearing.meter import Meter
from voice_coach.hearing.recogniser import Recogniser
from voice_coach.hearing.spotter import Spotter
from voice_coach.session.events import Measured
from voice_coach.sound.samples import HEARING_RATE, Samples, silence

SILENCE_DBFS = -120.0
"""The level of a microphone that gives zeros."""

WORD = 0.6
"""Seconds of sound that tell who says a word."""
OVER = 0.7
"""Seconds after its last word at which an utterance is known to be over."""


class Ears:
    """Microphone samples in, commands out.

    The times in what it hears are seconds of microphone sound pushed so far.
    """

    def __init__(
        self, recogniser: Recogniser, echo: EchoCanceller | None = None, spotter: Spotter | None = None
    ) -> None:
        self.recogniser = recogniser
        self.spotter = spotter
        self._echo = echo
        self._phrases = SESSION
        self._itself = None if spotter is None else Spotter()
        """What the coach itself plays, as the spotter hears it."""
        self._listener = Listener(SESSION, spotter, self._itself)
        self._barge_in = BargeIn()
        self._meter = Meter()
        self._lately: deque[tuple[float, float, float]] = deque()
        """When, and the energy at the microphone then, before and after the canceller."""
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
            self._lately.append((self.seconds, _energy(microphone), _energy(cleaned)))
            while self._lately[0][0] <= self.seconds - WORD - OVER:
                self._lately.popleft()
            microphone = cleaned
        if self.spotter is not None and self._itself is not None:
            self.spotter.push(microphone)
            self._itself.push(played)
        found: list[Finding] = []
        for hypothesis in self.recogniser.push(microphone):
            own = self._heard_itself(WORD + (OVER if hypothesis.final else 0))
            found += self._listener.hear(hypothesis, self.seconds, own)
        return found + self._listener.wait(self.seconds, self._heard_itself(WORD))

    def listen_for(self, phrases: Phrases) -> None:
        """From now on hear *phrases*: those of the session at first."""
        if phrases != self._phrases:
            self._phrases = phrases
            self.recogniser.listen_for(phrases)
            self._listener = self._listener.anew(phrases)

    def cancel_echo(self) -> None:
        """From now on take the coach's own voice away, as for headphones that leak."""
        self._echo = self._echo or LinearEcho()

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

    def _heard_itself(self, lately: float) -> bool:
        """Whether nearly all sound of the last so many seconds was the coach's own, which the canceller took away."""
        known = [(before, after) for at, before, after in self._lately if at > self.seconds - lately]
        return sum(before for before, _ in known) > 10 ** (REMOVED / 10) * sum(after for _, after in known)

    def _watch(self, microphone: Samples) -> None:
        self._last_second = np.concatenate((self._last_second, microphone))[-HEARING_RATE:]
        sounding = np.flatnonzero(microphone)
        self._zeros = len(microphone) - 1 - int(sounding[-1]) if len(sounding) else self._zeros + len(microphone)


def _energy(samples: Samples) -> float:
    return float(np.sum(np.square(samples, dtype=np.float64)))
