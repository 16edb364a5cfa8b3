"""What the fields of a routine file are made of: durations, spoken text, names, regions, limits."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from voice_coach.commands import find_safety, normalise, understand
from voice_coach.routine.body import REGIONS
from voice_coach.routine.spelling import suggest


class Model(BaseModel):
    """Frozen, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True)


def _seconds(value: object) -> object:
    """Understand 90, "90 s", "1:30", "2 min", "1 min 30 s"; leave anything else to be refused."""
    if isinstance(value, bool) or not isinstance(value, str):
        return value
    text = value.strip().lower()
    if match := re.fullmatch(r"(\d+):([0-5]\d)", text):
        return int(match[1]) * 60 + int(match[2])
    number = r"(\d+(?:\.\d+)?)"
    if text and (match := re.fullmatch(rf"(?:{number} *min(?:utes?)?)? *(?:{number} *s(?:ec(?:onds?)?)?)?", text)):
        return float(match[1] or 0) * 60 + float(match[2] or 0)
    raise ValueError(f"{value!r} is not a duration; write it like 90 s, 2 min or 1:30")


def _sayable(text: str) -> str:
    """Refuse what the coach must not say: it would hear itself."""
    if match := find_safety(text):
        raise ValueError(f"the coach may not say {match.phrase!r}, because it listens for that; say it differently")
    if match := understand(text):
        raise ValueError(f"the coach may not say just {match.phrase!r}, because that is a command; say more")
    return " ".join(text.split())


def _region(name: str) -> str:
    if name not in REGIONS:
        raise ValueError(f"{name!r} is not a region; {suggest(name, REGIONS)}")
    return name


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _alias(name: str) -> str:
    """A name as it is heard: lower-case words; one that means something else already is refused."""
    if match := find_safety(name) or understand(name):
        raise ValueError(f"{match.phrase!r} has a meaning of its own already; choose another name")
    if not re.fullmatch(r"[a-z']+(?: [a-z']+)*", heard := normalise(name)):
        raise ValueError(f"{name!r} cannot be heard; write it in words, without digits")
    return heard


Seconds = Annotated[
    float,
    Field(gt=0, le=3600, allow_inf_nan=False, strict=True),
    BeforeValidator(_seconds),
    WithJsonSchema({"type": ["number", "string"], "description": "90, 90 s, 2 min or 1:30"}),
]
Spoken = Annotated[str, Field(min_length=2, max_length=400), AfterValidator(_sayable)]
"""Text the coach says."""
Alias = Annotated[str, Field(min_length=2, max_length=40), AfterValidator(_alias)]
"""A name that is listened for."""
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
_NAMES = {"type": ["string", "array"], "items": {"type": "string"}}
Region = Annotated[str, AfterValidator(_region), WithJsonSchema({"enum": list(REGIONS)})]
Pressure = Annotated[int, Field(strict=True, ge=0, le=4)]
When = dict[Name, Annotated[tuple[Name, ...], BeforeValidator(_one_or_more), WithJsonSchema(_NAMES)]]
"""The choices with which something is done: option -> one choice or several; {} for always."""
Tempo = Annotated[float, Field(gt=0, le=120, allow_inf_nan=False, strict=True)]
