"""Work in copies of this process: what was loaded is there at once, and nothing that is done there comes back.

A copy costs a few milliseconds. So every measurement can begin with the same fresh recogniser, and one session can be
gone on with in many ways from the same moment.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import sys
import traceback
from collections.abc import Callable
from functools import partial
from typing import IO, Any, NoReturn

Work = Callable[[], Any]


def need_copies() -> None:
    """Raises SystemExit, one sentence, where the system cannot copy a process."""
    if not hasattr(os, "fork"):
        raise SystemExit(
            "This benchmark copies its own process, which this system cannot do; run it on Linux or macOS."
        )


class Branches:
    """At most *jobs* copies at a time. What each comes to is handed to its *done*, here, in the order they end.

    `start` waits while there are too many. A copy that fails raises RuntimeError here, with its traceback.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._running: dict[int, tuple[int, IO[bytes], Callable[[Any], None]]] = {}

    def start(self, work: Work, done: Callable[[Any], None]) -> None:
        """Let a copy do *work*; what it returns must be picklable."""
        while len(self._running) >= self.jobs:
            self._reap()
        self._running.update([_copied(work, done)])

    def split(self, done: Callable[[Any], None]) -> Callable[[Any], NoReturn] | None:
        """Copy this process in the midst of what it does, and wait for the copy.

        None here. In the copy, which goes on from here too, what it must call with its result; there it ends.
        """
        ours, theirs = os.pipe()
        sys.stdout.flush()
        if not (pid := os.fork()):
            os.close(ours)
            self._running.clear()
            return partial(_end, theirs)
        os.close(theirs)
        self._running[ours] = (pid, os.fdopen(ours, "rb"), done)
        self.finish()
        return None

    def finish(self) -> None:
        """Wait for all of them."""
        while self._running:
            self._reap()

    def _reap(self) -> None:
        ready, _, _ = select.select(list(self._running), [], [])
        for descriptor in ready:
            pid, pipe, done = self._running.pop(descriptor)
            with pipe:
                told = pipe.read()
            os.waitpid(pid, 0)
            if not told:
                raise RuntimeError("A copy of the process ended without a result.")
            failed, result = pickle.loads(told)
            if failed:
                raise RuntimeError(result)
            done(result)


def _copied(work: Work, done: Callable[[Any], None]) -> tuple[int, tuple[int, IO[bytes], Callable[[Any], None]]]:
    ours, theirs = os.pipe()
    sys.stdout.flush()
    gc.freeze()  # what is there already shall not be touched, and so not be copied
    if not (pid := os.fork()):
        os.close(ours)
        _tell(theirs, work)
    os.close(theirs)
    return ours, (pid, os.fdopen(ours, "rb"), done)


def _tell(descriptor: int, work: Work) -> NoReturn:
    """Do *work* and end this copy, whatever happens: nothing of it may go on as if it were the original."""
    try:
        result = work()
    except BaseException:  # the original raises it
        _end(descriptor, traceback.format_exc(), failed=True)
    _end(descriptor, result)


def _end(descriptor: int, result: Any, failed: bool = False) -> NoReturn:
    try:
        with os.fdopen(descriptor, "wb") as pipe:
            pipe.write(pickle.dumps((failed, result)))
    finally:
        os._exit(0)
