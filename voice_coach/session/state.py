"""What the session knows: phases, and the session itself. All frozen; times are seconds from the start."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

from voice_coach.routine.body import Area, Side
from voice_coach.routine.model import Question, Routine, Rung, Step, Wait
from voice_coach.session.events import Effect, Heard, Say

TAKEN_BACK = ("stopped", "declined")
"""The ends that one misheard word can bring about; "continue" takes them back."""
TAKE_BACK = 60.0
"""Seconds in which the last command can be undone, and an end by voice taken back."""
UNDONE = 8
"""Commands that can be undone, one after another; a session of hours keeps no more."""
EASE = 10.0
"""Seconds of stroking for each level of pressure on the way to a strong step."""


@dataclass(frozen=True)
class Asking:
    """A chain of yes/no questions: before the start, or after a report."""

    questions: tuple[Question, ...]
    then: Phase
    index: int = 0
    misses: int = 0
    since: float | None = None
    """When the answer window opened; None while the question is being spoken."""


@dataclass(frozen=True)
class Preparing:
    """Getting things ready, one by one."""

    index: int = 0
    since: float | None = None
    reminded: bool = False


@dataclass(frozen=True)
class Doing:
    """Hands on: one turn, or a gentler rung of its ladder."""

    turn: int
    length: float
    """Seconds this turn takes in all."""
    rung: int = 0
    """0 is the step itself, n the n-th rung of its ladder."""
    done: float = 0.0
    """Seconds already done when *since* began."""
    since: float | None = None
    """When the clock last started; None while it stands."""
    cued: frozenset[str] = frozenset()
    """Cues already given."""
    asked: float | None = None
    """Seconds that were done when comfort was asked for; None when that is answered."""
    ease: float = 0.0
    """Seconds of easing in that were still to come when *since* began; the work comes after them."""

    @property
    def ease_after(self) -> float:
        """What is to come of the easing when its present level is over, seconds."""
        return EASE * max(0, math.ceil(self.ease / EASE) - 1)

    def elapsed(self, now: float) -> float:
        """Seconds of this turn that are done."""
        if self.since is None or self.ease:
            return self.done
        return min(self.length, self.done + max(0.0, now - self.since))

    def frozen(self, now: float) -> Doing:
        """The same turn with its clock standing still."""
        eased = 0.0 if self.since is None else max(0.0, now - self.since)
        ease = max(0.0, round(self.ease - eased, 3))
        return replace(self, done=self.elapsed(now), ease=ease, since=None, asked=None)


@dataclass(frozen=True)
class Changing:
    """The pause to change hands before the other side."""

    turn: int
    """The turn that follows."""
    rung: int = 0
    """The rung the side before was on."""
    since: float | None = None


@dataclass(frozen=True)
class Waiting:
    """Nothing left to do before what runs beside the turns is over."""

    turn: int
    """The turn that follows."""
    since: float | None = None
    told: bool = False
    """Whether the time that is left was told."""


@dataclass(frozen=True)
class Offering:
    """Hands let go after a report; waits for a yes before anything goes on."""

    turn: int
    """The turn that was too strong."""
    rung: int | None
    """The gentler rung offered; None when the area was left out."""
    left: float = 0.0
    """Seconds that were left of the turn."""
    since: float | None = None
    reminded: bool = False


@dataclass(frozen=True)
class Paused:
    """Everything stands still, and what is left is kept."""

    phase: Phase


@dataclass(frozen=True)
class Closing:
    """The last words are being spoken."""


@dataclass(frozen=True)
class Ended:
    """Over; an end by voice can be taken back for a while."""

    reason: str
    since: float
    said: tuple[str, ...] = ()
    """The last words."""


Phase: TypeAlias = Asking | Preparing | Doing | Changing | Waiting | Offering | Paused | Closing | Ended
PHASES: tuple[type[Phase], ...] = (Asking, Preparing, Doing, Changing, Waiting, Offering, Paused, Closing, Ended)
BY_THEMSELVES = (Doing, Changing, Waiting, Closing)
"""The phases that need no answer: the coach may sleep through them."""


@dataclass(frozen=True)
class Report:
    """One report of discomfort."""

    at: float
    area: Area | None
    pressure: int = 0
    """What was too strong there."""


@dataclass(frozen=True)
class LeftOut:
    """An area that is not touched in this session."""

    area: Area
    why: str
    """"pain" or "asked"."""


@dataclass(frozen=True)
class Turn:
    """One step on one side."""

    index: int
    """Of the step in the routine, from 0."""
    step: Step
    side: Side

    @property
    def area(self) -> Area:
        """Where the hands are."""
        return Area(self.step.region, self.side)

    def rung(self, number: int) -> Step | Rung:
        """The step itself (0) or the *number*-th gentler way."""
        return self.step.ladder[number - 1] if number else self.step


def turns(routine: Routine) -> tuple[Turn, ...]:
    """The routine's steps, side by side: left before right."""
    return tuple(
        Turn(index, step, side)
        for index, step in enumerate(routine.steps)
        for side in ((Side.LEFT, Side.RIGHT) if step.sides is Side.EACH else (step.sides,))
    )


