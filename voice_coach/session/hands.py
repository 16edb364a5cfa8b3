"""What commands do while hands are on, and the ways from one turn to another."""

from __future__ import annotations

from dataclasses import replace

from voice_coach.session import announcements, comfort, moves, words
from voice_coach.session.anywhere import nothing
from voice_coach.session.events import Earcon, Heard, Hush
from voice_coach.session.pressure import gentler, strength
from voice_coach.session.state import (
    Asking,
    Changing,
    Doing,
    Offering,
    Paused,
    Phase,
    Result,
    Session,
    Waiting,
)
from voice_coach.session.timeline import MORE, length


def turn_of(phase: Phase) -> int:
    """The turn that a phase is about."""
    match phase:
        case Doing(turn=turn) | Changing(turn=turn) | Waiting(turn=turn) | Offering(turn=turn):
            return turn
        case Paused(phase=inner) | Asking(then=inner):
            return turn_of(inner)
        case _:
            return 0


def next_(session: Session, heard: Heard, now: float) -> Result:
    """On to the other side, or the next step."""
    return moves.go_on(session, turn_of(session.phase))


def skip(session: Session, heard: Heard, now: float) -> Result:
    """Leave this step, its other side too; and a bath with all that is done beside it, for the drying that ends it."""
    turn = turn_of(session.phase)
    step, index = session.turns[turn].step, session.turns[turn].index
    after = next((n for n, t in enumerate(session.turns) if t.index > index), len(session.turns))
    if step.starts:
        after = next((n for n, t in enumerate(session.turns) if t.step.waits_for == step.starts.name), after)
    noted = moves.note(f"skipped: {step.id}", skipped=step.id)
    return moves.before(moves.start_turn(session, moves.following(session, after), waits=not step.starts), noted)


def back(session: Session, heard: Heard, now: float) -> Result:
    """The turn before this one."""
    earlier = moves.following(session, turn_of(session.phase) - 1, by=-1)
    return moves.answer(session, words.FIRST_STEP) if earlier is None else moves.start_turn(session, earlier)


def softer(session: Session, heard: Heard, now: float) -> Result:
    """One rung gentler, at once; no report is made."""
    assert isinstance(session.phase, Doing)
    phase = session.phase
    rung = gentler(session.turns[phase.turn], phase.rung, below=strength(session, phase) or 0)
    if rung is None:
        return moves.answer(session, words.GENTLEST)
    left = phase.length - phase.elapsed(now)
    return moves.before(moves.start_rung(session, phase.turn, rung, left), Hush())


def start_now(session: Session, heard: Heard, now: float) -> Result:
    """Cut the instruction short and begin."""
    assert isinstance(session.phase, Doing)
    if comfort.is_open(session.phase):
        return moves.sound(session, Earcon.HEARD)
    if session.phase.since is not None:
        return nothing(session, heard, now)
    return moves.before(moves.run(session, session.phase, now), Hush())


def more_time(session: Session, heard: Heard, now: float) -> Result:
    """Half a minute more, where the technique allows it: once, and until the step is twice as long.

    The other side gets it too. So the second side is given no more than the first one had.
    """
    assert isinstance(session.phase, Doing)
    phase, step = session.phase, session.turns[session.phase.turn].step
    longest = step.seconds + max(MORE, step.seconds)
    wanted = MORE + max(phase.length, length(session, phase.turn))  # a gentler way may be short
    if not step.technique.extendable or step.repetitions or wanted > longest:
        return moves.answer(session, words.NO_LONGER)
    before, here = session.turns[phase.turn - 1], session.turns[phase.turn]
    if phase.turn and before.index == here.index and not session.leaves_out(before.area):
        return moves.answer(session, words.SAME_SIDES)
    longer = replace(phase, length=phase.length + MORE, cued=phase.cued - {"half", "ten_seconds"})
    session = replace(session, phase=longer, longer=(*session.longer, here.index))
    return moves.answer(session, words.LONGER)


def go_to(session: Session, heard: Heard, now: float) -> Result:
    """To the step with the number heard, its first side."""
    number = heard.number or 0
    if not 1 <= number <= len(session.routine.steps):
        return moves.answer(session, announcements.step_range(len(session.routine.steps)))
    turn = next(
        (n for n, t in enumerate(session.turns) if t.index == number - 1 and moves.following(session, n) == n), None
    )
    if turn is None:
        return moves.answer(session, announcements.step_left_out(number - 1))
    return moves.start_turn(session, turn, waits=False)
