"""Kaldi's and OpenFST's binary forms: numbers, matrices, the transition model, a vector transducer."""

from __future__ import annotations

import math
import struct
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt


def token(text: str) -> bytes:
    """A word of the format, such as ``<Dim>``."""
    return text.encode("ascii") + b" "


def integer(value: int) -> bytes:
    """A 32-bit number with its size in front."""
    return struct.pack("<bi", 4, value)


def real(value: float) -> bytes:
    """A 32-bit float with its size in front."""
    return struct.pack("<bf", 4, value)


def integers(values: Iterable[int]) -> bytes:
    """A vector of 32-bit numbers."""
    raw = np.fromiter(values, "<i4")
    return struct.pack("<bi", 4, len(raw)) + raw.tobytes()


def vector(values: npt.ArrayLike) -> bytes:
    """A vector of 32-bit floats."""
    raw = np.asarray(values, "<f4")
    return token("FV") + integer(len(raw)) + raw.tobytes()


def matrix(values: npt.ArrayLike) -> bytes:
    """A matrix of 32-bit floats."""
    raw = np.asarray(values, "<f4")
    return token("FM") + integer(raw.shape[0]) + integer(raw.shape[1]) + raw.tobytes()


@dataclass
class Transitions:
    """The transition model: which (phone, state of its chain, tied state) there are, and their numbers.

    Three-state phones are left-to-right chains; the phones in *short* have a single state. Each state has two
    transitions, the self-loop and the one forward.
    """

    phones: int
    """Phones are numbered from 1 to this."""
    short: frozenset[int]
    triples: list[tuple[int, int, int]] = field(default_factory=list)
    """(phone, state, output of the network), sorted."""

    def number(self) -> dict[tuple[int, int, int], int]:
        """For each triple its self-loop's transition number; the forward one is the next."""
        self.triples = sorted(set(self.triples))
        return {triple: 1 + 2 * i for i, triple in enumerate(self.triples)}

    def binary(self) -> bytes:
        """As it stands at the head of a model file."""
        kinds = [1 if phone in self.short else 0 for phone in range(1, self.phones + 1)]
        topology = integers(range(1, self.phones + 1)) + integers([-1, *kinds]) + integer(2)
        for length in (3, 1):
            topology += integer(length + 1)
            for state in range(length):
                topology += integer(state) + integer(2)
                topology += integer(state) + real(0.5) + integer(state + 1) + real(0.5)
            topology += integer(-1) + integer(0)
        body = integer(len(self.triples)) + b"".join(integer(n) for triple in self.triples for n in triple)
        chances = np.full(2 * len(self.triples) + 1, math.log(0.5))
        chances[0] = 0
        return (
            token("<TransitionModel>") + token("<Topology>") + topology + token("</Topology>")
            + token("<Triples>") + body + token("</Triples>")
            + token("<LogProbs>") + vector(chances) + token("</LogProbs>") + token("</TransitionModel>")
        )  # fmt: skip


@dataclass(frozen=True)
class Arc:
    """One arc of a transducer; label 0 means nothing is read or written."""

    source: int
    target: int
    read: int = 0
    write: int = 0
    cost: float = 0.0
    """In nats."""


def transducer(arcs: Sequence[Arc], states: int, final: Collection[int]) -> bytes:
    """OpenFST's vector form of a transducer that starts in state 0 and may end in the states of *final*.

    The arcs of each state are sorted by what they write, which is what composition with a grammar needs.
    """
    leaving: list[list[Arc]] = [[] for _ in range(states)]
    for arc in arcs:
        leaving[arc.source].append(arc)
    expanded_mutable_sorted = 0x1 | 0x2 | 0x40000000
    out = struct.pack("<ii6si8sii", 0x7EB2FDD6, 6, b"vector", 8, b"standard", 2, 0)
    out += struct.pack("<Qqqq", expanded_mutable_sorted, 0, states, len(arcs))
    parts = [out]
    for state, here in enumerate(leaving):
        parts.append(struct.pack("<fq", 0.0 if state in final else math.inf, len(here)))
        parts.extend(
            struct.pack("<iifi", a.read, a.write, a.cost, a.target) for a in sorted(here, key=lambda a: a.write)
        )
    return b"".join(parts)
