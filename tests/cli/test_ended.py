"""The program is asked to end, by a signal or by closing its terminal: it leaves at once, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("signals, named pipes and terminals as on Unix", allow_module_level=True)

COMMAND = (sys.executable, "-m", "voice_coach")


@contextmanager
def rehearsal(folder: Path, before: Callable[[], object] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A rehearsal that has begun to read its script, of which no line comes while the block runs."""
    os.mkfifo(folder / "script")
    command = [*COMMAND, "rehearse", "foot-bath", "--script", "script", "--transcript", "transcript.jsonl", "--quiet"]
    program = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True, preexec_fn=before)
    with program, (folder / "script").open("wb"):
        yield program


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGHUP], ids=lambda asked: asked.name)
def test_who_asks_it_to_end_finds_nothing_half_written(asked: signal.Signals, tmp_path: Path) -> None:
    with rehearsal(tmp_path) as program:
        program.send_signal(asked)
        told = program.communicate(timeout=30)[1]
    assert (program.returncode, told) == (128 + asked, "")
    assert [path.name for path in tmp_path.iterdir()] == ["script"]


def test_with_nohup_it_outlives_its_terminal(tmp_path: Path) -> None:
    with rehearsal(tmp_path, before=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as program:
        program.send_signal(signal.SIGHUP)
    assert program.returncode == 0
    assert (tmp_path / "transcript.jsonl").stat().st_size


@pytest.mark.parametrize("seen", ["Preparing the voice", "Say stop to end"], ids=["before", "during"])
def test_when_the_terminal_is_closed_it_leaves_nothing_behind(seen: str, tmp_path: Path) -> None:
    """Before a session or while one goes on."""
    person, terminal = os.openpty()
    (tmp_path / "here").mkdir()
    program = subprocess.Popen(
        [*COMMAND, "run", "foot-bath", "--room", "room.wav", "--transcript", "transcript.jsonl"],
        cwd=tmp_path / "here",
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)},
        preexec_fn=lambda: os.login_tty(terminal),
    )
    os.close(terminal)
    shown = b""
    while seen.encode() not in shown:
        shown += os.read(person, 4096)
    assert len([*(tmp_path / "here").iterdir()]) == 2
    os.close(person)
    assert program.wait(30) == 128 + signal.SIGHUP
    assert [*(tmp_path / "here").iterdir()] == []


TIDYING = """
import os, signal
from voice_coach.cli import terminate
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, terminate)
try:
    os.kill(os.getpid(), signal.SIGHUP)
finally:
    os.kill(os.getpid(), signal.SIGHUP)
    os.kill(os.getpid(), signal.SIGTERM)
    print("tidied")
"""


def test_asked_again_while_it_leaves_it_tidies_up_all_the_same() -> None:
    """A shell tells its jobs that the terminal was closed, and then the system does; at a logout it is two signals."""
    done = subprocess.run([sys.executable, "-c", TIDYING], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGHUP, "tidied\n", "")
