"""What can be said to choose a routine, in tables: short phrases, and what each means.

A few of them may follow one another in one breath: "something for tired calves, ten minutes, alone". A recogniser loses
words, so part of a name is enough: what is chosen is read back, and wants a yes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from voice_coach.commands import Command, Phrases, find_safety, normalise, table, understand
from voice_coach.reception.wishes import HEALING, WHOLE, Wish
from voice_coach.routine.declined import DECLINED, Declined
from voice_coach.routine.model import Option, Routine
from voice_coach.routine.options import options

AT_A_TIME = 5
"""Choices named in one go."""
JOINED = 6
"""Phrases said in one breath, at most; in a name that was half heard each word is one."""
SMALL = frozenset(
    {"a", "an", "the", "my", "of", "for", "in", "with", "at", "and", "i", "am", "would", "like", "please", "me"}
    | {"something", "tired", "about", "during", "then"}
)
"""Words that may be missing or come on top."""

MISTAKEN = frozenset({"weak", "bark"})
"""Words of names that "week" and "back" sound like, so they name nothing by themselves."""


class Ask(Enum):
    """What else can be said."""

    ALL = "all"
    """What is there?"""
    MORE = "more"
    START = "start"
    NOTHING = "nothing"
    """Politeness."""


@dataclass(frozen=True)
class Named:
    """Routines that go by a name, or have a word in one."""

    ids: frozenset[str]


@dataclass(frozen=True)
class Picked:
    """A choice by its number, from 1, or the LAST."""

    number: int


@dataclass(frozen=True)
class Opted:
    """A choice of some routine's option, as it is called aloud, or a word of that."""

    name: str


Meaning: TypeAlias = Wish | Named | Picked | Opted | Declined | Ask

COMMANDS = (
    *(Command.RED_FLAG, Command.YES, Command.NO, Command.READY, Command.BACK, Command.REPEAT, Command.HELP),
    Command.CONTINUE,
)

_AREAS = {
    "foot": ("feet", "foot"), "calf": ("calves", "calf", "lower legs", "lower leg"), "leg": ("legs", "leg"),
    "knee": ("knees", "knee"), "thigh": ("thighs", "upper legs", "upper leg"), "back": ("back",),
    "lower_back": ("lower back",), "upper_back": ("upper back",), "neck": ("neck",), "shoulder": ("shoulders",
    "shoulder"), WHOLE: ("whole body",),
}  # fmt: skip
_AREA_FRAMES = ("{}", "my {}", "the {}", "something for {}", "something for my tired {}")
_RARE_AREAS = {
    "toes": "toes", "sole": "soles", "heel": "heels", "ankle": "ankles", "arm": "arms", "belly": "belly",
    HEALING: "cast",
}  # fmt: skip
"""Of little use, and easily heard where others were meant: only with a word before them."""
_RARE_FRAMES = ("my {}", "something for my {}")
_MINUTES = {
    5: ("five minutes",), 10: ("ten minutes",), 15: ("fifteen minutes", "a quarter of an hour"),
    20: ("twenty minutes",), 30: ("thirty minutes", "half an hour"), 40: ("forty minutes",), 60: ("an hour",),
}  # fmt: skip
_MINUTE_FRAMES = ("{}", "about {}")
_LENGTHS = {
    (0.0, 10.5): ("short", "something short", "a short one", "not long"),
    (20.0, 999.0): ("long", "something long", "a long one"),
}
_PEOPLE = {
    "alone": ("alone", "by myself", "myself", "on my own", "i am alone", "for me alone"),
    "caregiver": ("with a helper", "helper", "with somebody", "together", "with a partner"),
}
_DECLINED_NAMES = {
    "leg-therapeutic": ("therapeutic massage", "therapeutic leg massage", "leg therapy"),
    "foot-acupressure": ("acupressure", "foot acupressure", "pressure points"),
}
_NUMBERS = ("one", "two", "three", "four", "five")
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_SOUND_ALIKE = {2: ("too",), 4: ("for",)}
"""Words that sound just like a number, and are nothing else when they stand alone."""
LAST = 0
"""The number that means the last choice."""
_ASKS = {
    Ask.ALL: ("what do you have", "what have you got", "what is there", "list everything", "show me all", "anything"),
    Ask.MORE: ("more", "show me more", "what else", "something else", "next", "next ones"),
    Ask.START: ("start", "let us start", "let us begin", "that one", "sounds good"),
    Ask.NOTHING: ("please", "i would like", "i would like a"),
}
KEYS: dict[str, Command | str] = {
    **{str(number): word for number, word in enumerate(_NUMBERS, start=1)},
    "n": Command.NO,
    "m": "more",
    "w": "what do you have",
    "\x7f": Command.BACK,
}
"""Keys beside the session's for the same commands."""


