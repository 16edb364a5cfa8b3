"""`say` on a loudspeaker that fails while it speaks: one sentence, and the exit code of a machine's fault."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.pulse import Pulse, pulse

LONG = "This is a sentence, and it is said again and again. " * 20
"""Much longer than it takes to notice that nobody hears it."""

FAILURES: dict[str, tuple[Callable[[Pulse, int], None], str]] = {
    "taken away": (lambda server, process: server.take_loudspeaker(process), "took the loudspeaker away"),
    "hanging": (lambda server, process: server.freeze_loudspeaker(), "The loudspeaker takes no more sound"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Pulse]:
    with pulse() as running:
        yield running


@pytest.mark.parametrize("failure", FAILURES)
def test_a_loudspeaker_that_is_lost_while_it_speaks_is_told_of(failure: str, server: Pulse) -> None:
    fail, told = FAILURES[failure]
    with (
        server.recording() as recording,
        subprocess.Popen(
            [sys.executable, "-m", "voice_coach", "say", LONG],
            env=server.environment,
            stderr=subprocess.PIPE,
            text=True,
        ) as program,
    ):
        try:
            while np.abs(recording.samples[-4800:]).max(initial=0) < 100:  # until it speaks
                assert program.poll() is None
                time.sleep(0.05)
            fail(server, program.pid)
            error = program.communicate(timeout=20)[1]
        finally:
            program.kill()
            server.freeze_loudspeaker(frozen=False)
    assert program.returncode == 3, error
    assert told in error.splitlines()[-1]  # before it PortAudio may grumble on its own
    assert "Traceback" not in error
