"""The small loop that joins the core and the world.

A stage is where conversations are played: it has time, hears and sounds. The same loop runs live
(devices and threads), on files (audio time) and in rehearsal (virtual time). A session is one
conversation; choosing a routine is another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, Self, TypeAlias, TypeVar

from voice_coach.commands import Phrases
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
    Told,
    Volume,
    Withdrawn,
)
from voice_coach.session.session import NOTHING, guide
from voice_coach.session.state import Session

Line: TypeAlias = dict[str, object]
"""One line of the transcript: `t` (seconds from the start), `event`, and what belongs to that event."""

UNFINISHED = "unfinished"
"""The reason of an end that came from outside: the sound was over before the routine was."""


class Conversation(Protocol):
    """What the coach and a person say to one another, as a frozen state that events move on.

    Pure: no clock, no thread, no device. Times are the stage's, so one conversation can follow another.
    """

    @property
    def phrases(self) -> Phrases:
        """What can be heard in it; the same from its beginning to its end."""

    @property
    def saying(self) -> bool:
        """Whether its last Say is still in the loudspeaker."""

    @property
    def due(self) -> float | None:
        """When it wants a Tick if nothing happens before."""

    @property
    def ended(self) -> str | None:
        """How it ended, in a word; None while it goes on."""

    def over(self, now: float) -> bool:
        """Whether nothing can follow any more: it has ended, has spoken, and cannot be taken back."""

    def advance(self, event: Event, now: float) -> tuple[Self, tuple[Effect, ...]]:
        """What *event* at *now* changes, and what is to be done about it."""


class Stage(Protocol):
    """Where conversations are played, one after another."""

    @property
    def now(self) -> float:
        """Seconds since the first one began."""

    @property
    def quiet(self) -> bool:
        """Whether nothing more can be heard: the script or the microphone file is over."""

    def listen_for(self, phrases: Phrases) -> None:
        """Hear *phrases* from now on: those of the session at first."""

    def wait(self, due: float | None) -> tuple[Event, float] | None:
        """The next event and its time; a Tick at *due*; None when nothing can happen any more."""

    def act(self, effect: Effect) -> None:
        """Carry out an effect."""


C = TypeVar("C", bound=Conversation)


def converse(
    begun: tuple[C, tuple[Effect, ...]],
    stage: Stage,
    tell: Callable[[Line], None],
    keep: Callable[[C, float], None] = lambda conversation, now: None,
) -> C:
    """Play a conversation that has *begun* on *stage*, telling every line of the transcript; how it was at the end.

    *keep* is given every state and its time. One that did not come to its end is told as such.
    """
    conversation, effects = begun
    now = stage.now
    stage.listen_for(conversation.phrases)
    keep(conversation, now)
    while True:
        for effect in effects:
            stage.act(effect)
            for line in _told(effect, now):
                tell(line)
        if conversation.ended and (conversation.over(now) or (stage.quiet and not conversation.saying)):
            return conversation
        if (arrived := stage.wait(conversation.due)) is None:
            break
        event, now = arrived
        for line in _told(event, now):
            tell(line)
        conversation, effects = conversation.advance(event, now)
        keep(conversation, now)
    if not conversation.ended:
        tell({"t": round(now, 3), "event": "end", "reason": UNFINISHED})
    return conversation


def play(
    routine: Routine,
    stage: Stage,
    tell: Callable[[Line], None],
    *,
    resume: Session | None = None,
    known: Mapping[str, bool] = NOTHING,
    remember: bool = False,
    heard_before: Heard | None = None,
    keep: Callable[[Session, float], None] = lambda session, now: None,
) -> str:
    """Play a session of *routine* on *stage*; the reason it ended.

    *resume*, *known*, *remember* and *heard_before* are as in `begin`; *tell* and *keep* are as in `converse`.
    """
    begun = guide(routine, resume, known, remember, heard_before)
    guided = converse(begun, stage, tell, lambda state, now: keep(state.session, now))
    return guided.ended or UNFINISHED


def _told(happened: Event | Effect, now: float) -> Iterator[Line]:
    """The transcript's line of an event or effect."""
    t = round(now, 3)
    match happened:
        case Heard(command=command, phrase=phrase, path=path, number=number, word_end=end):
            line: Line = {"t": t, "event": "heard", "command": command.value, "phrase": phrase, "path": path}
            line["word_end"] = None if end is None else round(end, 3)
            yield line | ({} if number is None else {"number": number})
        case Told(phrase=phrase, path=path, word_end=end):
            end = None if end is None else round(end, 3)
            yield {"t": t, "event": "told", "phrase": phrase, "path": path, "word_end": end}
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
