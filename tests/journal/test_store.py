from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.journal.helping import START, end, line, read, written
from voice_coach.errors import MachineError
from voice_coach.journal.store import DAY, MIGRATIONS, DamagedError, Store, damaged, set_aside


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.sqlite3"


def test_what_was_told_is_there(path: Path) -> None:
    lines = [START, line(1), {"t": 2.0, "event": "say", "text": "Grüße, “Füße” \ud800", "number": 1}, end("finished")]
    assert written(path, lines) == []
    kept = read(path)
    assert list(kept.lines) == lines
    assert (kept.routine, kept.title, kept.reason) == ("calf", "calves and soles", "finished")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_nobody_else_may_read_it(path: Path) -> None:
    path.parent.mkdir(mode=0o755)
    path.touch(0o644)
    with closing(Store(path)) as store, store.writing():
        store.begin("calf", "calves", 1.0)
        for file in path.parent.iterdir():
            assert file.stat().st_mode & 0o077 == 0, file
        assert path.parent.stat().st_mode & 0o077 == 0


def test_a_new_file_has_the_newest_version_and_opening_again_changes_nothing(path: Path) -> None:
    for _ in range(2):
        Store(path).close()
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
            assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_migration_that_breaks_off_leaves_what_was_there(path: Path) -> None:
    Store(path).close()
    with pytest.raises(DamagedError, match="already exists"):
        Store(path, migrations=(*MIGRATIONS, "CREATE TABLE more (x); CREATE TABLE line (twice);"))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (0,)


def test_a_journal_of_the_future_is_left_alone(path: Path) -> None:
    Store(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(MachineError, match="newer voice-coach"):
        Store(path)
    warned = written(path, [START])
    assert "newer voice-coach" in warned[0]
    assert "this session is missing" in warned[-1]
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"no database at all, " * 400, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_broken_file_is_told_from_a_locked_one(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(DamagedError):
        Store(path)


def test_setting_aside_keeps_every_byte_and_takes_no_name_twice(path: Path) -> None:
    path.parent.mkdir()
    for number in range(3):
        path.write_bytes(b"broken %d" % number)
        set_aside(path)
    assert sorted(file.read_bytes() for file in damaged(path)) == [b"broken 0", b"broken 1", b"broken 2"]


def test_what_was_forgotten_is_not_in_the_file_any_more(path: Path) -> None:
    written(path, [START, *(line(n) | {"text": f"private matter {n}"} for n in range(500)), end("stopped")])
    written(path, [START | {"routine": "feet"}, line(1) | {"text": "something harmless"}])
    assert b"private matter 77" in path.read_bytes()
    with closing(Store(path)) as store:
        assert store.forget(1) == 1
        assert store.forget(7) == 0
        for file in path.parent.iterdir():
            assert b"private" not in file.read_bytes(), file
        assert [kept.routine for kept in store.sessions()] == ["feet"]
        assert store.forget(None) == 1
        assert store.sessions() == ()
    assert b"harmless" not in path.read_bytes()


@pytest.mark.parametrize(
    ("reason", "hours", "offered"),
    [
        (None, 1, True),
        ("stopped", 23.9, True),
        ("unfinished", 1, True),
        ("stopped", 24.1, False),
        ("stopped", -1, True),  # the clock was put back
        ("stopped", -48, False),
        ("finished", 1, False),
        ("declined", 1, False),
        ("red_flag", 1, False),
        ("pain", 1, False),
    ],
)
def test_only_an_unfinished_session_of_today_is_taken_up(
    path: Path, reason: str | None, hours: float, offered: bool
) -> None:
    with closing(Store(path)) as store:
        with store.writing():
            session = store.begin("calf", "calves", 1000.0)
            store.add(session, [START, *([end(reason)] if reason else [])], 0)
            store.keep(session, "{}", 1000.0, 60.0)
        assert (store.place("calf", now=1000.0 + hours * DAY / 24) == "{}") is offered
        assert store.place("other", now=1000.0) is None


def test_only_the_last_session_of_a_routine_counts_and_an_end_taken_back_is_none(path: Path) -> None:
    with closing(Store(path)) as store:
        with store.writing():
            for reason in ("stopped", "finished"):
                session = store.begin("calf", "calves", 1000.0)
                store.add(session, [START, end(reason)], 0)
                store.keep(session, reason, 1000.0, 60.0)
        assert store.place("calf", now=1000.0) is None
        with store.writing():
            store.add(session, [{"t": 100.0, "event": "resumed"}], 2)
        assert store.place("calf", now=1000.0) == "finished"
