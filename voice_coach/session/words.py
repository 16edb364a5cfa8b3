"""Every fixed sentence the coach can say, in one place.

None holds a safety word (the coach would hear itself), save TEACH (and TEACH_TWO), the one that teaches them;
and none is a command by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from voice_coach.commands import Command
from voice_coach.routine.body import Area, Side
from voice_coach.routine.model import PRESSURES, Outcome, Question, Routine, Rung, Wait, Whom
from voice_coach.routine.tailor import Tailored, and_more, fittings, spots
from voice_coach.session.events import Heard
from voice_coach.session.state import (
    Asking,
    Changing,
    Closing,
    Doing,
    Offering,
    Paused,
    Phase,
    Preparing,
    Session,
    Turn,
    Waiting,
    turns,
)

TEACH = "Say stop to end, or pain to ease off, at any time."
"""The one sentence that holds safety words."""
TEACH_TWO = "Either of you can say stop to end, or pain to ease off, at any time."
"""The same for two people."""
ANSWERS_RECEIVER = "The questions are for the one who is massaged."
FOR_RECEIVER = "For the one who is massaged."
"""Said before what concerns the one who is massaged; all else is for the hands."""

ASK_AGAIN = "I am listening."
YES_OR_NO = "Please answer yes or no."
NEED_ANSWER = "I need a yes or a no here."
SAY_READY = "Say ready when that is done."
STILL_READY = "I wait until you say ready."
THIS_FIRST = "First this."
THIS_MATTERS = "This one matters."
BEGIN = "Begin now."
HALF = "Half the time is over."
TEN = "Ten seconds left."
TIME = "That is the time."
TAKE_TIME = "Take your time."
LONGER = "Half a minute more."
NO_LONGER = "This one stays as it is."
FIRST_STEP = "This is the first one."
GENTLEST = "This is the gentlest I have. Say skip to leave it out."
NO_BEAT = "This step has no beat."
BEAT_LIMIT = "That is the limit of the beat here."
LET_GO = "Let go."
LOOSE = "Hands off. I have heard you."
NOTED = "I have noted that. Rest, and say continue when you feel fine."
SAY_GENTLER = "Say yes to try it, or skip to leave it out."
SAY_ON = "Say ready to go on."
PAUSED = "Paused. Say continue when you like."
VOICE_LOST = "I may be hard to hear now. Read along on the screen, and say continue when you like."
COMPUTER_SLEPT = "The computer was asleep for a while. Say continue when you like."
RESUMED = "On we go."
TAKEN_BACK = "Taken back."
NOTHING_TO_UNDO = "There is nothing to take back."
ENDED = "We end here. Say continue within a minute to take that back."
ADVICE = "We end here for today. Rest, and ask your doctor or therapist before the next time."
RED_FLAG_ADVICE = "We end here. This needs a doctor now. Please call for medical help."
DECLINED = "So this routine is not for today. Say undo within a minute if I misheard."
LEFT_OUT = "I leave that out."
AS_LAST_TIME = "Some answers I know from last time."
TOO_LITTLE = "That leaves too little of it. Choose another one, or rest today."
HEARING_LOST = "I cannot hear you any more. Use the keys, or check the microphone."
HEARING_BACK = "I can hear you again. Say continue when you like."
FROM_THE_START = "From the beginning then."
SHALL_WE = "Shall we go on there?"
SETTLE = "Get ready again, as you were."
HEARD_NOTHING = "I have heard nothing yet."
HEARD_DISCOMFORT = "I heard discomfort."
HEARD_ENDING = "I heard the word for ending."
HEARD_WARNING = "I heard a warning sign."
EASE_SOFT = "First ease in, with soft strokes there."
EASE_LIGHT = "First ease in, with light strokes there."
EASE_MEDIUM = "First ease in, with strokes of medium pressure there."
MORE_PRESSURE = "A little more pressure now."
SOFT_END = "Let the strokes grow softer, and let go."
GENTLER_HERE = "More gently this time."
SAME_SIDES = "Both sides get the same time."
WATCH = "If anything is numb, cold, blue or swelling, call for medical help."
COMFORTABLE = "Still comfortable?"
NO_SIGN = "I heard no answer. Hands off for now, and say continue when you like."
ASLEEP = "I listen for the safety words only. Say wake up when you need me."
AWAKE = "I am listening to everything again."
FAREWELL = "Goodbye."

DOCTOR = Question(
    name="doctor-agrees",
    ask="Has your doctor agreed to this massage?",
    no=Outcome.DECLINE,
    because="Please ask your doctor first.",
)
"""Asked after an answer that needs a doctor's agreement."""

