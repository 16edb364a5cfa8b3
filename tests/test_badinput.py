"""A few of the bad inputs of `python -m benchmarks.badinput`; what it finds belongs to the tests of what it broke."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from benchmarks.badinput import breaking, fuzz, judged


@pytest.mark.skipif(sys.platform == "win32", reason="the homes of Windows are not set by environment variables")
@pytest.mark.timeout(300)
def test_every_kind_is_answered_in_words_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, os.environ.get(name, ""))  # what the fuzz sets is set back
    tried = fuzz(tmp_path, 12, seed=1)
    assert [fault for kind in tried for fault in kind.faults] == []
    assert [len(kind.seconds) for kind in tried] == [12] * len(tried)


def test_the_same_seed_breaks_in_the_same_way() -> None:
    good = b"voice: en\nrate: 150\n" * 20
    broken = [breaking(good, random.Random(seed)) for seed in range(50)]
    assert broken == [breaking(good, random.Random(seed)) for seed in range(50)]
    assert sum(each != good for each in broken) > 40


@pytest.mark.parametrize(
    ("code", "errors"), [(1, "x"), (2, ""), (0, "Traceback (most recent call last):"), (-11, "x"), (2, "KeyError: 'x'")]
)
def test_a_bad_answer_is_found(code: int, errors: str) -> None:
    assert judged(code, errors, "", 0.1)


def test_a_good_answer_is_good() -> None:
    assert judged(2, "There is no such file.", "", 0.1) == []
