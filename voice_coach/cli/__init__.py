"""The command line: the only home of printing, exit codes, and the choice of devices and clock."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from voice_coach.errors import CoachError

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    from voice_coach.cli.parser import parser
    from voice_coach.cli.screen import notice

    signal.signal(signal.SIGTERM, _terminate)
    try:
        args = parser().parse_args(arguments)
        code: int = args.does(args)
        sys.stdout.flush()
        return code
    except CoachError as error:
        notice(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        notice("Interrupted; nothing half-written was left behind.")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _terminate(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
