"""Journals with random damage: no session is lost to them, and no command shows a traceback."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults import DAMAGED, shows
from tests.journal.helping import START, end, line, written
from voice_coach.cli import main
from voice_coach.journal.store import Store, journal_file

LINES = [START, *(line(number) for number in range(300)), end("stopped")]


def breaking(good: bytes, seed: int) -> bytes:
    """Some bytes changed, in the head or anywhere; perhaps the end cut off."""
    dice, broken = random.Random(seed), bytearray(good)
    for _ in range(dice.choice((1, 10, 1000))):
        broken[dice.randrange(dice.choice((100, 4096, len(broken))))] = dice.randrange(256)
    return bytes(broken[: dice.randrange(len(broken))] if dice.random() < 0.3 else broken)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("good") / "journal.sqlite3"
    assert written(path, LINES) == []
    return path.read_bytes()


@shows(DAMAGED)
@pytest.mark.parametrize("seed", range(60))
def test_it_is_told_in_one_sentence_and_the_next_session_is_kept(
    good: bytes, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = journal_file()
    path.parent.mkdir()
    path.write_bytes(breaking(good, seed))
    for command in (["history"], ["report"], ["report", "--weeks", "9", "--csv"]):
        code = main(command)
        told = capsys.readouterr().err
        assert (code, len(told.splitlines())) in ((0, 0), (0, 1), (3, 1), (2, 1)), told
    warned = written(path, LINES[:20])
    if warned and "newer voice-coach" in warned[0]:
        return  # the damage is in the version; such a file is left alone, and the person knows
    assert len(warned) <= 1
    with closing(Store(path)) as store:
        last = store.session(store.sessions()[-1].id)
    assert last is not None
    assert list(last.lines) == LINES[:20]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE line SET data = '{broken' WHERE session = 1 AND number = 2",
        "UPDATE line SET data = 7 WHERE session = 1 AND number = 2",
        'UPDATE line SET data = \'{"t": NaN, "event": "note"}\' WHERE session = 1 AND number = 2',
        'UPDATE line SET data = \'{"t": 3, "event": "step"}\' WHERE session = 1 AND number = 2',
        "UPDATE session SET began = 'yesterday' WHERE id = 1",
        "UPDATE session SET began = 1e300 WHERE id = 1",
        "UPDATE session SET title = x'00ff' WHERE id = 1",
    ],
)
def test_one_session_that_cannot_be_read_is_left_out_and_the_others_are_there(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = journal_file()
    written(path, LINES[:20])
    written(path, [*LINES[:20], end("finished")])
    with closing(sqlite3.connect(path)) as db:
        db.execute(change)
        db.commit()
    assert main(["history"]) == 0
    shown = capsys.readouterr()
    assert "finished" in shown.out
    assert shown.err == "Left out, because it cannot be read any more: session 1.\n"
    assert main(["report", "1"]) == 3
    assert "session 1 cannot be read any more" in capsys.readouterr().err
    assert main(["forget", "1", "--yes"]) == 0
    assert main(["history"]) == 0
    assert "Left out" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "change", ["kept_at = 'x'", "kept_at = NULL", "place = x'00ff'", "place = '[]'", "place = '7'"]
)
def test_a_place_that_cannot_be_read_is_none(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    script = tmp_path / "script.txt"
    script.write_text("150 stop\n")
    assert main(["rehearse", "leg-classic", "--answer", "--journal", "--script", str(script)]) == 0
    with closing(sqlite3.connect(journal_file())) as db:
        db.execute(f"UPDATE session SET {change}")
        db.commit()
    assert main(["rehearse", "leg-classic", "--answer", "--journal"]) == 0
    shown = capsys.readouterr()
    assert "Shall we go on there" not in shown.out
    assert shown.err == ""
    assert main(["history"]) == 0
    assert "finished" in capsys.readouterr().out
