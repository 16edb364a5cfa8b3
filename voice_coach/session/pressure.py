"""How strongly hands work: easing in where it would rise by more than a level, and the gentler way after a report."""

from __future__ import annotations

import math
from dataclasses import replace

from voice_coach.routine.body import Area
from voice_coach.routine.findings import hands_on
from voice_coach.session.state import EASE, Changing, Doing, Offering, Phase, Session, Turn

STROKES = 1
"""The pressure of the lightest hands."""
RESTED = 300.0
"""Seconds after which hands that rested begin softly again."""


def strength(session: Session, phase: Phase) -> int | None:
    """The pressure of what *phase* does or offers; None where that is nothing."""
    match phase:
        case Doing(turn=turn, rung=rung, ease=ease):
            return max(0, session.turns[turn].rung(rung).pressure - math.ceil(ease / EASE))
        case Offering(turn=turn, rung=int(rung)):
            return session.turns[turn].rung(rung).pressure
        case Changing(turn=turn, rung=rung):
            return session.turns[turn - 1].rung(rung).pressure
        case _:
            return None


def working(session: Session) -> bool:
    """Whether hands are on, and the clock of their turn runs."""
    phase = session.phase
    return isinstance(phase, Doing) and phase.since is not None and hands_on(session.turns[phase.turn].step)


def worked(session: Session) -> int:
    """The pressure hands work with now, or worked with last."""
    return strength(session, session.phase) or 0 if working(session) else session.level


def rested(session: Session, now: float) -> Session:
    """*session* at *now*: with hands that rested for long, the pressure rises from the softest again."""
    if working(session):
        return replace(session, worked_at=now)
    return session if now - session.worked_at < RESTED else replace(session, level=0)


def easing(session: Session, doing: Doing) -> float:
    """Seconds of stroking before a turn, so that the pressure rises by one level at a time."""
    turn = session.turns[doing.turn]
    if not hands_on(turn.step):
        return 0.0
    return max(doing.ease, EASE * max(0, turn.rung(doing.rung).pressure - 1 - session.level))


def gentler(turn: Turn, rung: int, below: int) -> int | None:
    """The next rung of a turn's ladder with a pressure *below* that; None when there is none."""
    ladder = turn.step.ladder
    return next((n for n in range(rung + 1, len(ladder) + 1) if ladder[n - 1].pressure < below), None)


def hurt(session: Session, area: Area) -> int | None:
    """The lowest pressure that was too strong in an area; None where none was."""
    return min((r.pressure for r in session.reports if r.area is not None and r.area.overlaps(area)), default=None)


def first_rung(session: Session, turn: int) -> int:
    """Where a turn begins: at the step itself, or at the first rung below what was too strong there before."""
    begun = session.turns[turn]
    too_strong = hurt(session, begun.area)
    if too_strong is None:
        return 0
    too_strong = too_strong or STROKES + 1  # it hurt without hands, in a bath: strokes at most
    return 0 if begun.step.pressure < too_strong else gentler(begun, 0, too_strong) or 0
