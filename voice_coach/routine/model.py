"""The content model: what a routine file may hold.

Pressure is 0 rest, 1 stroking, 2 light, 3 medium, 4 firm. Durations are seconds, tempos a minute.
A routine that was loaded is complete: techniques are looked up, ladders filled in, times known.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

PRESSURES = ("rest", "stroking", "light", "medium", "firm")
"""What each pressure level is called aloud."""


class Model(BaseModel):
    """Frozen, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _seconds(value: object) -> object:
    """Understand 90, "90 s", "1:30", "2 min", "1 min 30 s"; leave anything else to be refused."""
    if not isinstance(value, str):
        return value
    text = value.strip().lower()
    if match := re.fullmatch(r"(\d+):([0-5]\d)", text):
        return int(match[1]) * 60 + int(match[2])
    if text and (
        match := re.fullmatch(r"(?:(\d+(?:\.\d+)?) *min(?:utes?)?)? *(?:(\d+(?:\.\d+)?) *s(?:ec(?:onds?)?)?)?", text)
    ):
        return float(match[1] or 0) * 60 + float(match[2] or 0)
    raise ValueError(f"{value!r} is not a duration; write it like 90 s, 2 min or 1:30")


Seconds = Annotated[
    float,
    Field(gt=0, le=3600, allow_inf_nan=False, json_schema_extra={"type": ["number", "string"]}),
    BeforeValidator(_seconds),
]


class Side(StrEnum):
    """Which side of the body a step works on."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    """Both at once."""
    EACH = "each"
    """Left, then right, for equal time, with a pause to change hands."""
    NONE = "none"
    """The region has no sides."""
