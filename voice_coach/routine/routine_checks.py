"""The checks that look at a whole routine: its order, its questions, what it says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from voice_coach.routine.anatomy import CAST, OUT_OF_REACH, parts, touches
from voice_coach.routine.body import Side, within
from voice_coach.routine.findings import Finding, hands_on
from voice_coach.routine.model import Outcome, Question, Routine, Step


def gradual(routine: Routine) -> Iterator[Finding]:
    """R3: the ends are light, and no pressure jumps."""
    touching = [(index, step) for index, step in enumerate(routine.steps) if hands_on(step)]
    ends = {touching[0][0]: "first", touching[-1][0]: "last"} if touching else {}
    for index, place in ends.items():
        step = routine.steps[index]
        if step.technique.kind != "stroking" or step.pressure > 1:
            what = f"the {place} step with hands on is {step.technique.kind} with pressure {step.pressure}"
            yield Finding(what, "begin and end with stroking, pressure 1", step=index)
    for (_, before), (index, step) in pairwise(touching):
        if abs(step.pressure - before.pressure) > 1:
            what = f"pressure jumps from {before.pressure} to {step.pressure}"
            yield Finding(what, "put a step between, or change by 1 at a time", ("pressure",), index)


def _asked(routine: Routine, topic: str, *outcomes: Outcome) -> list[Question]:
    """The routine's questions about a topic with an answer that leads to one of *outcomes*."""
    return [q for q in routine.questions if topic in q.topics and {q.yes, q.no} & set(outcomes)]


def _left_out(routine: Routine, step: Step, topic: str, where: tuple[str, ...], *outcomes: Outcome) -> bool:
    """Whether the answers about *topic* protect all that *step* touches of *where*; *outcomes* do so too."""
    if _asked(routine, topic, Outcome.DECLINE, *set(outcomes) - {Outcome.EASE}):
        return True
    sparing = {Outcome.LEAVE_OUT, Outcome.EASE} & {Outcome.LEAVE_OUT, *outcomes}
    regions = [region for question in _asked(routine, topic, *sparing) for region in question.regions]
    return all(any(within(part, region) for region in regions) for part in parts(step.region, where))


def injured_knee(routine: Routine) -> Iterator[Finding]:
    """R9: who works on a knee asks about it."""
    for index, step in enumerate(routine.steps):
        moved = step.technique.kind == "moving" and within(step.region, "knee")
        worked = moved or (hands_on(step) and touches(step.region, "knee"))
        if worked and not _left_out(routine, step, "knee", ("knee",)):
            what = "the knee is worked on, but nobody asks whether it is injured"
            yield Finding(what, "add `injured-knee` to the questions", step=index)


def varicose(routine: Routine) -> Iterator[Finding]:
    """R11: who presses a leg asks about varicose veins there."""
    veins = ("lower_leg", "knee", "thigh")
    for index, step in enumerate(routine.steps):
        pressed = hands_on(step) and step.pressure > 1 and any(touches(step.region, place) for place in veins)
        if pressed and not _left_out(routine, step, "varicose-veins", veins, Outcome.DOCTOR, Outcome.EASE):
            what = f"{step.region} is pressed, but nobody asks about varicose veins there"
            yield Finding(what, "add `varicose-lower-leg` or `varicose-thigh` to the questions", step=index)


def strain(routine: Routine) -> Iterator[Finding]:
    """R15: who works on a calf asks about a strain."""
    for index, step in enumerate(routine.steps):
        pressed = hands_on(step) and step.pressure > 1 and touches(step.region, "calf")
        moved = step.technique.kind == "moving" and within(step.region, "calf")
        if (pressed or moved) and not _left_out(routine, step, "calf-strain", ("calf",), Outcome.EASE):
            what = "the calf is worked on, but nobody asks about a strain"
            yield Finding(what, "add `calf-strain` to the questions", step=index)


def _kneads_lower_leg(step: Step) -> bool:
    return step.technique.kind == "kneading" and touches(step.region, "lower_leg")


def lower_leg(routine: Routine) -> Iterator[Finding]:
    """R14: all kneading of a lower leg, counted together."""
    done = {Side.LEFT: 0, Side.RIGHT: 0}
    for index, step in enumerate(routine.steps):
        if not _kneads_lower_leg(step):
            continue
        if step.repetitions is None:
            fix = "write `repetitions`, up to 7 slow passes, and a tempo instead of the duration"
            yield Finding("kneading the lower leg is counted, not timed", fix, ("duration",), index)
            continue
        for side in done:
            done[side] += step.repetitions if step.sides not in set(done) - {side} else 0
        if max(done.values()) > 7:
            what = f"the lower leg is kneaded {max(done.values())} times by now"
            yield Finding(what, "write at most 7 for each leg, all steps together", ("repetitions",), index)


_SHIPPED = {
    **dict.fromkeys(("cancer", "pregnancy", "osteoporosis", "diabetes"), "conditions"),
    "agreement": "doctor-agreed",
}
"""Topic -> the shipped question about it, where that is called otherwise."""


