"""What happens at home: processes die, hang and are ended; the session goes on, or is taken up the next time."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults import (
    ASLEEP,
    ENDED,
    INTERRUPTED,
    KILLED,
    LOUDSPEAKER,
    NEVER_CALLS,
    NO_VOICE,
    RECOGNISER,
    SERVER,
    SILENT,
    SLOW,
    UNPLUGGED,
    VOICE,
    Fault,
    shows,
)
from tests.live.room import Coach, Person, coached
from tests.pulse import Pulse, pulse
from voice_coach.session import words
from voice_coach.speaking.voice import SystemVoice

HERE = Path(__file__).parent
EVENING = str(HERE / "evening.yaml")
QUICK = ("--rate", "300")
SCREENING = ("fever", "flared", "heart", "wound", "fungus", "cancer", "gout")


@pytest.fixture(scope="module")
def server() -> Iterator[Pulse]:
    with pulse() as running:
        yield running


@contextmanager
def breathing(server: Pulse) -> Iterator[Person]:
    """Somebody breathes; a microphone that works is never exactly silent."""
    with SystemVoice("en-us") as voice:
        someone = Person(server, voice)
        try:
            yield someone
        finally:
            someone.leave()


@pytest.fixture
def person(server: Pulse) -> Iterator[Person]:
    with breathing(server) as someone:
        yield someone


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


@contextmanager
def faulty(server: Pulse, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Coach]:
    """The program with parts that break while there is a file in *folder*; hands are on."""
    monkeypatch.chdir(folder)
    monkeypatch.setitem(server.environment, "PYTHONPATH", str(HERE.parents[1]))
    with coached(server, folder, str(HERE / "faulty.py"), EVENING) as coach:
        begin_work(coach)
        yield coach


def told(coach: Coach, fault: Fault) -> None:
    """The person is told on the screen and aloud, once."""
    coach.wait_for(fault.told, limit=15)
    coach.wait_for(fault.aloud)


def goes_on(coach: Coach) -> None:
    """At the person's word, with what was left."""
    coach.press("c")
    coach.wait_for("On we go. Left calf")


def shown_of(coach: Coach, text: str) -> int:
    """In how many lines that were waited for there was *text*."""
    return sum(text in line for line in coach.shown)


