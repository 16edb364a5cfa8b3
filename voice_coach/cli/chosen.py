"""The routine somebody asks for, by name or by voice, fitted to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from voice_coach.errors import UserError
from voice_coach.reception.dialogue import open_dialogue
from voice_coach.reception.menu import Menu
from voice_coach.reception.sparing import Sparing
from voice_coach.reception.vocabulary import Catalogue, catalogue
from voice_coach.routine import options
from voice_coach.routine.body_map import body_map
from voice_coach.routine.load import find, load, shipped
from voice_coach.routine.model import Routine
from voice_coach.routine.tailor import tailor
from voice_coach.settings import Settings
from voice_coach.stage import Line, Stage, converse


def chosen(name: str, settings: Settings, choices: list[str] | None = None) -> Routine:
    """The routine of that id or file with its options chosen, fitted. Raises CoachError in one sentence."""
    routine = load(find(name))
    return fitted(options.chosen(routine, options.given(choices or [])), settings)


def fitted(routine: Routine, settings: Settings) -> Routine:
    """*routine* without what the settings' body map spares."""
    return tailor(routine, body_map(settings.body or "")).told


def on_offer(settings: Settings) -> Catalogue:
    """All shipped routines of which anything is left when they are fitted. Raises UserError where there is none."""
    body_map(settings.body or "")  # what is wrong with it is wrong for all of them

    def left() -> Iterator[Routine]:
        for path in shipped():
            routine = load(path)
            with suppress(UserError):
                fitted(routine, settings)
                yield routine

    if not (offered := catalogue(left())).routines:
        raise UserError("Nothing is left of any routine with that body map; spare less, or ask your therapist.")
    return offered


def choose(offered: Catalogue, settings: Settings, stage: Stage, tell: Callable[[Line], None]) -> Routine | None:
    """Let somebody choose by voice on *stage*; the routine, fitted, or None when they ended it instead."""
    routine = converse(open_dialogue(Menu(offered)), stage, tell).topic.chosen
    return fitted(routine, settings) if routine else None


def spare(routine: Routine, stage: Stage, tell: Callable[[Line], None]) -> Routine | None:
    """Ask on *stage* what to keep away from; the routine without it, or None where there is no going on."""
    topic = Sparing(routine)
    if not topic.places:  # nothing that anybody could name
        return routine
    told = converse(open_dialogue(topic), stage, tell)
    tailored = told.topic.tailored
    return tailored.routine if tailored and told.ended == "spared" else None
