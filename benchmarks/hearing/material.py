"""What is said: by people where they were recorded, and by synthetic voices that no model was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.hearing.conditions import LEVEL, noises
from benchmarks.speech import Recordings, Stream, Word, drawn, scaled, stream, synthetic, talk
from voice_coach.commands import PHRASES, SAFETY, Command, phrases
from voice_coach.sound.samples import Samples

VOICES = ("en-us+f3", "en-gb-x-rp", "en-us", "en-gb-scotland+m4", "en-029+f1")
RATES = (160, 200)
"""Words a minute."""
PAINS = ("pain", "ouch", "it hurts", "pain", "that hurts", "stop")
SETTLING = 3
"""Words that a speaker says first and that are not counted."""
CHATTER = (
    "good evening", "the coffee is warm", "we were at the seaside", "look at the rain",
    "my sister called this morning", "put the kettle on the table", "they play music next door",
    "the towel is on the chair", "nobody told me about it", "it was a lovely day for a walk",
)  # fmt: skip
"""What synthetic voices say without meaning a command."""
COFFEE, WAKE, MEETING = "picovoice_coffee", "picovoice_wakewords", "ami_pyannote"
TALK = {COFFEE: 8, WAKE: 8, MEETING: 1}
"""Clips of each kind of talk in a round."""
STOPS, OTHERS = 3, 3
"""Words of each speaker in a round: "stop", and others."""
PLAIN = tuple(c for c in Command if c not in (*SAFETY, Command.RED_FLAG))
COMMANDS = tuple(phrase for n in range(3) for c in PLAIN for phrase in phrases(c)[n : n + 1])
"""The first phrases of every ordinary command, in rounds."""
COMMANDS_A_ROUND = 12


@dataclass(frozen=True)
class Person:
    """Who speaks while the coach does."""

    settling: tuple[Word, ...]
    words: tuple[Word, ...]
    """Safety words."""


@dataclass(frozen=True)
class Round:
    """What is measured together; the more rounds, the more of everything."""

    words: tuple[Stream, ...]
    """Human and synthetic safety words, among others."""
    commands: Stream
    talk: tuple[Stream, ...]
    people: tuple[Person, ...]
    """One human where there are recordings, and one synthetic."""


@dataclass(frozen=True)
class Material:
    """All of it."""

    rounds: tuple[Round, ...]
    noise: dict[str, Samples]
    seed: int


def gather(recordings: Recordings | None, rounds: int, seed: int) -> Material:
    """Material for so many *rounds*; without *recordings* all of it is synthetic."""
    made = [_synthetic(voice, wpm) for wpm in RATES for voice in VOICES][: max(2, rounds)]
    speakers = recordings.speakers(1, "stop") if recordings else []
    chatter = [word for voice in made for word in voice["chatter"]]
    gathered = []
    for number in range(rounds):
        voice = made[number % len(made)]
        settling = voice["chatter"][:SETTLING]
        first = COMMANDS_A_ROUND * number
        some = [voice["commands"][i % len(COMMANDS)] for i in range(first, first + COMMANDS_A_ROUND)]
        people = [Person(tuple(_levelled(settling)), tuple(_levelled(voice["pains"])))]
        streams = [_stream([*settling, *voice["pains"]], seed + number)]
        talks = [talk([word.samples for word in voice["chatter"]], seed + number)]
        if recordings:
            mine = [_human(recordings, speaker) for speaker in speakers[2 * number : 2 * number + 2]]
            streams += [_stream(words, seed + number) for words in mine]
            people += [_person(words) for words in mine[:1]]
            talks = [
                talk([recordings.read(path) for path in paths], seed + number)
                for source, count in TALK.items()
                if (paths := recordings.talk(source)[count * number : count * (number + 1)])
            ]
        commands = _stream([*settling, *some], seed + number)
        levelled = [replace(one, samples=scaled(one.samples, LEVEL)) for one in talks]
        gathered.append(Round(tuple(streams), commands, tuple(levelled), tuple(people)))
    return Material(tuple(gathered), noises(recordings, chatter, seed), seed)


def _synthetic(voice: str, words_per_minute: int) -> dict[str, list[Word]]:
    every = iter(synthetic(voice, (*PAINS, *CHATTER, *COMMANDS), words_per_minute))
    return {
        name: [next(every) for _ in listed]
        for name, listed in (("pains", PAINS), ("chatter", CHATTER), ("commands", COMMANDS))
    }


def _human(recordings: Recordings, speaker: str) -> list[Word]:
    """SETTLING words that are no command, then "stop"s, answers and others in an order drawn."""
    listed = recordings.labels(speaker)
    stops = [each for each in listed if each[0] == "stop"][:STOPS]
    answers = [each for each in listed if each[0] in ("yes", "no")][: OTHERS - 1]
    rest = [each for each in listed if each[0] not in PHRASES]
    counted = [*stops, *answers, *rest[SETTLING : SETTLING + OTHERS - len(answers)]]
    counted.sort(key=lambda each: drawn(recordings.seed, each[1]))
    return [recordings.word(speaker, *each) for each in (*rest[:SETTLING], *counted)]


def _person(words: Sequence[Word]) -> Person:
    return Person(tuple(_levelled(words[:SETTLING])), tuple(_levelled([w for w in words if w.label == "stop"])))


def _levelled(words: Sequence[Word]) -> list[Word]:
    return [Word(w.label, w.speaker, w.human, scaled(w.samples, LEVEL)) for w in words]


def _stream(words: Sequence[Word], seed: int) -> Stream:
    # After a word there must be time for its final result.
    return stream(words, SETTLING, seed, gap=1.2, level=LEVEL)


def spoken(person: Person) -> Samples:
    """What *person* says before the session, so that the recogniser knows the voice."""
    return np.concatenate([w.samples for w in person.settling])
