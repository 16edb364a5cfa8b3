"""The training: whatever beats the right path by less than a margin is pushed back.

Each utterance is searched twice, once among all paths, the wrong ones ahead by their margin, and once among the
right ones. Where the two differ, the correction learns to raise the states of the right path and to lower the others.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from training.search import NEVER, Grammar
from training.speech import LEFT, RIGHT, Clip, Utterance, fold_of, human, noises, synthetic, utterances
from voice_coach.acoustic.correction import SPLICE, WEIGHTS, Correction
from voice_coach.acoustic.graph import UNKNOWN
from voice_coach.acoustic.knobs import Knobs
from voice_coach.acoustic.network import kinds
from voice_coach.acoustic.sphinx import SphinxModel, wheel
from voice_coach.commands import PHRASES, SAFETY, VOCABULARY, find_safety, phrases, understand
from voice_coach.hearing.grammar import grammar

Floats = npt.NDArray[np.float32]

FOLDS = 4
"""People are dealt into so many parts; one of them is never trained on."""
KEPT = ("ami_pyannote",)
"""Sources that are never trained on."""
RECORDED = ("stop", "go", "yes", "no")
"""The commands (and "go", the beginning of some) of which there are recordings."""


@dataclass(frozen=True)
class Recipe:
    """How to train."""

    hidden: int = 128
    epochs: int = 6
    batch: int = 24
    rate: float = 1e-3
    dropout: float = 0.3
    keep: float = 3e-3
    """How much a correction costs, per squared nat."""
    margin: float = 2.0
    """By how many nats, as Vosk counts them, the right path should win."""
    safety_margin: float = 3.0
    """The same where a safety word would be missed or imagined."""
    synthetic: float = 0.5
    """What a synthetic utterance counts."""
    share: float = 0.5
    """How much of the correction is used.

    With all of it, "stop" spoken by people is lost when only synthetic voices said it in training: 24 instead of 54 of
    105 heard, and so would "pain" be, of which there are no recordings. With half of it 50 are heard, and fewer
    than half of the false alarms are left; recorded words keep nearly all that they gain.
    """


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
        total = torch.zeros(len(x), len(self._order))
        for s in range(3):
            exponents = torch.cat([x[:, s], x[:, s] ** 2], 1) @ self._weights[s].T + self._biases[s]
            chances = torch.softmax(exponents, 1)
            parts = [chances[:, columns] @ m for (columns, _), m in zip(self._books, self._mixtures[s], strict=True)]
            total += torch.cat(parts, 1).clamp(min=2.0**-33).log()[:, self._order]
        return total.numpy()


def product_grammar(model: SphinxModel, knobs: Knobs) -> Grammar:
    """The phrases as the product listens for them, and "go", of which there are recordings."""
    listed = grammar(lambda word: word in VOCABULARY, "built-in").weighted(3)
    return Grammar(model, [*listed, *["go"] * 3], knobs)


class Targets:
    """What may be heard in an utterance, and what each mistake counts."""

    def __init__(self, search: Grammar, recipe: Recipe) -> None:
        self._search, self._recipe = search, recipe
        single = {p for p in PHRASES if " " not in p} | {"go"}
        words = {w for c in SAFETY for p in phrases(c) for w in p.split()}
        self._commands = dict.fromkeys(single, recipe.margin) | {
            w: recipe.safety_margin for w in words if find_safety(w) or w in ("hard", "much", "strong")
        }

    def __call__(self, said: str) -> tuple[Floats, Floats, float, float]:
        """Margins of all paths, costs of the right ones, and the same of silence."""
        search, recipe = self._search, self._recipe
        words = said.split()
        command = said in PHRASES or said == "go"
        if command:
            right = set(words)
            margin = recipe.safety_margin if find_safety(said) else recipe.margin
            margins = dict.fromkeys(search.words, margin)
        else:
            neutral = [w for w in search.words if w not in self._commands]
            right = {UNKNOWN, *words, *(neutral if said == UNKNOWN else ())} & set(search.words)
            margins = {w: self._commands.get(w, 0.5 * recipe.margin) for w in search.words}
        ahead = np.array([0.0 if w in right else margins[w] for w in search.words], np.float32)
        allowed = np.array([0.0 if w in right else NEVER for w in search.words], np.float32)
        return (ahead, allowed, 2 * margin, NEVER) if command else (ahead, allowed, 0.0, 0.0)


class Net(nn.Module):
    """The correction while it is trained."""

    def __init__(self, recipe: Recipe, states: int, centre: Floats, spread: Floats) -> None:
        super().__init__()
        self.centre, self.spread = torch.from_numpy(centre), torch.from_numpy(spread)
        self.inner = nn.Linear(len(SPLICE) * 39, recipe.hidden)
        self.drop = nn.Dropout(recipe.dropout)
        self.outer = nn.Linear(recipe.hidden, states)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.outer.bias)

    def forward(self, padded: Tensor) -> Tensor:
        """From frames with LEFT and RIGHT more at the ends to a correction of each frame."""
        x = (padded - self.centre) / self.spread
        if self.training:
            x = x + 0.2 * torch.randn_like(x)
        frames = len(x) - LEFT - RIGHT
        spliced = torch.cat([x[LEFT + i : LEFT + i + frames] for i in SPLICE], 1)
        return self.outer(self.drop(torch.relu(self.inner(spliced))))

    def correction(self) -> Correction:
        """As it is used."""
        inner = self.inner.weight.detach().double().numpy()
        bias = self.inner.bias.detach().double().numpy()
        scale = np.tile(self.spread.double().numpy(), len(SPLICE))
        shift = np.tile(self.centre.double().numpy(), len(SPLICE))
        inner = inner / scale
        outer = (self.outer.weight.detach().double().numpy(), self.outer.bias.detach().double().numpy())
        return Correction(inner, bias - inner @ shift, *outer)


def train(
    heard: Sequence[Utterance],
    exact: Sequence[Floats],
    search: Grammar,
    model: SphinxModel,
    recipe: Recipe,
    tell: Callable[[str], None] = print,
    seed: int = 0,
) -> Correction:
    """Train a correction on utterances and their exact scores."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    some = np.concatenate([u.features for u in heard[::7]])
    net = Net(recipe, 3 * len(model.phones), some.mean(0), some.std(0))
    optimiser = torch.optim.Adam(net.parameters(), recipe.rate)
    batches = len(heard) // recipe.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2 * recipe.rate, total_steps=batches * recipe.epochs + 1)
    targets = Targets(search, recipe)
    place = kinds(model, search.states)
    independent = np.flatnonzero(search.states < 3 * len(model.phones))
    scale = search.knobs.acoustic_scale

    def push(utterance: Utterance, scores: Floats, correction: Floats) -> tuple[Floats, float]:
        """The slope of the loss by the correction, and the loss."""
        now = corrected(scores, correction, place, independent)
        ahead, allowed, empty_ahead, empty = targets(utterance.said)
        wrong, right = search.best(now, ahead, empty_ahead), search.best(now, allowed, empty)
        slope = np.zeros_like(correction)
        at = np.flatnonzero(wrong.path != right.path)
        world = np.exp(now[:, independent] - now[:, independent].max(1, keepdims=True))
        world /= world.sum(1, keepdims=True)
        for path, sign in ((wrong.path, scale), (right.path, -scale)):
            single = at[path[at] < search.world]
            np.add.at(slope, (single, place[path[single]]), sign)
            every = at[path[at] == search.world]
            np.add.at(slope, (every[:, None], place[independent][None]), sign * world[every])
        weight = recipe.synthetic if utterance.source == "synthetic" else 1.0
        return weight * slope, weight * max(0.0, wrong.score - right.score)

    with ThreadPoolExecutor(2) as pool:
        for epoch in range(recipe.epochs):
            began, total, size, missed = time.monotonic(), 0.0, 0.0, 0
            ranks = rng.permutation(len(heard))
            net.train()
            for b in range(batches):
                chosen = ranks[b * recipe.batch : (b + 1) * recipe.batch]
                some_heard, some_exact = zip(*(_cut(heard[i], exact[i], rng) for i in chosen), strict=True)
                corrections = [net(torch.from_numpy(u.features)) for u in some_heard]
                found = [c.detach().numpy() for c in corrections]
                pushed = list(pool.map(push, some_heard, some_exact, found))
                every = torch.cat(corrections)
                slope = torch.from_numpy(np.concatenate([s for s, _ in pushed])) / recipe.batch
                loss = (every * slope).sum() + recipe.keep * (every**2).mean()
                optimiser.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(net.parameters(), 5.0)
                optimiser.step()
                schedule.step()
                total += sum(v for _, v in pushed)
                missed += sum(v > recipe.margin for _, v in pushed)
                size += float((every.detach() ** 2).mean())
            spent = time.monotonic() - began
            tell(
                f"epoch {epoch + 1}: loss {total / batches / recipe.batch:.3f}, "
                f"wrong {missed / batches / recipe.batch:.3f}, "
                f"correction {(size / batches) ** 0.5:.2f} nats, {spent:.0f} s"
            )
    learned = net.correction()
    return replace(learned, outer=recipe.share * learned.outer, outer_bias=recipe.share * learned.outer_bias)


