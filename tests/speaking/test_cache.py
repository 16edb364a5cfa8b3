from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from voice_coach.speaking.cache import Cache

SOUND = np.arange(-500, 500, dtype=np.int16)


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    Cache(tmp_path / "new" / "folder").put("line", SOUND)
    found = Cache(tmp_path / "new" / "folder").get("line")
    assert found is not None
    assert np.array_equal(found, SOUND)
    assert Cache(tmp_path / "new" / "folder").get("another") is None


def test_a_half_written_file_counts_as_absent(tmp_path: Path) -> None:
    Cache(tmp_path).put("line", SOUND)
    (file,) = tmp_path.iterdir()
    content = file.read_bytes()
    for cut in (0, 1, 16, len(content) // 2, len(content) - 1):
        file.write_bytes(content[:cut])
        found = Cache(tmp_path).get("line")
        assert found is None


def test_the_files_used_longest_ago_go_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for age, line in enumerate(["new", "middle", "old"]):
        before = set(tmp_path.iterdir())
        cache.put(line, SOUND)
        (file,) = set(tmp_path.iterdir()) - before
        os.utime(file, (1e9 - age, 1e9 - age))
    cache.get("old")  # used just now
    small = Cache(tmp_path, limit=5000)
    assert small.get("old") is not None
    assert small.get("new") is not None
    assert small.get("middle") is None
