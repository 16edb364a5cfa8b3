"""Fitting a routine to a person before it starts: what the body map names is not touched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voice_coach.errors import UserError
from voice_coach.routine import rules
from voice_coach.routine.anatomy import CAST
from voice_coach.routine.body import Area, Side, within
from voice_coach.routine.body_map import ASKED, HEALING, Spot
from voice_coach.routine.findings import hands_on
from voice_coach.routine.model import Outcome, Preparation, Question, Routine, Step

MOST_IN_A_BREATH = 3
"""Areas named in one sentence."""


@dataclass(frozen=True)
class Tailored:
    """A routine as it was made to fit."""

    routine: Routine
    """With the sentences of *left_out* said before everything else that is prepared."""
    left_out: tuple[str, ...]
    """What is left out, in sentences for the person; empty when the routine is as it was."""


def tailor(routine: Routine, spots: Iterable[Spot]) -> Tailored:
    """*routine* without what touches one of *spots*, keeping every safety rule.

    A step on each side loses the side that is spared; other steps are left out whole, and so are those that
    the pressure could then no longer rise to or fall from by one level at a time. A routine that is made for a
    healing leg keeps its steps at the cast or the break; in any other routine the whole limb is spared for one.

    Raises UserError in one sentence when nothing worth doing is left, or no safe routine.
    """
    wide = [_widened(spot, routine) for spot in spots]
    hit = [spot for spot in wide if any(_touched(step, [spot]) for step in routine.steps)]
    if not hit:
        return Tailored(routine, ())
    spared = [kept for step in routine.steps if (kept := _without(step, hit))]
    steps = gradual(spared)
    worked = [step for step in steps if step.technique.kind != "resting"]
    if not worked or (any(map(hands_on, routine.steps)) and not any(map(hands_on, steps))):
        raise UserError(f"With {_names(hit)} spared, nothing of {routine.title} is left; choose another routine.")
    said = (*_sentences(hit), *([_and_more(len(spared) - len(steps))] if len(steps) < len(spared) else []))
    fitted = routine.model_copy(
        update={
            "steps": tuple(steps),
            "questions": tuple(q for q in routine.questions if _matters(q, steps)),
            "preparation": (*(Preparation(say=sentence) for sentence in said), *routine.preparation),
        }
    )
    if found := rules.check(fitted):
        raise UserError(f"With {_names(hit)} spared, {routine.title} is not safe: {found[0]}.")
    return Tailored(fitted, said)


def _widened(spot: Spot, routine: Routine) -> Spot:
    """A cast or a break spares the whole limb, unless the routine is made for it."""
    if spot.why not in HEALING or any(step.region in CAST for step in routine.steps):
        return spot
    limb = next((limb for limb in ("leg", "arm") if within(spot.area.region, limb)), spot.area.region)
    return Spot(Area(limb, spot.area.side), spot.why)


def _touched(step: Step, spots: Sequence[Spot]) -> set[Side]:
    """The sides of a step that touch one of *spots*."""
    if step.technique.name == "resting":
        return set()
    sides = (Side.LEFT, Side.RIGHT) if step.sides is Side.EACH else (step.sides,)
    return {
        side
        for side in sides
        for spot in spots
        if spot.area.overlaps(Area(step.region, side)) and not (spot.why in HEALING and step.region in CAST)
    }


def _without(step: Step, spots: Sequence[Spot]) -> Step | None:
    """The step on the sides that are not spared, or None."""
    touched = _touched(step, spots)
    if not touched:
        return step
    left = {Side.LEFT, Side.RIGHT} - touched
    return step.model_copy(update={"sides": left.pop()}) if step.sides is Side.EACH and left else None


def gradual(steps: Sequence[Step]) -> list[Step]:
    """As much of *steps*, by time, as begins and ends lightly with pressure changing by one level (R3)."""
    best: dict[int, tuple[float, tuple[int, ...]]] = {}
    for index, step in enumerate(steps):
        if hands_on(step):
            before = [done for other, done in best.items() if abs(steps[other].pressure - step.pressure) <= 1]
            if _light(step):
                before.append((0.0, ()))
            if before:
                seconds, chain = max(before)
                best[index] = (seconds + step.seconds, (*chain, index))
    ended = [done for index, done in best.items() if _light(steps[index])]
    kept = set(max(ended)[1]) if ended else set()
    return [step for index, step in enumerate(steps) if index in kept or not hands_on(step)]


def _light(step: Step) -> bool:
    return step.technique.kind == "stroking" and step.pressure <= 1


def _matters(question: Question, steps: Sequence[Step]) -> bool:
    """Whether a question is still worth asking: it is not, when all it could leave out is left out already."""
    if Outcome.LEAVE_OUT not in (question.yes, question.no):
        return True
    return any(Area(region).overlaps(Area(step.region)) for region in question.regions for step in steps)


def _named(area: Area) -> str:
    return str(area) if area.side is Side.BOTH else f"the {area}"


def _list(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _names(spots: Sequence[Spot]) -> str:
    return _list(list(dict.fromkeys(_named(spot.area) for spot in spots)))


def _sentences(spots: Sequence[Spot]) -> list[str]:
    """A sentence for each reason, or more where it has many places."""
    said = []
    for why in dict.fromkeys(spot.why for spot in spots):
        of_it = [spot for spot in spots if spot.why == why]
        for first in range(0, len(of_it), MOST_IN_A_BREATH):
            names = _names(of_it[first : first + MOST_IN_A_BREATH])
            said.append(f"I leave out {names}, {'as you wish' if why == ASKED else f'because of the {why}'}.")
    return said


def _and_more(count: int) -> str:
    """What is said of steps that go only because their neighbours went."""
    steps = "One more step goes" if count == 1 else f"{count} more steps go"
    return f"{steps} too, so that the pressure changes gently."
