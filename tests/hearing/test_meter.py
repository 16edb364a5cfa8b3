"""What reaches the microphone, in figures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.hearing.conftest import room_noise
from voice_coach.hearing.meter import Meter
from voice_coach.session.events import Measured
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import HEARING_RATE, Samples, saturate, silence

Say = Callable[[str], Samples]
LINE = "Place both hands on your foot, and breathe out slowly. Stroke from the toes towards the ankle."


def level(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=float)) / 32768.0**2))


def measured(microphone: Samples, loudspeaker: Samples, length: int = 160) -> Measured:
    meter = Meter()
    for at in range(0, len(microphone) - length + 1, length):
        meter.push(microphone[at : at + length], loudspeaker[at : at + length])
    return meter.read()


def test_nothing_was_heard_yet() -> None:
    assert Meter().read() == Measured()


def test_the_noise_of_a_room() -> None:
    noise = room_noise(3, loudness=100)
    found = measured(noise, silence(len(noise)))
    assert found.noise == pytest.approx(level(noise), abs=0.5)
    assert (found.voice, found.echo, found.delay) == (None, None, None)


def test_a_word_stands_out_and_a_knock_does_not(say: Say) -> None:
    noise, word = room_noise(4, loudness=30), say("stop")
    spoken = noise.copy()
    spoken[32000 : 32000 + len(word)] += word
    found = measured(spoken, silence(len(spoken)))
    assert found.voice is not None
    assert found.voice == pytest.approx(level(word), abs=6)
    knock = noise.copy()
    knock[32000:32400] = 20000
    assert measured(knock, silence(len(knock))).voice is None


@pytest.mark.parametrize(("decibels", "delay"), [(-10.0, 0.02), (-20.0, 0.25), (-30.0, 0.08)])
def test_the_coach_at_the_microphone_and_how_late(decibels: float, delay: float, say: Say) -> None:
    played = np.concatenate((say(LINE), silence(2 * HEARING_RATE)))
    echo = Echo(decibels, HEARING_RATE, delay, 0.2).through(played)
    found = measured(saturate(echo + room_noise(len(played) / HEARING_RATE + 1)[: len(played)]), played)
    assert found.echo is not None
    assert found.delay == pytest.approx(delay, abs=0.002)
    assert found.echo == pytest.approx(level(say(LINE)) + decibels, abs=3)


def test_headphones_leave_no_echo(say: Say) -> None:
    played = np.concatenate((say(LINE), silence(2 * HEARING_RATE)))
    found = measured(room_noise(len(played) / HEARING_RATE + 1)[: len(played)], played)
    assert (found.echo, found.delay) == (None, None)
    talking = np.resize(say("I would like a cup of tea, please, and a blanket for my knees."), len(played))
    assert measured(talking, played).echo is None


def test_a_reading_begins_where_the_last_one_ended(say: Say) -> None:
    meter, word = Meter(), say("stop")
    meter.push(word, silence(len(word)))
    meter.read()
    meter.push(room_noise(2), silence(2 * HEARING_RATE))
    assert meter.read().voice is None
