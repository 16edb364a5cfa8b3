"""The transcript on a disk that is full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journal.test_writer import fill, small_disk
from voice_coach.errors import MachineError
from voice_coach.stage import Line
from voice_coach.transcript import TranscriptFile

LONG: Line = {"t": 1.0, "event": "note", "text": "x" * 1000}


def test_a_disk_that_is_full_meanwhile_ends_no_session(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk"):
        path = tmp_path / "disk" / "transcript.jsonl"
        with TranscriptFile(path) as file:
            fill(path.with_name("filler"))
            for _ in range(100):
                file.tell(LONG)
            path.with_name("filler").unlink()
        assert len(path.read_text().splitlines()) == 100


def test_a_disk_that_is_full_at_the_end_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk"):
        path = tmp_path / "disk" / "transcript.jsonl"
        path.write_text("yesterday")
        file = TranscriptFile(path)
        fill(path.with_name("filler"))
        for _ in range(100):
            file.tell(LONG)
        with pytest.raises(MachineError, match="the disk is full"):
            file.close()
        assert path.read_text() == "yesterday"
        assert {each.name for each in path.parent.iterdir()} == {"transcript.jsonl", "filler"}
