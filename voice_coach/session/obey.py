"""The table: what each command does in each phase.

`TABLE[phase][command]` is a function of the session, the command as heard, and the time. Every
phase answers every command; where there is nothing to do, an earcon says that it was understood.
"""

from __future__ import annotations

from dataclasses import replace

from voice_coach.commands import SAFETY, Command
from voice_coach.session import announcements, anywhere, comfort, moves, own_questions, pain, screening, words
from voice_coach.session.anywhere import Answer, nothing, row, undo
from voice_coach.session.comfort import uneasy
from voice_coach.session.events import Heard, Hush, Note
from voice_coach.session.hands import back, go_to, more_time, next_, skip, softer, start_now, turn_of
from voice_coach.session.state import (
    TAKEN_BACK,
    UNDONE,
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
    touched,
)
from voice_coach.session.timeline import MORE, beside_left

HEARD_ASLEEP = {*SAFETY, Command.RED_FLAG, Command.WAKE}
"""What is obeyed even while the coach sleeps; and so is every key."""


def obey(session: Session, heard: Heard, now: float) -> Result:
    """Do what was heard. The state before it is kept for "undo"."""
    obeyed = HEARD_ASLEEP | comfort.ANSWERS if comfort.is_open(session.phase) else HEARD_ASLEEP
    if session.asleep and heard.path == "command" and heard.command not in obeyed:
        return session, ()
    moved, effects = TABLE[type(session.phase)][heard.command](session, heard, now)
    if heard.command is not Command.REPEAT:
        moved = comfort.closed(moved)  # whoever says anything has shown that all is well
    if heard.command is not Command.WHAT_HEARD:
        moved = replace(moved, heard=heard)
    before = freeze(session.phase, now)
    same = freeze(moved.phase, now) == before and _besides(moved) == _besides(session)
    if heard.command is Command.UNDO or isinstance(session.phase, Ended) or same:
        return moved, effects
    return replace(moved, undo=((replace(session, phase=before, undo=()), now), *session.undo)[:UNDONE]), effects


def _besides(session: Session) -> tuple[object, ...]:
    """What a command may change and "undo" takes back, besides the phase."""
    return session.pace, session.beside, session.longer


# Questions ----------------------------------------------------------------------------------------


def yes_no(session: Session, heard: Heard, now: float) -> Result:
    """Answer the open question."""
    assert isinstance(session.phase, Asking)
    return screening.answered(session, session.phase, heard.command is Command.YES, now)


def need_answer(session: Session, heard: Heard, now: float) -> Result:
    """A question cannot be passed by."""
    return moves.enter(session, freeze(session.phase, now), words.NEED_ANSWER)


def go_on_there(session: Session, heard: Heard, now: float) -> Result:
    """A yes to going on where we once ended; no answer to other questions."""
    assert isinstance(session.phase, Asking)
    if session.phase.questions[session.phase.index].name == own_questions.GO_ON_THERE:
        return screening.answered(session, session.phase, True, now)
    return need_answer(session, heard, now)


def question_back(session: Session, heard: Heard, now: float) -> Result:
    """The question before this one, if there is one."""
    assert isinstance(session.phase, Asking)
    phase = session.phase
    return moves.ask(session, Asking(phase.questions, phase.then, max(0, phase.index - 1)))


def take_time(session: Session, heard: Heard, now: float) -> Result:
    """Open the window again, and wait longer."""
    return moves.enter(session, freeze(session.phase, now), words.TAKE_TIME)


def ask_from_start(session: Session, heard: Heard, now: float) -> Result:
    """The first question of this chain; a no to going on where we once ended."""
    assert isinstance(session.phase, Asking)
    if session.phase.questions[session.phase.index].name == own_questions.GO_ON_THERE:
        return screening.answered(session, session.phase, False, now)
    return moves.ask(session, Asking(session.phase.questions, session.phase.then), words.FROM_THE_START)


# Preparation --------------------------------------------------------------------------------------


def prepared(session: Session, heard: Heard, now: float) -> Result:
    """On to the next thing to get ready."""
    assert isinstance(session.phase, Preparing)
    return moves.prepare(session, session.phase.index + 1)


def prepare_skip(session: Session, heard: Heard, now: float) -> Result:
    """Gates cannot be skipped."""
    assert isinstance(session.phase, Preparing)
    if session.routine.preparation[session.phase.index].gate:
        return moves.enter(session, freeze(session.phase, now), words.THIS_MATTERS)
    return prepared(session, heard, now)


def prepare_back(session: Session, heard: Heard, now: float) -> Result:
    """The preparation before this one."""
    assert isinstance(session.phase, Preparing)
    return moves.prepare(session, max(0, session.phase.index - 1))


def prepare_from_start(session: Session, heard: Heard, now: float) -> Result:
    """The first thing to get ready."""
    return moves.prepare(session, 0, words.FROM_THE_START)


def first_this(session: Session, heard: Heard, now: float) -> Result:
    """Steps come later."""
    return moves.enter(session, freeze(session.phase, now), words.THIS_FIRST)


# Waiting, changing sides, offers, pauses, the end -------------------------------------------------


def wait_no_more(session: Session, heard: Heard, now: float) -> Result:
    """End what is waited for, and begin the turn that follows."""
    return moves.start_turn(session, turn_of(session.phase))


