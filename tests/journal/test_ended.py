"""Ended from outside, politely or not, in every phase: what happened is there, and can be taken up where it can."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults import ENDED, INTERRUPTED, shows
from voice_coach.journal.store import Store

PHASES = {
    "asking": ("screened", "3,no,3", False),
    "preparing": ("screened", "no,no,no,3", False),
    "doing": ("calf", "step two,3,20", True),
    "changing": ("calf", "4,next,3", True),
    "offering": ("calf", "4,5,pain,5", True),
    "flags": ("screened", "no,no,no,ready,ready,5,pain,5", True),
    "paused": ("calf", "step two,3,20,pause,3", True),
    "closing": ("calf", "step three,next,1", False),
    "stopped": ("calf", "step two,3,20,stop,5", True),
}


class Standing:
    """A process standing in a phase."""

    def __init__(self, folder: Path, name: str, story: str) -> None:
        self.path = folder / "voice_coach" / "journal.sqlite3"
        self.routine = name
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.journal.standing", name, story],
            env=os.environ | {"XDG_DATA_HOME": str(folder)}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def arrive(self) -> list[str]:
        """What it told on the way."""
        told: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line == "here\n":
                return told
            told.append(line.strip())
        raise AssertionError(f"it never arrived: {told}")


@pytest.fixture(scope="module", params=[signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda s: s.name)
def ended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The journals of sessions that were ended in each phase, half a second after they came there."""
    if sys.platform == "win32":
        pytest.skip("Windows ends processes in another way")
    standing = {
        phase: Standing(tmp_path_factory.mktemp(phase), name, story) for phase, (name, story, _) in PHASES.items()
    }
    told = {phase: one.arrive() for phase, one in standing.items()}
    time.sleep(0.5)  # what the journal may lose when a process is not asked politely
    for one in standing.values():
        one.process.send_signal(request.param)
    for phase, one in standing.items():
        one.process.communicate()
        assert one.process.returncode
        (one.path.parent / "told.json").write_text(json.dumps(told[phase]))
    return {phase: one.path for phase, one in standing.items()}


@shows(ENDED, INTERRUPTED)
@pytest.mark.parametrize("phase", PHASES)
def test_nothing_is_lost(ended: dict[str, Path], phase: str) -> None:
    path, (routine, _, can_go_on) = ended[phase], PHASES[phase]
    with closing(Store(path)) as store:
        assert store.sound()
        kept = store.session(1)
        place = store.place(routine)
    assert kept is not None
    assert [line["event"] for line in kept.lines] == json.loads((path.parent / "told.json").read_text())
    assert kept.reason == ("stopped" if phase == "stopped" else None)
    assert bool(place) is can_go_on
