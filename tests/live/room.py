"""A person at a virtual microphone, and the coach's real program at the other end of it."""

from __future__ import annotations

import json
import os
import pty
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from tests.pulse import Pulse
from voice_coach.keyboard import ONCE
from voice_coach.speaking.mouth import Lines
from voice_coach.speaking.voice import SystemVoice

RATE = 16000
WORDS_PER_MINUTE = 300
NOISE = 15.0
"""The room's noise, sample steps; a microphone that works is never exactly silent."""


class Person:
    """Streams room noise into the virtual microphone, and what is said into the noise."""

    def __init__(self, server: Pulse, voice: SystemVoice, noise: float = NOISE) -> None:
        self._lines, self._noise = Lines(voice, RATE), noise
        self._words: queue.SimpleQueue[np.ndarray] = queue.SimpleQueue()
        command = ["pacat", "--playback", "--device=air", "--format=s16le", f"--rate={RATE}", "--channels=1"]
        self._player = subprocess.Popen(
            [*command, "--latency-msec=30"], env=server.environment, stdin=subprocess.PIPE, bufsize=0
        )
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._breathe, daemon=True)
        self._thread.start()

    def say(self, phrase: str) -> None:
        """Begin to say *phrase* now."""
        self._words.put(self._lines.render(phrase) // 2)

    def leave(self) -> None:
        self._leaving.set()
        self._thread.join(2)
        self._player.kill()
        self._player.wait()
        if self._player.stdin:
            self._player.stdin.close()

    def _breathe(self) -> None:
        noise, said = np.random.default_rng(0), np.zeros(0, np.int16)
        assert self._player.stdin is not None
        while not self._leaving.is_set():
            while not self._words.empty():
                said = np.concatenate([said, self._words.get()])
            now, said = said[:320], said[320:]
            block = np.pad(now, (0, 320 - len(now))) + noise.normal(0, self._noise, 320)
            try:
                self._player.stdin.write(np.clip(block, -32768, 32767).astype("<i2").tobytes())
            except OSError:
                return


class Coach:
    """The running program, seen as a person sees it: what it prints, and a keyboard to press keys on."""

    def __init__(self, server: Pulse, folder: Path, *arguments: str, before: Sequence[str] = ()) -> None:
        self.transcript = folder / "transcript.jsonl"
        program = ["-m", "voice_coach", "run", "--no-remember"] if arguments[0].endswith(".yaml") else []
        ready = [] if "--preflight" in arguments or arguments[0] == "-m" else ["--no-preflight"]
        command = [*before, sys.executable, *program, *arguments, *ready, "--transcript", str(self.transcript)]
        self._keys, terminal = pty.openpty()
        # A journal of its own: nobody is asked to go on where another test ended.
        environment = server.environment | {"XDG_DATA_HOME": str(folder / "data")}
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        os.close(terminal)
        self.shown: list[str] = []
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            os.write(self._keys, key.encode())
            time.sleep(ONCE if key == "s" else 0.3)

    def end(self) -> None:
        """End the session with a key, and leave with another; the program must end well."""
        self.press("s")
        self.wait_for("end: stopped")
        self.pause(1)  # a stop at once is still the same one
        self.press("s")
        assert self.process.wait(30) == 0

    def leave(self) -> None:
        """Nobody is there any more: neither the program nor what it started, which keep the pipe open."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join(10)
        assert not self._reader.is_alive(), "something that the program started still holds its output"
        if self.process.stdout:
            self.process.stdout.close()
        os.close(self._keys)

    def wait_for(self, *texts: str, limit: float = 30.0) -> str:
        """The next printed line that has one of *texts*; fails when it does not come."""
        end = time.monotonic() + limit
        while (left := end - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                break
            self.shown.append(line)
            if any(text in line for text in texts):
                return line
        raise AssertionError(f"{texts} was never shown; what was:\n" + "\n".join(self.shown))

    def pause(self, seconds: float) -> None:
        """Let time pass; this is a live room, so it is real."""
        time.sleep(seconds)

    def speak_on(self, line: str) -> None:
        """Let the coach finish *line*, and a moment more."""
        self.pause(len(line.split()) * 60 / WORDS_PER_MINUTE * 1.15 + 1.5)

    def events(self) -> list[dict[str, object]]:
        """The transcript, once it is over."""
        return [json.loads(line) for line in self.transcript.read_text().splitlines()]

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.decode(errors="replace").rstrip())
        self._lines.put(None)


@contextmanager
def coached(server: Pulse, folder: Path, *arguments: str, before: Sequence[str] = ()) -> Iterator[Coach]:
    """The program while it runs, started by the command *before*; killed when the test is over."""
    coach = Coach(server, folder, *arguments, before=before)
    try:
        yield coach
    finally:
        coach.leave()


def answer(coach: Coach, person: Person, line: str, upcoming: str | tuple[str, ...], ways: tuple[str, ...]) -> str:
    """Answer *line* when it has been spoken, in other words when that was not understood; the line that follows.

    That has *upcoming*, or one of several.
    """
    expected = (upcoming,) if isinstance(upcoming, str) else upcoming
    for way in ways:
        coach.speak_on(line)
        person.say(way)
        with suppress(AssertionError):
            return coach.wait_for(*expected, limit=15)
        line = coach.shown[-1]
    raise AssertionError(f"none of {ways} was understood; what was shown:\n" + "\n".join(coach.shown))
