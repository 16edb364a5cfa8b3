"""Each rule: a routine that breaks it, and one that only just keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.routine.building import SCREENING, build, gently, step_data, told
from voice_coach.errors import UserError
from voice_coach.routine import rules
from voice_coach.routine.body import REGIONS
from voice_coach.routine.rules import RULES, check, explain

CASES: list[tuple[str, str, str, str]] = [
    ("R1", "down the leg", "stroking calf knee>ankle", "stroking calf ankle>knee"),
    ("R1", "down the arm", "stroking forearm elbow>hand", "stroking forearm hand>elbow"),
    ("R1", "into the chest", "stroking chest armpit>breastbone", "stroking chest breastbone>armpit"),
    ("R1", "up the neck", "stroking neck collarbone>hairline", "stroking neck hairline>collarbone"),
    ("R1", "down the back", "stroking upper_back neck>sacrum", "stroking upper_back sacrum>neck"),
    ("R1", "up the belly", "stroking straight_belly groin>breastbone", "stroking straight_belly breastbone>groin"),
    ("R1", "down its side", "stroking oblique_belly chest>hip", "stroking oblique_belly hip>chest"),
    ("R1", "to the toes with pressure", "stroking foot ankle>toes pressure=2", "stroking foot ankle>toes"),
    ("R1", "to the toes by rubbing", "rubbing foot ankle>toes", "stroking foot ankle>toes"),
    ("R1", "towards the cast", "stroking near_cast near_cast>cast_edge", "stroking near_cast cast_edge>near_cast"),
    ("R1", "across the knee", "stroking thigh ankle>hip", "stroking leg ankle>hip"),
    ("R1", "on the spot", "stroking calf calf>calf", "stroking calf"),
    ("R1", "from another limb", "stroking calf hand>elbow", "stroking calf foot>knee"),
    ("R2", "the groin's nodes", "stroking groin_nodes", "stroking groin"),
    ("R2", "into the armpit's nodes", "stroking upper_arm elbow>armpit_nodes", "stroking upper_arm elbow>armpit"),
    ("R2", "pressure on the groin", "stroking groin pressure=2", "stroking groin"),
    ("R2", "pressure where the neck's nodes lie", "stroking neck pressure=2", "stroking collar pressure=2"),
    ("R4", "hasty rubbing", "rubbing outer_thigh tempo=101", "rubbing outer_thigh tempo=100"),
    ("R4", "hasty kneading", "kneading outer_thigh tempo=61", "kneading outer_thigh tempo=60"),
    ("R4", "hasty stroking", "stroking outer_thigh tempo=31", "stroking outer_thigh tempo=30"),
    ("R5", "long on one point", "pressing calf seconds_per_point=11", "pressing calf seconds_per_point=10"),
    ("R5", "pressing without a limit", "pressing outer_thigh", "pressing outer_thigh seconds_per_point=3"),
    ("R6", "on the spine", "stroking spine", "stroking back"),
    ("R6", "strong beside the spine", "stroking beside_spine pressure=3", "stroking beside_spine pressure=2"),
    ("R6", "kneading the whole back", "kneading back", "kneading upper_back"),
    ("R7", "kidneys", "patting lower_back", "patting upper_back"),
    ("R7", "knee", "tapping kneecap", "tapping front_thigh"),
    ("R7", "back of the knee", "tapping back_of_knee", "tapping back_thigh"),
    ("R7", "shin", "chopping shin", "chopping calf"),
    ("R7", "shin in the lower leg", "chopping lower_leg", "chopping calf"),
    ("R7", "bone", "patting shoulder_blade", "patting buttock"),
    ("R7", "the break", "patting fracture_site", "patting near_cast"),
    ("R8", "pressure behind the knee", "stroking back_of_knee pressure=2", "stroking back_of_knee"),
    ("R8", "shaking behind the knee", "vibration back_of_knee", "stroking back_of_knee"),
    ("R8", "rubbing the whole leg", "rubbing leg", "stroking leg"),
    ("R9", "pressure on the kneecap", "rubbing kneecap pressure=2", "rubbing kneecap"),
    ("R10", "inside of the thigh", "stroking inner_thigh pressure=3", "stroking inner_thigh pressure=2"),
    ("R10", "tapping inside", "tapping inner_thigh", "tapping outer_thigh"),
    ("R10", "tapping all round", "tapping thigh", "tapping back_thigh"),
    ("R12", "thin skin", "rubbing sole pressure=3", "rubbing heel pressure=3"),
    ("R12", "the whole foot", "rubbing foot pressure=3", "rubbing foot pressure=2"),
    ("R13", "shin", "rubbing shin pressure=3", "rubbing shin pressure=2"),
    ("R13", "firm on the calf", "rubbing calf pressure=4", "rubbing front_thigh pressure=4"),
    ("R14", "eight passes", "kneading calf repetitions=8 tempo=8", "kneading calf repetitions=7 tempo=7"),
    ("R14", "uncounted", "kneading calf", "kneading back_thigh"),
    ("H3", "kneading a cast", "kneading cast", "kneading near_cast"),
    ("H3", "hard on a cast", "tapping cast pressure=2", "tapping cast"),
    ("H6", "the left sacrum", "stroking sacrum sides=left", "stroking sacrum"),
    ("H6", "pressing rest", "holding outer_thigh pressure=2", "holding outer_thigh"),
    ("H6", "stroking without touch", "stroking outer_thigh pressure=0", "stroking outer_thigh"),
    ("H6", "a pressed belly", "rubbing belly pressure=3", "rubbing belly pressure=2"),
    ("H7", "too late to answer", "stroking outer_thigh check_ins=21", "stroking outer_thigh check_ins=20"),
    ("H7", "twice at once", "stroking outer_thigh check_ins=5,14", "stroking outer_thigh check_ins=5,15"),
    ("H7", "turned round", "stroking outer_thigh check_ins=15,5", "stroking outer_thigh check_ins=5"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "story", "broken", "kept"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_a_step_that_breaks_a_rule_is_found_and_its_neighbour_is_not(
    rule: str, story: str, broken: str, kept: str
) -> None:
    steps = gently(told(broken))
    found = [finding for finding in check(build(*steps)) if finding.rule == rule]
    assert steps.index(told(broken)) in {finding.step for finding in found}, story
    assert all(finding.fix for finding in found)
    assert [str(finding) for finding in check(build(*gently(told(kept))))] == []


BEARS = {
    0: "groin_nodes armpit_nodes neck_nodes knee_nodes spine",
    1: "body leg knee kneecap back_of_knee groin hip armpit arm neck back cast fracture_site",
    2: "foot sole lower_leg shin thigh inner_thigh beside_spine near_cast cast_edge belly straight_belly oblique_belly",
    3: "toes ball foot_edge ankle calf back_thigh outer_thigh lower_back upper_back shoulder_blade shoulder hairline "
    "collar collarbone hand wrist forearm elbow upper_arm triceps chest breastbone",
    4: "heel front_thigh buttock sacrum",
}
"""The most pressure a stroke may have, told place by place."""
FLESHY = {
    *("toes", "ball", "sole", "heel", "foot_edge", "calf", "front_thigh", "back_thigh", "outer_thigh", "buttock"),
    *("upper_back", "shoulder", "upper_arm", "triceps", "forearm", "hand", "cast", "cast_edge", "near_cast"),
}
"""Where tapping is fine."""


def test_every_region_takes_just_so_much_pressure() -> None:
    bears = {place: most for most, places in BEARS.items() for place in places.split()}
    assert set(bears) == set(REGIONS)
    for place, most in bears.items():
        passed = [n for n in range(1, 5) if not check(build(*gently(told(f"stroking {place} pressure={n}"))))]
        assert passed == list(range(1, most + 1)), place


def test_only_fleshy_places_are_struck() -> None:
    struck = {place for place in REGIONS if not check(build(*gently(told(f"tapping {place}"))))}
    assert struck == FLESHY


def ladder(*pressures: int) -> list[dict[str, Any]]:
    return [{"title": f"level {n}", "pressure": n, "instruction": f"Do it at level {n}."} for n in pressures]


@pytest.mark.parametrize(
    ("pressure", "rungs", "holds"),
    [
        (3, (2, 1, 0), True),
        (3, (0,), True),
        (1, (0,), True),
        (1, (), False),
        (2, (2, 0), False),
        (3, (2, 2, 0), False),
        (3, (1, 2, 0), False),
        (3, (2, 1), False),
    ],
)
def test_the_ways_out_fall_strictly_and_end_in_rest(pressure: int, rungs: tuple[int, ...], holds: bool) -> None:
    step = told(f"rubbing front_thigh pressure={pressure}") | {"gentler": ladder(*rungs)}
    if pressure == 1:
        step |= {"technique": "stroking"}
    found = {finding.rule for finding in check(build(*gently(step)))}
    assert found == (set() if holds else {"R16"})


def test_hands_begin_and_end_with_light_stroking() -> None:
    rub = step_data(technique="rubbing")
    assert [(f.rule, f.step) for f in check(build(rub, step_data()))] == [("R3", 0)]
    assert [(f.rule, f.step) for f in check(build(step_data(), rub))] == [("R3", 1)]
    assert [(f.rule, f.step) for f in check(build(step_data(pressure=2), step_data()))] == [("R3", 0)]
    soak = step_data(technique="soaking", pressure=0, region="foot")
    assert check(build(soak, step_data(), rub, step_data(), soak)) == []


def test_pressure_changes_by_one_level_at_a_time() -> None:
    firm = step_data(technique="rubbing", region="front_thigh", pressure=3)
    light = firm | {"pressure": 2}
    assert [(f.rule, f.step) for f in check(build(step_data(), firm, step_data()))] == [("R3", 1), ("R3", 2)]
    assert check(build(step_data(), light, firm, light, step_data())) == []
    rest = step_data(technique="resting", pressure=0)
    assert check(build(step_data(), light, firm, rest, firm, light, step_data())) == [], "a rest is no jump"


def test_splitting_the_kneading_does_not_allow_more_of_it() -> None:
    four = step_data(technique="kneading", region="calf", duration=None, repetitions=4, tempo=8)
    assert {f.rule for f in check(build(step_data(), four, four, step_data()))} == {"R14"}
    left, right = four | {"sides": "left"}, four | {"sides": "right"}
    assert check(build(step_data(), left, right, step_data())) == []


@pytest.mark.parametrize(
    ("rule", "topic", "region", "elsewhere"),
    [
        ("R9", "injured-knee", "kneecap", "shin"),
        ("R11", "varicose-thigh", "back_thigh", "upper_arm"),
        ("R11", "varicose-lower-leg", "shin", "upper_arm"),
        ("R15", "calf-strain", "calf", "shin"),
    ],
)
def test_what_depends_on_an_answer_is_asked(rule: str, topic: str, region: str, elsewhere: str) -> None:
    pressure = 1 if region == "kneecap" else 2
    asked = [name for name in SCREENING if name != topic]

    def found(where: str) -> set[str]:
        steps = (step_data(region="upper_arm"), step_data(technique="rubbing", region=where, pressure=pressure))
        routine = build(*steps, step_data(region="upper_arm"), questions=asked)
        return {f.rule for f in check(routine)}

    assert found(region) == {rule}
    assert rule not in found(elsewhere)
    light = build(step_data(region="back_thigh"), questions=asked)
    assert rule not in {f.rule for f in check(light)}, "a light touch is fine"


def test_an_answer_about_one_place_does_not_protect_another() -> None:
    only_thigh = [name for name in SCREENING if name != "varicose-lower-leg"]
    calf = build(*gently(step_data(region="calf", pressure=2)), questions=only_thigh)
    assert "R11" in {f.rule for f in check(calf)}


@pytest.mark.parametrize("name", ["fever", "flare-up", "heart", "skin", "fungus", "conditions", "small-joints"])
def test_a_massage_that_forgets_to_ask_cannot_be_loaded(name: str) -> None:
    asked = [question for question in SCREENING if question != name]
    assert [f.rule for f in check(build(step_data(region="foot"), questions=asked))] == ["H1"]


@pytest.mark.parametrize("name", ["open-fracture", "cast-days"])
def test_a_cast_is_asked_about(name: str) -> None:
    asked = [question for question in SCREENING if question != name]
    if name == "cast-days":
        asked = [question for question in asked if question not in ("cast-off", "cast-off-days")]
    assert len(check(build(step_data(region="near_cast"), questions=asked))) == 1
    assert check(build(step_data(region="near_cast"))) == []


def test_a_cast_stays_dry_and_nothing_goes_under_it() -> None:
    beside = step_data(region="near_cast")
    soak = step_data(technique="soaking", region="foot", pressure=0)
    assert [f.rule for f in check(build(beside, soak, beside))] == ["H3"]
    assert [f.rule for f in check(build(beside, preparation=[]))] == ["H3"]
    assert [f.rule for f in check(build(beside, red_flags=[]))] == ["H3"]


def test_a_red_flag_ends_the_session() -> None:
    assert [f.rule for f in check(build(step_data(), red_flags=["fever"]))] == ["H2"]


def test_a_bath_is_tested_before_anybody_goes_in() -> None:
    soak = step_data(technique="soaking", region="foot", pressure=0)
    untested = [{"say": "Fill a basin with warm water."}]
    assert [f.rule for f in check(build(soak, step_data(), preparation=untested))] == ["H4"]
    assert check(build(soak, step_data())) == []


BATH = {"name": "bath", "title": "the bath", "length": 600, "longest": 900, "out": "Lift the feet out."}


def bathing(*between: dict[str, Any], waits_for: str | None = "bath", **changes: Any) -> list[tuple[str, int | None]]:
    """The rules that a bath breaks, with these steps beside it."""
    soak = step_data(technique="soaking", region="foot", pressure=0, starts=BATH | changes)
    dry = step_data(technique="tending", region="foot", pressure=0, waits_for=waits_for)
    dry["instruction"] = "Dry them well, also between the toes."
    oil = step_data(region="foot")
    return [(f.rule, f.step) for f in check(build(soak, *between, dry, oil))]


def test_what_runs_beside_the_steps_is_waited_for() -> None:
    assert bathing(step_data(region="hand")) == []
    assert ("H8", 0) in bathing(waits_for=None)
    assert bathing(longest=1300) == [("H8", 0)]
    assert ("H8", 1) in bathing(step_data(region="toes")), "the toes are in the water"
    assert ("H8", 1) in bathing(step_data(technique="walking", region="leg")), "and so are the legs"
    assert {number for number, _ in bathing(waits_for="soup")} == {"H8"}
    again = step_data(technique="soaking", region="foot", pressure=0, starts=BATH)
    assert ("H8", 1) in bathing(again)


def test_feet_are_dried_before_hands_work_on_them() -> None:
    soak = step_data(technique="soaking", region="foot", pressure=0)
    foot, dry = step_data(region="foot"), step_data(technique="tending", region="foot", pressure=0)
    assert [(f.rule, f.step) for f in check(build(soak, step_data(), foot))] == [("H9", 2)]
    assert [f.rule for f in check(build(soak, dry | {"instruction": "Dry the feet."}, foot))] == ["H9"]
    assert check(build(soak, dry | {"instruction": "Dry them well, between the toes."}, foot)) == []
    assert check(build(soak, step_data(region="hand"))) == [], "nobody touches them"


def test_nobody_alone_reaches_their_own_back() -> None:
    back = step_data(region="upper_back")
    assert [f.rule for f in check(build(back, people=["alone"]))] == ["H5"]
    assert check(build(back)) == []


def test_every_rule_explains_itself() -> None:
    for rule in RULES:
        assert explain(rule.number.lower()).startswith(f"{rule.number}: ")
        assert explain(rule.number).splitlines()[1:] == [f"Source: {rule.source}.", f"Checked: {rule.checked}."]
    assert [rule.number for rule in RULES][:16] == [f"R{n}" for n in range(1, 17)]
    with pytest.raises(UserError, match=r"there is no rule 'R99'; the rules are R1, R2, .*, H9"):
        explain("R99")


def test_every_rule_has_its_tests() -> None:
    """R3, R11, R15, R16, H1, H2, H4, H5, H7, H8 and H9 have their own above."""
    tabled = {case[0] for case in CASES} | {"R3", "R11", "R15", "R16", "H1", "H2", "H4", "H5", "H7", "H8", "H9"}
    assert tabled == {rule.number for rule in rules.RULES}
