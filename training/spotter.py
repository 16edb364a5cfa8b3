"""Trains the spotter: ``python -m training.spotter --speech DIR --rendered DIR``.

It needs the extra `training`, people's recordings (as `python -m training`) and the clips of `python -m
training.render`; it writes voice_coach/hearing/spotter.npz, and prints what is made of the people and voices left out.
With --begin the training goes on from such weights, so what they know of voices that are not at hand is kept; all that
is averaged stands side by side, so the file grows. With
--without it leaves out every recording of a word: what is then heard of that word tells how well those do that
nobody was recorded saying, such as "pain".
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from benchmarks.speech import NOISE_LEARNT
from training.__main__ import FOLDS
from training.rooms import NOT_KNOWN, Clip, Examples, Room, heard, natural, people, surroundings, synthetic
from training.sayings import KNOWN
from training.speech import noises
from voice_coach.commands import find_safety, understand
from voice_coach.hearing.spotter import HISTORY, WEIGHTS, Judge

HIDDEN, TURNS, RATE_OF_LEARNING = 384, 8000, 1.5e-3
"""Units between the layers, steps of the training, and its highest rate."""
TURNS_MORE, RATE_MORE = 12000, 8e-4
"""The same where it goes on from earlier weights."""
HARD, OFTEN = 0.05, 9
"""The share of all else that is most like a command, found twice in a training, and how often as much it is met."""
TRAININGS = ((2.0, True), (1.5, True), (1.5, False))
"""What a person's word is worth beside a synthetic voice's, and whether it goes on from earlier weights, if there are
any, in each of the trainings whose average ships, together with those earlier weights."""


def train(
    examples: Examples,
    clips: Sequence[Clip],
    phrases: Sequence[str],
    without: str = "",
    favour: float = 1.0,
    seed: int = 0,
    begin: Judge | None = None,
) -> Judge:
    """A judge that knows *phrases*, trained on what is not to be measured, and on no recording of *without*.

    People's words are worth *favour* times as much as others; *begin* is what it goes on from.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    kind = np.array([clip.kind for clip in clips])[examples.clip]
    learnt = np.array([not c.measured and not (without and c.said == without and c.kind == "people") for c in clips])
    usable = np.flatnonzero(learnt[examples.clip] & (examples.label != NOT_KNOWN))
    said, other = (usable[examples.label[usable] > 0], usable[examples.label[usable] == 0])
    counts = np.bincount(examples.label[said], minlength=len(phrases))
    worth = np.where(kind[said] == "people", favour, 1.0) / np.sqrt(counts[examples.label[said]])
    centre, spread = (np.tile(each, HISTORY) for each in (examples.embeddings.mean(0), examples.embeddings.std(0)))
    hidden = len(begin.inner_bias) if begin else HIDDEN
    turns, rate = (TURNS_MORE, RATE_MORE) if begin else (TURNS, RATE_OF_LEARNING)
    inner, outer = nn.Linear(len(centre), hidden), nn.Linear(hidden, len(phrases))
    if begin:
        layers = (begin.inner * spread, begin.inner_bias + begin.inner @ centre, begin.outer, begin.outer_bias)
        places = (inner.weight, inner.bias, outer.weight, outer.bias)
        for place, layer in zip(places, layers, strict=True):
            place.data = torch.from_numpy(layer.astype(np.float32))
    net = nn.Sequential(nn.Dropout(0.15), inner, nn.ReLU(), nn.Dropout(0.35), outer)
    optimiser = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-2)
    loss = nn.CrossEntropyLoss(label_smoothing=0.02)

    def inputs(moments: npt.NDArray[np.int64]) -> torch.Tensor:
        return torch.from_numpy((examples.seen(moments) - centre) / spread)

    met = other
    for turn in range(turns):
        if turn in (turns // 3, 2 * turns // 3):
            hardest = _likest(net, inputs, other, round(HARD * len(other)))
            met = np.concatenate([other, np.repeat(hardest, OFTEN - 1)])
        chosen = np.concatenate([rng.choice(said, 160, p=worth / worth.sum()), rng.choice(met, 320)])
        seen = inputs(chosen)
        optimiser.param_groups[0]["lr"] = rate * min(1, turn / 200) * (1 - turn / turns)
        optimiser.zero_grad()
        loss(net(seen + 0.1 * torch.randn_like(seen)), torch.from_numpy(examples.label[chosen])).backward()
        optimiser.step()
    first = inner.weight.detach().numpy() / spread
    return Judge(
        tuple(phrases), first, inner.bias.detach().numpy() - first @ centre,
        outer.weight.detach().numpy(), outer.bias.detach().numpy(),
    )  # fmt: skip


def _likest(
    net: nn.Module,
    inputs: Callable[[npt.NDArray[np.int64]], torch.Tensor],
    moments: npt.NDArray[np.int64],
    count: int,
) -> npt.NDArray[np.int64]:
    """Those *count* of *moments* that the network takes for a phrase most of all."""
    net.eval()
    with torch.no_grad():
        nothing = [
            torch.softmax(net(inputs(some)), 1)[:, 0] for some in np.array_split(moments, len(moments) // 4096 + 1)
        ]
    net.train()
    return np.asarray(moments[np.argsort(torch.cat(nothing).numpy())[:count]])


def averaged(judges: Sequence[Judge]) -> Judge:
    """One judge whose scores are the average of those of *judges*: their hidden units stand side by side."""
    return Judge(
        judges[0].phrases, np.concatenate([each.inner for each in judges]),
        np.concatenate([each.inner_bias for each in judges]),
        np.asarray(np.concatenate([each.outer for each in judges], axis=1) / len(judges), np.float32),
        np.asarray(np.mean([each.outer_bias for each in judges], axis=0), np.float32),
    )  # fmt: skip


def measure(judge: Judge, examples: Examples, clips: Sequence[Clip], threshold: float) -> dict[str, str]:
    """Of the clips kept from the training, how many commands are heard, and what else is taken for one."""
    held = np.array([clip.measured for clip in clips])
    moments = np.flatnonzero(held[examples.clip])
    chances = np.stack([judge(seen.reshape(HISTORY, -1)) for seen in examples.seen(moments)])
    by_command = {command: chances[:, known].sum(1) for command, known in judge.commands.items()}
    told: dict[str, list[bool]] = {}
    for number in np.unique(examples.clip[moments]):
        clip, at = clips[number], examples.clip[moments] == number
        meant = find_safety(clip.said) or understand(clip.said)
        if meant is not None:
            name = (
                clip.said
                if clip.kind == "people"
                else f"{clip.kind}, {'safety' if find_safety(clip.said) else 'other'}"
            )
            told.setdefault(name, []).append(bool(by_command[meant.command][at].max() > threshold))
        elif clip.said != "go":
            most = max(each[at].max() for each in by_command.values())
            told.setdefault(f"commands in {clip.kind}", []).append(bool(most > threshold))
    return {name: f"{sum(events)} of {len(events)}" for name, events in sorted(told.items())}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m training.spotter", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--speech", type=Path, required=True, help="folder of recordings with a manifest.csv")
    parser.add_argument("--rendered", type=Path, required=True, help="folder that training.render wrote")
    parser.add_argument("--to", type=Path, default=WEIGHTS, help="where the weights go")
    parser.add_argument("--fold", type=int, default=0, choices=range(FOLDS), help="the quarter of people only measured")
    parser.add_argument("--without", default="", help="a word whose recordings are left out of the training")
    parser.add_argument("--begin", type=Path, help="weights to go on from, instead of from nothing")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    phrases = ("", *KNOWN)
    noise = [sound[: round(NOISE_LEARNT * len(sound))] for sound in noises(asked.speech)]
    said = [*people(asked.speech, asked.fold), *natural(asked.rendered), *synthetic(np.random.default_rng(0))]
    clips = [*said, *surroundings(noise)]
    examples = heard(Room(noise, clips), clips, phrases, asked.processes)
    begin = Judge.read(asked.begin) if asked.begin else None
    if begin and (begin.phrases != phrases or asked.without or asked.fold):
        parser.error("--begin needs weights that know the same phrases, and knows no --without and no other --fold")
    judges = [
        train(examples, clips, phrases, asked.without, worth, n, begin if more else None)
        for n, (worth, more) in enumerate(TRAININGS)
    ]
    averaged([*judges, *([begin] if begin else [])]).write(asked.to)
    for threshold in (0.3, 0.7):
        for what, count in measure(Judge.read(asked.to), examples, clips, threshold).items():
            print(f"at {threshold}: {what}: {count}")


if __name__ == "__main__":
    main()
