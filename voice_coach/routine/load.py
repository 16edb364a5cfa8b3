"""Routine files: finding them, and loading them whole, checked and with every fault named at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from voice_coach.errors import AuthorError, UserError
from voice_coach.routine import options, rules, wording
from voice_coach.routine.declined import DECLINED, declined
from voice_coach.routine.findings import Finding
from voice_coach.routine.model import Question, Routine, Step, Technique
from voice_coach.routine.source import Fault, Source, read
from voice_coach.routine.spelling import suggest

M = TypeVar("M", bound=BaseModel)

LIBRARY = ("techniques", "questions")
"""The files of a routine folder that are no routines."""


class RoutineError(AuthorError):
    """A file cannot be used; its text is every fault, one a line, as file:line:column: what; how to mend it."""


@dataclass(frozen=True)
class Library:
    """What routines share, by name."""

    techniques: dict[str, Technique]
    questions: dict[str, Question]


def shipped_folder() -> Path:
    """The folder of the routines that come with the coach. Raises RoutineError where it is missing."""
    package = Path(__file__).parents[1]
    for folder in (package / "routines", package.parent / "routines"):
        if (folder / "techniques.yaml").is_file():
            return folder
    raise RoutineError("the shipped routines are missing; install voice-coach again")


def shipped() -> list[Path]:
    """The files of the shipped routines, by name."""
    return sorted(path for path in shipped_folder().glob("*.yaml") if path.stem not in LIBRARY)


def find(name: str) -> Path:
    """The file of a shipped routine's id, or the file of that path.

    Raises UserError where there is neither, with the reason where the treatment is declined.
    """
    paths = {path.stem: path for path in shipped()}
    if name in paths:
        return paths[name]
    path = Path(name)
    try:
        if name and (path.exists() or path.suffix in (".yaml", ".yml")):
            return path
    except (OSError, ValueError):
        pass  # no name a file could have
    if treatment := declined(name):
        raise UserError(f"The coach does not guide {treatment.title}: {treatment.reason}")
    raise UserError(f"there is no routine {name!r}; {suggest(name, [*paths, *(one.id for one in DECLINED)])}")


@cache
def library(folder: Path) -> Library:
    """The techniques and questions of a routine folder. Raises RoutineError naming every fault."""
    return Library(
        _entries(folder / "techniques.yaml", Technique),
        _entries(folder / "questions.yaml", Question),
    )


def _entries(path: Path, model: type[M]) -> dict[str, M]:
    source = _read(path)
    faults = list(source.faults)
    entries: dict[str, M] = {}
    if not isinstance(source.data, dict):
        faults = faults or [Fault((), "needs an entry for each name, like `stroking:` and its keys below")]
    else:
        for name, data in source.data.items():
            try:
                entries[name] = model.model_validate({**data, "name": name} if isinstance(data, dict) else data)
            except ValidationError as error:
                errors = [{**e, "loc": (name, *e["loc"])} for e in error.errors(include_url=False)]
                faults += wording.faults(errors, source, model)  # type: ignore[arg-type]
    if faults:
        raise RoutineError(source.report(faults))
    return entries


def load(path: Path) -> Routine:
    """The routine of a file as it is where nobody chooses, complete; every form of it keeps every safety rule.

    Raises RoutineError naming every fault of the file at once, and UserError where there is no file.
    """
    source = _read(path)
    faults = list(source.faults)
    routine: Routine | None = None
    if source.data is not None:
        shared = library(shipped_folder())
        context = {"techniques": shared.techniques, "questions": shared.questions}
        repeated = list(_repeated(source))
        faults += repeated
        try:
            routine = Routine.model_validate(source.data, context=context)
        except ValidationError as error:
            errors = [e for e in error.errors(include_url=False) if e["loc"] or not repeated]
            faults += wording.faults(errors, source, Routine)
            faults += _findings(_whole_steps(source.data, context))
        else:
            faults += list(options.faults(routine))
            faults += [_fault(finding) for finding in ([] if faults else options.check_forms(routine))]
    if faults or routine is None:
        raise RoutineError(source.report(faults))
    return options.chosen(routine, {})


def _read(path: Path) -> Source:
    try:
        return read(path)
    except FileNotFoundError:
        raise UserError(f"there is no file {path}; `voice-coach list` names the shipped routines") from None
    except IsADirectoryError:
        raise UserError(f"{path} is a folder; name a routine file in it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"{path} cannot be read ({reason}); check its name and permissions") from None


def _repeated(source: Source) -> Iterator[Fault]:
    """Steps with an id that an earlier one has; the model alone could not say where."""
    steps = source.get(("steps",))
    first: dict[str, int] = {}
    for index in range(len(steps) if isinstance(steps, list) else 0):
        name = source.get(("steps", index, "id"))
        if isinstance(name, str) and first.setdefault(name, index) != index:
            text = f"step {first[name] + 1} has the same id; give this one another"
            yield Fault(("steps", index, "id"), text)


def _whole_steps(data: Any, context: dict[str, Any]) -> Iterator[tuple[int, Step]]:
    """The steps that are sound by themselves, in a routine that is not."""
    steps = data.get("steps") if isinstance(data, dict) else None
    for index, step in enumerate(steps if isinstance(steps, list) else []):
        try:
            yield index, Step.model_validate(step, context=context)
        except ValidationError:
            continue


def _findings(steps: Iterator[tuple[int, Step]]) -> Iterator[Fault]:
    """What the rules about single steps find in those."""
    for index, step in steps:
        for finding in rules.check_step(step, index):
            yield _fault(finding)


def _fault(finding: Finding) -> Fault:
    at: tuple[str | int, ...] = () if finding.step is None else ("steps", finding.step)
    if finding.key:
        at = (*at, *finding.key)
    return Fault(at, str(finding))
