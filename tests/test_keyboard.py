"""The keyboard on a real terminal: keys are commands, and whatever has no meaning of its own is stop."""

from __future__ import annotations

import codecs
import os
import queue
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.commands import SESSION, Command, Phrases, table
from voice_coach.keyboard import ONCE, Keyboard, _windows_keys
from voice_coach.presses import BUTTON, CLICK, MOUSE_OFF, MOUSE_ON, presses
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
    """What is heard when these are typed, each in one go, and then p, which is always heard."""
    heard: queue.SimpleQueue[Heard | Told] = queue.SimpleQueue()
    keyboard = Keyboard(heard.put)
    keyboard.phrases = phrases
    before = termios.tcgetattr(sys.stdin.fileno())
    keyboard.open()
    while termios.tcgetattr(sys.stdin.fileno())[3] & termios.ICANON:
        time.sleep(0.001)  # until it takes single keys
    found: list[Heard | Told] = []
    for chunk in (*keys, b"p"):
        os.write(terminal, chunk)
        time.sleep(0.002 if len(chunk) > 1 else 0.05)  # what belongs together comes together
    found.append(heard.get(timeout=5))
    keyboard.close()
    while not heard.empty():
        found.append(heard.get())
    assert termios.tcgetattr(sys.stdin.fileno()) == before
    assert all(each.path == "key" for each in found)
    return [(each.command if isinstance(each, Heard) else None, each.phrase) for each in found]


def test_keys_are_commands(terminal: int) -> None:
    assert typed(terminal, b"s") == [(Command.STOP, "key s"), (Command.PAIN, "key p")]


def test_a_conversation_has_keys_of_its_own_beside_those_for_safety(terminal: int) -> None:
    asking = table([Command.YES], ["the first one"], {"1": "the first one", "n": Command.NO})
    assert typed(terminal, b"1", b"y", b"r", b"s", phrases=asking)[:3] == [
        (None, "the first one"),
        (Command.YES, "key y"),
        (Command.STOP, "key s"),
    ]


def test_escape_is_stop(terminal: int) -> None:
    assert typed(terminal, b"\x1b")[0] == (Command.STOP, "key escape")


@pytest.mark.parametrize(
    "pressed",
    [
        b"\x1b[A", b"\x1bOP", b"\x1b[15~", b"\x1b[1;5C", b"\x1b[5~", b"\x1b[6~", b"\x1bx", b"q", b"Q", b".", b"\t",
        b"\x7f", "é".encode(), "字".encode(), b"\xff", b"\x1b[57430u", b"\x1b\x1b[A", b"\x1b[?what",
        b"\x1b[[C", b"\x1b[[B", b"\x13",
        b"\x1b[1;2R", b"\x1b[1;5R", b"\x1b[1;16R", b"\x1b[R", b"\x1b[c", b"\x1b[d",
    ],
)  # fmt: skip
def test_any_key_or_button_without_a_meaning_is_stop(pressed: bytes, terminal: int) -> None:
    heard = typed(terminal, pressed)
    assert heard[0][0] is Command.STOP
    assert [command for command, _ in heard].count(Command.STOP) == 1


@pytest.mark.parametrize("button", range(3))
def test_a_mouse_click_is_stop_once(button: int, terminal: int) -> None:
    click = b"\x1b[<%d;40;12M\x1b[<%d;40;12m" % (button, button)
    assert typed(terminal, click) == [(Command.STOP, "mouse button"), (Command.PAIN, "key p")]


@pytest.mark.parametrize("column", [b"C", b" ", b"c", b"s"])
def test_a_click_told_in_the_old_way_is_stop_once(column: bytes, terminal: int) -> None:
    """Its place may be written with letters that are keys."""
    click = b"\x1b[M " + column + b"c" + b"\x1b[M#" + column + b"c"
    assert typed(terminal, click) == [(Command.STOP, "mouse button"), (Command.PAIN, "key p")]


