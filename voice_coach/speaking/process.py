"""The parent's side of the worker: start it, ask it with a time limit, kill it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

PROGRAM = Path(__file__).with_name("worker.py")
LAST_WORDS = 200
"""Characters of the worker's own output that an error repeats."""


class WorkerLost(Exception):  # noqa: N818 - a fact for the voice, never shown as it is
    """The worker died, hung or reported a failure; its text says which."""


class Worker:
    """One running worker process. Starting does not wait for it; the first answer is its greeting."""

    def __init__(self, fallback: bool = False) -> None:
        """Start the worker; *fallback* for when one with the system's engine could not start.

        Raises:
            WorkerLost: the process cannot be started.
        """
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        try:
            self._directory = Path(tempfile.mkdtemp(prefix="voice-coach-"))
            with (self._directory / "output").open("wb") as output:
                self._process = subprocess.Popen(
                    # -P keeps the modules beside worker.py from shadowing others.
                    [sys.executable, "-P", "-W", "ignore", str(PROGRAM), str(self._directory)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=output,
                    bufsize=0,
                    env=os.environ
                    | {"PYTHONIOENCODING": "utf-8"}
                    | ({"VOICE_COACH_ESPEAK": "wheel"} if fallback else {}),
                    **_apart(),
                )
        except OSError as error:
            raise WorkerLost(f"it could not be started: {error}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests = self._process.stdin
        threading.Thread(target=self._read, args=(self._process.stdout,), name="voice answers", daemon=True).start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs; a hung one does."""
        return self._process.poll() is None

    def ask(self, request: Mapping[str, object], patience: float) -> dict[str, Any]:
        """Send one request and return its answer, waiting at most *patience* seconds.

        Raises:
            WorkerLost: no answer, or one that reports an error.
        """
        try:
            self._requests.write(json.dumps(request).encode() + b"\n")
        except (OSError, ValueError) as error:
            raise WorkerLost(self._death()) from error
        return self.answer(patience)

    def answer(self, patience: float) -> dict[str, Any]:
        """Return the next answer (the greeting, first), waiting at most *patience* seconds.

        Raises:
            WorkerLost: no answer, or one that reports an error.
        """
        try:
            answer = self._answers.get(timeout=patience)
        except queue.Empty:
            raise WorkerLost(f"it did not answer within {patience:g} seconds") from None
        if answer is None:
            raise WorkerLost(self._death())
        if "error" in answer:
            raise WorkerLost(str(answer["error"]))
        return answer

    def kill(self) -> None:
        """End the process, whatever it is doing, and remove its files."""
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._requests.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _read(self, answers: IO[bytes]) -> None:
        with answers:
            for line in answers:
                with contextlib.suppress(ValueError):
                    self._answers.put(json.loads(line))
        self._answers.put(None)

    def _death(self) -> str:
        try:
            words = (self._directory / "output").read_text("utf-8", "replace").strip()[-LAST_WORDS:]
        except OSError:
            words = ""
        return "it ended by itself" + (f", saying {words!r}" if words else "")


def _apart() -> dict[str, Any]:
    """What keeps the Ctrl-C meant for us away from the worker."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