REMEMBER = Question(name="remember", ask="Shall I remember these answers for next time?")
"""Asked at the end of the screening, where they can be."""

FIXED: tuple[str, ...] = tuple(value for name, value in globals().items() if name.isupper() and isinstance(value, str))
"""All sentences above."""

GO_ON_THERE = "go-on-there"
"""The name of the question that is asked first when a session can be taken up."""
MAY_CHANGE = frozenset({"fever", "skin", "days"})
"""The topics that are asked again when it is."""

_HELP: dict[type[Phase], str] = {
    Asking: "Here you can say yes, no, repeat or back.",
    Preparing: "Here you can say ready, repeat, back or pause.",
    Doing: "Here you can say next, back, repeat, softer, pause or how long.",
    Changing: "Here you can say ready, skip, back or pause.",
    Waiting: "Here you can say next, back, more time, pause or how long.",
    Offering: "Here you can say yes, skip, repeat or back.",
    Paused: "Here you can say continue, next, back or how long.",
    Closing: "Here you can say repeat or back.",
}


def help_lines(phase: Phase) -> tuple[str, ...]:
    """What can be said now, five things at most, and the safety words."""
    return (TEACH, _HELP[type(phase)]) if type(phase) in _HELP else (ENDED,)


def capital(text: str) -> str:
    """*text* with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def span(seconds: float) -> str:
    """A length of time as it is said: "40 seconds", "one and a half minutes", "10 minutes"."""
    if seconds < 58:
        return f"{max(5, round(seconds / 5) * 5)} seconds"
    halves = round(seconds / 30)
    if halves == 2:
        return "one minute"
    if halves == 3:
        return "one and a half minutes"
    return f"{round(seconds / 60)} minutes"


def welcome(routine: Routine) -> tuple[str, ...]:
    """The first words of a session."""
    if not routine.for_two:
        return (f"{capital(routine.title)}.", TEACH)
    return (f"{capital(routine.title)}.", TEACH_TWO, *([ANSWERS_RECEIVER] if routine.questions else []))


def comfortable(routine: Routine) -> tuple[str, ...]:
    """The check-in, for the one who is massaged."""
    return (*whom(routine, "receiver"), COMFORTABLE)


def whom(routine: Routine, to: Whom) -> tuple[str, ...]:
    """Whom the next sentence concerns, where that has to be said."""
    return (FOR_RECEIVER,) if routine.for_two and to == "receiver" else ()


def question(asking: Asking) -> tuple[str, ...]:
    """The open question; worded more plainly each time it went unanswered."""
    ask = asking.questions[asking.index].ask
    return ((ask,), (ASK_AGAIN, ask), (ask, YES_OR_NO))[min(asking.misses, 2)]


def may_change(question: Question) -> bool:
    """Whether the answer may be another one within a day, and would then forbid to go on."""
    return bool(MAY_CHANGE & set(question.topics)) and Outcome.DECLINE in (question.yes, question.no)


def go_on_there(session: Session) -> Question:
    """The question whether to take a session up at its place."""
    phase = session.phase.phase if isinstance(session.phase, Paused) else session.phase
    left = f", with {span(phase.length - phase.done)} left" if isinstance(phase, Doing) and phase.done else ""
    phase = phase.then if isinstance(phase, Asking) else phase
    turn = session.turns[phase.turn] if isinstance(phase, Doing | Changing | Waiting | Offering) else session.turns[0]
    return Question(
        name=GO_ON_THERE,
        ask=f"Last time you ended at step {turn.index + 1}, {turn.area}{left}. {SHALL_WE}",
    )


def item(routine: Routine, preparing: Preparing) -> tuple[str, ...]:
    """One thing to get ready."""
    entry = routine.preparation[preparing.index]
    return (*whom(routine, entry.whom), entry.say, *([SAY_READY] if entry.gate else []))


def introduction(routine: Routine, turn: Turn, rung: int) -> tuple[str, ...]:
    """A turn's name, time and pressure, and how to do it."""
    if rung:
        way = turn.rung(rung)
        return (f"{capital(way.title)}.", way.instruction)
    pressure = f", {PRESSURES[turn.step.pressure]} pressure" if turn.step.pressure > 1 else ""
    said = (*whom(routine, turn.step.whom), turn.step.instruction)
    return (*heading(routine, turn), f"{capital(span(turn.step.seconds))}{pressure}.", *said)