def workers(coach: Coach) -> list[int]:
    """The processes of the coach's voice."""
    children = Path(f"/proc/{coach.process.pid}/task/{coach.process.pid}/children").read_text().split()
    below = [*map(int, children)]
    for thread in Path(f"/proc/{coach.process.pid}/task").iterdir():
        below += [int(pid) for pid in (thread / "children").read_text().split()]
    return [pid for pid in set(below) if b"worker.py" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@shows(VOICE)
@pytest.mark.timeout(120)
@pytest.mark.usefixtures("person")
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
        coach.end()
    events = coach.events()
    asked = [e["number"] for e in events if e["event"] == "say" and "About" in str(e["text"])]
    assert len(asked) == 2
    assert set(asked) <= {e["number"] for e in events if e["event"] == "said"}
    assert not [e for e in events if e["event"] == "paused"]


@shows(RECOGNISER)
@pytest.mark.timeout(120)
@pytest.mark.usefixtures("person")
def test_a_recogniser_that_throws_and_a_model_that_is_gone(
    server: Pulse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faulty(server, tmp_path, monkeypatch) as coach:
        (tmp_path / "model").rename(tmp_path / "away")
        coach.pause(2)
        assert coach.process.poll() is None  # what is loaded needs no folder
        (tmp_path / "throw").touch()
        told(coach, RECOGNISER)
        (tmp_path / "throw").unlink()
        coach.pause(3)  # it tries again, in vain
        (tmp_path / "away").rename(tmp_path / "model")
        coach.wait_for(words.HEARING_BACK, limit=20)
        goes_on(coach)


@shows(SLOW)
@pytest.mark.timeout(120)
@pytest.mark.usefixtures("person")
def test_a_computer_that_is_too_slow_to_listen(server: Pulse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with faulty(server, tmp_path, monkeypatch) as coach:
        (tmp_path / "slow").touch()
        told(coach, SLOW)
        (tmp_path / "slow").unlink()
        coach.wait_for(words.HEARING_BACK, limit=20)
        goes_on(coach)


@shows(UNPLUGGED)
@pytest.mark.timeout(120)
@pytest.mark.usefixtures("person")
def test_a_microphone_that_is_unplugged_and_plugged_in_again(server: Pulse, tmp_path: Path) -> None:
    """The sound server puts what the loudspeaker plays in its place; that is no microphone, and not taken for one."""
    with coached(server, tmp_path, EVENING, *QUICK) as coach:
        begin_work(coach)
        server.remove_microphone()
        told(coach, UNPLUGGED)
        coach.speak_on(words.HEARING_LOST)
        coach.pause(2)
        server.add_microphone()
        coach.wait_for(words.HEARING_BACK, limit=30)
        assert shown_of(coach, words.HEARING_LOST) == 1
        goes_on(coach)


@shows(SILENT)
@pytest.mark.timeout(120)
def test_digital_silence(server: Pulse, tmp_path: Path) -> None:
    with coached(server, tmp_path, EVENING, *QUICK) as coach:
        with breathing(server):
            begin_work(coach)
        told(coach, SILENT)
        with breathing(server):
            coach.wait_for(words.HEARING_BACK, limit=30)
            goes_on(coach)


@shows(NEVER_CALLS)
@pytest.mark.timeout(120)
@pytest.mark.usefixtures("person")
def test_a_microphone_that_opens_and_never_calls_back(server: Pulse, tmp_path: Path) -> None:
    server.freeze_microphone()
    try:
        with coached(server, tmp_path, EVENING, *QUICK) as coach:
            told(coach, NEVER_CALLS)
            coach.press("c")  # the keys go on working, and it is told no second time
            coach.wait_for("fever")
            coach.pause(4)
            server.freeze_microphone(False)
            coach.pause(1)
            coach.press("x")
            coach.wait_for("flared")
            coach.end()
    finally:
        server.freeze_microphone(False)
    events = coach.events()
    assert [e["event"] for e in events if e["event"] in ("lost", "returned")] == ["lost", "returned"]


@shows(LOUDSPEAKER)
@pytest.mark.timeout(120)
@pytest.mark.usefixtures("person")
def test_a_loudspeaker_that_is_taken_away_and_one_that_hangs(server: Pulse, tmp_path: Path) -> None:
    with coached(server, tmp_path, EVENING, *QUICK) as coach:
        begin_work(coach)
        server.take_loudspeaker(coach.process.pid)
        coach.wait_for("The sound system took the loudspeaker away")
        coach.wait_for(words.VOICE_LOST)
        coach.wait_for(words.PAUSED, limit=20)
        goes_on(coach)
        server.freeze_loudspeaker()
        try:
            told(coach, LOUDSPEAKER)
            coach.pause(8)  # opened anew, it still takes nothing
        finally:
            server.freeze_loudspeaker(False)
        coach.wait_for(words.PAUSED, limit=30)
        goes_on(coach)
        assert shown_of(coach, words.VOICE_LOST) == 2
        with server.recording() as recording:
            coach.press("t")
            coach.wait_for("About")
            coach.pause(3)
        assert abs(recording.samples.astype(int)).max() > 3000
        server.freeze_loudspeaker()
        try:
            coach.process.terminate()  # whoever ends it need not wait for the driver, nor see a crash
            assert coach.process.wait(20) == 128 + signal.SIGTERM
        finally:
            server.freeze_loudspeaker(False)


@shows(SERVER)
@pytest.mark.timeout(120)
def test_a_sound_server_that_is_killed_and_comes_back(tmp_path: Path) -> None:
    with pulse() as server, breathing(server), coached(server, tmp_path, EVENING, *QUICK) as coach:
        begin_work(coach)
        server.crash()
        told(coach, SERVER)
        coach.pause(5)  # there is no server to come back to
        assert coach.process.poll() is None
        server.start()
        server.wait()
        with breathing(server):
            coach.wait_for(words.HEARING_BACK, limit=40)
            goes_on(coach)
            with server.recording() as recording:
                coach.press("t")
                coach.wait_for("About")
                coach.pause(3)
            assert abs(recording.samples.astype(int)).max() > 3000
            assert shown_of(coach, words.HEARING_LOST) == shown_of(coach, words.HEARING_BACK) == 1


@shows(NO_VOICE)
@pytest.mark.timeout(120)
@pytest.mark.usefixtures("person")
def test_no_voice_to_be_had_and_then_again(server: Pulse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder for the voice's renders is gone, so no new process can start either."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setitem(server.environment, "TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setitem(server.environment, "XDG_CACHE_HOME", str(tmp_path / "cache"))
    with coached(server, tmp_path, EVENING, *QUICK) as coach:
        begin_work(coach)
        (worker,) = workers(coach)
        (tmp_path / "temporary").rename(tmp_path / "away")
        os.kill(worker, signal.SIGKILL)
        coach.press("t")
        coach.wait_for("About")
        told(coach, NO_VOICE)
        coach.press("t")
        coach.wait_for("About")  # in writing
        (tmp_path / "away").rename(tmp_path / "temporary")
        goes_on(coach)
        coach.wait_for("Ten seconds left", limit=40)
        coach.end()
    events = coach.events()
    assert [(e["event"], e["part"]) for e in events if e["event"] in ("lost", "returned")] == [
        ("lost", "voice"),
        ("returned", "voice"),
    ]


@shows(ASLEEP)
@pytest.mark.timeout(120)
@pytest.mark.usefixtures("person")
def test_a_computer_that_sleeps_for_an_hour(server: Pulse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clocks go on by an hour; then the whole program stands still for some seconds, as it does in a sleep."""
    with faulty(server, tmp_path, monkeypatch) as coach:
        coach.pause(5)
        (tmp_path / "asleep").touch()
        told(coach, ASLEEP)
        goes_on(coach)
        assert "2" in coach.shown[-1].partition("On we go. Left calf, ")[2][:1]  # twenty or more seconds are left
        coach.process.send_signal(signal.SIGSTOP)
        coach.pause(8)
        coach.process.send_signal(signal.SIGCONT)
        coach.wait_for("The computer was asleep for")
        coach.wait_for(words.COMPUTER_SLEPT)
        coach.pause(4)  # and nothing else was lost
        goes_on(coach)
        assert not shown_of(coach, words.HEARING_LOST)


@shows(KILLED, ENDED, INTERRUPTED)
@pytest.mark.timeout(120)
@pytest.mark.usefixtures("person")
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
        shown = coach.wait_for("Shall we go on there?")
        assert f"{KILLED.told} step 1, left calf, with 20 seconds left" in shown


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
