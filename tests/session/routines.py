"""The routines that sessions are tested with: small ones made for it, and those that are shipped."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from voice_coach.routine.load import library, load, shipped
from voice_coach.routine.model import Routine
from voice_coach.routine.source import read

FOLDER = Path(__file__).with_name("routines")
SMALL = ("bath", "calf", "screened", "single")
SHIPPED = tuple(path.stem for path in shipped())


@cache
def routine(name: str) -> Routine:
    """A routine made for tests (the safety rules, which would make it long, are not asked), or a shipped one."""
    if name not in SMALL:
        return next(load(path) for path in shipped() if path.stem == name)
    shared = library(FOLDER)
    context = {"techniques": shared.techniques, "questions": shared.questions}
    return Routine.model_validate(read(FOLDER / f"{name}.yaml").data, context=context)
