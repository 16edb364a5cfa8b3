"""`kill -9` at any moment: at most the last half second is missing, and the file is sound."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults import KILLED, shows
from tests.journal.test_ended import Standing
from tests.session.playing import Play
from tests.session.routines import routine
from voice_coach.cli.keeping import unfinished
from voice_coach.journal.report import Visit, visit
from voice_coach.journal.store import Store
from voice_coach.session.session import begin
from voice_coach.session.snapshot import restore
from voice_coach.session.state import Paused

KILLS, AT_ONCE = 12, 4
HALF_A_SECOND = 0.5


def start(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.journal.teller", str(path)], stdout=subprocess.PIPE, text=True, bufsize=1
    )


@shows(KILLED)
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("round_", range(KILLS // AT_ONCE))
def test_a_killed_session_is_there_but_for_the_last_half_second(round_: int, tmp_path: Path) -> None:
    moments = random.Random(round_)
    paths = [tmp_path / str(n) / "journal.sqlite3" for n in range(AT_ONCE)]
    tellers = [start(path) for path in paths]
    try:
        for path, teller in zip(paths, tellers, strict=True):
            assert teller.stdout is not None
            first = teller.stdout.readline()
            time.sleep(moments.uniform(0.0, 1.2))
            killed = time.monotonic()
            teller.send_signal(signal.SIGKILL)
            told = [first, *teller.stdout]
            teller.wait()
            check(path, told, killed)
    finally:
        for teller in tellers:
            teller.kill()
            teller.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_the_next_start_tells_what_a_killed_session_heard_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    standing = Standing(tmp_path, "calf", "step two,3,20,slower,3")
    standing.arrive()
    time.sleep(HALF_A_SECOND)
    standing.process.kill()
    standing.process.communicate()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    play = Play(routine("calf"))
    play.session, _ = begin(play.routine, unfinished(play.routine))
    assert play.story(2.0, "what did you hear").said.startswith("Nothing yet. This was last time. I heard: slower.")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_the_report_of_a_killed_session_counts_its_work_to_the_last_half_second(tmp_path: Path) -> None:
    """No line is told in the midst of a step."""
    standing = Standing(tmp_path, "calf", "step two,3,20")
    standing.arrive()
    arrived = time.monotonic()
    time.sleep(HALF_A_SECOND)
    before = told(tmp_path).hands_on - HALF_A_SECOND
    time.sleep(3.0)
    worked = time.monotonic() - arrived
    standing.process.kill()
    standing.process.communicate()
    assert told(tmp_path).hands_on - before == pytest.approx(worked, abs=HALF_A_SECOND + 0.2)


def told(home: Path) -> Visit:
    with closing(Store(home / "voice_coach" / "journal.sqlite3")) as store:
        kept = store.session(1)
    assert kept is not None
    assert kept.reason is None
    return visit(kept)


def check(path: Path, told: list[str], killed: float) -> None:
    times = {int(number): float(at) for number, at in (line.split() for line in told if line.endswith("\n"))}
    due = [number for number, at in times.items() if at < killed - HALF_A_SECOND]
    if not path.exists():
        assert not due
        return
    with closing(Store(path)) as store:
        assert store.sound()
        kept = store.session(1)
        place = store.place("calf")
    if kept is None:
        assert not due
        return
    numbers = [0 if line["event"] == "start" else int(str(line["text"]).split()[1]) for line in kept.lines]
    assert numbers == list(range(len(numbers)))
    assert set(due) <= set(numbers)
    assert kept.reason is None
    assert place is not None
    assert isinstance(restore(routine("calf"), json.loads(place)).phase, Paused)
