"""How words are said beside the dictionary's American way.

Only for words that are read back before they count: more ways of saying a word let more of other speech pass for it.
"""

from __future__ import annotations

from collections.abc import Sequence

_VOWELS = tuple("AEIOU")


def british(spellings: Sequence[str]) -> tuple[str, ...]:
    """*spellings* in ARPAbet, and beside them those of southern England: no R behind a vowel, and the A of "bath"."""
    softened = [_without_r(spelling.split()) for spelling in spellings]
    broadened = [["AA" if phone == "AE" else phone for phone in phones] for phones in softened]
    return tuple(dict.fromkeys([*spellings, *(" ".join(phones) for phones in (*softened, *broadened))]))


def _without_r(phones: Sequence[str]) -> list[str]:
    said: list[str] = []
    for phone, before, after in zip(phones, ["", *phones], [*phones[1:], ""], strict=False):
        if phone == "R" and before.startswith(_VOWELS) and not after.startswith(_VOWELS):
            said += [] if before in ("AA", "AO") else ["AH"]
        else:
            said.append("AH" if phone == "ER" and before and not after else phone)
    return said
