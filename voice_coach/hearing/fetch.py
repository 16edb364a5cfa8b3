"""Fetching a big file that may be cut off, and unpacking an archive that may be hostile."""

from __future__ import annotations

import errno
import hashlib
import http.client
import shutil
import stat
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import urlsplit

from voice_coach.errors import MachineError

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""

_CHUNK = 1 << 16
_PATIENCE = 30.0
"""Seconds without a byte before the connection counts as cut."""
_EXPANSION = 20
"""An archive that unpacks to more than this many times its size is refused."""


def download(url: str, target: Path, size: int, sha256: str, progress: Progress) -> None:
    """Fetch *url* into the file *target*: *size* bytes whose SHA-256 is *sha256* (hexadecimal).

    A part left in *target* by an earlier attempt is not fetched again. Raises MachineError, one
    sentence; after a wrong checksum nothing is left, after anything else what was fetched stays.
    """
    with _storing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        have = target.stat().st_size if target.exists() else 0
        if have > size:
            target.unlink()
            have = 0
        if have < size:
            _fetch(url, target, have, size, progress)
        have = target.stat().st_size
        if have < size:
            raise MachineError(
                f"The connection to {_host(url)} was cut after {_mega(have)} of {_mega(size)}; give the same command "
                "again to go on from there."
            )
        with target.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sha256:
            target.unlink()
            raise MachineError(
                f"What came from {url} is not the file that was expected (its SHA-256 is {found}, not {sha256}); "
                "it was deleted and nothing was installed."
            )


def _fetch(url: str, target: Path, have: int, size: int, progress: Progress) -> None:
    """Append what is missing to *target*; returns quietly when the connection is cut."""
    request = urllib.request.Request(url, headers={"User-Agent": "voice-coach", "Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    with _connected(url), urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
        if have and not _continues(answer, have):
            have = 0  # the server sends everything again
        coming = answer.headers.get("Content-Length")
        if coming is not None and have + int(coming) != size:
            raise MachineError(
                f"{url} is {have + int(coming)} bytes long, but {size} were expected; the model there has changed, "
                "and nothing was installed."
            )
        with target.open("ab" if have else "wb") as file:
            progress(have, size)
            for chunk in _chunks(answer):
                have += len(chunk)
                if have > size:
                    raise MachineError(f"{url} sends more than the {size} bytes expected; nothing was installed.")
                file.write(chunk)
                progress(have, size)


def _continues(answer: http.client.HTTPResponse, have: int) -> bool:
    return answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _chunks(answer: BinaryIO) -> Iterator[bytes]:
    try:
        while chunk := answer.read(_CHUNK):
            yield chunk
    except (http.client.HTTPException, OSError):
        return  # cut; the caller sees that something is missing


def unpack(archive: Path, target: Path, check: Callable[[Path], None]) -> None:
    """Unpack the one folder in the ZIP file *archive* so that it becomes *target*, whole or not at all.

    *check* is called with the unpacked folder and raises when it is not what it should be. Names that
    lead elsewhere and links are refused. Raises MachineError, one sentence; then nothing is left.
    """
    with _storing(target), tempfile.TemporaryDirectory(prefix=".unpacking-", dir=target.parent) as room:
        try:
            with zipfile.ZipFile(archive) as file:
                top = _examine(file, archive)
                file.extractall(room)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise MachineError(f"{archive.name} is not a sound ZIP file ({error}); nothing was installed.") from error
        check(Path(room) / top)
        (Path(room) / top).rename(target)


def _examine(file: zipfile.ZipFile, archive: Path) -> str:
    """The name of the one folder that everything in *file* lies in; MachineError when something is amiss."""
    tops = set()
    for entry in file.infolist():
        parts = PurePosixPath(entry.filename).parts
        kind = stat.S_IFMT(entry.external_attr >> 16)
        outside = not parts or parts[0] == "/" or ".." in parts or "\\" in entry.filename or ":" in entry.filename
        if outside or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise MachineError(
                f"{archive.name} holds “{entry.filename}”, which could be written outside its own folder; "
                "nothing was installed."
            )
        tops.add(parts[0])
    if len(tops) != 1:
        raise MachineError(f"{archive.name} should hold one folder, but holds {len(tops)}; nothing was installed.")
    unpacked = sum(entry.file_size for entry in file.infolist())
    if unpacked > _EXPANSION * archive.stat().st_size:
        raise MachineError(f"{archive.name} would unpack to {_mega(unpacked)}, which is no speech model's size.")
    free = shutil.disk_usage(archive.parent).free
    if unpacked > free:
        raise MachineError(
            f"The disk is too full for the model: {_mega(unpacked)} are needed in {archive.parent.parent}, "
            f"{_mega(free)} are free; make room and give the same command again."
        )
    return tops.pop()


@contextmanager
def _connected(url: str) -> Iterator[None]:
    """Turns what can go wrong while connecting into one sentence."""
    try:
        yield
    except urllib.error.HTTPError as error:
        with error:
            raise MachineError(
                f"{_host(url)} does not give out {url} (it answers {error.code} {error.reason}); try again later."
            ) from error
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, ValueError) as error:
        reason = getattr(error, "reason", None) or error or type(error).__name__
        raise MachineError(
            f"{_host(url)} cannot be reached ({reason}); check the network and give the same command again, "
            "or put the unpacked model into a folder and set VOICE_COACH_MODEL to it."
        ) from error


@contextmanager
def _storing(target: Path) -> Iterator[None]:
    """Turns what can go wrong while writing near *target* into one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise MachineError(
                f"The disk is full: no room for {target.name} in {target.parent}; make room and give the same "
                "command again, it goes on where it stopped."
            ) from error
        raise MachineError(
            f"{target} cannot be written ({error.strerror or error}); see that the folder is yours to write to."
        ) from error


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _mega(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
