"""Routines built in tests: as data, from the shipped techniques and questions."""

from __future__ import annotations

from typing import Any

from voice_coach.routine.load import library, shipped_folder
from voice_coach.routine.model import Routine

SHARED = library(shipped_folder())
CONTEXT = {"techniques": SHARED.techniques, "questions": SHARED.questions}
SCREENING = [name for name in SHARED.questions if not name.startswith("flag-")]


def step_data(**changes: Any) -> dict[str, Any]:
    """A harmless stroke, changed; None takes a key away."""
    data: dict[str, Any] = {
        "id": "the-step",
        "title": "the step",
        "technique": "stroking",
        "region": "outer_thigh",
        "duration": 30,
        "pressure": 1,
        "instruction": "Flat palms, soft and slow.",
    }
    return {key: value for key, value in (data | changes).items() if value is not None}


def build(*steps: dict[str, Any], **changes: Any) -> Routine:
    """A routine of these steps that asks everything there is to ask."""
    numbered = [step | {"id": f"{step['id']}-{index}"} for index, step in enumerate(steps)]
    data: dict[str, Any] = {
        "version": 1,
        "id": "built",
        "title": "built for a test",
        "about": "",
        "people": ["caregiver"],
        "questions": SCREENING,
        "red_flags": ["flag-numb"],
        "preparation": [{"say": "Nothing goes under the cast, and it stays dry.", "gate": True}],
        "steps": numbered,
        "closing": ["That was all."],
    }
    return Routine.model_validate(data | changes, context=CONTEXT)


def gently(*middle: dict[str, Any]) -> list[dict[str, Any]]:
    """Steps with others around them, so that the pressure rises to them and falls after them by one level."""
    levels = [step["pressure"] for step in middle] or [1]
    rising = [_level(n) for n in range(1, max(levels[0], 2))]
    falling = [_level(n) for n in range(max(levels[-1] - 1, 1), 0, -1)]
    return [*rising, *middle, *falling]


def _level(pressure: int) -> dict[str, Any]:
    if pressure == 1:
        return step_data()
    return step_data(technique="rubbing", region="front_thigh", pressure=pressure, tempo=40)


def told(words: str) -> dict[str, Any]:
    """A step in a few words: technique, region, then perhaps from>to and key=number."""
    technique, region, *rest = words.split()
    changes: dict[str, Any] = {}
    for word in rest:
        if ">" in word:
            changes["from"], changes["to"] = word.split(">")
        else:
            key, value = word.split("=")
            changes[key] = int(value) if value.isdigit() else value
    if "check_ins" in changes:
        changes["check_ins"] = [int(at) for at in str(changes["check_ins"]).split(",")]
    if "repetitions" in changes:
        changes["duration"] = None
    return step_data(technique=technique, region=region, **changes)
