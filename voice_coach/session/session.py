"""The session: `begin` it, then `advance` it with each event and the time.

Pure: no clock, no thread, no device. The caller waits for events until `due(session)`, then
passes a Tick; it carries out the effects that come back. `guide` makes a conversation of it, which the stage plays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from voice_coach.commands import SESSION, Command, Phrases
from voice_coach.routine.model import TO_ANSWER, Routine
from voice_coach.session import announcements, comfort, moves, own_questions, pain, times, words
from voice_coach.session.events import (
    Earcon,
    Effect,
    Event,
    Heard,
    Hush,
    Lost,
    Measured,
    Note,
    Returned,
    Say,
    Spoken,
    Suspected,
    Tempo,
    Tick,
    Told,
    Volume,
    Withdrawn,
)
from voice_coach.session.obey import obey
from voice_coach.session.pressure import rested, worked
from voice_coach.session.screening import settles
from voice_coach.session.state import (
    BY_THEMSELVES,
    TAKE_BACK,
    TAKEN_BACK,
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
    turns,
)
from voice_coach.session.timeline import LATE, Cue, beside_due, beside_left, due, next_cue, tempo

__all__ = ["Guided", "advance", "begin", "due", "guide", "over"]

NOTHING: Mapping[str, bool] = MappingProxyType({})
MOUTH = ("voice", "loudspeaker")
"""The parts that speak; the others hear."""
HUSHES = 2
"""How often a sentence that was hushed for nothing is said again."""
COMPUTER = "computer"
"""All parts at once, which were asleep."""


def begin(
    routine: Routine,
    resume: Session | None = None,
    known: Mapping[str, bool] = NOTHING,
    remember: bool = False,
    heard_before: Heard | None = None,
) -> Result:
    """A new session at time 0: the welcome, then the first question or preparation.

    With *resume*, a session of the same routine paused at its place, the first question is whether to go on there.
    What is *known* from last time is said and not asked again, unless it leads to more than leaving something out;
    with *remember* the last question is whether to remember the answers. *heard_before* is what was heard at the end of
    the last time, for whoever asks.
    """
    known = {q.name: known[q.name] for q in routine.questions if q.name in known and settles(q, known[q.name])}
    asked = (
        question.model_copy(update={"ask": question.again}) if question.name in known and question.again else question
        for question in routine.questions
        if question.name not in known or question.again
    )
    screening = Asking((*asked, *([own_questions.REMEMBER] if remember else [])), Preparing())
    answers = frozenset(known.items())
    session = Session(routine, turns(routine), screening, answers=answers, heard_before=heard_before)
    effects: tuple[Effect, ...] = (Note("start", {"routine": routine.id, "title": routine.title}),)
    lines = announcements.welcome(routine)
    if resume is None:
        lines = (*lines, *own_questions.as_last_time(routine, known))
    else:
        again = (question for question in routine.questions if own_questions.may_change(question))
        session, screening = resume, Asking((own_questions.go_on_there(resume), *again), resume.phase)
        effects = (*effects, *([Volume(resume.volume)] if resume.volume else []))
    effects = (*effects, *map(moves.spares, session.whole.spared))
    return moves.before(moves.ask(session, screening, *lines), *effects)


def over(session: Session, now: float) -> bool:
    """Whether nothing can follow any more."""
    phase = session.phase
    if not isinstance(phase, Ended) or session.saying or session.doubted is not None:
        return False
    return phase.reason not in TAKEN_BACK or now >= phase.since + TAKE_BACK


def advance(session: Session, event: Event, now: float) -> Result:
    """What *event* at *now* changes, and what is to be done about it."""
    session = rested(session, now)
    match event:
        case Heard():
            session = replace(session, hushed=0)
            settled = replace(session, doubted=None, cut=False) if event.path == "safety" else session
            moved, effects = obey(settled, event, now)
        case Suspected():
            moved, effects = replace(session, doubted=now, cut=session.saying or session.cut), (Hush(),)
        case Told():
            moved, effects = pain.how_strong(session, event, now)
        case Measured():
            moved, effects = session, ()  # meant for another conversation
        case Withdrawn():
            moved, effects = _withdrawn(session, now)
        case Spoken(number=number):
            moved, effects = _spoken(session, now) if session.saying and number == session.says else (session, ())
        case Tick():
            moved, effects = _tick(session, now)
        case Lost():
            moved, effects = _lost(session, event, now)
        case Returned():
            moved, effects = _returned(session, event)
    hurts = isinstance(event, Heard) and event.command is Command.PAIN
    asks = hurts or isinstance(event, Lost | Returned) or _asks(moved.phase) != _asks(session.phase)
    if moved.asleep and asks and not isinstance(moved.phase, BY_THEMSELVES):
        moved = replace(moved, asleep=False)  # now an answer is needed
    return _steady(session, moved, effects)


def _asks(phase: Phase) -> tuple[object, ...]:
    """What *phase* wants an answer to: another question, item or reminder is another one."""
    return type(phase), *(getattr(phase, name, None) for name in ("index", "misses", "reminded"))


def _steady(old: Session, new: Session, effects: tuple[Effect, ...]) -> Result:
    """Tempo and volume follow from the state; tell of them only when they change. After a hush nothing is said."""
    voiced = [effect for effect in effects if isinstance(effect, Say | Hush)]
    if voiced and isinstance(voiced[-1], Hush):
        new = replace(new, saying=False)
    new = replace(new, level=worked(new))
    beat = tempo(new)
    if beat != tempo(old) or (Hush() in voiced and beat):
        effects = (*effects, Tempo(beat))
    if new.volume != old.volume:
        effects = (Volume(new.volume), *effects)
    return new, effects


def _withdrawn(session: Session, now: float) -> Result:
    """It was a false alarm: what was hushed for it is said again from its start.

    But not for ever, where a loudspeaker distorts so badly that the coach keeps hearing itself: after HUSHES times it
    says what may help instead, and after that it goes on as if it had spoken; the words are on the screen.
    """
    session, cut = replace(session, doubted=None), session.said
    if not session.cut or cut is None:
        return session, ()
    session = replace(session, hushed=session.hushed + 1)
    if session.hushed > HUSHES + 1:
        return _spoken(replace(session, cut=False), now)
    if session.hushed > HUSHES:
        return moves.say(session, words.HEARS_ITSELF)
    return moves.say(session, *cut.lines, earcon=cut.earcon)


def _spoken(session: Session, now: float) -> Result:
    """The coach has finished speaking: a clock starts, or the session moves on."""
    session = replace(session, saying=False, hushed=0)
    match session.phase:
        case Asking(since=None) | Preparing(since=None) | Changing(since=None) | Offering(since=None) as phase:
            return replace(session, phase=replace(phase, since=now)), ()
        case Waiting(since=None) as phase:
            return replace(session, phase=replace(phase, since=now)), ()
        case Doing(since=None) as phase:
            return moves.run(session, phase, now)
        case Closing():
            return moves.end(session, "finished", now, words.FAREWELL)
        case _:
            return session, ()


def _tick(session: Session, now: float) -> Result:
    """The due time has come."""
    at = due(session)
    if at is None or now < at:
        return session, ()
    if session.doubted is not None:
        return _withdrawn(session, now)
    beside = beside_due(session)
    if beside is not None and beside <= now:
        return moves.tell_beside(session)
    match session.phase:
        case Asking() as phase if phase.misses >= 2:
            return moves.pause(session, now, words.PAUSED, why="no answer")
        case Asking() as phase:
            return moves.ask(session, replace(phase, misses=phase.misses + 1, since=None))
        case Preparing() as phase if session.routine.preparation[phase.index].gate:
            return moves.say(replace(session, phase=replace(phase, reminded=True)), words.STILL_READY)
        case Preparing(index=index):
            return moves.prepare(session, index + 1)
        case Doing() as phase if phase.ease:
            return moves.run(session, replace(phase, ease=phase.ease_after), now, first=False)
        case Doing(asked=float(asked)) as phase if _first(session, phase, min(asked + TO_ANSWER, phase.length)):
            return comfort.unanswered(session, now)
        case Doing() as phase if cue := next_cue(session, phase):
            return _cue(session, phase, cue, now)
        case Doing(turn=turn):
            moved = moves.go_on(session, turn, words.TIME, earcon=Earcon.END)
            return moves.before(moved, Note("cue", {"cue": "end"}))
        case Changing(turn=turn):
            return moves.start_side(session, turn, now)
        case Waiting() as phase if left := beside_left(session, now):
            return moves.say(replace(session, phase=replace(phase, since=None, told=True)), times.about(left))
        case Waiting(turn=turn):
            over = (times.over(session.wait),) if session.wait else ()
            return moves.start_turn(session, turn, *over, earcon=Earcon.END)
        case Offering() as phase:
            return moves.say(replace(session, phase=replace(phase, reminded=True)), *moves.opening(session))
        case _:
            return session, ()


def _first(session: Session, doing: Doing, at: float) -> bool:
    """Whether second *at* of the turn comes before its next cue."""
    cue = next_cue(session, doing)
    return cue is None or at <= cue.at


def _cue(session: Session, doing: Doing, cue: Cue, now: float) -> Result:
    asked = doing.elapsed(now) if cue.asks else doing.asked
    session = replace(session, phase=replace(doing, cued=doing.cued | {cue.name}, asked=asked))
    if not cue.asks and cue.at <= doing.elapsed(now) - LATE:
        return session, ()
    routine = session.routine
    lines = announcements.comfortable(routine) if cue.asks else (*announcements.whom(routine, cue.whom), cue.text)
    return moves.before(moves.say(session, *lines, earcon=Earcon.CUE), Note("cue", {"cue": cue.name, "text": cue.text}))


def _lost(session: Session, lost: Lost, now: float) -> Result:
    """A part failed: hands-on work stands still, and the person is told. The last words need no ears."""
    fault = moves.note(f"lost: {lost.part}", part=lost.part, reason=lost.reason)
    cut = session.said if session.cut else None
    session = replace(session, doubted=None, cut=False)
    if session.beside:  # a bath cools while the computer sleeps
        session = replace(session, beside=replace(session.beside, since=session.beside.since - lost.asleep))
    if lost.part == COMPUTER:
        session = replace(session, level=0)  # hands may have rested for as long
    if lost.part in MOUTH:
        session = replace(session, saying=False)
    elif isinstance(session.phase, Closing | Ended) and cut:  # nobody will withdraw the suspicion
        return moves.before(moves.say(session, *cut.lines, earcon=cut.earcon), fault)
    elif isinstance(session.phase, Closing):
        return session, (fault,)
    if isinstance(session.phase, Ended):
        return session, (fault,)
    line = (
        words.VOICE_LOST
        if lost.part in MOUTH
        else words.COMPUTER_SLEPT
        if lost.part == COMPUTER
        else words.HEARING_LOST
    )
    return moves.before(moves.pause(session, now, line, why=f"lost {lost.part}"), fault)


def _returned(session: Session, returned: Returned) -> Result:
    """A part works again; going on is left to the person."""
    back = moves.note(f"returned: {returned.part}", part=returned.part)
    if not isinstance(session.phase, Paused):
        return session, (back,)
    line = words.PAUSED if returned.part in MOUTH else words.HEARING_BACK
    return moves.before(moves.say(session, line), back)


@dataclass(frozen=True)
class Guided:
    """A session as a conversation."""

    session: Session

    @property
    def phrases(self) -> Phrases:
        """See Conversation."""
        return SESSION

    @property
    def saying(self) -> bool:
        """See Conversation."""
        return self.session.saying

    @property
    def due(self) -> float | None:
        """See Conversation."""
        return due(self.session)

    @property
    def ended(self) -> str | None:
        """See Conversation."""
        return self.session.phase.reason if isinstance(self.session.phase, Ended) else None

    def over(self, now: float) -> bool:
        """See Conversation."""
        return over(self.session, now)

    def advance(self, event: Event, now: float) -> tuple[Guided, tuple[Effect, ...]]:
        """See Conversation."""
        session, effects = advance(self.session, event, now)
        return Guided(session), effects


def guide(
    routine: Routine,
    resume: Session | None = None,
    known: Mapping[str, bool] = NOTHING,
    remember: bool = False,
    heard_before: Heard | None = None,
) -> tuple[Guided, tuple[Effect, ...]]:
    """The conversation through *routine* and its first effects, as `begin`."""
    session, effects = begin(routine, resume, known, remember, heard_before)
    return Guided(session), effects
