"""Writing files so that nothing half-written is ever left, and nothing that was there is lost."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from voice_coach.errors import CoachError, MachineError, UserError


class Replacement:
    """A file beside *path* that takes its place on `close`.

    Until then, and after any failure, whatever was at *path* is untouched. As a context manager it
    closes, or abandons when an exception passes. Raises UserError when nothing can be written there,
    MachineError when the disk fails or is full.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        try:
            self._target = _writable(self.path)
            self._part = self._target.with_name(f".{self._target.name[:50]}.{secrets.token_hex(4)}.part")
            self._file = self._part.open("xb")
        except (OSError, RuntimeError) as error:  # a loop of links is a RuntimeError in some Pythons
            raise _refused(self.path, error) from error
        with suppress(OSError):
            shutil.copymode(self._target, self._part)

    @property
    def closed(self) -> bool:
        """Whether it was closed or abandoned."""
        return self._file.closed

    def write(self, data: bytes) -> None:
        """Append *data*."""
        try:
            self._file.write(data)
        except OSError as error:
            self.abandon()
            raise _refused(self.path, error) from error

    def rewrite(self, data: bytes) -> None:
        """Write *data* over the beginning."""
        try:
            self._file.seek(0)
        except OSError as error:
            self.abandon()
            raise _refused(self.path, error) from error
        self.write(data)

    def close(self) -> None:
        """Put the file in its place; does nothing when closed or abandoned before."""
        if self._file.closed:
            return
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.replace(self._target)
        except OSError as error:
            self.abandon()
            raise _refused(self.path, error) from error

    def abandon(self) -> None:
        """Throw away what was written; does nothing when closed or abandoned before."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._part.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()


def _writable(path: Path) -> Path:
    """The real file behind *path*, links followed; refuses what could not be replaced."""
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise UserError(f"{path} is a folder or a device: give the name of a file to write.")
    if not target.parent.is_dir():
        raise UserError(f"The folder {path.parent} does not exist: create it first, or write {path.name} elsewhere.")
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise UserError(f"{path} may not be written: choose another place for it or change its permissions.")
    return target


def _refused(path: Path, error: Exception) -> CoachError:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return MachineError(f"{path} cannot be written because the disk is full: free some space and try again.")
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return MachineError(f"{path} grew beyond what one file may hold: write a shorter session.")
    reason = getattr(error, "strerror", None) or error
    return UserError(f"{path} cannot be written ({reason}): choose another place for it.")
