"""Rates change, counts stay honest, and what was aligned stays aligned."""

from __future__ import annotations

import numpy as np
import pytest

from voice_coach.sound.resampler import Resampler
from voice_coach.sound.samples import Samples, block_frames

RATES = [8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000]


def sine(hertz: float, rate: int, seconds: float = 1.0) -> Samples:
    return (10000 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.int16)


def streamed(sound: Samples, rate_in: int, rate_out: int) -> tuple[Samples, Resampler]:
    resampler = Resampler(rate_in, rate_out)
    blocks, position = [], 0
    for index in range(len(sound) * 100 // rate_in):
        frames = block_frames(rate_in, index)
        resampler.push(sound[position : position + frames])
        position += frames
        blocks.append(resampler.pull(block_frames(rate_out, index)))
    return np.concatenate(blocks), resampler


@pytest.mark.parametrize("rate", RATES)
def test_a_hundred_blocks_are_one_second(rate: int) -> None:
    assert sum(block_frames(rate, index) for index in range(100)) == rate
    assert {block_frames(rate, index) for index in range(100)} <= {rate // 100, rate // 100 + 1}


@pytest.mark.parametrize("rate", RATES)
def test_a_tone_keeps_its_level_after_one_constant_delay(rate: int) -> None:
    heard, resampler = streamed(sine(1000, rate, 2), rate, 16000)
    assert len(heard) == 32000
    assert resampler.padded < 0.035 * 16000
    assert not heard[: resampler.padded].any()
    steady = heard[16000:].astype(float)
    assert np.sqrt(2 * (steady**2).mean()) == pytest.approx(10000, rel=0.005)
    # a pure sine without any gap or jump: x[n+1] + x[n-1] = 2 cos(w) x[n]
    bend = steady[2:] + steady[:-2] - 2 * np.cos(2 * np.pi / 16) * steady[1:-1]
    assert np.abs(bend).max() < 5


@pytest.mark.parametrize("rate", [44100, 48000])
def test_what_the_ear_cannot_have_at_sixteen_kilohertz_is_removed(rate: int) -> None:
    heard, _ = streamed(sine(9500, rate), rate, 16000)
    assert np.abs(heard[4000:].astype(int)).max() < 10


def test_the_same_rate_passes_untouched() -> None:
    sound = sine(440, 16000)
    heard, resampler = streamed(sound, 16000, 16000)
    assert (heard == sound).all()
    assert resampler.padded == 0


def test_finishing_gives_every_sample_back() -> None:
    resampler = Resampler(48000, 16000)
    resampler.push(sine(1000, 48000))
    resampler.finish()
    assert abs(resampler.ready - 16000) <= 1


def test_zeros_come_first_when_too_little_is_ready() -> None:
    resampler = Resampler(16000, 16000)
    resampler.push(np.array([1, 2], np.int16))
    assert resampler.pull(4).tolist() == [0, 0, 1, 2]
    assert resampler.padded == 2
