"""Some minutes of what `make soak` does for hours; all speech is synthetic."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from benchmarks.soak import Cast, Count, good, live, recorded


@pytest.mark.timeout(300)
def test_three_minutes_of_talk_noise_and_commands() -> None:
    with ExitStack() as parts:
        count = recorded(Cast(parts, None, 3, ("foot-bath",)), 3 / 60)
    assert good(count), count.record()
    assert count.heard > 3
    assert count.said > 0
    assert count.blocks == 3 * 6000


@pytest.mark.timeout(200)
def test_forty_seconds_live() -> None:
    with ExitStack() as parts:
        count = live(Cast(parts, None, 3, ("foot-bath",)), 40 / 60)
    assert not count.false_ends, count.record()
    assert count.heard == count.answered > 1
    assert count.blocks > 30 * 100


def test_what_must_not_happen_is_found() -> None:
    for line, fine in (("finished", True), ("stopped", False), ("pain", False)):
        count = Count()
        count.tell({"t": 1.0, "event": "end", "reason": line})
        assert good(count) is fine
    unanswered = Count()
    for t in (1.0, 2.0, 3.0):
        unanswered.tell({"t": t, "event": "heard", "word_end": None})
    assert (unanswered.heard, unanswered.answered) == (3, 0)
    assert not good(unanswered)
