"""How areas are said, and which touch each other."""

from __future__ import annotations

import pytest

from voice_coach.routine.body import REGIONS, Area, Side


@pytest.mark.parametrize(
    ("area", "spoken"),
    [
        (Area("calf", Side.LEFT), "left calf"),
        (Area("calf", Side.BOTH), "both calves"),
        (Area("ball", Side.RIGHT), "right ball of the foot"),
        (Area("ball", Side.BOTH), "both balls of the feet"),
        (Area("back_of_knee"), "hollow of the knee"),
        (Area("chest", Side.BOTH), "both sides of the chest"),
        (Area("triceps", Side.BOTH), "both triceps"),
    ],
)
def test_an_area_is_said_as_a_person_would(area: Area, spoken: str) -> None:
    assert str(area) == spoken


def test_areas_overlap_where_one_lies_in_the_other() -> None:
    assert Area("calf", Side.LEFT).overlaps(Area("leg", Side.BOTH))
    assert Area("leg", Side.LEFT).overlaps(Area("calf", Side.LEFT))
    assert not Area("calf", Side.LEFT).overlaps(Area("calf", Side.RIGHT))
    assert Area("calf").overlaps(Area("calf", Side.RIGHT)), "an unknown side may be either"
    assert not Area("calf", Side.LEFT).overlaps(Area("shin", Side.LEFT))
    assert all(Area(region).overlaps(Area("body")) for region in REGIONS)
