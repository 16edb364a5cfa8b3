"""A turn's time: its cues, its tempo, and when something is next due."""

from __future__ import annotations

import math
from dataclasses import dataclass

from voice_coach.routine.model import TO_ANSWER, Step, Whom
from voice_coach.session import words
from voice_coach.session.state import (
    TAKE_BACK,
    Asking,
    Changing,
    Closing,
    Doing,
    Ended,
    Offering,
    Preparing,
    Session,
    Waiting,
)

ANSWER = 8.0
"""Seconds to answer a question before it is asked again."""
REMIND = 25.0
"""Seconds before a gate or an offer reminds, once."""
MORE = 30.0
"""Seconds that "more time" adds."""
CHANGE = 6.0
"""Seconds to change hands."""
DOUBT = 1.0
"""Seconds after which a suspicion that nobody settled is over."""
FIRM = 4
"""From this pressure on, the coach asks for comfort without the author's doing."""
FIRM_PART = 30.0
"""Seconds of firm pressure between two check-ins at most."""
MARKS = (600.0, 300.0, 180.0, 60.0)
"""Seconds left at which a wait tells the time, once it is all that goes on."""
BRIEF = 20.0
"""A wait this short, seconds, is not worth telling its time."""
LATE = 4.0
"""A cue held up longer than this (the coach was talking) is dropped, seconds."""


@dataclass(frozen=True)
class Cue:
    """Something said on the way."""

    name: str
    at: float
    """Seconds from the start of the turn."""
    text: str
    whom: Whom = "giver"
    """Whom the text concerns."""
    asks: bool = False
    """Whether it wants an answer; then it is never dropped."""


def check_ins(session: Session, doing: Doing) -> dict[str, float]:
    """The seconds of a turn at which comfort is asked for, by the names of their cues.

    Firm work is cut into equal parts of half a minute at most, with a check-in in the middle of each: so there is no
    longer way between two of them across sides and steps either. Of a gentler way comfort is asked where the author
    asks in the step, counted from its own beginning, unless it is a rest; no gentler way is firm.
    """
    step = session.turns[doing.turn].step
    if doing.rung:
        works = session.turns[doing.turn].rung(doing.rung).pressure > 0
        fitting = [at for at in step.check_ins if works and at <= doing.length - TO_ANSWER]
        return {f"check_in_{number}": at for number, at in enumerate(fitting, start=1)}
    parts = math.ceil(doing.length / FIRM_PART) if step.pressure >= FIRM else 0
    middles = (doing.length * (part + 0.5) / parts for part in range(parts))
    firm = [max(0.0, min(middle, doing.length - TO_ANSWER)) for middle in middles]
    own = {f"check_in_{number}": at for number, at in enumerate(step.check_ins, start=1)}
    return {
        **{f"firm_check_in_{number}": at for number, at in enumerate(firm, start=1)},
        **{name: at for name, at in own.items() if all(abs(at - other) >= TO_ANSWER for other in firm)},
    }


def cues(session: Session, doing: Doing) -> tuple[Cue, ...]:
    """The cues of a turn in order of time: half-way, ten seconds, and the author's own."""
    step = session.turns[doing.turn].step
    authored = step.cues if doing.rung == 0 else ()
    found = [
        Cue(f"authored_{number}", doing.length / 2 if cue.at == "half" else cue.at, cue.say, cue.whom or step.whom)
        for number, cue in enumerate(authored, start=1)
    ]
    own = []
    if doing.length >= 40 and not any(cue.at == "half" for cue in authored):
        own.append(Cue("half", doing.length / 2, words.HALF))
    if doing.length >= 25:
        own.append(Cue("ten_seconds", doing.length - 10, words.TEN))
    asked = check_ins(session, doing)
    found += [cue for cue in own if all(abs(cue.at - at) > LATE for at in asked.values())]  # one thing at a time
    found += [Cue(name, at, words.COMFORTABLE, asks=True) for name, at in asked.items()]
    return tuple(sorted(found, key=lambda cue: cue.at))


def next_cue(session: Session, doing: Doing) -> Cue | None:
    """The first cue not given yet, or None when the turn's end is next."""
    return next((c for c in cues(session, doing) if c.name not in doing.cued and c.at < doing.length), None)


def pace(session: Session, turn: int, rung: int = 0) -> float:
    """The factor on a turn's tempo: what was asked for, as far as the technique allows it."""
    work, technique = session.turns[turn].rung(rung), session.turns[turn].step.technique
    fastest = technique.fastest if isinstance(work, Step) else work.tempo
    return min(session.pace, max(1.0, fastest / work.tempo)) if fastest and work.tempo else session.pace


def tempo(session: Session) -> float:
    """Ticks a minute now; 0 where there are none."""
    phase = session.phase
    if not isinstance(phase, Doing) or phase.since is None or phase.ease or session.doubted is not None:
        return 0.0
    return (session.turns[phase.turn].rung(phase.rung).tempo or 0.0) * pace(session, phase.turn, phase.rung)


def length(session: Session, turn: int) -> float:
    """Seconds a turn takes; repetitions keep their number, so they take longer at a slower pace."""
    step = session.turns[turn].step
    longer = session.longer.count(session.turns[turn].index)
    return step.seconds / pace(session, turn) if step.repetitions else step.seconds + MORE * longer


def beside_left(session: Session, now: float) -> float:
    """Seconds until what runs beside the turns is over; 0 where nothing runs."""
    return max(0.0, session.beside.since + session.beside.length - now) if session.beside else 0.0


def beside_due(session: Session) -> float | None:
    """When what runs beside has to be told of, whatever goes on; not amid questions, and not where it is waited for."""
    at, wait, phase = session.beside, session.wait, session.phase
    asking = isinstance(phase, Asking) or (isinstance(phase, Doing) and phase.asked is not None)
    if not at or not wait or asking or isinstance(phase, Waiting | Closing | Ended):
        return None
    return (at.since + at.length, at.since + max(at.length, wait.longest), None)[at.told]


def due(session: Session) -> float | None:
    """When the session wants a Tick, or None when only an event can move it."""
    if session.doubted is not None:
        return session.doubted + DOUBT
    if session.saying:
        return None
    return min((at for at in (_phase_due(session), beside_due(session)) if at is not None), default=None)


def _phase_due(session: Session) -> float | None:
    match session.phase:
        case Asking(since=float(since)):
            return since + ANSWER
        case Preparing(since=float(since), index=index, reminded=reminded):
            item = session.routine.preparation[index]
            if item.gate:
                return None if reminded else since + REMIND
            return since + item.seconds
        case Doing(since=float(since)) as doing if doing.ease:
            return since + doing.ease - doing.ease_after
        case Doing(since=float(since)) as doing:
            cue = next_cue(session, doing)
            ends = [cue.at if cue else doing.length] + ([] if doing.asked is None else [doing.asked + TO_ANSWER])
            return since + max(0.0, min(ends) - doing.done)
        case Changing(since=float(since)):
            return since + CHANGE
        case Waiting(since=float(since), told=told):
            left = beside_left(session, since)
            if not told and left > BRIEF:
                return since
            return since + left - next((mark for mark in MARKS if mark < left - BRIEF), 0.0)
        case Offering(since=float(since), reminded=False):
            return since + REMIND
        case Ended(since=since):
            return since + TAKE_BACK
        case _:
            return None
