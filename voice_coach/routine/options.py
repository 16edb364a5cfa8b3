"""What can be chosen in a routine: alone or with a helper, what goes into the bath, and such.

A routine that was loaded holds what is done where nobody chooses; `chosen` gives another form of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from voice_coach.errors import UserError
from voice_coach.routine.findings import Finding
from voice_coach.routine.model import Option, Preparation, Routine, Step
from voice_coach.routine.rules import check
from voice_coach.routine.source import At, Fault
from voice_coach.routine.spelling import suggest

PEOPLE = "people"
"""The option that every routine for one and for two has."""
FEW = 100
"""Up to so many forms of a routine are all checked; of more, those that differ from the plain one by one choice."""

_PEOPLE = {"alone": "alone", "caregiver": "with a helper"}


def options(routine: Routine) -> tuple[Option, ...]:
    """What can be chosen in *routine*; the first choice of each is taken where nobody chooses."""
    whole = routine.whole
    return (*([_for_people(whole)] if len(whole.people) > 1 else []), *whole.options)


def _for_people(whole: Routine) -> Option:
    choices = {person: _PEOPLE[person] for person in dict.fromkeys(whole.people)}
    return Option(name=PEOPLE, ask="Are you alone, or with a helper?", choices=choices)


def chosen(routine: Routine, choices: Mapping[str, str]) -> Routine:
    """The form of *routine* with these choices, and the first of every other option.

    Raises UserError, in one sentence, for an option or a choice that it does not have.
    """
    whole = routine.whole
    offered = {option.name: option for option in options(whole)}
    for name, choice in choices.items():
        if name not in offered:
            what = f"its options are {', '.join(offered)}" if offered else "it has none"
            raise UserError(f"{whole.title} has no option {name!r}; {what}.")
        if choice not in offered[name].choices:
            raise UserError(f"{name} cannot be {choice!r}; {suggest(choice, offered[name].choices)}.")
    taken = {name: choices.get(name, next(iter(option.choices))) for name, option in offered.items()}
    form = whole.model_copy(
        update={
            "steps": tuple(step for step in whole.steps if _fits(step, taken)),
            "preparation": tuple(item for item in whole.preparation if _fits(item, taken)),
            "people": (choices[PEOPLE],) if PEOPLE in choices else whole.people,
        }
    )
    form.remember(whole, choices)
    return form


def given(texts: list[str]) -> dict[str, str]:
    """Choices as they are written, such as "additive=salt". Raises UserError for anything else."""
    choices: dict[str, str] = {}
    for text in texts:
        name, sign, choice = text.partition("=")
        if not sign or not name.strip() or not choice.strip():
            raise UserError(f"{text!r} is no choice; write it like --option additive=salt.")
        choices[name.strip()] = choice.strip()
    return choices


def forms(routine: Routine) -> Iterator[dict[str, str]]:
    """The choices of every form of a routine, the plain one first."""
    offered = options(routine)
    names = [option.name for option in offered]
    if prod(len(option.choices) for option in offered) <= FEW:
        for combination in product(*(option.choices for option in offered)):
            yield dict(zip(names, combination, strict=True))
        return
    plain = {option.name: next(iter(option.choices)) for option in offered}
    yield plain
    for option in offered:
        for choice in list(option.choices)[1:]:
            yield plain | {option.name: choice}


def _fits(part: Step | Preparation, taken: Mapping[str, str]) -> bool:
    return all(taken.get(name) in wanted for name, wanted in part.when.items())


def faults(whole: Routine) -> Iterator[Fault]:
    """Conditions on what cannot be chosen, at their places."""
    offered = {option.name: option for option in options(whole)}
    for at, part in _conditional(whole):
        for name, wanted in part.when.items():
            if name not in offered:
                known = suggest(name, offered) if offered else "add it under `options`"
                yield Fault((*at, "when", name), f"{name!r} is no option; {known}")
            for choice in wanted:
                if name in offered and choice not in offered[name].choices:
                    text = f"{name} cannot be {choice!r}; {suggest(choice, offered[name].choices)}"
                    yield Fault((*at, "when", name), text)
    names = [option.name for option in offered.values()]
    for index, option in enumerate(whole.options):
        if option.name in names[: len(names) - len(whole.options) + index]:
            yield Fault(("options", index), f"{option.name!r} is an option already; give it another name")


def _conditional(whole: Routine) -> Iterator[tuple[At, Step | Preparation]]:
    for index, item in enumerate(whole.preparation):
        yield ("preparation", index), item
    for number, step in enumerate(whole.steps):
        yield ("steps", number), step


def check_forms(whole: Routine) -> Iterator[Finding]:
    """What breaks a rule in any form of a routine; steps are counted as in the file."""
    place = {id(step): index for index, step in enumerate(whole.steps)}
    told: set[tuple[str, int | None]] = set()
    for number, choices in enumerate(forms(whole)):
        form = chosen(whole, choices)
        if not form.steps:
            yield Finding(f"nothing is left with {_listed(choices)}", "leave a step without `when`", ("steps",))
            continue
        for finding in check(form):
            step = None if finding.step is None else place[id(form.steps[finding.step])]
            if (finding.rule, step) not in told:
                told.add((finding.rule, step))
                what = f"{finding.what}, with {_listed(choices)}" if number else finding.what
                yield Finding(what, finding.fix, finding.key, step, finding.rule)


def _listed(choices: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={choice}" for name, choice in choices.items())
