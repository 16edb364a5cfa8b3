"""The keyboard on a real terminal: keys are commands, arrow keys are nothing."""

from __future__ import annotations

import os
import queue
import sys
import time
from collections.abc import Iterator

import pytest

from voice_coach.commands import SESSION, Command, Phrases, table
from voice_coach.keyboard import Keyboard
from voice_coach.session.events import Heard, Told

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are of Unix", allow_module_level=True)

import pty
import termios


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The other end of the terminal that standard input is."""
    person, program = pty.openpty()
    with os.fdopen(program, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield person
    os.close(person)


def typed(terminal: int, *keys: bytes, phrases: Phrases = SESSION) -> list[tuple[Command | None, str]]:
    """What is heard when these are typed, each in one go, and then q (which is no key) and n."""
    heard: queue.SimpleQueue[Heard | Told] = queue.SimpleQueue()
    keyboard = Keyboard(heard.put)
    keyboard.phrases = phrases
    before = termios.tcgetattr(sys.stdin.fileno())
    keyboard.open()
    while termios.tcgetattr(sys.stdin.fileno())[3] & termios.ICANON:
        time.sleep(0.001)  # until it takes single keys
    found: list[Heard | Told] = []
    for chunk in (*keys, b"qn"):
        os.write(terminal, chunk)
        if chunk in (b"qn", b"s", b"\x1b"):
            found.append(heard.get(timeout=5))
    keyboard.close()
    while not heard.empty():
        found.append(heard.get())
    assert termios.tcgetattr(sys.stdin.fileno()) == before
    assert all(each.path == "key" for each in found)
    return [(each.command if isinstance(each, Heard) else None, each.phrase) for each in found]


def test_keys_are_commands(terminal: int) -> None:
    assert typed(terminal, b"s") == [(Command.STOP, "key s"), (Command.NEXT, "key n")]


def test_a_conversation_has_keys_of_its_own_beside_those_for_safety(terminal: int) -> None:
    asking = table([Command.YES], ["the first one"], {"1": "the first one", "n": Command.NO})
    assert typed(terminal, b"1", b"y", b"r", b"s", phrases=asking)[:3] == [
        (None, "the first one"),
        (Command.YES, "key y"),
        (Command.STOP, "key s"),
    ]


def test_escape_is_stop(terminal: int) -> None:
    assert typed(terminal, b"\x1b")[0] == (Command.STOP, "key escape")


@pytest.mark.parametrize("arrow", [b"\x1b[A", b"\x1bOP", b"\x1b[15~", b"\x1b[1;5C"])
def test_arrow_and_function_keys_are_nothing(arrow: bytes, terminal: int) -> None:
    assert typed(terminal, arrow) == [(Command.NEXT, "key n")]


def test_no_terminal_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(writing)
    with os.fdopen(reading) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        keyboard = Keyboard(lambda heard: pytest.fail("nobody typed"))
        keyboard.open()
        assert not keyboard.there
        keyboard.close()
