"""Noticing that somebody speaks while the coach does.

Not what is said: that is for the recogniser, which takes a third of a second. This takes a few
hundredths, so that the coach steps back while the word is still being said.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from voice_coach.sound.samples import HEARING_RATE, Samples, silence

FRAME = HEARING_RATE // 100
"""Samples judged at a time: 10 ms."""

LOUD = (3, 5)
"""So many loud frames among the last so many are a voice; a click has fewer."""

ABOVE_QUIET = 18.0
"""Decibels above the quietest tenth of the last MEMORY at which a frame is loud."""

ABOVE_USUAL = 6.0
"""The same above seven tenths of it: water and music are loud now and then, and a voice must stand out from them."""

REMOVED = 16.0
"""Where the canceller took away more than so many decibels, what is left is the coach's own echo."""

MEMORY = 10.0
"""Seconds of sound that tell what is usual in this room."""

HOLD = 0.6
"""Seconds without voice after which the person has finished."""

_POOLED = 10
"""Frames whose loudest stands for them in the memory."""
_EARLIEST = 5
"""Pools that must have been heard before anything can be judged."""


class BargeIn:
    """Judges, by level alone, whether somebody near the microphone speaks.

    It notices human words (16, of people unseen) 30 ms after their sound begins where they are 10 dB louder than the
    coach, 40 ms where they are as loud, 60 ms where they are 10 dB softer (medians, without the mixer's own glide). It
    takes the coach for a person less than once a minute of its speech where the word would be as loud, twice
    where the coach is 10 dB louder, nine times where the loudspeaker distorts badly.
    """

    def __init__(self) -> None:
        self._microphone = self._cleaned = silence(0)
        self._loud: deque[bool] = deque(maxlen=LOUD[1])
        self._pool: list[float] = []
        self._usual: deque[float] = deque(maxlen=round(MEMORY * 100 / _POOLED))
        self._enough = math.inf
        self._since = math.inf
        """Seconds since the last voice."""

    @property
    def voice(self) -> bool:
        """Whether somebody speaks, or spoke within HOLD."""
        return self._since < HOLD

    def hear(self, microphone: Samples, cleaned: Samples) -> None:
        """The next sound at the *microphone*, and what the echo canceller made of it; equally long, any length."""
        self._microphone = np.concatenate((self._microphone, microphone))
        self._cleaned = np.concatenate((self._cleaned, cleaned))
        while len(self._cleaned) >= FRAME:
            self._judge(_decibels(self._microphone[:FRAME]), _decibels(self._cleaned[:FRAME]))
            self._microphone, self._cleaned = self._microphone[FRAME:], self._cleaned[FRAME:]

    def _judge(self, before: float, level: float) -> None:
        self._loud.append(level > self._enough and before - level < REMOVED)
        self._since = 0.0 if sum(self._loud) >= LOUD[0] else self._since + FRAME / HEARING_RATE
        self._pool.append(level)
        if len(self._pool) == _POOLED:
            self._usual.append(max(self._pool))
            self._pool.clear()
            if len(self._usual) >= _EARLIEST:
                quiet, usual = np.quantile(self._usual, (0.1, 0.7))
                self._enough = float(max(quiet + ABOVE_QUIET, usual + ABOVE_USUAL))


def _decibels(frame: Samples) -> float:
    """The level of *frame*, against one sample step; never below -30."""
    return 10 * math.log10(float(np.mean(np.square(frame, dtype=np.float64))) + 1e-3)
