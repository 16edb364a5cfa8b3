"""The one form of sound inside the program: mono 16-bit samples with a rate in hertz."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.int16]
"""Shape (n,), mono, 16-bit."""

HEARING_RATE = 16000
"""Hertz; what the recognisers listen at."""

BLOCK_SECONDS = 0.01
"""Everything that streams moves in blocks of this length."""


def silence(count: int) -> Samples:
    """*count* zero samples."""
    return np.zeros(count, np.int16)


def saturate(values: NDArray[np.floating]) -> Samples:
    """*values*, in units of one sample step, rounded to samples; what is too loud is clipped and never wraps."""
    samples: Samples = np.clip(np.rint(values), -32768, 32767).astype(np.int16)
    return samples


def block_frames(rate: int, index: int) -> int:
    """How many samples the block with this *index* (from 0) has at *rate* hertz.

    Rates that give no whole number of samples a block take turns, so that no fraction is ever lost.
    """
    return (index + 1) * rate // _BLOCKS_PER_SECOND - index * rate // _BLOCKS_PER_SECOND


_BLOCKS_PER_SECOND = round(1 / BLOCK_SECONDS)
