"""From measurements to advice; the figures are decibels of full scale."""

from __future__ import annotations

import pytest

from voice_coach.commands import Command
from voice_coach.preflight import words
from voice_coach.preflight.verdict import HIGHEST, LOWEST, Findings, holds, judge

BOTH = frozenset({Command.STOP, Command.PAIN})


def findings(
    noise: float | None = -65.0,
    voice: float | None = -35.0,
    echo: float | None = -40.0,
    delay: float | None = 0.02,
    heard: frozenset[Command] = BOTH,
    missed: int = 0,
    fault: str | None = None,
) -> Findings:
    return Findings(noise, voice, echo, delay, heard, missed, fault)


def test_a_good_room_needs_one_sentence_and_no_change() -> None:
    verdict = judge(findings())
    assert (verdict.trusted, verdict.lines, verdict.volume) == (True, (words.FINE,), 0)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (findings(fault="The microphone is muted."), words.NO_SOUND),
        (findings(voice=None, heard=frozenset()), words.NO_VOICE),
        (findings(voice=-57, heard=frozenset()), words.FAINT),
        (findings(voice=-57), words.FAINT),
        (findings(noise=-30, voice=-25), words.NOISY),
        (findings(heard=frozenset()), words.UNCLEAR),
        (findings(heard=frozenset({Command.STOP})), words.UNCLEAR),
    ],
)
def test_what_cannot_be_trusted_is_said_with_its_remedy_and_the_keys(found: Findings, why: str) -> None:
    verdict = judge(found)
    assert not verdict.trusted
    assert verdict.lines == (why, words.USE_KEYS)


def test_a_word_missed_at_first_is_mentioned() -> None:
    assert judge(findings(missed=1)).lines == (words.NOT_AT_FIRST,)


@pytest.mark.parametrize(
    ("noise", "voice", "echo", "volume"),
    [
        (-65, -35, -35, 0),
        (-65, -35, -34, -3),
        (-65, -35, -30, -6),
        (-65, -35, -10, LOWEST),
        (-50, -35, -45, 6),
        (-48, -35, -44, 6),
        (-50, -35, -41, 3),
        (-50, -42, -41, 0),
    ],
)
def test_the_coach_is_no_louder_than_the_person_and_no_softer_than_the_room(
    noise: float, voice: float, echo: float, volume: float
) -> None:
    verdict = judge(findings(noise, voice, echo))
    assert verdict.volume == volume
    assert LOWEST <= verdict.volume <= HIGHEST
    assert (words.I_SPEAK_SOFTER in verdict.lines) is (volume < 0)
    assert (words.I_SPEAK_LOUDER in verdict.lines) is (volume > 0)


def test_headphones_are_advised_where_even_a_soft_coach_drowns_the_person() -> None:
    assert words.OWN_VOICE in judge(findings(voice=-45, echo=-20)).lines
    assert words.OWN_VOICE not in judge(findings(voice=-35, echo=-30)).lines


def test_a_late_loudspeaker_is_noticed() -> None:
    assert words.LATE in judge(findings(delay=0.4)).lines


def test_headphones_that_are_none_are_noticed() -> None:
    verdict = judge(findings(), headphones=True)
    assert words.LEAKING in verdict.lines
    assert verdict.headphones is False
    loud = judge(findings(voice=-45, echo=-20, delay=0.4), headphones=True)
    assert {words.LEAKING, words.OWN_VOICE, words.LATE} <= {*loud.lines}
    assert loud.volume < 0
    worn = judge(findings(echo=None, delay=None), headphones=True)
    assert (worn.lines, worn.headphones) == ((words.FINE,), None)


def test_somebody_who_talked_all_the_time_is_judged_by_the_words_alone() -> None:
    assert judge(findings(noise=None, voice=None)).trusted
    assert not judge(findings(noise=None, voice=None, heard=frozenset())).trusted


@pytest.mark.parametrize(
    ("noise", "asked_again"),
    [(-65.0, False), (-60.0, False), (-55.0, False), (-54.0, True), (-36.0, True), (None, True)],
)
def test_words_hold_where_the_voice_is_clear_of_the_room_or_the_room_is_much_as_it_was(
    noise: float | None, asked_again: bool
) -> None:
    assert holds(findings(noise=noise), findings()) is not asked_again


def test_words_that_were_heard_in_a_loud_room_hold_in_one_as_loud() -> None:
    then = findings(noise=-50.0)
    assert holds(findings(noise=-48.0), then)
    assert not holds(findings(noise=-43.0), then)
    assert not holds(findings(noise=-24.0), findings(noise=-24.0)), "a voice that drowns is no voice"
