"""Rehearsals: typed scripts in virtual time, and the simulated person who answers the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.session.routines import routine
from voice_coach.commands import Command
from voice_coach.errors import UserError
from voice_coach.person import THINKING, Person, Wish
from voice_coach.rehearsal import WORDS_PER_MINUTE, Rehearsal, hear, read_script
from voice_coach.session import words
from voice_coach.session.events import Heard, Hush, Note, Say, Spoken, Tick, Told
from voice_coach.stage import Line, play

NEXT = Heard(Command.NEXT, "next")


# Scripts ------------------------------------------------------------------------------------------


def test_a_script_has_times_phrases_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "script.txt"
    path.write_text("# story\n\n 12.5 next # aside\n1:30 go to step 3\n0 Ouch, that is my knee!\n")
    assert read_script(path) == (
        (12.5, NEXT),
        (90.0, Heard(Command.GO_TO, "go to step three", "command", 3)),
        (0.0, Heard(Command.PAIN, "ouch", "safety")),
    )


def test_how_strong_it_is_may_be_in_a_script(tmp_path: Path) -> None:
    path = tmp_path / "script.txt"
    path.write_text("5 pain 7\n8 strong\n")
    pain = Heard(Command.PAIN, "pain", "safety")
    assert read_script(path) == ((5.0, pain), (5.0, Told("pain seven")), (8.0, Told("strong")))


@pytest.mark.parametrize("time", ["soon", "-1", "nan", "inf", "1e9", "1:2:3", ":", "1:x", "9" * 400 + ":30"])
def test_what_is_no_time(time: str, tmp_path: Path) -> None:
    path = tmp_path / "script.txt"
    path.write_text(f"{time} next\n")
    with pytest.raises(UserError, match="is not a time"):
        read_script(path)


def test_a_script_as_some_editors_save_it(tmp_path: Path) -> None:
    path = tmp_path / "script.txt"
    path.write_bytes(b"\xef\xbb\xbf5 next\r\n6 stop\r\n")
    assert read_script(path) == ((5.0, NEXT), (6.0, Heard(Command.STOP, "stop", "safety")))


def test_an_empty_script_is_a_silent_person(tmp_path: Path) -> None:
    path = tmp_path / "script.txt"
    path.write_text("")
    assert read_script(path) == ()


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("chest pain", Command.RED_FLAG),
        ("my chest hurts", Command.RED_FLAG),
        ("it hurts", Command.PAIN),
        ("please go on", None),
        ("stop, it hurts", Command.STOP),
    ],
)
def test_typed_words_are_heard_as_spoken_ones_would_be(text: str, command: Command | None) -> None:
    heard = hear(text)
    assert (heard and heard.command) == command


# Time ---------------------------------------------------------------------------------------------


def test_speech_takes_its_time_and_a_hush_cuts_it_off() -> None:
    stage = Rehearsal()
    stage.act(Say(("four words in all", "and four words more"), 7))
    assert stage.wait(None) == (Spoken(7), 8 * 60 / WORDS_PER_MINUTE)
    stage.act(Say(("something",), 8))
    stage.act(Hush())
    assert stage.wait(None) is None


def test_whatever_comes_first_comes_first() -> None:
    stage = Rehearsal([(5.0, NEXT), (1.0, NEXT)])
    assert stage.wait(3.0) == (NEXT, 1.0)
    assert not stage.quiet
    assert stage.wait(3.0) == (Tick(), 3.0)
    assert stage.wait(9.0) == (NEXT, 5.0)
    assert stage.quiet
    assert stage.wait(None) is None


def test_time_never_runs_backwards() -> None:
    stage = Rehearsal([(5.0, NEXT)])
    stage.wait(None)
    assert stage.wait(2.0) == (Tick(), 5.0)


# The simulated person -----------------------------------------------------------------------------


def test_the_person_thinks_then_answers_once() -> None:
    person = Person(routine("screened"))
    person.notice(Say(("Is there a fever?",), 1), 0.0)
    assert person.due is None
    person.spoken_to(4.0)
    assert person.due == 4.0 + THINKING
    assert person.speak(4.0) is None
    assert person.speak(4.0 + THINKING) == "no"
    assert person.due is None


def test_an_answer_in_mind_is_not_given_to_the_next_question() -> None:
    person = Person(routine("screened"))
    person.notice(Say(("Is there a fever?",), 1), 0.0)
    person.spoken_to(4.0)
    person.notice(Say(("Warm your hands.",), 2), 4.5)
    assert person.due is None
    assert person.speak(10.0) is None


def test_wishes_come_in_their_turn_and_a_hush_forgets_them() -> None:
    person = Person(routine("calf"), [Wish(2, 3.0, "pain"), Wish(2, 1.0, "how long")])
    start = Note("cue", {"cue": "start"})
    person.notice(start, 10.0)
    assert person.due is None
    person.notice(start, 20.0)
    assert person.due == 21.0
    assert person.speak(21.0) == "how long"
    assert person.due == 23.0
    person.notice(Hush(), 22.0)
    assert person.due is None


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (words.SAY_GENTLER, "yes"),
        (words.SAY_READY, "i am ready"),
        (words.SAY_ON, "i am ready"),
        (words.PAUSED, "continue"),
        (words.NOTED, "continue"),
        (words.HALF, None),
    ],
)
def test_what_a_willing_person_says(line: str, answer: str | None) -> None:
    person = Person(routine("calf"))
    person.notice(Say(("Something first.", line), 1), 0.0)
    person.spoken_to(1.0)
    assert person.speak(100.0) == answer


def test_a_script_and_a_person_share_a_session() -> None:
    told: list[Line] = []
    content = routine("screened")
    stage = Rehearsal([(45.0, Heard(Command.PAIN, "ow", "safety"))], Person(content))
    assert play(content, stage, told.append) == "finished"
    assert [line["answer"] for line in told if "question" in line] == [False] * 5
