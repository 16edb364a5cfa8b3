"""The keyboard: keys do the same as spoken commands, for when hands are dry or the room is loud.

Any other key, a mouse click in the terminal, and whatever a foot pedal or a presenter sends, means stop.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from voice_coach.commands import SESSION, Command, Phrases
from voice_coach.presses import BUTTON, CLICK, ESCAPE, MOUSE_OFF, MOUSE_ON, presses
from voice_coach.session.events import Heard, Told

POLL = 0.05
"""Seconds between looks at whether the keyboard is still wanted."""
GLANCE = 0.01
"""Seconds between looks for a key where the system cannot wait for one."""
SPLIT = 0.008
"""Seconds for which what looks like the beginning of a press may stay unfinished; Esc alone looks so too."""
ONCE = 0.7
"""Seconds without a key after which a stop's press is over: a key held down must not leave the session as well, and an
elbow on several keys, one of which stays down, must not take the stop back."""
SUSPEND = "\x1a"
"""Ctrl-Z."""
SUSPENDED = 0.2
"""Seconds within which the system has suspended a program that was told so."""


class Keyboard:
    """Reads single keys from the terminal in its own thread; does nothing where there is no terminal."""

    def __init__(self, pressed: Callable[[Heard | Told], None]) -> None:
        self._pressed = pressed
        self.phrases: Phrases = SESSION
        """Whose keys are meant; may be exchanged at any time."""
        self._stopped = -ONCE
        """When a key last belonged to a stop."""
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
            if meant is None and key.lower() not in SESSION.keys:
                meant = Command.STOP  # a pedal, a presenter, an elbow
            if meant is None or self._belongs_to_stop(meant):
                continue
            if isinstance(meant, Command):
                self._pressed(Heard(meant, NAMES.get(key, f"key {key}"), "key"))
            else:
                self._pressed(Told(meant, "key"))

    def _belongs_to_stop(self, meant: Command | str) -> bool:
        """Whether this is more of the press that was heard as stop. A report of pain is always one of its own."""
        now = time.monotonic()
        same = now - self._stopped < ONCE and meant is not Command.PAIN
        if same or meant is Command.STOP:
            self._stopped = now
        return same


NAMES = {
    " ": "key space", "\r": "key enter", "\n": "key enter", "\t": "key tab", ESCAPE: "key escape",
    CLICK: "mouse button", BUTTON: "button",
}  # fmt: skip
"""How presses are called when somebody asks what was heard."""


def _terminal_keys(closing: threading.Event) -> Iterator[str]:
    import codecs
    import select
    import signal
    import termios

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    begun = ""

    def give_back() -> None:
        if _in_front(descriptor):
            _send(descriptor, MOUSE_OFF)
            with suppress(termios.error):
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    atexit.register(give_back)  # however the program ends
    _take_single_keys(descriptor, termios.TCSAFLUSH)
    try:
        while not closing.is_set():
            if not _in_front(descriptor):
                closing.wait(POLL)
                continue
            if termios.tcgetattr(descriptor)[3] & termios.ICANON:  # a shell had it meanwhile
                _take_single_keys(descriptor, termios.TCSANOW)
            came = select.select([descriptor], [], [], SPLIT if begun else POLL)[0]
            sent = os.read(descriptor, 1024) if came else b""
            if came and not sent:
                return
            found, begun = presses(begun + decoder.decode(sent), quiet=not came)
            for press in found:
                if press != SUSPEND:
                    yield press
                    continue
                give_back()
                os.kill(0, signal.SIGTSTP)  # and whatever runs with us, as the terminal would
                closing.wait(SUSPENDED)
    except (OSError, termios.error):
        return  # the terminal is gone
    finally:
        give_back()
        atexit.unregister(give_back)


def _in_front(descriptor: int) -> bool:
    """Whether the terminal is ours to change and read: not while a shell has us in the background."""
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:  # a terminal that knows no jobs
        return True


def _take_single_keys(descriptor: int, when: int) -> None:
    """Let the terminal send each key at once, and tell of the mouse.

    Ctrl-S too, which would hold the screen, and the session with it; and Ctrl-Z, so that the terminal can be given back
    before the shell has it.
    """
    import termios

    mode = termios.tcgetattr(descriptor)
    mode[0] &= ~termios.IXON
    mode[3] &= ~(termios.ECHO | termios.ICANON)
    mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
    mode[6][termios.VSUSP] = bytes([os.fpathconf(descriptor, "PC_VDISABLE")])
    termios.tcsetattr(descriptor, when, mode)
    _send(descriptor, MOUSE_ON)


def _send(descriptor: int, sequence: bytes) -> None:
    """Tell the terminal something; one that cannot be written to has no mouse."""
    with suppress(OSError):
        os.write(descriptor, sequence)


def _windows_keys(closing: threading.Event) -> Iterator[str]:
    import msvcrt

    while not closing.wait(GLANCE):
        while msvcrt.kbhit():  # type: ignore[attr-defined]
            key = msvcrt.getwch()  # type: ignore[attr-defined]
            while key in "\x00\xe0":  # an arrow or function key, or a typed "à"
                yield BUTTON
                began = time.monotonic()
                key = msvcrt.getwch()  # type: ignore[attr-defined]
                if time.monotonic() - began < ONCE:
                    break  # its second half, whose letter means nothing, is there at once
            else:
                yield key
