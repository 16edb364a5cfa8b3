"""The coach never obeys itself: its sentences, played in the room, are heard by the real recogniser.

Here a sample; all of them, in all voices, are the business of benchmarks/own_words.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.own_words import mishearings, sentences
from voice_coach.commands import find_safety
from voice_coach.hearing.builtin import builtin
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.preflight import conversation as preflight
from voice_coach.routine.load import find, load
from voice_coach.session.announcements import welcome
from voice_coach.session.repertoire import repertoire
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


def test_only_the_sentences_that_teach_them_hold_safety_words() -> None:
    assert [line for line in sentences() if find_safety(line) is not None] == [TEACH, TEACH_TWO]


def test_no_third_sentence_of_the_foot_bath_is_taken_for_a_command(lines: Lines, recogniser: VoskRecogniser) -> None:
    # The welcome comes first, as in a session: the canceller is cold then.
    said = dict.fromkeys(
        (
            *welcome(load(find("foot-bath"))),
            TEACH,
            TEACH_TWO,
            *repertoire(load(find("foot-bath")))[::3],
            *preflight.repertoire(),
        )
    )
    assert [one for one in mishearings(said, lines, recogniser).found if one.settled] == []


def test_no_sentence_of_any_routine_is_taken_for_a_safety_word(lines: Lines, recogniser: VoskRecogniser) -> None:
    said = sentences()[::SAMPLE]
    assert len(said) > 15
    found = mishearings((TEACH, TEACH_TWO, *said), lines, recogniser).found
    assert [one for one in found if one.safety] == []
