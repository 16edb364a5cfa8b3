"""The safety rules: a table of small checks that every routine keeps.

What a region holds counts: whoever kneads "leg" kneads the back of the knee too. R1 to R16 are
the rules of the craft; H1 to H6 keep the questions, the cast and the bath safe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from voice_coach.errors import UserError
from voice_coach.routine.anatomy import (
    CAST,
    FIRM,
    MOST,
    NEVER_STRUCK,
    NO_SIDES,
    OUT_OF_REACH,
    parts,
    passed,
    touches,
    ways,
)
from voice_coach.routine.body import NODES, Side, within
from voice_coach.routine.model import Outcome, Question, Routine, Step


@dataclass(frozen=True)
class Finding:
    """A rule that is broken: where, how, and what mends it."""

    what: str
    fix: str
    key: tuple[str | int, ...] = ()
    """The way to what is meant, from the step, or from the routine where there is no step."""
    step: int | None = None
    """Index of the step, from 0."""
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.what} ({self.rule}); {self.fix}"


@dataclass(frozen=True)
class Rule:
    """One rule, with the check of a step alone, of a whole routine, or both."""

    number: str
    sentence: str
    source: str
    on_step: Callable[[Step], Iterator[Finding]] | None = None
    on_routine: Callable[[Routine], Iterator[Finding]] | None = None


def check(routine: Routine) -> list[Finding]:
    """Everything in a routine that breaks a rule."""
    found = [finding for index, step in enumerate(routine.steps) for finding in check_step(step, index)]
    for rule in RULES:
        if rule.on_routine:
            found += [replace(finding, rule=rule.number) for finding in rule.on_routine(routine)]
    return found


def check_step(step: Step, index: int) -> list[Finding]:
    """Everything in a step that breaks a rule, whatever stands around it."""
    return [
        replace(finding, rule=rule.number, step=index)
        for rule in RULES
        if rule.on_step
        for finding in rule.on_step(step)
    ]


def explain(number: str) -> str:
    """What a rule says and where it comes from. Raises UserError for a number that there is not."""
    rules = {rule.number: rule for rule in RULES}
    rule = rules.get(number.strip().upper())
    if rule is None:
        raise UserError(f"there is no rule {number!r}; the rules are {', '.join(rules)}")
    return f"{rule.number}: {rule.sentence} Source: {rule.source}."


def hands_on(step: Step) -> bool:
    """Whether hands, or a roller in them, work on the body."""
    return step.technique.kind not in ("moving", "resting")


# -- checks of one step ------------------------------------------------------------------------


def _direction(step: Step) -> Iterator[Finding]:
    if step.start is None or step.end is None:
        return
    start, end = step.start, step.end
    away = any(within(start, place) for place in CAST)
    towards = end in ("cast", "cast_edge", "fracture_site")
    soothing = step.technique.kind == "stroking" and step.pressure <= 1 and within(step.region, "foot")
    if start == end or towards:
        fix = "stroke away from it" if towards else "name two places, or leave both out for circles"
        yield Finding(f"a stroke from {start} to {end} is not one the coach guides", fix, ("to",))
    elif not away and not (soothing and (start, end) == ("ankle", "toes")):
        found = [(way, between) for way in ways(step.region) if (between := passed(start, end, way)) is not None]
        if not found:
            back = any(passed(end, start, way) is not None for way in ways(step.region))
            fix = f"turn it round: from {end} to {start}" if back else "name places that lie on one way to the nodes"
            yield Finding(f"on {step.region} no stroke goes from {start} to {end}", fix, ("from",))
        elif all(any("knee" in way[rank] for rank in between) for way, between in found) and not touches(
            step.region, "knee"
        ):
            yield Finding(
                f"from {start} to {end} crosses the knee, though the region is {step.region}",
                "let it begin or end at the knee, or name the region leg",
                ("from",),
            )


def _nodes(step: Step) -> Iterator[Finding]:
    for key, place in (("region", step.region), ("from", step.start), ("to", step.end)):
        if place in NODES and step.technique.kind != "resting":
            yield Finding(f"{place} are lymph nodes, which are never worked on", "name a place beside them", (key,))
    yield from _most(step, "R2")


def _most(step: Step, rule: str) -> Iterator[Finding]:
    """Pressure beyond what the rule's regions take."""
    if not hands_on(step) or step.region in NODES or step.region == "spine":
        return
    for region, (most, number, why) in MOST.items():
        if number == rule and step.pressure > most and touches(step.region, region):
            held = "" if within(step.region, region) else f", which holds {region}"
            yield Finding(
                f"pressure {step.pressure} on {step.region}{held}: {why}",
                f"write at most {most}" + (", or name a smaller region" if held else ""),
                ("pressure",),
            )
            return


