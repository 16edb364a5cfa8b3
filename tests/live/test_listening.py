"""Listening on a real loudspeaker: what is spoken one after another comes out of it, to its end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.pulse import RATE, pulse


def test_a_rehearsal_and_a_sentence_come_out_of_the_loudspeaker(tmp_path: Path) -> None:
    script = tmp_path / "script.txt"
    script.write_text("6 stop\n")
    coach = [sys.executable, "-m", "voice_coach"]
    with pulse() as server:
        for command in (
            ["rehearse", "foot-bath", "--listen", "--script", str(script)],
            ["say", "Good evening to you."],
        ):
            with server.recording() as recording:
                done = subprocess.run(
                    [*coach, *command], env=server.environment, capture_output=True, text=True, timeout=60
                )
                assert (done.returncode, done.stderr) == (0, "")
            sound = recording.samples.astype(float)
            blocks = sound[: len(sound) // 480 * 480].reshape(-1, 480)
            spoken = np.count_nonzero(np.sqrt((blocks**2).mean(axis=1)) > 200) * 480 / RATE
            assert spoken > (5.0 if "--listen" in command else 0.5), command
