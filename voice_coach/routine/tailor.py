"""Fitting a routine to a person before it starts: what a body map or an answer spares is not touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from voice_coach.errors import UserError
from voice_coach.routine import rules
from voice_coach.routine.anatomy import CAST
from voice_coach.routine.body import Area, Side, within
from voice_coach.routine.body_map import ASKED, DRY, HEALING, Spot
from voice_coach.routine.findings import hands_on
from voice_coach.routine.model import Outcome, Preparation, Question, Routine, Step, Technique
from voice_coach.routine.options import chosen

MOST_IN_A_BREATH = 3
"""Areas named in one sentence."""
SPARING = frozenset({Outcome.LEAVE_OUT, Outcome.EASE})
"""The outcomes that spare a question's regions."""
WORTH = 0.25
"""The share of a routine's work that has to be left for it to be worth beginning."""

LIGHTLY = 20.0
"""Seconds of light strokes a side that are put at the ends."""


@dataclass(frozen=True)
class Tailored:
    """A routine as it was made to fit."""

    routine: Routine
    left_out: tuple[str, ...] = ()
    """What is left out, in sentences for the person; empty when the routine is as it was."""
    more: int = 0
    """Steps that went only because the pressure could no longer rise to them, or fall from them, gently."""

    @property
    def told(self) -> Routine:
        """The routine with the sentences said before everything else that is prepared."""
        ahead = tuple(Preparation(say=sentence) for sentence in self.left_out)
        return self.routine.model_copy(update={"preparation": (*ahead, *self.routine.preparation)})


def tailor(routine: Routine, spots: Iterable[Spot]) -> Tailored:
    """*routine* without what touches one of *spots*, keeping every safety rule.

    A step on each side loses the side that is spared; other steps are left out whole, and so are those that
    the pressure could then no longer rise to or fall from by one level at a time. Where the light strokes at the
    ends have gone, others are put there. Where light strokes are fine, they stay. A routine that is made for a
    healing leg is fit for the very leg: nothing is left out for its cast or break; in any other routine the whole limb
    is spared for one.
    A stroke that only begins or ends at a spot stays, and `clear_of` tells what its hands keep away from.

    Raises UserError in one sentence when too little is left to be worth doing.
    """
    spots = tuple(spots)
    own = HEALING if _made_for(routine, spots) else frozenset()
    wide = [_widened(spot, routine) for spot in spots if spot.why not in own]
    hit = [spot for spot in wide if _concerns(spot, routine.steps)]
    if not hit:
        return Tailored(routine)
    spared = [kept for step in routine.steps if (kept := _without(step, hit))]
    if bath := next((step.starts for step in routine.steps if step.starts and step not in spared), None):
        raise UserError(f"With {_names(hit)} spared, {bath.title} is not for today; choose another routine.")
    steps = gradual(spared)
    if not _worth_doing(steps, routine.steps):
        raise UserError(f"With {_names(hit)} spared, too little of {routine.title} is left; choose another routine.")
    more = len(spared) - len(steps)
    said = (*_sentences(hit), *([and_more(more)] if more else []))
    fitted = routine.model_copy(
        update={
            "steps": tuple(_lightly(steps)),
            "questions": tuple(q for q in routine.questions if _matters(q, steps)),
        }
    )
    if found := set(map(str, rules.check(fitted))) - set(map(str, rules.check(routine))):
        raise UserError(f"With {_names(hit)} spared, {routine.title} is not safe: {min(found)}.")
    fitted.spare(hit)
    return Tailored(fitted, said, more)


def refit(routine: Routine, choices: Mapping[str, str], spots: Iterable[Spot]) -> Routine:
    """*routine* with *choices*, fitted to *spots*, whatever its form is. Raises UserError as `chosen` and `tailor`."""
    if (tuple(sorted(choices.items())), set(spots := tuple(spots))) == (routine.choices, set(routine.spared)):
        return routine
    return tailor(chosen(routine, choices), spots).routine


