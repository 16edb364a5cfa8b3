"""What can be chosen in a routine: one file, many forms, each of them safe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.routine.building import build, step_data
from voice_coach.errors import UserError
from voice_coach.routine.load import RoutineError, load, shipped, shipped_folder
from voice_coach.routine.model import Routine
from voice_coach.routine.options import check_forms, chosen, faults, forms, given, options

WATER = {"name": "additive", "ask": "What goes into it?", "choices": {"plain": "only water", "salt": "sea salt"}}


def bath(**when: Any) -> Routine:
    """A stroke, another one *when*, and a last one."""
    second = step_data(id="salty") | {"when": when or {"additive": "salt"}}
    return build(step_data(), second, step_data(), options=[WATER], people=["alone", "caregiver"])


def ids(routine: Routine) -> list[str]:
    return [step.id.rsplit("-", 1)[0] for step in routine.steps]


def test_the_first_choice_is_taken_where_nobody_chooses() -> None:
    whole = bath()
    assert ids(chosen(whole, {})) == ["the-step", "the-step"]
    assert ids(chosen(whole, {"additive": "salt"})) == ["the-step", "salty", "the-step"]
    again = chosen(chosen(whole, {}), {"additive": "salt"})
    assert ids(again) == ["the-step", "salty", "the-step"], "one form leads to any other"
    assert again.whole == whole


def test_alone_or_with_a_helper_is_an_option_wherever_both_can_be() -> None:
    whole = bath(people="caregiver")
    assert [option.name for option in options(whole)] == ["people", "additive"]
    assert chosen(whole, {}).people == ("alone", "caregiver")
    assert chosen(whole, {"people": "alone"}).people == ("alone",)
    helped = chosen(whole, {"people": "caregiver"})
    assert (helped.people, ids(helped)) == (("caregiver",), ["the-step", "salty", "the-step"])
    assert [option.name for option in options(helped)] == ["people", "additive"]
    assert not options(build(step_data()))


def test_several_choices_can_lead_to_the_same_step() -> None:
    assert "salty" in ids(chosen(bath(additive=["plain", "salt"]), {}))
    both = bath(additive="salt", people="caregiver")
    assert "salty" not in ids(chosen(both, {"additive": "salt"}))
    assert "salty" in ids(chosen(both, {"additive": "salt", "people": "caregiver"}))


def test_every_form_is_counted() -> None:
    assert next(forms(bath())) == {"people": "alone", "additive": "plain"}
    assert len(list(forms(bath()))) == 4
    assert list(forms(build(step_data()))) == [{}]


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"aditive": "salt"}, "has no option 'aditive'; its options are people, additive"),
        ({"additive": "salts"}, "additive cannot be 'salts'; did you mean 'salt'"),
        ({"people": "crowd"}, "people cannot be 'crowd'"),
    ],
)
def test_what_cannot_be_chosen_is_refused(choices: dict[str, str], said: str) -> None:
    with pytest.raises(UserError, match=said):
        chosen(bath(), choices)
    with pytest.raises(UserError, match="it has none"):
        chosen(build(step_data()), choices)


def test_choices_are_written_with_a_sign() -> None:
    assert given(["additive=salt", " people = alone "]) == {"additive": "salt", "people": "alone"}
    for text in ("salt", "=salt", "additive="):
        with pytest.raises(UserError, match="write it like --option additive=salt"):
            given([text])


def test_a_rule_that_one_form_breaks_is_found_at_its_step() -> None:
    hard = step_data(id="hard", technique="rubbing", region="front_thigh", pressure=3, tempo=40)
    whole = build(step_data(), hard | {"when": {"additive": "salt"}}, step_data(), options=[WATER])
    found = list(check_forms(whole))
    assert {(f.rule, f.step) for f in found} == {("R3", 1), ("R3", 2)}
    assert all(", with additive=salt" in f.what for f in found)
    always = build(step_data(), hard, step_data(), options=[WATER])
    assert not any("with" in f.what for f in check_forms(always))


def test_a_form_without_steps_is_found() -> None:
    whole = build(step_data() | {"when": {"additive": "salt"}}, options=[WATER])
    assert [f.what for f in check_forms(whole)] == ["nothing is left with additive=plain"]


def test_conditions_on_what_nobody_can_choose_are_faults() -> None:
    assert [str(f.text) for f in faults(bath(additiv="salt"))] == ["'additiv' is no option; did you mean 'additive'?"]
    assert [f.at for f in faults(bath(additive="sugar"))] == [("steps", 1, "when", "additive")]
    assert not list(faults(bath()))


def test_an_author_learns_where_it_is_wrong(tmp_path: Path) -> None:
    text = (shipped_folder() / "leg-classic.yaml").read_text("utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace("    pressure: 1\n", "    pressure: 1\n    when: {oil: cedar}\n", 1))
    with pytest.raises(RoutineError, match=r"mine.yaml:\d+:\d+: step \d+ .*'oil' is no option; add it under `options`"):
        load(path)


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_every_form_of_a_shipped_routine_can_be_guided(path: Path) -> None:
    routine = load(path)
    for choices in forms(routine):
        form = chosen(routine, choices)
        assert 4 * 60 <= form.seconds <= 45 * 60
        assert form.preparation
