"""What can break at home, what the person is told of it, and what then happens: the README's table.

Each fault is made to happen by at least one test, which is marked with `@shows` and looks for what is told here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from voice_coach.session import words

Test = TypeVar("Test", bound=Callable[..., Any])


@dataclass(frozen=True)
class Fault:
    """One row of the table."""

    breaks: str
    told: str
    """A sentence, or the part of it by which it is known; empty where the person need not know."""
    then: str
    aloud: str = ""
    """What is said aloud as well."""


PAUSES = "hands-on work pauses; it says when it hears again, and “continue” goes on"

UNPLUGGED = Fault("the microphone is unplugged", "The microphone ", PAUSES, words.HEARING_LOST)
FROZEN = Fault("the microphone sends no more", "The microphone stopped sending", PAUSES, words.HEARING_LOST)
NEVER_CALLS = Fault(
    "a device opens, but never works", "stopped sending", "the same; the keys do all the while", words.HEARING_LOST
)
SILENT = Fault("the microphone sends digital silence", "nothing but zeros", PAUSES, words.HEARING_LOST)
LOUDSPEAKER = Fault(
    "the loudspeaker is taken away or hangs",
    "The loudspeaker ",
    "hands-on work pauses; it is opened again, and “continue” goes on",
    words.VOICE_LOST,
)
SERVER = Fault(
    "the sound server is killed",
    "The sound system took the microphone away",
    "hands-on work pauses; when the server is back, it hears and speaks again, and “continue” goes on",
    words.HEARING_LOST,
)
VOICE = Fault("the voice's process dies or hangs", "", "another process says the sentence; a hang takes ten seconds")
NO_VOICE = Fault(
    "no voice can be had any more",
    "The speech engine does not work",
    "hands-on work pauses; the session goes on in writing, and aloud when the voice is back",
    words.VOICE_LOST,
)
RECOGNISER = Fault(
    "the recogniser throws, or its model is deleted",
    "The recogniser broke down",
    "hands-on work pauses; it tries again every two seconds, and says when it hears again",
    words.HEARING_LOST,
)
SLOW = Fault(
    "the computer is too slow to listen",
    "The computer is too slow to listen just now",
    "the same, from three seconds on; it says when it hears again",
    words.HEARING_LOST,
)
ASLEEP = Fault(
    "the computer sleeps, for an hour say",
    "The computer was asleep for 60 minutes",
    "the session stands where it was, paused; the time asleep does not count",
    words.COMPUTER_SLEPT,
)
CLOCK = Fault("the clock is set back or forward", "", "the session does not use it; only the day in the journal does")
KILLED = Fault(
    "the program is killed",
    "Last time you ended at",
    "the next start goes on there; half a second is lost; if the terminal then acts oddly, type `reset`",
)
ENDED = Fault(
    "it is ended politely (SIGTERM), or its terminal is closed, in any phase",
    "Last time you ended at",
    "the same; nothing is lost",
)
INTERRUPTED = Fault("Ctrl-C, in any phase", "end: stopped", "it is a “stop”, twice leaves; the next start goes on")
LOCKED = Fault("the journal is locked", "another program holds it", "the lines wait, and are written when it is free")
FULL = Fault("the disk is full", "the disk is full", "the lines wait, and are written when there is room")
NO_GROWTH = Fault("files may not grow", "cannot be written", "the same")
DAMAGED = Fault("the journal is damaged", "was damaged", "it is moved aside, never deleted, and a new one is begun")
REMOVED = Fault("the journal is removed meanwhile", "", "it is written anew, from the session's first line")
NO_FOLDER = Fault("the folder cannot be written", "cannot be written", "the session goes on without a journal")
TWO = Fault("a second session is started", "has been going on since", "the first one is left alone")

FAULTS: tuple[Fault, ...] = tuple(value for value in globals().values() if isinstance(value, Fault))


def shows(*faults: Fault) -> Callable[[Test], Test]:
    """Mark a test as one that makes *faults* happen."""

    def mark(test: Test) -> Test:
        test.shows = faults  # type: ignore[attr-defined]
        return test

    return mark


def table(faults: Iterable[Fault] = FAULTS) -> str:
    """The README's table."""
    rows = [("breaks", "you are told", "and then"), ("---", "---", "---")]
    rows += [(fault.breaks, _told(fault), fault.then) for fault in faults]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _told(fault: Fault) -> str:
    before = "" if fault.told[:1].isupper() else "… "
    screen = f"“{before}{fault.told.strip()} …”" if fault.told else ""
    aloud = f"“{fault.aloud}”" if fault.aloud else ""
    return "; aloud ".join(filter(None, (screen, aloud))) or "nothing"
