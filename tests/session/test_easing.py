"""Easing in: however a step is come to, the pressure rises by one level at a time."""

from __future__ import annotations

import pytest

from tests.session.playing import Play
from tests.session.routines import SHIPPED, routine
from voice_coach.person import Person
from voice_coach.rehearsal import Rehearsal
from voice_coach.routine.body import Area, Side
from voice_coach.routine.model import Outcome
from voice_coach.session import words
from voice_coach.session.events import Effect, Lost, Note
from voice_coach.session.state import Asking, Changing, Doing, Offering, Preparing, Session
from voice_coach.session.timeline import length, tempo
from voice_coach.stage import Line, play


def levels(effects: list[Effect]) -> list[object]:
    """What the easing goes through, and "start" for the work itself."""
    cues = [effect.data for effect in effects if isinstance(effect, Note) and effect.event == "cue"]
    return [cue.get("pressure", cue["cue"]) for cue in cues if cue["cue"] in ("ease", "start")]


def kneading() -> Play:
    """The kneading of the left calf, pressure 3, is announced; no hands were on before."""
    return Play(routine("calf")).story("step two")


def test_firm_work_at_the_beginning_is_come_to_by_every_level() -> None:
    played = Play(routine("leg-front"))
    while isinstance(phase := played.session.phase, Asking | Preparing):
        no = isinstance(phase, Asking) and phase.questions[phase.index].no is Outcome.GO_ON
        played.hear("no" if no else "yes")
    number = next(turn.index for turn in played.session.turns if turn.step.pressure == 4)
    played.hear(f"step {number + 1}")
    assert levels(played.wait(45.0)) == [1, 2, 3, "start"]


def test_the_clock_and_the_beat_wait_for_the_work_itself() -> None:
    played = kneading()
    assert levels(played.wait(21.0)) == [1, 2]
    doing = played.session.phase
    assert isinstance(doing, Doing)
    assert (doing.elapsed(played.now), tempo(played.session)) == (0.0, 0.0)
    assert levels(played.wait(2.0)) == ["start"]
    assert tempo(played.session) > 0


@pytest.mark.parametrize(("seconds", "softly"), [(60.0, []), (1200.0, [1, 2])])
def test_after_a_long_pause_hands_come_back_softly(seconds: float, softly: list[object]) -> None:
    played = kneading().story(40.0, "pause", seconds, "continue")
    assert levels(played.wait(30.0)) == softly


def test_what_is_gentle_enough_begins_at_once() -> None:
    played = kneading().story(30.0, "next", 20.0)
    assert isinstance(played.session.phase, Doing)
    assert played.session.phase.ease == 0


def test_a_pause_keeps_what_is_left_of_the_easing() -> None:
    played = kneading().story(2.0, 14.0, "pause", 100.0, "continue")
    assert isinstance(played.session.phase, Doing)
    assert played.session.phase.ease == 6.0
    assert levels(played.story().wait(9.0)) == [2, "start"]


def test_hands_that_let_go_come_back_softly() -> None:
    played = kneading().story(30.0, "pain", 3.0, "yes")
    assert levels(played.wait(15.0)) == [1, "start"], "and only up to the gentler way"


def test_pain_while_easing_in_offers_less_than_that() -> None:
    played = kneading().story(4.0, "pain")
    assert isinstance(played.session.phase, Offering)
    assert played.session.reports[0].pressure == 1
    rung = played.session.phase.rung
    assert rung is not None
    assert played.session.turns[2].step.ladder[rung - 1].pressure == 0


def test_the_end_is_soft_even_where_the_last_strokes_are_left_out() -> None:
    content = routine("calf")
    played = Play(content.model_copy(update={"steps": content.steps[:2]})).work("knead").story("skip")
    assert played.said.startswith(words.SOFT_END)


@pytest.mark.parametrize("name", SHIPPED)
def test_who_goes_the_whole_way_is_never_eased_in(name: str) -> None:
    """The order of a routine that keeps the rules does that by itself."""
    told: list[Line] = []
    content = routine(name)
    play(content, Rehearsal((), Person(content)), told.append)
    assert not [line for line in told if line.get("cue") == "ease"]


# After a report ------------------------------------------------------------------------------------


def test_a_later_step_stays_below_what_was_too_strong_there() -> None:
    played = Play(routine("calf")).work("stroke").story("pain", 3.0, "yes", 40.0)
    assert played.session.reports[0].area == Area("calf", Side.LEFT)
    played.story("step two")
    doing = played.session.phase
    assert isinstance(doing, Doing)
    assert played.session.turns[doing.turn].rung(doing.rung).pressure == 1
    assert words.GENTLER_HERE in played.said
    played.wait(3.0)
    while not isinstance(played.session.phase, Changing):
        played.wait(5.0)
    played.wait(9.0)
    assert isinstance(played.session.phase, Doing)
    assert played.session.phase.rung == 0, "the other side did not hurt"


def test_a_step_that_is_gentler_anyway_is_done_as_it_is() -> None:
    played = Play(routine("calf")).work("knead").story("pain", 3.0, "yes", 30.0, "step one")
    assert isinstance(played.session.phase, Doing)
    assert played.session.phase.rung == 0


# More time -----------------------------------------------------------------------------------------


def side(session: Session) -> Side:
    assert isinstance(session.phase, Doing)
    return session.turns[session.phase.turn].side


def test_the_other_side_gets_the_same_time() -> None:
    played = Play(routine("calf")).work("knead").story("more time")
    assert words.LONGER in played.said
    assert length(played.session, 2) == length(played.session, 3) == 90.0
    played.story("next", "ready")
    assert side(played.session) is Side.RIGHT
    assert isinstance(played.session.phase, Doing)
    assert played.session.phase.length == 90.0


def test_the_second_side_gets_no_more_than_the_first_had() -> None:
    played = Play(routine("calf")).work("knead").story("next", "ready", 10.0, "more time")
    assert side(played.session) is Side.RIGHT
    assert words.SAME_SIDES in played.said


def test_it_does_where_the_first_was_left_out() -> None:
    played = Play(routine("calf")).work("knead").story("pain", 3.0, "no", 3.0)
    played.story("ready", 25.0)
    assert side(played.session) is Side.RIGHT
    assert words.LONGER in played.story("more time").said


def test_after_the_computer_slept_hands_come_back_softly() -> None:
    played = kneading().story(40.0)
    played.happen(Lost("computer", "It was asleep.", asleep=3600.0))
    played.story(3.0, "continue")
    assert levels(played.wait(30.0)) == [1, 2]


def test_more_time_of_a_gentler_way_makes_the_other_side_no_longer_than_it_may_be() -> None:
    played = Play(routine("egyptian-feet")).work("foot-deep").story(50.0, "softer", 5.0)
    played.story("more time", 3.0, "more time", 3.0)
    played.hear("more time")
    assert words.NO_LONGER in played.said
    other = next(n for n, turn in enumerate(played.session.turns) if turn.step.id == "foot-deep") + 1
    assert length(played.session, other) <= 120.0


def test_slower_is_a_command_of_its_own_to_take_back() -> None:
    played = Play(routine("calf")).story(10.0, "next", 10.0, "slower", 3.0)
    place = played.session.phase
    assert isinstance(place, Doing)
    played.hear("undo")
    assert played.session.pace == 1.0
    assert isinstance(played.session.phase, Doing)
    assert played.session.phase.turn == place.turn
