"""Playing a session with the journal open."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing

from voice_coach.cli.screen import notice
from voice_coach.errors import CoachError
from voice_coach.journal.store import DamagedError, Store, journal_file
from voice_coach.journal.writer import Journal
from voice_coach.routine.model import Routine
from voice_coach.session.snapshot import SnapshotError, restore
from voice_coach.session.state import Session
from voice_coach.stage import Line, Stage, play


def play_kept(routine: Routine, stage: Stage, told: Callable[[Line], None], journal: bool) -> str:
    """Play *routine*; with *journal*, write it down and take up what was left unfinished."""
    if not journal:
        return play(routine, stage, told)
    resume = unfinished(routine)
    begun = stage.now
    with Journal(journal_file(), notice) as book:

        def both(line: Line) -> None:
            book.tell({**line, "t": round(float(str(line["t"])) - begun, 3)})
            told(line)

        return play(routine, stage, both, resume=resume, keep=book.keep)


def unfinished(routine: Routine) -> Session | None:
    """Where the last session of *routine* ended, if it can be taken up.

    Of a journal that cannot be read nothing is said here: whoever writes it next will tell.
    """
    try:
        with closing(Store(journal_file(), patience=1.0)) as store:
            place = store.place(routine.id)
        return None if place is None else restore(routine, json.loads(place))
    except (sqlite3.Error, OSError, DamagedError, CoachError, SnapshotError, ValueError):
        return None
