"""The screen while a session goes on: it shows every line, and holds up nobody."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

import pytest

from voice_coach.cli.screen import OUT, Screen

LINES = 2000
"""More than any pipe holds."""


@dataclass
class Terminal:
    """A terminal that shows what it is given only when somebody looks."""

    look: IO[str]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    ours, theirs = os.pipe()
    file = os.fdopen(theirs, "w", buffering=1)
    monkeypatch.setattr(OUT, "_file", file)
    with os.fdopen(ours) as look:
        yield Terminal(look)
    # With nobody left to look, whoever still writes gets an error, and the file can be closed.
    with suppress(BrokenPipeError):
        file.close()


def tell(screen: Screen) -> None:
    for number in range(LINES):
        screen.show({"t": number, "event": "say", "text": f"Sentence {number}, which is rather a long one."})


@pytest.mark.timeout(60)
def test_a_terminal_that_holds_still_holds_up_no_session_and_then_shows_everything(terminal: Terminal) -> None:
    with Screen() as screen:
        tell(screen)
        # Only now, with the session over, somebody looks.
        shown = [terminal.look.readline() for _ in range(LINES)]
    assert all(f"Sentence {number}," in line for number, line in enumerate(shown))


def interrupted_session() -> None:
    with Screen() as screen:
        tell(screen)
        raise KeyboardInterrupt


@pytest.mark.timeout(60)
@pytest.mark.usefixtures("terminal")
def test_who_is_ended_from_outside_does_not_wait_for_it() -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted_session()
