"""What runs beside the steps: a bath of four minutes, with the hands at work meanwhile."""

from __future__ import annotations

import json

import pytest

from tests.session.playing import Play
from tests.session.routines import routine
from voice_coach.commands import Command
from voice_coach.session import words
from voice_coach.session.events import Earcon, Effect, Heard, Hush, Lost, Say
from voice_coach.session.session import begin
from voice_coach.session.snapshot import restore, snapshot
from voice_coach.session.state import Doing, Ended, Offering, Paused, Waiting

OVER = "The time for the foot bath is over."
OUT = "Lift the feet out onto the towel."
BEGUN = 2.0
"""When the bath begins: whatever is said takes two seconds."""


def bath(*story: str | float) -> Play:
    """A session of the bath in which that happened."""
    return Play(routine("bath")).story(*story)


def told(effects: list[Effect], line: str) -> list[Say]:
    """Where *line* was said."""
    return [effect for effect in effects if isinstance(effect, Say) and line in effect.lines]


def at_step(play: Play) -> str:
    """The id of the step with hands on."""
    assert isinstance(play.session.phase, Doing)
    return play.session.turns[play.session.phase.turn].step.id


def test_the_hands_work_while_the_bath_runs_and_then_it_is_waited_for() -> None:
    play = bath()
    assert told(play.wait(120.0), "About 2 minutes left.")
    assert isinstance(play.session.phase, Waiting)
    effects = play.wait(BEGUN + 240.0 - 120.0)
    assert [line for effect in effects if isinstance(effect, Say) for line in effect.lines][:2] == [
        "About one minute left.",
        OVER,
    ]
    assert at_step(play) == "dry"
    assert play.session.beside is None


def test_a_bath_goes_on_while_the_computer_sleeps_and_hands_on_work_does_not() -> None:
    play = bath(25.0)
    assert isinstance(play.session.phase, Doing)
    done = play.session.phase.elapsed(play.now)
    effects = play.happen(Lost("computer", "It was asleep.", asleep=3600.0))
    assert told(effects, words.COMPUTER_SLEPT)
    assert isinstance(play.session.phase, Paused)
    assert isinstance(play.session.phase.phase, Doing)
    assert play.session.phase.phase.done == pytest.approx(done)
    assert told(play.wait(5.0), OVER)


def test_who_is_slow_is_told_amid_the_step_and_goes_on_without_waiting() -> None:
    play = bath(25.0, "pause", 190.0, "continue", 3.0)
    assert at_step(play) == "hands"
    effects = play.wait(25.0)
    (said,) = told(effects, OVER)
    assert said.earcon is Earcon.CUE
    assert at_step(play) == "hands"
    play.wait(60.0)
    assert at_step(play) == "dry"


def test_the_water_does_not_wait_in_a_pause() -> None:
    play = bath(30.0)
    play.hear("pause")
    assert play.said == "Paused. Say continue when you like. The foot bath goes on meanwhile."
    effects = play.wait(1000.0)
    assert len(told(effects, OVER)) == 1
    assert len(told(effects, OUT)) == 1, "the longest time ends as well"
    assert isinstance(play.session.phase, Paused)
    play.hear("pause")
    assert "meanwhile" not in play.said


def test_the_longest_time_is_told_in_the_midst_of_a_step() -> None:
    play = bath(25.0, "pause", 330.0, "continue")
    (said,) = told(play.wait(30.0), OUT)
    assert said.earcon is Earcon.CUE
    assert at_step(play) == "hands"


def test_a_pause_in_which_the_bath_ends_is_followed_by_the_next_step() -> None:
    play = bath(120.0, "pause", 300.0)
    play.hear("continue")
    assert at_step(play) == "dry"
    assert "Rest until" not in play.said


def test_how_long_counts_the_bath() -> None:
    play = bath(30.0)
    play.hear("how long")
    assert play.said == "The foot bath takes 4 minutes more. About 25 seconds here, and 5 minutes in all."
    play.wait(90.0)
    play.hear("how long")
    assert play.said == "About 2 minutes here, and 3 minutes in all."
    assert routine("bath").seconds == 240 + 60


@pytest.mark.parametrize("word", ["next", "skip", "ready", "continue"])
def test_who_has_had_enough_goes_on(word: str) -> None:
    play = bath(120.0, word)
    assert at_step(play) == "dry"
    assert play.session.beside is None


@pytest.mark.parametrize("seconds", [1.0, 10.0])
def test_who_skips_the_bath_itself_leaves_the_water_and_dries(seconds: float) -> None:
    """Before its clock has started as well: the feet may be in the water already."""
    play = bath(seconds, "skip")
    assert at_step(play) == "dry"
    assert play.session.beside is None
    play.wait(60.0)
    assert at_step(play) == "oil"
    assert bath(seconds, "pause", 5.0, "skip").session.beside is None


def test_who_goes_on_early_keeps_the_bath_running() -> None:
    play = bath(10.0, "next")
    assert at_step(play) == "hands"
    assert play.session.beside is not None


