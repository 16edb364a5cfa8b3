"""What happens at home: processes die, hang and are ended; the session goes on, or is taken up the next time."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.room import Coach, Person, coached
from tests.pulse import Pulse, pulse
from voice_coach.speaking.voice import SystemVoice

HERE = Path(__file__).parent
EVENING = str(HERE / "evening.yaml")
QUICK = ("--rate", "300")
SCREENING = ("fever", "flared", "heart", "wound", "fungus", "cancer", "joints")


@pytest.fixture(scope="module")
def server() -> Iterator[Pulse]:
    with pulse() as running:
        yield running


@pytest.fixture(autouse=True)
def _room(server: Pulse) -> Iterator[None]:
    """Somebody breathes; a microphone that works is never exactly silent."""
    with SystemVoice("en-us") as voice:
        someone = Person(server, voice)
        yield
        someone.leave()


def begin_work(coach: Coach) -> None:
    """Answer by key until hands are on."""
    for about in SCREENING:
        coach.wait_for(about)
        coach.press("x")
    coach.wait_for("Sit down")
    coach.press("\n")
    coach.wait_for("-- step 1: stroke, left")
    coach.press("\n")
    coach.wait_for("Begin now")


def workers(coach: Coach) -> list[int]:
    """The processes of the coach's voice."""
    children = Path(f"/proc/{coach.process.pid}/task/{coach.process.pid}/children").read_text().split()
    below = [*map(int, children)]
    for thread in Path(f"/proc/{coach.process.pid}/task").iterdir():
        below += [int(pid) for pid in (thread / "children").read_text().split()]
    return [pid for pid in set(below) if b"worker.py" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.mark.timeout(120)
def test_a_voice_process_that_dies_or_hangs_is_replaced(
    server: Pulse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(server.environment, "XDG_CACHE_HOME", str(tmp_path / "cache"))
    with coached(server, tmp_path, EVENING, *QUICK) as coach:
        begin_work(coach)
        for fault in (signal.SIGKILL, signal.SIGSTOP):
            (worker,) = workers(coach)
            os.kill(worker, fault)
            coach.press("t")
            coach.wait_for("About")  # a sentence that is not in the cache
            coach.pause(4)
        coach.wait_for("Ten seconds left", limit=40)
        coach.press("s")
        coach.wait_for("end: stopped")
        coach.press("s")
        assert coach.process.wait(15) == 0
    events = coach.events()
    asked = [e["number"] for e in events if e["event"] == "say" and "About" in str(e["text"])]
    assert len(asked) == 2
    assert set(asked) <= {e["number"] for e in events if e["event"] == "said"}
    assert not [e for e in events if e["event"] == "paused"]


@pytest.mark.timeout(120)
def test_a_recogniser_that_throws_and_a_model_that_is_gone(
    server: Pulse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(server.environment, "PYTHONPATH", str(HERE.parents[1]))
    with coached(server, tmp_path, str(HERE / "faulty.py"), EVENING) as coach:
        begin_work(coach)
        (tmp_path / "model").rename(tmp_path / "away")
        coach.pause(2)
        assert coach.process.poll() is None  # what is loaded needs no folder
        (tmp_path / "throw").touch()
        coach.wait_for("!! The recogniser broke down.")
        coach.wait_for("I cannot hear you any more")
        (tmp_path / "throw").unlink()
        coach.pause(3)  # it tries again, in vain
        (tmp_path / "away").rename(tmp_path / "model")
        coach.wait_for("I can hear you again", limit=20)
        coach.press("c")
        coach.wait_for("On we go. Left calf")


@pytest.mark.timeout(120)
def test_what_was_broken_off_is_taken_up_again_and_again(server: Pulse, tmp_path: Path) -> None:
    with coached(server, tmp_path, EVENING, *QUICK) as coach:
        begin_work(coach)
        coach.pause(6)
        coach.process.kill()
        coach.process.wait(15)
    with coached(server, tmp_path, EVENING, *QUICK) as coach:
        go_on(coach, "25")
        coach.pause(6)
        coach.process.terminate()
        assert coach.process.wait(15) == 128 + signal.SIGTERM
    with coached(server, tmp_path, EVENING, *QUICK) as coach:
        go_on(coach, "20")
        coach.process.send_signal(signal.SIGINT)
        coach.wait_for("end: stopped")
        coach.process.send_signal(signal.SIGINT)
        assert coach.process.wait(15) == 0
    with coached(server, tmp_path, EVENING, *QUICK) as coach:
        assert "step 1, left calf, with 20 seconds left" in coach.wait_for("Shall we go on there?")


def go_on(coach: Coach, seconds: str) -> None:
    """Say yes to going on, with so many seconds left."""
    assert f"step 1, left calf, with {seconds} seconds left" in coach.wait_for("Shall we go on there?")
    coach.press("y")
    for about in ("fever", "wound"):
        coach.wait_for(about)
        coach.press("x")
    coach.wait_for("Get ready again")
    coach.press("\n")
    coach.wait_for(f"On we go. Left calf, {seconds} seconds left.")
