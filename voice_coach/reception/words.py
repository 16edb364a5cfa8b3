"""Every fixed sentence of the reception. None holds a safety word, and none is an answer to itself."""

from __future__ import annotations

from collections.abc import Iterable

from voice_coach.routine.declined import Declined
from voice_coach.routine.model import Option, Routine
from voice_coach.routine.options import PEOPLE, chosen, forms, options
from voice_coach.session.times import span
from voice_coach.session.words import capital

ENDED = "We end here. Say continue within a minute to take that back."
DOCTOR_NOW = "We end here. This needs a doctor now. Please call for medical help."
NOT_HEARING = "I cannot hear you any more. Use the keys, or check the microphone."
HEARING_AGAIN = "I can hear you again."
NOT_SPEAKING = "I may be hard to hear now. Read along on the screen."

WHAT = "What would you like? Say a name, a part of the body, or ask what I have."
WHAT_ELSE = "Say a name, a part of the body, or ask what I have."
CAN_SAY = "Name a massage or a part of the body. Add how many minutes, or whether you have a helper."
WHICH = "Which one? Say a number or a name."
WHICH_OR_MORE = "Which one? Say a number or a name, or ask for more."
SHALL_WE_START = "Shall we start?"
YES_OR_NO = "Please answer yes or no."
NEAREST = "I have nothing just like that. This comes nearest."
NOTHING = "I have nothing like that."
NO_MORE = "That was all of it."
NO_SUCH = "There is no such number here."
WHERE = "Then tell me where, and I look for something soft. Whatever is new or strong belongs to a doctor."

NUMBERED = tuple(f"Number {number} is" for number in ("one", "two", "three", "four", "five"))
"""What a choice is begun with."""

FIXED: tuple[str, ...] = tuple(
    value for name, value in globals().items() if name.isupper() and isinstance(value, str) and value != PEOPLE
)
"""All whole sentences above."""

_FOR: dict[tuple[str, ...], str] = {("alone",): "for you alone", ("caregiver",): "with a helper"}


def choice(routine: Routine) -> str:
    """A routine in a list, after its number."""
    return f"{routine.title}, which takes about {span(routine.seconds)}."


def left_off(routine: Routine) -> str:
    """The routine that was not finished the last time."""
    return f"Last time we did not finish: {routine.title}. Choose it, and we can go on there."


def proposal(routine: Routine) -> str:
    """A routine that was chosen, in the form it has with its options."""
    people = _FOR.get(routine.people, "alone or with a helper")
    return f"{capital(routine.title)}. It takes about {span(routine.seconds)}, {people}."


def question(routine: Routine, option: Option, *, listed: bool = True) -> tuple[str, ...]:
    """What is asked about an option of a routine that was chosen; all choices but a refusal are named if *listed*."""
    heading, refusal = f"{capital(routine.title)} it is.", refused(option)
    if option.name == PEOPLE or not listed:
        return heading, option.ask
    names = [aloud.partition(",")[0] for choice, aloud in option.choices.items() if choice != refusal]
    if len(names) == 1:
        return heading, option.ask, YES_OR_NO
    choices = f"{capital(', '.join(names[:-1]))}, or {names[-1]}?"
    return (heading, choices) if refusal else (heading, option.ask, choices)


def refused(option: Option) -> str | None:
    """The choice that a "no" makes: the only one that is called "no ..." something, or nothing."""
    named = [choice for choice, aloud in option.choices.items() if aloud.lower().startswith(("no ", "nothing"))]
    return named[0] if len(named) == 1 else None


def refusal(declined: Declined) -> str:
    """Why a treatment is not guided."""
    return f"I do not guide {declined.title}: {declined.reason}"


def repertoire(routines: Iterable[Routine], declined: Iterable[Declined]) -> tuple[str, ...]:
    """Every line of choosing among *routines*, each once."""
    lines = [*FIXED, *NUMBERED, *map(refusal, declined)]
    for routine in routines:
        lines += [choice(routine), left_off(routine), *(proposal(chosen(routine, form)) for form in forms(routine))]
        asked = [option for option in options(routine) if option.asked]
        lines += [line for option in asked for full in (False, True) for line in question(routine, option, listed=full)]
    return tuple(dict.fromkeys(lines))
