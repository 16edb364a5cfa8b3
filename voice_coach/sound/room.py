"""The air between a loudspeaker and a microphone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voice_coach.sound.samples import Samples

TAIL_SHARE = 1 / 3
"""How much of the echo's power is reverberation, when there is any."""

_SEED = 20


class Echo:
    """What the loudspeaker plays as the microphone hears it, both at *rate* hertz.

    *decibels*: the whole echo's level against what was played (0 = as loud, -20 = a tenth of the amplitude).
    *delay*: seconds until the direct sound arrives.
    *reverberation*: seconds in which the tail behind it decays by 60 decibels (RT60); 0 for none. The tail is noise
    from a fixed seed, so that every run is the same.
    """

    def __init__(self, decibels: float, rate: int, delay: float = 0.02, reverberation: float = 0.0) -> None:
        if not np.isfinite(decibels) or not 0 <= delay <= 2 or not 0 <= reverberation <= 5:
            raise ValueError("an echo needs finite decibels, a delay of 0 to 2 s and a reverberation of 0 to 5 s")
        direct = round(delay * rate)
        response = np.zeros(direct + 1 + round(reverberation * rate))
        response[direct] = 1.0
        tail = response[direct + 1 :]
        if len(tail):
            tail[:] = np.random.default_rng(_SEED).standard_normal(len(tail))
            tail *= 10 ** (-3 * np.arange(len(tail)) / len(tail))
            response[direct] = np.sqrt(1 - TAIL_SHARE)
            tail *= np.sqrt(TAIL_SHARE / np.sum(tail**2))
        self._response = (response * 10 ** (decibels / 20)).astype(np.float32)
        self._size = 0
        self._spectrum: NDArray[np.complexfloating] = np.zeros(0, np.complex64)
        self._pending = np.zeros(len(response) - 1, np.float32)

    def through(self, block: Samples) -> NDArray[np.float32]:
        """The echo during *block*, in units of one sample step, shape as *block*; any lengths may follow each other."""
        frames, tail = len(block), len(self._pending)
        heard = np.zeros(frames + tail, np.float32)
        heard[:tail] = self._pending
        if block.any():
            heard += self._convolved(block)
        self._pending = heard[frames:]
        return heard[:frames]

    def _convolved(self, block: Samples) -> NDArray[np.float32]:
        length = len(block) + len(self._response) - 1
        size = 1 << (length - 1).bit_length()
        if size != self._size:
            self._size, self._spectrum = size, np.fft.rfft(self._response, size)
        heard = np.fft.irfft(np.fft.rfft(block.astype(np.float32), size) * self._spectrum, size)[:length]
        return heard.astype(np.float32, copy=False)
