"""What the journal costs and what it survives: `python -m benchmarks.journal --json FILE`.

- Telling a line, as the session's thread feels it; writing a line, as the disk does; and how long until another
  program sees it.
- Finding the place to go on at, in a journal of a year.
- Summing up a year's sessions and making the page.
- Killing the process at random moments: seconds of the session that are missing.
- Journals with random damage: sessions that went on and were kept, of sessions tried.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks.common import HEADINGS, Figure, keep, show, versions
from voice_coach.journal.page import page
from voice_coach.journal.report import visit
from voice_coach.journal.store import DamagedError, Store
from voice_coach.journal.writer import Journal
from voice_coach.person import Person
from voice_coach.rehearsal import Rehearsal
from voice_coach.routine.load import find, load
from voice_coach.session.session import begin
from voice_coach.session.snapshot import restore, snapshot
from voice_coach.session.state import Doing, Session
from voice_coach.stage import Line, play

ROUTINE = load(find("leg-classic"))
YEAR = 365
TELLER = """
import sys, time
from pathlib import Path
from voice_coach.journal.writer import Journal
with Journal(Path(sys.argv[1]), print) as journal:
    journal.tell({"t": 0, "event": "start", "routine": "x", "title": "x"})
    while True:
        journal.tell({"t": time.monotonic(), "event": "note"})
        print(time.monotonic(), flush=True)
        time.sleep(0.01)
"""


def evening() -> list[Line]:
    """The lines of a whole session."""
    lines: list[Line] = []
    play(ROUTINE, Rehearsal((), Person(ROUTINE)), lines.append)
    return lines


def telling(folder: Path, lines: list[Line]) -> tuple[Figure, Figure, Figure]:
    """What a line costs the session, the machine and the reader."""
    told, shown = [], []
    path = folder / "telling.sqlite3"
    with Journal(path, print) as journal:
        began = time.process_time()
        for line in lines * 20:
            at = time.perf_counter()
            journal.tell(line)
            told.append((time.perf_counter() - at) * 1e6)
    each = (time.process_time() - began) / len(told) * 1e6
    with Journal(folder / "showing.sqlite3", print) as journal, closing(Store(folder / "showing.sqlite3")) as reader:
        for number, line in enumerate(lines[:40], start=1):
            at = time.perf_counter()
            journal.tell(line)
            while not (kept := reader.session(1)) or len(kept.lines) < number:
                time.sleep(0.001)
            shown.append((time.perf_counter() - at) * 1e3)
    return (
        Figure("telling a line, for the session", "µs", tuple(told)),
        Figure("a line in all, processor", "µs", (each,)),
        Figure("until it is on the disk", "ms", tuple(shown)),
    )


def at_work() -> Session:
    """A session with hands on."""
    session, _ = begin(ROUTINE)
    return Session(ROUTINE, session.turns, Doing(4, 60.0, since=0.0))


def year(folder: Path, lines: list[Line]) -> tuple[Figure, Figure]:
    """Going on in, and reporting on, a journal with a session for every day."""
    path = folder / "year.sqlite3"
    with closing(Store(path)) as store, store.writing():
        for day in range(YEAR):
            number = store.begin(ROUTINE.id, ROUTINE.title, time.time() - (YEAR - day) * 86400)
            store.add(number, [line for line in lines if line["event"] != "end"], 0)
            store.keep(number, json.dumps(snapshot(at_work(), 20.0)), time.time(), 20.0)
    resumed, reported = [], []
    for _ in range(20):
        at = time.perf_counter()
        with closing(Store(path)) as store:
            place = store.place(ROUTINE.id)
        restore(ROUTINE, json.loads(place or ""))
        resumed.append((time.perf_counter() - at) * 1e3)
    for _ in range(3):
        at = time.perf_counter()
        with closing(Store(path)) as store:
            page([visit(kept) for each in store.sessions() if (kept := store.session(each.id))], "a year")
        reported.append(time.perf_counter() - at)
    return (
        Figure("finding where to go on, in a year", "ms", tuple(resumed)),
        Figure("the page of a year", "s", tuple(reported)),
    )


def killed(folder: Path, times: int) -> Figure:
    """Seconds missing after SIGKILL at random moments."""
    missing, moments = [], random.Random(1)
    for number in range(times):
        path = folder / f"killed-{number}.sqlite3"
        with subprocess.Popen([sys.executable, "-c", TELLER, str(path)], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(moments.uniform(0.3, 1.0))
            process.send_signal(signal.SIGKILL)
            last = float([line for line in process.stdout if line.endswith("\n")][-1])
        with closing(Store(path)) as store:
            kept = store.session(1)
            if store.sound() and kept:
                missing.append(max(0.0, last - float(str(kept.lines[-1]["t"]))))
    return Figure("missing after a kill", "s", tuple(missing), tries=times)


def damaged(folder: Path, lines: list[Line], times: int) -> Figure:
    """Seconds that a session of some lines takes, over a file with random damage, where it was kept whole."""
    kept, dice = [], random.Random(2)
    whole = folder / "whole.sqlite3"
    with Journal(whole, print) as journal:
        for line in lines:
            journal.tell(line)
    good = whole.read_bytes()
    for number in range(times):
        place = folder / f"damaged-{number}"
        place.mkdir()
        path = place / "journal.sqlite3"
        broken = bytearray(good)
        for _ in range(dice.choice((1, 10, 1000))):
            broken[dice.randrange(len(broken) if dice.random() < 0.5 else 4096)] = dice.randrange(256)
        path.write_bytes(broken[: dice.randrange(len(broken))] if dice.random() < 0.3 else broken)
        at = time.perf_counter()
        with Journal(path, lambda text: None) as journal:
            for line in lines[:20]:
                journal.tell(line)
        seconds = time.perf_counter() - at
        try:
            with closing(Store(path)) as store:
                last = store.session(store.sessions()[-1].id)
        except DamagedError:
            continue
        if last and list(last.lines) == lines[:20]:
            kept.append(seconds)
    return Figure("a session over a damaged journal", "s", tuple(kept), tries=times)


def main() -> None:
    """Measure, show and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep all figures")
    parser.add_argument("--kills", type=int, default=10, metavar="N", help="how often a process is killed (10)")
    parser.add_argument("--damage", type=int, default=100, metavar="N", help="how many damaged journals (100)")
    args = parser.parse_args()
    lines = evening()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        figures = (
            *telling(folder, lines),
            *year(folder, lines),
            killed(folder, args.kills),
            damaged(folder, lines, args.damage),
        )
    show("The journal", HEADINGS, [figure.row() for figure in figures])
    keep(args.json, {"versions": versions(), "figures": [figure.record() for figure in figures]})


if __name__ == "__main__":
    main()
