"""People who say anything at any time, and a watch over what the coach then does.

What is judged is what the coach tells and does (its effects), by rules told here once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from random import Random

from tests.session.playing import Play
from voice_coach.commands import Command
from voice_coach.routine.body import REGIONS, Area, Side, within
from voice_coach.routine.model import Outcome, Routine, Step
from voice_coach.session.comfort import ANSWERS, is_open
from voice_coach.session.events import Effect, Event, Heard, Hush, Lost, Note, Returned, Spoken, Suspected, Tempo, Tick
from voice_coach.session.events import Withdrawn as FalseAlarm
from voice_coach.session.obey import HEARD_ASLEEP
from voice_coach.session.session import over
from voice_coach.session.state import (
    BY_THEMSELVES,
    EASE,
    Asking,
    Changing,
    Closing,
    Doing,
    Ended,
    Offering,
    Paused,
    Preparing,
    Waiting,
)

CHOOSES = {Command.GO_TO, Command.BACK, Command.START_OVER, Command.UNDO}
"""With these somebody goes back to a step of their own accord, however it was before."""
COMES_BACK = {Command.UNDO, Command.CONTINUE, Command.READY, Command.YES}
"""With these somebody may come back into the middle of a step."""
LIMITS = {"rubbing": 100.0, "kneading": 60.0}
LONGEST = 5_000
"""Events after which a session counts as one that never ends."""

Place = tuple[str, Side]


@cache
def places(area: Area) -> frozenset[Place]:
    """The smallest places of an area, each on its sides."""
    inside = [region for region in REGIONS if within(region, area.region)]
    smallest = [one for one in inside if not any(other != one and within(other, one) for other in inside)]
    sides = (area.side,) if area.side in (Side.LEFT, Side.RIGHT) else (Side.LEFT, Side.RIGHT)
    return frozenset((one, side) for one in smallest for side in sides)


@dataclass
class Watched(Play):
    """A session that fails as soon as something happens in it that never may."""

    seen: Counter[str] = field(default_factory=Counter)
    """How often there was something to judge."""
    _hurt: tuple[str, str, int] | None = None
    """Step, side and pressure of the last report, until hands are on again."""
    _reported: list[Area] = field(default_factory=list)
    _work: tuple[str, str, int] = ("", "", 0)
    """Step, side and rung that were told last."""
    _alone: bool = False
    """Whether nothing has intervened since the step was told."""
    _since: float = 0.0
    _pressed: int = 0
    """The pressure of the hands when they were on last; 0 after they were told to let go."""
    _spans: dict[tuple[str, float], dict[str, float]] = field(default_factory=dict)

    def happen(self, event: Event) -> list[Effect]:
        """An event, judged."""
        before = self.session
        effects = super().happen(event)
        self.seen["events"] += 1
        assert self.seen["events"] < LONGEST, "this session never ends"
        obeyed = HEARD_ASLEEP | ANSWERS if is_open(before.phase) else HEARD_ASLEEP
        if isinstance(event, Heard) and before.asleep and event.command not in obeyed:
            assert not effects, f"{event.command} is obeyed by a coach that sleeps"
            self.seen["slept through"] += 1
        elif isinstance(event, Heard):
            assert effects, f"{event.command} gets no answer in {before.phase}"
            self._obeyed(event, effects)
        if not isinstance(event, Spoken | Tick):
            self._alone = False
        for effect in effects:
            match effect:
                case Tempo(per_minute=per_minute) if per_minute:
                    self._keeps_to_the_tempo(per_minute)
                case Note(event="pain", data=data):
                    self._reports(dict(data))
                case Note(event="step", data=data):
                    self._begins(dict(data))
                    self._alone = not (isinstance(event, Heard) and event.command in COMES_BACK)
                case Note(event="cue", data=data):
                    self._times(str(data["cue"]))
        self._touches_nothing_left_out()
        self._rises_by_one_level()
        self._nobody_is_forgotten_in_a_bath()
        return effects

    def step(self, name: str) -> Step:
        """The step of that id."""
        return next(step for step in self.routine.steps if step.id == name)

    def _obeyed(self, heard: Heard, effects: list[Effect]) -> None:
        self.seen[heard.command.value] += 1
        if heard.command in (Command.STOP, Command.PAIN):
            assert effects[0] == Hush(), f"{heard.command} is answered by {effects[0]} first"
            assert not any(isinstance(effect, Tempo) and effect.per_minute for effect in effects)
            hands_off = Ended if heard.command is Command.STOP else (Ended, Paused, Offering, Asking)
            assert isinstance(self.session.phase, hands_off)
        if heard.command in CHOOSES:
            self._hurt = None
        if heard.command is Command.UNDO:
            self._reported = [report.area for report in self.session.reports if report.area]

    def _keeps_to_the_tempo(self, per_minute: float) -> None:
        assert isinstance(self.session.phase, Doing)
        technique = self.session.turns[self.session.phase.turn].step.technique
        limit = min(technique.fastest or 999.0, LIMITS.get(technique.kind, 999.0))
        assert per_minute <= limit + 1e-9, f"{technique.name} at {per_minute}"
        self.seen["tempos"] += 1

    def _touches_nothing_left_out(self) -> None:
        """Neither now nor after the change of sides."""
        phase = self.session.phase
        if isinstance(phase, Doing | Changing):
            hands = self.session.turns[phase.turn].area
            for out in self.session.left_out:
                self.seen["left out"] += 1
                assert not places(hands) & places(out.area), f"{hands} is touched, though {out.area} is left out"
        if isinstance(phase, Doing):
            step = self.session.turns[phase.turn].step
            if phase.rung == 0 and not step.technique.extendable and not step.repetitions:
                assert phase.length <= step.seconds, f"{step.id} is lengthened"

    def _rises_by_one_level(self) -> None:
        """Whatever was skipped: hands never press more than one level harder than they did last, from nothing on."""
        phase = self.session.phase
        if not isinstance(phase, Doing) or phase.since is None:
            return
        step = self.session.turns[phase.turn].step
        if step.technique.kind in ("moving", "resting"):
            return
        asked = step.ladder[phase.rung - 1].pressure if phase.rung else step.pressure
        easing = -(-phase.ease // EASE)
        pressure = round(asked - easing)
        assert pressure <= self._pressed + 1, f"{step.id}: from {self._pressed} to {pressure}"
        self.seen["eased"] += easing > 0
        self._pressed = pressure

    def _nobody_is_forgotten_in_a_bath(self) -> None:
        """Its longest time is told, questions apart; nobody works where it is; with the session it is over."""
        beside, wait, phase = self.session.beside, self.session.wait, self.session.phase
        self.seen["waited for"] += isinstance(phase, Waiting)
        if beside is None or wait is None:
            return
        self.seen["a bath"] += 1
        assert not isinstance(phase, Ended | Closing)
        if not isinstance(phase, Asking) and self.now > beside.since + wait.longest + 30:
            self.seen["a bath at its longest"] += 1
            assert beside.told == 2, f"{wait.name} lasts for {self.now - beside.since:g} s, and nobody says so"
        if isinstance(phase, Doing) and phase.turn != beside.turn:
            step = self.session.turns[phase.turn].step
            wet = self.session.turns[beside.turn].area
            dry = step.technique.kind == "resting" or not places(self.session.turns[phase.turn].area) & places(wet)
            assert dry, f"{step.id} works in the bath"

    def _reports(self, told: dict[str, object]) -> None:
        phase = self.session.phase
        self._pressed = 0
        assert len(self.session.reports) < 3 or isinstance(phase, Ended)
        if "step" not in told:
            return
        step, side = self.step(str(told["step"])), str(told["side"])
        rung = int(str(told["rung"]))
        self._hurt = step.id, side, step.ladder[rung - 1].pressure if rung else step.pressure
        area = Area(step.region, Side(side))
        again = any(places(area) & places(earlier) for earlier in self._reported)
        if again and not isinstance(phase, Ended) and len(self.session.reports) > len(self._reported):
            assert self.session.leaves_out(area), f"a second report, and {area} is not left out"
            self.seen["left out after two reports"] += 1
        self._reported = [report.area for report in self.session.reports if report.area]

    def _begins(self, told: dict[str, object]) -> None:
        name, side, rung = str(told["id"]), str(told["side"]), int(str(told["rung"]))
        step = self.step(name)
        pressure = step.ladder[rung - 1].pressure if rung else step.pressure
        if rung:
            above = step.ladder[rung - 2].pressure if rung > 1 else step.pressure
            assert pressure < above, f"{name}: rung {rung} is not gentler"
        if self._hurt and self._hurt[:2] == (name, side):
            assert pressure < self._hurt[2], f"{name} goes on with {pressure} after a report at {self._hurt[2]}"
            self.seen["gentler after a report"] += 1
        self._hurt = None
        self._work = name, side, rung

    def _times(self, cue: str) -> None:
        if cue == "start":
            self._since = self.now
        elif cue == "end":
            name, side, rung = self._work
            if self._alone and not rung:
                spans = self._spans.setdefault((name, self.session.pace), {})
                spans[side] = self.now - self._since
                if len(spans) == 2:
                    self.seen["two sides"] += 1
                    assert max(spans.values()) - min(spans.values()) < 1e-6, f"{name}: {spans}"


WAITS = (0.0, 0.3, 1.0, 2.0, 2.5, 5.0, 9.0, 20.0, 45.0)
RARE = {Command.STOP: 0.1, Command.RED_FLAG: 0.05, Command.START_OVER: 0.3, Command.PAIN: 1.5}
WEIGHTS = [RARE.get(command, 1.0) for command in Command]


def wander(routine: Routine, seed: int, answers: Mapping[str, bool] | None = None) -> Watched:
    """A whole session in which somebody says anything, and in the end only what is asked for; it has ended.

    With *answers*, by the questions' names, they are given first.
    """
    random = Random(f"{routine.id} {seed}")
    played = Watched(routine)
    while answers is not None and isinstance(asking := played.session.phase, Asking):
        question = asking.questions[asking.index]
        played.hear("yes" if answers.get(question.name, question.no is not Outcome.GO_ON) else "no")
    willing = random.choice((0.5, 0.8, 0.95))
    for _ in range(random.choice((5, 20, 50, 100))):
        if over(played.session, played.now):
            break
        if not willing_answer(played) or random.random() > willing:
            played.wait(random.choice(WAITS))
            happen_at_random(played, random)
        else:
            answer(played)
    while not over(played.session, played.now):
        answer(played)
    return played


def happen_at_random(played: Watched, random: Random) -> None:
    """Anything people say, and now and then a false alarm or a part that fails."""
    kind = random.random()
    if kind < 0.05:
        played.happen(Suspected(Command.PAIN, "ow"))
        played.wait(random.choice((0.1, 0.3)))
        played.happen(FalseAlarm())
    elif kind < 0.08:
        part = random.choice(("microphone", "loudspeaker", "voice", "recogniser", "computer"))
        played.happen(random.choice((Lost(part, "It is gone."), Returned(part))))
    elif kind < 0.1:
        played.happen(Heard(Command.PAUSE, "pause"))
        played.wait(1000.0)  # as when the telephone rings; no bath lasts that long
    else:
        command = random.choices(list(Command), WEIGHTS)[0]
        number = random.randint(1, len(played.routine.steps) + 1) if command is Command.GO_TO else None
        played.happen(Heard(command, command.value, "command", number))


def willing_answer(played: Watched) -> str | None:
    """What the present phase asks for, or None where only time is wanted."""
    if played.session.asleep and not isinstance(played.session.phase, BY_THEMSELVES):
        return "wake up"
    match played.session.phase:
        case Asking(questions=questions, index=index):
            return "no" if questions[index].no is Outcome.GO_ON else "yes"
        case Preparing(index=index) if played.routine.preparation[index].gate:
            return "ready"
        case Paused():
            return "continue"
        case Doing(asked=float()):
            return "yes"
        case Offering():
            return "yes"
    return None


def answer(played: Watched) -> None:
    """Say what is asked for, or let time pass."""
    if said := willing_answer(played):
        played.wait(2.0)
        said = willing_answer(played)
    if said:
        played.hear(said)
    else:
        played.wait(60.0)
