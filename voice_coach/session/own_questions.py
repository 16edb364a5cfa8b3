"""The questions that are the coach's own, how any question is asked, and what answers have made of a routine."""

from __future__ import annotations

from collections.abc import Mapping

from voice_coach.routine.model import Outcome, Question, Routine
from voice_coach.routine.tailor import Tailored, and_more, spots
from voice_coach.session import times, words
from voice_coach.session.state import Asking, Changing, Doing, Offering, Paused, Session, Waiting

GO_ON_THERE = "go-on-there"
"""The name of the question that is asked first when a session can be taken up."""


MAY_CHANGE = frozenset({"fever", "skin", "days"})
"""The topics that are asked again when it is."""


DOCTOR = Question(
    name="doctor-agrees",
    ask="Has your doctor agreed to this massage?",
    no=Outcome.DECLINE,
    because="Please ask your doctor first.",
)
"""Asked after an answer that needs a doctor's agreement."""


REMEMBER = Question(name="remember", ask="Shall I remember these answers for next time?")
"""Asked at the end of the screening, where they can be."""


def asked(asking: Asking) -> tuple[str, ...]:
    """The open question; worded more plainly each time it went unanswered."""
    ask = asking.questions[asking.index].ask
    return ((ask,), (words.ASK_AGAIN, ask), (ask, words.YES_OR_NO))[min(asking.misses, 2)]


def may_change(question: Question) -> bool:
    """Whether the answer may be another one within a day, and would then forbid to go on."""
    return bool(MAY_CHANGE & set(question.topics)) and Outcome.DECLINE in (question.yes, question.no)


def go_on_there(session: Session) -> Question:
    """The question whether to take a session up at its place."""
    phase = session.phase.phase if isinstance(session.phase, Paused) else session.phase
    left = f", with {times.span(phase.length - phase.done)} left" if isinstance(phase, Doing) and phase.done else ""
    phase = phase.then if isinstance(phase, Asking) else phase
    turn = session.turns[phase.turn] if isinstance(phase, Doing | Changing | Waiting | Offering) else session.turns[0]
    return Question(
        name=GO_ON_THERE,
        ask=f"Last time you ended at step {turn.index + 1}, {turn.area}{left}. {words.SHALL_WE}",
    )


def as_last_time(routine: Routine, known: Mapping[str, bool]) -> tuple[str, ...]:
    """What is said of answers that are not asked for again: that there are some, and what they leave out."""
    told = (q for q in routine.questions if q.name in known and spots(routine, {q.name: known[q.name]}))
    because = [str(question.because) for question in told]
    return (words.AS_LAST_TIME, *because) if known else ()


def fitted(tailored: Tailored) -> tuple[str, ...]:
    """What answers have made of a routine, told before it is got ready."""
    routine = tailored.routine
    count = "One step is" if len(routine.steps) == 1 else f"{len(routine.steps)} steps are"
    left = f"{count} left, about {times.span(routine.seconds)}."
    return (and_more(tailored.more), left) if tailored.more else (left,)
