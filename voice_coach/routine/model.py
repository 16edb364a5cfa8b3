"""The content model: what a routine file may hold.

Pressure is 0 rest, 1 stroking, 2 light, 3 medium, 4 firm. Durations are seconds, tempos a minute.
Techniques and questions that many routines share are looked up by name in the library, which is
the context of validation: a routine that was loaded is complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationInfo, WithJsonSchema, model_validator

from voice_coach.routine.body import Side
from voice_coach.routine.body_map import Spot
from voice_coach.routine.fields import Alias, Model, Name, Pressure, Region, Seconds, Spoken, Tempo, When
from voice_coach.routine.spelling import suggest

PRESSURES = ("rest", "stroking", "light", "medium", "firm")
"""What each pressure level is called aloud."""
TO_ANSWER = 10.0
"""Seconds in which a check-in wants its answer."""


class Rung(Model):
    """One gentler way out of a step: strictly lower in pressure than what came before it."""

    title: Spoken
    """What is offered, as it fits into "something gentler: ..."."""
    pressure: Annotated[int, Field(strict=True, ge=0, le=3)]
    instruction: Spoken
    seconds: Seconds | None = None
    """None: whatever is left of the step."""
    tempo: Tempo | None = None


class Technique(Model):
    """A way of using the hands (or of moving, or of resting), with its limits."""

    name: Name
    title: Spoken
    kind: Literal["stroking", "rubbing", "kneading", "percussion", "vibration", "pressing", "moving", "resting"]
    """What the safety rules look at."""
    fastest: Tempo | None = None
    """Strokes, circles or blows a minute that are never exceeded."""
    extendable: bool = True
    """Whether "more time" may lengthen it."""
    gentler: tuple[Rung, ...] = ()
    """The ladder used where a step has none of its own."""


class Outcome(StrEnum):
    """What an answer leads to."""

    GO_ON = "go_on"
    DECLINE = "decline"
    """This routine is not for today; says why."""
    DOCTOR = "doctor"
    """Only with a doctor's agreement, which is asked for."""
    LEAVE_OUT = "leave_out"
    """The question's regions are left out."""
    EASE = "ease"
    """The question's regions get light strokes at most; everything else there is left out."""
    RED_FLAG = "red_flag"
    """The session ends with the advice to get medical help."""


# fmt: off
Topic = Literal[
    "fever", "flare-up", "skin", "heart", "fungus", "open-fracture", "cancer", "pregnancy", "osteoporosis",
    "diabetes", "small-joints", "varicose-veins", "knee", "calf-strain", "agreement", "days",
]
# fmt: on
"""What a question is about, for the safety rules that want it asked."""


class Question(Model):
    """A question answered yes or no."""

    name: Name
    ask: Spoken
    yes: Outcome = Outcome.GO_ON
    no: Outcome = Outcome.GO_ON
    because: Spoken | None = None
    """One sentence said when the answer declines or leaves something out."""
    regions: tuple[Region, ...] = ()
    topics: tuple[Topic, ...] = ()
    """What it asks about; a safety rule that wants the question finds it by this."""
    again: Spoken | None = None
    """What is asked instead when it was answered with no not long ago: only about that part which can change."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        outcomes = {self.yes, self.no}
        if outcomes & {Outcome.DECLINE, Outcome.DOCTOR} and not self.because:
            raise ValueError(f"question {self.name!r} can decline, so it needs a sentence under 'because'")
        if bool(outcomes & {Outcome.LEAVE_OUT, Outcome.EASE}) != bool(self.regions):
            raise ValueError(f"question {self.name!r} needs 'regions' exactly when an answer is leave_out or ease")
        return self


class Option(Model):
    """Something to choose before the start."""

    name: Name
    ask: Spoken
    choices: Annotated[dict[Name, Spoken], Field(min_length=2, max_length=8)]
    """Each choice, and what it is called aloud; the first is taken where nobody chooses."""
    asked: bool = True
    """Whether it is asked by voice; otherwise it is chosen by `--option`, or named unasked."""


Whom = Literal["giver", "receiver"]
"""Whom a sentence concerns where there are two people: the one who massages, or the one who is massaged."""


class Preparation(Model):
    """One thing to get ready."""

    say: Spoken
    gate: bool = False
    """Waits for "ready"; otherwise goes on by itself after *seconds*."""
    seconds: Seconds = 4.0
    when: When = Field(default_factory=dict)
    """Only with these choices."""
    whom: Whom = "giver"


class AuthoredCue(Model):
    """Something the author wants said on the way."""

    at: Literal["half"] | Seconds
    """"half", or seconds from the start of the step."""
    say: Spoken
    whom: Whom | None = None
    """None for whom the step concerns."""


class Farewell(Model):
    """One sentence of the closing; in a file the sentence alone will do."""

    say: Spoken
    whom: Whom = "giver"


def _farewell(value: object) -> object:
    return {"say": value} if isinstance(value, str) else value


class Wait(Model):
    """A time that runs on beside the steps, such as a bath's, from when its step begins."""

    name: Name
    title: Spoken
    """As it fits into "the time of ... is over"."""
    length: Seconds
    longest: Seconds
    """Seconds after which *out* is said, whatever goes on."""
    out: Spoken
    """How it ends: said then, after a report, and when the session ends."""

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.longest < self.length:
            raise ValueError(f"this wait takes {self.length:g} s, so its 'longest' cannot be {self.longest:g} s")
        return self


def _look_up(kind: str) -> BeforeValidator:
    """A name stands for the library's entry of that name."""

    def find(value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str):
            return value
        entries = (info.context or {}).get(kind, {})
        if value not in entries:
            raise ValueError(f"{value!r} is not among the {kind}; {suggest(value, entries)}")
        return entries[value]

    return BeforeValidator(find)


