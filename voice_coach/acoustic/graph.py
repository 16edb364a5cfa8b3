"""The decoding graph: words as chains of three-state phones, `[unk]` as a loop of all phones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voice_coach.acoustic.kaldi import Arc, Transitions, transducer
from voice_coach.acoustic.knobs import Knobs
from voice_coach.acoustic.sphinx import POSITIONS, SphinxModel

UNKNOWN = "[unk]"
_SILENCE = "SIL"
NONWORDS = (_SILENCE, "+NSN+", "+SPN+")
_GAP, _WORD = 0, 1
"""The graph's two hubs: between words, where a pause may come, and where words begin."""


@dataclass(frozen=True)
class Chain:
    """A phone in its place: its label, its three tied states and its row of transitions."""

    label: int
    states: tuple[int, int, int]
    matrix: int


class Labels:
    """The numbers of the phones as Vosk sees them: silence and noises, each phone in four positions, `[unk]`."""

    silence = 1

    def __init__(self, model: SphinxModel) -> None:
        spoken = [phone for phone in model.phones if phone not in NONWORDS]
        places = [(phone, position) for phone in spoken for position in POSITIONS]
        self.words = {place: i for i, place in enumerate(places, self.silence + 1)}
        self.unknown = self.silence + len(self.words) + 1

    def boundaries(self) -> str:
        """Vosk's table of which phone may begin or end a word."""
        kinds = dict(zip(POSITIONS, ("internal", "begin", "end", "singleton"), strict=True))
        lines = [f"{i} {kinds[position]}" for (_, position), i in self.words.items()]
        return "\n".join([f"{self.silence} nonword", *lines, f"{self.unknown} singleton", ""])


def spell(model: SphinxModel, labels: Labels, pronunciation: str) -> list[Chain]:
    """A pronunciation as phones in their contexts, silence at the word's edges.

    Edges without context, for words in a phrase, were tried: 56 instead of 49 of 80 synthetic commands, but 27
    instead of 0 false commands and 48 instead of 7 false safety words an hour of human talk.
    """
    phones = pronunciation.split()
    numbers = [model.phones.index(p) for p in (_SILENCE, *phones, _SILENCE)]
    chains = []
    for i, phone in enumerate(phones):
        position = "s" if len(phones) == 1 else "b" if i == 0 else "e" if i == len(phones) - 1 else "i"
        row = model.triphone(numbers[i + 1], numbers[i], numbers[i + 2], position)
        chains.append(_chain(model, labels.words[phone, position], row))
    return chains


def _chain(model: SphinxModel, label: int, row: int) -> Chain:
    first, second, third = (int(s) for s in model.states[row])
    return Chain(label, (first, second, third), int(model.matrix[row]))


class Graph:
    """The graph of a vocabulary, and the transitions its arcs refer to."""

    def __init__(
        self,
        model: SphinxModel,
        labels: Labels,
        words: Sequence[str],
        spellings: Mapping[str, Sequence[Sequence[Chain]]],
        outputs: npt.NDArray[np.int64],
        knobs: Knobs,
    ) -> None:
        self._output = {int(state): i for i, state in enumerate(outputs)}
        self._world = len(outputs)
        with np.errstate(divide="ignore"):
            self._costs = -np.log(model.transitions) * knobs.acoustic_scale
        self._model, self._labels, self._knobs = model, labels, knobs
        self._arcs: list[Arc] = []
        self._size = 2
        self.transitions = Transitions(labels.unknown, frozenset({labels.silence, labels.unknown}))
        self.transitions.triples += [
            (c.label, i, self._output[s])
            for every in spellings.values() for chains in every for c in chains for i, s in enumerate(c.states)
        ]  # fmt: skip
        nonwords = {
            model.phones.index(name): cost for name, cost in zip(NONWORDS, (0.0, *2 * [knobs.noise_cost]), strict=True)
        }
        spoken = {phone: knobs.phone_cost for phone in range(len(model.phones)) if phone not in nonwords}
        silence = self._output[int(model.states[model.phones.index(NONWORDS[0]), 0])]
        for label, phones, first in ((labels.silence, nonwords, silence), (labels.unknown, spoken, self._world)):
            inner = (self._output[int(state)] for phone in phones for state in model.states[phone])
            self.transitions.triples += [(label, 0, output) for output in (first, *inner)]
        self._loops = self.transitions.number()

        self._arcs.append(Arc(_GAP, _WORD))
        self._medley(_GAP, _WORD, labels.silence, silence, nonwords)
        for number, word in enumerate(words, 1):
            if word == UNKNOWN:
                self._medley(_WORD, _GAP, labels.unknown, self._world, spoken, number, knobs.filler_cost)
            for spelling in spellings.get(word, ()):
                self._path(spelling, number, knobs.cost(word))

    def binary(self) -> bytes:
        """The transducer from transitions to words."""
        return transducer(self._arcs, self._size, (_GAP, _WORD))

    def _path(self, chains: Sequence[Chain], word: int, cost: float) -> None:
        """A word through *chains*; it is written on the first arc."""
        at = _WORD
        leaving = cost
        for chain in chains:
            for i, state in enumerate(chain.states):
                loop = self._loops[chain.label, i, self._output[state]]
                here = self._state()
                self._arcs.append(Arc(at, here, loop + 1, word if at == _WORD else 0, leaving))
                self._arcs.append(Arc(here, here, loop, 0, self._costs[chain.matrix, i, i]))
                leaving = self._costs[chain.matrix, i, i + 1]
                at = here
        self._arcs.append(Arc(at, _GAP, cost=leaving))

    def _medley(
        self,
        start: int,
        end: int,
        label: int,
        first: int,
        phones: Mapping[int, float],
        word: int = 0,
        cost: float = 0.0,
    ) -> None:
        """Any of *phones* in any order, each at its cost, behind one frame of the output *first*.

        Behind the first arc every arc reads a self-loop, so that to Vosk the whole is one long phone: the many
        ways to tell its parts apart would swell the lattices beyond measure.
        """
        hub = self._state()
        self._arcs.append(Arc(start, hub, self._loops[label, 0, first] + 1, word, cost))
        for phone, price in phones.items():
            matrix = int(self._model.matrix[phone])
            at, leaving = hub, price
            for i, state in enumerate(self._model.states[phone]):
                loop = self._loops[label, 0, self._output[int(state)]]
                here = self._state()
                self._arcs.append(Arc(at, here, loop, 0, leaving))
                self._arcs.append(Arc(here, here, loop, 0, self._costs[matrix, i, i]))
                leaving = self._costs[matrix, i, i + 1]
                at = here
            self._arcs.append(Arc(at, hub, cost=leaving))
        self._arcs.append(Arc(hub, end))

    def _state(self) -> int:
        self._size += 1
        return self._size - 1


def word_loop(words: int) -> bytes:
    """A grammar of any words in any order, each as likely as the others."""
    arcs = [Arc(0, 0, word, word, float(np.log(words + 1))) for word in range(1, words + 1)]
    return transducer(arcs, 1, (0,))
