"""A first routine of three steps, to be changed by its author; it keeps every rule from the beginning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from voice_coach.errors import UserError
from voice_coach.routine import rules
from voice_coach.routine.anatomy import NO_SIDES, ranks, ways
from voice_coach.routine.body import Area, Side
from voice_coach.routine.findings import Finding
from voice_coach.routine.load import library, shipped_folder
from voice_coach.routine.model import Routine


@dataclass(frozen=True)
class Plan:
    """What an author answers."""

    id: str
    title: str
    region: str
    sides: Side
    minutes: float
    people: tuple[str, ...]


_MIDDLE = (
    ("rubbing", 2, 40, "Flat hands. Rub the {area} in slow circles{way}."),
    ("gliding", 2, 12, "Let the flat hands glide over the {area}{way}, a little deeper than before."),
    ("stroking", 1, 12, "Stroke the {area}{way}, slower than before."),
)
"""Technique, pressure, tempo and instruction of the step in the middle; the first that the rules allow is taken."""


def template(plan: Plan) -> str:
    """The file's text. Raises UserError, in one sentence, where the rules allow no such routine."""
    last: Finding | None = None
    for data in _candidates(plan):
        try:
            found = rules.check(_build(data))
        except ValidationError as error:  # the answers are fine one by one, but not in every sentence
            raise UserError(f"{plan.title!r} does not do as a title; choose a longer or a plainer one.") from error
        if not found:
            return _written({**data, "questions": _needed(data)})
        last = found[0]
    raise UserError(f"There is no routine for that: {last}.")


def _candidates(plan: Plan) -> Iterator[dict[str, Any]]:
    """The routine with ever less in its middle, with a direction and without one."""
    shared = library(shipped_folder())
    share = plan.minutes * 60 / (2 if plan.sides is Side.EACH else 1)
    quarter = max(10, round(share / 4))
    for direction in (*_directions(plan.region), {}):
        way = " from the {} to the {}".format(*(Area(place) for place in direction.values())) if direction else ""
        for technique, pressure, tempo, instruction in _MIDDLE:
            area = Area(plan.region)
            same = {"region": plan.region, "sides": plan.sides.value, **direction}
            middle = instruction.format(area=area, way=way)
            opening = f"Flat, soft hands. Stroke the {area}{way}, slowly and lightly."
            ending = f"Stroke the {area} once more{way}, and let each stroke grow lighter."
            yield {
                "version": 1,
                "id": plan.id,
                "title": plan.title,
                "about": "Say here in a sentence what it is for, and how long it takes.",
                "people": list(plan.people),
                "questions": [name for name in shared.questions if not name.startswith("flag-")],
                "preparation": [{"say": "Wash and warm the hands.", "gate": True}],
                "steps": [
                    _step("open", f"stroking the {area}", "stroking", same, quarter, 12, 1, opening),
                    _step("work", f"{technique} the {area}", technique, same, 2 * quarter, tempo, pressure, middle),
                    _step("close", "closing strokes", "stroking", same, quarter, 10, 1, ending),
                ],
                "closing": [f"That was {plan.title}.", "Rest for a moment, and feel how warm it is."],
            }


def _step(
    name: str, title: str, technique: str, same: dict[str, str], seconds: int, tempo: int, pressure: int, say: str
) -> dict[str, Any]:
    timed = {"duration": seconds, "tempo": tempo, "pressure": pressure, "instruction": say}
    return {"id": name, "title": title, "technique": technique, **same, **timed}


def _directions(region: str) -> Iterator[dict[str, str]]:
    """From the place before the region to the one after it, on each way to the nodes."""
    if region in NO_SIDES:
        return
    for way in ways(region):
        if at := ranks(region, way):
            first, last = max(0, min(at) - 1), min(len(way) - 1, max(at) + 1)
            yield {"from": way[first][0], "to": way[last][0]}


def _build(data: dict[str, Any]) -> Routine:
    shared = library(shipped_folder())
    return Routine.model_validate(data, context={"techniques": shared.techniques, "questions": shared.questions})


def _needed(data: dict[str, Any]) -> list[str]:
    """The questions that some rule wants asked."""
    needed: list[str] = data["questions"]
    for name in list(needed):
        without = [other for other in needed if other != name]
        if not rules.check(_build({**data, "questions": without})):
            needed = without
    return needed


def _written(data: dict[str, Any]) -> str:
    """The data as YAML, with comments for its author."""
    lines = [f"# yaml-language-server: $schema={shipped_folder() / 'routine.schema.json'}"]
    for key, value in data.items():
        if comment := _COMMENTS.get(key):
            lines.append(f"# {comment}")
        if isinstance(value, list) and value and key not in ("people", "questions"):
            lines.append(f"{key}:")
            for item in value:
                pairs = list(item.items()) if isinstance(item, dict) else [("", item)]
                for number, (name, inner) in enumerate(pairs):
                    lines.append(f"  {' ' if number else '-'} {f'{name}: ' if name else ''}{_scalar(name, inner)}")
        else:
            lines.append(f"{key}: [{', '.join(value)}]" if isinstance(value, list) else f"{key}: {_scalar(key, value)}")
    return "\n".join(lines) + "\n"


_COMMENTS = {
    "questions": "Asked before the start; routines/questions.yaml has more.",
    "preparation": "With `gate: true` the coach waits for “ready”.",
    "steps": "Durations are for one side. Pressure: 0 rest, 1 stroking, 2 light, 3 medium, 4 firm.",
}


_QUOTED = ("", "title", "about", "say", "instruction")


def _scalar(key: str, value: object) -> str:
    if key == "duration":
        return f"{value} s"
    if isinstance(value, str) and (key in _QUOTED or value in ("true", "false", "null")):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if not isinstance(value, str) else value
