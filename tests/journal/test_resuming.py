"""A session that was broken off is taken up where it ended."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from tests.session.playing import Play
from tests.session.routines import SHIPPED, SMALL, routine
from tests.session.test_properties import QUICK, happenings, places
from tests.session.test_properties import begun as begun_at
from voice_coach.commands import find_safety
from voice_coach.person import Person
from voice_coach.rehearsal import Rehearsal
from voice_coach.routine.body import Area, Side
from voice_coach.routine.body_map import body_map
from voice_coach.routine.model import Outcome, Routine
from voice_coach.routine.options import chosen
from voice_coach.routine.tailor import tailor
from voice_coach.session.events import Volume
from voice_coach.session.session import begin
from voice_coach.session.snapshot import SnapshotError, place, restore, snapshot
from voice_coach.session.state import (
    Asking,
    Changing,
    Doing,
    Ended,
    LeftOut,
    Offering,
    Paused,
    Preparing,
    Session,
    freeze,
)
from voice_coach.stage import Line, play


def again(before: Play) -> Play:
    """The next start of the same routine, through JSON as the journal keeps it."""
    data = snapshot(before.session, before.now)
    assert data is not None
    after = Play(before.routine)
    after.session, effects = begin(before.routine, restore(before.routine, json.loads(json.dumps(data))))
    after._notice(effects)
    return after


def hands_on() -> Play:
    """Twenty seconds into kneading the left calf, which takes a minute, after twenty of easing in."""
    return Play(routine("calf")).story("step two", 2.0, 40.0)


def test_asked_first_and_then_it_goes_on_with_what_was_left() -> None:
    play = again(hands_on().story("stop"))
    assert play.said.endswith("Last time you ended at step 2, left calf, with 40 seconds left. Shall we go on there?")
    play.story(2.0, "yes")
    assert play.said == "Get ready again, as you were. Say ready when that is done."
    play.story(60.0)
    assert isinstance(play.session.phase, Paused)
    play.story("ready")
    assert play.said == "On we go. Left calf, 40 seconds left."
    play.wait(2.0)
    assert isinstance(play.session.phase, Doing)
    assert play.session.phase.length - play.session.phase.elapsed(play.now) == pytest.approx(40)


@pytest.mark.parametrize("answer", ["no", "start over", "from the beginning"])
def test_no_begins_from_the_start(answer: str) -> None:
    play = again(hands_on().story("louder", "pain", "stop")).story(2.0, answer)
    assert play.said.startswith("From the beginning then. Step 1 of 3.")
    fresh = Play(routine("calf")).session
    assert (play.session.reports, play.session.left_out, play.session.turns) == ((), frozenset(), fresh.turns)
    assert play.session.volume == 3.0


@pytest.mark.parametrize("answer", ["yes", "continue", "carry on"])
def test_continue_is_a_yes(answer: str) -> None:
    assert isinstance(again(hands_on()).story(2.0, answer).session.phase, Paused)


def test_silence_goes_nowhere() -> None:
    play = again(hands_on()).story(120.0)
    assert isinstance(play.session.phase, Paused)
    assert isinstance(play.session.phase.phase, Asking)
    play.story("continue", 2.0, "yes", 2.0, "ready", 2.0)
    assert isinstance(play.session.phase, Doing)
    assert play.session.phase.done == 20.0


def test_what_may_have_changed_is_asked_again_and_the_rest_is_not() -> None:
    before = Play(routine("cast-leg"))
    while isinstance(before.session.phase, Asking | Preparing):
        asking = before.session.phase
        question = asking.questions[asking.index] if isinstance(asking, Asking) else None
        before.hear("ready" if question is None else "no" if question.no is Outcome.GO_ON else "yes")
    play = again(before.story(2.0, 5.0)).story(2.0, "yes")
    assert isinstance(play.session.phase, Asking)
    asked = [question.name for question in play.session.phase.questions]
    assert asked == ["go-on-there", "cast-days", "fever", "skin"]
    play.story("yes", "yes")
    assert isinstance(play.session.phase, Ended)
    assert play.session.phase.reason == "declined"
    assert snapshot(play.session, play.now) is None


def test_the_ladder_what_was_left_out_and_the_loudness_return() -> None:
    before = hands_on().story("pain", "yes", 5.0, 4.0, "pain", 3.0, "louder", "slower", "stop")
    play = again(before)
    assert Volume(3.0) in play.effects
    session = play.session
    assert session.left_out == {LeftOut(Area("calf", Side.LEFT), "pain")}
    assert [report.area for report in session.reports] == [Area("calf", Side.LEFT)] * 2
    assert all(report.at < 0 for report in session.reports)
    play.story(2.0, "yes", 2.0, "ready", 2.0, "pain")
    assert "We end here for today" in play.said  # the third report, two of them from last time


def test_a_gentler_way_goes_on_as_the_gentler_way() -> None:
    before = hands_on().story("pain", "yes", 5.0, 4.0, "stop")
    assert isinstance(phase := place(again(before).session.phase), Doing)
    assert (phase.turn, phase.rung) == (2, 1)


def at_step(content: Routine, number: str) -> Play:
    play = Play(content)
    for _ in content.questions:
        play.hear("no")
    while isinstance(play.session.phase, Preparing):
        play.hear("ready")
    return play.story(f"step {number}", 2.0, 10.0)


def test_a_session_is_offered_in_the_form_it_had_and_no_begins_the_form_asked_for_now() -> None:
    plain = routine("foot-bath")
    salt = chosen(plain, {"additive": "salt", "people": "caregiver", "walk": "slippers"})
    spared = tailor(salt, body_map("bruise on the left heel")).told
    data = json.loads(json.dumps(snapshot(at_step(spared, "six").story("stop").session, 99.0)))
    resumed = restore(plain, data)
    assert resumed.whole.steps == spared.steps
    assert resumed.whole.choices == salt.choices
    for answer, steps in (("yes", spared.steps), ("no", plain.steps)):
        play = Play(plain)
        play.session, effects = begin(plain, restore(plain, data))
        play._notice(effects)
        assert "Shall we go on there?" in play.said
        assert play.story(2.0, answer).session.routine.steps == steps


def test_what_is_to_be_spared_now_was_spared_then_or_nothing_is_taken_up() -> None:
    plain, bruise = routine("foot-bath"), body_map("bruise on the left heel")
    data = snapshot(at_step(tailor(plain, bruise).told, "six").session, 99.0)
    assert restore(tailor(plain, bruise).told, data).whole.spared == bruise
    with pytest.raises(SnapshotError, match="More is to be spared"):
        restore(tailor(plain, body_map("bruise on the left heel, wound on the right hand")).told, data)


def test_an_offer_is_made_again_and_warning_signs_are_asked_again() -> None:
    before = Play(routine("screened")).story("no", "no", "no", "ready", "ready", 5.0, "pain", 5.0, "no")
    play = again(before).story(2.0, "yes", "no", "no", "no")
    while not isinstance(play.session.phase, Paused):
        play.hear("no")
    play.hear("ready")
    assert isinstance(play.session.phase, Asking)
    assert isinstance(play.session.phase.then, Offering)
    assert "blue" in play.said


def test_broken_off_again_while_asked_it_is_still_where_it_was() -> None:
    once = again(hands_on())
    twice = again(once.story(2.0))
    assert place(twice.session.phase) == place(once.session.phase)
    assert place(again(twice.story("yes")).session.phase) == place(once.session.phase)
    assert snapshot(again(twice).story("no", "stop").session, 9.0) is not None  # step one of the new beginning


def test_pain_while_asked_is_noted_and_the_questions_still_have_to_be_answered() -> None:
    play = again(hands_on()).story(2.0, "pain")
    assert "I have noted that" in play.said
    play.story("continue")
    assert "Shall we go on there?" in play.said
    assert len(play.session.reports) == 1


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ("slower", "I heard: slower."),
        ("stop", "I heard the word for ending."),
        ("pain", "I heard discomfort."),
    ],
)
def test_until_something_is_heard_it_tells_what_was_heard_last_time(last: str, told: str) -> None:
    once = again(hands_on().story(last)).story(2.0, "what did you hear")
    assert once.said.startswith(f"Nothing yet. This was last time. {told}")
    twice = again(once).story(2.0, "what did you hear")
    assert twice.said.startswith(f"Nothing yet. This was last time. {told}")
    assert twice.story("yes", "what did you hear").said.startswith("I heard: yes.")


def test_where_nothing_was_heard_last_time_either_it_says_so() -> None:
    play = again(Play(routine("calf")).story(20.0)).story(2.0, "what did you hear")
    assert play.said.startswith("I have heard nothing yet.")


def test_there_is_nothing_to_take_up_before_the_first_step_and_after_the_last() -> None:
    assert snapshot(Play(routine("screened")).story("no").session, 1.0) is None
    assert snapshot(Play(routine("screened")).story("no", "no", "no", "stop").session, 1.0) is None
    assert snapshot(Play(routine("calf")).story("step three", "next", 1.0).session, 1.0) is None
    assert snapshot(Play(routine("calf")).story("step three", "next", 5.0).session, 1.0) is None
    assert snapshot(hands_on().story("pain", "pain", 5.0, "pain", 5.0, "pain", "pain").session, 1.0) is None


@pytest.mark.parametrize(
    "change",
    [
        {"content": "another"},
        {"routine": "feet"},
        {"version": 1},
        {"answers": None},
        {"choices": None},
        {"choices": {"additive": "salt"}},
        {"spared": [{"why": "bruise", "light": False, "region": "moon", "side": "left"}]},
        {"spared": [{"why": "bruise", "light": False, "region": "calf", "side": "both"}]},
        {"phase": None},
        {"phase": {"is": "dancing", "turn": 0}},
        {"phase": {"is": "doing", "turn": 99, "length": 60, "rung": 0, "done": 1, "cued": []}},
        {"phase": {"is": "doing", "turn": -1, "length": 60, "rung": 0, "done": 1, "cued": []}},
        {"phase": {"is": "doing", "turn": 0, "length": float("nan"), "rung": 0, "done": 1, "cued": []}},
        {"phase": {"is": "doing", "turn": 0, "length": 60, "rung": 9, "done": 1, "cued": []}},
        {"phase": {"is": "doing", "turn": True, "length": 60, "rung": 0, "done": 1, "cued": []}},
        {"phase": {"is": "asking", "questions": ["unknown"], "then": {}, "index": 0, "misses": 0}},
        {"phase": {"is": "changing", "turn": 0, "rung": 0}},
        {"left_out": [{"why": "pain", "region": "moon", "side": "left"}]},
        {"reports": [{"ago": "long", "region": None, "side": None}]},
        {"volume": 1e9},
        {"pace": 0},
        {"heard": "slower"},
        {"heard": {"command": "dance", "phrase": "dance", "path": "command"}},
    ],
)
def test_anything_else_is_refused(change: dict[str, Any]) -> None:
    before = hands_on()
    data = snapshot(before.session, before.now)
    assert data is not None
    restore(before.routine, data)
    with pytest.raises(SnapshotError):
        restore(before.routine, data | change)


@pytest.mark.parametrize("data", [None, 7, "text", [], {}, {"version": 1}])
def test_no_snapshot_at_all(data: object) -> None:
    with pytest.raises(SnapshotError):
        restore(routine("calf"), data)


@QUICK
@given(places, happenings)
def test_whatever_happened_it_is_restored_as_it_was(where: tuple[str, int | None], story: list[Any]) -> None:
    before = begun_at(*where)
    for pause, event in story:
        before.wait(pause)
        before.happen(event)
    data = snapshot(before.session, before.now)
    if data is None:
        return
    after = restore(before.routine, json.loads(json.dumps(data, allow_nan=False)))
    was = last_at_work(before.session)
    assert place(after.phase) == place(freeze(was.phase, before.now))
    assert (after.volume, after.pace, after.left_out) == (was.volume, was.pace, was.left_out)
    assert (after.heard_before is None) == (before.session.heard is None)
    assert [report.area for report in after.reports] == [report.area for report in was.reports]
    again_data = snapshot(after, 0.0)
    assert again_data is not None
    assert restore(before.routine, again_data) == after


def last_at_work(session: Session) -> Session:
    return session.undo[0][0] if isinstance(session.phase, Ended) and session.undo else session


@pytest.mark.parametrize("name", [*SMALL, *SHIPPED])
def test_the_question_holds_no_word_that_the_coach_listens_for(name: str) -> None:
    wanted = routine(name)
    for step in range(1, len(wanted.steps) + 1):
        before = begun_at(name, step)
        before.story(2.0, 7.0)
        if snapshot(before.session, before.now):
            said = again(before).said
            assert "Shall we go on there?" in said
            assert not find_safety(said.partition("at any time.")[2]), said


@pytest.mark.parametrize("at", range(0, 260, 13))
def test_whenever_it_breaks_off_the_rest_is_done_and_nothing_twice(at: int) -> None:
    before = Play(routine("calf")).story(float(at))
    data = snapshot(before.session, before.now)
    if data is None:
        return
    told: list[Line] = []
    resumed = restore(before.routine, data)
    play(before.routine, Rehearsal((), Person(before.routine)), told.append, resume=resumed)
    left_off = place(resumed.phase)
    assert isinstance(left_off, Doing | Changing)
    done = [line for line in told if line["event"] == "cue" and line["cue"] == "end"]
    assert len(done) == len(resumed.turns) - left_off.turn
    assert [line["reason"] for line in told if line["event"] == "end"] == ["finished"]