def heading(routine: Routine, turn: Turn) -> tuple[str, str]:
    """A turn's number, and its name and side."""
    side = (
        ""
        if turn.side is Side.NONE
        else f", {turn.side.value} sides"
        if turn.side is Side.BOTH
        else f", {turn.side.value} side"
    )
    return f"Step {turn.index + 1} of {len(routine.steps)}.", f"{capital(turn.step.title)}{side}."


def ease_in(level: int) -> str:
    """Said when the way to a strong step begins at that level."""
    return (EASE_SOFT, EASE_LIGHT, EASE_MEDIUM)[level - 1]


def gentler(rung: Rung) -> str:
    """What a gentler rung is announced with."""
    return f"Something gentler: {rung.title}."


def change(turn: Turn) -> str:
    """The cue to change hands."""
    return f"Change sides. Now the {turn.area}."


def rest_until(wait: Wait) -> str:
    """Said when all is done but what runs beside."""
    return f"Rest until {wait.title} is over."


def over(wait: Wait) -> str:
    """Said when the time of what runs beside is over."""
    return f"The time for {wait.title} is over."


def goes_on(wait: Wait) -> str:
    """Said in a pause, which holds the hands but not the time."""
    return f"{capital(wait.title)} goes on meanwhile."


def about(seconds: float) -> str:
    """How long a wait still is, in whole minutes, so that there are few such sentences."""
    minutes = round(seconds / 60)
    return "Less than a minute left." if not minutes else f"About {span(minutes * 60)} left."


def wait_left(wait: Wait, seconds: float) -> str:
    """The time left of what runs beside, for "how long"."""
    return f"{capital(wait.title)} takes {span(seconds)} more."


def time_left(turn: Turn, seconds: float) -> str:
    """Where we are when a turn goes on after a pause."""
    return f"{capital(str(turn.area))}, {span(seconds)} left."


def how_long(here: float, overall: float) -> str:
    """The answer to "how long"."""
    return f"About {span(here)} here, and {span(overall)} in all."


def in_all(overall: float) -> str:
    """The answer to "how long" where no turn is running."""
    return f"About {span(overall)} in all." if overall else "We are at the end."


def leave_out(area: Area) -> str:
    """Said when an area is left out of the rest of the session."""
    return f"I leave {area if area.side is Side.BOTH else f'the {area}'} out from now on."


def step_range(count: int) -> str:
    """The answer to a step number that does not exist."""
    return f"There are {count} steps here."


def step_left_out(index: int) -> str:
    """The answer to going to a step whose area is left out."""
    return f"Step {index + 1} is left out."


