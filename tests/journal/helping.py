"""What the journal's tests have in common."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from voice_coach.journal.store import Kept, Store
from voice_coach.journal.writer import Journal
from voice_coach.stage import Line

START: Line = {"t": 0.0, "event": "start", "routine": "calf", "title": "calves and soles"}


def line(number: int) -> Line:
    return {"t": float(number), "event": "note", "text": f"line {number}"}


def end(reason: str) -> Line:
    return {"t": 99.0, "event": "end", "reason": reason}


def wait_for(what: Callable[[], object], limit: float = 10.0) -> None:
    """Until it is so; fails when it never is."""
    until = time.monotonic() + limit
    while not what():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)


def written(path: Path, lines: Iterable[Line]) -> list[str]:
    """Put a session into the journal; what it warned of."""
    warned: list[str] = []
    with Journal(path, warned.append) as journal:
        for each in lines:
            journal.tell(each)
    return warned


def read(path: Path, number: int = 1) -> Kept:
    with closing(Store(path)) as store:
        kept = store.session(number)
    assert kept is not None
    return kept


def lines_in(path: Path) -> int:
    """How many lines another program sees in the journal, now."""
    try:
        with closing(sqlite3.connect(path, timeout=0.1)) as db:
            return int(db.execute("SELECT count(*) FROM line").fetchone()[0])
    except sqlite3.Error:
        return 0
