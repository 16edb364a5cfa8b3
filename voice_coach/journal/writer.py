"""The journal while a session is going on: lines and places, written by a thread of its own.

The session never waits for the disk, and no fault of the journal ends it. What could not be written
is kept, and written when the disk takes it again.
"""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from voice_coach.clock import Clock
from voice_coach.errors import MachineError
from voice_coach.journal.store import DamagedError, Store, set_aside
from voice_coach.profile import EVERYBODY
from voice_coach.session.snapshot import snapshot
from voice_coach.session.state import Doing, Session
from voice_coach.stage import Line

GATHER = 0.1
"""Seconds in which lines are gathered before they are written together."""
HEARTBEAT = 0.4
"""Seconds between two writes of the place while hands are on."""
RETRY = 1.0
"""Seconds between two tries after a failure."""
PATIENCE = 1.0
"""Seconds to wait for another program that is writing."""
LAST_CHANCE = 5.0
"""Seconds to wait for the last lines at the end."""


@dataclass(frozen=True)
class _State:
    session: Session
    now: float
    at: float
    """When that was, on the journal's own clock."""

    @property
    def running(self) -> bool:
        return isinstance(self.session.phase, Doing) and self.session.phase.since is not None

    def time(self, at: float) -> float:
        """The session's own time, as it is *at* this moment: a running clock has run on since."""
        return self.now + (at - self.at if self.running else 0.0)

    def place(self, at: float) -> str | None:
        """Where to go on then."""
        data = snapshot(self.session, self.time(at))
        return None if data is None else json.dumps(data)


class Journal:
    """One session in the journal at *path*. A context manager; leaving it writes the last lines.

    *warn* is given one sentence when the journal cannot be written, and one when it can again; it is
    called on the journal's thread.
    """

    def __init__(
        self,
        path: Path,
        warn: Callable[[str], None],
        clock: Callable[[], float] = time.time,
        *,
        person: str = EVERYBODY,
        begun: float = 0.0,
    ) -> None:
        """Begin a session of *person* in the file at *path*; *clock* tells the seconds since 1970.

        *begun* is when it begins by its own time, from which its lines and places count.
        """
        self._path, self._warn, self._clock = path, warn, clock
        self._person, self._begun = person, begun
        self._inbox: queue.SimpleQueue[Line | _State | None] = queue.SimpleQueue()
        self._awake = Clock()
        self._began = clock()
        self._lines: list[Line] = []
        self._written = 0
        self._state: _State | None = None
        self._kept: _State | None = None
        self._store: Store | None = None
        self._id: int | None = None
        self._troubled = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def tell(self, line: Line) -> None:
        """Write *line*, soon."""
        self._inbox.put({**line, "t": round(float(str(line["t"])) - self._begun, 3)} if self._begun else line)

    def keep(self, session: Session, now: float) -> None:
        """Remember where the session is at *now*."""
        self._inbox.put(_State(session, now, self._awake.now))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._inbox.put(None)
        self._thread.join(LAST_CHANCE)
        if self._thread.is_alive():
            self._warn("The disk does not answer, so the end of this session may be missing from the journal.")
        elif self._written < len(self._lines):
            missing = "this session" if not self._written else "the end of this session"
            self._warn(f"The journal could not be written, so {missing} is missing from it.")

    # The journal's thread --------------------------------------------------------------------------

    def _run(self) -> None:
        open_ = True
        while open_:
            open_ = self._gather()
            try:
                try:
                    self._write()
                except DamagedError:
                    self._begin_anew()
                    self._write()
            except (sqlite3.Error, OSError, MachineError, DamagedError) as error:
                self._fail(error)
                continue
            if self._troubled:
                self._troubled = False
                self._warn("The journal is being written again; nothing is missing from it.")
        if self._store:
            self._store.close()

    def _gather(self) -> bool:
        """Take in what has come, and a little more; whether the session goes on."""
        waits = RETRY if self._troubled else HEARTBEAT if self._state and self._state.running else None
        until = time.monotonic() + waits if waits else None
        gathering = False
        while True:
            try:
                item = self._inbox.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
            except queue.Empty:
                return True
            if item is None:
                return False
            if isinstance(item, _State):
                self._state = item
            else:
                self._lines.append(item)
            if not gathering and not self._troubled:
                gathering, until = True, time.monotonic() + GATHER

    def _write(self) -> None:
        if self._store and not self._store.there:
            self._close()
            self._id, self._written = None, 0
        state, fresh = self._state, self._lines[self._written :]
        new_place = state is not None and (state is not self._kept or state.running)
        if not self._lines or not (fresh or new_place):
            return
        self._store = store = self._store or self._open()
        start, at = self._lines[0], self._awake.now
        with store.writing():
            number, done = self._id, self._written
            if number is None or not store.has(number):
                number = store.begin(str(start.get("routine")), str(start.get("title")), self._began, self._person)
                done = 0
            store.add(number, self._lines[done:], done)
            if new_place and state:
                store.keep(number, state.place(at), self._clock(), state.time(at) - self._begun)
        self._id, self._kept, self._written = number, state, len(self._lines)

    def _open(self) -> Store:
        """The file, looked through: a broken one may take lines that nobody can read again."""
        store = Store(self._path, PATIENCE)
        try:
            if not store.sound():
                raise DamagedError("SQLite finds faults in it")
        except BaseException:
            store.close()
            raise
        return store

    def _fail(self, error: Exception) -> None:
        self._close()
        if not self._troubled:
            self._troubled = True
            self._warn(f"{fault(self._path, error)} The session goes on, and what happens is kept until it can be.")

    def _begin_anew(self) -> None:
        self._close()
        self._id, self._written, self._troubled = None, 0, False
        aside = set_aside(self._path)
        self._warn(f"The journal was damaged, so it was moved to {aside} and a new one was begun.")

    def _close(self) -> None:
        if self._store:
            store, self._store = self._store, None
            store.close()


def fault(path: Path, error: Exception) -> str:
    """What is wrong with the journal, and what to do, in one sentence."""
    if isinstance(error, MachineError):
        return str(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"The journal {path} cannot be written while another program holds it: close that program."
    if code == sqlite3.SQLITE_FULL or getattr(error, "errno", None) in (28, 122):
        return f"The journal {path} cannot be written because the disk is full: free some space."
    reason = getattr(error, "strerror", None) or str(error)
    return f"The journal {path} cannot be written ({reason}): check the disk and the folder's permissions."
