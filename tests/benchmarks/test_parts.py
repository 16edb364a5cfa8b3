"""What the benchmarks count with: intervals, ends of words, another sureness, and copies of the process."""

from __future__ import annotations

import os
from functools import partial

import numpy as np
import pytest

from benchmarks.branches import Branches
from benchmarks.hearing.silent import Surer
from benchmarks.intervals import proportion, rate
from benchmarks.speech import MEASURED, PARTS, active, scaled, sound_end, unseen
from voice_coach.commands import Command
from voice_coach.hearing.opinion import NoOpinion
from voice_coach.sound.samples import Samples, silence


def test_a_share_has_wilsons_interval() -> None:
    half = proportion(5, 10)
    assert (half["share"], half["low"], half["high"]) == (0.5, 0.2366, 0.7634)
    assert proportion(0, 300)["high"] < 0.0127


def test_nothing_in_three_hours_proves_no_more_than_about_one_an_hour() -> None:
    none = rate(0, 3.0)
    assert none["an_hour"] == none["low"] == 0
    assert none["high"] == pytest.approx(3.689 / 3, abs=0.01)
    assert rate(10, 1.0)["low"] == pytest.approx(4.80, abs=0.01)
    assert rate(10, 1.0)["high"] == pytest.approx(18.39, abs=0.01)


def tone(seconds: float, height: float) -> Samples:
    return np.asarray(height * np.sin(np.arange(round(seconds * 16000)) * 0.3), np.int16)


def test_a_word_ends_where_it_stays_below_a_tenth_of_its_loudest_part() -> None:
    word = np.concatenate([tone(0.3, 8000), tone(0.1, 1000), tone(0.4, 600), silence(3200)])
    assert sound_end(word) == 6400
    assert active(scaled(word, -26)) == pytest.approx(-26, abs=0.1)


@pytest.mark.parametrize(("nats", "chance"), [(-3.0, 0.0474), (0.0, 0.5), (3.0, 0.9526)])
def test_a_surer_spotter_is_surer_of_everything_but_of_the_impossible(nats: float, chance: float) -> None:
    surer = Surer(NoOpinion(), nats)
    assert surer.chance(Command.STOP, 1.0) == pytest.approx(chance, abs=1e-4)
    assert surer.outcry(Command.STOP) == (0.0, 0.0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot copy a process")
def test_copies_give_their_results_and_change_nothing_here() -> None:
    kept: list[int] = []
    found: list[int] = []

    def work(number: int) -> int:
        kept.append(number)
        return number * number

    branches = Branches(2)
    for number in range(5):
        branches.start(partial(work, number), found.append)
    branches.finish()
    assert sorted(found) == [0, 1, 4, 9, 16]
    assert not kept


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot copy a process")
def test_a_copy_made_midway_goes_on_and_ends_with_its_result() -> None:
    found: list[str] = []
    if tell := Branches(1).split(found.append):
        tell("from the copy")
    assert found == ["from the copy"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot copy a process")
def test_a_copy_that_fails_says_why() -> None:
    branches = Branches(1)
    branches.start(lambda: 1 // 0, print)
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        branches.finish()


def test_the_people_measured_are_those_whom_the_training_keeps_apart() -> None:
    trained = pytest.importorskip("training.speech", reason="the training is no part of this installation")
    for name in ("8f4c551f_nohash", "c79159aa", "ab00c4b2", "0137b3f4", "someone else"):
        row = {"speaker": name, "source": "gsc_v2_test", "label": "stop", "path": "x"}
        clip = trained.Clip("stop", name, "gsc_v2_test", np.zeros(1))
        assert unseen(row) == (trained.fold_of(clip, PARTS) == MEASURED)