def _tempo(step: Step) -> Iterator[Finding]:
    kind, fastest = step.technique.kind, step.technique.fastest
    limit = {"rubbing": 100.0, "kneading": 60.0}.get(kind)
    name = step.technique.name
    if limit and (fastest is None or fastest > limit):
        yield Finding(
            f"{name!r} is {kind} and may be sped up past {limit:g} a minute", f"fastest: {limit:g}", ("technique",)
        )
    most = min(limit or 999, fastest or 999)
    if step.tempo and step.tempo > most:
        yield Finding(f"{name!r} at {step.tempo:g} a minute is too fast", f"write at most {most:g}", ("tempo",))
    for index, rung in enumerate(step.ladder):
        if rung.tempo and rung.tempo > most:
            fix = f"write at most {most:g}"
            yield Finding(f"a gentler way at {rung.tempo:g} a minute is too fast", fix, ("gentler", index, "tempo"))


def _points(step: Step) -> Iterator[Finding]:
    if step.seconds_per_point and step.seconds_per_point > 10:
        what = f"{step.seconds_per_point:g} s on one point is too long"
        yield Finding(what, "write at most 10 s", ("seconds_per_point",))
    elif step.technique.kind == "pressing" and not step.seconds_per_point:
        yield Finding("pressing needs a limit for each point", "add `seconds_per_point: 8`, at most 10")


def _spine(step: Step) -> Iterator[Finding]:
    if not hands_on(step):
        return
    if step.region == "spine":
        yield Finding(
            "hands never work on the spine itself", "name beside_spine, upper_back or lower_back", ("region",)
        )
    elif within("spine", step.region) and step.technique.kind != "stroking":
        what = f"{step.technique.kind} on {step.region}, which holds the spine"
        yield Finding(what, "only stroke there, or name upper_back, lower_back or beside_spine", ("region",))
    yield from _most(step, "R6")


def _percussion(step: Step) -> Iterator[Finding]:
    if step.technique.kind != "percussion":
        return
    for region, why in NEVER_STRUCK.items():
        if touches(step.region, region):
            held = "" if within(step.region, region) else f", which holds {region}"
            fix = "name a smaller, fleshy region" if held else "leave the step out, or stroke"
            yield Finding(f"{step.technique.name!r} on {step.region}{held}: {why}", fix, ("region",))
            return


def _back_of_knee(step: Step) -> Iterator[Finding]:
    if hands_on(step) and touches(step.region, "back_of_knee") and step.technique.kind != "stroking":
        what = f"{step.technique.kind} on {step.region} reaches the back of the knee"
        yield Finding(what, "only stroke there, with pressure 1, or name a smaller region", ("technique",))
    yield from _most(step, "R8")


def _inner_thigh(step: Step) -> Iterator[Finding]:
    if step.technique.kind == "percussion" and touches(step.region, "inner_thigh"):
        what = f"{step.technique.name!r} on {step.region} reaches the inner thigh"
        yield Finding(what, "name front_thigh, outer_thigh or back_thigh", ("region",))
    yield from _most(step, "R10")


def _firm(step: Step) -> Iterator[Finding]:
    if hands_on(step) and step.pressure > 3 and step.region not in FIRM:
        yield Finding(
            f"firm pressure on {step.region}", f"write at most 3; 4 is for {', '.join(FIRM)} only", ("pressure",)
        )
    yield from _most(step, "R13")


def _kneads_lower_leg(step: Step) -> bool:
    return step.technique.kind == "kneading" and touches(step.region, "lower_leg")