@pytest.mark.parametrize("elbow", [b"vc", b"iu", b"iuj", b"9u", b"uiui", b"ioj", b"jk\n"])
def test_an_elbow_on_several_keys_does_not_take_its_stop_back(elbow: bytes, terminal: int) -> None:
    heard = [command for command, _ in typed(terminal, elbow)]
    assert heard[heard.index(Command.STOP) :] == [Command.STOP, Command.PAIN]


def test_an_elbow_that_stays_on_a_key_does_not_take_its_stop_back_later(terminal: int) -> None:
    repeated = [b"u"] * 20  # the last key is sent again and again, for longer than a stop's press lasts
    assert typed(terminal, b"i", *repeated) == [(Command.STOP, "key i"), (Command.PAIN, "key p")]


def test_a_stop_counts_however_soon_it_follows_another_key(terminal: int) -> None:
    assert [command for command, _ in typed(terminal, b"nus")] == [
        *(Command.NEXT, Command.UNDO, Command.STOP, Command.PAIN)
    ]


def test_a_stop_can_be_taken_back_by_key_when_its_press_is_over(terminal: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice_coach.keyboard.ONCE", 0.01)
    assert [command for command, _ in typed(terminal, b"s", b"u")] == [Command.STOP, Command.UNDO, Command.PAIN]


@pytest.mark.parametrize(
    "answer",
    [
        b"\x1b[I", b"\x1b[O", b"\x1b[24;80R", b"\x1b[?1;2c", b"\x1b[?2026;2$y", b"\x1b[200~", b"\x1b[201~",
        b"\x1b]11;rgb:ff/ff/ff\x1b\\", b"\x1bP1$r0m\x1b\\", b"\x1b[<64;1;1M", b"\x1b[<35;9;9M", b"\x1b[<0;1;1m",
        b"\x1b[1;80R", b"\x1b[?1;2;1R", b"\x1b[0n", b"\x1b[8;24;80t",
    ],
)  # fmt: skip
def test_what_the_terminal_says_by_itself_is_nothing(answer: bytes, terminal: int) -> None:
    assert typed(terminal, answer) == [(Command.PAIN, "key p")]


@pytest.mark.parametrize(
    "whole", [b"\x1b[<0;40;12M", b"\x1b[M !!", b"\x1b[[A", b"\x1b[24;80R", b"\x1b[I", "é".encode()]
)
def test_a_press_that_comes_in_pieces_is_one_press(whole: bytes) -> None:
    for cut in range(1, len(whole)):
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        found, begun = presses(decoder.decode(whole[:cut]))
        later, begun = presses(begun + decoder.decode(whole[cut:]))
        assert ([*found, *later], begun) == presses(whole.decode()), cut


@given(st.text(max_size=30) | st.text("\x1b[<0;1M~OPI\\", max_size=30))
@settings(deadline=None, derandomize=True)
def test_nothing_that_is_sent_stays_unread(text: str) -> None:
    found, begun = presses(text)
    last, nothing = presses(begun, quiet=True)
    assert nothing == ""
    assert not begun or last
    assert all(len(press) == 1 or press in (CLICK, BUTTON) for press in found + last)


def told(terminal: int) -> bytes:
    """What the terminal was sent until the mouse was switched off; it arrives in pieces."""
    sent = b""
    while not sent.endswith(MOUSE_OFF):
        assert select.select([terminal], [], [], 5)[0], sent
        sent += os.read(terminal, 1000)
    return sent


def test_the_mouse_is_told_of_while_the_coach_runs_and_not_after(terminal: int) -> None:
    typed(terminal, b"n")
    assert told(terminal) == MOUSE_ON + MOUSE_OFF


TERMINATED = """
import os, signal
from voice_coach.cli import terminate
signal.signal(signal.SIGTERM, terminate)
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(9)
"""


@pytest.mark.parametrize(
    "end", ["raise RuntimeError", "sys.exit(3)", "import _thread; _thread.interrupt_main(); time.sleep(9)", TERMINATED]
)
def test_however_the_program_ends_the_terminal_is_given_back(end: str) -> None:
    person, program = pty.openpty()
    before = termios.tcgetattr(program)
    script = (
        f"import sys, time\nfrom voice_coach.keyboard import Keyboard\nKeyboard(print).open()\ntime.sleep(0.5)\n{end}"
    )
    subprocess.run([sys.executable, "-c", script], stdin=program, capture_output=True, timeout=60, check=False)
    assert told(person).startswith(MOUSE_ON)
    assert termios.tcgetattr(program) == before
    os.close(person)
    os.close(program)


class Console:
    """What Microsoft writes of the console: an arrow is read in two halves, the second of which is there at once."""

    def __init__(self) -> None:
        self.typed: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._half = ""

    def kbhit(self) -> bool:
        return not self.typed.empty()

    def getwch(self) -> str:
        half, self._half = self._half, ""
        press = half or self.typed.get()
        self._half = press[1:]
        return press[0]


def test_on_windows_a_typed_letter_that_looks_like_half_an_arrow_is_stop_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    console, closing = Console(), threading.Event()
    monkeypatch.setitem(sys.modules, "msvcrt", console)
    monkeypatch.setattr("voice_coach.keyboard.ONCE", 0.2)
    heard: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for press in _windows_keys(closing):
            heard.put(press)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    for press in ("à", "s", "\xe0H", "\x00;", "n", "à", "à", "\xe0H", "p"):
        console.typed.put(press)
        assert heard.get(timeout=5) == (BUTTON if press[0] in "\x00à" else press)
        time.sleep(0.3)
    assert heard.empty()
    closing.set()
    reader.join(5)


HEARING = """
import time
from voice_coach.keyboard import Keyboard
Keyboard(lambda heard: print("heard", heard.command.value, flush=True)).open()
time.sleep(60)
"""


class Shell:
    """A shell that governs a terminal, and whoever sits there."""

    def __init__(self) -> None:
        self._person, self._program = pty.openpty()
        self._process = subprocess.Popen(
            ["sh", "-i"],
            env={**os.environ, "PS1": "$ ", "PYTHONPATH": os.pathsep.join(sys.path)},
            preexec_fn=lambda: os.login_tty(self._program),
        )

    def type(self, keys: str) -> None:
        os.write(self._person, keys.encode())

    def wait_for(self, text: str) -> None:
        """Until it shows *text* anew."""
        shown = b""
        while text.encode() not in shown:
            assert select.select([self._person], [], [], 30)[0], f"no {text!r} in {shown!r}"
            shown += os.read(self._person, 1)  # what comes after it is waited for next

    @property
    def mode(self) -> list[object]:
        return termios.tcgetattr(self._program)

    def close(self) -> None:
        os.close(self._person)  # which ends whatever runs there
        self._process.wait(30)
        os.close(self._program)


def test_after_a_while_behind_the_shell_the_keys_work_at_once_again(tmp_path: Path) -> None:
    """Meanwhile the shell has its terminal as it was, and the mouse sends it nothing."""
    (tmp_path / "hearing.py").write_text(HEARING)
    shell = Shell()
    try:
        shell.wait_for("$ ")
        before = shell.mode
        shell.type(f"{sys.executable} {tmp_path}/hearing.py\n")
        shell.wait_for(MOUSE_ON.decode())
        shell.type("n")
        shell.wait_for("heard next")
        for press in ("s", "\x1b[<0;40;12M"):
            shell.type("\x1a")
            shell.wait_for(MOUSE_OFF.decode())
            shell.wait_for("$ ")
            assert shell.mode == before
            shell.type("fg\n")
            shell.wait_for(MOUSE_ON.decode())
            shell.type(press)
            shell.wait_for("heard stop")
            time.sleep(ONCE)  # the next stop is another one
    finally:
        shell.close()


def test_no_terminal_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(writing)
    with os.fdopen(reading) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        keyboard = Keyboard(lambda heard: pytest.fail("nobody typed"))
        keyboard.open()
        assert not keyboard.there
        keyboard.close()