def screening(routine: Routine) -> Iterator[Finding]:
    """H1: what makes the routine unsafe is asked."""
    touched = [step.region for step in routine.steps if hands_on(step)]
    foot = any(touches(region, "foot") for region in touched)
    leg = any(touches(region, "leg") for region in touched)
    healing = any(step.region in CAST for step in routine.steps)
    absolute = ["fever", "flare-up", "heart", *["skin"][: len(touched)], *["fungus"][:leg]]
    absolute += ["open-fracture", "agreement"] if healing else []
    relative = ["cancer", "pregnancy", "osteoporosis", "diabetes"] if touched else []
    relative += ["small-joints"][:foot]
    for topics, outcomes in (
        (absolute, (Outcome.DECLINE,)),
        (relative, (Outcome.DECLINE, Outcome.DOCTOR)),
    ):
        missing = [topic for topic in topics if not _asked(routine, topic, *outcomes)]
        if missing:
            names = dict.fromkeys(_SHIPPED.get(topic, topic) for topic in missing)
            what = f"nobody asks about {', '.join(missing)}"
            yield Finding(what, f"add to the questions: {', '.join(names)}", ("questions",))


def red_flags(routine: Routine) -> Iterator[Finding]:
    """H2: every red flag leads to the end."""
    for index, question in enumerate(routine.red_flags):
        if Outcome.RED_FLAG not in (question.yes, question.no):
            what = f"{question.name!r} is no red flag"
            yield Finding(what, "name a question that leads to red_flag", ("red_flags", index))


def cast(routine: Routine) -> Iterator[Finding]:
    """H3: what is asked, said and left out while a leg heals."""
    worn = [index for index, step in enumerate(routine.steps) if step.region in ("cast", "cast_edge", "near_cast")]
    if not any(step.region in CAST for step in routine.steps):
        return
    if not routine.red_flags:
        yield Finding("a healing leg has no red flags to ask about", "add `red_flags`", ())
    if not worn:
        return
    said = " ".join([ready.say for ready in routine.preparation] + [step.instruction for step in routine.steps]).lower()
    if "under the cast" not in said or "nothing" not in said or "dry" not in said:
        fix = 'add such a preparation, like "Nothing goes under the cast, and it stays dry."'
        yield Finding("nobody says that nothing goes under the cast and that it stays dry", fix, ("preparation",))
    for index, step in enumerate(routine.steps):
        if step.technique.name == "soaking":
            yield Finding("a bath while a cast is worn", "leave it out", ("technique",), index)
    if not any("days" in question.topics for question in routine.questions):
        yield Finding("nobody asks how long the cast has been on", "add `cast-days` to the questions", ("questions",))


def alone(routine: Routine) -> Iterator[Finding]:
    """H5: what nobody reaches alone."""
    if "alone" not in routine.people:
        return
    for index, step in enumerate(routine.steps):
        if hands_on(step) and any(touches(step.region, region) for region in OUT_OF_REACH):
            what = f"nobody reaches their own {step.region}"
            yield Finding(what, "write `people: [caregiver]`, or choose another region", ("region",), index)


def bath_water(routine: Routine) -> Iterator[Finding]:
    """H4: a gate stands before the bath."""
    for index, step in enumerate(routine.steps):
        if step.technique.name == "soaking" and not any(ready.gate for ready in routine.preparation):
            fix = "add a preparation with `gate: true` that has the water tested"
            yield Finding("a bath begins before anybody said the water is right", fix, step=index)


LONGEST_BATH = 20 * 60.0
"""Seconds."""


def waits(routine: Routine) -> Iterator[Finding]:
    """H8: what runs beside the steps is waited for, is not too long, and is left in peace meanwhile."""
    running: tuple[int, Step] | None = None
    for index, step in enumerate(routine.steps):
        name = running[1].starts.name if running and running[1].starts else None
        if step.waits_for and step.waits_for != name:
            yield Finding(f"nothing called {step.waits_for!r} runs here", "name what an earlier step starts", (), index)
        elif step.waits_for:
            running = None
        elif (
            running and (hands_on(step) or step.technique.kind == "moving") and touches(step.region, running[1].region)
        ):
            what = f"{step.region} is worked on while {name!r} still runs there"
            yield Finding(what, "put the step after the one that waits for it", ("region",), index)
        if step.starts and running:
            yield Finding("two things run beside the steps", "wait for the first before the second", ("starts",), index)
        elif step.starts:
            running = index, step
            if step.sides is Side.EACH:
                yield Finding("what runs beside the steps cannot start twice", "write `sides: both`", ("sides",), index)
            if step.starts.longest > LONGEST_BATH:
                yield Finding("nobody stays in a bath so long", "write at most 20 min", ("starts", "longest"), index)
    if running:
        what = f"nothing waits for {running[1].starts.name!r}" if running[1].starts else ""
        yield Finding(what, "add `waits_for` to the step that ends it", ("starts",), running[0])


def dried(routine: Routine) -> Iterator[Finding]:
    """H9: feet that were in a bath are dried, between the toes too, before hands work on them."""
    wet: int | None = None
    for index, step in enumerate(routine.steps):
        said = set(step.instruction.lower().replace(".", " ").replace(",", " ").split())
        if step.technique.name == "soaking" and touches(step.region, "toes"):
            wet = index
        elif step.technique.name == "tending" and said >= {"dry", "between", "toes"}:
            wet = None
        elif wet is not None and hands_on(step) and touches(step.region, "foot"):
            yield Finding(
                "hands work on feet that nobody has dried", 'tend to them first: "Dry ... between the toes."', (), index
            )
            return
