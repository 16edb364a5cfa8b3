"""What the search makes of people on whom nothing was trained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from training.conversations import HEARD, SESSION
from training.scores import corrected
from training.search import Grammar
from training.speech import LEFT, NATURAL, RIGHT, Utterance
from training.train import RECORDED
from voice_coach.acoustic.correction import Correction
from voice_coach.acoustic.graph import UNKNOWN
from voice_coach.commands import find_safety, understand

Floats = npt.NDArray[np.float32]


def measure(
    heard: Sequence[Utterance], exact: Sequence[Floats], searches: Mapping[str, Grammar], correction: Correction
) -> dict[str, str]:
    """The recall of each recorded command and of synthetic phrases, and what else is taken for a command."""
    told: dict[str, list[bool]] = defaultdict(list)
    for utterance, scores in zip(heard, exact, strict=True):
        search = searches[utterance.conversation]
        inside = utterance.features.astype(float)[LEFT : len(utterance.features) - RIGHT]
        now = corrected(scores, correction(inside).astype(np.float32), search)
        text = " ".join(search.best(now, np.zeros(len(search.words), np.float32)).words)
        said, found, safety = utterance.said, understand(text), find_safety(text)
        if utterance.source in ("synthetic", NATURAL):
            if said == UNKNOWN:
                told[f"commands in {utterance.source} other words"].append(found is not None or safety is not None)
            else:
                told[f"{utterance.source}, {utterance.conversation}"].append(_right(said, text, utterance.conversation))
        elif said in RECORDED:
            told[said].append(_right(said, text, SESSION))
        else:
            kind = {"": "noise", UNKNOWN: "stretches of talk"}.get(said, "other words")
            told[f"commands in {kind}"].append(found is not None or safety is not None)
            told[f"safety words in {kind}"].append(safety is not None)
    return {what: f"{sum(events)} of {len(events)}" for what, events in sorted(told.items())}


def _right(said: str, text: str, conversation: str) -> bool:
    phrases = HEARD[conversation]
    meant, found = phrases.understand(said), phrases.understand(text)
    if find_safety(said) is not None and find_safety(text) is not None:
        return True
    return text == said if meant is None else found is not None and found.command == meant.command
