"""The routine somebody asks for, by name or by voice, fitted to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from voice_coach.errors import UserError
from voice_coach.reception import words
from voice_coach.reception.dialogue import RED_FLAG, STOPPED, open_dialogue
from voice_coach.reception.menu import Menu
from voice_coach.reception.sparing import Sparing
from voice_coach.reception.sparing_words import TOO_LITTLE
from voice_coach.reception.vocabulary import Catalogue, catalogue
from voice_coach.routine import options
from voice_coach.routine.body_map import Spot, body_map
from voice_coach.routine.load import find, load, shipped
from voice_coach.routine.model import Routine
from voice_coach.routine.tailor import Tailored, tailor
from voice_coach.settings import Settings, load_settings, settings_file
from voice_coach.stage import UNFINISHED, Line, Stage, converse


def chosen(name: str, settings: Settings, choices: list[str] | None = None) -> Routine:
    """The routine of that id or file with its options chosen, fitted. Raises CoachError in one sentence."""
    routine = load(find(name))
    return fitted(options.chosen(routine, options.given(choices or [])), settings)


def fitted(routine: Routine, settings: Settings) -> Routine:
    """*routine* without what the settings' body map spares."""
    return tailor(routine, _spared(settings)).told


def _spared(settings: Settings) -> tuple[Spot, ...]:
    try:
        told = (settings.body or "").split("\n")  # each is short enough, though all together may not be
        return tuple(dict.fromkeys(spot for text in told for spot in body_map(text)))
    except UserError as error:
        if settings.body != load_settings().body:
            raise  # it was given by --body
        raise UserError(f"{settings_file()}: {error}") from error


def on_offer(settings: Settings) -> Catalogue:
    """All shipped routines of which anything is left when they are fitted. Raises UserError where there is none."""
    _spared(settings)  # what is wrong with it is wrong for all of them

    def left() -> Iterator[Routine]:
        for path in shipped():
            routine = load(path)
            with suppress(UserError):
                fitted(routine, settings)
                yield routine

    if not (offered := catalogue(left())).routines:
        raise UserError("Nothing is left of any routine with that body map; spare less, or ask your therapist.")
    return offered


def choose(
    offered: Catalogue,
    settings: Settings,
    stage: Stage,
    tell: Callable[[Line], None],
    left_off: Routine | None = None,
) -> Routine | None:
    """Let somebody choose by voice on *stage*; the routine, fitted, or None when they ended it instead.

    They are told first what was *left_off* last time. Where too little is left of the form they chose, they are told,
    and choose again.
    """
    menu = open_dialogue(Menu(offered), *([words.left_off(left_off)] if left_off else []))
    while (talked := converse(menu, stage, tell)).ended not in (STOPPED, RED_FLAG):
        if (routine := talked.topic.chosen) is None:
            return None
        try:
            return fitted(routine, settings)
        except UserError:
            menu = open_dialogue(Menu(offered, begun=True), TOO_LITTLE)
    return None


def spare(
    routine: Routine, stage: Stage, tell: Callable[[Line], None], known: tuple[Spot, ...] = ()
) -> tuple[str, Tailored | None, tuple[Spot, ...]]:
    """Ask on *stage* what to keep away from, beside what is *known*.

    How it ended ("spared", "declined" where too little is left, or another end), the routine without it, and all of it.
    """
    topic = Sparing(routine, known)
    if not topic.places:  # nothing that anybody could name
        return "spared", Tailored(routine), known
    told = converse(open_dialogue(topic, *topic.reminded), stage, tell)
    return told.ended or UNFINISHED, told.topic.tailored, told.topic.spots
