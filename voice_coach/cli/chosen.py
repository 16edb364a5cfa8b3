"""The routine somebody asks for, fitted to them."""

from __future__ import annotations

from voice_coach.routine.body_map import body_map
from voice_coach.routine.load import find, load
from voice_coach.routine.model import Routine
from voice_coach.routine.tailor import tailor
from voice_coach.settings import Settings


def chosen(name: str, settings: Settings) -> Routine:
    """The routine of that id or file, fitted. Raises CoachError in one sentence."""
    return fitted(load(find(name)), settings)


def fitted(routine: Routine, settings: Settings) -> Routine:
    """*routine* without what the settings' body map spares."""
    return tailor(routine, body_map(settings.body or "")).told
