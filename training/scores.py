"""What the network would say: the exact scores of the Gaussian mixtures, and a correction added to them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from training.search import Grammar
from voice_coach.acoustic.sphinx import SphinxModel

Floats = npt.NDArray[np.float32]


class Scorer:
    """The exact scores of the Gaussian mixtures."""

    def __init__(self, model: SphinxModel, states: npt.NDArray[np.int64]) -> None:
        weights, biases = model.log_gaussians()
        self._weights, self._biases = (torch.tensor(a, dtype=torch.float32) for a in (weights, biases))
        books = model.codebook[states]
        mixtures = model.weights(states)
        each = weights.shape[1] // len(model.phones)
        self._books = [
            (slice(b * each, (b + 1) * each), np.flatnonzero(books == b)) for b in range(len(model.phones))
        ]  # fmt: skip
        self._mixtures = [
            [torch.tensor(mixtures[s, rows].T, dtype=torch.float32) for _, rows in self._books] for s in range(3)
        ]
        self._order = torch.tensor(np.argsort(np.concatenate([rows for _, rows in self._books])))

    @torch.no_grad()
    def __call__(self, features: Floats) -> Floats:
        """Shape (frames, states), in nats, up to a constant of the frame."""
        x = torch.from_numpy(features).reshape(-1, 3, 13)
        total = torch.ones(len(x), len(self._order))
        for s in range(3):
            exponents = torch.cat([x[:, s], x[:, s] ** 2], 1) @ self._weights[s].T + self._biases[s]
            chances = torch.softmax(exponents, 1)
            parts = [chances[:, columns] @ m for (columns, _), m in zip(self._books, self._mixtures[s], strict=True)]
            total *= torch.cat(parts, 1).clamp(min=2.0**-33)
        return total.log()[:, self._order].numpy()


def corrected(scores: Floats, correction: Floats, search: Grammar) -> Floats:
    """All outputs of the network, shape (frames, outputs + 1): the corrected scores, and the world's."""
    now = scores.astype(np.float32) + correction[:, search.kinds]
    alone = now[:, search.independent]
    top = alone.max(1, keepdims=True)
    world = top + np.log(np.exp(alone - top).mean(1, keepdims=True))
    return np.concatenate([now, world], 1)