def test_going_back_keeps_the_bath_and_coming_again_does_not_prolong_it() -> None:
    play = bath(120.0, "back", 3.0)
    assert at_step(play) == "hands"
    since = play.session.beside
    play.story("step one", 3.0)
    assert at_step(play) == "in"
    assert play.session.beside == since


def test_going_past_the_drying_takes_the_feet_out_first() -> None:
    play = bath(30.0, "step four")
    assert play.said.startswith(OUT)
    assert play.session.beside is None
    play.story("step one", 3.0)
    assert play.session.beside is not None, "a new bath"


def test_half_a_minute_more_until_the_longest_time() -> None:
    play = bath(120.0)
    for _ in range(4):
        play.hear("more time")
        assert play.said == "Half a minute more."
    play.hear("more time")
    assert play.said == "This one stays as it is."
    play.wait(BEGUN + 360.0 - play.now - 0.1)
    assert isinstance(play.session.phase, Waiting)
    play.wait(0.2)
    assert at_step(play) == "dry"


@pytest.mark.parametrize("seconds", [10.0, 120.0])
def test_a_report_in_the_bath_ends_it_and_the_feet_are_dried(seconds: float) -> None:
    play = bath(seconds)
    assert play.hear("ouch")[0] == Hush()
    assert play.said == f"Let go. {OUT} Say ready to go on."
    assert isinstance(play.session.phase, Offering)
    assert not play.session.left_out
    play.story(2.0, "ready")
    assert at_step(play) == "dry"


def test_a_second_report_leaves_the_feet_alone() -> None:
    play = bath(10.0, "ouch", 5.0, "ready", 10.0, "ouch")
    assert "I leave both feet out from now on." in play.said


def test_a_report_about_the_hands_ends_the_bath_too() -> None:
    play = bath(40.0, "ouch")
    assert play.said.startswith(f"Let go. {OUT} Something gentler")
    assert play.session.beside is None
    play.story("skip", 5.0)
    assert not told(play.wait(55.0), "Rest until the foot bath is over.")
    assert at_step(play) == "dry"


def test_stop_says_how_to_end_and_can_be_taken_back() -> None:
    play = bath(120.0)
    play.hear("stop")
    assert isinstance(play.session.phase, Ended)
    assert play.said.endswith(OUT)
    play.story(5.0, "continue")
    assert isinstance(play.session.phase, Waiting)
    play.wait(BEGUN + 240.0 - play.now + 1.0)
    assert at_step(play) == "dry"


def test_another_day_the_bath_is_over() -> None:
    for seconds in (40.0, 120.0):
        play = bath(seconds)
        kept = json.loads(json.dumps(snapshot(play.session, play.now)))
        again = Play(routine("bath"))
        again.session, effects = begin(routine("bath"), restore(routine("bath"), kept))
        again._notice(effects)
        again.wait(3.0)
        again.hear("yes")
        assert told(again.wait(10.0), OVER)
        again.story("continue", 15.0)
        assert at_step(again) == ("hands" if seconds == 40.0 else "dry")


def test_water_that_is_too_hot_is_left_before_its_clock_has_begun() -> None:
    play = bath(1.0)
    assert play.session.beside is None
    play.hear("ouch")
    assert OUT in play.said
    assert not play.session.left_out
    play.story(3.0, "ready")
    assert at_step(play) == "dry"


def test_after_a_report_in_the_bath_hands_stroke_at_most() -> None:
    content = routine("foot-bath")
    play = Play(content).work("soak").story("ouch", 3.0, "ready", 3.0)
    heel = next(number for number, step in enumerate(content.steps, start=1) if step.id == "heel")
    play.happen(Heard(Command.GO_TO, f"step {heel}", "command", heel))
    assert isinstance(phase := play.session.phase, Doing)
    assert play.session.turns[phase.turn].rung(phase.rung).pressure == 1


def test_a_bath_that_is_begun_again_has_its_time_again() -> None:
    play = bath(30.0, "pause", 1000.0, "start over", 3.0)
    assert play.session.beside is not None
    assert play.session.beside.told == 0
    play.hear("pause")
    assert told(play.wait(400.0), OUT)


def test_taking_a_command_back_does_not_warm_the_water() -> None:
    play = bath(30.0, "next", 3.0)
    play.happen(Lost("computer", "It was asleep.", asleep=150.0))
    play.story(3.0, "undo")
    play.hear("how long")
    assert "The foot bath takes 55 seconds more." in play.said


def test_more_of_the_bath_is_taken_back_and_nothing_else() -> None:
    play = bath(120.0, "more time", 3.0, "undo", 3.0)
    assert isinstance(play.session.phase, Waiting)
    assert play.session.beside is not None
    assert play.session.beside.length == 240.0


def test_a_bath_that_is_over_does_not_begin_again_where_its_own_step_goes_on() -> None:
    play = bath(10.0, "pause", 1000.0, "continue", 3.0)
    assert at_step(play) == "in"
    assert play.session.beside is not None
    assert play.session.beside.told == 2
