"""What commands do that mean the same in every phase."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from voice_coach.commands import Command
from voice_coach.routine.model import through
from voice_coach.session import announcements, moves, times, words
from voice_coach.session.events import Earcon, Heard, Hush, Note
from voice_coach.session.state import (
    BY_THEMSELVES,
    TAKE_BACK,
    Asking,
    Changing,
    Closing,
    Doing,
    Ended,
    Offering,
    Paused,
    Phase,
    Preparing,
    Result,
    Session,
    Waiting,
    freeze,
)
from voice_coach.session.timeline import beside_left, length, pace

Answer: TypeAlias = Callable[[Session, Heard, float], Result]

LOUDEST, QUIETEST, LOUDER_BY = 9.0, -18.0, 3.0
"""Decibels."""
FASTEST, SLOWEST, FASTER_BY = 1.5, 0.5, 1.15
"""Factors on the tempo."""


def nothing(session: Session, heard: Heard, now: float) -> Result:
    """Understood, but there is nothing to do."""
    return moves.sound(session, Earcon.NOTHING)


def stop(session: Session, heard: Heard, now: float) -> Result:
    """End everything at once."""
    return moves.before(moves.end(session, "stopped", now, words.ENDED), Hush())


def red_flag(session: Session, heard: Heard, now: float) -> Result:
    """End with the advice to get medical help."""
    noted = moves.note(f"red flag: {heard.phrase}", phrase=heard.phrase)
    return moves.before(moves.end(session, "red_flag", now, words.RED_FLAG_ADVICE), Hush(), noted)


def louder(session: Session, heard: Heard, now: float) -> Result:
    """Three decibels up or down; the earcon shows how loud it is now."""
    by = LOUDER_BY if heard.command is Command.LOUDER else -LOUDER_BY
    volume = min(LOUDEST, max(QUIETEST, session.volume + by))
    return moves.sound(replace(session, volume=volume), Earcon.NOTHING if volume == session.volume else Earcon.HEARD)


def faster(session: Session, heard: Heard, now: float) -> Result:
    """Change the beat, never beyond what the technique allows; repetitions keep their number."""
    phase = session.phase
    if not isinstance(phase, Doing) or not session.turns[phase.turn].rung(phase.rung).tempo:
        return moves.answer(session, words.NO_BEAT)
    factor = FASTER_BY if heard.command is Command.FASTER else 1 / FASTER_BY
    before = pace(session, phase.turn, phase.rung)
    wanted = replace(session, pace=min(FASTEST, max(SLOWEST, before * factor)))
    after = pace(wanted, phase.turn, phase.rung)
    if after == before:
        return moves.answer(session, words.BEAT_LIMIT)
    if session.turns[phase.turn].step.repetitions and phase.rung == 0:
        still = replace(phase.frozen(now), since=None if phase.since is None else now)
        phase = replace(still, length=still.done + (still.length - still.done) * before / after)
    return moves.sound(replace(session, pace=after, phase=phase), Earcon.HEARD)


def repeat(session: Session, heard: Heard, now: float) -> Result:
    """Say again what this phase opened with; a running clock keeps running."""
    phase = session.phase
    plain = replace(phase, done=0.0) if isinstance(phase, Doing) else phase
    if isinstance(phase, Doing) and phase.asked is not None:
        return moves.say(
            replace(session, phase=replace(phase, asked=phase.elapsed(now))),
            *announcements.comfortable(session.routine),
        )
    if isinstance(phase, Asking | Changing | Offering | Preparing | Waiting):
        return moves.enter(session, freeze(phase, now))
    return moves.say(session, *moves.opening(replace(session, phase=plain)))


def help_now(session: Session, heard: Heard, now: float) -> Result:
    """What can be said now."""
    return moves.answer(session, *words.help_lines(session.phase))


def pause(session: Session, heard: Heard, now: float) -> Result:
    """Stand still."""
    return moves.pause(session, now)


def undo(session: Session, heard: Heard, now: float) -> Result:
    """Take the last command back, if it was a moment ago; the loudness stays as it is."""
    if not session.undo or now - session.undo[0][1] > TAKE_BACK:
        return moves.answer(session, words.NOTHING_TO_UNDO)
    (before, _), *earlier = session.undo
    kept = replace(before, says=session.says, saying=session.saying, volume=session.volume)
    kept = replace(kept, asleep=session.asleep, level=session.level, undo=tuple(earlier))
    kept = replace(kept, worked_at=session.worked_at)
    if kept.beside and session.beside:  # the water has cooled meanwhile, whatever is taken back
        kept = replace(kept, beside=replace(session.beside, length=kept.beside.length))
    if isinstance(kept.phase, Paused):
        again = (Note("resumed"),) if isinstance(session.phase, Ended) else ()
        return moves.before(moves.enter(kept, kept.phase, words.TAKEN_BACK), Hush(), *again)
    back = moves.resume(kept, kept.phase, words.TAKEN_BACK)
    was = session.phase.phase if isinstance(session.phase, Paused) else session.phase
    here = () if isinstance(was, Ended) else moves.whereabouts(kept, kept.phase)
    return moves.before(back, Hush(), *(() if here == moves.whereabouts(session, was) else here))


def how_long(session: Session, heard: Heard, now: float) -> Result:
    """Time left here and in all."""
    here, turn = _left(session, session.phase, now)
    coming = (n for n in range(turn, len(session.turns)) if not session.leaves_out(session.turns[n].area))
    running = {session.wait.name: max(0.0, beside_left(session, now) - here)} if session.wait else {}
    later = through(((session.turns[n].step, length(session, n)) for n in coming), running)
    lines = [times.how_long(here, here + later) if here else times.in_all(later)]
    if session.wait and not isinstance(session.phase, Waiting) and (left := beside_left(session, now)):
        lines.insert(0, times.wait_left(session.wait, left))
    return moves.answer(session, *lines)


def _left(session: Session, phase: Phase, now: float) -> tuple[float, int]:
    """Seconds left in this turn, and the first turn that has not begun."""
    match phase:
        case Doing(turn=turn):
            return phase.frozen(now).ease + max(0.0, phase.length - phase.elapsed(now)), turn + 1
        case Paused(phase=inner) | Asking(then=inner):
            return _left(session, inner, now)
        case Offering(turn=turn, rung=rung, left=left):
            return 0.0 if rung is None else left, turn + 1
        case Changing(turn=turn):
            return 0.0, turn
        case Waiting(turn=turn):
            return beside_left(session, now), turn
        case Closing() | Ended():
            return 0.0, len(session.turns)
        case _:
            return 0.0, 0


def what_heard(session: Session, heard: Heard, now: float) -> Result:
    """Tell the last command heard before this one."""
    return moves.answer(session, *announcements.what_heard(session.heard, session.heard_before))


def sleep(session: Session, heard: Heard, now: float) -> Result:
    """Ignore ordinary commands from now on; safety words stay armed, and the session goes on."""
    return moves.answer(replace(session, asleep=True), words.ASLEEP)


def wake(session: Session, heard: Heard, now: float) -> Result:
    """Obey everything again."""
    if not session.asleep:
        return nothing(session, heard, now)
    session = replace(session, asleep=False)
    if isinstance(session.phase, BY_THEMSELVES):
        return moves.answer(session, words.AWAKE)
    return moves.enter(session, freeze(session.phase, now), words.AWAKE)  # with what is waited for


def start_over(session: Session, heard: Heard, now: float) -> Result:
    """Back to the first step."""
    return moves.start_turn(session, moves.following(session, 0), words.FROM_THE_START)


def row(**answers: Answer) -> dict[Command, Answer]:
    """Answers by command; `go_on` stands for "continue", which Python keeps for itself."""
    return {Command("continue" if name == "go_on" else name): function for name, function in answers.items()}


ANSWERS: dict[Command, Answer] = dict.fromkeys(Command, nothing) | row(
    stop=stop, red_flag=red_flag, louder=louder, quieter=louder, faster=faster, slower=faster, repeat=repeat,
    help=help_now, pause=pause, undo=undo, how_long=how_long, start_over=start_over, what_heard=what_heard,
    sleep=sleep, wake=wake,
)  # fmt: skip
"""One for every command; phases replace what they do differently."""
