"""What a person can say: phrases and the commands they mean.

The session's table is the recogniser's grammar, the help text, the keyboard and the tests; other
conversations have tables of their own. Safety words are in all of them and are matched anywhere in what
is said; everything else only when the whole utterance is one of the phrases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Command(StrEnum):
    """What the session can be told to do."""

    STOP = "stop"
    PAIN = "pain"
    RED_FLAG = "red_flag"
    NEXT = "next"
    REPEAT = "repeat"
    BACK = "back"
    PAUSE = "pause"
    CONTINUE = "continue"
    SOFTER = "softer"
    SLOWER = "slower"
    FASTER = "faster"
    LOUDER = "louder"
    QUIETER = "quieter"
    HOW_LONG = "how_long"
    HELP = "help"
    MORE_TIME = "more_time"
    SKIP = "skip"
    YES = "yes"
    NO = "no"
    READY = "ready"
    GO_TO = "go_to"
    START_OVER = "start_over"
    UNDO = "undo"
    WHAT_HEARD = "what_heard"
    SLEEP = "sleep"
    WAKE = "wake"


SAFETY = (Command.STOP, Command.PAIN)
"""Armed always, matched anywhere, most urgent first."""

# No "now" and no "not": people's "no" is often heard as one of them, and nothing needs them.
_PHRASES: dict[Command, str] = {
    Command.STOP: "stop, stop stop, stop it, please stop, stop please, stop everything",
    Command.PAIN: (
        "pain, ouch, ow, it hurts, that hurts, this hurts, hurts, it is hurting, hurting, painful, "
        "too hard, too much, too strong, that is too hard, that is too much, it is too hard, it is too much"
    ),
    Command.RED_FLAG: (
        "chest pain, my chest hurts, it is numb, my foot is numb, my toes are numb, my leg is numb, "
        "my toes are blue, my toes are white, my toes are cold, pins and needles, i feel dizzy, i feel faint, "
        "i am short of breath, it is swelling"
    ),
    Command.NEXT: "next, next step, next one, go on to the next, done, finished, i am done",
    Command.REPEAT: "repeat, repeat that, again, say that again, say it again, come again, pardon",
    Command.BACK: "back, go back, previous, previous step, step back",
    Command.PAUSE: "pause, wait, hold on, one moment, wait a moment",
    Command.CONTINUE: "continue, resume, go on, carry on, keep going",
    Command.SOFTER: "softer, gentler, more gently, lighter, less pressure",
    Command.SLOWER: "slower, slow down, too fast",
    Command.FASTER: "faster, speed up, too slow",
    Command.LOUDER: "louder, speak up, volume up",
    Command.QUIETER: "quieter, volume down",
    Command.HOW_LONG: "how long, how much longer, how much time, time left, how long left",
    Command.HELP: "help, what can i say, commands",
    Command.MORE_TIME: "more time, longer, a little longer, keep this one",
    Command.SKIP: "skip, skip this, skip it, skip this step, leave it out",
    Command.YES: "yes, yes please, yeah, yep, that is right",
    Command.NO: "no, no thanks, nope",
    Command.READY: "ready, i am ready, we are ready",
    Command.GO_TO: "go to step {}, step {}",
    Command.START_OVER: "start over, start again, from the beginning",
    Command.UNDO: "undo, undo that, i did not say that, take that back",
    Command.WHAT_HEARD: "what did you hear, what did i say",
    Command.SLEEP: "go to sleep, please go to sleep",
    Command.WAKE: "wake up, wake up please, please wake up",
}

_SAFETY_WORDS: dict[Command, tuple[str, ...]] = {
    Command.STOP: ("stop",),
    Command.PAIN: (
        "pain", "painful", "ouch", "ow", "hurts", "hurt", "hurting", "too hard", "too much", "too strong",
    ),
}  # fmt: skip

_UNITS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
NUMBERS: dict[str, int] = {word: value for value, word in enumerate(_UNITS, start=1)} | {
    f"twenty {word}": 20 + value for value, word in enumerate(_UNITS[:9], start=1)
}
"""Spoken numbers, "one" to "twenty nine"."""

KEYS: dict[str, Command] = {
    "s": Command.STOP, "\x1b": Command.STOP, "p": Command.PAIN, "n": Command.NEXT, "r": Command.REPEAT,
    "b": Command.BACK, "g": Command.SOFTER, "-": Command.QUIETER, "+": Command.LOUDER, "<": Command.SLOWER,
    ">": Command.FASTER, "t": Command.HOW_LONG, "m": Command.MORE_TIME, "k": Command.SKIP, "y": Command.YES,
    "x": Command.NO, "h": Command.HELP, "u": Command.UNDO, "c": Command.CONTINUE, " ": Command.PAUSE,
    "\r": Command.READY, "\n": Command.READY, "o": Command.START_OVER, "w": Command.WHAT_HEARD,
    "z": Command.SLEEP, "a": Command.WAKE,
}  # fmt: skip
"""Keyboard keys do the same as the spoken commands."""


@dataclass(frozen=True)
class Match:
    """A command understood."""

    command: Command
    phrase: str
    """The words that meant it."""
    number: int | None = None
    """The step asked for, with GO_TO."""


def phrases(command: Command) -> tuple[str, ...]:
    """Every phrase that means *command*, numbers spelt out."""
    listed = (phrase.strip() for phrase in _PHRASES[command].split(","))
    return tuple(
        spelt for phrase in listed for spelt in ([phrase.format(n) for n in NUMBERS] if "{}" in phrase else [phrase])
    )


def _table() -> Iterator[tuple[str, Match]]:
    for command in Command:
        for phrase in phrases(command):
            number = next((n for word, n in NUMBERS.items() if phrase.endswith(f"step {word}")), None)
            yield phrase, Match(command, phrase, number if command is Command.GO_TO else None)


PHRASES: dict[str, Match] = dict(_table())
"""Every phrase of every command; the recogniser's grammar."""