@dataclass(frozen=True)
class Beside:
    """What runs beside the turns, on the real clock: a pause does not keep a bath warm."""

    turn: int
    """The turn that started it."""
    since: float
    length: float
    """Seconds until it is over."""
    told: int = 0
    """1 when it was told that it is over, 2 when that it must end."""


@dataclass(frozen=True)
class Session:
    """One person's way through one routine."""

    routine: Routine
    turns: tuple[Turn, ...]
    phase: Phase
    says: int = 0
    """How many Says there have been; the number of the last one."""
    saying: bool = False
    """Whether the last Say is still in the loudspeaker."""
    said: Say | None = None
    """The last Say."""
    doubted: float | None = None
    """Since when a safety word is suspected: all is silent until it is heard or withdrawn, or DOUBT has passed."""
    cut: bool = False
    """Whether the last Say was hushed for that, and is said again if the suspicion is withdrawn."""
    hushed: int = 0
    """How often that happened in a row, without a Say that was finished or a command that was heard."""
    reports: tuple[Report, ...] = ()
    answers: frozenset[tuple[str, bool]] = frozenset()
    """The questions answered, by name, and whether with yes."""
    fitted_from: Routine | None = None
    """The routine before answers fitted it; None while nothing was left out."""
    instead: Routine | None = None
    """What was asked for now, where a session of another form may be taken up; "no" begins it."""
    left_out: frozenset[LeftOut] = frozenset()
    beside: Beside | None = None
    volume: float = 0.0
    """Decibels relative to the normal loudness."""
    pace: float = 1.0
    """Factor on every tempo."""
    level: int = 0
    """The pressure hands worked with last; 0 before they begin, and after they were told to let go."""
    worked_at: float = 0.0
    """When hands were last seen to work."""
    longer: tuple[int, ...] = ()
    """The steps that were given half a minute more, once for each."""
    asleep: bool = False
    """Whether ordinary commands are ignored, because people talk to each other."""
    heard: Heard | None = None
    """The last command, save the one that asks for it."""
    heard_before: Heard | None = None
    """The last command of the session that this one goes on with."""
    undo: tuple[tuple[Session, float], ...] = ()
    """What the last commands changed, frozen, and when; the latest first, UNDONE at most."""

    @property
    def whole(self) -> Routine:
        """The routine as it was asked for."""
        return self.fitted_from or self.routine

    def leaves_out(self, area: Area) -> bool:
        """Whether *area* is not to be touched."""
        return any(out.area.overlaps(area) for out in self.left_out)

    @property
    def wait(self) -> Wait | None:
        """What runs beside the turns."""
        return self.turns[self.beside.turn].step.starts if self.beside else None


Result: TypeAlias = tuple[Session, tuple[Effect, ...]]


def freeze(phase: Phase, now: float) -> Phase:
    """The same phase with its clock standing still."""
    match phase:
        case Doing():
            return phase.frozen(now)
        case Waiting():
            return replace(phase, since=None, told=False)
        case Asking() | Preparing() | Changing() | Offering():
            return replace(phase, since=None)
        case _:
            return phase


def touched(session: Session, phase: Phase) -> Area | None:
    """Where the hands are, or just were."""
    match phase:
        case Doing(turn=turn):
            return session.turns[turn].area
        case Waiting():
            return session.turns[session.beside.turn].area if session.beside else None
        case Changing(turn=turn):
            done, coming = session.turns[turn - 1].area, session.turns[turn].area
            return coming if session.leaves_out(done) else done
        case Offering(turn=turn, rung=rung):
            return session.turns[turn].area if rung is not None else None
        case Asking(then=Paused()):
            return None  # coming back to it: no hands are on yet
        case Asking(then=phase) | Paused(phase=phase):
            return touched(session, phase)
        case _:
            return None
