"""A canceller that only subtracts: the echo's path as a filter, learnt block by block, and no suppressor behind it.

WebRTC's canceller also turns down whatever is left while the loudspeaker plays, and with it the person who speaks then.
This one leaves the person alone, and more of the echo.
"""

from __future__ import annotations

import numpy as np

from voice_coach.sound.samples import Samples, saturate, silence

BLOCK = 160
"""Samples; the filter is learnt anew after each."""
PARTS = 32
"""Blocks that the echo may last, its delay included: 0.32 s."""
DRIFT = 0.999
"""How much of the path is still true a block later."""
GUESS = 0.003
"""The power of the path in each block of it before anything is known."""
SMOOTHING = 0.8
"""Of the power of what is not echo, from block to block."""
FLOOR = 100.0
"""The least of that power, in squares of sample steps and summed over the transform."""


class LinearEcho:
    """A frequency-domain Kalman filter in parts: its step is large where the path is uncertain and nobody speaks."""

    def __init__(self) -> None:
        bins = BLOCK + 1
        self._played = np.zeros((PARTS, bins), complex)
        self._path = np.zeros((PARTS, bins), complex)
        self._unsure = np.full((PARTS, bins), GUESS)
        """The variance of the path's error."""
        self._other = np.full(bins, 1e4)
        """The power of what is not echo."""
        self._before = np.zeros(BLOCK)
        self._near = self._far = silence(0)
        self._clean = silence(BLOCK)

    def clean(self, microphone: Samples, reference: Samples) -> Samples:
        """See EchoCanceller; 10 ms late."""
        self._near, self._far = np.concatenate((self._near, microphone)), np.concatenate((self._far, reference))
        parts = [self._clean]
        while len(self._near) >= BLOCK:
            parts.append(self._block(self._near[:BLOCK].astype(float), self._far[:BLOCK].astype(float)))
            self._near, self._far = self._near[BLOCK:], self._far[BLOCK:]
        all_ = np.concatenate(parts)
        self._clean = all_[len(microphone) :]
        return all_[: len(microphone)]

    def _block(self, near: np.ndarray, far: np.ndarray) -> Samples:
        self._played = np.roll(self._played, 1, axis=0)
        self._played[0] = np.fft.rfft(np.concatenate((self._before, far)))
        self._before = far
        left = near - np.fft.irfft((self._path * self._played).sum(0))[BLOCK:]
        power = np.abs(self._played) ** 2
        if power.max() > 1:
            error = np.fft.rfft(np.concatenate((np.zeros(BLOCK), left)))
            square = np.abs(error) ** 2
            self._other = SMOOTHING * self._other + (1 - SMOOTHING) * square
            expected = 0.5 * (self._unsure * power).sum(0) + np.maximum(self._other, square / 2) + FLOOR
            gain = self._unsure / expected
            step = np.fft.irfft(gain * np.conj(self._played) * error, axis=1)
            step[:, BLOCK:] = 0  # the path is no longer than its block
            self._path = DRIFT * (self._path + np.fft.rfft(step, axis=1))
            known = np.maximum(1 - 0.5 * gain * power, 0)
            self._unsure = DRIFT**2 * known * self._unsure + (1 - DRIFT**2) * np.abs(self._path) ** 2
        return saturate(left)
