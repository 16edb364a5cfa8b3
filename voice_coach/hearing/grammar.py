"""The words a recogniser listens for: the phrase table, and decoys that catch what only sounds like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice_coach.commands import SAFETY, SESSION, Phrases, find_safety, phrases
from voice_coach.errors import MachineError

UNKNOWN = "[unk]"
"""Stands in a hypothesis for speech that is none of the phrases."""

# The most useful first, for a slow rival in the benchmarks takes only some. Near in sound to a command, yet not a
# homophone of one ("weight", "pane", "know" would steal real commands); then words common in ordinary talk, which keep
# a sentence from being forced onto a command. Those nearest to "stop" come last: a weak recogniser loses it to them.
_DECOYS = (
    "paint pan pen pay plain rain page text nest "
    "the and a to of that you is in what we was then people really morning music water "
    "earth heart hers out our house oh all own best black pack port pass coast hurry body leg read red "
    "stay spain train pays neck nets bat keep sleep kept skin ship hall hold salt soft light yet bed less under until "
    "are but can did do does for from good he have her here him if into just like me my not okay she so some them "
    "there they think this were well when where with would your coffee foot feet hand hands tea towel very "
    "top stock shop store stuff start spot"
)
DECOYS: tuple[str, ...] = tuple(
    word for word in dict.fromkeys(_DECOYS.split()) if word not in SESSION.words and find_safety(word) is None
)
"""Words that are no command and hold no safety word; hearing one means "something else was said"."""


@dataclass(frozen=True)
class Grammar:
    """What one model can listen for."""

    phrases: tuple[str, ...]
    """Every phrase of the table that the model's dictionary can form, and safety words on their own."""
    decoys: tuple[str, ...]
    missing: tuple[str, ...]
    """Words of the phrase table that the model does not know; phrases with them are left out."""

    def weighted(self, weight: int) -> list[str]:
        """The phrases as Vosk takes them: listed as many times as they are likely.

        Single words count *weight* times, since Vosk's grammar makes them no likelier than each of the
        many words inside longer phrases; safety phrases once more as often. But not "ow": too much sounds like it.
        """
        heavy = [phrase for phrase in self.phrases if phrase != "ow"]
        single = [phrase for phrase in heavy if " " not in phrase]
        safety = [phrase for phrase in heavy if find_safety(phrase) is not None]
        return [*self.phrases, *single * (weight - 1), *(safety * weight if weight > 1 else ())]


def grammar(knows: Callable[[str], bool], model: str, heard: Phrases = SESSION) -> Grammar:
    """The grammar for what is *heard* in a conversation, with a model called *model* that *knows* some words.

    Raises MachineError when no phrase of a safety family can be formed: such a model must not be used.
    """
    words = {word: knows(word) for word in heard.words}
    alone = (word for word in sorted(heard.words) if word not in heard.all and find_safety(word) is not None)
    possible = tuple(phrase for phrase in (*heard.all, *alone) if all(words[word] for word in phrase.split()))
    for command in SAFETY:
        if not set(phrases(command)) & set(possible):
            raise MachineError(
                f"The speech model {model} knows none of the words for “{command.value}”, so it cannot keep anybody "
                "safe; choose another model (voice-coach models list)."
            )
    return Grammar(
        phrases=possible,
        decoys=tuple(word for word in DECOYS if word not in heard.words and knows(word)),
        missing=tuple(sorted(word for word, known in words.items() if not known)),
    )
