"""A voice without its noise, by the real network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.hearing.conftest import in_a_room, room_noise
from voice_coach.hearing.noise import DELAY, FRAME, NoiseReduction
from voice_coach.sound.samples import Samples, saturate

Say = Callable[[str], Samples]
LINE = "we were at the seaside, and my sister called this morning"


def whole(sound: Samples) -> Samples:
    """As much of it as is whole frames."""
    return sound[: len(sound) // FRAME * FRAME]


def power(sound: Samples) -> float:
    """In decibels, against one sample step."""
    return 10 * float(np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-3))


def test_a_voice_in_quiet_stays_as_it_is_and_comes_late_by_so_much(say: Say) -> None:
    voice = whole(in_a_room(say(LINE)))
    cleaned = NoiseReduction().push(voice)
    assert len(cleaned) == len(voice)
    alike = [float(np.corrcoef(voice[: -late or None], cleaned[late:])[0, 1]) for late in range(600)]
    assert int(np.argmax(alike)) == pytest.approx(DELAY, abs=2)
    assert alike[DELAY] > 0.9
    assert power(cleaned) == pytest.approx(power(voice), abs=2)


def test_noise_goes_and_the_voice_stays(say: Say) -> None:
    voice = whole(in_a_room(say(LINE)))
    noise = np.random.default_rng(0).normal(0, 500, len(voice))
    reduction = NoiseReduction()
    alone = reduction.push(saturate(noise))
    assert power(alone[len(alone) // 2 :]) < power(saturate(noise)) - 15
    together = reduction.push(saturate(voice + noise))
    assert power(together) == pytest.approx(power(voice), abs=3)


def test_it_knows_whether_there_is_a_voice(say: Say) -> None:
    reduction = NoiseReduction()
    reduction.push(room_noise(1.0))
    reduction.push(room_noise(1.0))
    assert reduction.voice < 0.1
    reduction.push(whole(in_a_room(say(LINE))))
    assert reduction.voice > 0.9


def test_how_many_frames_come_at_a_time_changes_nothing(say: Say) -> None:
    voice = whole(in_a_room(say("stop")))[: 80 * FRAME]
    one, many = NoiseReduction(), NoiseReduction()
    single = np.concatenate([one.push(voice[at : at + FRAME]) for at in range(0, len(voice), FRAME)])
    assert np.array_equal(single, many.push(voice))
