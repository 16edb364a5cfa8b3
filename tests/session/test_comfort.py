"""Check-ins: who does not answer is not pressed on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.session.playing import Play
from tests.session.routines import SHIPPED, routine
from voice_coach.commands import PHRASES, Command
from voice_coach.person import Person
from voice_coach.rehearsal import Rehearsal
from voice_coach.routine.findings import hands_on
from voice_coach.routine.model import TO_ANSWER, Routine
from voice_coach.session import words
from voice_coach.session.events import Earcon, Hush, Sound
from voice_coach.session.state import Doing, Offering, Paused
from voice_coach.session.timeline import FIRM, FIRM_PART, check_ins
from voice_coach.stage import Line, play

FIRM_ROUTINES = {
    name: [step.id for step in routine(name).steps if step.pressure >= FIRM and hands_on(step)] for name in SHIPPED
}


def firm() -> Play:
    """In the middle of firm work, just asked."""
    played = Play(routine("leg-front")).work("knead")
    asked(played)
    assert played.said == f"{words.FOR_RECEIVER} {words.COMFORTABLE}"
    return played


def asked(played: Play) -> None:
    for _ in range(1000):
        played.wait(0.1)
        if isinstance(played.session.phase, Doing) and played.session.phase.asked is not None:
            return
    raise AssertionError("nobody asked")


def light(pressure: int = 2) -> Play:
    """A step of that pressure whose author wants a check-in at 10 s, just asked."""
    content = routine("calf")
    step = content.steps[0].model_copy(update={"check_ins": (10.0,), "pressure": pressure})
    played = Play(content.model_copy(update={"steps": (step, *content.steps[1:])})).work("stroke")
    asked(played)
    return played


def test_some_routines_are_firm() -> None:
    """Otherwise the tests below would say nothing."""
    assert sum(bool(steps) for steps in FIRM_ROUTINES.values()) >= 3


@pytest.mark.parametrize("name", [name for name, steps in FIRM_ROUTINES.items() if steps])
def test_nobody_is_pressed_firmly_for_longer_than_half_a_minute_unasked(name: str) -> None:
    told: list[Line] = []
    content: Routine = routine(name)
    assert play(content, Rehearsal((), Person(content)), told.append) == "finished"
    pressed, since, step, asked = 0.0, None, "", 0
    for line in told:
        t = float(str(line["t"]))
        match line:
            case {"event": "step", "id": str(step)}:
                pass
            case {"event": "cue", "cue": "start"} if step in FIRM_ROUTINES[name]:
                since = t
            case {"event": "cue", "cue": str(cue)} if since is not None and (cue == "end" or "check_in" in cue):
                pressed += t - since
                assert pressed <= FIRM_PART + 0.1
                pressed, since = (pressed, None) if cue == "end" else (0.0, t)
                asked += cue != "end"
    assert asked >= len(FIRM_ROUTINES[name])


def test_no_answer_to_firm_work_is_a_pause_and_it_goes_on_where_it_was() -> None:
    played = firm()
    played.wait(TO_ANSWER + 0.1)
    assert played.said == words.NO_SIGN
    paused = played.session.phase
    assert isinstance(paused, Paused)
    assert isinstance(paused.phase, Doing)
    left = paused.phase.length - paused.phase.done
    played.story("continue", 2.0)
    assert isinstance(played.session.phase, Doing)
    assert played.session.phase.length - played.session.phase.elapsed(played.now) == pytest.approx(left)


@pytest.mark.parametrize(("pressure", "goes_on"), [(1, True), (2, True), (3, False)])
def test_no_answer_lets_only_light_work_go_on(pressure: int, goes_on: bool) -> None:
    played = light(pressure)
    assert isinstance(played.session.phase, Doing)
    done = played.session.phase.elapsed(played.now)
    played.wait(TO_ANSWER + 1)
    phase = played.session.phase
    assert isinstance(phase, Doing) == goes_on
    if isinstance(phase, Doing):
        assert phase.elapsed(played.now) == pytest.approx(done + TO_ANSWER + 1), "the clock has not waited"


@pytest.mark.parametrize("phrase", ["yes", "ready", "continue"])
def test_yes_is_answered_by_a_sound_and_the_work_goes_on(phrase: str) -> None:
    played = firm()
    assert played.hear(phrase) == [Sound(Earcon.HEARD)]
    played.wait(TO_ANSWER + 1)
    assert isinstance(played.session.phase, Doing)


def test_no_is_a_report_and_something_gentler_is_offered() -> None:
    played = firm()
    assert played.hear("no")[0] == Hush()
    assert isinstance(played.session.phase, Offering)
    assert len(played.session.reports) == 1
    before = Play(routine("calf")).work("stroke")
    assert before.hear("no") == [Sound(Earcon.NOTHING)], "nobody had asked"


def test_whatever_else_is_said_shows_that_all_is_well() -> None:
    for phrase, match in PHRASES.items():
        if match.command in (Command.REPEAT, Command.GO_TO):
            continue
        played = firm()
        played.hear(phrase)
        assert not (isinstance(played.session.phase, Doing) and played.session.phase.asked is not None), phrase


def test_repeat_asks_again_with_the_whole_time_to_answer() -> None:
    played = firm().story(TO_ANSWER - 1.0, "repeat")
    assert played.said == f"{words.FOR_RECEIVER} {words.COMFORTABLE}"
    played.wait(TO_ANSWER - 1.0)
    assert isinstance(played.session.phase, Doing)
    played.wait(2.0)
    assert isinstance(played.session.phase, Paused)


def test_a_coach_that_sleeps_asks_too_and_hears_the_answer() -> None:
    played = Play(routine("leg-front")).work("knead").story("go to sleep")
    asked(played)
    assert played.hear("next") == []
    played.hear("yes")
    played.wait(TO_ANSWER + 1)
    assert isinstance(played.session.phase, Doing)


def test_a_pause_is_an_answer_too() -> None:
    played = firm().story("pause", 100.0, "continue", 3.0)
    assert isinstance(played.session.phase, Doing)
    assert played.session.phase.asked is None


def test_a_gentler_way_is_asked_about_where_the_author_asks_but_not_a_rest() -> None:
    content = routine("calf")
    step = content.steps[1].model_copy(update={"check_ins": (10.0,)})
    played = Play(content.model_copy(update={"steps": (content.steps[0], step, *content.steps[2:])})).work("knead")
    asked(played)
    asked(played.story("yes", "pain", 5.0, "yes"))
    assert isinstance(played.session.phase, Doing)
    assert (played.session.phase.rung, played.session.phase.asked) == (1, 10.0)
    rest = replace(played.session.phase, rung=len(step.ladder), asked=None, done=0.0, length=60.0)
    assert check_ins(played.session, rest) == {}


def test_after_more_time_nobody_is_forgotten_where_the_author_asks_too() -> None:
    """The firm parts become others then, and what was asked before was another question."""
    content = routine("leg-front")
    step = next(step for step in content.steps if step.id == "knead")
    step = step.model_copy(update={"duration": 40.0, "check_ins": (20.0,)})
    step.__dict__.pop("seconds", None)
    played = Play(content.model_copy(update={"steps": (step,)})).work("knead")
    asked(played)
    asked(played.story("yes"))
    played.story("yes", "more time")
    since = played.now
    asked(played)
    assert played.now - since <= FIRM_PART


@pytest.mark.parametrize("kind", ["rubbing", "moving"])
def test_firm_work_is_asked_about_whatever_its_kind(kind: str) -> None:
    content = routine("calf")
    technique = content.steps[0].technique.model_copy(update={"kind": kind})
    firm = {"technique": technique, "pressure": FIRM, "duration": 60.0, "check_ins": ()}
    step = content.steps[0].model_copy(update=firm)
    step.__dict__.pop("seconds", None)
    played = Play(content.model_copy(update={"steps": (step, *content.steps[1:])}))
    assert [*check_ins(played.session, Doing(0, 60.0)).values()] == [15.0, 45.0]