def _ladder(step: Step) -> Iterator[Finding]:
    if step.pressure == 0:
        return
    if not step.ladder:
        yield Finding("there is no gentler way out", "add a rung under `gentler`, the last with pressure 0")
        return
    above = step.pressure
    for index, rung in enumerate(step.ladder):
        if rung.pressure >= above:
            what = f"the gentler way {rung.title!r} has pressure {rung.pressure}, after {above}"
            yield Finding(what, "let each rung be lower than what comes before it", ("gentler", index, "pressure"))
        above = rung.pressure
    if above > 0:
        yield Finding("the gentler ways do not end in rest", "add a last rung with pressure 0", ("gentler",))


def _cast_step(step: Step) -> Iterator[Finding]:
    if step.region == "cast" and step.technique.kind not in ("percussion", "stroking", "resting"):
        yield Finding(f"{step.technique.kind} on a cast", "tap or stroke it lightly, or name near_cast", ("technique",))
    yield from _most(step, "H3")


def _bath_water(routine: Routine) -> Iterator[Finding]:
    for index, step in enumerate(routine.steps):
        if step.technique.name == "soaking" and not any(ready.gate for ready in routine.preparation):
            fix = "add a preparation with `gate: true` that has the water tested"
            yield Finding("a bath begins before anybody said the water is right", fix, step=index)


def _sides(step: Step) -> Iterator[Finding]:
    if step.region in NO_SIDES and step.sides is not Side.NONE:
        yield Finding(f"{step.region} has no {step.sides.value} side", "delete `sides`", ("sides",))
    if step.technique.kind == "resting" and step.pressure > 1:
        yield Finding("resting hands do not press", "write pressure 0 or 1", ("pressure",))
    if hands_on(step) and step.pressure == 0:
        yield Finding(f"{step.technique.kind} without touch", "write pressure 1 or more", ("pressure",))
    yield from _most(step, "H6")


# -- checks of a whole routine -----------------------------------------------------------------


def _gradual(routine: Routine) -> Iterator[Finding]:
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
    """Whether the answers about *topic* protect all that *step* touches of *where*."""
    if _asked(routine, topic, Outcome.DECLINE, *outcomes):
        return True
    regions = [region for question in _asked(routine, topic, Outcome.LEAVE_OUT) for region in question.regions]
    return all(any(within(part, region) for region in regions) for part in parts(step.region, where))


def _injured_knee(routine: Routine) -> Iterator[Finding]:
    for index, step in enumerate(routine.steps):
        moved = step.technique.kind == "moving" and within(step.region, "knee")
        worked = moved or (hands_on(step) and touches(step.region, "knee"))
        if worked and not _left_out(routine, step, "knee", ("knee",)):
            what = "the knee is worked on, but nobody asks whether it is injured"
            yield Finding(what, "add `injured-knee` to the questions", step=index)


def _varicose(routine: Routine) -> Iterator[Finding]:
    veins = ("lower_leg", "knee", "thigh")
    for index, step in enumerate(routine.steps):
        pressed = hands_on(step) and step.pressure > 1 and any(touches(step.region, place) for place in veins)
        if pressed and not _left_out(routine, step, "varicose-veins", veins, Outcome.DOCTOR):
            what = f"{step.region} is pressed, but nobody asks about varicose veins there"
            yield Finding(what, "add `varicose-lower-leg` or `varicose-thigh` to the questions", step=index)


def _strain(routine: Routine) -> Iterator[Finding]:
    for index, step in enumerate(routine.steps):
        pressed = hands_on(step) and step.pressure > 1 and touches(step.region, "calf")
        moved = step.technique.kind == "moving" and within(step.region, "calf")
        if (pressed or moved) and not _left_out(routine, step, "calf-strain", ("calf",)):
            what = "the calf is worked on, but nobody asks about a strain"
            yield Finding(what, "add `calf-strain` to the questions", step=index)


def _lower_leg(routine: Routine) -> Iterator[Finding]:
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


def _screening(routine: Routine) -> Iterator[Finding]:
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
            names = " or ".join(outcome.value for outcome in outcomes)
            what = f"nobody asks about {', '.join(missing)}"
            yield Finding(what, f"add shipped questions on that, or your own that lead to {names}", ("questions",))


