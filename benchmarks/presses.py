"""How soon a press is heard, over a real pseudo-terminal: the coach's keyboard beside a plain blocking read.

python -m benchmarks.presses [--json FILE] [--times 200]
"""

from __future__ import annotations

import argparse
import os
import pty
import queue
import random
import sys
import termios
import threading
import time
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from benchmarks.common import HEADINGS, Figure, keep, show, versions
from voice_coach.keyboard import ONCE, Keyboard

PRESSES = {
    "key (s)": b"s",
    "mouse click": b"\x1b[<0;40;12M",
    "presenter (Page Down)": b"\x1b[6~",
    "pedal (an unknown letter)": b"q",
    "Esc, which could be the beginning of another": b"\x1b",
}
GOAL = 50.0
"""Milliseconds."""


def measured(name: str, sent: bytes, terminal: int, heard: queue.SimpleQueue[float], times: int, rest: float) -> Figure:
    """Milliseconds from a press to its being heard."""
    chance, found = random.Random(name), []
    for _ in range(times):
        time.sleep(rest + chance.random() / 20)
        began = time.perf_counter()
        os.write(terminal, sent)
        found.append((heard.get(timeout=5) - began) * 1e3)
    return Figure(name, "ms", tuple(found))


def on_terminal(
    listen: Callable[[queue.SimpleQueue[float]], Callable[[], None]], names: list[str], times: int, rest: float
) -> list[Figure]:
    """Measure on a pseudo-terminal that *listen* hears presses of, until what it returns is called."""
    person, program = pty.openpty()
    before, sys.stdin = sys.stdin, os.fdopen(program, "r")
    heard: queue.SimpleQueue[float] = queue.SimpleQueue()
    try:
        close = listen(heard)
        time.sleep(0.3)
        figures = [measured(name, PRESSES[name], person, heard, times, rest) for name in names]
        close()
    finally:
        sys.stdin.close()
        sys.stdin = before
        os.close(person)
    return figures


def coach(heard: queue.SimpleQueue[float]) -> Callable[[], None]:
    """The coach's keyboard."""
    keyboard = Keyboard(lambda press: heard.put(time.perf_counter()))
    keyboard.open()
    return keyboard.close


def plain(heard: queue.SimpleQueue[float]) -> Callable[[], None]:
    """A thread that reads byte by byte."""
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)

    def read() -> None:
        with suppress(OSError):  # the terminal is gone
            while os.read(descriptor, 1):
                heard.put(time.perf_counter())

    threading.Thread(target=read, daemon=True).start()
    return lambda: termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def main() -> None:
    """Measure, show and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--times", type=int, default=200, help="how often each is pressed (default 200)")
    asked = parser.parse_args()
    ours = on_terminal(coach, list(PRESSES), asked.times, ONCE)
    (rival,) = on_terminal(plain, ["key (s)"], asked.times, 0.05)
    rows = [*(figure.row() for figure in ours), ("plain blocking read, key (s)", *rival.row()[1:])]
    show("From the press to its being heard", HEADINGS, rows)
    late = sum(value > GOAL for figure in ours for value in figure.values)
    pressed = sum(len(figure.values) for figure in ours)
    ratio = ours[0].median / rival.median
    print(f"{late} of {pressed} later than {GOAL:g} ms; a key takes {ratio:.2f} times a plain read.")
    keep(asked.json, {"versions": versions(), "figures": [figure.record() for figure in ours], "plain": rival.record()})


if __name__ == "__main__":
    main()
