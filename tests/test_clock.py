"""The clock that stands still while the computer sleeps."""

from __future__ import annotations

import threading
import time

import pytest

from voice_coach.clock import ASLEEP, Clock, ticking


class Told:
    """A source that shows what it is told."""

    at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_an_hour_of_sleep_does_not_count() -> None:
    source = Told()
    clock = Clock(source)
    for _ in range(30):
        source.at += 0.5
        assert clock.slept() == 0
    source.at += 3600
    assert clock.now == 15
    source.at += 1
    assert clock.now == 16
    assert clock.slept() == 3600
    assert clock.slept() == 0


def test_being_late_is_no_sleep() -> None:
    source = Told()
    clock = Clock(source)
    source.at += ASLEEP
    assert (clock.now, clock.slept()) == (ASLEEP, 0)


def test_it_runs_like_any_clock_and_only_one_of_many_is_told_of_a_sleep() -> None:
    source = Told()
    clock, told = Clock(source), list[float]()
    source.at += 100
    threads = [threading.Thread(target=lambda: told.append(clock.slept())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [0] * 7 + [100]
    before, real = ticking(), time.monotonic()
    time.sleep(0.05)
    assert ticking() - before == pytest.approx(time.monotonic() - real, abs=0.05)
