"""A dialogue: what all conversations before a session have in common.

The coach asks, somebody answers, and the topic says what to ask next. The dialogue does the rest: it falls silent at
the first sign of a safety word, ends on "stop", repeats, helps, reminds once, and lives with parts that fail.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, Protocol, Self, TypeVar

from voice_coach.commands import Command, Phrases
from voice_coach.reception import words
from voice_coach.session.events import (
    Earcon,
    Effect,
    End,
    Event,
    Heard,
    Hush,
    Lost,
    Note,
    Returned,
    Say,
    Spoken,
    Suspected,
    Tick,
    Told,
    Withdrawn,
)
from voice_coach.session.session import COMPUTER, HUSHES
from voice_coach.session.state import TAKE_BACK
from voice_coach.session.timeline import DOUBT

REMIND = 15.0
"""Seconds of silence after which the coach reminds once; then it waits quietly."""
MOUTH = ("voice", "loudspeaker")
STOPPED, RED_FLAG = "stopped", "red_flag"
"""Ends that nobody asked about."""


class Topic(Protocol):
    """What a dialogue is about, as a frozen state: what is asked now, and what an answer changes. Pure."""

    @property
    def phrases(self) -> Phrases:
        """What can be heard; the same from beginning to end.

        REPEAT and HELP among it are the dialogue's, and CONTINUE, which takes an end by "stop" back.
        """

    @property
    def asks(self) -> tuple[str, ...]:
        """What the coach says now, line by line; said again on "repeat"."""

    @property
    def help(self) -> tuple[str, ...]:
        """What can be said here."""

    @property
    def reminder(self) -> tuple[str, ...]:
        """What is said once when no answer comes."""

    @property
    def settled(self) -> str | None:
        """How it ended, in a word; None while there is something to ask. What it *asks* then are its last words."""

    def hear(self, told: Told | Heard) -> tuple[Self, tuple[str, ...]]:
        """What an answer changes, and what is said before the next question. Where nothing changes, nothing is said."""


T = TypeVar("T", bound=Topic)


@dataclass(frozen=True)
class Dialogue(Generic[T]):
    """A conversation about one topic."""

    topic: T
    ended: str | None = None
    says: int = 0
    """How many Says there have been; the number of the last one."""
    saying: bool = False
    said: tuple[str, ...] = ()
    """The last lines."""
    cut: bool = False
    """Whether they were hushed for a suspicion, and are said again if it is withdrawn."""
    repeats: int = 0
    """How often they were said again."""
    doubted: float | None = None
    """Since when a safety word is suspected."""
    since: float | None = None
    """When the coach finished speaking; None while it speaks."""
    stopped: float | None = None
    """When "stop" was heard, which may be taken back for a while."""
    reminded: bool = False
    """Whether nobody answered the last question even after a reminder."""

    @property
    def phrases(self) -> Phrases:
        """See Conversation."""
        return self.topic.phrases

    @property
    def due(self) -> float | None:
        """See Conversation."""
        if self.doubted is not None:
            return self.doubted + DOUBT
        if self.stopped is not None:
            return self.stopped + TAKE_BACK
        return None if self.since is None or self.reminded or self.ended else self.since + REMIND

    def over(self, now: float) -> bool:
        """See Conversation."""
        final = self.stopped is None or now >= self.stopped + TAKE_BACK
        return self.ended is not None and not self.saying and final and self.doubted is None

    def advance(self, event: Event, now: float) -> tuple[Dialogue[T], tuple[Effect, ...]]:
        """See Conversation."""
        match event:
            case Spoken(number=number):
                mine = self.saying and number == self.says
                return (replace(self, saying=False, since=now) if mine else self), ()
            case Lost(part=part):
                return self._lost(part, now)
            case Suspected():
                hushed = replace(self, doubted=now, cut=self.saying or self.cut, saying=False, since=None)
                return hushed, (Hush(),)
            case Withdrawn():
                return self._go_on(now)
            case Tick():
                return self._tick(now)
            case Heard(command=Command.CONTINUE) if self.stopped is not None:
                return self._take_back()
            case Heard(command=Command.RED_FLAG) if self.ended != RED_FLAG:
                return replace(self, doubted=None, cut=False, stopped=None)._hear(event, now)
            case Heard(command=Command.STOP) if self.ended not in (STOPPED, RED_FLAG):
                return replace(self, doubted=None, cut=False)._hear(event, now)
            case Heard(command=Command.STOP, path="key") if self.ended == STOPPED and self.saying:
                return self.say()  # who presses twice wants to leave
            case _ if self.ended:
                return self, ()
            case Returned(part=part):
                return self.say(*(() if part in MOUTH else (words.HEARING_AGAIN,)), *self.topic.asks)
            case Heard() | Told():
                heard, effects = replace(self, doubted=None, cut=False, reminded=False)._hear(event, now)
                return (heard, effects) if effects or self.doubted is None else self._go_on(now)
            case _:
                return self, ()

    def say(self, *lines: str, earcon: Earcon | None = None) -> tuple[Dialogue[T], tuple[Effect, ...]]:
        """Say *lines* in place of whatever is being said; none at all is silence."""
        if not lines:
            return replace(self, saying=False), (Hush(),)
        spoken = replace(self, says=self.says + 1, saying=True, said=lines, since=None, cut=False, repeats=0)
        return spoken, (Say(lines, spoken.says, earcon),)

    def _hear(self, heard: Heard | Told, now: float) -> tuple[Dialogue[T], tuple[Effect, ...]]:
        match heard:
            case Heard(command=Command.STOP):
                return replace(self, stopped=now)._end(STOPPED, words.ENDED)
            case Heard(command=Command.RED_FLAG):
                return self._end(RED_FLAG, words.DOCTOR_NOW)
            case Heard(command=Command.REPEAT):
                return self.say(*self.topic.asks)
            case Heard(command=Command.HELP):
                return self.say(*self.topic.help)
        topic, lines = self.topic.hear(heard)
        if topic == self.topic and not lines:
            return self, ()
        return replace(self, topic=topic, ended=topic.settled).say(*lines, *topic.asks, earcon=Earcon.HEARD)

    def _end(self, reason: str, line: str) -> tuple[Dialogue[T], tuple[Effect, ...]]:
        last, effects = replace(self, ended=reason).say(line, earcon=Earcon.END)
        return last, (Hush(), *effects, End(reason))

    def _take_back(self) -> tuple[Dialogue[T], tuple[Effect, ...]]:
        again, effects = replace(self, ended=self.topic.settled, stopped=None, doubted=None).say(*self.topic.asks)
        return again, (Note("resumed"), *effects)

    def _go_on(self, now: float) -> tuple[Dialogue[T], tuple[Effect, ...]]:
        """It was a false alarm: what was hushed for it is said again from its start, HUSHES times at most."""
        calm = replace(self, doubted=None, cut=False)
        if not self.cut or self.repeats == HUSHES:
            return (calm if self.saying else replace(calm, since=now)), ()
        again, effects = calm.say(*self.said)
        return replace(again, repeats=self.repeats + 1), effects

    def _tick(self, now: float) -> tuple[Dialogue[T], tuple[Effect, ...]]:
        if self.due is None or now < self.due:
            return self, ()
        if self.doubted is not None:
            return self._go_on(now)
        if self.ended:
            return self, ()
        return replace(self, reminded=True).say(*self.topic.reminder)

    def _lost(self, part: str, now: float) -> tuple[Dialogue[T], tuple[Effect, ...]]:
        if self.ended and part not in MOUTH:
            return self._go_on(now)
        calm = replace(self, doubted=None, cut=False)
        if self.ended:
            return replace(calm, saying=False), ()
        if part == COMPUTER:  # it was asleep, and hears again
            return calm.say(*self.topic.asks)
        return calm.say(words.NOT_SPEAKING if part in MOUTH else words.NOT_HEARING, earcon=Earcon.FAULT)


def open_dialogue(topic: T, *lines: str) -> tuple[Dialogue[T], tuple[Effect, ...]]:
    """A dialogue about *topic* and its first effects: *lines*, and the first question."""
    return Dialogue(topic).say(*lines, *topic.asks)
