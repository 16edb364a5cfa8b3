"""Fitting routines to people: whatever is named is not touched, and every rule still holds."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.routine.building import build, told
from tests.session.routines import SHIPPED, routine
from tests.session.wandering import Place, places, wander
from voice_coach.commands import find_safety
from voice_coach.errors import UserError
from voice_coach.routine.body import Area, Side
from voice_coach.routine.body_map import ASKED, DRY, EASED, HEALING, REGION_NAMES, Spot, body_map
from voice_coach.routine.model import Routine, Step
from voice_coach.routine.rules import check
from voice_coach.routine.tailor import clear_of, tailor
from voice_coach.session.announcements import introduction
from voice_coach.session.repertoire import repertoire
from voice_coach.session.state import turns


def fit(content: Routine, text: str) -> list[str]:
    """The steps that are left, with their side where they have one."""
    steps = tailor(content, body_map(text)).routine.steps
    return [step.id if step.sides is Side.NONE else f"{step.id} {step.sides}" for step in steps]


def built(*words: str) -> Routine:
    return build(*(told(each) for each in words))


LEG = built(
    "stroking foot sides=each",
    "stroking calf sides=each",
    "rubbing outer_thigh pressure=2",
    "stroking thigh sides=each",
)


def test_a_step_on_each_side_loses_the_side_that_is_spared() -> None:
    fitted = fit(LEG, "bruise on the left calf")
    assert fitted == ["the-step-0 each", "the-step-1 right", "the-step-2", "the-step-3 each"]


def test_a_step_without_a_side_goes_when_either_side_is_spared() -> None:
    fitted = fit(LEG, "bruise on the right thigh")
    assert fitted == ["the-step-0 each", "the-step-1 each", "the-step-3 left"]


def test_what_is_not_named_stays_as_it_was() -> None:
    assert tailor(LEG, body_map("sore neck")).routine is LEG
    assert tailor(LEG, ()).left_out == ()


def test_what_is_left_out_is_said_first() -> None:
    fitted = tailor(LEG, body_map("bruise on the left calf, right foot, sore neck"))
    assert fitted.left_out == (
        "I leave out the left calf, because of the bruise.",
        "I leave out the right foot, as you wish.",
    )
    assert [ready.say for ready in fitted.told.preparation[:2]] == list(fitted.left_out)


def test_where_veins_or_a_strain_are_light_strokes_stay_and_everything_else_goes() -> None:
    content = built(
        "stroking foot sides=each", "stroking calf sides=each", "kneading calf sides=each repetitions=3 tempo=20 "
        "pressure=2", "patting calf sides=each pressure=1", "stroking foot sides=each",
    )  # fmt: skip
    fitted = tailor(content, body_map("strained left calf"))
    assert fit(content, "strained left calf")[1:4] == ["the-step-1 each", "the-step-2 right", "the-step-3 right"]
    assert fitted.left_out == ("Light strokes at most on the left calf, because of the strain.",)


def test_steps_go_until_the_pressure_changes_gently_again() -> None:
    content = built(
        "stroking calf", "rubbing back_thigh pressure=2", "kneading front_thigh pressure=3",
        "rubbing calf pressure=2", "stroking calf", "stroking foot",
    )  # fmt: skip
    fitted = tailor(content, body_map("back of the thigh"))
    assert [step.id for step in fitted.routine.steps] == ["the-step-0", "the-step-3", "the-step-4", "the-step-5"]
    assert fitted.left_out[-1] == "One more step goes too, so that the pressure changes gently."


def test_light_strokes_are_put_where_those_at_the_ends_have_gone() -> None:
    content = built("stroking calf", "rubbing front_thigh pressure=2", "kneading front_thigh pressure=3",
        "rubbing front_thigh pressure=2", "stroking calf")  # fmt: skip
    steps = tailor(content, body_map("calves")).routine.steps
    assert [step.id for step in steps] == [
        "begin-the-step-1", "the-step-1", "the-step-2", "the-step-3", "close-the-step-3"
    ]  # fmt: skip
    assert [(step.title, step.pressure, step.region) for step in steps[::4]] == [
        ("soft stroking", 1, "front_thigh")
    ] * 2


def test_a_cast_spares_the_whole_leg_but_not_in_a_routine_made_for_it() -> None:
    assert fit(LEG, "cast on the left lower leg") == ["the-step-0 right", "the-step-1 right", "the-step-3 right"]
    for name in ("cast-leg", "fracture-simple"):
        for text in ("cast on the left lower leg", "broken right leg", "cast on the left leg, break on the left foot"):
            made = tailor(routine(name), body_map(text))
            assert (made.routine, made.left_out) == (routine(name), ())


def test_in_a_routine_made_for_a_cast_the_other_leg_is_left_out_when_it_has_one_too() -> None:
    for text in ("cast on both legs", "cast on the legs", "cast on the left leg, cast on the right leg"):
        steps = [step.region for step in tailor(routine("cast-leg"), body_map(text)).routine.steps]
        assert {"near_cast", "cast_edge", "cast"} <= set(steps)
        assert "lower_leg" not in steps
    assert tailor(routine("fracture-simple"), body_map("cast on both legs")).left_out == ()
    assert "lower_leg" not in fit(routine("cast-leg"), "bruise on the left lower leg")


def test_questions_about_what_is_left_out_already_are_not_asked() -> None:
    asked = {question.name for question in tailor(routine("egyptian-feet"), body_map("thighs")).routine.questions}
    assert "varicose-thigh" not in asked
    assert {"fever", "varicose-lower-leg", "injured-knee"} <= asked


def test_a_routine_of_which_nothing_is_left_is_refused() -> None:
    with pytest.raises(UserError, match="With both feet spared, too little of foot massage during a pedicure is left"):
        tailor(routine("foot-pedicure"), body_map("feet"))


def test_even_a_long_map_is_said_in_short_sentences() -> None:
    names = "toe, ball of foot, sole, heel, ankle, shin, kneecap, inner thigh, outer thigh, wrist"
    for sentence in tailor(routine("recovery-body"), body_map(f"sore collar, {names}, hand")).left_out:
        assert len(sentence) < 120
        assert not find_safety(sentence)


@pytest.mark.parametrize("spot", ["wound on the left toes", "rash on the right foot", "leave out feet", "no legs"])
def test_who_must_stay_dry_has_no_bath(spot: str) -> None:
    with pytest.raises(UserError, match=r"spared, the foot bath is not for today; choose another routine"):
        tailor(routine("foot-bath"), body_map(spot))


def test_what_hands_spare_may_be_in_the_water() -> None:
    fitted = tailor(routine("foot-bath"), body_map("bruise on the left foot")).routine
    assert [step.id for step in fitted.steps if step.starts or step.waits_for] == ["soak", "dry"]
    assert tailor(routine("foot-bath"), body_map("leave out toes")).routine.steps[0].id == "soak"
    assert next(step for step in fitted.steps if step.id == "heel").sides is Side.RIGHT


# Whatever is named ------------------------------------------------------------------------------

reasons = st.sampled_from([ASKED, "bruise", "cast", "break", "varicose veins", "wound"])
sides = st.sampled_from([Side.LEFT, Side.RIGHT, Side.BOTH, Side.NONE])
areas = st.builds(Area, st.sampled_from(sorted(set(REGION_NAMES.values()))), sides)
spots = st.builds(lambda area, why: Spot(area, why, why in EASED), areas, reasons)
routines = st.sampled_from(SHIPPED).map(routine)


def worked(step: Step) -> frozenset[Place]:
    """Where hands are, or what moves; nowhere, while somebody only rests."""
    if step.technique.name == "resting":
        return frozenset()
    return places(Area(step.region, step.sides if step.sides in (Side.LEFT, Side.RIGHT) else Side.NONE))


def touched(step: Step, named: list[Spot]) -> bool:
    """Whether a step does on a named spot what it may not."""
    lightly = step.technique.kind == "resting" or (step.technique.kind == "stroking" and step.pressure <= 1)
    if step.starts or step.waits_for:
        whole = places(Area(step.region, Side.NONE))
        unwanted = [spot for spot in named if spot.why == ASKED and whole <= places(Area(spot.area.region, Side.NONE))]
        named = [*unwanted, *(spot for spot in named if spot.why in DRY)]
    return any(worked(step) & spared(spot) for spot in named if not (spot.light and lightly))


def spared(spot: Spot) -> frozenset[Place]:
    """The places of a spot; those of a healing leg's own routines are there for it."""
    own = {"cast", "cast_edge", "near_cast", "fracture_site"} if spot.why in HEALING else set()
    return frozenset(place for place in places(spot.area) if place[0] not in own)


