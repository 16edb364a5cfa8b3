"""The coach's own sentences: it must not hear itself, and what it says about time must make sense."""

from __future__ import annotations

import re

import pytest

from tests.session.playing import Play
from tests.session.routines import SHIPPED, SMALL, routine
from voice_coach.commands import Command, find_safety, understand
from voice_coach.person import Person
from voice_coach.rehearsal import Rehearsal
from voice_coach.routine.body import Side
from voice_coach.routine.body_map import body_map
from voice_coach.routine.options import chosen
from voice_coach.routine.tailor import tailor
from voice_coach.session import announcements, own_questions, times, words
from voice_coach.session.events import Heard, Say
from voice_coach.session.repertoire import repertoire
from voice_coach.session.state import (
    PHASES,
    Asking,
    Changing,
    Closing,
    Doing,
    Ended,
    Offering,
    Paused,
    Preparing,
    Waiting,
    turns,
)
from voice_coach.stage import Line, play

TEACHING = (words.TEACH, words.TEACH_TWO)
EVERY_PHASE = (
    Asking((own_questions.DOCTOR,), Preparing()), Preparing(), Doing(0, 60), Changing(1), Waiting(2),
    Offering(0, 1), Paused(Closing()), Closing(), Ended("stopped", 0),
)  # fmt: skip


@pytest.mark.parametrize("name", SHIPPED)
def test_no_sentence_is_heard_as_a_command(name: str) -> None:
    for line in repertoire(routine(name)):
        assert line.strip()
        assert understand(line) is None, line
        assert line in TEACHING or find_safety(line) is None, line


def test_one_sentence_teaches_the_safety_words() -> None:
    assert find_safety(words.TEACH)
    assert [line for line in words.FIXED if find_safety(line)] == list(TEACHING)


def test_fixed_sentences_are_there_once() -> None:
    assert len(set(words.FIXED)) == len(words.FIXED)
    assert all(line[0].isupper() and line[-1] in ".?" for line in words.FIXED)


def test_help_is_short_and_every_phase_has_it() -> None:
    assert {type(phase) for phase in EVERY_PHASE} == set(PHASES)
    for phase in EVERY_PHASE:
        for line in words.help_lines(phase):
            assert understand(line) is None
            assert line in TEACHING or find_safety(line) is None
            assert len(line.split()) <= 15


def test_spans_of_time_make_sense_up_to_an_hour() -> None:
    before = 0.0
    for second in range(3601):
        said = times.span(second)
        meant = _seconds(said)
        assert meant >= before, f"{second} s is said as {said!r}, less than what is shorter"
        assert abs(meant - second) <= max(5.0, 0.26 * second), f"{second} s is said as {said!r}"
        assert understand(said) is None
        before = meant


def _seconds(said: str) -> float:
    if said == "one minute":
        return 60
    if said == "one and a half minutes":
        return 90
    match = re.fullmatch(r"(\d+) (seconds|minutes)", said)
    assert match, said
    return int(match[1]) * (60 if match[2] == "minutes" else 1)


@pytest.mark.parametrize("name", [*SMALL, *SHIPPED])
def test_all_that_a_plain_session_says_is_in_the_repertoire(name: str) -> None:
    """So that nothing has to wait for the voice when it is wanted."""
    content = routine(name)
    known = " ".join(repertoire(content))
    told: list[Line] = []
    play(content, Rehearsal((), Person(content)), told.append)
    for line in told:
        if line["event"] == "say":
            for sentence in re.split(r"(?<=[.?]) ", str(line["text"])):
                assert sentence in known, sentence


def test_of_two_people_each_is_told_what_concerns_them() -> None:
    alone, two = (chosen(routine("foot-bath"), {"people": who}) for who in ("alone", "caregiver"))
    soak = turns(two)[0]
    assert announcements.welcome(alone)[1:] == (words.TEACH,)
    assert announcements.welcome(two)[1:] == (words.TEACH_TWO, words.ANSWERS_RECEIVER)
    assert announcements.introduction(two, soak, 0, ())[-2:] == (words.FOR_RECEIVER, soak.step.instruction)
    assert words.FOR_RECEIVER not in announcements.introduction(alone, turns(alone)[0], 0, ())
    kneading = next(number for number, turn in enumerate(turns(two)) if turn.step.id == "palms")
    assert words.FOR_RECEIVER not in announcements.introduction(two, turns(two)[kneading], 0, ()), (
        "that is for the hands"
    )
    assert announcements.opening(two, turns(two), Offering(kneading, 1), ())[0] == words.FOR_RECEIVER


def test_the_closing_and_a_cue_are_for_the_one_they_concern() -> None:
    back = routine("back-techniques")
    assert announcements.farewell(back) == (
        "That was the back massage.", words.FOR_RECEIVER, "Get up slowly, by way of the side.",
    )  # fmt: skip
    alone = chosen(routine("foot-bath"), {"people": "alone"})
    assert words.FOR_RECEIVER not in announcements.farewell(alone)
    step = next(step for step in back.steps if step.cues)
    said = "Breathe all the way down into the back."
    heard = Play(back).work(step.id)
    assert words.FOR_RECEIVER in _until(heard, said), "as the step is for them"
    for_hands = step.model_copy(update={"cues": (step.cues[0].model_copy(update={"whom": "giver"}),)})
    steps = tuple(for_hands if each is step else each for each in back.steps)
    heard = Play(back.model_copy(update={"steps": steps})).work(step.id)
    assert words.FOR_RECEIVER not in _until(heard, said)


def _until(played: Play, sentence: str) -> tuple[str, ...]:
    """All lines of the Say with *sentence*."""
    for _ in range(500):
        for effect in played.wait(1.0):
            if isinstance(effect, Say) and sentence in effect.lines:
                return effect.lines
    raise AssertionError(f"{sentence} is never said")


def test_hands_keep_clear_of_a_place_that_was_left_out_for_pain() -> None:
    content = routine("egyptian-feet")
    play = Play(content).work("knee").story("ouch", 3.0, "yes", 25.0, "ouch", 3.0)
    thigh = next(number for number, turn in enumerate(play.session.turns) if turn.step.start == "knee")
    play.happen(Heard(Command.GO_TO, "step", "command", play.session.turns[thigh].index + 1))
    assert "Stay clear of the left knee." in play.said
    play.hear("repeat")
    assert "Stay clear of the left knee." in play.said
    assert "Stay clear of the left knee." in repertoire(content)


def test_a_gentler_way_keeps_clear_too_unless_it_is_a_rest() -> None:
    content = tailor(routine("leg-front"), body_map("bruise on the left kneecap")).routine
    for turn in turns(content):
        for rung in range(len(turn.step.ladder) + 1):
            told = "Stay clear of the left knee." in announcements.introduction(content, turn, rung, content.spared)
            near = "knee" in (turn.step.start, turn.step.end) and turn.side is not Side.RIGHT
            assert told is (near and turn.rung(rung).pressure > 0), (turn.step.id, rung)
