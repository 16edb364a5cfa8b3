"""The child process that speaks: pyttsx3 on one side, one JSON object a line on the other.

A speech engine may hang, end its process or write to the terminal, so it lives here, where it can be killed. The
file is run as a program by itself, with a private directory as its only argument, and needs nothing of the package.

It greets with what it is, then answers each request with one line:

    (the greeting)                           {"driver", "version", "voice", "voices", "variants"}
    {"voice": id, "rate": words a minute}    {"voice": id}
    {"text": line}                           {"file": path of the render}
    (whatever goes wrong)                    {"error": sentence}

"voice" is the usual voice's id, "voices" a list of [id, name, language], "variants" what may follow a "+".

When its standard input ends (the parent closed it or died) the worker removes the directory and ends at once, even
in the middle of a render. On Linux it speaks with the system's eSpeak NG when there is one and else with the one
from the espeakng_loader wheel; VOICE_COACH_ESPEAK=wheel in the environment means the wheel's in any case.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.metadata
import json
import os
import platform
import queue
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ESPEAK_LIBRARIES = ("libespeak-ng.so.1", "/usr/local/lib/libespeak-ng.so.1")
FINISH_SECONDS = 5.0
"""How long the engine may take to report a file that its loop has already been left for."""
TRIES = 3
EMPTY_WAV = 44
"""Bytes of a WAV file without a sample."""


def find_espeak() -> None:
    """Make eSpeak NG loadable by pyttsx3 on Linux: the system's, else the wheel's."""
    if os.environ.get("VOICE_COACH_ESPEAK") != "wheel":
        for library in ESPEAK_LIBRARIES:
            with contextlib.suppress(OSError):
                ctypes.CDLL(library)
                return
    try:
        import espeakng_loader
    except ImportError:
        return
    # pyttsx3 then asks for libespeak-ng.so.1 and gets this one, which bears that name. eSpeak copies the data path
    # into 160 bytes, so a deep virtual environment would not fit: hence a relative path.
    bundled = Path(espeakng_loader.get_library_path())
    os.chdir(bundled.parent)
    os.environ["ESPEAK_DATA_PATH"] = "."
    ctypes.CDLL(str(bundled))


class Engine:
    """The one pyttsx3 engine of this process, made to render one file at a time.

    pyttsx3 runs the commands queued while it is "busy" as soon as its loop starts. The drivers differ in what they
    need: eSpeak's loop only waits for the render when it has run once before, empty; the loops of macOS and Windows
    only wait when the render itself still stands in that queue, as it does with a fresh engine.
    """

    def __init__(self, directory: Path) -> None:
        import pyttsx3

        self._directory = directory
        self._count = 0
        self._errors: list[str] = []
        self._finished = threading.Event()
        self._engine = pyttsx3.init()
        self._engine.connect("error", lambda name, exception: self._errors.append(str(exception)))
        self._engine.connect("finished-utterance", lambda name, completed: self._finished.set())
        self.driver = str(self._engine)
        if self.driver == "espeak":
            self._engine.runAndWait()

    def greeting(self) -> dict[str, Any]:
        """What this engine is and which voices it has."""
        version, variants = platform.version(), []
        if self.driver == "espeak":
            from pyttsx3.drivers import _espeak

            version = _espeak.Info(None).decode()
            kind = _espeak.VOICE(languages=b"variant")
            variants = [Path(os.fsdecode(voice.identifier)).name for voice in _espeak.ListVoices(kind)]
        return {
            "driver": self.driver,
            "version": f"{version} pyttsx3 {importlib.metadata.version('pyttsx3')}",
            "voice": self._engine.getProperty("voice"),
            "voices": [
                [voice.id, voice.name, str((voice.languages or [""])[0] or "")]
                for voice in self._engine.getProperty("voices")
            ],
            "variants": variants,
        }

    def set(self, voice: str, rate: int) -> dict[str, Any]:
        """Choose the voice by its id and the rate in words a minute."""
        self._engine.proxy.setBusy(False)
        self._engine.setProperty("voice", voice)
        self._engine.setProperty("rate", rate)
        self._raise_errors()
        return {"voice": self._engine.getProperty("voice")}

    def render(self, text: str) -> dict[str, Any]:
        """Speak the text into a file of its own.

        eSpeak sometimes ends a message at once, without a sound, mostly the second one of its life on a busy
        machine; said again it speaks.
        """
        for _ in range(TRIES):
            path = self._render(text)
            if path.stat().st_size > EMPTY_WAV:
                break
        return {"file": str(path)}

    def _render(self, text: str) -> Path:
        self._count += 1
        # macOS writes AIFF whatever the name says.
        path = self._directory / f"{self._count}.{'aiff' if self.driver == 'nsss' else 'wav'}"
        self._finished.clear()
        if self.driver != "espeak":
            self._engine.proxy.setBusy(True)
        self._engine.save_to_file(text, str(path))
        self._engine.runAndWait()
        self._raise_errors()
        if self.driver == "espeak" and not self._finished.wait(FINISH_SECONDS):
            raise RuntimeError("the engine did not finish")
        if not path.exists():
            raise RuntimeError("the engine wrote no file")
        return path

    def _raise_errors(self) -> None:
        errors, self._errors = self._errors, []
        if errors:
            raise RuntimeError("; ".join(errors))


def requests(directory: Path) -> Iterator[dict[str, Any]]:
    """The requests from standard input; its end is the end of the process."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line)
        shutil.rmtree(directory, ignore_errors=True)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield json.loads(lines.get())


def main() -> None:
    """Greet, then answer until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # engines print; the parent has given us a file for that

    def answer(words: dict[str, Any]) -> None:
        answers.write(json.dumps(words) + "\n")
        answers.flush()

    def excuse(error: Exception) -> None:
        answer({"error": f"{type(error).__name__}: {error}"})

    directory = Path(sys.argv[1])
    inbox = requests(directory)
    try:
        if sys.platform.startswith("linux"):
            find_espeak()
        engine = Engine(directory)
        answer(engine.greeting())
    except Exception as error:
        excuse(error)
        return
    for request in inbox:
        try:
            answer(engine.render(request["text"]) if "text" in request else engine.set(**request))
        except Exception as error:
            excuse(error)


if __name__ == "__main__":
    main()
