"""The commands about what was: history, report, forget."""

from __future__ import annotations

import sqlite3
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from rich.table import Table

from voice_coach.cli.screen import OUT, notice, sure
from voice_coach.cli.staging import own_file
from voice_coach.errors import MachineError, UserError
from voice_coach.files import Replacement
from voice_coach.journal.lock import SessionLock, going_on
from voice_coach.journal.page import page
from voice_coach.journal.report import ENDS, GOING_ON, Visit, as_csv, as_json, by_area, place, visit
from voice_coach.journal.store import (
    DamagedError,
    DamagedSessionError,
    Kept,
    Store,
    damaged,
    folder,
    journal_file,
    set_aside,
)
from voice_coach.journal.writer import fault
from voice_coach.profile import EVERYBODY, profile_file, profiles
from voice_coach.session.times import clock

WEEK = 7 * 86400.0
"""Seconds."""


def history(args: Namespace) -> int:
    """`history`"""
    with _journal() as store:
        visits = _visits(store, _of(args.person, store.sessions()))
    if not visits:
        return _nothing(args.person)
    several = any(told.person != EVERYBODY for told in visits)
    table = Table(box=None, pad_edge=False)
    for heading in ("SESSION", "WHEN", *["PERSON"] * several, "ROUTINE", "MINUTES", "REPORTS", "END"):
        table.add_column(heading, justify="right" if heading in ("SESSION", "MINUTES", "REPORTS") else "left")
    for told in visits:
        end = ENDS.get(told.reason, str(told.reason))
        reports = str(len(told.discomforts) or "")
        when, who = f"{told.began:%Y-%m-%d %H:%M}", [told.person] * several
        table.add_row(str(told.number), when, *who, told.routine, clock(told.seconds), reports, end)
    OUT.print(table)
    return 0


def report(args: Namespace) -> int:
    """`report [SESSION]`"""
    visits, period = _chosen(args)
    if not visits:
        return _nothing(args.person)
    if args.html:
        own_file("the report", args.html)
        with Replacement(args.html) as file:
            file.write(page(visits, period).encode())
        notice(f"The report is in {args.html}.")
    elif args.json:
        OUT.print(as_json(visits))
    elif args.csv:
        OUT.print(as_csv(visits), end="")
    else:
        _show(visits, period)
    return 0


def forget(args: Namespace) -> int:
    """`forget SESSION` or `forget --all`"""
    if (args.session is None) == (not args.all):
        raise UserError("Say what to forget: a session's number (see 'voice-coach history'), or --all.")
    with SessionLock(folder(), "forgetting sessions"), _journal(mending=args.all) as store:
        kept = store.sessions() if args.all else _one(store, args.session)
        aside = damaged(journal_file()) if args.all else ()
        people = profiles() if args.all else ()
        if not kept and not aside and not people:
            return _nothing()
        every = "the only session" if len(kept) == 1 else f"all {len(kept)} sessions"
        what = every if args.all else f"session {args.session}"
        if aside:
            what += f" and {len(aside)} damaged journals"
        if people:
            what += f", and the answers of {', '.join(file.stem for file in people)}"
        if not args.yes and not sure(f"Forget {what}, for good?"):
            notice("Nothing was forgotten.")
            return 0
        store.forget(args.session)
        for file in (*aside, *people):
            file.unlink(missing_ok=True)
    notice(f"Forgotten: {what}.")
    return 0


@contextmanager
def _journal(mending: bool = False) -> Iterator[Store]:
    """The journal, for reading or forgetting. Raises MachineError in one sentence for every fault of it.

    *mending* moves a damaged one aside, as the next session would.
    """
    path = journal_file()
    try:
        if mending and not _sound(path):
            set_aside(path)
        with closing(Store(path)) as store:
            yield store
    except DamagedError as error:
        raise MachineError(
            f"The journal {path} is damaged: move it away; the next session begins a new one by itself."
        ) from error
    except (sqlite3.Error, OSError) as error:
        raise MachineError(fault(path, error)) from error


