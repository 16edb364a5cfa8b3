"""One session at a time on one machine: a lock that dies with its process."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from voice_coach.errors import MachineError
from voice_coach.journal.store import private_folder

NAME = "session.lock"


class BusyError(MachineError):
    """Another session is going on."""


class SessionLock:
    """Held while a session goes on; a context manager. Entering raises BusyError, which tells who holds it.

    Where the folder cannot be written, there is no lock, and a session is not refused for want of one.
    """

    def __init__(self, folder: Path, doing: str) -> None:
        """A lock in *folder*; *doing* tells what the session is, "a foot bath" say."""
        self._path, self._doing = folder / NAME, doing
        self._file: IO[bytes] | None = None
        self._since = 0.0

    def __enter__(self) -> Self:
        try:
            private_folder(self._path.parent)
            self._file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        except OSError:
            return self
        if not _lock(self._file):
            holder = _holder(self._file)
            self._file.close()
            raise BusyError(f"{holder} on this machine: end it first, or wait until it is over.")
        self._since = time.time()
        self._tell()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def doing(self, what: str) -> None:
        """From now on the session is something else: the routine that was chosen, say."""
        self._doing = what
        self._tell()

    def _tell(self) -> None:
        if self._file:
            with suppress(OSError, ValueError):
                self._file.seek(0)
                self._file.truncate(0)
                self._file.write(json.dumps({"doing": self._doing, "since": self._since}).encode())

    def release(self) -> None:
        """Let others in; a second call does nothing."""
        if self._file:
            self._file.close()


def going_on(folder: Path) -> bool:
    """Whether somebody holds the lock in *folder*."""
    try:
        with (folder / NAME).open("r+b", buffering=0) as file:
            return not _lock(file)
    except OSError:
        return False


def _holder(file: IO[bytes]) -> str:
    """What the other session is, as far as it has said."""
    try:
        told = json.loads(file.read(10_000))
        since = time.strftime("%H:%M", time.localtime(float(told["since"])))
        return f"“{str(told['doing'])[:200]}” has been going on since {since}"
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return "Another session is going on"


if sys.platform == "win32":
    import msvcrt

    _BEYOND = 1 << 30
    """The byte that is locked; what the file says stays readable."""

    def _lock(file: IO[bytes]) -> bool:
        file.seek(_BEYOND)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(0)
        return True

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a file system without locks refuses nobody
        return True
