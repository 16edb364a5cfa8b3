"""The body map: what people write, and what is meant by it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.errors import UserError
from voice_coach.routine.body import REGIONS
from voice_coach.routine.body_map import EXAMPLE, REGION_NAMES, body_map


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("cast on the left lower leg", ["left lower leg: cast"]),
        ("a bruise on my right thigh", ["right thigh: bruise"]),
        ("varicose veins", [f"both {place}: varicose veins" for place in ("lower legs", "knees", "thighs")]),
        ("varicose veins on the left calf", ["left calf: varicose veins"]),
        ("left and right knee", ["both knees: asked"]),
        ("bruise on the left calf and the right foot", ["left calf: bruise", "right foot: bruise"]),
        ("sore back and swollen ankles", ["back: soreness", "both ankles: swelling"]),
        ("Injured KNEE; no feet please", ["both knees: injury", "both feet: asked"]),
        ("back of the left knee", ["left hollow of the knee: asked"]),
        ("the inside of the right thigh is bruised", ["right inner thigh: bruise"]),
        ("leave out the neck", ["neck: asked"]),
        ("my left calf hurts", ["left calf: soreness"]),
        ("broken right big toe", ["right toes: break"]),
        (
            "varicose veins and a sore left foot",
            ["both lower legs: varicose veins", "both knees: varicose veins", "both thighs: varicose veins",
             "left foot: soreness"],
        ),
        ("knee, knees,, ", ["both knees: asked"]),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_meant(text: str, meant: list[str]) -> None:
    assert [f"{spot.area}: {spot.why}" for spot in body_map(text)] == meant


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("pacemaker", "'pacemaker' is not understood"),
        ("bruise on the glorp", "'glorp' in 'bruise on the glorp' is not understood"),
        ("left knee, 12", "'12' is not understood"),
        ("no varicose veins", "'no varicose veins' is not understood"),
        ("cast on left leg bruise on right leg", "is not understood"),
        ("bruise", "'bruise', but not where"),
        ("bruise and a sore knee", "'bruise and a sore knee', but not where"),
        ("left knee, right", "'right', but not where"),
        ("body", "'body' is not understood"),
        ("knee " * 200, "longer than 500 letters"),
    ],
)
def test_what_is_not_understood_is_never_passed_over(text: str, named: str) -> None:
    with pytest.raises(UserError, match=re.escape(named)) as refusal:
        body_map(text)
    assert len(str(refusal.value).splitlines()) == 1


def test_the_example_is_understood() -> None:
    assert [spot.why for spot in body_map(EXAMPLE)] == ["cast", "bruise", *["varicose veins"] * 3]


@pytest.mark.parametrize("name", REGION_NAMES)
def test_every_name_of_a_region_is_understood_alone_and_with_a_side(name: str) -> None:
    assert [spot.area.region for spot in body_map(f"bruise on the left {name}")] == [REGION_NAMES[name]]
    assert [spot.area.region for spot in body_map(name)] == [REGION_NAMES[name]]


def test_people_can_name_every_region_but_nodes_and_casts() -> None:
    unnamed = set(REGIONS) - set(REGION_NAMES.values())
    assert unnamed == {
        "body", "groin_nodes", "neck_nodes", "armpit_nodes", "knee_nodes", "cast", "cast_edge", "near_cast",
        "fracture_site",
    }  # fmt: skip


@given(st.text() | st.lists(st.sampled_from(["left", "and", ",", "cast", "no", *REGION_NAMES])).map(" ".join))
@settings(max_examples=500, deadline=None)
def test_anything_is_understood_or_refused_in_one_sentence(text: str) -> None:
    try:
        body_map(text)
    except UserError:
        with pytest.raises(UserError, match=r"^The body map"):
            body_map(text)
