"""Readers of CMU Sphinx's US-English acoustic model and dictionary, as the `pocketsphinx` wheel carries them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice_coach.errors import MachineError

Floats = npt.NDArray[np.float64]

POSITIONS = "ibes"
"""Where in its word a phone stands: internal, beginning, end, single; the index is the model's own code."""

_MIXTURE_UNIT = math.log(1.0001) * 1024
"""One step of an 8-bit mixture weight, in nats."""
_VARIANCE_FLOOR = 1e-4


class ModelError(MachineError):
    """The acoustic model cannot be read, or cannot say what it is asked to."""


@dataclass(frozen=True)
class SphinxModel:
    """A phonetically tied mixture model: one codebook of Gaussians for each phone and stream."""

    phones: tuple[str, ...]
    """The context-independent phones, fillers among them; the first are numbered as their codebooks are."""
    triphones: dict[tuple[int, int, int, int], int]
    """(phone, left, right, position) to a row of `states` and `matrix`."""
    states: npt.NDArray[np.int64]
    """For each (tri)phone the tied states of its three emitting states; the first rows are the phones themselves."""
    matrix: npt.NDArray[np.int64]
    """For each (tri)phone its row of `transitions`."""
    means: Floats
    """Shape (phones, 3 streams, 128 densities, 13)."""
    variances: Floats
    """Shape as `means`."""
    mixtures: npt.NDArray[np.uint8]
    """Shape (3 streams, 128 densities, tied states), in steps of minus `_MIXTURE_UNIT` nats."""
    transitions: Floats
    """Probabilities, shape (matrices, 3 states, 4 states)."""

    @classmethod
    def read(cls, folder: Path) -> SphinxModel:
        """Read the model in *folder*; raises ModelError when a file is missing or not of the known form."""
        try:
            phones, triphones, states, matrix = _read_definition((folder / "mdef").read_bytes())
            return cls(
                phones,
                triphones,
                states,
                matrix,
                _read_gaussians((folder / "means").read_bytes()),
                np.maximum(_read_gaussians((folder / "variances").read_bytes()), _VARIANCE_FLOOR),
                _read_mixtures((folder / "sendump").read_bytes()),
                _read_transitions((folder / "transition_matrices").read_bytes()),
            )
        except (OSError, ValueError, IndexError) as error:
            raise ModelError(
                f"The speech model in {folder} cannot be read ({error}); install pocketsphinx again."
            ) from error

    @cached_property
    def codebook(self) -> npt.NDArray[np.int64]:
        """For each tied state the phone whose codebook it uses."""
        owner = np.empty(self.mixtures.shape[2], np.int64)
        owner[self.states[: len(self.phones)]] = np.arange(len(self.phones))[:, None]
        for (phone, *_), row in self.triphones.items():
            owner[self.states[row]] = phone
        return owner

    def triphone(self, phone: int, left: int, right: int, position: str) -> int:
        """The row for a phone in its context: exact, else in another word position, else the phone alone."""
        wanted = POSITIONS.index(position)
        for code in [wanted, *(c for c in range(len(POSITIONS)) if c != wanted)]:
            if (phone, left, right, code) in self.triphones:
                return self.triphones[phone, left, right, code]
        return phone

    def log_gaussians(self) -> tuple[Floats, Floats]:
        """The densities as affine functions of (x, x squared).

        Returns weights of shape (3 streams, phones * 128, 26) and biases of shape (3, phones * 128).
        """
        precision = 1 / self.variances
        linear = np.concatenate([self.means * precision, -0.5 * precision], axis=3)
        bias = -0.5 * (self.means**2 * precision + np.log(2 * math.pi * self.variances)).sum(axis=3)
        by_stream = linear.transpose(1, 0, 2, 3), bias.transpose(1, 0, 2)
        return by_stream[0].reshape(3, -1, 26), by_stream[1].reshape(3, -1)

    def weights(self, states: npt.NDArray[np.int64]) -> Floats:
        """The mixture weights of tied *states*, shape (3 streams, states, 128)."""
        return np.exp(-_MIXTURE_UNIT * self.mixtures[:, :, states].astype(float)).transpose(0, 2, 1)


def wheel() -> Path:
    """The folder of the US-English model inside the installed `pocketsphinx`; raises ModelError without one."""
    spec = find_spec("pocketsphinx")
    folder = Path(spec.origin).parent / "model" / "en-us" if spec and spec.origin else None
    if folder is None or not folder.is_dir():
        raise ModelError("No speech model is installed; run: pip install pocketsphinx")
    return folder


