"""The keyboard: keys do the same as spoken commands, for when hands are dry or the room is loud."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator

from voice_coach.commands import SESSION, Command, Phrases
from voice_coach.session.events import Heard, Told

SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O[A-Z])")
"""What arrow and function keys send: it begins like Esc, but nobody meant to end the session."""
POLL = 0.05
"""Seconds between looks at whether the keyboard is still wanted."""


class Keyboard:
    """Reads single keys from the terminal in its own thread; does nothing where there is no terminal."""

    def __init__(self, pressed: Callable[[Heard | Told], None]) -> None:
        self._pressed = pressed
        self.phrases: Phrases = SESSION
        """Whose keys are meant; may be exchanged at any time."""
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._read, name="keyboard", daemon=True)

    @property
    def there(self) -> bool:
        """Whether standard input is a terminal."""
        return sys.stdin is not None and sys.stdin.isatty()

    def open(self) -> None:
        """Begin to read."""
        if self.there:
            self._thread.start()

    def close(self) -> None:
        """Stop reading and give the terminal back as it was."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(1)

    def _read(self) -> None:
        keys = _windows_keys(self._closing) if sys.platform == "win32" else _terminal_keys(self._closing)
        for key in keys:
            meant = self.phrases.keys.get(key.lower())
            if isinstance(meant, Command):
                name = {" ": "space", "\r": "enter", "\n": "enter", "\x1b": "escape"}.get(key, key)
                self._pressed(Heard(meant, f"key {name}", "key"))
            elif meant is not None:
                self._pressed(Told(meant, "key"))


def _terminal_keys(closing: threading.Event) -> Iterator[str]:
    import select
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)
    try:
        while not closing.is_set():
            if select.select([descriptor], [], [], POLL)[0]:
                if not (keys := os.read(descriptor, 64)):
                    return
                yield from SEQUENCE.sub("", keys.decode("ascii", "ignore"))
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _windows_keys(closing: threading.Event) -> Iterator[str]:
    import msvcrt

    while not closing.wait(POLL):
        while msvcrt.kbhit():  # type: ignore[attr-defined]
            key = msvcrt.getwch()  # type: ignore[attr-defined]
            if key in "\x00\xe0":
                msvcrt.getwch()  # type: ignore[attr-defined]  # an arrow or function key: its letter means nothing
            else:
                yield key
