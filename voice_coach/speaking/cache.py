"""Renders kept on disk, so that no line is synthesised twice."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np

from voice_coach.sound.samples import Samples

LIMIT_BYTES = 512 * 2**20
"""The files used longest ago go when a cache is opened larger than this."""
DIGEST_BYTES = 16
STORED = np.dtype("<i2")


class Cache:
    """Samples by key, in one directory: each file is a digest and then the samples.

    Trouble with the disk is never an error: what cannot be kept there is kept in memory, and a file that is not what
    was written counts as absent.
    """

    def __init__(self, directory: Path, limit: int = LIMIT_BYTES) -> None:
        self._directory = directory
        self._memory: dict[str, Samples] = {}
        self._prune(limit)

    def get(self, key: str) -> Samples | None:
        """The samples kept under *key*, or None."""
        if key in self._memory:
            return self._memory[key]
        path = self._path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # used just now
        digest, sound = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
        if digest != _digest(sound):
            return None
        return np.frombuffer(sound, STORED).astype(np.int16)

    def put(self, key: str, samples: Samples) -> None:
        """Keep *samples* under *key*; a reader sees the old file or the whole new one."""
        sound = samples.astype(STORED).tobytes()
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=self._directory, suffix=".draft")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_digest(sound) + sound)
                Path(draft).replace(self._path(key))
            except OSError:
                Path(draft).unlink(missing_ok=True)
                raise
        except OSError:
            self._memory[key] = samples

    def _path(self, key: str) -> Path:
        return self._directory / f"{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}.pcm"

    def _prune(self, limit: int) -> None:
        with contextlib.suppress(OSError):
            files = [(path.stat(), path) for path in self._directory.iterdir()]
            excess = sum(stat.st_size for stat, _ in files) - limit
            for stat, path in sorted(files, key=lambda file: file[0].st_mtime):
                if excess <= 0:
                    break
                path.unlink(missing_ok=True)
                excess -= stat.st_size


def _digest(sound: bytes) -> bytes:
    return hashlib.blake2b(sound, digest_size=DIGEST_BYTES).digest()
