"""history, report, forget and the lock, through the command line."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.faults import TWO, shows
from tests.journal.helping import START, end, line, written
from voice_coach.cli import main
from voice_coach.journal.lock import BusyError, SessionLock
from voice_coach.journal.store import Store, damaged, journal_file
from voice_coach.journal.writer import Journal

Captured = pytest.CaptureFixture[str]
SCRIPT = "90 it hurts\n150 stop\n"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of this test's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    if not str(journal_file()).startswith(str(tmp_path)):
        pytest.skip("this platform keeps its data elsewhere")


@pytest.fixture
def kept(tmp_path: Path, capsys: Captured) -> None:
    """Two sessions of a routine: one with a report and an early end, and one that goes on there and finishes."""
    script = tmp_path / "script.txt"
    script.write_text(SCRIPT)
    assert main(["rehearse", "leg-classic", "--answer", "--journal", "--script", str(script), "--quiet"]) == 0
    assert main(["rehearse", "leg-classic", "--answer", "--journal", "--quiet"]) == 0
    capsys.readouterr()


def shown(capsys: Captured, *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_what_a_body_map_spares_is_in_the_report(capsys: Captured, tmp_path: Path) -> None:
    spared = ["--body", "bruise on the right thigh, varicose veins on the left calf"]
    assert main(["rehearse", "self-leg", "--answer", "--journal", "--quiet", *spared]) == 0
    capsys.readouterr()
    told = shown(capsys, "report")
    assert "right thigh: left out (bruise)" in told
    assert "left calf: light strokes at most (varicose veins)" in told
    assert main(["report", "--html", str(tmp_path / "page.html")]) == 0
    page = (tmp_path / "page.html").read_text()
    assert "right thigh, left out because of: bruise" in page.lower()


def test_each_person_has_their_own_history(capsys: Captured) -> None:
    written(journal_file(), [START, end("finished")])
    with Journal(journal_file(), pytest.fail, person="anna") as journal:
        journal.tell(START)
        journal.tell(end("stopped"))
    everybody = shown(capsys, "history")
    assert "PERSON" in everybody
    assert "anna" in everybody
    only = shown(capsys, "history", "--person", "Anna")
    assert "ended early" in only
    assert "finished" not in only
    assert main(["report", "--weeks", "1"]) == 2
    assert "sessions of anna, default; choose one of them with --person" in capsys.readouterr().err
    (session,) = json.loads(shown(capsys, "report", "--weeks", "1", "--person", "anna", "--json"))["sessions"]
    assert session["person"] == "anna"
    assert main(["history", "--person", "ben"]) == 0
    assert "No session of ben" in capsys.readouterr().err


def test_an_empty_journal_is_no_fault(capsys: Captured) -> None:
    for command in (["history"], ["report"], ["report", "--weeks", "3"], ["forget", "--all", "--yes"]):
        assert main(command) == 0
        assert "empty" in capsys.readouterr().err


@pytest.mark.usefixtures("kept")
def test_history_and_report(tmp_path: Path, capsys: Captured) -> None:
    listed = shown(capsys, "history")
    assert "ended early" in listed
    assert "finished" in listed
    first = shown(capsys, "report", "1")
    assert "too strong" in first
    assert "“hurts”" in first
    told = json.loads(shown(capsys, "report", "--weeks", "1", "--json"))
    assert [session["resumed"] for session in told["sessions"]] == [False, True]
    assert shown(capsys, "report", "--csv").startswith("session,began,routine,t,")
    page = tmp_path / "page.html"
    assert main(["report", "--weeks", "2", "--html", str(page)]) == 0
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.usefixtures("kept")
def test_a_report_takes_the_place_of_no_journal(capsys: Captured) -> None:
    assert main(["report", "--html", str(journal_file())]) == 2
    assert "is read or written already; give the report another name" in capsys.readouterr().err
    assert "finished" in shown(capsys, "history")


@pytest.mark.usefixtures("kept")
def test_nothing_is_forgotten_where_there_is_no_input_at_all(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["forget", "--all"]) == 2
    assert "nobody to ask" in capsys.readouterr().err


@pytest.mark.usefixtures("kept")
def test_forgetting_one_and_then_all(capsys: Captured) -> None:
    assert main(["forget", "1", "--yes"]) == 0
    assert "ended early" not in shown(capsys, "history")
    broken = journal_file().with_name("broken")
    broken.write_bytes(b"hurts")
    broken.rename(aside := set_aside_copy())
    assert main(["forget", "--all", "--yes"]) == 0
    assert not aside.exists()
    assert not any(b"hurts" in file.read_bytes() for file in journal_file().parent.iterdir())


def set_aside_copy() -> Path:
    return journal_file().with_name(f"{journal_file().name}.damaged-20200101-000000-00000")


@pytest.mark.usefixtures("kept")
def test_nothing_is_forgotten_unasked(capsys: Captured) -> None:
    for command, said in (
        (["forget"], "Say what to forget"),
        (["forget", "1", "--all"], "Say what to forget"),
        (["forget", "1"], "nobody to ask"),
        (["forget", "99", "--yes"], "There is no session 99"),
        (["report", "99"], "There is no session 99"),
    ):
        assert main(command) == 2
        assert said in capsys.readouterr().err
    with closing(Store(journal_file())) as store:
        assert len(store.sessions()) == 2


class Terminal(io.StringIO):
    """A keyboard at which somebody types this, and then leaves with Ctrl-D."""

    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("kept")
def test_whoever_is_asked_and_does_not_say_yes_keeps_everything(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    for typed in ("", "\n", "n\n"):
        monkeypatch.setattr(sys, "stdin", Terminal(typed))
        assert main(["forget", "1"]) == 0
        told = capsys.readouterr()
        assert "Forget session 1, for good? [y/N] " in told.out
        assert "Nothing was forgotten" in told.err
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert "Forget all 2 sessions, for good? [y/N]" in shown(capsys, "forget", "--all")
    assert main(["history"]) == 0
    assert "empty" in capsys.readouterr().err


def test_what_an_author_writes_is_shown_as_it_is(capsys: Captured) -> None:
    step = {
        "event": "step",
        "index": 1,
        "id": "calf",
        "title": "the [left] calf [/b]",
        "region": "calf",
        "side": "left",
    }
    written(journal_file(), [START | {"title": "[bold]calves[/]"}, {"t": 1.0} | step, end("finished")])
    told = shown(capsys, "report", "1")
    assert "the [left] calf [/b]" in told
    assert "[bold]calves[/]" in told


def test_a_damaged_journal_is_one_sentence(capsys: Captured) -> None:
    journal_file().parent.mkdir(parents=True)
    journal_file().write_bytes(b"this is no journal" * 500)
    for command in (["history"], ["report"], ["forget", "1", "--yes"]):
        assert main(command) == 3
        (told,) = capsys.readouterr().err.splitlines()
        assert "is damaged" in told
    assert journal_file().read_bytes() == b"this is no journal" * 500


def test_a_damaged_journal_can_be_forgotten(capsys: Captured) -> None:
    journal_file().parent.mkdir(parents=True)
    journal_file().write_bytes(b"this is no journal" * 500)
    assert main(["forget", "--all"]) == 2  # nobody to ask
    assert "nobody to ask" in capsys.readouterr().err
    (aside,) = damaged(journal_file())
    assert main(["forget", "--all", "--yes"]) == 0
    assert "1 damaged journal" in capsys.readouterr().err
    assert not aside.exists()
    assert not any(b"this is" in file.read_bytes() for file in journal_file().parent.iterdir())


def test_a_rehearsal_keeps_no_journal_unless_asked(capsys: Captured) -> None:
    assert main(["rehearse", "leg-classic", "--answer", "--quiet"]) == 0
    assert not journal_file().exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this platform has no disk that is always full")
def test_a_session_whose_output_finds_no_room_is_kept_whole(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w") as full, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", full)
        patch.setattr(sys, "stderr", full)
        main(["rehearse", "leg-classic", "--answer", "--journal"])
        with suppress(OSError):
            full.close()
    assert "finished" in shown(capsys, "history")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this platform has no disk that is always full")
def test_a_list_that_finds_no_room_is_one_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "voice_coach", "commands"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    assert (
        done.stderr
        == "The output cannot be written (No space left on device): free some space, or send it elsewhere.\n"
    )


# One session at a time -----------------------------------------------------------------------------

HOLDER = """
import sys, time
from pathlib import Path
from voice_coach.journal.lock import SessionLock
with SessionLock(Path(sys.argv[1]), "foot bath"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder() -> subprocess.Popen[str]:
    """Another process, in a session."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(journal_file().parent)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@shows(TWO)
def test_the_second_session_says_which_is_going_on_and_leaves_it_alone(
    holder: subprocess.Popen[str], capsys: Captured
) -> None:
    try:
        assert main(["run", "leg-classic"]) == 3
        assert f"“foot bath” {TWO.told}" in capsys.readouterr().err
        assert main(["forget", "--all", "--yes"]) == 3
        assert holder.poll() is None
    finally:
        holder.kill()
        holder.communicate()


def test_what_goes_on_is_not_called_broken_off(holder: subprocess.Popen[str], capsys: Captured) -> None:
    written(journal_file(), [START])
    written(journal_file(), [START])
    try:
        first, second = (row.rstrip() for row in shown(capsys, "history").splitlines()[1:])
        assert first.endswith("broken off")
        assert second.endswith("going on")
    finally:
        holder.kill()
        holder.communicate()
    assert shown(capsys, "history").count("broken off") == 2


def test_whoever_would_write_the_same_journal_or_use_the_same_devices_is_a_second_session(
    holder: subprocess.Popen[str], tmp_path: Path, capsys: Captured
) -> None:
    heard = ["--microphone", str(tmp_path / "in.wav"), "--loudspeaker", str(tmp_path / "out.wav")]
    soundfile.write(tmp_path / "in.wav", np.zeros(16000, np.int16), 16000)
    try:
        for command in (
            ["preflight"],
            ["rehearse", "leg-classic", "--journal"],
            ["run", "leg-classic", "--journal", *heard],
        ):
            assert main(command) == 3, command
            assert TWO.told in capsys.readouterr().err
        assert main(["rehearse", "leg-classic", "--answer", "--quiet"]) == 0
    finally:
        holder.kill()
        holder.communicate()


def test_the_lock_tells_what_was_chosen_meanwhile(tmp_path: Path) -> None:
    with SessionLock(tmp_path, "choosing a routine, which is long to say") as lock:
        lock.doing("foot bath")
        with pytest.raises(BusyError, match="“foot bath”"), SessionLock(tmp_path, "second"):
            pass


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_the_lock_dies_with_its_process(holder: subprocess.Popen[str]) -> None:
    folder = journal_file().parent
    with pytest.raises(BusyError), SessionLock(folder, "second"):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with SessionLock(folder, "second"), pytest.raises(BusyError, match="second"), SessionLock(folder, "third"):
        pass
    with SessionLock(folder, "fourth"):
        pass


def test_a_lock_that_cannot_be_had_refuses_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with SessionLock(tmp_path / "file", "first"), SessionLock(tmp_path / "file", "second"):
        pass


def test_what_the_lock_says_may_be_anything(tmp_path: Path) -> None:
    with SessionLock(tmp_path, "first") as lock:
        assert lock is not None
        for content in (b"", b"\xff\xfe", b"[]", b'{"doing": 7, "since": "x"}', b'{"doing": "x", "since": 1e300}'):
            (tmp_path / "session.lock").write_bytes(content)
            with pytest.raises(BusyError, match="Another session is going on"), SessionLock(tmp_path, "second"):
                pass


def test_the_journal_and_its_folder_are_private() -> None:
    if os.name != "posix":
        pytest.skip("Windows has no such permissions")
    written(journal_file(), [START, line(1), end("finished")])
    with SessionLock(journal_file().parent, "x"):
        for path in (journal_file().parent, *journal_file().parent.iterdir()):
            assert path.stat().st_mode & 0o077 == 0, path
