"""The checks that look at one step, whatever stands around it."""

from __future__ import annotations

from collections.abc import Iterator

from voice_coach.routine.anatomy import CAST, FIRM, MOST, NEVER_STRUCK, NO_SIDES, passed, touches, ways
from voice_coach.routine.body import NODES, Side, within
from voice_coach.routine.findings import Finding, hands_on
from voice_coach.routine.model import TO_ANSWER, Step


def direction(step: Step) -> Iterator[Finding]:
    """R1: a stroke runs along a way to the nodes, or is one of the exceptions."""
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


def nodes(step: Step) -> Iterator[Finding]:
    """R2: nodes are no place to be, to come from or to go to."""
    for key, place in (("region", step.region), ("from", step.start), ("to", step.end)):
        if place in NODES and step.technique.kind != "resting":
            yield Finding(f"{place} are lymph nodes, which are never worked on", "name a place beside them", (key,))
    yield from most(step, "R2")


def most(step: Step, rule: str) -> Iterator[Finding]:
    """Pressure beyond what the rule's regions take."""
    if not hands_on(step) or step.region in NODES or step.region == "spine":
        return
    for region, (most, number, why) in MOST.items():
        reached = within(step.region, region) if region in CAST else touches(step.region, region)
        if number == rule and step.pressure > most and reached:
            held = "" if within(step.region, region) else f", which holds {region}"
            yield Finding(
                f"pressure {step.pressure} on {step.region}{held}: {why}",
                f"write at most {most}" + (", or name a smaller region" if held else ""),
                ("pressure",),
            )
            return


def tempo(step: Step) -> Iterator[Finding]:
    """R4: neither the step, its technique nor a gentler way is too fast."""
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


def points(step: Step) -> Iterator[Finding]:
    """R5: a point is pressed for a known, short time."""
    if step.seconds_per_point and step.seconds_per_point > 10:
        what = f"{step.seconds_per_point:g} s on one point is too long"
        yield Finding(what, "write at most 10 s", ("seconds_per_point",))
    elif step.technique.kind == "pressing" and not step.seconds_per_point:
        yield Finding("pressing needs a limit for each point", "add `seconds_per_point: 8`, at most 10")


def spine(step: Step) -> Iterator[Finding]:
    """R6: the spine is left alone."""
    if not hands_on(step):
        return
    if step.region == "spine":
        yield Finding(
            "hands never work on the spine itself", "name beside_spine, upper_back or lower_back", ("region",)
        )
    elif within("spine", step.region) and step.technique.kind != "stroking":
        what = f"{step.technique.kind} on {step.region}, which holds the spine"
        yield Finding(what, "only stroke there, or name upper_back, lower_back or beside_spine", ("region",))
    yield from most(step, "R6")


def percussion(step: Step) -> Iterator[Finding]:
    """R7: only fleshy places are struck."""
    if step.technique.kind != "percussion":
        return
    for region, why in NEVER_STRUCK.items():
        if touches(step.region, region):
            held = "" if within(step.region, region) else f", which holds {region}"
            fix = "name a smaller, fleshy region" if held else "leave the step out, or stroke"
            yield Finding(f"{step.technique.name!r} on {step.region}{held}: {why}", fix, ("region",))
            return


def back_of_knee(step: Step) -> Iterator[Finding]:
    """R8: the back of the knee is stroked at most."""
    if hands_on(step) and touches(step.region, "back_of_knee") and step.technique.kind != "stroking":
        what = f"{step.technique.kind} on {step.region} reaches the back of the knee"
        yield Finding(what, "only stroke there, with pressure 1, or name a smaller region", ("technique",))
    yield from most(step, "R8")


def inner_thigh(step: Step) -> Iterator[Finding]:
    """R10: the inner thigh is treated lightly."""
    if step.technique.kind == "percussion" and touches(step.region, "inner_thigh"):
        what = f"{step.technique.name!r} on {step.region} reaches the inner thigh"
        yield Finding(what, "name front_thigh, outer_thigh or back_thigh", ("region",))
    yield from most(step, "R10")


def firm(step: Step) -> Iterator[Finding]:
    """R13: firm only where it is right."""
    if hands_on(step) and step.pressure > 3 and step.region not in FIRM:
        yield Finding(
            f"firm pressure on {step.region}", f"write at most 3; 4 is for {', '.join(FIRM)} only", ("pressure",)
        )
    yield from most(step, "R13")


def ladder(step: Step) -> Iterator[Finding]:
    """R16: the ways out fall strictly and end in rest."""
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


def cast(step: Step) -> Iterator[Finding]:
    """H3: what may be done on and near a cast."""
    if step.region == "cast" and step.technique.kind not in ("percussion", "stroking", "resting"):
        yield Finding(f"{step.technique.kind} on a cast", "tap or stroke it lightly, or name near_cast", ("technique",))
    yield from most(step, "H3")


def sides(step: Step) -> Iterator[Finding]:
    """H6: the step is possible at all."""
    if step.region in NO_SIDES and step.sides is not Side.NONE:
        yield Finding(f"{step.region} has no {step.sides.value} side", "delete `sides`", ("sides",))
    if step.technique.kind == "resting" and step.pressure > 1:
        yield Finding("resting hands do not press", "write pressure 0 or 1", ("pressure",))
    if hands_on(step) and step.pressure == 0:
        yield Finding(f"{step.technique.kind} without touch", "write pressure 1 or more", ("pressure",))
    yield from most(step, "H6")


def check_ins(step: Step) -> Iterator[Finding]:
    """H7: there is time to answer."""
    for index, at in enumerate(step.check_ins):
        before = step.check_ins[index - 1] if index else -TO_ANSWER
        if at > step.seconds - TO_ANSWER:
            what = f"a check-in at {at:g} s of a step that lasts {step.seconds:g} s leaves no time to answer"
            yield Finding(what, f"write at most {step.seconds - TO_ANSWER:g} s, or leave it out", ("check_ins", index))
        elif at < before + TO_ANSWER:
            fix = f"put the earlier one first, {TO_ANSWER:g} s apart"
            yield Finding(f"a check-in at {at:g} s comes too soon after {before:g} s", fix, ("check_ins", index))
