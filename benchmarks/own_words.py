"""Its own words: every sentence the coach can say, in every English voice installed, heard by its own ears.

    python -m benchmarks.own_words [--voices NAME ...] [--every N] [--json FILE]

Each sentence is heard twice: directly, as loud as it was made and with no echo cancelling, which is the worst that can
happen; and as in a room, at -12 dB with reverberation, through the canceller of a whole session. Counted are safety
words heard, which end a step, and those only suspected, which hush the coach for a moment. The
sentences that teach the safety words are left out directly, for they hold them. All speech is
synthetic, as all of the coach's is. Whole, it takes hours; --every N takes each Nth sentence.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.common import keep, show, versions
from voice_coach.commands import find_safety
from voice_coach.hearing.builtin import builtin
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.echo import LinearEcho
from voice_coach.hearing.recogniser import Recogniser
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.preflight import conversation as preflight
from voice_coach.reception import words as reception
from voice_coach.routine.declined import DECLINED
from voice_coach.routine.load import load, shipped
from voice_coach.routine.options import chosen, forms
from voice_coach.session.events import Heard, Suspected
from voice_coach.session.repertoire import repertoire
from voice_coach.session.words import TEACH, TEACH_TWO
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import HEARING_RATE, block_frames, saturate, silence
from voice_coach.speaking.mouth import Lines
from voice_coach.speaking.voice import SystemVoice, voices

ECHO = -12.0
"""Decibels at which the microphone hears the loudspeaker."""
NOISE = 15.0
"""The room's, sample steps."""
BLOCK = block_frames(HEARING_RATE, 0)


@dataclass(frozen=True)
class Mishearing:
    """The coach's own sentence taken for somebody's word."""

    phrase: str
    sentence: str
    safety: bool
    """Whether it was a safety word."""
    settled: bool
    """Whether it was heard, and not only suspected for a moment."""


def sentences() -> tuple[str, ...]:
    """Every line that can be said in the preflight, while choosing, and in any form of any shipped routine."""
    routines = [load(path) for path in shipped()]
    lines = [TEACH, TEACH_TWO, *preflight.repertoire(), *reception.repertoire(routines, DECLINED)]
    for routine in routines:
        for form in forms(routine):
            lines += repertoire(chosen(routine, form))
    return tuple(dict.fromkeys(lines))


def mishearings(said: Iterable[str], lines: Lines, recogniser: Recogniser, cancelled: bool) -> list[Mishearing]:
    """What is heard when *said* is spoken one after another, a second apart."""
    ears = Ears(recogniser, LinearEcho() if cancelled else None)
    room, noise = Echo(ECHO, HEARING_RATE, 0.02, 0.2), np.random.default_rng(0)
    found = []
    for sentence in said:
        played = np.concatenate((lines.render(sentence), silence(HEARING_RATE)))
        for at in range(0, len(played) - BLOCK + 1, BLOCK):
            block = played[at : at + BLOCK]
            arriving = room.through(block) if cancelled else block
            for one in ears.push(saturate(arriving + noise.normal(0, NOISE, BLOCK)), block):
                if isinstance(one, Heard | Suspected):
                    safety = find_safety(one.phrase) is not None
                    found.append(Mishearing(one.phrase, sentence, safety, isinstance(one, Heard)))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voices", nargs="+", metavar="NAME", help="default: every English voice")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args(arguments)
    said = sentences()
    sample = list(dict.fromkeys((TEACH, TEACH_TWO, *said[:: args.every])))
    print(f"{len(sample)} of {len(said)} sentences.")
    recogniser = VoskRecogniser(builtin())
    report, rows = [], []
    for name in args.voices or [each.short for each in voices() if each.english]:
        with SystemVoice(name) as voice:
            lines = Lines(voice, HEARING_RATE)
            for cancelled in (False, True):
                spoken = sample if cancelled else [line for line in sample if find_safety(line) is None]
                found = mishearings(spoken, lines, recogniser, cancelled)
                way = "cancelled" if cancelled else "directly"
                safety = [one for one in found if one.safety]
                heard, other = sum(one.settled for one in safety), len(found) - len(safety)
                rows.append((f"{name}, {way}", str(len(spoken)), str(heard), str(len(safety) - heard), str(other)))
                report.append(
                    {"voice": name, "way": way, "sentences": len(spoken), "found": [vars(one) for one in found]}
                )
                for one in found:
                    kind = "heard" if one.settled else "suspected"
                    print(f"  {name}, {way}: {kind} “{one.phrase}” in “{one.sentence}”", flush=True)
    show("Its own words", ("voice", "sentences", "safety heard", "suspected", "other commands"), rows)
    keep(args.json, {"versions": versions(), "echo": ECHO, "noise": NOISE, "all": len(said), "runs": report})


if __name__ == "__main__":
    main()
