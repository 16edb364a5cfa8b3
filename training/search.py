"""The search that Vosk makes, one utterance at a time: the best path through the grammar."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from voice_coach.acoustic.build import lexicon
from voice_coach.acoustic.graph import NONWORDS, UNKNOWN, Chain, Labels, spell
from voice_coach.acoustic.knobs import Knobs
from voice_coach.acoustic.network import kinds, order
from voice_coach.acoustic.sphinx import SphinxModel
from voice_coach.hearing.builtin import pronunciations

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

NEVER = -1e4
"""Less than any path is worth, in nats."""


@dataclass(frozen=True)
class Best:
    """The best path of an utterance."""

    score: float
    """In nats as Vosk counts them, costs included."""
    path: Numbers
    """The network's output in each frame."""
    words: list[str]


def spelt(model: SphinxModel, words: Collection[str]) -> dict[str, list[list[Chain]]]:
    """*words* as the built-in model says them."""
    labels = Labels(model)
    spoken = lexicon(words, pronunciations(words))
    return {w: [spell(model, labels, each) for each in every] for w, every in spoken.items()}


class Grammar:
    """Vosk's bigram of weighted phrases over chains of states, `[unk]` and silence."""

    def __init__(self, model: SphinxModel, phrases: Sequence[str], knobs: Knobs) -> None:
        self.knobs = knobs
        self._model = model
        sentences = Counter([*phrases, UNKNOWN])
        self.words = sorted({w for p in sentences for w in p.split()})
        self.number = {w: i for i, w in enumerate(self.words)}
        spellings = spelt(model, self.words)
        self.states = order(model, {s for e in spellings.values() for c in e for k in c for s in k.states})
        self.kinds = kinds(model, self.states)
        self.independent = np.flatnonzero(self.states < 3 * len(model.phones))
        self._where = {int(s): i for i, s in enumerate(self.states)}
        self.world = len(self.states)
        with np.errstate(divide="ignore"):
            self._chances = np.maximum(np.log(model.transitions) * knobs.acoustic_scale, NEVER)
        self._graph = (*self._chains(spellings), *self._bigram(sentences))

    def best(self, scores: Floats, extra: Floats, empty: float = 0.0) -> Best:
        """The best path for *scores*, shape (frames, outputs), in nats.

        *extra*, one for each word, is added where that word begins; *empty* where none is said.
        """
        total, path, begins = _viterbi(scores, np.float32(self.knobs.acoustic_scale), extra, empty, *self._graph)
        return Best(total, path, [self.words[w] for w in begins if w >= 0])

    def _chains(self, spellings: dict[str, list[list[Chain]]]) -> tuple[Any, ...]:
        """States in a row: each spelling of each word, then silence twice and the filler, each behind one entry."""
        rows: list[tuple[int, float, float, bool]] = []

        def add(state: int, matrix: int, i: int, begins: bool) -> None:
            rows.append((self._where[state], self._chances[matrix, i, i], self._chances[matrix, i, i + 1], begins))

        starts, ends, saying = [], [], []
        for word, every in spellings.items():
            for chains in every:
                saying.append(self.number[word])
                starts.append(len(rows))
                for k, chain in enumerate(chains):
                    for i, state in enumerate(chain.states):
                        add(state, chain.matrix, i, k == i == 0)
                ends.append(len(rows) - 1)
        model = self._model
        prices = (0.0, self.knobs.noise_cost, self.knobs.noise_cost)
        nonwords = {model.phones.index(n): c for n, c in zip(NONWORDS, prices, strict=True)}
        spoken = {p: self.knobs.phone_cost for p in range(len(model.phones)) if p not in nonwords}
        silence = self._where[int(model.states[model.phones.index(NONWORDS[0]), 0])]
        medleys = []
        for phones, entry in ((nonwords, silence), (nonwords, silence), (spoken, self.world)):
            medleys.append(len(rows))
            rows.append((entry, NEVER, 0.0, True))
            for phone in phones:
                for i in range(3):
                    add(int(model.states[phone, i]), int(model.matrix[phone]), i, i == 0)
        medleys.append(len(rows))
        price = np.zeros(len(rows), np.float32)
        for start, phones in zip(medleys, (nonwords, nonwords, spoken), strict=False):
            price[start + 1 : start + 1 + 3 * len(phones) : 3] = [-cost for cost in phones.values()]
        out, stay, leave, first = (np.array(column) for column in zip(*rows, strict=True))
        return (
            out, stay.astype(np.float32), leave.astype(np.float32), first, price,
            np.array(starts), np.array(ends), np.array(saying), np.array(medleys), self.number[UNKNOWN],
        )  # fmt: skip

    def _bigram(self, sentences: Counter[str]) -> tuple[Any, ...]:
        """Costs as Vosk estimates them: half of each count is kept for backing off."""
        after: dict[str, Counter[str]] = defaultdict(Counter)
        once: Counter[str] = Counter()
        for sentence, times in sentences.items():
            words = [*sentence.split(), ""]
            for i, word in enumerate(words):
                once[word] += times
                if i:
                    after[words[i - 1]][word] += times
        half, all_ = math.log(0.5), sum(once.values())
        own = [-(self.knobs.filler_cost if w == UNKNOWN else self.knobs.cost(w)) for w in self.words]
        unigram = np.array([half + math.log(once[w] / all_) + c for w, c in zip(self.words, own, strict=True)])
        pairs = [
            (self.number[u], self.number[w], half + math.log(n / sum(after[u].values())) + own[self.number[w]])
            for u in after for w, n in after[u].items() if w
        ]  # fmt: skip
        before, follower, worth = (np.array(column) for column in zip(*pairs, strict=True))
        ending = half + math.log(once[""] / all_)
        final = [
            max(half + math.log(after[w][""] / sum(after[w].values())) if after[w][""] else NEVER, half + ending)
            for w in self.words
        ]
        return (
            unigram.astype(np.float32), before, follower, worth.astype(np.float32),
            np.array(final, np.float32), np.float32(half), np.float32(ending),
        )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def _viterbi(
    scores, scale, extra, empty,
    out, stay, leave, first, price, starts, ends, spelt, medleys, unknown,
    unigram, before, follower, worth, final, backoff, ending,
):  # fmt: skip
    frames, size, words = len(scores), len(out), len(unigram)
    alpha = np.full(size, np.float32(NEVER))
    enter = np.full(size, np.float32(NEVER))
    came = np.full((frames, size), np.int32(-1))
    word_end, word_from = np.full(words, np.float32(NEVER)), np.zeros(words, np.int32)
    start, source = np.zeros(words, np.float32), np.zeros(words, np.int32)
    entered = np.full(size, np.int32(-1))
    exits, exit_from = np.full(3, np.float32(NEVER)), np.zeros(3, np.int32)
    total, last = np.float32(NEVER), 0
    for t in range(frames + 1):
        if t == 0:
            for w in range(words):
                start[w], source[w] = unigram[w] + extra[w], -1
            enter[medleys[0]], entered[medleys[0]] = 0, -1
        else:
            word_end[:] = NEVER
            for i in range(len(ends)):
                value = alpha[ends[i]] + leave[ends[i]]
                if value > word_end[spelt[i]]:
                    word_end[spelt[i]], word_from[spelt[i]] = value, ends[i]
            for m in range(3):
                exits[m], exit_from[m] = alpha[medleys[m]], medleys[m]
                for s in range(medleys[m] + 3, medleys[m + 1], 3):
                    if alpha[s] + leave[s] > exits[m]:
                        exits[m], exit_from[m] = alpha[s] + leave[s], s
            word_end[unknown], word_from[unknown] = exits[2], exit_from[2]
            if t == frames:
                for w in range(words):
                    if word_end[w] + final[w] > total:
                        total, last = word_end[w] + final[w], word_from[w]
                if exits[1] + backoff + ending > total:
                    total, last = exits[1] + backoff + ending, exit_from[1]
                if exits[0] + ending + empty > total:
                    total, last = exits[0] + ending + empty, exit_from[0]
                break
            top = np.argmax(word_end)
            hub, hub_from = word_end[top] + backoff, word_from[top]
            if exits[0] > hub:
                hub, hub_from = exits[0], exit_from[0]
            if exits[1] + backoff > hub:
                hub, hub_from = exits[1] + backoff, exit_from[1]
            for w in range(words):
                start[w], source[w] = hub + unigram[w] + extra[w], hub_from
            for i in range(len(before)):
                value = word_end[before[i]] + worth[i] + extra[follower[i]]
                if value > start[follower[i]]:
                    start[follower[i]], source[follower[i]] = value, word_from[before[i]]
            enter[medleys[0]] = NEVER
            enter[medleys[1]], entered[medleys[1]] = word_end[top], word_from[top]
            for m in range(3):
                for s in range(medleys[m] + 1, medleys[m + 1], 3):
                    enter[s], entered[s] = exits[m] + price[s], exit_from[m]
        for i in range(len(starts)):
            enter[starts[i]], entered[starts[i]] = start[spelt[i]], source[spelt[i]]
        enter[medleys[2]], entered[medleys[2]] = start[unknown], source[unknown]
        row, here = scores[t], came[t]
        for s in range(size - 1, -1, -1):
            if first[s]:
                move, place = enter[s], entered[s]
            else:
                move, place = alpha[s - 1] + leave[s - 1], np.int32(s - 1)
            kept = alpha[s] + stay[s]
            if kept >= move:
                here[s] = s
                move = kept
            else:
                here[s] = place
            alpha[s] = move + scale * row[out[s]]
    word_at = np.full(size, -1)
    for i in range(len(starts)):
        word_at[starts[i]] = spelt[i]
    word_at[medleys[2]] = unknown
    path, begins = np.zeros(frames, np.int64), np.full(frames, -1)
    state = last
    for t in range(frames - 1, -1, -1):
        path[t] = out[state]
        if word_at[state] >= 0 and came[t, state] != state:
            begins[t] = word_at[state]
        state = came[t, state]
    return total, path, begins
