"""`new`: a routine begun by answering a few questions."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from voice_coach.cli.screen import OUT, notice
from voice_coach.errors import UserError
from voice_coach.files import Replacement
from voice_coach.routine.anatomy import NO_SIDES, OUT_OF_REACH, touches
from voice_coach.routine.body import Side
from voice_coach.routine.body_map import REGION_NAMES
from voice_coach.routine.fields import Name, Spoken
from voice_coach.routine.load import load
from voice_coach.routine.spelling import suggest
from voice_coach.routine.template import Plan, template
from voice_coach.session.times import clock

T = TypeVar("T")

LONGEST = 60.0
"""Minutes a new routine may take."""
LONGEST_ANSWER = 80
"""Letters."""
_PEOPLE = {"alone": ("alone",), "helper": ("caregiver",), "caregiver": ("caregiver",), "both": ("alone", "caregiver")}


def new(args: Namespace) -> int:
    """`new FILE`"""
    path: Path = args.file
    _free(path)
    notice("A new routine. Enter takes what stands in brackets; Ctrl-C leaves without writing anything.")
    name = _ask("Its short name, in lower-case letters and hyphens", _name, path.stem)
    title = _ask("Its title, as the coach will say it", _spoken, name.replace("-", " "))
    region = _ask("Which part of the body, such as calf, foot or lower back", _region)
    sides = Side.NONE
    if region not in NO_SIDES:
        sides = _ask("Which sides: each (left, then right), both at once, left, right or none", _sides, "each")
    minutes = _ask("How many minutes", _minutes, "5")
    reached = not any(touches(region, part) for part in OUT_OF_REACH)
    people = _ask("Done alone, by a helper, or both", _people if reached else _helper, "alone" if reached else "helper")
    text = template(Plan(name, title, region, sides, minutes, people))
    _write(path, text)
    routine = load(path)
    OUT.print(f"{path}: fine ({len(routine.steps)} steps, {clock(routine.seconds)})")
    notice(f"Change it as you like; then: voice-coach check {path}, voice-coach rehearse {path}")
    return 0


def _ask(question: str, read: Callable[[str], T], usual: str | None = None) -> T:
    """The answer, once it can be used. Whoever answers through a pipe gets no second try."""
    while True:
        OUT.print(f"{question}{f' [{usual}]' if usual else ''}: ", end="")
        try:
            answer = input().strip() or usual or ""
        except (EOFError, UnicodeDecodeError, RuntimeError) as error:  # the last where there is no input at all
            OUT.print()
            raise UserError(f"There is no answer to “{question}”, so nothing was written.") from error
        try:
            if not answer.isprintable() or len(answer) > LONGEST_ANSWER:
                raise UserError(f"Write at most {LONGEST_ANSWER} letters, all of them visible.")
            return read(answer)
        except UserError as error:
            if not (sys.stdin and sys.stdin.isatty()):
                raise
            notice(str(error))


def _valid(kind: Any, answer: str, how: str) -> str:
    try:
        return str(TypeAdapter(kind).validate_python(answer))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        reason = str(first["ctx"]["error"]) if first["type"] == "value_error" else f"{answer!r} does not do; {how}"
        raise UserError(f"{reason[:1].upper()}{reason[1:]}.") from error


def _name(answer: str) -> str:
    return _valid(Name, answer, "write lower-case letters, digits and hyphens, beginning with a letter, 40 at most")


def _spoken(answer: str) -> str:
    return _valid(Spoken, answer, "write two letters or more")


def _region(answer: str) -> str:
    words = [word for word in answer.lower().replace("_", " ").replace("-", " ").split() if word not in ("the", "of")]
    if (name := " ".join(words)) in REGION_NAMES:
        return REGION_NAMES[name]
    raise UserError(f"{answer!r} is no part of the body that I know; {suggest(name, sorted(REGION_NAMES))}")


def _sides(answer: str) -> Side:
    try:
        return Side(answer.lower())
    except ValueError:
        raise UserError(f"{answer!r} is not a side; write each, both, left, right or none.") from None


def _minutes(answer: str) -> float:
    try:
        minutes = float(answer)
    except ValueError:
        minutes = 0.0
    if not 1 <= minutes <= LONGEST:
        raise UserError(f"{answer!r} does not do; write a number of minutes from 1 to {LONGEST:g}.")
    return minutes


def _people(answer: str) -> tuple[str, ...]:
    if answer.lower() not in _PEOPLE:
        raise UserError(f"{answer!r} does not do; write alone, helper or both.")
    return _PEOPLE[answer.lower()]


def _helper(answer: str) -> tuple[str, ...]:
    if "alone" in _people(answer):
        raise UserError("Nobody reaches that part of their own body; write helper.")
    return _people(answer)


def _free(path: Path) -> None:
    """Refuse a file that is there, or could not be run by its name."""
    if path.suffix not in (".yaml", ".yml"):
        raise UserError(f"{path} is no name for a routine; let it end in .yaml.")
    try:
        taken = path.exists() or path.is_symlink()
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}); choose another name.") from error
    if taken:
        raise UserError(f"{path} is there already and stays as it is; choose another name.")
    if not path.parent.is_dir():
        raise UserError(f"The folder {path.parent} does not exist; create it first, or choose another place.")


def _write(path: Path, text: str) -> None:
    try:
        path.open("x").close()  # what is there by now is not replaced
    except FileExistsError:
        raise UserError(f"{path} is there already and stays as it is; choose another name.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}); choose another place.") from error
    try:
        with Replacement(path) as file:
            file.write(text.encode())
    except BaseException:
        with suppress(OSError):
            path.unlink()  # or it would be there already the next time
        raise