def spots(routine: Routine, answers: Mapping[str, bool]) -> tuple[Spot, ...]:
    """What *answers*, by the questions' names, spare; the reason is the question's name."""
    return tuple(
        Spot(Area(region, Side.BOTH), question.name, outcome is Outcome.EASE)
        for question in routine.questions
        if question.name in answers
        for outcome in [question.yes if answers[question.name] else question.no]
        if outcome in SPARING
        for region in question.regions
    )


def clear_of(step: Step, side: Side, spots: Iterable[Spot]) -> tuple[Area, ...]:
    """The places at the ends of a stroke on *side* that its hands keep away from, because of *spots*."""
    return tuple(
        dict.fromkeys(
            Area(end, spot.area.side if side is Side.BOTH and spot.area.side is not Side.NONE else side)
            for spot in spots
            for end in (step.start, step.end)
            if end and spot.area.overlaps(Area(end, side))
            if side not in _touched(step, [spot]) and not (spot.light and _light(step))
        )
    )


def fittings(routine: Routine) -> Iterator[Tailored]:
    """*routine* as every combination of answers leaves it; those that leave too little are passed over."""
    asked = [question for question in routine.questions if SPARING & {question.yes, question.no}]
    for answers in product((False, True), repeat=len(asked)):
        given = {question.name: answer for question, answer in zip(asked, answers, strict=True)}
        try:
            yield tailor(routine, spots(routine, given))
        except UserError:
            continue


def _made_for(routine: Routine, spots: Iterable[Spot]) -> bool:
    """Whether the casts and breaks among *spots* are those the routine is for; its other steps want a healthy side."""
    others = [step for step in routine.steps if step.region not in CAST]
    if len(others) == len(routine.steps):
        return False
    sides = {spot.area.side for spot in spots if spot.why in HEALING}
    return not others or (all(step.sides is Side.NONE for step in others) and sides in ({Side.LEFT}, {Side.RIGHT}))


def _widened(spot: Spot, routine: Routine) -> Spot:
    """A cast or a break spares the whole limb, unless the routine is made for it."""
    if spot.why not in HEALING or any(step.region in CAST for step in routine.steps):
        return spot
    limb = next((limb for limb in ("leg", "arm") if within(spot.area.region, limb)), spot.area.region)
    return Spot(Area(limb, spot.area.side), spot.why, spot.light)


def _sides(step: Step) -> tuple[Side, ...]:
    return (Side.LEFT, Side.RIGHT) if step.sides is Side.EACH else (step.sides,)


def _touched(step: Step, spots: Sequence[Spot]) -> set[Side]:
    """The sides of a step that touch one of *spots*."""
    if step.technique.name == "resting":
        return set()
    if step.starts or step.waits_for:  # water and a towel harm only what has to stay dry
        unwanted = [spot for spot in spots if spot.why == ASKED and within(step.region, spot.area.region)]
        spots = [*unwanted, *(spot for spot in spots if spot.why in DRY)]
    return {
        side
        for side in _sides(step)
        for spot in spots
        if spot.area.overlaps(Area(step.region, side))
        and not (spot.why in HEALING and step.region in CAST)
        and not (spot.light and (_light(step) or step.technique.kind == "resting"))
    }


def _concerns(spot: Spot, steps: Iterable[Step]) -> bool:
    """Whether some hands touch *spot*, or would at the end of a stroke."""
    return any(_touched(step, [spot]) or any(clear_of(step, side, [spot]) for side in _sides(step)) for step in steps)


def _without(step: Step, spots: Sequence[Spot]) -> Step | None:
    """The step on the sides that are not spared, or None."""
    touched = _touched(step, spots)
    if not touched:
        return step
    left = {Side.LEFT, Side.RIGHT} - touched
    return step.model_copy(update={"sides": left.pop()}) if step.sides is Side.EACH and left else None


