"""What the validator found, in words for the author of a routine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from voice_coach.routine.model import PRESSURES
from voice_coach.routine.source import At, Fault, Source
from voice_coach.routine.spelling import suggest

_HOW = {
    "version": "write `version: 1`",
    "people": "write [alone], [caregiver] or both",
    "pressure": "write " + ", ".join(f"{level} {name}" for level, name in enumerate(PRESSURES)).replace(", 4", " or 4"),
    "duration": "write it like 90 s, 2 min or 1:30, an hour at most",
    "seconds": "write it like 90 s, 2 min or 1:30, an hour at most",
    "seconds_per_point": "write it like 8 s",
    "at": "write half, or the time from the start of the step, like 20 s",
    "tempo": "write the strokes a minute, above 0 and at most 120",
    "fastest": "write the strokes a minute, above 0 and at most 120",
    "repetitions": "write a whole number from 1 to 200",
    "steps": "write 1 to 60 steps, each beginning with '- id:'",
    "closing": "write 1 to 8 sentences, each beginning with '- '",
    "whom": "write giver or receiver",
    "id": "write lower-case letters, digits and hyphens, beginning with a letter, 40 at most",
    "name": "write lower-case letters, digits and hyphens, beginning with a letter, 40 at most",
    "about": "write 300 letters of text at most",
    "gate": "write true or false",
    "when": "write `when: {option: choice}`",
    "choices": "write 2 to 8 choices, like `salt: sea salt`, the plain one first",
    "sides": "write left, right, both, each or none",
}
"""How each key is written, where the model's own message does not say it."""


def faults(errors: Iterable[ErrorDetails], source: Source, root: type[BaseModel]) -> Iterator[Fault]:
    """One fault for every place the validator complains about."""
    told: set[At] = set()
    for error in errors:
        at = source.known(error["loc"])
        kind, key = error["type"], str(error["loc"][-1]) if error["loc"] else ""
        if kind == "missing":
            yield Fault(at, f"{key!r} is missing; {_how(key)}")
        elif kind == "extra_forbidden":
            text = f"{key!r} is not a key here; {suggest(key, _keys(root, at[:-1]))}"
            if error.get("input") is None and " " in key:  # {say: a text, cut at its comma}
                text = f"{key!r} was cut off at the comma before it; put the whole text in quotes"
            yield Fault(at, text, key=True)
        elif kind == "too_short" and source.get(at):
            continue  # its items are faulty, which is said already
        elif at not in told:  # a place with several allowed forms is complained about once a form
            told.add(at)
            yield Fault(at, _sentence(error, at))


def _how(key: str) -> str:
    return _HOW.get(key, "write some text of up to 400 letters")


def _sentence(error: ErrorDetails, at: At) -> str:
    kind, given = error["type"], error.get("input")
    key = next((part for part in reversed(at) if isinstance(part, str)), "")
    item = isinstance(at[-1], int) if at else False
    what = f"an item of {key!r}" if item else f"{key!r}" if key else "the file"
    if len(error["loc"]) > len(at) + 1 or (key == "at" and kind != "missing"):
        return f"{what} is not {_shown(given)}; {_how(key)}"  # a choice between forms
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if given is None:
        return f"{what} is empty; {_how(key)}"
    if kind in ("literal_error", "enum"):
        expected = str(error["ctx"]["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        return f"{what} cannot be {_shown(given)}; {suggest(str(given), expected)}"
    if kind in ("tuple_type", "list_type"):
        return f"{what} needs a list, not {_shown(given)}; begin each item on its own line with '- '"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f"{what} needs keys with values, not {_shown(given)}; write `key: value` lines, indented alike"
    if kind == "string_type":
        return f"{what} needs text, not {_shown(given)}; put it in quotes if it is meant as text"
    if kind == "string_too_long":
        return f"{what} has {len(str(given))} letters, at most {error['ctx']['max_length']} are allowed; shorten it"
    if kind == "string_too_short":
        return f"{what} has too little text; write a sentence"
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number"):
        return f"{what} cannot be {_shown(given)}; {_how(key)}"
    if kind == "string_pattern_mismatch":
        return f"{what} cannot be {_shown(given)}; {_how('id')}"
    if kind in ("too_long", "too_short"):
        return f"{what} has {error['ctx']['actual_length']} items; {_how(key)}"
    return f"{what} cannot be {_shown(given)}; {_how(key)}"


def _shown(value: object) -> str:
    """A value as its author would recognise it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "keys with values"
    if isinstance(value, list):
        return "a list"
    text = f"{value:g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 40 else f"{text[:36]}...{text[-1]}"


def _keys(root: type[BaseModel], at: At) -> list[str]:
    """The keys that are understood at a place."""
    model = root
    for part in at:
        if isinstance(part, str):
            field = next((f for name, f in model.model_fields.items() if part in (name, f.alias)), None)
            found = _model(field.annotation) if field else None
            model = found or model  # the name of a library's entry is no field
    return [field.alias or name for name, field in model.model_fields.items()]


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model inside an annotation such as tuple[Annotated[Step, ...], ...] | None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model(inner))), None)
