"""While the coach speaks: real sessions in audio time, which branch wherever somebody says a word.

The session itself (stage, mixer, echo, ears) is copied with its process at each of these moments, so that one session
serves for many words and none disturbs another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from benchmarks.branches import Branches
from benchmarks.hearing.conditions import DELAY, REVERBERATION, echo_level
from benchmarks.hearing.material import Person, spoken
from benchmarks.hearing.rivals import DuckedEcho, System
from benchmarks.hearing.silent import SAFE, Record
from benchmarks.speech import Word, sound_end
from voice_coach.commands import Phrases
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.recogniser import Hypothesis
from voice_coach.recorded import ROOM_NOISE, Microphone, Nowhere, RecordedStage
from voice_coach.routine.model import Routine
from voice_coach.session.repertoire import repertoire
from voice_coach.sound.mixer import FADE
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import HEARING_RATE, Samples, saturate, silence
from voice_coach.speaking.voice import SystemVoice
from voice_coach.stage import Line, play

LATE = 2.0
"""Seconds after its end in which a word may be heard."""
COLD = (0.3, 2.0)
"""When the first words of a session are said, seconds: the canceller has heard next to nothing of the coach."""
WARM = (6.0, 16.0)
ENOUGH = WARM[1] + 4
"""Seconds of a session."""


class Rendered:
    """A voice whose lines are all there already, so that no process of it is copied."""

    failing = False

    def __init__(self, voice: SystemVoice, lines: Iterable[str]) -> None:
        self.rate = voice.rate
        self._lines = {line: voice.render(line) for line in lines}

    def render(self, line: str) -> Samples:
        """See Voice. An answer that depends on the moment, as to “how long”, is a second of silence."""
        return self._lines.get(line, silence(self.rate))


def coach(routines: Iterable[Routine]) -> Rendered:
    """The coach's usual voice with all that it can say in *routines*."""
    with SystemVoice() as voice:
        return Rendered(voice, {line for routine in routines for line in repertoire(routine)})


class Deaf:
    """A recogniser that hears nothing."""

    name = "deaf"

    def push(self, samples: Samples) -> Sequence[Hypothesis]:
        """See Recogniser."""
        return ()

    def listen_for(self, phrases: Phrases) -> None:
        """See Recogniser."""


class Quiet:
    """A microphone in a quiet room."""

    rate = HEARING_RATE
    ended = False

    def __init__(self, seed: int) -> None:
        self._noise = np.random.default_rng(seed)

    def read(self, frames: int) -> Samples:
        """The room's noise."""
        return saturate(self._noise.normal(0, ROOM_NOISE, frames))


@dataclass(frozen=True)
class Trial:
    """*word* said at *onset*, seconds of the session."""

    onset: float
    word: Word
    facts: Record


class _OverError(Exception):
    """A session that was not a copy has come to its result."""


def _no_copy(done: Callable[[Record], None]) -> Callable[[Any], NoReturn]:
    """In the place of Branches.split, for what cannot be copied: the session ends with its one word."""

    def tell(record: Record) -> NoReturn:
        done(record)
        raise _OverError

    return tell


class Branching:
    """A microphone in the room of *inner*, where each of *trials* is made in a copy of the process.

    *lines* is the session's transcript, as it grows; *done* takes each trial's record.
    """

    rate = HEARING_RATE
    ended = False

    def __init__(
        self,
        inner: Microphone,
        trials: Sequence[Trial],
        lines: list[Line],
        done: Callable[[Record], None],
        echo: Echo | None = None,
        copied: bool = True,
    ) -> None:
        self._inner, self._lines, self._done, self._echo = inner, lines, done, echo
        self._split = Branches(1).split if copied else _no_copy
        self._trials = sorted(trials, key=lambda trial: trial.onset)
        self._position = 0
        self._saying: Trial | None = None
        self.tell: Callable[[Any], NoReturn] | None = None
        """In a copy: where its result goes."""

    def again(self, trial: Trial) -> None:
        """Make another trial, at once if its moment has come."""
        self._trials.insert(0, trial)

    def read(self, frames: int) -> Samples:
        """The next samples; a copy says its word and ends when it is too late to be heard."""
        while self._saying is None and self._trials and self._trials[0].onset * self.rate <= self._position:
            trial = self._trials.pop(0)
            if (tell := self._split(self._done)) is not None:
                self.tell, self._saying = tell, trial
                self._began = self._position
                self._inner = Quiet(self._position)  # whoever says the word breaks off an answer
                if isinstance(self._echo, DuckedEcho):
                    self._echo.voice_from = self._position / self.rate
        block = self._inner.read(frames).astype(float)
        if self._saying is not None and self.tell is not None:
            at = self._position - self._began
            part = self._saying.word.samples[at : at + frames]
            block[: len(part)] += part
            if at > sound_end(self._saying.word.samples) + LATE * self.rate:
                self.tell(outcome(self._saying, self._began / self.rate, self._lines))
        self._position += frames
        return saturate(block)


