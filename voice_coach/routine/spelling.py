"""Helping with a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def suggest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown *word*: what was probably meant, else all that is known."""
    names = list(known)
    near = get_close_matches(word.lower().replace("-", "_"), names, n=1) or get_close_matches(word.lower(), names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"write one of: {', '.join(names)}" if names else "there are none yet"
