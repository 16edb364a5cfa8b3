"""The coach never obeys itself: its sentences, played in the room, are heard by the real recogniser.

Here a sample; all of them, in all voices, are the business of benchmarks/own_words.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.own_words import OWN, Part, listening, mishearings, parts
from voice_coach.commands import find_safety
from voice_coach.hearing.builtin import builtin
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.preflight import conversation as preflight
from voice_coach.routine.load import find, load
from voice_coach.session.announcements import welcome
from voice_coach.session.words import TEACH, TEACH_TWO
from voice_coach.sound.samples import HEARING_RATE
from voice_coach.speaking.mouth import Lines
from voice_coach.speaking.voice import SystemVoice

SAMPLE = 80
"""Every so many sentences are spoken here."""

pytestmark = pytest.mark.timeout(600)
"""Seconds; a busy machine hears these minutes of speech slowly."""


@pytest.fixture(scope="module")
def lines() -> Iterator[Lines]:
    with SystemVoice() as voice:
        yield Lines(voice, HEARING_RATE)


@pytest.fixture(scope="module")
def recogniser() -> VoskRecogniser:
    return VoskRecogniser(builtin())


@pytest.fixture(scope="module")
def everything() -> tuple[Part, ...]:
    return parts()


def test_only_the_sentences_that_teach_them_hold_safety_words(everything: tuple[Part, ...]) -> None:
    said = {line for part in everything for line in part.lines}
    assert {line for line in said if find_safety(line) is not None} == {TEACH, TEACH_TWO}


def test_every_line_ends_as_a_sentence_does(everything: tuple[Part, ...]) -> None:
    said = {line for part in everything for line in part.lines}
    assert len(said) > 2300
    assert {line for line in said if line[-1] not in ".?!:" and not line.startswith("Number ")} == set()


def test_nothing_said_at_first_is_taken_for_a_command(lines: Lines, recogniser: VoskRecogniser) -> None:
    # The canceller is cold then.
    said = dict.fromkeys((*welcome(load(find("foot-bath"))), TEACH, TEACH_TWO, *preflight.repertoire()))
    assert [one for one in mishearings(said, lines, recogniser).found if one.settled] == []


@pytest.mark.parametrize("before", [False, True], ids=["in a session", "before it"])
def test_no_sentence_is_taken_for_a_safety_word(before: bool, everything: tuple[Part, ...], lines: Lines) -> None:
    heard = [part for part in everything if (part.name in OWN) == before]
    recogniser = listening(heard)
    assert sum(len(part.lines[::SAMPLE]) for part in heard) > (3 if before else 15)
    for part in heard:
        found = mishearings(part.lines[::SAMPLE], lines, recogniser, phrases=part.phrases).found
        assert [one for one in found if one.safety] == []
