"""Never deaf: the word said at every moment of a whole session, from its first sample to its last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.hearing.conditions import DELAY, REVERBERATION, echo_level
from benchmarks.hearing.rivals import System
from benchmarks.hearing.silent import Record, listen, safe
from benchmarks.hearing.speaking import Branching, Quiet, Rendered, Trial, branched
from benchmarks.speech import Stream, Word
from voice_coach.person import Person, Wish
from voice_coach.recorded import Nowhere, PersonInRoom, RecordedStage
from voice_coach.routine.model import Routine
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import HEARING_RATE
from voice_coach.stage import Line

ANSWERS = (
    "no", "no thanks", "nope", "yes", "yes please", "that is right", "i am ready", "ready", "we are ready",
    "continue", "carry on", "keep going", "pause",
)  # fmt: skip
"""What the simulated person says."""
SECONDS = 14.0
"""Length of the one step."""
LONGEST = 120.0
SER = 10.0


def short(routine: Routine) -> Routine:
    """A session of *routine* with a question, a preparation, an instruction, cues, and a pause."""
    step = next(step for step in routine.steps if step.tempo and step.duration)
    step = step.model_copy(update={"duration": SECONDS, "cues": ()})
    step.__dict__.pop("seconds", None)  # it was worked out from the old duration
    return routine.model_copy(
        update={"questions": routine.questions[:1], "preparation": routine.preparation[:1], "steps": (step,)}
    )


def heard_in_silence(system: System, words: Sequence[Word]) -> list[bool]:
    """Which of *words* are heard at all, each said three times in a quiet room."""
    found = []
    for number, word in enumerate(words):
        still = Quiet(number)
        parts = [part for _ in range(3) for part in (still.read(HEARING_RATE), word.samples, still.read(HEARING_RATE))]
        heard = listen(system, Stream(np.concatenate(parts), ())).heard
        found.append(sum(safe(each) for _, each in heard) >= 3)
    return found


def everywhere(
    system: System,
    words: Sequence[Word],
    routine: Routine,
    voice: Rendered,
    answers: Rendered,
    moments: tuple[float, float],
    longest: float = LONGEST,
) -> list[Record]:
    """A word at every moment: *moments* are the first and the distance of the next, seconds; to *longest* at most.

    One that is missed is said in other voices at the same moment; the program was deaf there when none of *words* is
    heard.
    """
    person = Person(routine, [Wish(1, 5.0, "pause")])
    first, every = moments
    trials = [
        Trial(float(at), words[number % len(words)], {"part": "everywhere", "attempt": 0, "turn": number})
        for number, at in enumerate(np.arange(first, longest - 4, every))
    ]
    lines: list[Line] = []
    records: list[Record] = []

    def done(record: Record) -> None:
        records.append(record)
        attempt = record.get("attempt", len(words)) + 1
        if record.get("ended") is None and attempt < len(words):
            word = words[(record["turn"] + attempt) % len(words)]
            facts = {"part": "everywhere", "attempt": attempt, "turn": record["turn"]}
            microphone.again(Trial(record["onset"], word, facts))

    room = Echo(echo_level(SER), HEARING_RATE, DELAY, REVERBERATION)
    microphone = Branching(PersonInRoom(person, answers), trials, lines, done, room)
    stage = RecordedStage(microphone, Nowhere(), system.ears(), voice, echo=room, person=person, until=longest)
    branched(stage, routine, lines, microphone)
    kinds = sorted({str(line["event"]) for line in lines})
    return [*records, {"part": "session", "seconds": float(str(lines[-1]["t"])), "events": kinds}]
