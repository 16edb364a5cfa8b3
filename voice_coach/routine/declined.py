"""The treatments the coach does not guide, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Declined:
    """A treatment that is left to professionals."""

    id: str
    title: str
    reason: str
    """One sentence, with what to do instead."""


_ASK = "ask a physiotherapist or a massage therapist"
DECLINED: tuple[Declined, ...] = (
    Declined(
        "leg-therapeutic",
        "therapeutic leg massage",
        f"it treats an illness, so only a professional can see and feel what the leg needs; {_ASK}.",
    ),
    Declined(
        "foot-acupressure",
        "foot acupressure",
        f"its points are for trained hands only, which feel how each one answers; {_ASK}.",
    ),
)
"""All that are declined."""

_WORDS = (frozenset({"leg", "therapeutic"}), frozenset({"foot", "acupressure"}))
_FILLING = frozenset({"a", "the", "of", "for", "massage"})
_ALIKE = {"legs": "leg", "feet": "foot", "therapy": "therapeutic"}


def declined(name: str) -> Declined | None:
    """The declined treatment somebody means by *name*: its id, its title, or its words in any order."""
    words = {_ALIKE.get(word, word) for word in re.findall(r"[a-z]+", name.lower())} - _FILLING
    if words == {"acupressure"}:
        words.add("foot")
    return next((one for one, meant in zip(DECLINED, _WORDS, strict=True) if words == meant), None)
