"""The routine somebody asks for, fitted to them."""

from __future__ import annotations

from voice_coach.routine import options
from voice_coach.routine.body_map import body_map
from voice_coach.routine.load import find, load
from voice_coach.routine.model import Routine
from voice_coach.routine.tailor import tailor
from voice_coach.settings import Settings


def chosen(name: str, settings: Settings, choices: list[str] | None = None) -> Routine:
    """The routine of that id or file with its options chosen, fitted. Raises CoachError in one sentence."""
    routine = load(find(name))
    return fitted(options.chosen(routine, options.given(choices or [])), settings)


def fitted(routine: Routine, settings: Settings) -> Routine:
    """*routine* without what the settings' body map spares."""
    return tailor(routine, body_map(settings.body or "")).told
