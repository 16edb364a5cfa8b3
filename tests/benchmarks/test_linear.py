"""The linear canceller among the rivals takes the echo away and leaves the person alone."""

from __future__ import annotations

import numpy as np

from benchmarks.hearing.linear import BLOCK, LinearEcho
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import Samples, saturate

RNG = np.random.default_rng(3)


def noise(seconds: float, height: float) -> Samples:
    return saturate(RNG.normal(0, height, round(seconds * 16000)))


def cleaned(microphone: Samples, reference: Samples, cut: int) -> Samples:
    canceller = LinearEcho()
    pieces = [
        canceller.clean(microphone[at : at + cut], reference[at : at + cut]) for at in range(0, len(microphone), cut)
    ]
    return np.concatenate(pieces)


def decibels(samples: Samples) -> float:
    return float(10 * np.log10(np.square(samples, dtype=float).mean()))


def test_after_a_few_seconds_the_echo_is_gone() -> None:
    played = noise(4, 2000)
    heard = saturate(Echo(-6, 16000, 0.04, 0.2).through(played))
    left = cleaned(heard, played, BLOCK)
    assert decibels(heard[-16000:]) - decibels(left[-16000:]) > 20


def test_a_person_passes_unchanged_while_nothing_is_played_and_however_the_sound_is_cut() -> None:
    said = noise(0.5, 1000)
    still = np.zeros_like(said)
    for cut in (BLOCK, 100, 333):
        assert (cleaned(said, still, cut)[BLOCK:] == said[:-BLOCK]).all()
