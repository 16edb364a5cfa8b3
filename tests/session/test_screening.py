"""The questions before the start: each answer does what it has to, and what is left is a routine that is safe."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from tests.session.playing import Play
from tests.session.routines import SHIPPED, routine
from tests.session.wandering import places, wander
from voice_coach.routine.body import Area, Side
from voice_coach.routine.model import Outcome, Question, Routine, Step
from voice_coach.routine.rules import check
from voice_coach.session import announcements, own_questions, words
from voice_coach.session.repertoire import repertoire
from voice_coach.session.session import begin
from voice_coach.session.snapshot import restore, snapshot
from voice_coach.session.state import Asking, Doing, Ended, Paused, Preparing

SPARING = {Outcome.LEAVE_OUT, Outcome.EASE}


def answer(content: Routine, answers: dict[str, bool]) -> Play:
    """A session answered until it gets ready or ends; what is not in *answers* as by somebody who is well."""
    play = Play(content)
    while isinstance(asking := play.session.phase, Asking):
        question = asking.questions[asking.index]
        yes = answers.get(question.name, question.no is not Outcome.GO_ON)
        play.hear("yes" if yes else "no")
    return play


def choices(question: Question) -> tuple[bool, ...]:
    """Both answers where they lead anywhere but out, else the one of somebody who is well."""
    if {question.yes, question.no} & (SPARING | {Outcome.DOCTOR}):
        return False, True
    return (question.no is not Outcome.GO_ON,)


def combinations(content: Routine) -> Iterator[dict[str, bool]]:
    names = [question.name for question in content.questions]
    for answers in product(*map(choices, content.questions)):
        yield dict(zip(names, answers, strict=True))


def harms(step: Step, question: Question, outcome: Outcome) -> bool:
    """Whether a step does in a question's regions what that answer forbids."""
    if step.technique.kind == "resting" and (step.technique.name == "resting" or outcome is Outcome.EASE):
        return False
    if outcome is Outcome.EASE and step.technique.kind == "stroking" and step.pressure <= 1:
        return False
    here = places(Area(step.region, step.sides if step.sides in (Side.LEFT, Side.RIGHT) else Side.NONE))
    return any(here & places(Area(region)) for region in question.regions)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_combination_of_answers_declines_or_leaves_a_safe_routine(name: str) -> None:
    content = routine(name)
    known = " ".join(repertoire(content))
    for answers in combinations(content):
        play = answer(content, answers)
        if isinstance(ended := play.session.phase, Ended):
            assert ended.reason == "declined"
            assert words.TOO_LITTLE in play.said, answers
            continue
        left = play.session.routine
        assert check(left) == [], answers
        gone = [step.id for step in content.steps if step.id not in {other.id for other in left.steps}]
        for question in content.questions:
            outcome = question.yes if answers[question.name] else question.no
            if outcome in SPARING:
                assert not any(harms(step, question, outcome) for step in left.steps), (question.name, answers)
        assert (f"{len(left.steps)} steps are left, about" in play.said) == bool(gone)
        assert all(line in known for line in announcements.opening(left, play.session.turns, Doing(0, 60), left.spared))
        before = sum(step.seconds for step in content.steps if step.technique.kind != "resting")
        after = sum(step.seconds for step in left.steps if step.technique.kind != "resting")
        assert after >= before / 5, f"{answers}: {after} s of {before} s are hardly worth it"


@pytest.mark.parametrize("name", SHIPPED)
def test_each_answer_that_declines_says_why_and_what_to_do_instead(name: str) -> None:
    content = routine(name)
    for question in content.questions:
        for yes, outcome in ((True, question.yes), (False, question.no)):
            if outcome is Outcome.DECLINE:
                play = answer(content, {question.name: yes})
                assert isinstance(play.session.phase, Ended), question.name
                assert question.because
                assert f"{question.because} {words.DECLINED}" in play.said
                instead = ("doctor", "wait", "come back", "ask", "treated", "rest")
                assert any(hint in question.because.lower() for hint in instead), question.because
            if outcome is Outcome.DOCTOR:
                assert isinstance(answer(content, {question.name: yes}).session.phase, Preparing | Doing)
                refused = answer(content, {question.name: yes, own_questions.DOCTOR.name: False})
                assert isinstance(refused.session.phase, Ended)
                assert str(own_questions.DOCTOR.because) in refused.said


@pytest.mark.parametrize("name", SHIPPED)
def test_no_question_is_asked_in_vain(name: str) -> None:
    """An answer that spares something changes the routine; nobody is asked what does not matter."""
    content = routine(name)
    for question in content.questions:
        for yes, outcome in ((True, question.yes), (False, question.no)):
            if outcome in SPARING:
                after = answer(content, {question.name: yes}).session
                assert after.routine != content or isinstance(after.phase, Ended), question.name


def test_the_steps_that_are_left_are_counted_anew() -> None:
    play = answer(routine("japanese-legs"), {"varicose-thigh": True})
    assert "8 steps are left, about 10 minutes." in play.said
    play.story("ready", "ready", "step two")
    assert play.said.startswith("Step 2 of 8.")


def test_when_too_little_is_left_it_ends_kindly_and_can_be_taken_back() -> None:
    play = answer(routine("self-roller"), {"varicose-thigh": True, "calf-strain": True})
    assert isinstance(play.session.phase, Ended)
    assert words.TOO_LITTLE in play.said
    play.hear("undo")
    assert isinstance(asking := play.session.phase, Asking)
    assert asking.questions[asking.index].name == "calf-strain"
    play.hear("no")
    assert isinstance(play.session.phase, Preparing)
    assert [step.id for step in play.session.routine.steps] == ["calf-stroke", "calf-roll", "close"]


def test_an_answer_that_is_changed_counts_as_changed() -> None:
    play = answer(routine("leg-classic"), {"varicose-lower-leg": True, "calf-strain": False})
    assert len(play.session.routine.steps) == 3
    play.hear("undo")
    play.story("back", "no", "no")
    assert play.session.routine == routine("leg-classic")


@pytest.mark.parametrize("name", ["leg-back", "japanese-legs", "recovery-body", "post-cast-moves"])
def test_what_answers_left_out_stays_out_when_it_is_taken_up_again(name: str) -> None:
    content = routine(name)
    before = answer(content, {"calf-strain": True})
    while isinstance(before.session.phase, Preparing):
        before.hear("ready")
    before.story(5.0, "ready", 3.0, "next", 3.0)
    kept = snapshot(before.session, before.now)
    again = restore(content, kept)
    assert (again.routine, again.turns) == (before.session.routine, before.session.turns)
    assert again.routine != content
    assert isinstance(again.phase, Paused)
    session, _ = begin(content, again)
    play = Play(content)
    play.session = session
    play.hear("no")
    assert play.session.routine == content, "from the beginning, and asked anew"
    assert not play.session.answers


def test_fitted_sessions_are_guided_to_their_end_whatever_is_said() -> None:
    for seed, name in enumerate(SHIPPED * 3):
        content = routine(name)
        lot = list(combinations(content))
        wander(content, seed, lot[seed * 7 % len(lot)])
