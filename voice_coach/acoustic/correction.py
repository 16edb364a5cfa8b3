"""The correction: a small trained network that is added to the scores of the Gaussian mixtures.

For each of the context-independent states it says how many nats the mixtures are off, judged from some frames
around. It was trained by `python -m training` of this project; with zeros in its last layer it changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SPLICE = (-12, -9, -6, -3, 0, 3, 6)
"""The frames, counted from the present one, that the correction sees."""

WEIGHTS = Path(__file__).parent / "correction.npz"


@dataclass(frozen=True)
class Correction:
    """Two layers with a rectifier between them."""

    inner: Floats
    """Shape (hidden, len(SPLICE) * 39), for the three streams of each spliced frame, oldest first."""
    inner_bias: Floats
    outer: Floats
    """Shape (context-independent states, hidden)."""
    outer_bias: Floats

    @classmethod
    def read(cls, path: Path = WEIGHTS) -> Correction:
        """The correction kept in *path*."""
        with np.load(path) as kept:
            return cls(*(kept[name].astype(float) for name in ("inner", "inner_bias", "outer", "outer_bias")))

    def write(self, path: Path = WEIGHTS) -> None:
        """Keep it in *path*, in half precision."""
        np.savez_compressed(path, **{name: value.astype(np.float16) for name, value in vars(self).items()})

    def __call__(self, streams: Floats) -> Floats:
        """What to add to each context-independent state's score; the ends see the last frame repeated."""
        before, after = -SPLICE[0], SPLICE[-1]
        padded = np.pad(streams, ((before, after), (0, 0)), mode="edge")
        spliced = np.concatenate([padded[before + i : before + i + len(streams)] for i in SPLICE], axis=1)
        return np.asarray(np.maximum(spliced @ self.inner.T + self.inner_bias, 0) @ self.outer.T + self.outer_bias)