def read_dictionary(path: Path) -> dict[str, tuple[str, ...]]:
    """Each word of a Sphinx dictionary with its pronunciations ("P EY N"), the commonest first."""
    entries: dict[str, tuple[str, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, phones = line.partition(" ")
        word = word.partition("(")[0]
        entries[word] = (*entries.get(word, ()), phones.strip())
    return entries


def _read_definition(
    data: bytes,
) -> tuple[
    tuple[str, ...],
    dict[tuple[int, int, int, int], int],
    npt.NDArray[np.int64],
    npt.NDArray[np.int64],
]:
    if data[:4] != b"BMDF":
        raise ValueError("mdef is not in the little-endian binary form")
    at = 12 + int(np.frombuffer(data, "<i4", 1, 8)[0])
    counts = np.frombuffer(data, "<i4", 10, at)
    n_phones, n_rows, n_emitting, _, _, _, n_sequences, _, n_tree, _ = (int(c) for c in counts)
    if n_emitting != 3:
        raise ValueError(f"mdef has {n_emitting} emitting states a phone instead of 3")
    at += 40
    phones = []
    for _ in range(n_phones):
        end = data.index(b"\0", at)
        phones.append(data[at:end].decode("ascii"))
        at = end + 1
    # The names are padded so that what follows is aligned, counted from the first name.
    names = sum(len(p) + 1 for p in phones)
    at += -names % 4 + 8 * n_tree
    rows = np.frombuffer(data, np.dtype([("sequence", "<i4"), ("matrix", "<i4"), ("context", "u1", 4)]), n_rows, at)
    at += rows.nbytes + 4
    sequences = np.frombuffer(data, "<u2", n_sequences * 3, at).reshape(-1, 3).astype(np.int64)
    triphones = {
        (phone, left, right, position): row
        for row, (position, phone, left, right) in enumerate(rows["context"][n_phones:].tolist(), n_phones)
    }
    return tuple(phones), triphones, sequences[rows["sequence"]], rows["matrix"].astype(np.int64)


def _read_header(data: bytes) -> int:
    """Where the numbers begin in one of SphinxTrain's parameter files."""
    at = data.index(b"endhdr\n") + 7
    if not data.startswith(b"s3\n") or data[at : at + 4] != b"\x44\x33\x22\x11":
        raise ValueError("a parameter file is not little-endian s3")
    return at + 4


def _read_gaussians(data: bytes) -> Floats:
    at = _read_header(data)
    books, streams, densities, *lengths = (int(n) for n in np.frombuffer(data, "<i4", 6, at))
    if lengths != [13, 13, 13]:
        raise ValueError(f"the streams have {lengths} values instead of 13 each")
    # Written codebook by codebook, stream by stream.
    shape = books, streams, densities, 13
    return np.frombuffer(data, "<f4", math.prod(shape), at + 28).reshape(shape).astype(float)


def _read_transitions(data: bytes) -> Floats:
    at = _read_header(data)
    shape = [int(n) for n in np.frombuffer(data, "<i4", 3, at)]
    counts = np.frombuffer(data, "<f4", math.prod(shape), at + 16).reshape(shape).astype(float)
    return np.asarray(counts / counts.sum(axis=2, keepdims=True))


def _read_mixtures(data: bytes) -> npt.NDArray[np.uint8]:
    facts = {}
    at = 0
    for text, at in _strings(data):  # noqa: B007  (the last position is where the numbers begin)
        name, _, value = text.partition(" ")
        facts[name] = value
    if facts.get("cluster_count", "0") != "0":
        raise ValueError("the mixture weights are clustered")
    rows, columns = (int(n) for n in np.frombuffer(data, "<i4", 2, at))
    shape = int(facts["feature_count"]), rows, columns
    return np.frombuffer(data, np.uint8, math.prod(shape), at + 8).reshape(shape)


def _strings(data: bytes) -> Iterator[tuple[str, int]]:
    """The header's strings, each with the position behind it (behind the closing zero too, after the last)."""
    at = 0
    while length := int(np.frombuffer(data, "<i4", 1, at)[0]):
        text = data[at + 4 : at + 4 + length].rstrip(b"\0").decode("latin-1")
        at += 4 + length
        yield text, at + 4
