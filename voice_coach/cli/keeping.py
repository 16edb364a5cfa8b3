"""Playing a session with the journal open."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from voice_coach.cli.screen import notice
from voice_coach.commands import Command
from voice_coach.errors import CoachError
from voice_coach.journal.store import DAY, DamagedError, Kept, Store, journal_file
from voice_coach.journal.writer import Journal
from voice_coach.profile import EVERYBODY, Profile, lasts, load_profile, profile_file, save_profile
from voice_coach.routine.body_map import Spot
from voice_coach.routine.model import Routine
from voice_coach.session import own_questions
from voice_coach.session.events import Heard
from voice_coach.session.session import NOTHING
from voice_coach.session.snapshot import SnapshotError, restore
from voice_coach.session.state import Session
from voice_coach.stage import Line, Stage, play

T = TypeVar("T")


@dataclass(frozen=True)
class Memory:
    """Whose profile is used, and whether it is written."""

    file: Path
    profile: Profile
    remember: bool | None
    """None asks."""

    @staticmethod
    def of(person: str | None, remember: bool | None) -> Memory:
        """What is remembered of *person*. Raises UserError in one sentence for a damaged profile."""
        file = profile_file(person)
        return Memory(file, load_profile(file), remember)

    @property
    def person(self) -> str:
        """Whose it is, as the journal names them."""
        return self.file.stem

    @property
    def spots(self) -> tuple[Spot, ...]:
        """What was told by voice not long ago."""
        return self.profile.spared(date.today())

    def spares(self, body: str | None, *, asking: bool) -> str | None:
        """The body map with what is remembered, a line each; by voice only where that is not gone through anyway."""
        told = () if asking else map(str, self.spots)
        return "\n".join(filter(None, (body, self.profile.body, *told))) or None

    def keep(self, session: Session, body: str | None = None, spots: tuple[Spot, ...] | None = None) -> Memory:
        """Write what the session was told, if that is wanted; the memory as it is then."""
        answers = dict(session.answers)
        if not self.remember and not (self.remember is None and answers.get(own_questions.REMEMBER.name)):
            return self
        profile = self.profile.with_answers(session.whole, answers, date.today())
        profile = profile.model_copy(update={"body": body}) if body else profile
        profile = profile if spots is None else profile.with_spots(spots, date.today())
        if profile == self.profile:
            return self
        try:
            save_profile(self.file, profile)
        except CoachError as error:
            notice(str(error))
            return self
        notice(f"Remembered in {self.file}; 'voice-coach profile' shows it.")
        return replace(self, profile=profile)


def play_remembered(
    routine: Routine,
    stage: Stage,
    told: Callable[[Line], None],
    journal: bool,
    memory: Memory,
    body: str | None = None,
    spots: tuple[Spot, ...] | None = None,
) -> str:
    """Play *routine* as `play_kept` does, with what is remembered; what is told is remembered if that is wanted.

    It is written once the session is over, though it may be taken back for a while; and when it is ended from outside.
    *body* was given by the command line, *spots* by voice; None is not asked.
    """
    known = memory.profile.known(routine, date.today())
    new = any(lasts(question) and question.name not in known for question in routine.questions)
    new = new or (spots is not None and set(spots) != set(memory.spots))
    last: list[Session] = []

    def keep(session: Session, now: float) -> None:
        last[:] = [session]

    def remember() -> None:
        nonlocal memory
        if last:
            memory = memory.keep(last[0], body, spots)

    def tell(line: Line) -> None:
        told(line)
        if line["event"] == "end":  # what the end makes heard and seen is under way by now, so the disk delays nothing
            remember()

    asks = memory.remember is None and new
    try:
        return play_kept(routine, stage, tell, journal, known, asks, keep, memory.person)
    finally:
        remember()


def play_kept(
    routine: Routine,
    stage: Stage,
    told: Callable[[Line], None],
    journal: bool,
    known: Mapping[str, bool] = NOTHING,
    remember: bool = False,
    keep: Callable[[Session, float], None] = lambda session, now: None,
    person: str = EVERYBODY,
) -> str:
    """Play *routine*; with *journal*, write it down, and take up what *person* left unfinished.

    The rest is as in `play`.
    """
    if not journal:
        return play(routine, stage, told, known=known, remember=remember, keep=keep)
    resume, before = unfinished(routine, person, known), heard_last(person)
    with Journal(journal_file(), notice, person=person, begun=stage.now) as book:

        def both(line: Line) -> None:
            book.tell(line)
            told(line)

        def kept(session: Session, now: float) -> None:
            book.keep(session, now)
            keep(session, now)

        return play(routine, stage, both, resume=resume, known=known, remember=remember, heard_before=before, keep=kept)


def unfinished(routine: Routine, person: str = EVERYBODY, known: Mapping[str, bool] = NOTHING) -> Session | None:
    """Where the last session of *routine* with *person* ended, if it can be taken up.

    It cannot where an answer that is *known* by now was another one then.
    """
    place = _read(lambda store: store.place(routine.id, person))
    try:
        session = None if place is None else restore(routine, json.loads(place))
    except (SnapshotError, ValueError):
        return None
    answers = dict(session.answers) if session else {}
    return None if any(answers.get(name, answer) != answer for name, answer in known.items()) else session


def left_off(routines: Iterable[Routine], person: str) -> Routine | None:
    """Which of *routines* the last session with *person* was, if it can be taken up."""
    last = _read(lambda store: _last(store, person))
    return next((r for r in routines if last and r.id == last.routine and unfinished(r, person)), None)


def heard_last(person: str) -> Heard | None:
    """What was understood last in the last session with *person*, if that was within a day."""
    last = _read(lambda store: _last(store, person, time.time() - DAY))
    try:
        line = next(line for line in reversed(last.lines if last else ()) if line["event"] == "heard")
        return Heard(Command(str(line["command"])), str(line["phrase"]), str(line["path"]))
    except (StopIteration, KeyError, ValueError):
        return None


def _last(store: Store, person: str, since: float = 0.0) -> Kept | None:
    """The last session with *person* that began after *since*, with its lines."""
    own = [kept.id for kept in store.sessions(since) if kept.person == person]
    return store.session(own[-1]) if own else None


def _read(ask: Callable[[Store], T | None]) -> T | None:
    """What the journal answers. Of one that cannot be read nothing is said here: whoever writes it next will tell."""
    try:
        with closing(Store(journal_file(), patience=1.0)) as store:
            return ask(store)
    except (sqlite3.Error, OSError, DamagedError, CoachError):
        return None