class Step(Model):
    """One technique on one region, for a time or a number of repetitions."""

    id: Name
    title: Spoken
    """Short: it is said before the instruction, with the side after it."""
    technique: Annotated[Technique, _look_up("techniques"), WithJsonSchema({"type": "string"})]
    region: Region
    sides: Side = Side.NONE
    start: Annotated[Region | None, Field(alias="from")] = None
    """Where a stroke begins, with *end* its direction."""
    end: Annotated[Region | None, Field(alias="to")] = None
    duration: Seconds | None = None
    """Seconds a side."""
    repetitions: Annotated[int, Field(strict=True, ge=1, le=200)] | None = None
    """A side, at the step's tempo."""
    tempo: Tempo | None = None
    pressure: Pressure
    """Of the hands; the effort, where the technique is moving."""
    seconds_per_point: Seconds | None = None
    """How long one point is pressed at most."""
    instruction: Spoken
    cues: tuple[AuthoredCue, ...] = ()
    check_ins: tuple[Seconds, ...] = ()
    """Seconds from the start of the step at which the coach asks whether it is still comfortable."""
    starts: Wait | None = None
    """What runs on beside the steps that follow."""
    when: When = Field(default_factory=dict)
    """Only with these choices."""
    whom: Whom = "giver"
    waits_for: Name | None = None
    """The wait that is over before this step begins."""
    gentler: tuple[Rung, ...] | None = None
    """The step's own ladder, or None for its technique's."""

    @model_validator(mode="after")
    def _timed(self) -> Self:
        if (self.duration is None) == (self.repetitions is None):
            raise ValueError("this step needs either 'duration' or 'repetitions'")
        if self.repetitions and not self.tempo:
            raise ValueError("this step has repetitions, so it needs a 'tempo' a minute to time them")
        if (self.start is None) != (self.end is None):
            raise ValueError("this step needs 'from' and 'to' together")
        for cue in self.cues:
            if cue.at != "half" and cue.at >= self.seconds:
                raise ValueError(f"this step lasts {self.seconds:g} s, so a cue at {cue.at:g} s is never said")
        return self

    @cached_property
    def seconds(self) -> float:
        """How long one side takes."""
        if self.duration is not None:
            return self.duration
        return (self.repetitions or 0) * 60 / (self.tempo or 60)

    @cached_property
    def ladder(self) -> tuple[Rung, ...]:
        """The gentler ways out, each strictly lower in pressure; then only leaving the area is left."""
        if self.gentler is not None:
            return self.gentler
        return tuple(rung for rung in self.technique.gentler if rung.pressure < self.pressure)


class Routine(Model):
    """Everything that is guided in one session."""

    version: Literal[1]
    id: Name
    title: Spoken
    aliases: Annotated[tuple[Alias, ...], Field(max_length=12)] = ()
    """What people also call it, such as "foot massage"; several routines may share one."""
    about: Annotated[str, Field(max_length=300)]
    people: Annotated[tuple[Literal["alone", "caregiver"], ...], Field(min_length=1)]
    options: tuple[Option, ...] = ()
    questions: tuple[
        Annotated[
            Question,
            _look_up("questions"),
            WithJsonSchema({"type": ["string", "object"]}),
        ],
        ...,
    ] = ()
    red_flags: tuple[Annotated[Question, _look_up("questions"), WithJsonSchema({"type": "string"})], ...] = ()
    """Asked one by one after every report."""
    preparation: tuple[Preparation, ...] = ()
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=60)]
    closing: Annotated[
        tuple[Annotated[Farewell, BeforeValidator(_farewell)], ...],
        Field(min_length=1, max_length=8),
    ]

    @property
    def for_two(self) -> bool:
        """Whether one person massages another."""
        return set(self.people) == {"caregiver"}

    _whole: Routine | None = PrivateAttr(default=None)
    _choices: tuple[tuple[str, str], ...] = PrivateAttr(default=())
    _spared: tuple[Spot, ...] = PrivateAttr(default=())

    @property
    def whole(self) -> Routine:
        """The routine of the file, with the steps of every choice."""
        return self._whole or self

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What was chosen to make this form of the whole: option, choice."""
        return self._choices

    @property
    def spared(self) -> tuple[Spot, ...]:
        """What it was fitted to before it began."""
        return self._spared

    def remember(self, whole: Routine, choices: Mapping[str, str]) -> None:
        """Keep *whole*, of which this is the form with *choices*."""
        self._whole, self._choices = whole, tuple(sorted(choices.items()))

    def spare(self, spots: Iterable[Spot]) -> None:
        """Keep what this was fitted to."""
        self._spared = tuple(dict.fromkeys((*self._spared, *spots)))

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [step.id for step in self.steps]
        for index, name in enumerate(ids, start=1):
            if name in ids[: index - 1]:
                raise ValueError(f"step {index} is called {name!r} like an earlier one; give it another id")
        return self

    @property
    def seconds(self) -> float:
        """How long all steps take, with what is waited for, without what is said between them."""
        return through((step, step.seconds * (2 if step.sides is Side.EACH else 1)) for step in self.steps)


def through(steps: Iterable[tuple[Step, float]], waiting: Mapping[str, float] = MappingProxyType({})) -> float:
    """Seconds that *steps* take one after another, each with its own time, where *waiting* (name -> seconds) runs."""
    over, now = dict(waiting), 0.0
    for step, seconds in steps:
        if step.waits_for:
            now = max(now, over.pop(step.waits_for, 0.0))
        if step.starts:
            over.setdefault(step.starts.name, now + step.starts.length)
        now += seconds
    return now
