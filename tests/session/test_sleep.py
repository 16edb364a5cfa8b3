"""Asleep: people may talk to each other, and only what keeps them safe is heard."""

from __future__ import annotations

import pytest

from tests.session.playing import Play
from tests.session.routines import routine
from voice_coach.commands import PHRASES, Command, find_safety
from voice_coach.session import words
from voice_coach.session.events import Effect, Hush, Lost, Note, Returned
from voice_coach.session.state import Asking, Doing, Ended, Offering, Paused


def asleep(name: str = "calf") -> Play:
    played = Play(routine(name)).story(*(["no", "no", "no", "ready", "ready"] if name == "screened" else []), 20.0)
    assert isinstance(played.session.phase, Doing)
    played.hear("go to sleep")
    assert played.said == words.ASLEEP
    return played


def cues(effects: list[Effect]) -> list[object]:
    return [effect.data["cue"] for effect in effects if isinstance(effect, Note) and effect.event == "cue"]


def test_ordinary_talk_changes_nothing_and_is_not_answered() -> None:
    for phrase, match in PHRASES.items():
        played = asleep()
        before = played.session
        if match.command not in (Command.STOP, Command.PAIN, Command.RED_FLAG, Command.WAKE):
            assert played.hear(phrase) == [], phrase
            assert played.session == before


def test_the_work_goes_on_with_its_cues() -> None:
    assert {"end", "change_sides", "start"} <= set(cues(asleep().wait(60.0)))


def test_stop_is_heard_and_can_be_taken_back() -> None:
    played = asleep()
    assert played.hear("stop")[0] == Hush()
    assert isinstance(played.session.phase, Ended)
    played.hear("continue")
    assert isinstance(played.session.phase, Doing)


def test_pain_is_heard_and_so_is_the_answer_to_what_is_offered_then() -> None:
    played = asleep()
    assert played.hear("ow")[0] == Hush()
    assert isinstance(played.session.phase, Offering)
    played.wait(3.0)
    played.hear("yes")
    assert isinstance(played.session.phase, Doing)


def test_red_flags_and_their_questions_are_heard() -> None:
    played = asleep("screened")
    played.hear("pain")
    assert isinstance(played.session.phase, Asking)
    played.hear("yes")
    assert isinstance(played.session.phase, Ended)
    assert words.RED_FLAG_ADVICE in asleep("screened").story("pins and needles").said


def test_keys_are_obeyed() -> None:
    played = asleep()
    played.hear(Command.PAUSE)
    assert isinstance(played.session.phase, Paused)


def test_a_coach_that_needs_an_answer_is_awake() -> None:
    played = asleep()
    played.happen(Lost("microphone", "It is gone."))
    played.hear("continue")
    assert isinstance(played.session.phase, Doing)
    assert played.hear("next")


def test_waking_says_what_is_waited_for() -> None:
    played = Play(routine("screened")).story("no", "no", "no", 3.0, "go to sleep", 3.0, "ready")
    assert "cushion" in played.story("wake up").said
    assert "Warm your hands" in played.story("ready").said


@pytest.mark.parametrize("phrase", ["wake up", "please wake up"])
def test_waking(phrase: str) -> None:
    played = asleep()
    played.hear(phrase)
    assert played.said == words.AWAKE
    played.hear("next")
    assert "Change sides" in played.said


def test_the_words_for_it_are_no_safety_words() -> None:
    for command in (Command.SLEEP, Command.WAKE):
        said = [phrase for phrase, match in PHRASES.items() if match.command is command]
        assert said
        assert not any(find_safety(phrase) for phrase in said)


def test_another_question_wakes_it_too() -> None:
    played = Play(routine("screened")).story(3.0, "go to sleep", 3.0)
    assert isinstance(played.session.phase, Asking)
    assert played.session.asleep
    played.wait(9.0)
    assert not played.session.asleep, "it asked again"
    played.hear("no")
    assert isinstance(played.session.phase, Asking)
    assert played.session.phase.index == 1


def test_a_reminder_wakes_it() -> None:
    played = Play(routine("screened")).story("no", "no", "no", 3.0, "go to sleep", 40.0)
    assert not played.session.asleep
    before = played.session.phase
    played.hear("ready")
    assert played.session.phase != before


def test_ears_that_are_back_wake_it() -> None:
    played = asleep()
    played.hear(Command.PAUSE)
    played.hear("wake up")
    played.hear("go to sleep")
    assert played.session.asleep
    played.happen(Lost("microphone", "It is gone."))
    played.happen(Returned("microphone"))
    played.hear("continue")
    assert isinstance(played.session.phase, Doing)


def test_a_second_report_wakes_it() -> None:
    played = asleep().story("ow", 5.0)
    played.hear("go to sleep")
    played.wait(1.0)
    played.hear("ow")
    assert isinstance(played.session.phase, Offering)
    played.story(3.0, "yes")
    assert not isinstance(played.session.phase, Offering)
