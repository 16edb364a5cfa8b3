"""Whatever happens to the disk, the session goes on, the person is told once, and what happened is there in the end."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.faults import CLOCK, DAMAGED, FULL, LOCKED, NO_FOLDER, NO_GROWTH, REMOVED, shows
from tests.journal.helping import START, end, line, lines_in, read, wait_for, written
from tests.session.playing import Play
from tests.session.routines import routine
from voice_coach.journal.store import Store, damaged
from voice_coach.journal.writer import Journal

LOCKER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
db.execute("ROLLBACK")
"""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """While another program holds the journal."""
    with subprocess.Popen(
        [sys.executable, "-c", LOCKER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"locked\n"
        yield


def test_lines_are_there_within_half_a_second(tmp_path: Path) -> None:
    path, slowest = tmp_path / "journal.sqlite3", 0.0
    with Journal(path, pytest.fail) as journal:
        journal.tell(START)
        wait_for(lambda: lines_in(path) == 1)
        for number in range(1, 6):
            told = time.monotonic()
            journal.tell(line(number))
            wait_for(lambda seen=number + 1: lines_in(path) == seen)  # type: ignore[misc]
            slowest = max(slowest, time.monotonic() - told)
    assert slowest < 0.5


def test_telling_never_waits_for_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    written(path, [START])
    with locked(path), Journal(path, lambda text: None) as journal:
        began = time.monotonic()
        for number in range(1000):
            journal.tell(line(number))
        assert time.monotonic() - began < 0.5


@shows(LOCKED)
def test_locked_by_another_program(tmp_path: Path) -> None:
    path, warned = tmp_path / "journal.sqlite3", list[str]()
    written(path, [START, end("finished")])
    with Journal(path, warned.append) as journal:
        with locked(path):
            journal.tell(START)
            journal.tell(line(1))
            wait_for(lambda: warned)
            assert LOCKED.told in warned[0]
            journal.tell(line(2))
        wait_for(lambda: len(warned) == 2)
        assert warned[1] == "The journal is being written again; nothing is missing from it."
        journal.tell(end("finished"))
    assert list(read(path, 2).lines) == [START, line(1), line(2), end("finished")]
    assert len(warned) == 2


def test_locked_to_the_very_end(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    written(path, [START])
    with locked(path):
        warned = written(path, [START, line(1)])
    assert len(warned) == 2
    assert "this session is missing" in warned[1]


def test_a_damaged_journal_is_moved_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(b"not a journal" * 1000)
    warned = written(path, [START, line(1)])
    (aside,) = damaged(path)
    assert aside.read_bytes() == b"not a journal" * 1000
    assert warned == [f"The journal was damaged, so it was moved to {aside} and a new one was begun."]
    assert list(read(path).lines) == [START, line(1)]


@shows(DAMAGED)
def test_damaged_while_it_is_written(tmp_path: Path) -> None:
    path, warned = tmp_path / "journal.sqlite3", list[str]()
    with Journal(path, warned.append) as journal:
        journal.tell(START)
        wait_for(lambda: lines_in(path) == 1)
        for file in tmp_path.iterdir():
            file.write_bytes(b"\x55" * file.stat().st_size)
        for number in range(1, 200):
            journal.tell(line(number))
        wait_for(lambda: warned)
    assert DAMAGED.told in warned[0]
    assert len(read(path).lines) == 200


def test_a_disk_that_says_it_kept_nothing_and_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines are tried again, and are there once; nothing is taken for damage."""
    path, warned, really = tmp_path / "journal.sqlite3", list[str](), Store.writing
    written(path, [START, end("finished")])
    lies = iter([True, False, True])

    @contextmanager
    def writing(store: Store) -> Iterator[None]:
        with really(store):
            yield
        if next(lies, False):
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error

    monkeypatch.setattr(Store, "writing", writing)
    with Journal(path, warned.append) as journal:
        journal.tell(START)
        wait_for(lambda: len(warned) == 2)
        journal.tell(line(1))
        wait_for(lambda: len(warned) == 4)
        journal.tell(line(2))
    assert list(read(path, 2).lines) == [START, line(1), line(2)]
    assert read(path).reason == "finished"
    assert warned[1] == warned[3] == "The journal is being written again; nothing is missing from it."
    assert damaged(path) == ()


def test_a_session_that_is_forgotten_while_it_goes_on_takes_no_other_with_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    written(path, [START, end("finished")])
    with Journal(path, pytest.fail) as journal:
        journal.tell(START)
        wait_for(lambda: lines_in(path) == 3)
        with closing(Store(path)) as store:
            store.forget(2)
        journal.tell(line(1))
    assert read(path).reason == "finished"
    assert list(read(path, 3).lines) == [START, line(1)]


def test_by_its_own_time_a_session_begins_at_nought(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with Journal(path, pytest.fail, person="anna", begun=40.0) as journal:
        journal.tell(START | {"t": 40.0})
        journal.tell(line(50))
    kept = read(path)
    assert ([told["t"] for told in kept.lines], kept.person) == ([0.0, 10.0], "anna")


@shows(REMOVED)
def test_removed_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with Journal(path, pytest.fail) as journal:
        journal.tell(START)
        wait_for(lambda: lines_in(path) == 1)
        for file in tmp_path.iterdir():
            file.unlink()
        journal.tell(line(1))
    assert list(read(path).lines) == [START, line(1)]


@shows(NO_FOLDER)
def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, where the folder should be")
    warned = written(tmp_path / "data" / "journal.sqlite3", [START, line(1)])
    assert NO_FOLDER.told in warned[0]
    assert "check the disk and the folder's permissions" in warned[0]
    assert "this session is missing" in warned[1]
    assert len(warned) == 2


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of 160 kilobytes at *folder*."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@shows(FULL)
def test_the_disk_is_full_and_then_is_not(tmp_path: Path) -> None:
    path, warned = tmp_path / "disk" / "journal.sqlite3", list[str]()
    with small_disk(path.parent):
        with Journal(path, warned.append) as journal:
            journal.tell(START)
            wait_for(lambda: lines_in(path) == 1)
            filler = path.with_name("filler")
            fill(filler)
            for number in range(1, 100):
                journal.tell(line(number) | {"text": "x" * 500})
            wait_for(lambda: warned)
            assert FULL.told in warned[0]
            filler.unlink()
            wait_for(lambda: len(warned) == 2)
            journal.tell(end("finished"))
        kept = read(path)
    assert "written again" in warned[1]
    assert len(kept.lines) == 101
    assert kept.reason == "finished"


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 1024):
                pass
        except OSError:
            return


@shows(NO_GROWTH)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_files_may_not_grow_any_more(tmp_path: Path) -> None:
    import resource

    path, warned = tmp_path / "journal.sqlite3", list[str]()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Journal(path, warned.append) as journal:
        journal.tell(START)
        wait_for(lambda: lines_in(path) == 1)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name(path.name + "-wal").stat().st_size + 100, before[1]))
        try:
            for number in range(1, 100):
                journal.tell(line(number) | {"text": "x" * 500})
            wait_for(lambda: warned)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        wait_for(lambda: len(warned) == 2)
    assert NO_GROWTH.told in warned[0]
    assert len(read(path).lines) == 100


@shows(CLOCK)
def test_the_clock_is_set(tmp_path: Path) -> None:
    path, clock = tmp_path / "journal.sqlite3", iter([1e9, 2e9, 1.0, 1.5e9] * 50)
    session = Play(routine("calf")).story("step two", 2.0, 20.0)
    with Journal(path, pytest.fail, lambda: next(clock)) as journal:
        for number, told in enumerate([START, line(1), line(2), end("stopped")], start=1):
            journal.tell(told)
            journal.keep(session.session, session.now)
            wait_for(lambda seen=number: lines_in(path) == seen)  # type: ignore[misc]
    assert list(read(path).lines) == [START, line(1), line(2), end("stopped")]
    with closing(Store(path)) as store:
        assert any(store.place("calf", now=at) for at in (1e9, 2e9, 1.0, 1.5e9))