def what_heard(heard: Heard | None) -> str:
    """The answer to "what did you hear"; safety words are described, not said."""
    if heard is None:
        return HEARD_NOTHING
    described = {Command.PAIN: HEARD_DISCOMFORT, Command.STOP: HEARD_ENDING, Command.RED_FLAG: HEARD_WARNING}
    plainly = f"You pressed the {heard.phrase}." if heard.path == "key" else f"I heard: {heard.phrase}."
    return described.get(heard.command, plainly)


def as_last_time(routine: Routine, known: Mapping[str, bool]) -> tuple[str, ...]:
    """What is said of answers that are not asked for again: that there are some, and what they leave out."""
    told = (q for q in routine.questions if q.name in known and spots(routine, {q.name: known[q.name]}))
    because = [str(question.because) for question in told]
    return (AS_LAST_TIME, *because) if known else ()


def fitted(tailored: Tailored) -> tuple[str, ...]:
    """What answers have made of a routine, told before it is got ready."""
    routine = tailored.routine
    count = "One step is" if len(routine.steps) == 1 else f"{len(routine.steps)} steps are"
    left = f"{count} left, about {span(routine.seconds)}."
    return (and_more(tailored.more), left) if tailored.more else (left,)


def opening(routine: Routine, plan: tuple[Turn, ...], phase: Phase) -> tuple[str, ...]:
    """What a phase says on entering it, and again on "repeat"."""
    match phase:
        case Asking():
            return question(phase)
        case Preparing():
            return item(routine, phase)
        case Doing(done=0.0):
            return introduction(routine, plan[phase.turn], phase.rung)
        case Doing():
            return (time_left(plan[phase.turn], phase.length - phase.done),)
        case Changing():
            return (change(plan[phase.turn]),)
        case Waiting(turn=turn):
            name = plan[turn].step.waits_for
            return tuple(rest_until(wait) for wait in _waits(plan) if wait.name == name)
        case Offering(rung=None):
            return (SAY_ON,)
        case Offering(rung=int(rung)):
            offer = (gentler(plan[phase.turn].step.ladder[rung - 1]), SAY_GENTLER)
            return (*whom(routine, "receiver"), *offer)
        case Paused():
            return (PAUSED,)
        case Closing():
            return routine.closing
        case _:
            return (FAREWELL,)


def _waits(plan: tuple[Turn, ...]) -> tuple[Wait, ...]:
    """What runs beside the turns, each once."""
    return tuple(dict.fromkeys(turn.step.starts for turn in plan if turn.step.starts))


def repertoire(routine: Routine) -> tuple[str, ...]:
    """Every line of a session of *routine*, each once; but for spans of time, what was heard, and "last time"."""
    lines = _lines(routine)
    for tailored in fittings(routine):
        if tailored.routine is not routine:
            lines += [*fitted(tailored), *_lines(tailored.routine)]
    return tuple(dict.fromkeys(lines))


def _lines(routine: Routine) -> list[str]:
    plan = turns(routine)
    lines: list[str] = [
        *welcome(routine),
        *FIXED,
        *_HELP.values(),
        *routine.closing,
        REMEMBER.ask,
        DOCTOR.ask,
        str(DOCTOR.because),
    ]
    for asked in (*routine.questions, *routine.red_flags):
        lines += [asked.ask, *([asked.because] if asked.because else [])]
    lines += [entry.say for entry in routine.preparation]
    for turn in plan:
        for rung in range(len(turn.step.ladder) + 1):
            lines += introduction(routine, turn, rung)
        lines += [cue.say for cue in turn.step.cues]
        lines += [leave_out(turn.area), step_left_out(turn.index)]
        lines += [change(turn)] if turn.side is Side.RIGHT else []
    for wait in _waits(plan):
        lines += [wait.out, rest_until(wait), over(wait), goes_on(wait)]
        lines += [about(minutes * 60) for minutes in range(int(wait.longest / 60) + 1)]
    lines.append(step_range(len(routine.steps)))
    return lines
