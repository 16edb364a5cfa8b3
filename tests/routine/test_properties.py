"""Routines built at random: what passes is safe, and each rule catches its violation wherever it is put."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.routine.building import SHARED, build, gently, step_data
from voice_coach.routine.body import NODES, REGIONS, Side, within
from voice_coach.routine.findings import hands_on
from voice_coach.routine.load import load, shipped
from voice_coach.routine.model import Routine, Step
from voice_coach.routine.rules import check

# -- what passes is safe -----------------------------------------------------------------------
# The rules once more, told independently of the checker: by what each smallest place can bear.

LINES = [
    "toes | ball | sole foot_edge | heel | ankle | lower_leg calf shin | knee kneecap back_of_knee |"
    " thigh front_thigh back_thigh inner_thigh outer_thigh | hip groin buttock",
    "foot | lower_leg calf shin | knee kneecap back_of_knee |"
    " thigh front_thigh back_thigh inner_thigh outer_thigh | hip groin buttock",
    "hand | wrist | forearm | elbow | upper_arm triceps | armpit",
    "breastbone | chest | armpit",
    "hairline | neck | collar shoulder | collarbone",
    "sacrum buttock | lower_back | upper_back shoulder_blade | shoulder collar | neck",
    "breastbone chest | straight_belly belly | groin hip",
    "groin hip | oblique_belly belly | chest",
]
"""The lines along which strokes may run, from left to right; what stands together lies level."""

BEARS = {
    **dict.fromkeys(("back_of_knee", "kneecap", "groin", "armpit", "spine", "cast", "fracture_site"), 1),
    **dict.fromkeys(("inner_thigh", "sole", "shin", "beside_spine", "near_cast", "cast_edge"), 2),
    **dict.fromkeys(("straight_belly", "oblique_belly"), 2),
    **dict.fromkeys(("heel", "front_thigh", "buttock", "sacrum"), 4),
}
"""The most pressure on a smallest place; 3 elsewhere, 1 on nodes."""

NEVER_STRUCK = {
    *("lower_back", "kneecap", "back_of_knee", "shin", "spine", "sacrum", "shoulder_blade", "collarbone", "breastbone"),
    *("inner_thigh", "groin", "armpit", *NODES),
}


def smallest(region: str) -> list[str]:
    inside = [other for other in REGIONS if within(other, region)]
    return [place for place in inside if not any(other != place and within(other, place) for other in inside)]


def runs_right(start: str, end: str) -> bool:
    for line in LINES:
        height = {place: n for n, level in enumerate(line.split("|")) for place in level.split()}
        if start in height and end in height and height[start] < height[end]:
            return True
    return False


def assert_safe(step: Step) -> None:
    levels = [rung.pressure for rung in step.ladder]
    assert step.pressure == 0 or (levels and levels[-1] == 0)
    assert all(lower < higher for higher, lower in pairwise([step.pressure, *levels]))
    if not hands_on(step):
        return
    assert step.region not in NODES | {"spine"}
    for place in smallest(step.region):
        assert step.pressure <= (1 if place in NODES else BEARS.get(place, 3)), place
        if step.technique.kind == "percussion":
            assert place not in NEVER_STRUCK
        if place in ("back_of_knee", "spine"):
            assert step.technique.kind == "stroking"
    assert (step.tempo or 0) <= {"rubbing": 100, "kneading": 60}.get(step.technique.kind, 120)
    assert (step.seconds_per_point or 0) <= 10
    if step.start and step.end and not step.start.startswith(("cast", "near_cast", "fracture")):
        soothing = (step.start, step.end) == ("ankle", "toes") and step.pressure == 1
        assert soothing or runs_right(step.start, step.end), (step.start, step.end)
        if step.region == "straight_belly":
            assert step.end in ("hip", "groin", "belly", "straight_belly")
    if step.technique.kind == "kneading" and any(within(place, "lower_leg") for place in smallest(step.region)):
        assert (step.repetitions or 99) <= 7


PLACES = sorted({place for line in LINES for place in line.split()} - {"|"})


@st.composite
def steps(draw: st.DrawFn) -> dict[str, Any]:
    """Any step the model allows, sensible or not."""
    technique = draw(st.sampled_from(sorted(SHARED.techniques)))
    region = draw(st.sampled_from(REGIONS))
    changes: dict[str, Any] = {"technique": technique, "region": region}
    changes["pressure"] = draw(st.sampled_from((1, 1, 2, 2, 3, 4, 0)))
    changes["sides"] = draw(st.sampled_from([side.value for side in Side]))
    if draw(st.booleans()):
        near = sorted({place for line in LINES if region in line.split() for place in line.split()} - {"|"})
        close = draw(st.booleans())
        places = near if near and close else PLACES
        changes["from"], changes["to"] = draw(st.sampled_from(places)), draw(st.sampled_from(places))
    changes["tempo"] = draw(st.sampled_from((None, 6, 12, 30, 60, 61, 100, 101, 120)))
    if changes["tempo"] and draw(st.booleans()):
        changes |= {"duration": None, "repetitions": draw(st.integers(1, 12))}
    if technique == "pressing" or draw(st.integers(0, 9)) == 0:
        changes["seconds_per_point"] = draw(st.sampled_from((3, 10, 11)))
    return step_data(**changes)


@given(data=steps())
@settings(max_examples=1000, deadline=None)
def test_a_step_that_passes_is_safe(data: dict[str, Any]) -> None:
    routine = build(*gently(data))
    found = check(routine)
    event("passes" if not found else "is refused")
    if not found:
        for step in routine.steps:
            assert_safe(step)


@given(middle=st.lists(steps(), min_size=1, max_size=4), chosen=st.sets(st.sampled_from(sorted(SHARED.questions))))
@settings(max_examples=300, deadline=None)
def test_a_routine_that_passes_rises_and_falls_gently(middle: list[dict[str, Any]], chosen: set[str]) -> None:
    routine = build(step_data(), *middle, step_data(), questions=sorted(chosen))
    if check(routine):
        return
    touching = [step for step in routine.steps if hands_on(step)]
    assert [touching[0].technique.kind, touching[-1].technique.kind] == ["stroking", "stroking"]
    levels = [1, *(step.pressure for step in touching), 1]
    assert all(abs(after - before) <= 1 for before, after in pairwise(levels))


def test_random_steps_are_not_all_refused() -> None:
    """Otherwise the properties above would say nothing."""
    passed = 0

    @given(data=steps())
    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    def count(data: dict[str, Any]) -> None:
        nonlocal passed
        passed += not check(build(*gently(data)))

    count()
    assert passed >= 20


# -- each rule catches its violation, wherever it is put -----------------------------------------

ROUTINES = [load(path) for path in shipped()]
Change = Callable[[Step], dict[str, Any] | None]
TECHNIQUES = SHARED.techniques


def touching(**changes: Any) -> Change:
    return lambda step: changes if hands_on(step) else None


def turned_round(step: Step) -> dict[str, Any] | None:
    if not step.start or {step.start, step.end} == {"ankle", "toes"}:
        return None  # soothing strokes on the foot may go either way
    return {"start": step.end, "end": step.start}


VIOLATIONS: list[tuple[str, Change]] = [
    ("R1", turned_round),
    *(("R2", touching(region=node)) for node in sorted(NODES)),
    ("R2", touching(region="groin", pressure=2)),
    ("R4", touching(technique=TECHNIQUES["rubbing"], tempo=101)),
    ("R4", touching(technique=TECHNIQUES["kneading"], tempo=61)),
    ("R4", touching(technique=TECHNIQUES["kneading"].model_copy(update={"fastest": None}))),
    ("R5", touching(technique=TECHNIQUES["pressing"], seconds_per_point=10.5)),
    ("R5", touching(technique=TECHNIQUES["pressing"], seconds_per_point=None)),
    ("R6", touching(region="spine")),
    ("R6", touching(region="beside_spine", pressure=3)),
    *(
        ("R7", touching(technique=TECHNIQUES[name], region=region))
        for name in ("tapping", "patting", "chopping")
        for region in ("lower_back", "knee", "shin", "back_of_knee", "kneecap", "lower_leg", "leg", "back", "spine")
    ),
    *(
        ("R8", touching(technique=TECHNIQUES[name], region="back_of_knee"))
        for name in ("rubbing", "kneading", "chopping", "vibration", "pressing")
    ),
    ("R8", touching(technique=TECHNIQUES["stroking"], region="back_of_knee", pressure=2)),
    ("R9", touching(region="kneecap", pressure=2)),
    ("R10", touching(region="inner_thigh", pressure=3)),
    ("R10", touching(region="thigh", technique=TECHNIQUES["patting"])),
    ("R12", touching(region="sole", pressure=3)),
    ("R13", touching(region="shin", pressure=3)),
    ("R13", touching(region="calf", pressure=4)),
    ("R14", touching(technique=TECHNIQUES["kneading"], region="calf", duration=None, repetitions=8, tempo=8)),
    ("R16", lambda step: {"gentler": ()} if step.pressure else None),
    ("R16", lambda step: {"gentler": step.ladder[:-1]} if step.pressure else None),
    ("R16", lambda step: {"gentler": (*step.ladder, step.ladder[-1])} if step.pressure else None),
    ("H7", lambda step: {"check_ins": (step.seconds - 9.0,)}),
    ("H7", lambda step: {"check_ins": (2.0, 3.0)}),
    ("R3", lambda step: {"pressure": 4} if hands_on(step) and step.pressure == 1 else None),
]


@given(routine=st.sampled_from(ROUTINES), violation=st.sampled_from(VIOLATIONS), data=st.data())
@settings(max_examples=1000, deadline=None)
def test_a_violation_is_caught_wherever_it_is_put(
    routine: Routine, violation: tuple[str, Change], data: st.DataObject
) -> None:
    rule, change = violation
    index = data.draw(st.integers(0, len(routine.steps) - 1))
    changes = change(routine.steps[index])
    assume(changes is not None)
    worse = _changed(routine.steps[index], changes or {})
    steps = (*routine.steps[:index], worse, *routine.steps[index + 1 :])
    found = check(routine.model_copy(update={"steps": steps}))
    assert rule in {finding.rule for finding in found}
    assert all(finding.step is not None or finding.rule in ("R9", "R11", "R15", "H1", "H3") for finding in found)


def _changed(step: Step, changes: dict[str, Any]) -> Step:
    """A copy with nothing remembered from the original, whatever the model thinks of it."""
    return Step.model_construct(**({name: getattr(step, name) for name in Step.model_fields} | changes))


@given(routine=st.sampled_from(ROUTINES), data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_question_left_out_is_missed_unless_nothing_hangs_on_it(routine: Routine, data: st.DataObject) -> None:
    question = data.draw(st.sampled_from([q for q in routine.questions if q.name not in _NOT_SEEN]))
    left = [q for q in routine.questions if q is not question]
    found = check(routine.model_copy(update={"questions": tuple(left)}))
    event(question.name)
    worked = [step for step in routine.steps if hands_on(step)]
    if question.regions:
        places = {place for region in question.regions for place in smallest(region)}
        pressed = [step for step in worked if step.pressure > 1 and places & set(smallest(step.region))]
        assert found or not pressed
    else:
        assert found or not worked


_NOT_SEEN = ("cast-off", "cast-off-days", "moves-agreed", "company")
"""What no step shows: that a cast is off, that somebody is there."""


def test_models_refuse_what_no_step_can_be() -> None:
    for changes in ({"pressure": 5}, {"region": "moon"}, {"technique": "juggling"}, {"duration": 0}, {"sides": "up"}):
        try:
            build(step_data(**changes))
        except ValidationError:
            continue
        raise AssertionError(f"{changes} was accepted")
