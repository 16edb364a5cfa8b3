"""What a person wants remembered: lasting answers with their dates, and a body map. One readable file each.

Only what seldom changes is used again, for a month; everything else is asked anew each time.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from voice_coach.errors import UserError
from voice_coach.files import Replacement
from voice_coach.routine.body_map import LONGEST, Spot, body_map
from voice_coach.routine.model import Question, Routine
from voice_coach.routine.source import reason

EVERYBODY = "default"
"""The person meant where none is named."""
FRESH = 30
"""Days for which a lasting answer is not asked again."""
LASTING = frozenset({"heart", "cancer", "osteoporosis", "diabetes", "small-joints", "varicose-veins"})
"""The topics that seldom change; a question about any other is asked each time."""
LARGEST = 64_000
"""Bytes."""
WIDEST = 10_000
"""Letters of a line, so that none is wrapped."""
HEADING = "# What voice-coach remembers, because you said so. `voice-coach profile forget` deletes it.\n"


class Remembered(BaseModel):
    """One answer, and the day it was given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: Literal["yes", "no"]
    when: date


class Profile(BaseModel):
    """What is remembered of one person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    body: Annotated[str, Field(max_length=LONGEST)] | None = None
    """What is always spared, as after --body."""
    spots: Annotated[dict[str, date], Field(max_length=50)] = {}
    """What was told by voice to keep away from, each like a body map, and when; spared as long as answers last."""
    answers: dict[str, Remembered] = {}
    """By the questions' names."""

    def known(self, routine: Routine, today: date) -> dict[str, bool]:
        """The answers to *routine*'s questions that need not be asked again *today*."""
        return {
            question.name: kept.answer == "yes"
            for question in routine.questions
            if lasts(question) and (kept := self.answers.get(question.name))
            if _fresh(kept.when, today)
        }

    def spared(self, today: date) -> tuple[Spot, ...]:
        """What was told by voice to keep away from, and still counts *today*."""
        return tuple(spot for text, when in self.spots.items() if _fresh(when, today) for spot in body_map(text))

    def with_spots(self, spots: Iterable[Spot], today: date) -> Profile:
        """The profile with *spots* in place of those it had; what it knew already keeps its day."""
        fresh = {text: when for text, when in self.spots.items() if _fresh(when, today)}
        return self.model_copy(update={"spots": {str(spot): fresh.get(str(spot), today) for spot in spots}})

    def with_answers(self, routine: Routine, answers: Mapping[str, bool], today: date) -> Profile:
        """The profile with what *answers* say that lasts; those it knew already keep their day."""
        known = self.known(routine, today)
        new = {
            question.name: Remembered(answer="yes" if answers[question.name] else "no", when=today)
            for question in routine.questions
            if lasts(question) and question.name in answers and known.get(question.name) != answers[question.name]
        }
        return self.model_copy(update={"answers": {**self.answers, **new}})


def lasts(question: Question) -> bool:
    """Whether the answer to a question seldom changes, or that part of it that is not asked `again`."""
    return bool(question.topics) and (set(question.topics) <= LASTING or question.again is not None)


def _fresh(when: date, today: date) -> bool:
    return 0 <= (today - when).days <= FRESH


def profile_file(person: str | None = None) -> Path:
    """Where the profile of *person* is. Raises UserError for a name that no file could have."""
    name = person or EVERYBODY
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", name):
        raise UserError(f"{name[:40]!r} cannot be a person's name here; write letters, digits and hyphens, 40 at most.")
    return Path(platformdirs.user_data_dir("voice_coach", appauthor=False)) / "profiles" / f"{name.lower()}.yaml"


def profiles() -> tuple[Path, ...]:
    """The profiles of all people, by name."""
    return tuple(sorted(profile_file().parent.glob("*.yaml")))


def load_profile(path: Path) -> Profile:
    """The profile in a file; an empty one where there is none. Raises UserError, one sentence, for a damaged one."""
    try:
        if not path.exists():
            return Profile()
        if path.stat().st_size > LARGEST:
            raise UserError(f"The profile {path} is too large to be one; move it away.")
        data = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
        profile = Profile.model_validate(data)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(map(str, fault["loc"])) or "the file"
        raise UserError(
            f"The profile {path} is not as it should be ({where}: {fault['msg'].lower()}); {_MEND}"
        ) from error
    except (OSError, UnicodeDecodeError, YAMLError, RecursionError, ValueError, LookupError, TypeError) as error:
        raise UserError(f"The profile {path} cannot be read ({reason(error, path)}); {_MEND}") from error
    try:
        for text in (profile.body or "", *profile.spots):
            body_map(text)
    except UserError as error:
        told = str(error).removesuffix(".")
        raise UserError(f"The profile {path} is not as it should be ({told[:1].lower()}{told[1:]}); {_MEND}") from error
    return profile


_MEND = "mend it or move it away, nothing in it was changed."


def save_profile(path: Path, profile: Profile) -> None:
    """Write a profile whole, for its owner's eyes only. Raises CoachError in one sentence."""
    yaml, text = YAML(), io.BytesIO(HEADING.encode())
    yaml.width = WIDEST
    text.seek(0, io.SEEK_END)
    yaml.dump(_readable(profile), text)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{path.parent} cannot be made ({error.strerror}); check its permissions.") from error
    before = os.umask(0o077)
    try:
        file = Replacement(path)
    finally:
        os.umask(before)
    with file:
        file.write(text.getvalue())


def _readable(profile: Profile) -> dict[str, object]:
    """What is written of a profile: an answer a line, in quotes wherever another program might take it for no text."""
    data: dict[str, object] = {"version": profile.version}
    if profile.body:
        data["body"] = DoubleQuotedScalarString(profile.body)
    if profile.spots:
        data["spots"] = profile.spots
    answers = {}
    for name, kept in sorted(profile.answers.items()):
        answers[name] = CommentedMap(answer=DoubleQuotedScalarString(kept.answer), when=kept.when)
        answers[name].fa.set_flow_style()
    return data | {"answers": answers}
