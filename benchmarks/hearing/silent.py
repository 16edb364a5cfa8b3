"""While the coach is silent: words and talk in noise, through the same Ears as live."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.hearing.rivals import System
from benchmarks.speech import Clip, Stream
from voice_coach.commands import SESSION, Command, Phrases
from voice_coach.hearing.listener import Finding, Listener
from voice_coach.hearing.opinion import Opinion
from voice_coach.hearing.recogniser import Hypothesis, Recogniser
from voice_coach.session.events import Heard, Suspected
from voice_coach.sound.samples import HEARING_RATE, Samples

Record = dict[str, Any]
Timed = list[tuple[float, Finding]]

BLOCK = HEARING_RATE // 100
SHIFTS = (-3.0, -1.5, 0.0, 1.5, 3.0)
"""By so many nats the spotter is made surer of everything: the knob of the detection-error curve."""
LATE = 2.0
"""Seconds after its end in which a word may be heard."""
SAFE = (Command.STOP, Command.PAIN, Command.RED_FLAG)
"""What ends a step."""


class Tape:
    """A recogniser that keeps what it said, and when."""

    def __init__(self, inner: Recogniser) -> None:
        self.name = inner.name
        self.told: list[tuple[float, Hypothesis]] = []
        self._inner = inner
        self._pushed = 0

    def push(self, samples: Samples) -> Sequence[Hypothesis]:
        """See Recogniser."""
        self._pushed += len(samples)
        said = self._inner.push(samples)
        self.told += [(self._pushed / HEARING_RATE, hypothesis) for hypothesis in said]
        return said

    def listen_for(self, phrases: Phrases) -> None:
        """See Recogniser."""
        self._inner.listen_for(phrases)


class Surer:
    """Another's opinion, surer of everything by so many *nats* of the logarithm of its odds."""

    def __init__(self, inner: Opinion, nats: float) -> None:
        self._inner, self._odds = inner, math.exp(nats)

    def chance(self, command: Command, seconds: float) -> float:
        """See Opinion."""
        return self._surer(self._inner.chance(command, seconds))

    def outcry(self, family: Command) -> tuple[float, float]:
        """See Opinion."""
        now, on_average = self._inner.outcry(family)
        return self._surer(now), self._surer(on_average)

    def likeliest(self, seconds: float) -> str:
        """See Opinion."""
        return self._inner.likeliest(seconds)

    def _surer(self, chance: float) -> float:
        return chance * self._odds / (chance * self._odds + 1 - chance)


@dataclass
class Listening:
    """What came of a sound."""

    heard: Timed
    tape: Tape
    shifted: dict[float, Timed]
    """What is heard when the spotter is surer by so many nats; empty where there is no spotter."""
    processor: float
    """Seconds."""


def listen(system: System, sound: Stream) -> Listening:
    """What is heard in *sound*, and when."""
    ears = system.ears()
    tape = Tape(ears.recogniser)
    ears.recogniser = tape
    surer = {nats: Listener(SESSION, Surer(ears.spotter, nats)) for nats in SHIFTS} if ears.spotter else {}
    found = Listening([], tape, {nats: [] for nats in surer}, 0.0)
    for at in range(0, len(sound.samples) - BLOCK + 1, BLOCK):
        began, told = time.process_time(), len(tape.told)
        found.heard += [(ears.seconds, each) for each in ears.push(sound.samples[at : at + BLOCK])]
        found.processor += time.process_time() - began
        for nats, listener in surer.items():
            new = [each for when, said in tape.told[told:] for each in listener.hear(said, when)]
            found.shifted[nats] += [(ears.seconds, each) for each in (*new, *listener.wait(ears.seconds))]
    return found


def words(system: System, sound: Stream, condition: str) -> list[Record]:
    """A record for each counted word of *sound*, and for the same recogniser with final results only."""
    found = listen(system, sound)
    late = _finals(found.tape)
    records = [_cost(system, sound, found)]
    for clip, following in zip(sound.clips, [*sound.clips[1:], None], strict=True):
        if clip.counted:
            of = {
                "part": "word", "condition": condition, "label": clip.label, "human": clip.human,
                "speaker": sound.speaker,
            }  # fmt: skip
            begin, end = window(clip, following)
            shifted = {
                str(nats): any(begin < at <= end and safe(each) for at, each in heard)
                for nats, heard in found.shifted.items()
            }
            reaction = _reaction(found.heard, clip, begin, end)
            records.append({**of, "system": system.name, **reaction, "shifted": shifted})
            if any(not hypothesis.final for _, hypothesis in found.tape.told):
                records.append({**of, "system": f"{system.name}, finals only", **_reaction(late, clip, begin, end)})
    return records


def talk(system: System, sound: Stream, condition: str) -> list[Record]:
    """How often a safety word or command was imagined in *sound*, which has none."""
    found = listen(system, sound)
    of = {"part": "talk", "condition": condition, "seconds": sound.seconds}
    shifted = {str(nats): sum(safe(each) for _, each in heard) for nats, heard in found.shifted.items()}
    record = {**of, "system": system.name, **_imagined(found.heard), "shifted": shifted}
    cost = _cost(system, sound, found)
    if all(hypothesis.final for _, hypothesis in found.tape.told):
        return [record, cost]
    late = _imagined(_finals(found.tape))
    return [record, {**of, "system": f"{system.name}, finals only", **late}, cost]


def _cost(system: System, sound: Stream, found: Listening) -> Record:
    return {"part": "cost", "system": system.name, "seconds": sound.seconds, "processor": found.processor}


def _finals(tape: Tape) -> Timed:
    listener = Listener()
    return [(at, found) for at, said in tape.told if said.final for found in listener.hear(said, at)]


def window(clip: Clip, following: Clip | None) -> tuple[float, float]:
    """Seconds of the stream between which a reaction is one to *clip*."""
    end = clip.end / HEARING_RATE + LATE
    return clip.start / HEARING_RATE + 0.1, min(end, following.start / HEARING_RATE + 0.2) if following else end


def _reaction(heard: Timed, clip: Clip, begin: float, end: float) -> Record:
    mine = [(at, found) for at, found in heard if begin < at <= end]
    hushes = [at for at, found in mine if isinstance(found, Suspected) or safe(found)]
    ends = [at for at, found in mine if safe(found)]
    said = clip.end / HEARING_RATE
    meant = SESSION.understand(clip.label)
    return {
        "meant": meant.command.value if meant else None,
        "hush": round(hushes[0] - said, 3) if hushes else None,
        "ended": round(ends[0] - said, 3) if ends else None,
        "commands": [found.command.value for _, found in mine if isinstance(found, Heard)],
        "suspected": sum(isinstance(found, Suspected) for _, found in mine),
    }


def _imagined(heard: Timed) -> Record:
    ends = sum(safe(found) for _, found in heard)
    suspected = sum(isinstance(found, Suspected) for _, found in heard)
    commands = sum(isinstance(found, Heard) and found.command not in SAFE for _, found in heard)
    return {"ends": ends, "hushes": max(suspected, ends), "commands": commands}


def safe(found: Finding) -> bool:
    """Whether *found* ends a step."""
    return isinstance(found, Heard) and found.command in SAFE
