"""The page about the routines, and the treatments that are declined."""

from __future__ import annotations

import pytest

from tests.routine.building import build, step_data
from voice_coach.errors import UserError
from voice_coach.routine.declined import DECLINED, declined
from voice_coach.routine.load import find, load, shipped, shipped_folder
from voice_coach.routine.table import markdown, row


def test_the_page_is_in_step_with_the_files() -> None:
    """When this fails, run: voice-coach list --markdown > routines/README.md"""
    page = markdown(load(path) for path in shipped())
    assert (shipped_folder() / "README.md").read_text("utf-8") == page
    for path in shipped():
        assert page.count(f"| [{path.stem}]({path.name}) |") == 1
    for one in DECLINED:
        assert one.reason in page


def test_a_row_tells_what_a_routine_is() -> None:
    knead = step_data(technique="kneading", region="calf", pressure=2, duration=None, repetitions=3, tempo=6)
    lower = step_data(region="lower_leg", sides="each", duration=90)
    routine = build(lower, knead, step_data(region="foot"), people=["alone", "caregiver"], questions=["fever", "skin"])
    assert row(routine) == (
        *("[built](built.yaml)", "built for a test", "3", "4", "alone or caregiver"),
        *("lower leg, foot", "2 light", "1 to 2", "", "fever, skin"),
    )


def test_a_row_of_exercises_tells_the_effort() -> None:
    squats = step_data(technique="moving", region="leg", pressure=3)
    rest = step_data(technique="resting", region="body", pressure=0)
    assert row(build(squats, rest))[5:8] == ("leg", "effort 3", "3")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("leg-therapeutic", "leg-therapeutic"),
        ("therapeutic leg massage", "leg-therapeutic"),
        ("Therapeutic massage of the legs", "leg-therapeutic"),
        ("foot-acupressure", "foot-acupressure"),
        ("acupressure", "foot-acupressure"),
        ("Foot acupressure massage", "foot-acupressure"),
        ("leg", None),
        ("foot-massage", None),
        ("hand acupressure", None),
        ("", None),
    ],
)
def test_a_declined_treatment_is_known_by_its_names(name: str, meant: str | None) -> None:
    found = declined(name)
    assert (found.id if found else None) == meant
    if found:
        with pytest.raises(UserError) as refusal:
            find(name)
        assert str(refusal.value) == f"The coach does not guide {found.title}: {found.reason}"


def test_no_declined_treatment_hides_a_routine() -> None:
    assert not [path for path in shipped() if declined(path.stem)]
    with pytest.raises(UserError, match="did you mean 'foot-acupressure'"):
        find("foot-acupresure")
