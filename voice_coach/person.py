"""A simulated person, who listens to the coach and answers as a willing person would.

Used by rehearsals (the answers are typed) and by the built-in room (they are spoken by a second voice).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voice_coach.routine.model import Outcome, Routine
from voice_coach.session import own_questions, words
from voice_coach.session.events import Effect, End, Hush, Note, Say

THINKING = 0.8
"""Seconds between the coach's last word and the answer."""

_IN_OTHER_WORDS = {
    "no": ("no", "no thanks", "nope"),
    "yes": ("yes", "yes please", "that is right"),
    "ready": ("i am ready", "ready", "we are ready"),
    "continue": ("continue", "carry on", "keep going"),
}
"""Who is not understood says it differently the next time."""


@dataclass(frozen=True)
class Wish:
    """Something the person wants to say of their own accord."""

    turn: int
    """While the turn with this number (from 1, gentler ones count too) is going on."""
    after: float
    """Seconds after its clock started."""
    phrase: str


class Person:
    """Answers questions so that the routine goes on, says ready at gates, and voices *wishes*.

    *replies* are to lines said before the session: what to say to them, in the order of the tries.
    """

    def __init__(
        self, routine: Routine, wishes: Iterable[Wish] = (), replies: Mapping[str, tuple[str, ...]] = {}
    ) -> None:
        asked = (*routine.questions, *routine.red_flags, own_questions.DOCTOR)
        willing = {q.ask: "no" if q.yes is not Outcome.GO_ON else "yes" for q in asked}
        self._answers = {**willing, **{q.again: willing[q.ask] for q in asked if q.again}}
        self._replies = replies
        self._wishes = list(wishes)
        self._turn = 0
        self._tries: dict[str, int] = {}
        self._reply: str | None = None
        """The answer to what the coach is saying, or has just said."""
        self._answer_at: float | None = None
        self._planned: list[tuple[float, str]] = []
        self._coach_sleeps = False

    @property
    def due(self) -> float | None:
        """When the next phrase will be said, if one is in mind."""
        times = [at for at, _ in self._planned[:1]] + ([] if self._answer_at is None else [self._answer_at])
        return min(times, default=None)

    def notice(self, effect: Effect, now: float) -> None:
        """See or hear what the coach does at *now*."""
        match effect:
            case Say(lines=lines):
                self._reply, self._answer_at = self._reply_to(lines), None
            case Note(event="cue", data={"cue": "start"}):
                self._turn += 1
                wished = [(now + w.after, w.phrase) for w in self._wishes if w.turn == self._turn]
                self._planned = sorted([*self._planned, *wished])
            case Hush() | End():
                self._planned.clear()
                self._answer_at = None

    def spoken_to(self, now: float) -> None:
        """The coach has finished its say."""
        if self._reply:
            self._answer_at = now + THINKING

    def speak(self, now: float) -> str | None:
        """The phrase that is due at *now*, once."""
        if self._answer_at is not None and self._answer_at <= now:
            self._answer_at = None
            return self._reply
        if self._planned and self._planned[0][0] <= now:
            return self._planned.pop(0)[1]
        return None

    def _reply_to(self, lines: tuple[str, ...]) -> str | None:
        if {words.ASLEEP, words.AWAKE} & set(lines):
            self._coach_sleeps = words.ASLEEP in lines
        meant, about = self._meant(lines)
        if meant and self._coach_sleeps:
            return "wake up"
        if meant is None:
            return None
        tries = self._tries.get(about, 0)
        self._tries = {about: tries + 1}
        ways = self._replies.get(about) or _IN_OTHER_WORDS[meant]
        return ways[tries % len(ways)]

    def _meant(self, lines: tuple[str, ...]) -> tuple[str | None, str]:
        """The answer to *lines*, and the line it answers."""
        for line in lines:
            if line in self._replies:
                return self._replies[line][0], line
            if line in self._answers:
                return self._answers[line], line
            if words.SHALL_WE in line:
                return "yes", words.SHALL_WE
        if words.COMFORTABLE in lines:
            return "yes", words.COMFORTABLE
        if words.SAY_GENTLER in lines:
            return "yes", words.SAY_GENTLER
        if {words.SAY_READY, words.SAY_ON, words.STILL_READY} & set(lines):
            return "ready", lines[0]
        return ("continue", lines[0]) if {words.PAUSED, words.NOTED, words.NO_SIGN} & set(lines) else (None, "")
