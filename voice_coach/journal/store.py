"""The journal's file: one SQLite database in the data folder, readable by its owner alone."""

from __future__ import annotations

import json
import math
import os
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import platformdirs

from voice_coach.errors import MachineError
from voice_coach.profile import EVERYBODY
from voice_coach.stage import Line

NAME = "journal.sqlite3"
DAY = 86400.0
"""Seconds within which an unfinished session can be taken up again."""
LONGEST = 1e7
"""No session is longer, seconds."""
HEAD = "id, began, routine, title, reason, person, seconds"
"""What is known of a session without its lines."""
UNFINISHED = (None, "stopped", "unfinished")
"""Ends that leave something to go on with; None is a session that was broken off."""

MIGRATIONS = (
    """
    CREATE TABLE session (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        began REAL NOT NULL,     -- seconds since 1970, UTC
        routine TEXT NOT NULL,
        title TEXT NOT NULL,
        reason TEXT,             -- of its end; NULL until then
        kept_at REAL,            -- when the place below was kept, seconds since 1970
        place TEXT               -- JSON: where to go on; NULL where there is nothing to go on with
    );
    CREATE TABLE line (
        session INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
        number INTEGER NOT NULL, -- from 0
        data TEXT NOT NULL,      -- JSON: a line of the transcript
        PRIMARY KEY (session, number)
    ) WITHOUT ROWID;
    CREATE INDEX session_by_routine ON session (routine, id);
    """,
    """
    ALTER TABLE session ADD COLUMN person TEXT NOT NULL DEFAULT 'default'; -- whose it is
    ALTER TABLE session ADD COLUMN seconds REAL;                           -- of the session, when its place was kept
    """,
)
"""Each brings the file from its index to the next `user_version`."""

_PASSING = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
"""Faults of the machine or of the program, not of the file; those may pass."""


class DamagedError(Exception):
    """The file is no database, or a broken one."""


class DamagedSessionError(DamagedError):
    """The file is sound, but one session in it tells what cannot be."""


@dataclass(frozen=True)
class Kept:
    """One session as the journal keeps it."""

    id: int
    began: float
    """Seconds since 1970, UTC."""
    routine: str
    title: str
    reason: str | None
    """Why it ended; None when it was broken off, or goes on."""
    lines: tuple[Line, ...] = ()
    person: str = EVERYBODY
    """Whose it is."""
    seconds: float | None = None
    """How long it had lasted when its place was last kept."""


def folder() -> Path:
    """Where the journal is."""
    return Path(platformdirs.user_data_dir("voice_coach", appauthor=False))


def journal_file() -> Path:
    """The journal itself."""
    return folder() / NAME


