"""What can be said in each conversation of the program, as the recogniser listens for it."""

from __future__ import annotations

from collections.abc import Mapping

from voice_coach import commands
from voice_coach.acoustic.sphinx import read_dictionary, wheel
from voice_coach.commands import Phrases
from voice_coach.hearing.builtin import PRONUNCIATIONS
from voice_coach.hearing.grammar import grammar
from voice_coach.reception.sparing import Sparing
from voice_coach.reception.vocabulary import catalogue
from voice_coach.routine.load import load, shipped

SESSION, MENU, BODY_MAP = "session", "menu", "body map"


def _sayable(heard: Phrases) -> Phrases:
    """*heard* without the phrases of its own that hold words of which nobody knows the sound."""
    known = read_dictionary(wheel() / "cmudict-en-us.dict").keys() | PRONUNCIATIONS.keys()
    return Phrases(heard.commands, frozenset(phrase for phrase in heard.own if known >= {*phrase.split()}))


def _others() -> dict[str, Phrases]:
    offered = catalogue(load(path) for path in shipped())
    body_maps = (Sparing(routine).phrases for routine in offered.routines)
    return {MENU: _sayable(offered.phrases), BODY_MAP: _sayable(max(body_maps, key=lambda heard: len(heard.own)))}


OTHERS: Mapping[str, Phrases] = _others()
"""The conversations before a session."""
HEARD: Mapping[str, Phrases] = {SESSION: commands.SESSION, **OTHERS}


def listed(name: str) -> list[str]:
    """The phrases of a conversation, each as often as it is likely; "go" is one of the session's, for measuring."""
    heard = HEARD[name]
    phrases = grammar(lambda word: word in heard.words, "built-in", heard).weighted(3)
    return [*phrases, *["go"] * 3] if name == SESSION else phrases