def made_for(content: Routine, named: list[Spot]) -> bool:
    """Whether a routine is for the casts and breaks that were named: those of one side, while it works on the other."""
    sides = {spot.area.side for spot in named if spot.why in HEALING}
    return content.id == "fracture-simple" or (content.id == "cast-leg" and sides in ({Side.LEFT}, {Side.RIGHT}))


@given(routines, st.lists(spots, min_size=1, max_size=4))
@settings(max_examples=700, deadline=None)
def test_nothing_that_was_named_is_touched_and_every_rule_holds(content: Routine, named: list[Spot]) -> None:
    try:
        fitted = tailor(content, named)
    except UserError:
        event("refused")
        with pytest.raises(UserError, match=r"^With .* (too little|not for today).*; choose another routine\.$"):
            tailor(content, named)
        return
    assert check(fitted.routine) == []
    named = [spot for spot in named if not (spot.why in HEALING and made_for(content, named))]
    for step in fitted.routine.steps:
        assert not touched(step, named), f"{step.id} touches {step.region}"
    before, after = [step.id for step in content.steps], [step.id for step in fitted.routine.steps]
    added = [name for name in after if name not in before]
    assert [name for name in before if name in after] == [name for name in after if name not in added]
    assert len(added) <= 2
    untouched = not any(touched(step, named) for step in content.steps)
    event("untouched" if untouched else "fitted")
    assert bool(fitted.left_out) == (fitted.routine != content)
    if untouched and not {spot.why for spot in named} & HEALING:
        assert fitted.routine.steps == content.steps
    assert not any(find_safety(line) for line in fitted.left_out)
    assert set(fitted.left_out) <= set(repertoire(fitted.told))


