"""Taking the noise off a voice, for a second look at it.

RNNoise, a small recurrent network, turns down whatever is not a voice. What it leaves is clearer beside water, dishes
and music, but not always true: it errs elsewhere than an ear that hears all. So nobody listens to it alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from voice_coach.errors import MachineError
from voice_coach.sound.samples import HEARING_RATE, Samples, saturate

FRAME = HEARING_RATE // 100
"""Samples that it takes at a time: 10 ms."""
DELAY = 336
"""Samples by which what it gives is late: 21 ms."""
_FINER = 3
"""It works at 48 kHz."""
_REACH = 8
"""Samples to each side that a sample between two is made of. A resampler of good quality would be late by far more."""
_Sound = npt.NDArray[np.float64]
_AT = np.arange(-_REACH * _FINER, _REACH * _FINER + 1)
_KERNEL: _Sound = 0.9 * np.sinc(0.9 * _AT / _FINER) * np.kaiser(len(_AT), 6.0)
"""Passes what is below 7 kHz."""
_FULL_SCALE = 32768.0


class NoiseReduction:
    """Follows one stream at 16 kHz."""

    voice = 0.0
    """The highest chance of a voice in the samples pushed last."""

    def __init__(self) -> None:
        """Load the network. Raises MachineError, one sentence, when it cannot be loaded."""
        try:
            from pyrnnoise import RNNoise
        except (ImportError, OSError) as error:
            raise MachineError(
                f"The package pyrnnoise is not installed or does not run here ({error}), and commands amid noise are "
                "heard with it; install it with “pip install pyrnnoise==0.2.7”."
            ) from error
        self._network: Any = RNNoise(_FINER * HEARING_RATE)
        self._before: _Sound = np.zeros(2 * _REACH)
        self._after: _Sound = np.zeros(2 * _REACH * _FINER)

    def push(self, samples: Samples) -> Samples:
        """The next *samples*, whole FRAMEs of them, without their noise; as many, and DELAY late."""
        self.voice = 0.0
        return np.concatenate([self._frame(samples[at : at + FRAME]) for at in range(0, len(samples), FRAME)])

    def _frame(self, frame: Samples) -> Samples:
        recent = np.concatenate((self._before, frame.astype(np.float64)))
        self._before = recent[FRAME:]
        sparse = np.zeros(_FINER * len(recent))
        sparse[::_FINER] = recent
        fine = np.convolve(sparse, _KERNEL, "valid") / _FULL_SCALE
        voice, cleaned = self._network.process_frame(fine[:, None], False)
        self.voice = max(self.voice, float(voice[0, 0]))
        recent = np.concatenate((self._after, np.asarray(cleaned[:, 0], np.float64) * _FULL_SCALE))
        self._after = recent[_FINER * FRAME :]
        coarse = np.convolve(recent, _KERNEL / _FINER, "valid")[::_FINER]
        return saturate(coarse)