def gradual(steps: Sequence[Step]) -> list[Step]:
    """As much of *steps*, by time, as can begin and end lightly with pressure changing by one level (R3)."""
    best: dict[int, tuple[float, tuple[int, ...]]] = {}
    for index, step in enumerate(steps):
        if hands_on(step):
            before = [done for other, done in best.items() if abs(steps[other].pressure - step.pressure) <= 1]
            if _can_end(step):
                before.append((0.0, ()))
            if before:
                seconds, chain = max(before)
                best[index] = (seconds + step.seconds, (*chain, index))
    ended = [done for index, done in best.items() if _can_end(steps[index])]
    kept = set(max(ended)[1]) if ended else set()
    return [step for index, step in enumerate(steps) if index in kept or not hands_on(step)]


def _light(step: Step) -> bool:
    return step.technique.kind == "stroking" and step.pressure <= 1


def _can_end(step: Step) -> bool:
    """Whether hands may begin and end with a step: because it is light, or has a light way that goes beside it."""
    return _light(step) or (step.pressure <= 2 and any(rung.pressure == 1 for rung in step.ladder))


def _lightly(steps: Sequence[Step]) -> list[Step]:
    """*steps* with light strokes before the first and after the last with hands on, where those are not light."""
    touching = [index for index, step in enumerate(steps) if hands_on(step)]
    result = list(steps)
    if touching and not _light(last := steps[touching[-1]]):
        result.insert(touching[-1] + 1, _lighter(last, "close"))
    if touching and not _light(first := steps[touching[0]]):
        result.insert(touching[0], _lighter(first, "begin"))
    return result


def _lighter(step: Step, name: str) -> Step:
    """A step's own light way, as a step of its own."""
    rung, *gentler = (rung for rung in step.ladder if rung.pressure <= 1)
    stroking = Technique(name="stroking", title="stroking", kind="stroking")
    return Step(
        id=f"{name}-{step.id}"[:40],
        title=rung.title,
        technique=stroking,
        region=step.region,
        sides=step.sides,
        duration=LIGHTLY,
        pressure=1,
        instruction=rung.instruction,
        gentler=tuple(gentler),
    )


def _matters(question: Question, steps: Sequence[Step]) -> bool:
    """Whether a question is still worth asking: it is not, when all it could leave out is left out already."""
    asked = {question.yes, question.no}
    if not asked & SPARING:
        return True
    spots = [Spot(Area(region), question.name, Outcome.EASE in asked) for region in question.regions]
    return any(_concerns(spot, steps) for spot in spots)


def _worth_doing(steps: Sequence[Step], before: Sequence[Step]) -> bool:
    """Whether enough work is left; with hands, where hands worked before."""

    def seconds(of: Sequence[Step]) -> float:
        return sum(step.seconds * (2 if step.sides is Side.EACH else 1) for step in of if counts(step))

    counts = hands_on if any(map(hands_on, before)) else _moves
    return any(map(counts, steps)) and seconds(steps) >= WORTH * seconds(before)


def _moves(step: Step) -> bool:
    return step.technique.kind == "moving"


def _named(area: Area) -> str:
    return str(area) if area.side is Side.BOTH else f"the {area}"


def _list(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _names(spots: Sequence[Spot]) -> str:
    return _list(list(dict.fromkeys(_named(spot.area) for spot in spots)))


def _sentences(spots: Sequence[Spot]) -> list[str]:
    """A sentence for each reason, or more where it has many places."""
    said = []
    for why, light in dict.fromkeys((spot.why, spot.light) for spot in spots):
        of_it = [spot for spot in spots if (spot.why, spot.light) == (why, light)]
        what = "Light strokes at most on" if light else "I leave out"
        for first in range(0, len(of_it), MOST_IN_A_BREATH):
            names = _names(of_it[first : first + MOST_IN_A_BREATH])
            said.append(f"{what} {names}, {'as you wish' if why == ASKED else f'because of the {why}'}.")
    return said


def and_more(count: int) -> str:
    """What is said of steps that go only because their neighbours went."""
    steps = "One more step goes" if count == 1 else f"{count} more steps go"
    return f"{steps} too, so that the pressure changes gently."
