"""Check-ins: "Still comfortable?", where the author wants it and on the way through firm pressure.

Any command is an answer, and "no" is a report of discomfort. Where nobody answers, light work goes on; anything
stronger stands still, since nobody may be awake to feel it.
"""

from __future__ import annotations

from dataclasses import replace

from voice_coach.commands import Command
from voice_coach.session import moves, pain, words
from voice_coach.session.anywhere import nothing
from voice_coach.session.events import Heard
from voice_coach.session.state import Doing, Phase, Result, Session

ANSWERS = {Command.YES, Command.NO, Command.CONTINUE, Command.READY}
"""The commands that answer a check-in even while the coach sleeps."""
LIGHT = 2
"""The highest pressure that goes on when nobody answers."""


def is_open(phase: Phase) -> bool:
    """Whether the coach waits for an answer."""
    return isinstance(phase, Doing) and phase.asked is not None


def closed(session: Session) -> Session:
    """The same session with the question answered."""
    if not isinstance(session.phase, Doing) or session.phase.asked is None:
        return session
    return replace(session, phase=replace(session.phase, asked=None))


def unanswered(session: Session, now: float) -> Result:
    """The time to answer is over."""
    assert isinstance(session.phase, Doing)
    doing = session.phase
    if session.turns[doing.turn].rung(doing.rung).pressure <= LIGHT:
        return closed(session), ()
    return moves.pause(replace(session, level=0), now, words.NO_SIGN, why="no answer")


def uneasy(session: Session, heard: Heard, now: float) -> Result:
    """A no to "still comfortable?" is a report of discomfort; to anything else it is nothing."""
    return pain.report(session, heard, now) if is_open(session.phase) else nothing(session, heard, now)
