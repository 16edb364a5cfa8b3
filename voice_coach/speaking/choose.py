"""Which installed voice is meant by what a person typed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voice_coach.errors import UserError

SUGGESTIONS = 5


@dataclass(frozen=True)
class VoiceInfo:
    """An installed voice."""

    id: str
    name: str
    language: str
    """A language tag such as "en-us"; empty when the engine does not say."""

    @property
    def short(self) -> str:
        """What a person would type for it."""
        return self.id.rpartition("/")[2] if re.fullmatch(r"\w+/[\w-]+", self.id) else self.name

    @property
    def english(self) -> bool:
        """Whether it speaks English."""
        return self.language.casefold().startswith("en")


def choose(name: str | None, usual: str, voices: Sequence[VoiceInfo], variants: Sequence[str] = ()) -> str:
    """Return the id of the voice called *name*: an id, its last part, a name or a language tag, in any case.

    A name such as "en-us+f3" adds one of the engine's *variants*. A word out of a longer name will do when nothing
    fits better. None means the voice with the id *usual*, or an English one when that is not.

    Raises:
        UserError: no such voice or variant.
    """
    if name is None:
        english = [voice.id for voice in voices if voice.english]
        return usual if usual in english or not english else english[0]
    wanted, plus, variant = name.strip().casefold().partition("+")
    if plus:
        known = {each.casefold(): each for each in variants}
        if variant not in known:
            raise UserError(f"There is no voice variant called '{variant}'{_such_as(variant, list(known))}.")
        plus += known[variant]
    tests: tuple[Callable[[VoiceInfo], bool], ...] = (
        lambda voice: wanted == voice.id.casefold(),
        lambda voice: wanted == voice.short.casefold(),
        lambda voice: wanted == voice.name.casefold(),
        lambda voice: wanted.replace("_", "-") == voice.language.casefold().replace("_", "-"),
        lambda voice: wanted in re.findall(r"\w+", voice.name.casefold()),
    )
    for matches in tests:
        for voice in voices:
            if matches(voice):
                return voice.id + plus
    shorts = [voice.short for voice in voices if voice.english] or [voice.short for voice in voices]
    raise UserError(f"There is no voice called '{name}' on this machine{_such_as(wanted, shorts)}.")


def _such_as(wanted: str, known: Sequence[str]) -> str:
    if not known:
        return ""
    near = difflib.get_close_matches(wanted, known, SUGGESTIONS)
    near += [each for each in known if each not in near][: SUGGESTIONS - len(near)]
    return f"; choose one such as {', '.join(near)}"