def outcome(trial: Trial, onset: float, lines: Sequence[Line]) -> Record:
    """What became of a word: seconds from its end to the hush and to the end of the step, None where there was none."""
    end = onset + sound_end(trial.word.samples) / HEARING_RATE
    hushes = [_time(line) for line in lines if line["event"] == "hush" and _time(line) > onset]
    heard = [line for line in lines if line["event"] == "heard" and _time(line) > onset]
    ends = [_time(line) for line in heard if line["command"] in [command.value for command in SAFE]]
    return {
        **trial.facts, "label": trial.word.label, "human": trial.word.human, "speaker": trial.word.speaker,
        "onset": round(onset, 2), "speaking": speaking(lines, onset, end),
        "hush": round(hushes[0] + FADE - end, 3) if hushes else None,
        "ended": round(ends[0] - end, 3) if ends else None,
        "commands": [line["command"] for line in heard],
        "withdrawn": sum(line["event"] == "withdrawn" and _time(line) > onset for line in lines),
    }  # fmt: skip


def speaking(lines: Sequence[Line], begin: float, end: float) -> bool:
    """Whether a sentence of the coach was going on all the time, but for the word's own effect."""
    since: float | None = None
    for line in lines:
        if _time(line) > begin:
            return since is not None and (line["event"] != "said" or _time(line) >= end)
        since = _time(line) if line["event"] == "say" else None if line["event"] in ("said", "hush") else since
    return since is not None


def spans(routine: Routine, voice: Rendered, seconds: float) -> list[tuple[float, float]]:
    """When the coach speaks in a session in which nobody answers."""
    lines: list[Line] = []
    stage = RecordedStage(Quiet(0), Nowhere(), Ears(Deaf()), voice, until=seconds)
    play(routine, stage, lines.append)
    says = [_time(line) for line in lines if line["event"] == "say"]
    return [(begin, min((_time(s) for s in lines if s["event"] == "said" and _time(s) > begin), default=seconds))
            for begin in says]  # fmt: skip


def onsets(during: Sequence[tuple[float, float]], window: tuple[float, float], count: int, seed: int) -> list[float]:
    """*count* moments drawn from the parts of *window* in which the coach speaks, and goes on for a while."""
    parts = [(max(a, window[0]), min(b - 1.0, window[1])) for a, b in during]
    parts = [(a, b) for a, b in parts if b > a]
    lengths = np.array([b - a for a, b in parts])
    random = np.random.default_rng(seed)
    return [float(random.uniform(*parts[i])) for i in random.choice(len(parts), count, p=lengths / lengths.sum())]


def over_the_coach(
    system: System, person: Person, routine: Routine, voice: Rendered, ser: float, each: int, seed: int
) -> list[Record]:
    """*each* words of *person* in the first two seconds of a session, and later, at a signal-to-echo ratio *ser*."""
    during = spans(routine, voice, ENOUGH)
    facts = {"part": "over", "system": system.name, "ser": ser}
    trials = [
        Trial(at, person.words[number % len(person.words)], {**facts, "warm": warm})
        for warm, window in ((False, COLD), (True, WARM))
        for number, at in enumerate(onsets(during, window, each, seed + warm))
    ]
    records: list[Record] = []
    for mine in [trials] if system.copied else [[trials[0]], [trials[-1]]]:
        ears = system.ears()
        settle(ears, person, seed)
        lines: list[Line] = []
        room = (DuckedEcho if system.ducked else Echo)(echo_level(ser), HEARING_RATE, DELAY, REVERBERATION)
        microphone = Branching(Quiet(seed), mine, lines, records.append, room, system.copied)
        branched(RecordedStage(microphone, Nowhere(), ears, voice, echo=room, until=ENOUGH), routine, lines, microphone)
    if not system.copied:
        return records
    sounding = sum(end - begin for begin, end in during)
    return [*records, {**facts, "part": "self", "seconds": round(sounding, 1), **of_itself(lines)}]


def branched(stage: RecordedStage, routine: Routine, lines: list[Line], microphone: Branching) -> None:
    """Play a session that branches; a copy that fails ends there, and one whose word could not end in time."""
    try:
        play(routine, stage, lines.append)
    except _OverError:
        return
    except BaseException as error:
        if microphone.tell is not None:
            microphone.tell({"part": "failed", "error": repr(error)})
        raise
    if microphone.tell is not None:
        microphone.tell({"part": "too late"})


def settle(ears: Ears, person: Person, seed: int) -> None:
    """Let *ears* hear the person's voice for a few seconds, as before a session."""
    still = Quiet(seed)
    before = np.concatenate([still.read(HEARING_RATE // 2), spoken(person), still.read(HEARING_RATE)])
    for at in range(0, len(before), 160):
        ears.push(before[at : at + 160])


def of_itself(lines: Sequence[Line]) -> Record:
    """What the coach heard though nobody spoke."""
    return {
        "hushes": sum(line["event"] == "suspected" for line in lines),
        "heard": [line["phrase"] for line in lines if line["event"] == "heard"],
    }


def _time(line: Line) -> float:
    return float(str(line["t"]))
