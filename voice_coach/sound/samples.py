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
