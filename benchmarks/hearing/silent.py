"""While the coach is silent: words and talk in noise, through the same Ears as live."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.hearing.rivals import System
from benchmarks.speech import Clip, Stream
from voice_coach.commands import SESSION, Command, Phrases, find_safety
from voice_coach.hearing.listener import Finding, Listener
from voice_coach.hearing.recogniser import Hypothesis, Recogniser
from voice_coach.session.events import Heard, Suspected
from voice_coach.sound.samples import HEARING_RATE, Samples

Record = dict[str, Any]
Timed = list[tuple[float, Finding]]

BLOCK = HEARING_RATE // 100
HOLDS = (0.0, 0.1, 0.25, 0.5, 1.0)
"""Seconds for which a safety word must stay in the partials: the knob of the detection-error curve."""
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


def listen(system: System, sound: Stream) -> tuple[Timed, Tape, float]:
    """What is heard in *sound* and when, the recogniser's own words, and processor seconds."""
    began = time.process_time()
    ears = system.ears()
    tape = Tape(ears.recogniser)
    ears.recogniser = tape
    heard: Timed = []
    for at in range(0, len(sound.samples) - BLOCK + 1, BLOCK):
        heard += [(ears.seconds, found) for found in ears.push(sound.samples[at : at + BLOCK])]
    return heard, tape, time.process_time() - began


def words(system: System, sound: Stream, condition: str) -> list[Record]:
    """A record for each counted word of *sound*, and for the same recogniser with final results only."""
    heard, tape, processor = listen(system, sound)
    late = _finals(tape)
    records: list[Record] = [{"part": "cost", "system": system.name, "seconds": sound.seconds, "processor": processor}]
    for clip, following in zip(sound.clips, [*sound.clips[1:], None], strict=True):
        if clip.counted:
            of = {
                "part": "word", "condition": condition, "label": clip.label, "human": clip.human,
                "speaker": sound.speaker,
            }  # fmt: skip
            begin, end = window(clip, following)
            holds = {str(hold): _any(holding(tape, hold), begin, end) for hold in HOLDS}
            records.append({**of, "system": system.name, **_reaction(heard, clip, begin, end), "holds": holds})
            if any(not hypothesis.final for _, hypothesis in tape.told):
                records.append({**of, "system": f"{system.name}, finals only", **_reaction(late, clip, begin, end)})
    return records


def talk(system: System, sound: Stream, condition: str) -> list[Record]:
    """How often a safety word or command was imagined in *sound*, which has none."""
    heard, tape, processor = listen(system, sound)
    of = {"part": "talk", "condition": condition, "seconds": sound.seconds}
    holds = {str(hold): len(holding(tape, hold)) for hold in HOLDS}
    record = {**of, "system": system.name, **_imagined(heard), "holds": holds}
    cost = {"part": "cost", "system": system.name, "seconds": sound.seconds, "processor": processor}
    if all(hypothesis.final for _, hypothesis in tape.told):
        return [record, cost]
    late = _imagined(_finals(tape))
    return [record, {**of, "system": f"{system.name}, finals only", **late}, cost]


def holding(tape: Tape, hold: float) -> list[float]:
    """When safety words, once an utterance, had stayed for *hold* seconds; a final result counts at once."""
    found: list[float] = []
    since: float | None = None
    told = False
    ends = [*(at for at, _ in tape.told[1:]), math.inf]
    for (at, hypothesis), next_at in zip(tape.told, ends, strict=False):
        there = find_safety(hypothesis.text) is not None
        since = (at if since is None else since) if there else None
        if since is not None and not told and (hypothesis.final or since + hold <= next_at):
            found.append(at if hypothesis.final else max(at, since + hold))
            told = True
        if hypothesis.final:
            since, told = None, False
    return found


def _finals(tape: Tape) -> Timed:
    listener = Listener()
    return [(at, found) for at, said in tape.told if said.final for found in listener.hear(said, at)]


def window(clip: Clip, following: Clip | None) -> tuple[float, float]:
    """Seconds of the stream between which a reaction is one to *clip*."""
    end = clip.end / HEARING_RATE + LATE
    return clip.start / HEARING_RATE + 0.1, min(end, following.start / HEARING_RATE + 0.2) if following else end


def _any(times: Sequence[float], begin: float, end: float) -> bool:
    return any(begin < at <= end for at in times)


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