def private_folder(path: Path) -> None:
    """Create *path*, or close it to everybody but its owner."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):
        if sys.platform != "win32" and path.stat().st_mode & 0o077:
            path.chmod(0o700)


class Store:
    """The open database. Raises sqlite3.Error and OSError as they come, and DamagedError for a broken file."""

    def __init__(self, path: Path, patience: float = 5.0, migrations: Sequence[str] = MIGRATIONS) -> None:
        """Open or create the file at *path*; *patience* is how long to wait for another program, seconds."""
        private_folder(path.parent)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if sys.platform != "win32":
            path.chmod(0o600)
        self._path, self._inode = path, path.stat().st_ino
        self._db = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
        try:
            with damage():
                # Written through to the disk at every commit: a power cut loses no more than a kill does.
                for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
                    self._db.execute(f"PRAGMA {setting}")
                self._migrate(path, migrations)
        except BaseException:
            self._db.close()
            raise

    def _migrate(self, path: Path, migrations: Sequence[str]) -> None:
        version = self._version()
        if version > len(migrations):
            raise MachineError(f"{path} was written by a newer voice-coach: update this one, or move the file away.")
        if version == len(migrations):
            return
        with self.writing():
            for number, script in enumerate(migrations[self._version() :], start=self._version() + 1):
                for statement in _statements(script):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {number}")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def close(self) -> None:
        """Close it; the write-ahead log goes into the file."""
        self._db.close()

    @property
    def there(self) -> bool:
        """Whether the file is still in its place; a file that was removed takes what is written with it."""
        try:
            return self._path.stat().st_ino == self._inode
        except OSError:
            return False

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All or nothing."""
        with damage():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    # Writing ---------------------------------------------------------------------------------------

    def begin(self, routine: str, title: str, began: float, person: str = EVERYBODY) -> int:
        """A new session's id; the same again for one that was begun, though the disk said that it was not."""
        row = (began, routine, title, person)
        known = self._db.execute(
            "SELECT id FROM session WHERE began = ? AND routine = ? AND title = ? AND person = ?", row
        ).fetchone()
        if known:
            return int(known[0])
        added = self._db.execute("INSERT INTO session (began, routine, title, person) VALUES (?, ?, ?, ?)", row)
        return int(added.lastrowid or 0)

    def has(self, session: int) -> bool:
        """Whether it is still there; it may have been forgotten."""
        return self._db.execute("SELECT 1 FROM session WHERE id = ?", (session,)).fetchone() is not None

    def add(self, session: int, lines: Sequence[Line], number: int) -> None:
        """Append *lines* of a session, of which the first has *number*. An end's reason becomes the session's.

        Lines that are there already are written again: a disk may say that they are not, and keep them.
        """
        self._db.executemany(
            "INSERT OR REPLACE INTO line VALUES (?, ?, ?)",
            [(session, n, json.dumps(line, default=str)) for n, line in enumerate(lines, start=number)],
        )
        for line in lines:
            if line["event"] in ("end", "resumed"):  # an end by voice can be taken back
                self._db.execute("UPDATE session SET reason = ? WHERE id = ?", (line.get("reason"), session))

    def keep(self, session: int, place: str | None, at: float, seconds: float) -> None:
        """Remember where to go on; *at* is seconds since 1970, *seconds* since the session began."""
        row = (place, at, seconds, session)
        self._db.execute("UPDATE session SET place = ?, kept_at = ?, seconds = ? WHERE id = ?", row)

    def forget(self, session: int | None) -> int:
        """Delete one session, or all; how many there were. Nothing of them is left in the file."""
        with self.writing():
            gone = self._db.execute("DELETE FROM session WHERE ? IS NULL OR id = ?", (session, session)).rowcount
            if session is None:
                self._db.execute("DELETE FROM sqlite_sequence")
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    # Reading ---------------------------------------------------------------------------------------

    def sessions(self, since: float = 0.0) -> tuple[Kept, ...]:
        """All sessions that began after *since* (seconds since 1970), oldest first, without their lines.

        One that is damaged has its number alone.
        """
        with damage():
            rows = self._db.execute(f"SELECT {HEAD} FROM session WHERE began >= ? ORDER BY id", (since,)).fetchall()
        return tuple(map(_head, rows))

    def session(self, number: int) -> Kept | None:
        """One session with its lines. Raises DamagedSessionError too."""
        with damage():
            row = self._db.execute(f"SELECT {HEAD} FROM session WHERE id = ?", (number,)).fetchone()
            if row is None:
                return None
            lines = self._db.execute("SELECT data FROM line WHERE session = ? ORDER BY number", (number,)).fetchall()
            return replace(_kept(row), lines=tuple(_line(data) for (data,) in lines))

    def place(self, routine: str, person: str = EVERYBODY, now: float | None = None) -> str | None:
        """Where the last session of *routine* with *person* can be taken up, if it is unfinished and not a day old.

        Raises DamagedSessionError too.
        """
        with damage():
            row = self._db.execute(
                "SELECT reason, place, kept_at FROM session WHERE routine = ? AND person = ? ORDER BY id DESC LIMIT 1",
                (routine, person),
            ).fetchone()
        if row is None or row[0] not in UNFINISHED or row[1] is None:
            return None
        if not isinstance(row[2], float):
            raise DamagedSessionError(f"{row[2]!r:.80} is no time")
        return str(row[1]) if abs((time.time() if now is None else now) - row[2]) <= DAY else None

    def sound(self) -> bool:
        """Whether SQLite finds no fault in the whole file."""
        with damage():
            return bool(self._db.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")


def set_aside(path: Path) -> Path:
    """Move a damaged file, and what belongs to it, out of the way; where it is now."""
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{time.monotonic_ns() % 100000:05d}")
    path.replace(aside)
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).replace(aside.with_name(aside.name + ending))
    return aside


def damaged(path: Path) -> tuple[Path, ...]:
    """The files that were set aside."""
    return tuple(sorted(path.parent.glob(f"{path.name}.damaged-*")))


@contextmanager
def damage() -> Iterator[None]:
    """Tell a broken file from one that is only locked, full or out of reach for now."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _PASSING:
            raise
        raise DamagedError(str(error)) from error
    except ValueError as error:  # names or lines that are no text any more
        raise DamagedError(str(error)) from error


def _head(row: tuple[Any, ...]) -> Kept:
    try:
        return _kept(row)
    except DamagedSessionError:
        return Kept(row[0], 0.0, "", "", None)


def _kept(row: tuple[Any, ...]) -> Kept:
    number, began, routine, title, reason, person, seconds = row
    kept = Kept(number, began, routine, title, reason, person=person, seconds=seconds)
    named = all(isinstance(name, str) for name in (kept.routine, kept.title, kept.person, kept.reason or ""))
    timed = all(isinstance(at, float) and math.isfinite(at) for at in (kept.began, kept.seconds or 0.0))
    if not named or not timed:
        raise DamagedSessionError(f"{row!r:.80} is no session")
    return kept


def _line(data: Any) -> Line:
    try:
        line: Any = json.loads(data) if isinstance(data, str) else None
    except ValueError:
        line = None
    t = line.get("t") if isinstance(line, dict) and "event" in line else None
    if not isinstance(t, int | float) or not abs(t) <= LONGEST:
        raise DamagedSessionError(f"{data!r:.80} is no line of a session")
    return dict(line)


def _statements(script: str) -> Iterator[str]:
    plain = "\n".join(line.partition("--")[0] for line in script.splitlines())
    return (statement for statement in plain.split(";") if statement.strip())
