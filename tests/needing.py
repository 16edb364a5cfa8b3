"""Programs that some tests need."""

from __future__ import annotations

import os
import shutil

import pytest

EVERYTHING = "VOICE_COACH_NEED_EVERYTHING"


def need(*programs: str, remedy: str, variable: str = EVERYTHING) -> None:
    """Skip the test where a program is not installed; fail it where *variable* or EVERYTHING is 1."""
    if missing := [program for program in programs if shutil.which(program) is None]:
        reason = f"no {', '.join(missing)}: {remedy}"
        if "1" in (os.environ.get(variable), os.environ.get(EVERYTHING)):
            pytest.fail(reason)
        pytest.skip(reason)
