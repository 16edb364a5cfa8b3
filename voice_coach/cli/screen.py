"""What is shown: the transcript as it happens, progress bars, tables."""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from voice_coach.errors import UserError
from voice_coach.session.times import clock
from voice_coach.stage import Line


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Whoever read our output has gone; leave it to the command line, which knows the exit code."""
        raise


OUT = _Console(highlight=False, soft_wrap=True, emoji=False, markup=False)
ERR = _Console(stderr=True, highlight=False, soft_wrap=True, emoji=False, markup=False)


def notice(text: str) -> None:
    """One sentence about what the program is doing; where it cannot be shown, the program goes on."""
    with suppress(OSError):
        ERR.print(text)


def tell(line: Line) -> None:
    """Show one line of the transcript, when a person would want to see it."""
    if shown := _shown(line):
        at = Text(f"{clock(float(str(line['t']))):>6}  ", "dim")
        OUT.print(at.append_text(shown))


def sure(question: str) -> bool:
    """Whether the person at the terminal says yes. Raises UserError where there is no terminal."""
    if not (sys.stdin and sys.stdin.isatty()):
        raise UserError("There is nobody to ask whether to forget; give --yes to do it unasked.")
    OUT.print(f"{question} [y/N] ", end="")
    try:
        return input().strip().lower() in ("y", "yes")
    except EOFError:
        OUT.print()
        return False


def showing(needed: bool) -> Callable[[Line], None]:
    """`tell`, for a session, which a full disk does not end; nor a reader who leaves, where it is *needed* for more."""
    watched = True

    def show(line: Line) -> None:
        nonlocal watched
        if not watched:
            return
        try:
            tell(line)
        except BrokenPipeError:
            if not needed:
                raise
            watched = False
        except OSError:
            return  # the next line may find room again

    return show


class Screen:
    """Shows the lines of a session on a thread of its own; leaving it waits until all are shown.

    So a terminal that holds still, because somebody selects text in it say, holds up no session. A session that is
    ended from outside waits for a second at most.
    """

    def __init__(self) -> None:
        self._lines: SimpleQueue[Line | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="screen", daemon=True)
        self._failed: Exception | None = None

    def show(self, line: Line) -> None:
        """Show *line* when it is its turn."""
        self._lines.put(line)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._lines.put(None)
        left = math.inf if kind is None or issubclass(kind, Exception) else 1.0
        while left > 0 and self._thread.is_alive():  # on some systems a long wait cannot be interrupted
            self._thread.join(0.5)
            left -= 0.5
        if kind is None and self._failed:
            raise self._failed

    def _work(self) -> None:
        show = showing(needed=True)
        try:
            while (line := self._lines.get()) is not None:
                show(line)
        except Exception as error:  # told when the session is over
            self._failed = error


def _shown(line: Line) -> Text | None:
    match line:
        case {"event": "say", "text": str(text)}:
            return Text(text)
        case {"event": "heard" | "told", "phrase": phrase, "path": path}:
            return Text(f"> {phrase}", "bold red" if path == "safety" else "bold green")
        case {"event": "step", "index": index, "id": name, "side": side, "gentler_of": gentler}:
            sided = "" if side == "none" else f", {side}"
            return Text(f"-- step {index}: {name}{sided}{' (gentler)' if gentler else ''}", "cyan")
        case {"event": "pain", "region": region, "side": side}:
            return Text(f"-- noted: discomfort, {side} {region}", "red")
        case {"event": "lost", "reason": reason}:
            return Text(f"!! {reason}", "bold red")
        case {"event": "preflight"}:
            return Text(f"-- {_levels(line)}", "cyan")
        case {"event": "end", "reason": reason}:
            return Text(f"-- end: {reason}", "cyan")
        case _:
            return None


def _levels(line: Line) -> str:
    """What the preflight measured, in decibels of full scale."""
    named = (("the room", "noise"), ("you", "voice"), ("the coach at the microphone", "echo"))
    levels = [f"{name} {line[key]} dB" for name, key in named if line.get(key) is not None]
    delay = line.get("delay")
    late = f" after {1000 * float(str(delay)):.0f} ms" if delay is not None else ""
    return (", ".join(levels) or "nothing could be measured") + late


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error; call what it yields with how much is done, of how much.

    Only shown on a terminal; elsewhere one line says what is being done.
    """
    if not ERR.is_terminal:
        announced = False

        def announce(done: int, total: int) -> None:
            nonlocal announced
            if not announced and done < total:
                notice(f"{what} ...")
                announced = True

        yield announce
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=ERR, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