def _sound(path: Path) -> bool:
    try:
        with closing(Store(path)) as store:
            return store.sound()
    except DamagedError:
        return False


def _chosen(args: Namespace) -> tuple[list[Visit], str]:
    """The sessions to report on: one, those of some weeks, or the last one."""
    with _journal() as store:
        if args.weeks is not None:
            kept = _of(args.person, store.sessions(since=time.time() - args.weeks * WEEK))
            if len(people := sorted({each.person for each in kept})) > 1:
                raise UserError(f"These are sessions of {', '.join(people)}; choose one of them with --person.")
        else:
            kept = _one(store, args.session) if args.session is not None else _of(args.person, store.sessions())[-1:]
        visits = _visits(store, kept)
    period = "" if args.weeks is None else "the last week" if args.weeks == 1 else f"the last {args.weeks} weeks"
    return visits, period


def _visits(store: Store, kept: Sequence[Kept]) -> list[Visit]:
    """What happened in the sessions that can be read; the person is told of the others."""
    found, broken = [], list[str]()
    last = max((each.id for each in store.sessions()), default=None)
    going = last if going_on(folder()) else None
    for each in kept:
        try:
            if one := store.session(each.id):
                told = visit(one)
                found.append(replace(told, reason=GOING_ON) if one.id == going and told.reason is None else told)
        except DamagedSessionError:
            broken.append(f"session {each.id}")
    if broken and not found:
        raise MachineError(
            f"The journal's {', '.join(broken)} cannot be read any more: 'voice-coach forget' deletes it."
        )
    if broken:
        notice(f"Left out, because it cannot be read any more: {', '.join(broken)}.")
    return found


def _one(store: Store, number: int) -> tuple[Kept]:
    for kept in store.sessions():
        if kept.id == number:
            return (kept,)
    raise UserError(f"There is no session {number}; 'voice-coach history' lists them.")


def _of(person: str | None, sessions: Sequence[Kept]) -> Sequence[Kept]:
    """Those of one *person*; of everybody, where none is named. Raises UserError for a name that nobody has."""
    if person is None:
        return sessions
    name = profile_file(person).stem
    return [kept for kept in sessions if kept.person == name]


def _nothing(person: str | None = None) -> int:
    notice(f"No session of {person} was kept." if person else "The journal is empty: no session was kept yet.")
    return 0


def _show(visits: list[Visit], period: str) -> None:
    """The report in the terminal."""
    for told in visits:
        end = ENDS.get(told.reason, str(told.reason))
        OUT.print(f"Session {told.number}", style="bold", end="")
        who = "" if told.person == EVERYBODY else f", {told.person}"
        OUT.print(f"{who}, {told.began:%Y-%m-%d %H:%M}: {told.title}; {end}, after {clock(told.seconds)}")
        table = Table(box=None, pad_edge=False)
        for heading in ("STEP", "WHAT", "WHERE", "WORKED", "HOW IT WENT"):
            table.add_column(heading, justify="right" if heading in ("STEP", "WORKED") else "left")
        for work in told.work:
            title = f"{work.title} (gentler)" if work.rung else work.title
            table.add_row(str(work.index), title, place(work.region, work.side), clock(work.hands_on), work.outcome)
        if told.work:
            OUT.print(table)
        for d in told.discomforts:
            when = f", {d.title}" if d.title else ""
            when += "" if d.second is None else f" at {clock(d.second)}"
            strength = f", {d.strength}" if d.strength else ""
            OUT.print(f"  {place(d.region, d.side)}: “{d.phrase}”{strength}{when}")
        for out in told.left_out:
            OUT.print(f"  {place(out.region, out.side)}: {out.how} ({out.why})")
        for lost in told.faults:
            OUT.print(f"  {clock(lost.at)} {lost.part}: {lost.reason}")
    if len(visits) > 1:
        total = ", ".join(f"{place(*area)} {count}" for area, count in by_area(visits).most_common()) or "none"
        OUT.print(period.capitalize(), style="bold", end="")
        OUT.print(f": {len(visits)} sessions; reports of discomfort: {total}")
