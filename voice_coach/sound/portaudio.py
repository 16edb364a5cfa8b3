"""PortAudio, spoken to by one thread only."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Literal, TypeVar

from voice_coach.errors import MachineError

Kind = Literal["microphone", "loudspeaker"]

LIMIT = 5.0
"""Seconds a driver may take for one request."""

_Result = TypeVar("_Result")


class DeviceError(MachineError):
    """A microphone or loudspeaker is missing or cannot be used."""


class NoAnswerError(DeviceError):
    """The sound driver takes too long, so nobody knows whether it can."""


@dataclass(frozen=True)
class DeviceInfo:
    """A device as PortAudio lists it."""

    index: int
    """Changes whenever something is plugged in or out."""
    name: str
    """"name, host API": what to store."""
    inputs: int
    outputs: int
    """Channels."""
    rate: float
    """The rate it likes best, hertz."""
    default_input: bool = False
    default_output: bool = False


class Driver:
    """The one thread that opens and closes every stream, because PortAudio knows no locks and some drivers hang.

    A driver that hangs keeps this thread, never its caller nor the end of the program.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._late: Future[Any] | None = None
        self._library: Any = None
        self.streams: set[Any] = set()
        """What is open; touched by jobs only."""

    def do(self, job: Callable[[Any], _Result], limit: float = LIMIT) -> _Result:
        """The result of *job*, called with the sounddevice module.

        Raises DeviceError when PortAudio is missing, NoAnswerError when the driver takes longer than *limit* seconds.
        """
        late = self._late is not None and not self._late.done()
        if not late:
            future = self.begin(job)
            wait([future], limit)
            late = not future.done()
            self._late = future if late else None  # one with an error would keep the streams that it tells of
        if late:
            if self._library is not None:
                atexit.unregister(self._library._exit_handler)  # it would wait for the driver as well
            raise NoAnswerError("The sound driver does not answer: unplug the sound device or restart the computer.")
        return future.result()

    def begin(self, job: Callable[[Any], _Result]) -> Future[_Result]:
        """Have *job* done without waiting for it."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="portaudio", daemon=True)
                self._thread.start()
        future: Future[_Result] = Future()
        self._jobs.put((lambda: job(self._loaded()), future))
        return future

    def refresh(self) -> None:
        """Look for devices that came or went, unless a stream is open: PortAudio would kill it."""

        def job(library: Any) -> None:
            if not self.streams:
                try:
                    with contextlib.suppress(library.PortAudioError):  # it is not running where the last start failed
                        library._terminate()
                    library._initialize()
                except library.PortAudioError as error:
                    raise DeviceError(f"The sound system cannot be started ({error}).") from error

        self.do(job)

    def _work(self) -> None:
        while True:
            job, future = self._jobs.get()
            try:
                future.set_result(job())
            except BaseException as error:
                future.set_exception(error)
            del job, future

    def _loaded(self) -> Any:
        if self._library is None:
            try:
                import sounddevice
            except OSError as error:
                raise DeviceError(
                    "The sound library PortAudio is missing: install it, on Debian or Ubuntu with "
                    "'sudo apt install libportaudio2 libasound2-plugins'."
                ) from error
            except Exception as error:
                raise DeviceError(f"The sound library PortAudio cannot be started ({error}).") from error
            _quieten()
            self._library = sounddevice
        return self._library


DRIVER = Driver()


def devices() -> list[DeviceInfo]:
    """Every microphone and loudspeaker there is now. Raises DeviceError when PortAudio is missing or hangs."""
    DRIVER.refresh()
    return DRIVER.do(list_devices)


def list_devices(library: Any) -> list[DeviceInfo]:
    """What PortAudio knew when it was last started; to be called by the driver's thread."""
    hosts = library.query_hostapis()
    default: dict[str, int] = {}
    for kind in ("input", "output"):
        with contextlib.suppress(ValueError, library.PortAudioError):
            default[kind] = library.query_devices(kind=kind)["index"]
    return [
        DeviceInfo(
            index=info["index"],
            name=f"{info['name']}, {hosts[info['hostapi']]['name']}",
            inputs=info["max_input_channels"],
            outputs=info["max_output_channels"],
            rate=info["default_samplerate"],
            default_input=info["index"] == default.get("input"),
            default_output=info["index"] == default.get("output"),
        )
        for info in library.query_devices()
    ]


def choose(kind: Kind, name: str | None, among: list[DeviceInfo]) -> DeviceInfo:
    """The device a person means by *name*: its full name, its name, its index or a part that fits only one.

    None means the system's default. Raises DeviceError with the choices.
    """
    fitting = [device for device in among if (device.inputs if kind == "microphone" else device.outputs)]
    if not fitting:
        raise DeviceError(f"There is no {kind}: connect one, or use a sound file instead (see --help).")
    if name is None:
        return next((d for d in fitting if (d.default_input if kind == "microphone" else d.default_output)), fitting[0])
    wanted = name.strip().casefold()
    for matches in (
        [d for d in fitting if d.name.casefold() == wanted],
        [d for d in fitting if d.name.rpartition(", ")[0].casefold() == wanted],
        [d for d in fitting if str(d.index) == wanted],
        [d for d in fitting if wanted and wanted in d.name.casefold()],
    ):
        if len(matches) == 1:
            return matches[0]
    listed = "; ".join(f"{d.index} = {d.name}" for d in matches or fitting)
    trouble = f"{len(matches)} {kind}s fit" if matches else f"No {kind} fits"
    raise DeviceError(f'{trouble} the name "{name}": choose one of {listed}.')


def _quieten() -> None:
    """Keep ALSA, which writes its complaints to the error output from any thread, off the screen."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            alsa, libc = ctypes.CDLL("libasound.so.2"), ctypes.CDLL(None)
            # ALSA calls its handler with a file name and more; any C function that ignores them will do, and one from
            # Python must not be running while Python ends.
            alsa.snd_lib_error_set_handler(ctypes.cast(libc.getpid, ctypes.c_void_p))
