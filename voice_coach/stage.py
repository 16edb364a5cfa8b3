"""The small loop that joins the core and the world.

A stage is where a session is played: it has time, hears and sounds. The same loop runs live
(devices and threads), on files (audio time) and in rehearsal (virtual time).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

from voice_coach.routine.model import Routine
from voice_coach.session.events import (
    Effect,
    End,
    Event,
    Heard,
    Hush,
    Lost,
    Note,
    Returned,
    Say,
    Sound,
    Spoken,
    Suspected,
    Tempo,
    Volume,
    Withdrawn,
)
from voice_coach.session.session import advance, begin, due, over
from voice_coach.session.state import Ended, Session

Line: TypeAlias = dict[str, object]
"""One line of the transcript: `t` (seconds from the start), `event`, and what belongs to that event."""

UNFINISHED = "unfinished"
"""The reason of an end that came from outside: the sound was over before the routine was."""


class Stage(Protocol):
    """Where a session is played."""

    @property
    def quiet(self) -> bool:
        """Whether nothing more can be heard: the script or the microphone file is over."""

    def wait(self, due: float | None) -> tuple[Event, float] | None:
        """The next event and its time; a Tick at *due*; None when nothing can happen any more."""

    def act(self, effect: Effect) -> None:
        """Carry out an effect."""


def play(
    routine: Routine,
    stage: Stage,
    tell: Callable[[Line], None],
    *,
    resume: Session | None = None,
    keep: Callable[[Session, float], None] = lambda session, now: None,
) -> str:
    """Play *routine* on *stage*, telling every line of the transcript; the reason it ended.

    *resume* is a session to take up, paused at its place; *keep* is given every state and its time.
    """
    session, effects = begin(routine, resume)
    now, reason = 0.0, UNFINISHED
    keep(session, now)
    while True:
        for effect in effects:
            stage.act(effect)
            for line in _told(effect, now):
                tell(line)
        if isinstance(session.phase, Ended):
            reason = session.phase.reason
            if over(session, now) or (stage.quiet and not session.saying):
                return reason
        if (arrived := stage.wait(due(session))) is None:
            break
        event, now = arrived
        for line in _told(event, now):
            tell(line)
        session, effects = advance(session, event, now)
        keep(session, now)
    if not isinstance(session.phase, Ended):
        tell({"t": round(now, 3), "event": "end", "reason": UNFINISHED})
        return UNFINISHED
    return reason


def _told(happened: Event | Effect, now: float) -> Iterator[Line]:
    """The transcript's line of an event or effect."""
    t = round(now, 3)
    match happened:
        case Heard(command=command, phrase=phrase, path=path, number=number, word_end=end):
            line: Line = {"t": t, "event": "heard", "command": command.value, "phrase": phrase, "path": path}
            line["word_end"] = None if end is None else round(end, 3)
            yield line | ({} if number is None else {"number": number})
        case Suspected(command=command, phrase=phrase):
            yield {"t": t, "event": "suspected", "command": command.value, "phrase": phrase}
        case Withdrawn():
            yield {"t": t, "event": "withdrawn"}
        case Spoken(number=number):
            yield {"t": t, "event": "said", "number": number}
        case Say(lines=lines, number=number, earcon=earcon):
            yield {"t": t, "event": "say", "text": " ".join(lines), "number": number, "earcon": earcon}
        case Sound(earcon=earcon):
            yield {"t": t, "event": "earcon", "earcon": earcon}
        case Hush():
            yield {"t": t, "event": "hush"}
        case Tempo(per_minute=tempo):
            yield {"t": t, "event": "tempo", "per_minute": round(tempo, 2)}
        case Volume(decibels=decibels):
            yield {"t": t, "event": "volume", "decibels": decibels}
        case Note(event=event, data=data):
            yield {"t": t, "event": event, **data}
        case End(reason=reason):
            yield {"t": t, "event": "end", "reason": reason}
        case Lost(part=part, reason=reason):
            yield {"t": t, "event": "lost", "part": part, "reason": reason}
        case Returned(part=part):
            yield {"t": t, "event": "returned", "part": part}
