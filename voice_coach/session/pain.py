"""The pain ladder: what a report of discomfort leads to.

The first report in an area offers something strictly gentler, which waits for a yes. The second in
the same area leaves the area out. The third of the session ends it with calm advice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_coach.commands import STRENGTHS
from voice_coach.session import announcements, moves, words
from voice_coach.session.events import Earcon, Effect, Heard, Hush, Note, Told
from voice_coach.session.pressure import gentler, strength
from voice_coach.session.state import (
    TAKEN_BACK,
    UNDONE,
    Asking,
    Changing,
    Doing,
    Ended,
    Offering,
    Paused,
    Phase,
    Report,
    Result,
    Session,
    Waiting,
    freeze,
    touched,
)
from voice_coach.session.timeline import length

SAME_REPORT = 4.0
"""Seconds within which a repeated cry is the same report, while hands are already off."""
LAST_REPORT = 3
OF_THE_SAME = 20.0
"""Seconds after a report within which it may be told how strong it is."""


def report(session: Session, heard: Heard, now: float) -> Result:
    """Hush at once, end the step, and find a gentler way."""
    if isinstance(session.phase, Ended):
        return _after_the_end(session, session.phase, heard, now)
    if _already_heard(session, now):
        return moves.before(moves.enter(session, freeze(session.phase, now), words.LOOSE), Hush())

    area = touched(session, session.phase)
    known = area is not None and any(r.area is not None and r.area.overlaps(area) for r in session.reports)
    noted = _pain_note(session, heard, now)
    place = _place(session, freeze(session.phase, now))
    session = replace(session, reports=(*session.reports, Report(now, area, place.pressure)), level=0)

    if len(session.reports) >= LAST_REPORT:
        watch = (words.WATCH,) if session.routine.red_flags else ()
        moved = moves.end(session, "pain", now, words.LET_GO, words.ADVICE, *watch)
    elif area is None:
        out = (session.wait.out,) if session.wait else ()
        moved = _rest(replace(session, beside=None), now, *out)
    else:
        moved = _gentler(session, place, leave=known)
    return moves.before(moved, Hush(), noted)


def _after_the_end(session: Session, ended: Ended, heard: Heard, now: float) -> Result:
    """The last words may be the advice, so they are heard out; where the end may be taken back, the report counts."""
    noted: tuple[Effect, ...] = (_pain_note(session, heard, now),)
    out: tuple[str, ...] = ()
    if ended.reason in TAKEN_BACK and session.undo:
        (was, at), *earlier = session.undo
        was = replace(was, says=session.says, saying=session.saying, volume=session.volume)
        reported, effects = report(was, heard, now)
        if isinstance(reported.phase, Ended):
            return reported, effects
        session = replace(session, reports=reported.reports, undo=((reported, at), (was, at), *earlier)[:UNDONE])
        out = tuple(announcements.leave_out(each.area) for each in reported.left_out - was.left_out)
        noted = tuple(effect for effect in effects if isinstance(effect, Note) and effect.event in ("pain", "note"))
    return moves.before(moves.say(replace(session, level=0), *ended.said, *out), Hush(), *noted)


def how_strong(session: Session, told: Told, now: float) -> Result:
    """Note how strong the last report is, if that is told with it or soon after; nobody is asked, and nothing waits."""
    if told.phrase not in STRENGTHS or not session.reports or now - session.reports[-1].at > OF_THE_SAME:
        return session, ()
    noted = Note("strength", {"strength": STRENGTHS[told.phrase], "report": len(session.reports)})
    return moves.before(moves.sound(session, Earcon.HEARD), noted)


def _already_heard(session: Session, now: float) -> bool:
    hands_off = isinstance(session.phase, Offering | Asking | Paused)
    return hands_off and bool(session.reports) and now - session.reports[-1].at < SAME_REPORT


def _gentler(session: Session, place: _Place, *, leave: bool) -> Result:
    """Offer the next gentler rung of the ladder, or leave the area out; in a cast routine ask for red flags first."""
    turn = place.turn
    rung = gentler(session.turns[turn], place.rung, below=place.pressure)
    area = touched(session, session.phase) or session.turns[turn].area
    lines: tuple[str, ...] = (words.LET_GO,)
    notes: tuple[Effect, ...] = ()
    after = None
    if bath := moves.in_water(session):  # whatever it was, nobody stays there
        after = moves.awaiting(session, bath) if session.turns[turn].step.starts == bath else None
        lines, session = (*lines, bath.out), replace(session, beside=None)
    if leave or (after is None and rung is None):
        session, notes = moves.leave_out(session, area, "pain")
        lines += (announcements.leave_out(area),)
        offer = Offering(turn, None)
    elif after is not None:
        offer = Offering(after - 1, None)
    else:
        offer = Offering(turn, rung, place.left)
    if session.routine.red_flags:
        moved = moves.ask(session, Asking(session.routine.red_flags, offer), *lines)
    else:
        moved = moves.enter(session, offer, *lines, earcon=Earcon.GENTLE)
    return moves.before(moved, *notes)


def _rest(session: Session, now: float, *lines: str) -> Result:
    """No hands are on: stand still; where a routine has red flags, ask for them first."""
    flags, phase = session.routine.red_flags, session.phase
    if not flags:
        return moves.pause(session, now, *lines, words.NOTED, why="pain")
    if isinstance(phase, Asking) and phase.questions[:1] == flags[:1]:
        return moves.ask(session, Asking(flags, phase.then), words.LOOSE, *lines)
    then = phase if isinstance(phase, Paused) else Paused(freeze(phase, now))
    return moves.ask(session, Asking(flags, then), words.LOOSE, *lines)


@dataclass(frozen=True)
class _Place:
    """What a report is about."""

    turn: int = 0
    rung: int = 0
    left: float = 0.0
    """Seconds that were left of the turn."""
    pressure: int = 0


def _place(session: Session, phase: Phase) -> _Place:
    """What a report in *phase*, which is frozen, is about."""
    match phase:
        case Doing(turn=turn, rung=rung):
            return _Place(turn, rung, phase.length - phase.done, strength(session, phase) or 0)
        case Changing(turn=turn) if session.leaves_out(session.turns[turn - 1].area):
            return _Place(turn, 0, length(session, turn), session.turns[turn].step.pressure)
        case Changing(turn=turn, rung=rung):
            return _Place(turn - 1, rung, 0.0, strength(session, phase) or 0)
        case Offering(turn=turn, rung=rung):
            return _Place(turn, rung or 0, phase.left, strength(session, phase) or 0)
        case Waiting() if session.beside:
            return _Place(session.beside.turn)
        case Asking(then=inner) | Paused(phase=inner):
            return _place(session, inner)
        case _:
            return _Place()


def _pain_note(session: Session, heard: Heard, now: float) -> Note:
    phase = session.phase.phase if isinstance(session.phase, Paused) else session.phase
    area = touched(session, phase)
    data: dict[str, object] = {
        "routine": session.routine.id,
        "phrase": heard.phrase,
        "report": len(session.reports) + 1,
        "who": "unknown" if session.routine.for_two else "self",
    }
    if area is not None:
        place = _place(session, freeze(phase, now))
        data |= {"step": session.turns[place.turn].step.id, "rung": place.rung, "pressure": place.pressure}
        data |= {"region": area.region, "side": area.side.value}
    if isinstance(phase, Doing):
        data["second"] = round(phase.elapsed(now), 2)
    return Note("pain", data)
