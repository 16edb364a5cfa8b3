"""A report after "stop": the end is kept, and what was reported counts if the end is taken back."""

from __future__ import annotations

from tests.session.playing import Play
from tests.session.routines import routine
from voice_coach.session import words
from voice_coach.session.events import Hush, Note
from voice_coach.session.snapshot import snapshot
from voice_coach.session.state import Doing, Ended, Offering


def stopped() -> Play:
    """Somebody stopped amid the kneading of the left calf, and cries out while the coach says goodbye."""
    play = Play(routine("calf")).story("step two", 40.0, "stop", 1.0)
    play.hear("it hurts")
    return play


def test_the_end_stays_and_its_last_words_are_heard_out() -> None:
    play = stopped()
    assert isinstance(play.session.phase, Ended)
    assert play.effects[0] == Hush()
    assert words.ENDED in play.said


def test_who_takes_the_end_back_is_offered_something_gentler() -> None:
    play = stopped().story(5.0)
    play.hear("continue")
    assert isinstance(play.session.phase, Offering)
    assert "Something gentler" in play.said
    assert [report.pressure for report in play.session.reports] == [3]


def test_another_day_it_is_known() -> None:
    play = stopped().story(5.0)
    kept = snapshot(play.session, play.now)
    assert kept
    assert len(kept["reports"]) == 1


def test_a_repeated_cry_is_one_report_and_later_ones_leave_out_and_end() -> None:
    play = stopped().story(1.0, "it hurts")
    assert len(play.session.reports) == 1
    play.story(5.0, "continue", 3.0, "yes", 5.0, "stop", 1.0)
    play.hear("it hurts")
    notes = [effect.event for effect in play.effects if isinstance(effect, Note)]
    assert sorted(notes) == ["note", "pain"], "the report, and the place that is left out"
    play.story(5.0, "continue", 3.0, "yes", 25.0, "stop", 1.0)
    play.hear("it hurts")
    assert isinstance(play.session.phase, Ended)
    assert play.session.phase.reason == "pain"
    assert words.ADVICE in play.said


def test_the_report_alone_is_taken_back_by_undo() -> None:
    play = Play(routine("calf")).story("step two", 40.0, "softer", 5.0, "stop", 1.0, "it hurts", 5.0, "continue", 3.0)
    play.hear("undo")
    assert isinstance(play.session.phase, Doing)
    assert play.session.phase.rung == 1, "softer stays"


def test_a_place_that_is_left_out_then_is_told() -> None:
    play = stopped().story(5.0, "continue", 3.0, "yes", 25.0, "stop", 1.0)
    play.hear("it hurts")
    assert "I leave the left calf out from now on." in play.said


def test_water_that_was_only_announced_is_left_too() -> None:
    assert "Lift the feet out" in Play(routine("bath")).story(1.0, "stop").said
