"""A therapist's first routine, step by step as the README tells it, at a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="terminals as on Unix"),
    pytest.mark.timeout(300),
]
ANSWERS = ("forearm", "a short forearm massage", "forearm", "each", "4", "alone")
KNEADING = """  - id: knead
    title: kneading the forearm
    technique: kneading
    region: forearm
    sides: each
    duration: 45 s
    tempo: 70
    pressure: 2
    instruction: Take the muscle between thumb and fingers. Knead it lightly, and travel up to the elbow.
"""


def at_a_terminal(folder: Path, *arguments: str, typed: str = "") -> tuple[int, str]:
    """The exit code, and all that a terminal shows, when *typed* is typed."""
    keyboard, terminal = os.openpty()
    command = [sys.executable, "-m", "voice_coach", *arguments]
    program = subprocess.Popen(command, cwd=folder, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    os.write(keyboard, typed.encode())
    shown = b""
    try:
        while block := os.read(keyboard, 4096):
            shown += block
    except OSError:  # how a terminal on Linux ends
        pass
    os.close(keyboard)
    return program.wait(60), " ".join(shown.decode(errors="replace").split())


def test_from_nothing_to_a_checked_and_rehearsed_routine(tmp_path: Path) -> None:
    file = tmp_path / "forearm.yaml"
    code, shown = at_a_terminal(tmp_path, "new", file.name, typed="\n".join((*ANSWERS, "")))
    assert code == 0
    assert "forearm.yaml: fine (3 steps, 4:00)" in shown
    begun = file.read_text("utf-8")

    file.write_text(begun.replace("  - id: close\n", KNEADING + "  - id: close\n"), "utf-8")
    line = file.read_text("utf-8").splitlines().index("    tempo: 70") + 1
    code, shown = at_a_terminal(tmp_path, "check", file.name)
    assert code == 2
    assert f"forearm.yaml:{line}:" in shown
    assert "R4" in shown
    code, shown = at_a_terminal(tmp_path, "check", "--explain", "R4")
    assert code == 0
    assert "60" in shown

    file.write_text(file.read_text("utf-8").replace("tempo: 70", "tempo: 30"), "utf-8")
    code, shown = at_a_terminal(tmp_path, "check", file.name)
    assert (code, "fine (4 steps" in shown) == (0, True), shown
    code, shown = at_a_terminal(tmp_path, "show", file.name)
    assert (code, "kneading the forearm (0:45 a side, light)" in shown) == (0, True), shown

    (tmp_path / "evening.txt").write_text("1:40  it hurts\n", "utf-8")
    code, shown = at_a_terminal(tmp_path, "rehearse", file.name, "--script", "evening.txt", "--answer")
    assert (code, "end: finished" in shown, "noted: discomfort" in shown) == (0, True, True), shown
    code, shown = at_a_terminal(tmp_path, "rehearse", file.name, "--body", "bruise on the left forearm")
    assert (code, "left forearm" in shown, "left side" in shown) == (0, True, False), shown
    listening = ("--listen", "--loudspeaker", "forearm.wav", "--rate", "300")
    code, shown = at_a_terminal(tmp_path, "rehearse", file.name, *listening)
    assert (code, (tmp_path / "forearm.wav").stat().st_size > 1_000_000) == (0, True), shown
