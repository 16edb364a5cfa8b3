"""The canceller takes the echo away, whatever becomes of its path, and leaves the person alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from voice_coach.hearing.echo import BLOCK, LinearEcho
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import HEARING_RATE, Samples, saturate, silence

Say = Callable[[str], Samples]

RNG = np.random.default_rng(3)


def noise(seconds: float, height: float) -> Samples:
    return saturate(RNG.normal(0, height, round(seconds * HEARING_RATE)))


def speech(say: Say, seconds: float) -> Samples:
    line = say("Place both hands on your foot, and breathe out slowly. Stroke from the toes towards the ankle.")
    return np.resize(np.concatenate((line, silence(4000))), round(seconds * HEARING_RATE))


def echo_of(played: Samples, delay: float = 0.04) -> Samples:
    return saturate(Echo(-6, HEARING_RATE, delay, 0.2).through(played))


def cleaned(microphone: Samples, reference: Samples, cut: int = BLOCK) -> Samples:
    canceller = LinearEcho()
    pieces = [
        canceller.clean(microphone[at : at + cut], reference[at : at + cut]) for at in range(0, len(microphone), cut)
    ]
    return np.concatenate(pieces)


def decibels(samples: Samples) -> float:
    return float(10 * np.log10(np.square(samples, dtype=float).mean() + 1e-9))


def taken(heard: Samples, left: Samples, begin: float, end: float) -> float:
    """Decibels by which the canceller made it softer from *begin* to *end*, seconds."""
    span = slice(round(begin * HEARING_RATE), round(end * HEARING_RATE))
    return decibels(heard[span]) - decibels(left[span])


@pytest.mark.parametrize("delay", [0.0, 0.04, 0.2])
def test_the_echo_of_speech_is_gone_after_some_seconds_whatever_its_delay(say: Say, delay: float) -> None:
    played = speech(say, 6)
    heard = echo_of(played, delay)
    left = cleaned(heard, played)
    assert taken(heard, left, 0, 1) > 5
    assert taken(heard, left, 3, 6) > 20


@pytest.mark.parametrize(("before", "after"), [(0.04, 0.09), (0.09, 0.04)])
def test_a_delay_that_jumps_is_learnt_anew(say: Say, before: float, after: float) -> None:
    played = speech(say, 12)
    jump = 6 * HEARING_RATE
    heard = np.concatenate((echo_of(played, before)[:jump], echo_of(played, after)[jump:]))
    assert taken(heard, cleaned(heard, played), 8, 12) > 12


def test_clocks_that_drift_apart_are_followed(say: Say) -> None:
    played = speech(say, 15)
    times = np.arange(len(played)) * (1 - 50e-6)
    # Sound below 4 kHz, so that reading between the samples loses nothing.
    smooth = np.convolve(echo_of(played), np.ones(4) / 4, "same")
    heard = saturate(np.interp(times, np.arange(len(played)), smooth))
    assert taken(heard, cleaned(heard, played), 5, 15) > 12


def test_a_person_who_speaks_over_the_coach_keeps_their_level(say: Say) -> None:
    played, word = speech(say, 8), say("stop")
    heard = echo_of(played).astype(float)
    heard[5 * HEARING_RATE :][: len(word)] += word
    left = cleaned(saturate(heard), played)[5 * HEARING_RATE + BLOCK :][: len(word)]
    assert decibels(saturate(left.astype(float) - word)) < decibels(word) - 12


def test_where_there_is_no_echo_a_person_s_word_makes_no_ghost_of_the_coach(say: Say) -> None:
    played, heard = speech(say, 12), noise(12, 15.0)
    word = say("The last one.")
    at = 3 * HEARING_RATE
    heard[at : at + len(word)] += word
    left = cleaned(heard, played)
    after = np.arange(4.5, 11.5, 0.1)
    assert max(-taken(heard, left, begin, begin + 0.1) for begin in after) < 3


def test_a_person_passes_unchanged_while_nothing_is_played_and_however_the_sound_is_cut() -> None:
    said = noise(0.5, 1000)
    still = np.zeros_like(said)
    for cut in (BLOCK, 100, 333):
        assert (cleaned(said, still, cut)[BLOCK:] == said[:-BLOCK]).all()


def test_as_many_samples_come_out_as_go_in() -> None:
    echo = LinearEcho()
    for count in (0, 1, 37, 160, 161, 480, 1600, 5000):
        assert len(echo.clean(noise(1, 8)[:count], silence(count))) == count
    with pytest.raises(ValueError, match="160 microphone samples, but 159 reference samples"):
        echo.clean(silence(160), silence(159))
