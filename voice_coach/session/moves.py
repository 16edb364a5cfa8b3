"""From one phase into another: the few moves that everything else is made of.

Each takes a session and returns it moved, with the effects of moving.
"""

from __future__ import annotations

from dataclasses import replace

from voice_coach.routine.body import Area
from voice_coach.routine.body_map import Spot
from voice_coach.routine.model import Wait
from voice_coach.session import announcements, times, words
from voice_coach.session.events import Earcon, Effect, End, Hush, Note, Say, Sound
from voice_coach.session.pressure import easing, first_rung, strength
from voice_coach.session.state import (
    Asking,
    Beside,
    Changing,
    Closing,
    Doing,
    Ended,
    LeftOut,
    Offering,
    Paused,
    Phase,
    Preparing,
    Result,
    Session,
    Waiting,
    freeze,
)
from voice_coach.session.timeline import length

SHORTEST_RUNG = 20.0
"""A gentler rung lasts at least so many seconds, however little was left."""


def say(session: Session, *lines: str, earcon: Earcon | None = None) -> Result:
    """Say *lines* instead of whatever is being said."""
    said = Say(lines, session.says + 1, earcon)
    return replace(session, says=said.number, saying=True, said=said, doubted=None, cut=False), (said,)


def sound(session: Session, earcon: Earcon) -> Result:
    """Answer with an earcon alone."""
    return session, (Sound(earcon),)


def before(result: Result, *effects: Effect) -> Result:
    """*result* with *effects* put before its own."""
    return result[0], (*effects, *result[1])


def opening(session: Session) -> tuple[str, ...]:
    """What the present phase says on entering it."""
    return announcements.opening(session.routine, session.turns, session.phase, spared(session))


def spared(session: Session) -> tuple[Spot, ...]:
    """What hands keep clear of: what the routine was fitted to, and what was left out since."""
    return (*session.routine.spared, *(Spot(out.area, out.why) for out in session.left_out))


def enter(session: Session, phase: Phase, *lines: str, earcon: Earcon | None = None) -> Result:
    """Go into *phase*, saying *lines* and then what the phase opens with."""
    if isinstance(phase, Doing):
        phase = replace(phase, ease=easing(session, phase))
    session = replace(session, phase=phase)
    return say(session, *lines, *opening(session), earcon=earcon)


def answer(session: Session, *lines: str) -> Result:
    """Say *lines*; what was cut short by it (a question, an instruction, the closing) is said again after them."""
    unheard = isinstance(session.phase, Closing) or getattr(session.phase, "since", 0.0) is None
    return say(session, *lines, *(opening(session) if unheard else ()))


def note(text: str, **data: object) -> Note:
    """A remark for the transcript and the journal."""
    return Note("note", {"text": text, **data})


def step_note(session: Session, turn: int, rung: int = 0) -> Note:
    """A turn, or a gentler rung of it, begins."""
    at = session.turns[turn]
    return Note(
        "step",
        {
            "routine": session.routine.id,
            "index": at.index + 1,
            "id": at.step.id,
            "title": at.rung(rung).title,
            "region": at.step.region,
            "side": at.side.value,
            "gentler_of": at.step.id if rung else None,
            "rung": rung,
        },
    )


def whereabouts(session: Session, phase: Phase) -> tuple[Note, ...]:
    """The note of a turn that is come back to, not begun."""
    match phase:
        case Doing(turn=turn, rung=rung):
            return (step_note(session, turn, rung),)
        case Changing(turn=turn):
            return (step_note(session, turn),)
        case _:
            return ()


def following(session: Session, turn: int, by: int = 1) -> int | None:
    """The nearest turn from *turn* on (itself included) that is not left out; *by* is 1 or -1."""
    while 0 <= turn < len(session.turns):
        if not session.leaves_out(session.turns[turn].area):
            return turn
        turn += by
    return None


def in_water(session: Session) -> Wait | None:
    """The bath that somebody is in, or may be, since it was announced."""
    phase = session.phase.phase if isinstance(session.phase, Paused) else session.phase
    return session.wait or (session.turns[phase.turn].step.starts if isinstance(phase, Doing) else None)


def awaiting(session: Session, wait: Wait | None) -> int | None:
    """The turn that waits for *wait* to be over; None for None."""
    return next((n for n, turn in enumerate(session.turns) if wait and turn.step.waits_for == wait.name), None)


def start_turn(
    session: Session, turn: int | None, *lines: str, earcon: Earcon | None = None, waits: bool = True
) -> Result:
    """Begin a turn, more gently where it hurt before, or the closing when there is none left.

    It *waits* until what it waits for is over, if that runs.
    """
    waiting, here = awaiting(session, session.wait), session.phase
    if session.wait and (turn is None or (waiting is not None and waiting < turn)):
        lines, session = (session.wait.out, *lines), replace(session, beside=None)
    if turn is None:
        lines = (*lines, words.SOFT_END) if session.level > 1 else lines
        return enter(session, Closing(), *lines, earcon=earcon)
    if turn == waiting:
        if waits and session.beside and not session.beside.told and not isinstance(here, Waiting):
            return enter(session, Waiting(turn), *lines, earcon=earcon)
        session = replace(session, beside=None)
    if rung := first_rung(session, turn):
        lines = (*lines, *announcements.heading(session.routine, session.turns[turn]), words.GENTLER_HERE)
        return start_rung(session, turn, rung, length(session, turn), *lines, earcon=earcon)
    moved = enter(session, Doing(turn, length(session, turn)), *lines, earcon=earcon)
    return before(moved, step_note(session, turn))


