"""What is said of a routine's own parts: its welcome, what to get ready, its steps and their gentler ways."""

from __future__ import annotations

from collections.abc import Iterable

from voice_coach.commands import Command
from voice_coach.routine.body import Area, Side
from voice_coach.routine.body_map import Spot
from voice_coach.routine.model import PRESSURES, Routine, Rung, Wait, Whom
from voice_coach.routine.tailor import clear_of
from voice_coach.session import own_questions, times, words
from voice_coach.session.events import Heard
from voice_coach.session.state import (
    Asking,
    Changing,
    Closing,
    Doing,
    Offering,
    Paused,
    Phase,
    Preparing,
    Turn,
    Waiting,
)


def welcome(routine: Routine) -> tuple[str, ...]:
    """The first words of a session."""
    title = f"{words.capital(routine.title)}."
    if not routine.for_two:
        return (title, words.TEACH)
    return (title, words.TEACH_TWO, *([words.ANSWERS_RECEIVER] if routine.questions else []))


def whom(routine: Routine, to: Whom) -> tuple[str, ...]:
    """Whom the next sentence concerns, where that has to be said."""
    return (words.FOR_RECEIVER,) if routine.for_two and to == "receiver" else ()


def comfortable(routine: Routine) -> tuple[str, ...]:
    """The check-in, for the one who is massaged."""
    return (*whom(routine, "receiver"), words.COMFORTABLE)


def farewell(routine: Routine) -> tuple[str, ...]:
    """The closing; whom it concerns is said once for what follows on one another."""
    lines: list[str] = []
    for before, each in zip([None, *routine.closing], routine.closing, strict=False):
        lines += whom(routine, each.whom) if before is None or before.whom != each.whom else ()
        lines.append(each.say)
    return tuple(lines)


def item(routine: Routine, preparing: Preparing) -> tuple[str, ...]:
    """One thing to get ready."""
    entry = routine.preparation[preparing.index]
    return (*whom(routine, entry.whom), entry.say, *([words.SAY_READY] if entry.gate else []))


def heading(routine: Routine, turn: Turn) -> tuple[str, str]:
    """A turn's number, and its name and side."""
    side = (
        ""
        if turn.side is Side.NONE
        else f", {turn.side.value} sides"
        if turn.side is Side.BOTH
        else f", {turn.side.value} side"
    )
    return f"Step {turn.index + 1} of {len(routine.steps)}.", f"{words.capital(turn.step.title)}{side}."


def introduction(routine: Routine, turn: Turn, rung: int, spared: Iterable[Spot]) -> tuple[str, ...]:
    """A turn's name, time and pressure, and how to do it, keeping clear of what is *spared*."""
    clear = [keep_clear(area) for area in clear_of(turn.step, turn.side, spared)]
    if rung:
        way = turn.rung(rung)
        said = (f"{words.capital(way.title)}.", way.instruction, *(clear if way.pressure else ()))
        return (*whom(routine, turn.step.whom), *said)
    pressure = f", {PRESSURES[turn.step.pressure]} pressure" if turn.step.pressure > 1 else ""
    said = (*whom(routine, turn.step.whom), turn.step.instruction, *clear)
    return (*heading(routine, turn), f"{words.capital(times.span(turn.step.seconds))}{pressure}.", *said)


def keep_clear(area: Area) -> str:
    """Said after the instruction of a stroke that begins or ends at a place that is spared."""
    return f"Stay clear of {area if area.side is Side.BOTH else f'the {area}'}."


def ease_in(level: int) -> str:
    """Said when the way to a strong step begins at that level."""
    return (words.EASE_SOFT, words.EASE_LIGHT, words.EASE_MEDIUM)[level - 1]


def gentler(rung: Rung) -> str:
    """What a gentler rung is announced with."""
    return f"Something gentler: {rung.title}."


def change(turn: Turn) -> str:
    """The cue to change hands."""
    return f"Change sides. Now the {turn.area}."


def leave_out(area: Area) -> str:
    """Said when an area is left out of the rest of the session."""
    return f"I leave {area if area.side is Side.BOTH else f'the {area}'} out from now on."


def step_range(count: int) -> str:
    """The answer to a step number that does not exist."""
    return f"There are {count} steps here."


def step_left_out(index: int) -> str:
    """The answer to going to a step whose area is left out."""
    return f"Step {index + 1} is left out."


def what_heard(heard: Heard | None, before: Heard | None) -> tuple[str, ...]:
    """The answer to "what did you hear"; with nothing *heard* yet, it is what was *before*, in the last session."""
    if heard is not None:
        return (_heard(heard),)
    return (words.HEARD_NOTHING,) if before is None else (words.HEARD_BEFORE, _heard(before))


def _heard(heard: Heard) -> str:
    """Safety words are described, not said."""
    match heard.command:
        case Command.PAIN:
            return words.HEARD_DISCOMFORT
        case Command.STOP:
            return words.HEARD_ENDING
        case Command.RED_FLAG:
            return words.HEARD_WARNING
    return f"You pressed the {heard.phrase}." if heard.path == "key" else f"I heard: {heard.phrase}."


def opening(routine: Routine, plan: tuple[Turn, ...], phase: Phase, spared: Iterable[Spot]) -> tuple[str, ...]:
    """What a phase says on entering it, and again on "repeat"; hands keep clear of what is *spared*."""
    match phase:
        case Asking():
            return own_questions.asked(phase)
        case Preparing():
            return item(routine, phase)
        case Doing(done=0.0):
            return introduction(routine, plan[phase.turn], phase.rung, spared)
        case Doing():
            return (times.time_left(plan[phase.turn], phase.length - phase.done),)
        case Changing():
            return (change(plan[phase.turn]),)
        case Waiting(turn=turn):
            name = plan[turn].step.waits_for
            return tuple(times.rest_until(wait) for wait in waits(plan) if wait.name == name)
        case Offering(rung=None):
            return (words.SAY_ON,)
        case Offering(rung=int(rung)):
            offer = (gentler(plan[phase.turn].step.ladder[rung - 1]), words.SAY_GENTLER)
            return (*whom(routine, "receiver"), *offer)
        case Paused():
            return (words.PAUSED,)
        case Closing():
            return farewell(routine)
        case _:
            return (words.FAREWELL,)


def waits(plan: tuple[Turn, ...]) -> tuple[Wait, ...]:
    """What runs beside the turns, each once."""
    return tuple(dict.fromkeys(turn.step.starts for turn in plan if turn.step.starts))