def test_a_stroke_that_ends_at_a_spot_stays_and_hands_keep_away_from_its_end() -> None:
    fitted = tailor(routine("leg-classic"), body_map("bruise on the left ankle, wound on the right foot")).routine
    assert fitted.steps == routine("leg-classic").steps
    assert fitted.spared
    strokes = fitted.steps[0]
    assert (strokes.start, strokes.end) == ("ankle", "knee")
    said = {
        turn.side: introduction(fitted, turn, 0, fitted.spared)[-1] for turn in turns(fitted) if turn.step is strokes
    }
    assert said == {Side.LEFT: "Stay clear of the left ankle.", Side.RIGHT: "Stay clear of the right ankle."}


def test_on_varicose_veins_light_strokes_keep_their_whole_way_and_stronger_ones_do_not() -> None:
    veins = body_map("varicose veins on the left knee")
    light, stronger = routine("leg-classic").steps[:2]
    assert light.pressure == 1
    assert stronger.end == light.end == "knee"
    assert clear_of(light, Side.LEFT, veins) == ()
    assert clear_of(stronger, Side.LEFT, veins) == (Area("knee", Side.LEFT),)
    assert clear_of(stronger, Side.RIGHT, veins) == ()
    assert clear_of(stronger, Side.BOTH, veins) == (Area("knee", Side.LEFT),)


def test_fitted_routines_are_guided_to_their_end() -> None:
    lot = Random(5)
    names = sorted(set(REGION_NAMES.values()))
    ended = 0
    for seed in range(100):
        named = [Spot(Area(lot.choice(names), lot.choice((Side.LEFT, Side.RIGHT))), "bruise") for _ in range(3)]
        try:
            fitted = tailor(routine(lot.choice(SHIPPED)), named)
        except UserError:
            continue
        wander(fitted.routine, seed)
        ended += 1
    assert ended > 50
