"""The live microphone and loudspeaker: two streams that PortAudio calls back."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from voice_coach.sound.portaudio import (
    DRIVER,
    LIMIT,
    DeviceError,
    DeviceInfo,
    Kind,
    NoAnswerError,
    choose,
    devices,
    list_devices,
)
from voice_coach.sound.resampler import Resampler
from voice_coach.sound.samples import BLOCK_SECONDS, HEARING_RATE, Samples

__all__ = [
    "DeviceError",
    "DeviceInfo",
    "LiveLoudspeaker",
    "LiveMicrophone",
    "choose",
    "devices",
    "reopen",
    "verdict",
]

PATIENCE = 1.0
"""Seconds after which a microphone that sends nothing, or nothing but zeros, is taken to be lost."""


def verdict(now: float, last_block: float, zeros_since: float | None) -> str | None:
    """One sentence on what is wrong with a microphone, or None; all times in seconds on one clock.

    *last_block* is when it last sent (or was opened), *zeros_since* when it began to send exact zeros, if it does: a
    real microphone always has some noise, but one that the system blocks sends zeros without any error.
    """
    if now - last_block > PATIENCE:
        return "The microphone stopped sending: check its plug, or choose another one."
    if zeros_since is not None and now - zeros_since > PATIENCE:
        return (
            "The microphone sends nothing but zeros, so it is muted, blocked, or silenced by a noise suppression: "
            "switch it on, allow this program to use it, or turn the suppression off."
        )
    return None


class _Live:
    """What both directions share. All of PortAudio is called by the driver's thread, whichever thread asks."""

    _kind: ClassVar[Kind]
    _latency: ClassVar[float]
    """Seconds of buffer that are asked for."""

    def __init__(self, name: str | None, rate: int) -> None:
        self.name = name
        self.rate = rate
        self.device: DeviceInfo | None = None
        """What was opened."""
        self.failure: Exception | None = None
        """Why the stream ended by itself."""
        self.latency = 0.0
        """Seconds between program and air, as far as PortAudio knows."""
        self.late = 0
        """How often a buffer was found empty or overfull."""
        self._stream: Any = None
        self._wanted = False
        self._started_at = self._last_block = time.monotonic()

    @property
    def running(self) -> bool:
        """Whether it works for longer than the first buffers take, which many a dead device accepts."""
        return time.monotonic() - self._started_at > 1.5 * PATIENCE and self.trouble() is None

    @property
    def seconds_since_last_block(self) -> float:
        """How long ago PortAudio last called, or the stream was opened."""
        return time.monotonic() - self._last_block

    def trouble(self) -> str | None:
        """One sentence when the device does not work, else None; to be asked now and then."""
        return str(self.failure) if self.failure is not None else self._verdict(time.monotonic())

    def open(self) -> None:
        """Start streaming. Raises DeviceError when there is no such device, or none that can be opened."""
        if self._wanted:
            raise ValueError(f"the {self._kind} is open already")
        self.failure = None
        self._wanted = True
        try:
            DRIVER.do(self._opened)
        except BaseException:
            self._wanted = False
            raise

    def close(self, limit: float = LIMIT) -> None:
        """Stop streaming, taking at most *limit* seconds; does nothing when it is closed."""
        self._wanted = False
        with contextlib.suppress(DeviceError):
            DRIVER.do(lambda _: self._closed(), limit)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _opened(self, library: Any) -> None:
        device = choose(self._kind, self.name, list_devices(library))
        # A device that refuses the wanted rate, or one channel, gets what it likes best instead.
        trouble: Exception | None = None
        for rate in dict.fromkeys((self.rate, round(device.rate))):
            for channels in (1, 2):
                try:
                    self._stream = self._started(library, device, rate, channels)
                except (library.PortAudioError, ValueError) as error:
                    trouble = trouble or error
                    continue
                DRIVER.streams.add(self._stream)
                self.device, self.latency = device, float(self._stream.latency)
                if not self._wanted:  # it took so long that nobody waits any more
                    self._closed()
                return
        raise DeviceError(
            f"The {self._kind} {device.name} cannot be opened ({trouble}): "
            "close other programs that use it, or choose another one."
        )

    def _started(self, library: Any, device: DeviceInfo, rate: int, channels: int) -> Any:
        self._started_at = self._last_block = time.monotonic()
        self._prepare(rate)
        kind = library.InputStream if self._kind == "microphone" else library.OutputStream
        stream = kind(
            device=device.index,
            samplerate=rate,
            channels=channels,
            dtype="int16",
            blocksize=round(rate * BLOCK_SECONDS),
            latency=self._latency,
            callback=self._guarded(library),
            finished_callback=self._finished,
        )
        try:
            stream.start()
        except BaseException:
            stream.close(ignore_errors=True)
            raise
        return stream

    def _guarded(self, library: Any) -> Callable[..., None]:
        def callback(block: NDArray[np.int16], frames: int, _time: object, status: object) -> None:
            # PortAudio would print an exception and fall silent; the program has to know.
            self._last_block = time.monotonic()
            self.late += bool(status)
            try:
                self._called(block, frames)
            except BaseException as error:
                self.failure = error if isinstance(error, Exception) else RuntimeError(repr(error))
                if block.flags.writeable:
                    block.fill(0)
                raise library.CallbackAbort from None

        return callback

    def _finished(self) -> None:
        if self._wanted and self.failure is None:
            self.failure = DeviceError(f"The sound system took the {self._kind} away: connect it again.")

    def _closed(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            DRIVER.streams.discard(stream)
            self._end(stream)
            stream.close(ignore_errors=True)

    def _verdict(self, now: float) -> str | None:
        raise NotImplementedError

    def _prepare(self, rate: int) -> None:
        raise NotImplementedError

    def _called(self, block: NDArray[np.int16], frames: int) -> None:
        raise NotImplementedError

    def _end(self, stream: Any) -> None:
        raise NotImplementedError


class LiveMicrophone(_Live):
    """Calls *on_block* with every BLOCK_SECONDS of sound at *rate* hertz, from a thread that must not wait."""

    _kind = "microphone"
    # PortAudio calls twice per buffer, so a word may wait 20 ms; over PulseAudio no sound is lost down to 0.03 s.
    _latency = 0.04

    def __init__(self, name: str | None, on_block: Callable[[Samples], None], rate: int = HEARING_RATE) -> None:
        super().__init__(name, rate)
        self._on_block = on_block
        self._zeros_since: float | None = None

    def _verdict(self, now: float) -> str | None:
        return verdict(now, self._last_block, self._zeros_since)

    def _prepare(self, rate: int) -> None:
        self._resampler = Resampler(rate, self.rate)
        self._zeros_since = None

    def _called(self, block: NDArray[np.int16], frames: int) -> None:
        sound = block[:, 0].copy() if block.shape[1] == 1 else (block.sum(axis=1, dtype=np.int32) // 2).astype(np.int16)
        if sound.any():
            self._zeros_since = None
        elif self._zeros_since is None:
            self._zeros_since = self._last_block
        self._resampler.push(sound)
        size = round(self.rate * BLOCK_SECONDS)
        while self._resampler.ready >= size:
            self._on_block(self._resampler.pull(size))

    def _end(self, stream: Any) -> None:
        stream.abort(ignore_errors=True)


class LiveLoudspeaker(_Live):
    """Plays what *render* returns for a number of samples at *rate* hertz, in a thread that must not wait."""

    _kind = "loudspeaker"
    # Less makes sound break up on a busy machine, and more is heard for so long before the coach steps back; what is
    # left when it hushes, `cut` throws away.
    _latency = 0.06

    def __init__(self, name: str | None, render: Callable[[int], Samples], rate: int) -> None:
        super().__init__(name, rate)
        self._render = render
        self._cutting = False

    def cut(self) -> None:
        """Throw away what was rendered but not played yet, about 0.06 s; to be called after hushing what renders.

        Returns at once. Does nothing on macOS, where ending a stream early can hang.
        """
        if self._wanted and sys.platform != "darwin":
            DRIVER.begin(self._cut)

    def _verdict(self, now: float) -> str | None:
        if now - self._last_block > PATIENCE:
            return "The loudspeaker takes no more sound: check its plug, or choose another one."
        return None

    def _prepare(self, rate: int) -> None:
        self._resampler = Resampler(self.rate, rate)

    def _called(self, block: NDArray[np.int16], frames: int) -> None:
        while self._resampler.ready < frames:
            self._resampler.push(self._render(round(self.rate * BLOCK_SECONDS)))
        block[:] = self._resampler.pull(frames)[:, np.newaxis]

    def _cut(self, library: Any) -> None:
        if self._stream is None or self.failure is not None:  # a stream that is gone hangs whoever aborts it
            return
        self._cutting = True
        try:
            self._stream.abort()
            self._started_at = time.monotonic()
            self._stream.start()
        except library.PortAudioError as error:
            self.failure = DeviceError(f"The loudspeaker could not be started again ({error}): connect it again.")
        finally:
            self._cutting = False

    def _finished(self) -> None:
        if not self._cutting:
            super()._finished()

    def _end(self, stream: Any) -> None:
        stream.stop(ignore_errors=True)  # plays what was rendered already


def reopen(*streams: LiveMicrophone | LiveLoudspeaker) -> None:
    """Close all *streams*, look for devices anew and open them again, by name or else the system's default.

    Everything open must be given, because PortAudio finds new devices only when nothing is open. Each stream is tried,
    whatever becomes of the others; then the first DeviceError is raised.
    """
    for stream in streams:
        stream.close()
    DRIVER.refresh()
    trouble: DeviceError | None = None
    for stream in streams:
        try:
            _open_somehow(stream)
        except DeviceError as error:
            trouble = trouble or error
    if trouble:
        raise trouble


def _open_somehow(stream: LiveMicrophone | LiveLoudspeaker) -> None:
    name = stream.name
    try:
        stream.open()
    except NoAnswerError:
        raise
    except DeviceError:
        if name is None:
            raise
        stream.name = None
        try:
            stream.open()
        finally:
            stream.name = name  # the next time it is looked for again
