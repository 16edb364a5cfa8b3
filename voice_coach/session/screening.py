"""What answers do: they decline, ask for the doctor, or fit the routine before anything is got ready."""

from __future__ import annotations

from dataclasses import replace

from voice_coach.errors import UserError
from voice_coach.routine.model import Outcome, Question
from voice_coach.routine.tailor import spots, tailor
from voice_coach.session import moves, own_questions, words
from voice_coach.session.events import Hush
from voice_coach.session.state import Asking, Preparing, Result, Session, turns


def settles(question: Question, yes: bool) -> bool:
    """Whether an answer that is known from last time is enough: it neither declines nor wants a doctor."""
    return (question.yes if yes else question.no) in {Outcome.GO_ON, Outcome.LEAVE_OUT, Outcome.EASE}


def answered(session: Session, asking: Asking, yes: bool, now: float) -> Result:
    """A question was answered, perhaps not for the first time; do what its outcome asks for."""
    question = asking.questions[asking.index]
    said = moves.note(f"{question.name}: {'yes' if yes else 'no'}", question=question.name, answer=yes)
    asked, rest = asking.questions[: asking.index + 1], asking.questions[asking.index + 1 :]
    if question.name == own_questions.GO_ON_THERE and not yes:
        wanted = session.instead or session.whole
        screening = Asking(wanted.questions, Preparing())
        session = Session(wanted, turns(wanted), screening, session.says, volume=session.volume)
        return moves.before(_ask(session, screening, now, words.FROM_THE_START), said)
    session = replace(session, answers=session.answers - {(question.name, not yes)} | {(question.name, yes)})
    rest = rest[1:] if rest[:1] == (own_questions.DOCTOR,) else rest  # asked after an earlier answer to this question
    onward = Asking((*asked, *rest), asking.then, asking.index + 1)
    match question.yes if yes else question.no:
        case Outcome.DECLINE:
            moved = moves.end(session, "declined", now, question.because or "", words.DECLINED)
        case Outcome.RED_FLAG:
            moved = moves.before(moves.end(session, "red_flag", now, words.RED_FLAG_ADVICE), Hush())
        case Outcome.DOCTOR:
            after = replace(onward, questions=(*asked, own_questions.DOCTOR, *rest))
            moved = _ask(session, after, now, question.because or "")
        case Outcome.LEAVE_OUT | Outcome.EASE:
            moved = _ask(session, onward, now, question.because or words.LEFT_OUT)
        case _:
            moved = _ask(session, onward, now)
    return moves.before(moved, said)


def _ask(session: Session, asking: Asking, now: float, *lines: str) -> Result:
    """The next question; after the last one before the start, the routine is fitted to the answers."""
    screened = asking.index >= len(asking.questions) and asking.then == Preparing()
    return _fit(session, now, *lines) if screened else moves.ask(session, asking, *lines)


def _fit(session: Session, now: float, *lines: str) -> Result:
    """Make the routine what the answers leave of it, tell so, and get ready; or end where that is too little."""
    spared = spots(session.whole, dict(session.answers))
    try:
        fitted = tailor(session.whole, spared)
    except UserError as error:
        moved = moves.end(session, "declined", now, *lines, words.TOO_LITTLE, words.DECLINED)
        return moves.before(moved, moves.note(str(error)))
    if fitted.routine is session.whole:
        return moves.prepare(session, 0, *lines)
    session = replace(session, routine=fitted.routine, turns=turns(fitted.routine), fitted_from=session.whole)
    return moves.before(moves.prepare(session, 0, *lines, *own_questions.fitted(fitted)), *map(moves.spares, spared))