VOCABULARY: frozenset[str] = frozenset(word for phrase in PHRASES for word in phrase.split()) | {"hurt"}


def _strengths() -> Iterator[tuple[str, str]]:
    amounts = {word: f"{value} of 10" for word, value in NUMBERS.items() if value <= 10}
    for amount, strength in {**amounts, **{each: each for each in ("a little", "strong", "very strong")}}.items():
        yield amount, strength
        for cry in phrases(Command.PAIN):
            yield f"{cry} {amount}", strength
            yield f"{amount} {cry}", strength


STRENGTHS: dict[str, str] = dict(_strengths())
"""How strong a discomfort is, as said with it ("pain seven") or after it ("seven"), and as the journal has it."""


def normalise(text: str) -> str:
    """Lower case, letters and single spaces only; "don't" loses nothing but its apostrophe's company."""
    kept = "".join(c if c.isalnum() or c == "'" else " " for c in text.lower())
    return " ".join(kept.split())


def find_safety(text: str) -> Match | None:
    """The most urgent safety word anywhere in *text*, or None."""
    padded = f" {normalise(text)} "
    for command in SAFETY:
        for words in _SAFETY_WORDS[command]:
            if f" {words} " in padded:
                return Match(command, words)
    return None


@dataclass(frozen=True)
class Phrases:
    """All that can be heard in one conversation, and the keys that do the same."""

    commands: Mapping[str, Match]
    """Phrases that mean a command."""
    own: frozenset[str] = frozenset()
    """Phrases that only this conversation knows the meaning of."""
    keys: Mapping[str, Command | str] = field(default_factory=dict)
    """What a key stands for: a command, or one of its own phrases."""
    joined: int = 1
    """How many of its own phrases may be said in one breath, as in "calves, ten minutes"."""
    aside: frozenset[str] = frozenset()
    """Phrases of its own that are told when they come, but not listened for: they are made of words of the others."""
    small: frozenset[str] = frozenset()
    """Words that matter to none of its own phrases: left out, or said on top, they change nothing."""

    @cached_property
    def all(self) -> tuple[str, ...]:
        """Every phrase, once."""
        return (*self.commands, *sorted(self.own))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of them, and the safety words."""
        safety = (words for family in _SAFETY_WORDS.values() for words in family)
        return frozenset(word for phrase in (*self.all, *safety) for word in phrase.split())

    def understand(self, text: str) -> Match | None:
        """The command that the whole of *text* means, or None. Digits count as numbers."""
        return self.commands.get(_spelt(text))

    def parts(self, text: str) -> tuple[str, ...]:
        """The phrases of its own that the whole of *text* is made of, the longest first tried; none if it is not."""
        spelt = _spelt(text)
        if spelt in self.own:
            return (spelt,)
        return () if spelt in self.commands else self._split(self.bare(spelt), self.joined) or ()

    def told(self, text: str) -> str | None:
        """The words of *text* when it is made of phrases of its own, or None."""
        spelt = _spelt(text)
        return spelt if spelt in self.aside else " ".join(self.parts(text)) or None

    def bare(self, text: str) -> tuple[str, ...]:
        """The words of *text* that matter."""
        return tuple(word for word in text.split() if word not in self.small)

    @cached_property
    def _bare(self) -> dict[tuple[str, ...], str]:
        """Its own phrases by the words that matter in them; of several the shortest."""
        longest_first = sorted(self.own, key=lambda phrase: (-len(phrase), phrase))
        return {words: phrase for phrase in longest_first if (words := self.bare(phrase))}

    def _split(self, words: tuple[str, ...], most: int) -> tuple[str, ...] | None:
        if not words or not most:
            return None if words else ()
        for count in range(len(words), 0, -1):
            first = self._bare.get(words[:count])
            if first is not None and (rest := self._split(words[count:], most - 1)) is not None:
                return first, *rest
        return None


def table(
    commands: Iterable[Command],
    own: Iterable[str] = (),
    keys: Mapping[str, Command | str] = {},
    joined: int = 1,
    small: Iterable[str] = (),
) -> Phrases:
    """What is heard in a conversation that takes these *commands* and *own* phrases; safety words and keys always."""
    taken, spelt = {*SAFETY, *commands}, frozenset(_spelt(phrase) for phrase in own)
    known = {phrase: match for phrase, match in PHRASES.items() if match.command in taken and phrase not in spelt}
    usual = {key: command for key, command in KEYS.items() if command in taken}
    return Phrases(known, spelt, {**usual, **keys}, joined, small=frozenset(small))


def _spelt(text: str) -> str:
    """*text* as phrases are written, its digits spelt out."""
    spelt = {value: word for word, value in NUMBERS.items()}
    words = normalise(text).split()
    return " ".join(spelt.get(int(word), word) if word.isdecimal() and len(word) < 4 else word for word in words)


SESSION = Phrases(PHRASES, keys=KEYS, aside=frozenset(STRENGTHS))
"""What is heard while a routine goes on."""
understand = SESSION.understand
