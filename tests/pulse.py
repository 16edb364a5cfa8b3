"""A private sound card made of software: a PulseAudio server of our own with a loudspeaker and a microphone."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.needing import need
from voice_coach.sound.device import devices

RATE = 48000
"""Hertz; of both null sinks."""


class Pulse:
    """The running server: what is played into `into_microphone` is heard by programs, and the other way round."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "PULSE_RUNTIME_PATH": str(folder / "pulse"),
            "PULSE_SERVER": f"unix:{folder}/socket",
        }
        self.log = folder / "log"
        self._folder = folder
        self.start()

    def start(self) -> None:
        """Start the server; wait() for it."""
        folder = self._folder
        arguments = [
            *("--daemonize=no", "--exit-idle-time=-1", "-n", "--log-level=error", "--use-pid-file=no"),
            *("-L", f"module-native-protocol-unix auth-anonymous=1 socket={folder}/socket"),
            *("-L", f"module-cli-protocol-unix socket={folder}/cli"),
            # norewinds: else a null sink buffers for up to two seconds
            *("-L", f"module-null-sink sink_name=loudspeaker rate={RATE} channels=1 norewinds=1"),
            *("-L", f"module-null-sink sink_name=air rate={RATE} channels=1 norewinds=1"),
            *("-L", "module-remap-source source_name=microphone master=air.monitor"),
        ]
        server_environment = {k: v for k, v in self.environment.items() if k != "PULSE_SERVER"}
        with self.log.open("wb") as log:
            self._server = subprocess.Popen(
                ["pulseaudio", *arguments], env=server_environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait(self) -> None:
        """Until the server answers; fails after ten seconds."""
        end = time.monotonic() + 10
        while self._call("info").returncode:
            if self._server.poll() is not None or time.monotonic() > end:
                pytest.fail(f"pulseaudio did not start: {self.log.read_text(errors='replace')}")
            time.sleep(0.05)
        self.control("set-default-sink", "loudspeaker")
        self.control("set-default-source", "microphone")

    def control(self, *arguments: str) -> str:
        """What pactl answers."""
        done = self._call(*arguments)
        if done.returncode:
            pytest.fail(f"pactl {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def crash(self) -> None:
        """The server dies without a word."""
        self._server.kill()
        self._server.wait()

    def freeze_loudspeaker(self, frozen: bool = True) -> None:
        """Its driver hangs: it takes no more sound, without an error; or it goes on."""
        self.control("suspend-sink", "loudspeaker", "1" if frozen else "0")

    def take_loudspeaker(self, process: int) -> None:
        """The server takes the loudspeaker away from a program, as it does when the last one is unplugged."""
        for block in self.control("list", "sink-inputs").split("Sink Input #")[1:]:
            if f'application.process.id = "{process}"' in block:
                with socket.socket(socket.AF_UNIX) as line:  # pactl does not know how
                    line.connect(f"{self._folder}/cli")
                    line.sendall(f"kill-sink-input {block.split()[0]}\n".encode())
                    line.shutdown(socket.SHUT_WR)

    def freeze_microphone(self, frozen: bool = True) -> None:
        """Its driver hangs: no more sound, no error; or it goes on."""
        self.control("suspend-source", "microphone", "1" if frozen else "0")

    def remove_microphone(self) -> None:
        """Its plug is pulled; the server moves its listeners to another source, which is silent."""
        self.control("unload-module", "module-remap-source")

    def add_microphone(self) -> None:
        """It is plugged in again."""
        self.control("load-module", "module-remap-source", "source_name=microphone", "master=air.monitor")
        self.control("set-default-source", "microphone")

    @contextmanager
    def loop(self) -> Iterator[None]:
        """While the block runs, the microphone hears what the loudspeaker plays."""
        module = self.control("load-module", "module-loopback", "source=loudspeaker.monitor", "sink=air").strip()
        try:
            yield
        finally:
            self.control("unload-module", module)

    def into_microphone(self, samples: NDArray[np.int16], rate: int) -> subprocess.Popen[bytes]:
        """Begin to play *samples* where the microphone hears them; wait() for the end on what is returned."""
        with tempfile.NamedTemporaryFile(dir=self.environment["XDG_RUNTIME_DIR"], delete=False) as file:
            file.write(samples.astype("<i2").tobytes())
        command = ["pacat", "--playback", "--device=air", "--format=s16le", f"--rate={rate}", "--channels=1"]
        return subprocess.Popen([*command, "--latency-msec=50", file.name], env=self.environment)

    @contextmanager
    def recording(self) -> Iterator[Recording]:
        """Record what the loudspeaker plays while the block runs."""
        command = ["parec", "--device=loudspeaker.monitor", "--format=s16le", f"--rate={RATE}", "--channels=1"]
        with tempfile.NamedTemporaryFile(dir=self.environment["XDG_RUNTIME_DIR"], delete=False) as file:
            recorder = subprocess.Popen([*command, "--latency-msec=10"], env=self.environment, stdout=file)
        recording = Recording(Path(file.name))
        try:
            recording.wait_for(0.05)  # until it really runs
            yield recording
        finally:
            recorder.terminate()
            recorder.wait()

    def stop(self) -> None:
        """End the server."""
        self._server.terminate()
        try:
            self._server.wait(5)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def _call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pactl", *arguments], env=self.environment, capture_output=True, text=True, timeout=10, check=False
        )


class Recording:
    """What a monitor has heard so far."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def samples(self) -> NDArray[np.int16]:
        """At RATE."""
        raw = self._path.read_bytes()
        return np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(np.int16)

    def wait_for(self, seconds: float, limit: float = 5.0) -> NDArray[np.int16]:
        """The samples, once there are *seconds* of them; fails after *limit* seconds."""
        end = time.monotonic() + limit
        while len(samples := self.samples) < seconds * RATE:
            if time.monotonic() > end:
                pytest.fail(f"the monitor sent {len(samples) / RATE:.2f} s of sound instead of {seconds:.2f} s")
            time.sleep(0.01)
        return samples


@contextmanager
def pulse() -> Iterator[Pulse]:
    """A running server that this process and its children use as their sound system.

    Needs PulseAudio, without fail where the environment variable VOICE_COACH_NEED_AUDIO is 1.
    """
    remedy = "install pulseaudio, pulseaudio-utils and libasound2-plugins"
    need("pulseaudio", "pactl", "pacat", "parec", remedy=remedy, variable="VOICE_COACH_NEED_AUDIO")
    with tempfile.TemporaryDirectory(prefix="pulse-", ignore_cleanup_errors=True) as folder:
        server = Pulse(Path(folder))
        before = dict(os.environ)
        try:
            server.wait()
            os.environ.update(server.environment)
            devices()  # PortAudio looks for what is there now
            yield server
        finally:
            os.environ.clear()
            os.environ.update(before)
            server.stop()
