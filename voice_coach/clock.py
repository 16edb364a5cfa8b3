"""The session's clock: it stands still while the computer sleeps."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

ASLEEP = 5.0
"""Seconds in which nobody looked at the clock, after which the computer must have slept, or the program was stopped.
Somebody looks several times a second."""


def ticking() -> float:
    """Seconds since some moment, times asleep included; not moved when the wall clock is set."""
    if sys.platform == "win32":
        return time.monotonic()
    return time.clock_gettime(_COUNTING)


_COUNTING = 0 if sys.platform == "win32" else getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
# Only Linux has the former, and only there the latter does not count sleep.


class Clock:
    """Seconds awake since the clock was made; any thread may look."""

    def __init__(self, source: Callable[[], float] = ticking) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._awake = self._slept = 0.0
        self._seen = source()

    @property
    def now(self) -> float:
        """Seconds awake."""
        with self._lock:
            at = self._source()
            passed, self._seen = at - self._seen, at
            if passed > ASLEEP:
                self._slept += passed
            else:
                self._awake += passed
            return self._awake

    def slept(self) -> float:
        """Seconds asleep that nobody was told of yet; mostly 0."""
        _ = self.now
        with self._lock:
            slept, self._slept = self._slept, 0.0
            return slept
