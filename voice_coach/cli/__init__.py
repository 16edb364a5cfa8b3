"""The command line: the only home of printing, exit codes, and the choice of devices and clock."""

from __future__ import annotations

import atexit
import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from voice_coach.errors import CoachError, MachineError

ENDED = 128
"""Exit codes above it are those of programs that a signal ended: this, and its number."""
INTERRUPTED = 130
POLITE = tuple(number for number in signal.Signals if number.name in ("SIGTERM", "SIGHUP"))
"""Signals that ask to end; the second comes when the terminal is closed, and not on Windows."""
HURRY = 1.0
"""Seconds that a process takes to leave when it is ended from outside."""


def program() -> NoReturn:
    """One command, and then the end of the process.

    A thread that hangs in a driver, or is loading a model, cannot be waited for, and Python would crash over it while
    it takes itself down. So Python does not: what was open is closed by then.
    """
    try:
        code = main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    last = threading.Thread(target=_tidy, daemon=True)
    last.start()
    last.join(HURRY if code > ENDED else None)
    os._exit(code)


def _tidy() -> None:
    """What Python would do at the end, as far as it is wanted. A terminal that holds still makes it wait."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    for number in POLITE:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup would have it
            signal.signal(number, terminate)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # it was closed when the program began, so nobody reads it
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names of files may hold what the terminal cannot show
    try:
        from voice_coach.cli.parser import parser

        args = parser().parse_args(arguments)
        code: int = args.does(args)
        sys.stdout.flush()
        return code
    except CoachError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _say("Interrupted; nothing half-written was left behind.")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # of files that have a name it is told where they are opened, but for what nobody foresaw
        if leaving := _leaving(error):
            raise leaving from None
        what = f"{error.filename} cannot be used" if error.filename else "The output cannot be written"
        _say(f"{what} ({error.strerror or error}): free some space, or send it elsewhere.")
        return MachineError.exit_code


def _say(text: str) -> None:
    with suppress(OSError):
        print(text, file=sys.stderr)


def _leaving(error: BaseException | None) -> SystemExit | None:
    """What was going on when *error* came up, if that was leaving: a terminal that was closed takes no last words."""
    while error is not None and not isinstance(error, SystemExit):
        error = error.__context__
    return error


def terminate(number: int, frame: FrameType | None) -> None:
    """A polite request to end: leave, and close everything on the way."""
    for polite in POLITE:  # who closes a terminal, or logs out, asks more than once, and that must not cut it short
        signal.signal(polite, signal.SIG_IGN)
    raise SystemExit(ENDED + number)
