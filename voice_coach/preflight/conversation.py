"""The preflight as a conversation: silence, the two words that matter most, and what follows from them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto

from voice_coach.commands import Command, Phrases, table
from voice_coach.preflight import words
from voice_coach.preflight.verdict import TRIES, Findings, Verdict, holds, judge
from voice_coach.session.events import (
    Earcon,
    Effect,
    End,
    Event,
    Heard,
    Hush,
    Lost,
    Measure,
    Measured,
    Note,
    Say,
    Spoken,
    Suspected,
    Tick,
    Withdrawn,
)
from voice_coach.session.session import COMPUTER, HUSHES
from voice_coach.session.timeline import DOUBT
from voice_coach.session.words import TEACH

QUIET = 1.5
"""Seconds of silence in which the room is measured."""

PATIENCE = 5.0
"""Seconds in which a word must come."""

ANSWERED = 3.0
"""Seconds after which a measurement is no longer waited for."""

GOING_ON = (Command.YES, Command.READY, Command.CONTINUE)
PASSING = (Command.SKIP, Command.NEXT)

PHRASES: Phrases = table((*GOING_ON, *PASSING, Command.NO, Command.REPEAT))

Result = tuple["Preflight", tuple[Effect, ...]]


class Part(Enum):
    """Where the preflight is."""

    SILENCE = auto()
    FIRST = auto()
    SECOND = auto()
    JUDGING = auto()
    DECIDING = auto()
    OVER = auto()


WORDS = {Part.FIRST: Command.STOP, Part.SECOND: Command.PAIN}
MOUTH = ("voice", "loudspeaker")
LEFT = ("keys", "skipped", "stopped")
"""Ends that the person wanted, whatever fails then."""


@dataclass(frozen=True)
class Preflight:
    """The state of a check; a Conversation."""

    headphones: bool = False
    decide: bool = False
    """Whether the person is asked what to do when the voice cannot be trusted."""
    before: Findings | None = None
    """What an earlier check found, as long as its words may still count."""
    part: Part = Part.SILENCE
    found: Findings = field(default_factory=Findings)
    verdict: Verdict | None = None
    ended: str | None = None
    """"trusted", "untrusted", "keys" (untrusted, but going on), "skipped" or "stopped"."""
    tries: int = 0
    says: int = 0
    saying: bool = False
    said: tuple[str, ...] = ()
    doubted: float | None = None
    """Since when a safety word is suspected."""
    cut: bool = False
    """Whether the coach was hushed for it."""
    repeats: int = 0
    """How often what is said was said again, because it was hushed for nothing."""
    until: float | None = None
    """When it goes on without having heard anything."""

    @property
    def phrases(self) -> Phrases:
        """See Conversation."""
        return PHRASES

    @property
    def due(self) -> float | None:
        """See Conversation."""
        return self.until if self.doubted is None else self.doubted + DOUBT

    def over(self, now: float) -> bool:
        """See Conversation."""
        return self.ended is not None and not self.saying and self.doubted is None

    def advance(self, event: Event, now: float) -> Result:
        """See Conversation."""
        match event:
            case Spoken(number=number) if self.saying and number == self.says:
                return self._spoken(now), ()
            case Measured():
                return self._measured(event, now)
            case Lost(part=part, reason=reason):
                if part in MOUTH:
                    return replace(self, saying=False, until=now + PATIENCE), ()
                if self.ended in LEFT or part == COMPUTER:  # that was asleep, and hears again
                    return self, ()
                return self._judge(replace(self.found, fault=reason))
            case Suspected():
                hushed = replace(self, doubted=now, cut=self.saying or self.cut, saying=False)
                return hushed, ((Hush(),) if self.saying else ())
            case Withdrawn():
                return self._calm(now)
            case Heard() if not self.ended or (event.command is Command.STOP and self.ended != "stopped"):
                heard, effects = replace(self, doubted=None, cut=False)._hear(event, now)
                return (heard, effects) if effects or heard.ended else self._calm(now)
            case Heard(command=Command.STOP, path="key"):  # who presses twice wants to leave
                return replace(self, saying=False, doubted=None), (Hush(),)
            case Tick() if self.due is not None and now >= self.due:
                return self._calm(now) if self.doubted is not None else self._tick(now)
            case _:
                return self, ()

    def say(self, *lines: str, earcon: Earcon | None = None) -> Result:
        """Say *lines* in place of whatever is being said."""
        spoken = replace(self, says=self.says + 1, saying=True, said=lines, until=None, cut=False, repeats=0)
        return spoken, (Say(lines, spoken.says, earcon),)

    def _spoken(self, now: float) -> Preflight:
        wait = {Part.SILENCE: QUIET, Part.FIRST: PATIENCE, Part.SECOND: PATIENCE}.get(self.part)
        return replace(self, saying=False, until=None if wait is None else now + wait)

    def _calm(self, now: float) -> Result:
        """Nothing that counts was said after all: what was hushed is said again.

        But HUSHES times at most, for a loudspeaker that distorts badly may make the coach hush for itself.
        """
        calm = replace(self, doubted=None, cut=False)
        if not self.cut:
            return calm, ()
        if self.repeats == HUSHES:
            return calm._spoken(now), ()
        again, effects = calm.say(*self.said)
        return replace(again, repeats=self.repeats + 1), effects

    def _tick(self, now: float) -> Result:
        match self.part:
            case Part.SILENCE if self.tries == 0:
                return replace(self, tries=1, until=now + ANSWERED), (Measure(),)
            case Part.SILENCE | Part.JUDGING:  # the ears do not answer
                return self._measured(Measured(), now)
            case Part.FIRST | Part.SECOND:
                missed = replace(self, tries=self.tries + 1, found=replace(self.found, missed=self.found.missed + 1))
                if missed.tries >= TRIES:
                    return replace(missed, part=Part.JUDGING, until=now + ANSWERED), (Measure(),)
                return _after(missed.say(words.AGAIN if self.part is Part.FIRST else words.OTHERWISE), Measure())
            case _:
                return replace(self, until=None), ()

    def _measured(self, measured: Measured, now: float) -> Result:
        match self.part:
            case Part.SILENCE if self.before is not None:
                return self._compare(self.before, measured)
            case Part.SILENCE:
                return self._ask_first(Findings().with_room(measured), TEACH)
            case Part.JUDGING:
                return self._judge(self.found.with_voice(measured))
            case _:
                return replace(self, found=self.found.with_voice(measured)), ()

    def _compare(self, before: Findings, measured: Measured) -> Result:
        """Whether the room is still one in which the words are heard; else they are asked for."""
        found = before.with_room(measured)
        if not holds(found, before):
            return self._ask_first(Findings().with_room(measured), words.GREETING, TEACH)
        return self._judge(found, known=judge(before, self.headphones).lines)

    def _ask_first(self, found: Findings, *lines: str) -> Result:
        asking = replace(self, part=Part.FIRST, tries=0, found=found, before=None, verdict=None)
        return asking.say(*lines, words.FIRST_WORD)

    def _hear(self, heard: Heard, now: float) -> Result:
        if heard.path == "key" and heard.command is Command.STOP:
            return self._leave("stopped", words.LEAVING)
        if self.part is Part.DECIDING:
            if heard.command in GOING_ON or (heard.path == "key" and heard.command in PASSING):
                return replace(self, part=Part.OVER, ended="keys", until=None), ()
            if heard.command in (Command.NO, Command.STOP):
                return self._leave("stopped", words.LEAVING)
            return self.say(*self.said) if heard.command is Command.REPEAT else (self, ())
        if heard.command in PASSING or (heard.path == "key" and heard.command in GOING_ON):
            return self._leave("skipped", words.SKIPPED)
        if heard.command is Command.REPEAT:
            return self.say(*self.said)
        wanted = WORDS.get(self.part)
        if wanted is None or heard.command is not wanted or heard.path == "key":
            return self._leave("stopped", words.LEAVING) if self._means_it(heard) else (self, ())
        found = replace(self.found, heard=self.found.heard | {wanted})
        if self.part is Part.FIRST:
            asked = replace(self, part=Part.SECOND, tries=0, found=found).say(words.SECOND_WORD, earcon=Earcon.HEARD)
            return _after(asked, Measure())
        return replace(self, part=Part.JUDGING, found=found, saying=False, until=now + ANSWERED), (Hush(), Measure())

    def _means_it(self, heard: Heard) -> bool:
        """Whether it is a "stop" that was not asked for."""
        return heard.command is Command.STOP and self.part not in (Part.FIRST, Part.DECIDING)

    def _judge(self, found: Findings, known: tuple[str, ...] = ()) -> Result:
        """The end, or the question how to go on; what is *known* is not said again."""
        verdict = judge(found, self.headphones)
        judged = replace(self, part=Part.OVER, found=found, verdict=verdict, doubted=None)
        noted = Note("preflight", _told(verdict))
        if verdict.trusted or not self.decide:
            ended = replace(judged, ended="trusted" if verdict.trusted else "untrusted", until=None)
            lines = tuple(line for line in verdict.lines if line not in known)
            spoken = ended.say(*lines) if lines else (ended, ())
        else:
            spoken = replace(judged, part=Part.DECIDING, ended=None).say(
                *verdict.lines, words.WITH_KEYS, earcon=Earcon.FAULT
            )
        return _after(spoken, noted)

    def _leave(self, reason: str, line: str) -> Result:
        left = replace(self, part=Part.OVER, ended=reason).say(line)
        return _after(left, Hush(), *((End(reason),) if reason == "stopped" else ()))


def begin(headphones: bool = False, *, decide: bool = False, before: Findings | None = None) -> Result:
    """A preflight and its first effects.

    *headphones*: whether the person says that they wear some. *decide*: ask what to do when the voice cannot be
    trusted, because a session follows. *before*: what a check found that went well; then the room alone is measured,
    and the words are asked for only where it has become too loud for them.
    """
    if before is None:
        return Preflight(headphones, decide).say(words.GREETING, words.BE_QUIET)
    again = Preflight(headphones, decide, before, found=before, verdict=judge(before, headphones))
    return again.say(words.BE_QUIET)


def repertoire() -> tuple[str, ...]:
    """Every line it can say."""
    return (*words.SENTENCES, TEACH)


def _after(result: Result, *effects: Effect) -> Result:
    """*result*, with *effects* before its own."""
    return result[0], (*effects, *result[1])


def _told(verdict: Verdict) -> dict[str, object]:
    found = verdict.findings
    return {
        "trusted": verdict.trusted,
        "noise": found.noise,
        "voice": found.voice,
        "echo": found.echo,
        "delay": None if found.delay is None else round(found.delay, 3),
        "heard": sorted(command.value for command in found.heard),
        "missed": found.missed,
        "volume": verdict.volume,
    }
