"""The simulated air: level, delay and decay are what was asked for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from voice_coach.sound.room import Echo
from voice_coach.sound.samples import Samples

RATE = 16000


def noise(frames: int) -> Samples:
    return (np.random.default_rng(2).standard_normal(frames) * 3000).astype(np.int16)


def heard(echo: Echo, sound: Samples, block: int = 160) -> NDArray[np.float32]:
    return np.concatenate([echo.through(sound[k : k + block]) for k in range(0, len(sound), block)])


def level(sound: NDArray[np.generic]) -> float:
    return float(10 * np.log10(np.mean(sound.astype(float) ** 2)))


@pytest.mark.parametrize("decibels", [6.0, 0.0, -12.0, -40.0])
@pytest.mark.parametrize("reverberation", [0.0, 0.3])
def test_the_echo_is_as_loud_as_was_asked_for(decibels: float, reverberation: float) -> None:
    sound = noise(RATE * 4)
    echo = heard(Echo(decibels, RATE, reverberation=reverberation), sound)
    assert level(echo[RATE:]) - level(sound[RATE:]) == pytest.approx(decibels, abs=0.2)


@pytest.mark.parametrize("rate", [16000, 48000])
@pytest.mark.parametrize("delay", [0.0, 0.02, 0.12])
def test_the_echo_comes_after_its_delay(rate: int, delay: float) -> None:
    sound = noise(rate)
    echo = heard(Echo(-6, rate, delay), sound)
    late = round(delay * rate)
    assert np.abs(echo[:late]).max(initial=0) < 1
    assert echo[late:] == pytest.approx(sound[: rate - late] * 10 ** (-6 / 20), abs=1)


@pytest.mark.parametrize("seconds", [0.2, 0.5, 1.0])
def test_the_tail_falls_by_sixty_decibels_in_the_time_asked_for(seconds: float) -> None:
    click = np.zeros(2 * RATE, np.int16)
    click[0] = 32000
    tail = heard(Echo(0, RATE, 0.0, seconds), click)[1:]
    early = tail[: round(0.1 * seconds * RATE)]
    later = tail[round(0.5 * seconds * RATE) : round(0.6 * seconds * RATE)]
    assert level(early) - level(later) == pytest.approx(30, abs=1.5)
    assert np.abs(tail[round(seconds * RATE) + 1 :]).max() < 0.01


def test_blocks_of_any_length_sound_the_same() -> None:
    sound = noise(5000)
    sound[1000:2000] = 0
    whole = Echo(-3, RATE, 0.01, 0.1).through(sound)
    for block in (1, 7, 160, 4999):
        assert heard(Echo(-3, RATE, 0.01, 0.1), sound, block) == pytest.approx(whole, abs=0.1)
    assert whole.dtype == np.float32


def test_every_run_has_the_same_room() -> None:
    sound = noise(3000)
    assert (heard(Echo(0, RATE, 0, 0.2), sound) == heard(Echo(0, RATE, 0, 0.2), sound)).all()


@pytest.mark.parametrize(
    ("decibels", "delay", "reverberation"), [(float("nan"), 0, 0), (0, -0.1, 0), (0, 0, -1), (0, 99, 0), (0, 0, 99)]
)
def test_an_impossible_room_is_refused(decibels: float, delay: float, reverberation: float) -> None:
    with pytest.raises(ValueError, match="echo"):
        Echo(decibels, RATE, delay, reverberation)