def _red_flags(routine: Routine) -> Iterator[Finding]:
    for index, question in enumerate(routine.red_flags):
        if Outcome.RED_FLAG not in (question.yes, question.no):
            what = f"{question.name!r} is no red flag"
            yield Finding(what, "name a question that leads to red_flag", ("red_flags", index))


def _cast(routine: Routine) -> Iterator[Finding]:
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


def _alone(routine: Routine) -> Iterator[Finding]:
    if "alone" not in routine.people:
        return
    for index, step in enumerate(routine.steps):
        if hands_on(step) and any(touches(step.region, region) for region in OUT_OF_REACH):
            what = f"nobody reaches their own {step.region}"
            yield Finding(what, "write `people: [caregiver]`, or choose another region", ("region",), index)


_GENERAL = "general rules of restorative massage"
RULES: tuple[Rule, ...] = (
    Rule(
        "R1",
        "Strokes go towards the nearest lymph nodes: hand to armpit, foot to groin, breastbone to armpit, hairline to "
        "collarbone, sacrum to neck, straight belly muscle downwards, oblique upwards; soothing strokes from ankle to "
        "toes and strokes away from a cast or fracture are the exceptions.",
        _GENERAL,
        _direction,
    ),
    Rule("R2", "Lymph nodes are never worked on, and where they lie there is no pressure.", _GENERAL, _nodes),
    Rule(
        "R3",
        "Hands begin and end with light stroking, and pressure changes by one level at a time.",
        "all massage parts",
        on_routine=_gradual,
    ),
    Rule("R4", "Rubbing makes at most 100 circles a minute, kneading at most 60.", "back massage", _tempo),
    Rule("R5", "At most 10 seconds on one point.", "back massage", _points),
    Rule("R6", "Never on the spine itself, and nothing strong beside it.", "back massage", _spine),
    Rule(
        "R7",
        "No tapping, patting or chopping over the kidneys, the knee, the shin, the back of the knee, or bones.",
        "back massage; front and back of the leg",
        _percussion,
    ),
    Rule("R8", "The back of the knee is only stroked, without pressure.", "back of the leg", _back_of_knee),
    Rule(
        "R9",
        "The kneecap is treated gently, and left out when the knee is injured.",
        "front of the leg",
        lambda step: _most(step, "R9"),
        _injured_knee,
    ),
    Rule("R10", "The inner thigh gets light techniques only, never percussion.", "front of the leg", _inner_thigh),
    Rule(
        "R11",
        "Where there are varicose veins nothing is pressed; they are asked about.",
        "back of the leg",
        on_routine=_varicose,
    ),
    Rule("R12", "The middle of the sole is treated carefully.", "foot massage", lambda step: _most(step, "R12")),
    Rule(
        "R13",
        "The shin is treated gently; firm pressure is for the heel, the front of the thigh, buttocks and sacrum.",
        "front of the leg; back massage",
        _firm,
    ),
    Rule("R14", "The lower leg is kneaded at most 7 times a leg.", "self-massage", on_routine=_lower_leg),
    Rule("R15", "A calf that was strained is left out; the strain is asked about.", "self-massage", on_routine=_strain),
    Rule(
        "R16",
        "Every step with pressure has gentler ways out, strictly falling, ending in rest.",
        "no pain, ever",
        _ladder,
    ),
    Rule(
        "H1",
        "What makes massage unsafe is asked before the start, and an absolute reason declines.",
        "contraindications of all massage parts",
        on_routine=_screening,
    ),
    Rule("H2", "A red flag's question ends the session.", "leaflets for people with a cast", on_routine=_red_flags),
    Rule(
        "H3",
        "A healing leg is touched lightly; nothing goes under a cast, it stays dry, and red flags are asked about.",
        "leaflets for people with a cast",
        _cast_step,
        _cast,
    ),
    Rule("H4", "Nobody goes into a bath before the water is tested.", "house rule", on_routine=_bath_water),
    Rule("H5", "Nobody alone is asked to reach their own upper back.", "house rule", on_routine=_alone),
    Rule("H6", "A step is one that hands can do: its sides exist, its pressure fits.", "house rule", _sides),
)
"""Every rule, in order."""
