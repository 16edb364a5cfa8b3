"""Two minutes of what `make soak` does for hours; all speech is synthetic."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from benchmarks.soak import Cast, Count, live, recorded


@pytest.mark.timeout(300)
def test_two_minutes_of_talk_noise_and_commands() -> None:
    with ExitStack() as parts:
        count = recorded(Cast(parts, None, 3, ("foot-bath",)), 2 / 60)
    assert not count.late + count.false_ends + count.missing, count.record()
    assert count.heard - 1 <= count.answered <= count.heard
    assert count.heard > 3
    assert count.lines > 30
    assert count.said > 0
    assert count.blocks == 2 * 6000


@pytest.mark.timeout(200)
def test_forty_seconds_live() -> None:
    with ExitStack() as parts:
        count = live(Cast(parts, None, 3, ("foot-bath",)), 40 / 60)
    assert not count.false_ends + count.missing, count.record()
    assert count.heard == count.answered > 1
    assert count.blocks > 30 * 100


def test_what_must_not_happen_is_found() -> None:
    for line, told in (("finished", []), ("stopped", ["1 false ends of sessions"]), ("unfinished", [])):
        count = Count()
        count.tell({"t": 1.0, "event": "end", "reason": line})
        assert count.failures == told
    count = Count()
    for t in (1.0, 2.0, 3.0):
        count.tell({"t": t, "event": "heard", "word_end": None})
    count.tell({"t": 9.0, "event": "pain", "phrase": "ouch"})
    count.said, count.understood[0], count.late, count.missing = 19, 2, 4, 5
    assert count.failures == [
        "4 late frames", "1 false reports", "3 commands heard and not answered", "2 of 19 wishes never understood",
        "5 lines missing in the journal",
    ]  # fmt: skip
    count.said = 20
    assert not any("wishes" in failure for failure in count.failures)


@pytest.mark.parametrize(("growth", "hours", "found"), [(5.0, 4, True), (0.2, 4, False), (5.0, 0.5, False)])
def test_memory_that_grows_is_found(growth: float, hours: float, found: bool) -> None:
    count, minutes = Count(), round(hours * 60)
    count.memory = [(m / 60, 100 + growth * m / 60 + (m * 7 % 3)) for m in range(minutes + 1)]
    assert bool(count.failures) is found


def test_one_step_is_no_growth_and_a_step_each_session_is() -> None:
    count = Count()
    count.memory = [(m / 60, 100.0 + 8 * (m > 300)) for m in range(8 * 60 + 1)]
    assert count.failures == []
    count.memory = [(m / 60, 100.0 + m // 30) for m in range(8 * 60 + 1)]
    assert 1.8 < count.slope < 2.2
    assert count.failures
