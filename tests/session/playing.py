"""Playing a session by hand: say something, let time pass, and look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from voice_coach.commands import Command
from voice_coach.rehearsal import hear
from voice_coach.routine.model import Outcome, Routine
from voice_coach.session.events import Effect, Event, Heard, Hush, Note, Say, Spoken, Tick
from voice_coach.session.session import advance, begin, due, over
from voice_coach.session.state import Asking, Preparing, Session

SPEAKING = 2.0
"""Seconds every Say takes."""


@dataclass
class Play:
    """A session in virtual time. Whatever is said takes two seconds."""

    routine: Routine
    now: float = 0.0
    session: Session = field(init=False)
    effects: list[Effect] = field(default_factory=list)
    """Of the last event."""
    _spoken: tuple[float, Spoken] | None = None

    def __post_init__(self) -> None:
        self.session, effects = begin(self.routine)
        self._notice(effects)

    def happen(self, event: Event) -> list[Effect]:
        """An event, now; its effects."""
        self.session, effects = advance(self.session, event, self.now)
        self._notice(effects)
        return self.effects

    def hear(self, text: str | Command) -> list[Effect]:
        """Somebody says *text*, or presses the key of a command."""
        heard = Heard(text, text.value, "key") if isinstance(text, Command) else hear(text)
        assert heard is not None, text
        return self.happen(heard)

    def wait(self, seconds: float) -> list[Effect]:
        """Let time pass; every effect on the way."""
        until, found = self.now + seconds, list[Effect]()
        for at, event in self._coming(until):
            self.now = max(self.now, at)
            found += self.happen(event)
        self.now = until
        return found

    def story(self, *said: str | float) -> Play:
        """Phrases, and seconds to wait in between."""
        for each in said:
            if isinstance(each, str):
                self.hear(each)
            else:
                self.wait(each)
        return self

    def work(self, step: str) -> Play:
        """Answer what is asked as one would who is well, go to that step, and let its clock start."""
        while isinstance(self.session.phase, Asking | Preparing):
            match self.session.phase:
                case Asking(questions=questions, index=index):
                    self.hear("no" if questions[index].no is Outcome.GO_ON else "yes")
                case _:
                    self.hear("ready")
        number = next(n for n, each in enumerate(self.routine.steps, start=1) if each.id == step)
        self.happen(Heard(Command.GO_TO, f"step {number}", "command", number))
        for _ in range(1000):
            if any(isinstance(effect, Note) and effect.data.get("cue") == "start" for effect in self.wait(0.5)):
                return self
        raise AssertionError(f"{step} never begins")

    @property
    def said(self) -> str:
        """What the last event made the coach say."""
        return " ".join(line for effect in self.effects if isinstance(effect, Say) for line in effect.lines)

    def _coming(self, until: float) -> Iterator[tuple[float, Event]]:
        for _ in range(10_000):
            if over(self.session, self.now):
                return
            wanted = due(self.session)
            if self._spoken and (wanted is None or self._spoken[0] <= wanted):
                coming: tuple[float, Event] = self._spoken
            elif wanted is not None:
                coming = (wanted, Tick())
            else:
                return
            if coming[0] > until:
                return
            if coming is self._spoken:
                self._spoken = None
            yield coming
        raise AssertionError("time stands still")

    def _notice(self, effects: tuple[Effect, ...]) -> None:
        self.effects = list(effects)
        for effect in effects:
            match effect:
                case Say(number=number):
                    self._spoken = (self.now + SPEAKING, Spoken(number))
                case Hush():
                    self._spoken = None
