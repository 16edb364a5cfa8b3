"""The command line: the only home of printing, exit codes, and the choice of devices and clock."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

from voice_coach.errors import CoachError

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    signal.signal(signal.SIGTERM, terminate)
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


def _say(text: str) -> None:
    with suppress(OSError):
        print(text, file=sys.stderr)


def terminate(number: int, frame: FrameType | None) -> None:
    """A polite request to end: leave, and close everything on the way."""
    raise SystemExit(128 + number)
