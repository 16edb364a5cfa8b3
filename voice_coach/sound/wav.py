"""WAV files that stand in for a microphone and a loudspeaker."""

from __future__ import annotations

import os
import struct
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import soundfile

from voice_coach.errors import MachineError, UserError
from voice_coach.files import Replacement
from voice_coach.sound.samples import Samples, saturate, silence

SLOWEST, FASTEST = 8000, 192000
"""Hertz; the rates a file may have."""

_FORMATS = {"PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"}
_MOST_DATA = 2**32 - 2**10
"""Bytes of sound a WAV file can hold, with room for its header."""
_UNKNOWN = 0x7FFFF000
"""From this length on, the header of a file shorter than that only says that it was written into a pipe."""


class WavMicrophone:
    """Plays a mono WAV file of 16, 24 or 32 bits or floats into the program.

    The file is read whole at once, so that nothing can go wrong with it later.
    Raises UserError for a file that cannot be used.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._samples, self.rate = _read(self.path)
        self._position = 0

    @property
    def frames(self) -> int:
        """The length of the file, samples."""
        return len(self._samples)

    @property
    def ended(self) -> bool:
        """Whether the whole file has been read; from then on there is silence."""
        return self._position >= len(self._samples)

    def read(self, frames: int) -> Samples:
        """The next *frames* samples."""
        block = self._samples[self._position : self._position + frames]
        self._position += frames
        return np.concatenate([block, silence(frames - len(block))])


class WavLoudspeaker:
    """Writes what is played to a mono 16-bit WAV file at *rate* hertz.

    The sound goes to a file beside *path* that takes its place on `close`: until then, and after any failure, whatever
    was at *path* is untouched. As a context manager it closes, or abandons when an exception passes.
    Raises UserError when nothing can be written there, MachineError when the disk fails or is full.
    """

    def __init__(self, path: Path | str, rate: int) -> None:
        self.path = Path(path)
        self.rate = rate
        self._bytes = 0
        self._file = Replacement(self.path)
        self._file.write(self._header())

    def write(self, block: Samples) -> None:
        """Append *block*. Raises ValueError once closed or abandoned."""
        self._bytes += 2 * len(block)
        if self._bytes > _MOST_DATA:
            self.abandon()
            raise MachineError(f"{self.path} grew beyond what one WAV file may hold: write a shorter session.")
        self._file.write(block.astype("<i2").tobytes())

    def close(self) -> None:
        """Finish the file and put it in its place; does nothing when closed or abandoned before."""
        if not self._file.closed:
            self._file.rewrite(self._header())
            self._file.close()

    def abandon(self) -> None:
        """Throw away what was written; does nothing when closed or abandoned before."""
        self._file.abandon()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close() if kind is None else self.abandon()

    def _header(self) -> bytes:
        layout = (b"fmt ", 16, 1, 1, self.rate, 2 * self.rate, 2, 16, b"data", self._bytes)
        return struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + self._bytes, b"WAVE", *layout)


def _read(path: Path) -> tuple[Samples, int]:
    """The samples of a file and their rate."""
    try:
        if not path.exists():
            raise UserError(f"There is no file {path} to listen to: check its name.")
        if not path.is_file():
            raise UserError(f"{path} is a folder or a device, not a sound file: give the name of a WAV file.")
        with soundfile.SoundFile(_whole(path)) as file:
            _check_kind(path, file)
            if file.subtype == "PCM_16":
                samples = file.read(dtype="int16")
            else:
                values = file.read(dtype="float64")
                if not np.isfinite(values).all():
                    raise UserError(f"{path} holds values that are not numbers: export it again as a 16-bit WAV file.")
                samples = saturate(values * 32768)
            rate = int(file.samplerate)
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror or error}): check its name and permissions."
        ) from error
    except soundfile.SoundFileError as error:
        raise UserError(f"{path} is a damaged WAV file: export it again as a 16-bit WAV file.") from error
    if not len(samples):
        raise UserError(f"{path} is a WAV file without any sound in it: record it again.")
    return samples, rate


def _whole(path: Path) -> Path | BytesIO:
    """Refuse what is no WAV file, and one that was cut off; libsndfile would silently read what there is.

    A program that writes into a pipe cannot know how much it will write. Then what is there is the sound.
    """
    size = path.stat().st_size
    if not size:
        raise UserError(f"{path} is empty: record it again.")
    with path.open("rb") as file:
        start = file.read(12)
        if start[:4] != b"RIFF"[: len(start)] or start[8:] != b"WAVE"[: max(0, len(start) - 8)]:
            raise UserError(f"{path} is not a WAV file: convert it to a mono 16-bit WAV file.")
        while len(head := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", head)
            if name == b"data":
                at, there = file.tell(), size - file.tell()
                if there and (length == 0 or length >= _UNKNOWN):
                    file.seek(0)
                    sound = bytearray(file.read())
                    sound[4:8], sound[at - 4 : at] = struct.pack("<I", size - 8), struct.pack("<I", there)
                    return BytesIO(sound)
                if length > there:
                    raise UserError(
                        f"{path} is cut off: its header promises {length} bytes of sound and only {there} are there; "
                        "copy or record it again."
                    )
                return path
            file.seek(length + length % 2, os.SEEK_CUR)
    raise UserError(f"{path} is cut off before its sound begins: copy or record it again.")


def _check_kind(path: Path, file: soundfile.SoundFile) -> None:
    if file.subtype not in _FORMATS:
        raise UserError(f"{path} holds {file.subtype_info} sound: convert it to a mono 16-bit WAV file.")
    if file.channels != 1:
        raise UserError(f"{path} has {file.channels} channels: convert it to mono.")
    if not SLOWEST <= file.samplerate <= FASTEST:
        raise UserError(
            f"{path} has a rate of {file.samplerate} hertz: convert it to one between {SLOWEST} and {FASTEST}."
        )
