"""Fine-tunes the built-in speech model: ``python -m training --speech DIR``."""

from __future__ import annotations

import argparse
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from training.conversations import HEARD, listed
from training.measure import measure
from training.scores import Scorer
from training.search import Grammar
from training.speech import (
    HELD_OUT,
    HELD_OUT_RENDERED,
    LEFT,
    NATURAL,
    RIGHT,
    Clip,
    Utterance,
    fold_of,
    human,
    noises,
    rendered,
    synthetic,
    utterances,
)
from training.train import RECORDED, Recipe, train
from voice_coach.acoustic.correction import WEIGHTS, Correction
from voice_coach.acoustic.graph import UNKNOWN
from voice_coach.acoustic.knobs import Knobs
from voice_coach.acoustic.sphinx import SphinxModel, wheel

FOLDS = 4
"""People are dealt into so many parts; one of them is never trained on."""
KEPT = ("ami_pyannote",)
"""Sources that are never trained on."""


@dataclass(frozen=True)
class Heard:
    """Utterances with their exact scores."""

    utterances: list[Utterance]
    exact: list[npt.NDArray[np.float32]]

    def those(self, chosen: list[bool]) -> Heard:
        """The *chosen* ones."""
        at = [i for i, is_chosen in enumerate(chosen) if is_chosen]
        return Heard([self.utterances[i] for i in at], [self.exact[i] for i in at])


def searches(model: SphinxModel, knobs: Knobs) -> dict[str, Grammar]:
    """The search of each conversation."""
    return {name: Grammar(model, listed(name), knobs) for name in HEARD}


def gather(
    speech: Path, natural: Path | None, model: SphinxModel, search: dict[str, Grammar], knobs: Knobs, seed: int
) -> Heard:
    """People and synthetic voices, as the network meets them."""
    rng = np.random.default_rng(seed)
    clips = [clip for clip in human(speech) for _ in range(_times(clip))] + synthetic(3, rng)
    clips += rendered(natural) if natural else []
    heard = utterances(clips, noises(speech), knobs, rng)
    scorers = {name: Scorer(model, each.states) for name, each in search.items()}
    exact = [scorers[u.conversation](u.features[LEFT : len(u.features) - RIGHT]).astype(np.float16) for u in heard]
    return Heard(heard, exact)


def trained_on(heard: Utterance, fold: int, without: str = "") -> bool:
    """Whether the weights may know it."""
    spoken_by_people = heard.source not in ("synthetic", NATURAL)
    if without and spoken_by_people and without in heard.said.split():
        return False
    if heard.source == "synthetic":
        return heard.speaker not in HELD_OUT
    if heard.source == NATURAL:
        return heard.speaker not in HELD_OUT_RENDERED
    return fold_of(heard, FOLDS) != fold and heard.source not in KEPT


def _times(clip: Clip) -> int:
    """How often a clip is used, each time in another room and at another speed; of talk there is more than enough."""
    if clip.said == UNKNOWN:
        return zlib.crc32(clip.sound.tobytes()) % 2
    return 3 if clip.said in RECORDED else 1


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--speech", type=Path, required=True, help="folder of recordings with a manifest.csv")
    parser.add_argument("--rendered", type=Path, help="folder that training.render wrote, to train on that too")
    parser.add_argument("--to", type=Path, default=WEIGHTS, help="where the weights go")
    parser.add_argument("--fold", type=int, default=0, choices=range(FOLDS), help="the quarter of people only measured")
    parser.add_argument("--without", default="", help="a word whose recordings are only measured")
    asked = parser.parse_args()
    torch.set_num_threads(1)  # the searches run beside it
    # Trained with safety words at no cost, so that the knob can then be set to what is wanted.
    knobs = replace(Knobs(), safety_cost=0.0, stop_cost=0.0)
    model = SphinxModel.read(wheel() / "en-us")
    search = searches(model, knobs)
    heard = gather(asked.speech, asked.rendered, model, search, knobs, seed=0)
    known = [trained_on(u, asked.fold, asked.without) for u in heard.utterances]
    learnt = heard.those(known)
    train(learnt.utterances, learnt.exact, search, Recipe()).write(asked.to)
    kept, correction = heard.those([not each for each in known]), Correction.read(asked.to)
    search = searches(model, replace(knobs, stop_cost=Knobs().stop_cost))
    for what, count in measure(kept.utterances, kept.exact, search, correction).items():
        print(f"{what}: {count}")


if __name__ == "__main__":
    main()