@dataclass(frozen=True)
class Catalogue:
    """The routines there are to choose from, and what can be said about them."""

    routines: tuple[Routine, ...]
    meanings: dict[str, Meaning]
    phrases: Phrases

    def __hash__(self) -> int:
        return hash(self.routines)

    def understand(self, text: str) -> list[Meaning]:
        """What the phrases in *text* mean, one after another."""
        return [self.meanings[part] for part in self.phrases.parts(text)]

    def named(self, text: str) -> frozenset[str]:
        """The routines that are called all that is in *text*: by the longest names in it, or else word by word."""
        for parts in (self.phrases.parts(text), self.phrases.bare(text)):
            called = [meaning.ids for part in parts if isinstance(meaning := self.meanings.get(part), Named)]
            if called and (found := frozenset.intersection(*called)):
                return found
        return frozenset()


def catalogue(routines: Iterable[Routine]) -> Catalogue:
    """The catalogue of *routines*. What means something else already is no name there."""
    offered = tuple(routines)
    fixed = dict(_fixed())
    taken = SMALL.union(
        MISTAKEN, *(phrase.split() for phrase, meaning in fixed.items() if not isinstance(meaning, Declined))
    )
    named: dict[str, set[str]] = {}
    for routine in offered:
        for phrase in (phrase for name in names(routine) for phrase in _parts(name, taken)):
            named.setdefault(phrase, set()).add(routine.id)
    offers = [(option, choice) for routine in offered for option in options(routine) for choice in option.choices]
    meanings: dict[str, Meaning] = {}
    known: dict[tuple[str, ...], Meaning] = {}
    for phrase, meaning in (
        *fixed.items(),
        *((name, Named(frozenset(ids))) for name, ids in named.items()),
        *((phrase, Opted(phrase)) for offer in offers for name in called(*offer) for phrase in _parts(name, taken)),
    ):
        meanings[phrase] = known.setdefault(_bare(phrase), meaning)
    return Catalogue(offered, meanings, table(COMMANDS, meanings, KEYS, JOINED, SMALL))


def names(routine: Routine) -> tuple[str, ...]:
    """What a routine can be called: its title, the title's beginning, its id in words, and its aliases."""
    listed = (routine.title, routine.title.partition(",")[0], routine.id.replace("-", " "), *routine.aliases)
    heard = dict.fromkeys(normalise(name) for name in listed)
    return tuple(name for name in heard if name.replace(" ", "").isalpha() and find_safety(name) is None)


def called(option: Option, choice: str) -> tuple[str, ...]:
    """What a choice of an option can be called: its name, and what the coach calls it."""
    listed = (choice.replace("-", " "), option.choices[choice].partition(",")[0])
    return tuple(name for name in dict.fromkeys(map(normalise, listed)) if find_safety(name) is None)


def _bare(phrase: str) -> tuple[str, ...]:
    return tuple(word for word in phrase.split() if word not in SMALL)


def _parts(name: str, taken: frozenset[str]) -> tuple[str, ...]:
    """A name, and each word of it that is not *taken* and no command."""
    return name, *(word for word in name.split() if word not in taken and understand(word) is None)


def _fixed() -> Iterator[tuple[str, Meaning]]:
    for region, areas in _AREAS.items():
        for frame in _AREA_FRAMES:
            yield from ((frame.format(area), Wish(area=region)) for area in areas)
    for region, area in _RARE_AREAS.items():
        yield from ((frame.format(area), Wish(area=region)) for frame in _RARE_FRAMES)
    for minutes, lengths in _MINUTES.items():
        for frame in _MINUTE_FRAMES:
            yield from ((frame.format(length), Wish(minutes=(0.6 * minutes, 1.3 * minutes))) for length in lengths)
    for span, ways in _LENGTHS.items():
        yield from ((way, Wish(minutes=span)) for way in ways)
    yield from ((way, Wish(people="alone")) for way in _PEOPLE["alone"])
    yield from ((way, Wish(people="caregiver")) for way in _PEOPLE["caregiver"])
    for treatment in DECLINED:
        yield from ((name, treatment) for name in _DECLINED_NAMES[treatment.id])
    for number, (word, ordinal) in enumerate(zip(_NUMBERS, _ORDINALS, strict=True), start=1):
        yield from ((way, Picked(number)) for way in (word, f"number {word}"))
        if ordinal != "third":  # "first" would be heard as it
            yield from ((way, Picked(number)) for way in (f"the {ordinal}", f"the {ordinal} one"))
        yield from ((way, Picked(number)) for way in _SOUND_ALIKE.get(number, ()))
    yield from ((way, Picked(LAST)) for way in ("the last one", "the last", "last one"))
    for ask, ways in _ASKS.items():
        yield from ((way, ask) for way in ways)