def _times(clip: Clip) -> int:
    """How often a clip is used, each time in another room and at another speed."""
    return 1 if clip.said in ("", UNKNOWN) else 3 if clip.said in RECORDED else 2


def _cut(utterance: Utterance, scores: Floats, rng: np.random.Generator) -> tuple[Utterance, Floats]:
    """Part of what is no command, for it must not look like one while it is being said either."""
    if utterance.said in PHRASES or utterance.said in RECORDED or len(scores) < 60:
        return utterance, scores
    first = int(rng.integers(0, len(scores) // 3)) if utterance.said == UNKNOWN else 0
    last = int(rng.integers(first + 40, len(scores) + 1))
    features = utterance.features[first : last + LEFT + RIGHT]
    return replace(utterance, features=features), scores[first:last]


def corrected(
    scores: Floats, correction: Floats, place: npt.NDArray[np.int64], independent: npt.NDArray[np.int64]
) -> Floats:
    """All outputs of the network: the corrected scores, and the world's."""
    now = scores.astype(np.float32) + correction[:, place]
    alone = now[:, independent]
    top = alone.max(1, keepdims=True)
    world = top + np.log(np.exp(alone - top).mean(1, keepdims=True))
    return np.concatenate([now, world], 1)


def measure(
    heard: Sequence[Utterance], exact: Sequence[Floats], search: Grammar, model: SphinxModel, correction: Correction
) -> dict[str, str]:
    """What the search makes of utterances: each recorded command's recall, and what else is taken for a command."""
    place, independent = kinds(model, search.states), np.flatnonzero(search.states < 3 * len(model.phones))
    plain = np.zeros(len(search.words), np.float32)
    heard_as: dict[str, list[bool]] = defaultdict(list)
    for utterance, scores in zip(heard, exact, strict=True):
        inside = utterance.features.astype(float)[LEFT : len(utterance.features) - RIGHT]
        now = corrected(scores, correction(inside).astype(np.float32), place, independent)
        text = " ".join(search.best(now, plain).words)
        said, safety = utterance.said, find_safety(text)
        if said in RECORDED:
            meant = understand(said)
            found = understand(text)
            right = text == said if meant is None else found is not None and found.command == meant.command
            heard_as[said].append(right or (find_safety(said) is not None and safety is not None))
        elif utterance.source != "synthetic":
            kind = {"": "noise", UNKNOWN: "stretches of talk"}.get(said, "other words")
            heard_as[f"commands in {kind}"].append(understand(text) is not None or safety is not None)
            heard_as[f"safety words in {kind}"].append(safety is not None)
    return {what: f"{sum(events)} of {len(events)}" for what, events in sorted(heard_as.items())}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--speech", type=Path, required=True, help="folder of recordings with a manifest.csv")
    parser.add_argument("--to", type=Path, default=WEIGHTS, help="where the weights go")
    parser.add_argument("--fold", type=int, default=0, choices=range(FOLDS), help="the quarter of people only measured")
    parser.add_argument("--without", default="", help="a word whose recordings are only measured")
    asked = parser.parse_args()
    torch.set_num_threads(1)  # the searches run beside it
    # Trained with safety words at no cost, so that the knob can then be set to what is wanted.
    knobs, recipe, rng = replace(Knobs(), safety_cost=0.0, stop_cost=0.0), Recipe(), np.random.default_rng(0)
    model = SphinxModel.read(wheel() / "en-us")
    search = product_grammar(model, knobs)
    clips = [clip for clip in human(asked.speech) for _ in range(_times(clip))] + synthetic(6, rng)
    heard = utterances(clips, noises(asked.speech), knobs, rng)
    scorer = Scorer(model, search.states)
    exact = [scorer(u.features[LEFT : len(u.features) - RIGHT]).astype(np.float16) for u in heard]
    known = [
        (u.source == "synthetic" or (fold_of(u, FOLDS) != asked.fold and u.source not in KEPT))
        and not (asked.without and asked.without in u.said.split())
        for u in heard
    ]

    def those(trained: bool) -> tuple[list[Utterance], list[Floats]]:
        chosen = [i for i, is_known in enumerate(known) if is_known is trained]
        return [heard[i] for i in chosen], [exact[i] for i in chosen]

    correction = train(*those(True), search, model, recipe)
    correction.write(asked.to)
    for what, count in measure(*those(False), search, model, Correction.read(asked.to)).items():
        print(f"{what}: {count}")