def wait_longer(session: Session, heard: Heard, now: float) -> Result:
    """Half a minute more, as far as what is waited for may last."""
    beside, wait = session.beside, session.wait
    if not beside or not wait or beside.length + MORE > wait.longest:
        return moves.answer(session, words.NO_LONGER)
    return moves.answer(replace(session, beside=replace(beside, length=beside.length + MORE)), words.LONGER)


def start_side(session: Session, heard: Heard, now: float) -> Result:
    """Hands are in place already."""
    assert isinstance(session.phase, Changing)
    return moves.start_side(session, session.phase.turn, now)


def accept(session: Session, heard: Heard, now: float) -> Result:
    """Take the gentler way, or go on after an area was left out."""
    assert isinstance(session.phase, Offering)
    phase = session.phase
    if phase.rung is None:
        return moves.go_on(session, phase.turn)
    return moves.start_rung(session, phase.turn, phase.rung, phase.left)


def decline(session: Session, heard: Heard, now: float) -> Result:
    """Leave the area out instead."""
    assert isinstance(session.phase, Offering)
    area = touched(session, session.phase)
    if area is None:
        return accept(session, heard, now)
    session, notes = moves.leave_out(session, area, "asked")
    moved = moves.go_on(session, turn_of(session.phase), announcements.leave_out(area))
    return moves.before(moved, *notes)


def resume(session: Session, heard: Heard, now: float) -> Result:
    """Go on where we paused, with what was left."""
    assert isinstance(session.phase, Paused)
    phase = session.phase.phase
    if isinstance(phase, Waiting) and not beside_left(session, now):
        return moves.before(moves.start_turn(replace(session, phase=phase), phase.turn), Note("resumed"))
    return moves.resume(session, phase, words.RESUMED)


def inside(session: Session, heard: Heard, now: float) -> Result:
    """Leave the pause by doing what the paused phase does on this command."""
    assert isinstance(session.phase, Paused)
    inner = session.phase.phase
    moved, effects = TABLE[type(inner)][heard.command](replace(session, phase=inner), heard, now)
    if moved.phase == inner:
        return replace(moved, phase=session.phase), effects
    return moved, (Note("resumed"), *effects)


def within(session: Session, heard: Heard, now: float) -> Result:
    """Do it to the paused phase, which stays paused."""
    assert isinstance(session.phase, Paused)
    inner = session.phase.phase
    moved, effects = TABLE[type(inner)][heard.command](replace(session, phase=inner), heard, now)
    return replace(moved, phase=Paused(moved.phase)), effects


def last_turn(session: Session, heard: Heard, now: float) -> Result:
    """Back from the closing to the last turn."""
    turn = moves.following(session, len(session.turns) - 1, by=-1)
    return nothing(session, heard, now) if turn is None else moves.start_turn(session, turn)


def finish(session: Session, heard: Heard, now: float) -> Result:
    """The rest of the closing need not be heard."""
    return moves.end(session, "finished", now, words.FAREWELL)


def take_back(session: Session, heard: Heard, now: float) -> Result:
    """Only an end that one word brought about can be taken back, and only for a while."""
    assert isinstance(session.phase, Ended)
    if session.phase.reason not in TAKEN_BACK:
        return nothing(session, heard, now)
    return undo(session, heard, now)


def last_words(session: Session, heard: Heard, now: float) -> Result:
    """Say again what the session ended with."""
    assert isinstance(session.phase, Ended)
    return moves.say(session, *session.phase.said)


def quiet(session: Session, heard: Heard, now: float) -> Result:
    """It is over already; be silent."""
    return session, (Hush(),)


_ALL = anywhere.ANSWERS | row(pain=pain.report)
_HANDS = _ALL | row(next=next_, skip=skip, back=back, go_to=go_to)

TABLE: dict[type[Phase], dict[Command, Answer]] = {
    Asking: _ALL | row(
        yes=yes_no, no=yes_no, back=question_back, more_time=take_time, next=need_answer, skip=need_answer,
        ready=need_answer, go_to=need_answer, go_on=go_on_there, start_over=ask_from_start,
    ),
    Preparing: _ALL | row(
        ready=prepared, yes=prepared, next=prepared, go_on=prepared, skip=prepare_skip, back=prepare_back,
        more_time=take_time, go_to=first_this, start_over=prepare_from_start,
    ),
    Doing: _HANDS | row(softer=softer, more_time=more_time, ready=start_now, yes=start_now, go_on=start_now, no=uneasy),
    Changing: _HANDS | row(
        ready=start_side, yes=start_side, next=start_side, go_on=start_side, more_time=take_time,
    ),
    Waiting: _HANDS | row(
        next=wait_no_more, skip=wait_no_more, ready=wait_no_more, yes=wait_no_more, go_on=wait_no_more,
        more_time=wait_longer,
    ),
    Offering: _HANDS | row(
        yes=accept, ready=accept, next=accept, go_on=accept, softer=accept, no=decline, skip=decline,
        more_time=take_time,
    ),
    Paused: _ALL | row(
        go_on=resume, ready=resume, yes=resume, pause=nothing, next=inside, skip=inside, back=inside, go_to=inside,
        softer=inside, start_over=inside, slower=within, faster=within, more_time=within,
    ),
    Closing: _ALL | row(next=finish, skip=finish, back=last_turn, go_to=go_to),
    Ended: dict.fromkeys(Command, nothing) | row(
        stop=quiet, pain=pain.report, red_flag=anywhere.red_flag, go_on=take_back, undo=take_back, repeat=last_words,
        help=last_words, louder=anywhere.louder, quieter=anywhere.louder, what_heard=anywhere.what_heard,
    ),
}  # fmt: skip
