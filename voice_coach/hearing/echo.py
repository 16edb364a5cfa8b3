"""Taking the coach's own voice out of the microphone, and leaving the person alone.

The echo's path from loudspeaker to microphone is learnt as a linear filter, and what it predicts is subtracted. There
is no suppressor behind it: one that turns down what is left while the coach speaks turns down the person who speaks
then, and "stop" over the coach's voice is lost (measured in benchmarks/hearing, where WebRTC's canceller is a rival).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voice_coach.sound.samples import HEARING_RATE, Samples, saturate, silence

BLOCK = HEARING_RATE // 100
"""Samples; the filter is learnt anew after each."""
PARTS = 40
"""Blocks that the echo may last, its delay included: 0.4 s."""
LESSONS = 3
"""How often each block is learnt from: the first seconds of a session count."""
LASTING = 0.999
"""How much of the path is still true a block later."""
GUESS = 0.003
"""The power of the path in each block of it before anything is known."""
SMOOTHING = 0.8
"""Of the power of what is not echo, from block to block."""
FLOOR = 100.0
"""The least of that power, in squares of sample steps and summed over the transform."""
LOUDER = 2.0
"""Times the energy that came: a block that subtracting makes louder than that passes as it came, or where there is no
echo, as with headphones, a path that was learnt from a person's word would make words of silence."""
WORSE = 20
"""Blocks for which subtracting may add more than it takes; then the path is another one, and is learnt from nothing."""
REMEMBERED = 0.97
"""Of the powers that tell so, from block to block."""

_Block = NDArray[np.floating]


class EchoCanceller(Protocol):
    """Removes from the microphone what the loudspeaker played."""

    def clean(self, microphone: Samples, reference: Samples) -> Samples:
        """*microphone* without the echo of *reference*.

        Both at 16 kHz and equally long, from the same moment; *reference* is what the loudspeaker
        really played, silence included. Exactly as many samples come out as go in, some
        milliseconds late.
        """
        ...


class LinearEcho:
    """A frequency-domain Kalman filter in parts: it learns fast where the path is uncertain and nobody speaks.

    It learns the room while the coach speaks, so one instance serves the whole session. It takes 14 dB off an echo in
    the first second of speech and 30 dB after some; 20 dB where two clocks drift apart by 50 millionths, 16 dB where
    the loudspeaker distorts badly. When the delay jumps, it is as good as new a second later.
    """

    def __init__(self) -> None:
        bins = BLOCK + 1
        self._played = np.zeros((PARTS, bins), np.complex64)
        self._path = np.zeros((PARTS, bins), np.complex64)
        self._unsure = np.full((PARTS, bins), GUESS, np.float32)
        """The variance of the path's error."""
        self._other = np.full(bins, 1e4, np.float32)
        """The power of what is not echo."""
        self._before = np.zeros(BLOCK, np.float32)
        self._near = self._far = silence(0)
        self._clean = silence(BLOCK)
        self._heard = self._left = 0.0
        """The powers at the microphone and of what is left, of late."""
        self._worse = 0

    def clean(self, microphone: Samples, reference: Samples) -> Samples:
        """See EchoCanceller; 10 ms late. Raises ValueError when the lengths differ."""
        if len(microphone) != len(reference):
            raise ValueError(f"{len(microphone)} microphone samples, but {len(reference)} reference samples")
        self._near, self._far = np.concatenate((self._near, microphone)), np.concatenate((self._far, reference))
        parts = [self._clean]
        while len(self._near) >= BLOCK:
            parts.append(self._block(self._near[:BLOCK].astype(np.float32), self._far[:BLOCK].astype(np.float32)))
            self._near, self._far = self._near[BLOCK:], self._far[BLOCK:]
        cleaned = np.concatenate(parts)
        self._clean = cleaned[len(microphone) :]
        return cleaned[: len(microphone)]

    def _block(self, near: _Block, far: _Block) -> Samples:
        self._played = np.roll(self._played, 1, axis=0)
        self._played[0] = np.fft.rfft(np.concatenate((self._before, far)))
        self._before = far
        power = _power(self._played)
        if power.max() <= 1:  # nothing was played for longer than an echo lasts
            return saturate(near)
        left: _Block = near - self._echo()
        if self._has_moved(near, left):
            self._path[:] = 0
            self._unsure = np.maximum(self._unsure, np.float32(GUESS))
            left = near
        for lesson in range(LESSONS):
            self._learn(left, power, first=lesson == 0)
            left = near - self._echo()
        return saturate(near if _energy(left) > LOUDER * _energy(near) else left)

    def _echo(self) -> _Block:
        """What the path makes of the sound played."""
        return np.asarray(np.fft.irfft((self._path * self._played).sum(0))[BLOCK:])

    def _learn(self, left: _Block, power: NDArray[np.floating], first: bool) -> None:
        error = np.fft.rfft(np.concatenate((np.zeros(BLOCK, np.float32), left)))
        if first:
            self._other = SMOOTHING * self._other + (1 - SMOOTHING) * _power(error)
        gain = self._unsure / (0.5 * (self._unsure * power).sum(0) + np.maximum(self._other, FLOOR))
        step = np.fft.irfft(gain * np.conj(self._played) * error, axis=1)
        step[:, BLOCK:] = 0  # no part of the path is longer than its block
        self._path += np.fft.rfft(step, axis=1)
        self._unsure *= np.maximum(1 - 0.5 * gain * power, 0)
        if first:  # a block later all is a little less sure
            self._path *= LASTING
            self._unsure = LASTING**2 * self._unsure + (1 - LASTING**2) * _power(self._path)

    def _has_moved(self, near: _Block, left: _Block) -> bool:
        """Whether subtracting has made it louder for so long that the path must be another one.

        A person who speaks does not make it so: they are in both.
        """
        share = 1 - REMEMBERED
        self._heard = REMEMBERED * self._heard + share * float(np.square(near).mean())
        self._left = REMEMBERED * self._left + share * float(np.square(left).mean())
        self._worse = self._worse + 1 if self._left > self._heard + FLOOR / BLOCK else 0
        if self._worse <= WORSE:
            return False
        self._heard, self._left, self._worse = 0.0, 0.0, 0
        return True


def _energy(block: _Block) -> float:
    return float(np.square(block).sum())


def _power(spectrum: NDArray[np.complexfloating]) -> NDArray[np.floating]:
    return np.asarray(spectrum.real**2 + spectrum.imag**2)
