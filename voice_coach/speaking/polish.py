"""Make every render start at once, end soon and sound equally loud."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voice_coach.sound.samples import Samples, silence

LEAD_SECONDS = 0.01
TAIL_SECONDS = 0.1
FLOOR_DECIBELS = -50.0
"""Below the peak by this much, a render's edges count as silence."""
SPEECH_DBFS = -20.0
"""Root mean square of the voiced part, decibels of full scale."""
PEAK_DBFS = -1.0
VOICED_DECIBELS = -25.0
"""A frame this much below the loudest one still counts as voiced."""
FRAME_SECONDS = 0.02
FULL_SCALE = 32768.0


def trim(samples: Samples, rate: int) -> Samples:
    """Cut the silence at the edges down to a breath; nothing audible gives zero samples."""
    level = np.abs(samples.astype(np.float64))
    audible = np.flatnonzero(level > max(level.max(initial=0) * _ratio(FLOOR_DECIBELS), 2.0))
    if not audible.size:
        return silence(0)
    start = max(0, int(audible[0]) - int(LEAD_SECONDS * rate))
    return samples[start : int(audible[-1]) + 1 + int(TAIL_SECONDS * rate)]


def level(samples: Samples, rate: int) -> Samples:
    """Bring the voiced part to the coach's loudness, without clipping."""
    if not samples.size:
        return samples
    wave = samples / FULL_SCALE
    gain = min(_ratio(SPEECH_DBFS) / voiced_rms(wave, rate), _ratio(PEAK_DBFS) / float(np.abs(wave).max()))
    return np.round(wave * gain * FULL_SCALE).astype(np.int16)


def voiced_rms(wave: NDArray[np.float64], rate: int) -> float:
    """Root mean square over the frames that carry voice, in the unit of *wave*."""
    frame = min(int(FRAME_SECONDS * rate), wave.size)
    power = (wave[: wave.size // frame * frame].reshape(-1, frame) ** 2).mean(axis=1)
    return float(np.sqrt(power[power >= power.max() * _ratio(VOICED_DECIBELS) ** 2].mean()))


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 20))
