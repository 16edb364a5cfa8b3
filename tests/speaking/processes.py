"""Look at the worker processes as the system sees them (Linux)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")


def workers(parent: int | None = None) -> list[int]:
    """Ids of the living speech workers started by *parent* (None: by this process)."""
    return [pid for pid in _children(parent or os.getpid()) if any("worker.py" in word for word in command(pid))]


def command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]
    except OSError:
        return []


def libraries(pid: int) -> str:
    """Path of the eSpeak library a process has loaded."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return next(line.split(maxsplit=5)[5] for line in lines if "libespeak-ng" in line)


def gone(pid: int) -> bool:
    return not command(pid)  # ended, or a zombie that nobody waits for


def until(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait for something another process does."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _children(parent: int) -> list[int]:
    found = []
    for name in filter(str.isdigit, (entry.name for entry in Path("/proc").iterdir())):
        try:
            fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[1]) == parent:
            found.append(int(name))
    return found