def start_rung(
    session: Session, turn: int, rung: int, left: float, *lines: str, earcon: Earcon | None = None
) -> Result:
    """Begin a gentler rung of a turn, for its own time or else for what was *left* of the turn, seconds."""
    seconds = session.turns[turn].step.ladder[rung - 1].seconds or max(SHORTEST_RUNG, left)
    moved = enter(session, Doing(turn, seconds, rung), *lines, earcon=earcon)
    return before(moved, step_note(session, turn, rung))


def go_on(session: Session, turn: int, *lines: str, earcon: Earcon | None = None) -> Result:
    """Leave *turn* for the next one; between the sides of a step, change hands first."""
    upcoming = following(session, turn + 1)
    if upcoming == turn + 1 and session.turns[upcoming].index == session.turns[turn].index:
        rung = session.phase.rung if isinstance(session.phase, Doing) else 0
        moved = enter(session, Changing(upcoming, rung), *lines, earcon=earcon or Earcon.CUE)
        return before(moved, Note("cue", {"cue": "change_sides"}), step_note(session, upcoming))
    return start_turn(session, upcoming, *lines, earcon=earcon)


def run(session: Session, doing: Doing, now: float, *, first: bool = True) -> Result:
    """The clock of a turn starts: for the first time with a cue, later with an earcon alone; or its easing goes on."""
    starts = session.turns[doing.turn].step.starts
    again = session.beside and session.beside.told and not doing.done  # one that is over is begun anew
    if starts and (not session.beside or again):
        session = replace(session, beside=Beside(doing.turn, now, starts.length))
    session = replace(session, phase=replace(doing, since=now))
    if doing.ease:
        level = strength(session, doing) or 1
        line, earcon = (announcements.ease_in(level), Earcon.START) if first else (words.MORE_PRESSURE, Earcon.CUE)
        return before(say(session, line, earcon=earcon), Note("cue", {"cue": "ease", "pressure": level}))
    if doing.done:
        return sound(session, Earcon.START)
    return before(say(session, words.BEGIN, earcon=Earcon.START), Note("cue", {"cue": "start"}))


def tell_beside(session: Session) -> Result:
    """What runs beside is over, or has to end now: tell it amid whatever goes on."""
    at, wait = session.beside, session.wait
    assert at
    assert wait
    line = wait.out if at.told else times.over(wait)
    session = replace(session, beside=replace(at, told=at.told + 1))
    again = opening(session) if isinstance(session.phase, Changing | Offering | Paused) else ()
    return before(say(session, line, *again, earcon=Earcon.CUE), note(line, wait=wait.name))


def start_side(session: Session, turn: int, now: float) -> Result:
    """Hands have changed: the other side's clock starts."""
    if rung := first_rung(session, turn):
        return start_rung(session, turn, rung, length(session, turn), words.GENTLER_HERE)
    doing = Doing(turn, length(session, turn))
    return run(session, replace(doing, ease=easing(session, doing)), now)


def prepare(session: Session, index: int, *lines: str) -> Result:
    """Go to a preparation, or past the last one to the first turn."""
    if index < len(session.routine.preparation):
        return enter(session, Preparing(index), *lines)
    return start_turn(session, following(session, 0), *lines)


def then(session: Session, phase: Phase, *lines: str) -> Result:
    """Go where a chain of questions leads: to the first preparation, into an offer, or back to where we once were."""
    if isinstance(phase, Paused):
        moved = say(replace(session, phase=phase), *lines, words.SETTLE, words.SAY_READY)
        return before(moved, *whereabouts(session, phase.phase))
    return prepare(session, 0, *lines) if phase == Preparing() else enter(session, phase, *lines)


def ask(session: Session, asking: Asking, *lines: str) -> Result:
    """Ask the chain's question, or go on when it is at its end."""
    if asking.index < len(asking.questions):
        return enter(session, asking, *lines)
    flags = session.routine.red_flags
    if isinstance(asking.then, Paused) and flags and asking.questions[:1] == flags[:1]:
        session = replace(session, phase=asking.then)
        return before(say(session, *lines, words.NOTED), Note("paused", {"why": "pain"}))
    return then(session, asking.then, *lines)


def pause(session: Session, now: float, *lines: str, why: str = "asked") -> Result:
    """Stand still; what is left is kept. *lines* replace the usual sentence."""
    paused = session.phase if isinstance(session.phase, Paused) else Paused(freeze(session.phase, now))
    session = replace(session, phase=paused)
    meanwhile = (times.goes_on(session.wait),) if session.wait and session.beside and not session.beside.told else ()
    spoken = say(session, *(lines or (words.PAUSED,)), *meanwhile)
    return before(spoken, Hush(), Note("paused", {"why": why}))


def resume(session: Session, phase: Phase, *lines: str) -> Result:
    """Take *phase*, which was frozen, up again."""
    return before(enter(session, phase, *lines), Note("resumed"))


def leave_out(session: Session, area: Area, why: str) -> Result:
    """Take an area out of the rest of the session."""
    session = replace(session, left_out=session.left_out | {LeftOut(area, why)})
    return session, (note(f"left out: {area}", left_out=area.region, side=area.side.value, why=why),)


def spares(spot: Spot) -> Note:
    """What the routine, as it was fitted to the person, keeps away from, or only strokes."""
    region, side = spot.area.region, spot.area.side.value
    if spot.light:
        return note(f"light strokes at most: {spot.area}", eased=region, side=side, why=spot.why)
    return note(f"left out: {spot.area}", left_out=region, side=side, why=spot.why)


def end(session: Session, reason: str, now: float, *lines: str) -> Result:
    """End the session; the last words may still be heard."""
    lines = (*lines, bath.out) if (bath := in_water(session)) else lines
    session = replace(session, phase=Ended(reason, now, lines), beside=None)
    moved, effects = say(session, *lines, earcon=Earcon.END)
    return moved, (*effects, End(reason))
