"""Its own words: every sentence the coach can say, in every English voice installed, heard by its own ears.

    python -m benchmarks.own_words [--voices NAME ...] [--parts PART ...] [--ways WAY ...] [--json FILE]

What is said in a session, in the check before it, in the menu and when the body map is asked for is heard as it is
there, with what is listened for there. The lines of the moment are those that tell of a time, of a command that was
heard, or of the last session: every time, place and phrase once. Each sentence is heard three times: directly, as loud
as it was made and with no echo cancelling, which is the worst that can happen; as in a room, at -12 dB with
reverberation, through the canceller of a whole session; and at -3 dB from a loudspeaker that distorts badly, which no
linear canceller takes away. Counted are safety words heard, which end a step, those only suspected, which hush the
coach for a moment, other commands, and how often the coach stepped back for its own voice. The sentences that teach the
safety words are left out directly, for they hold them. All speech is synthetic, as all of the coach's is. Directly it
takes 41 to 90 minutes a voice on busy cores, and the other ways more. With --turns the voices take turns, so that each
sentence is said by one of them; --every N takes each Nth sentence of a part, beginning with the --from'th.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.common import keep, show, versions
from voice_coach.commands import PHRASES, SESSION, Phrases, find_safety
from voice_coach.hearing.builtin import builtin
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.echo import LinearEcho
from voice_coach.hearing.recogniser import Recogniser
from voice_coach.hearing.spotter import Spotter
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.preflight import conversation as preflight
from voice_coach.reception import sparing
from voice_coach.reception import words as menu
from voice_coach.reception.vocabulary import catalogue
from voice_coach.routine.declined import DECLINED
from voice_coach.routine.load import load, shipped
from voice_coach.routine.model import Routine
from voice_coach.routine.options import chosen, forms
from voice_coach.session import announcements, own_questions, times
from voice_coach.session.events import Heard, Suspected
from voice_coach.session.repertoire import repertoire
from voice_coach.session.session import begin
from voice_coach.session.state import Doing, turns
from voice_coach.session.words import TEACH, TEACH_TWO
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import HEARING_RATE, block_frames, saturate, silence
from voice_coach.speaking.chimes import breath
from voice_coach.speaking.mouth import Lines
from voice_coach.speaking.voice import SystemVoice, voices

PARTS = ("session", "moment", "check", "menu", "body map")
OWN = ("menu", "body map")
"""Those that have words of their own."""
DIRECTLY, ROOM, DISTORTED = "directly", "room", "distorted"
ECHO = {ROOM: -12.0, DISTORTED: -3.0}
"""Decibels at which the microphone hears the loudspeaker."""
BENT = 8000.0
"""Sample steps beyond which the loudspeaker that distorts gives little more."""
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


@dataclass(frozen=True)
class Part:
    """Sentences that are said while the same is listened for."""

    name: str
    phrases: Phrases
    lines: tuple[str, ...]


def parts() -> tuple[Part, ...]:
    """Every line that can be said, in any form of any shipped routine; each in the part where it is said."""
    routines = [load(path) for path in shipped()]
    made = [chosen(routine, form) for routine in routines for form in forms(routine)]
    kept = [sparing.Sparing(routine) for routine in routines]
    most = max(kept, key=lambda topic: len(topic.phrases.all))
    return (
        Part("session", SESSION, _once(TEACH, TEACH_TWO, *(line for form in made for line in repertoire(form)))),
        Part("moment", SESSION, _once(*of_the_moment(made))),
        Part("check", preflight.PHRASES, _once(*preflight.repertoire())),
        Part("menu", catalogue(routines).phrases, _once(*menu.repertoire(routines, DECLINED))),
        Part("body map", most.phrases, _once(*(line for routine in routines for line in sparing.repertoire(routine)))),
    )


def of_the_moment(routines: Iterable[Routine]) -> Iterator[str]:
    """The lines that no repertoire has."""
    lengths = [*range(5, 60, 5), *range(60, 61 * 60, 30)]
    for seconds in lengths:
        yield times.how_long(seconds, seconds)
        yield times.in_all(seconds)
    for phrase, match in PHRASES.items():
        yield from announcements.what_heard(Heard(match.command, phrase, "command"), None)
    places: set[str] = set()
    for routine in routines:
        plan, (session, _) = turns(routine), begin(routine)
        yield from (times.wait_left(wait, seconds) for wait in announcements.waits(plan) for seconds in lengths)
        for number, turn in enumerate(plan):
            if (place := str(turn.area)) not in places:
                left = float(lengths[len(places) % len(lengths)])
                places.add(place)
                yield times.time_left(turn, left)
                yield own_questions.go_on_there(replace(session, phase=Doing(number, left))).ask


def listening(heard: Iterable[Part]) -> VoskRecogniser:
    """A recogniser that knows the words of all these parts."""
    return VoskRecogniser(builtin(extra={word for part in heard if part.name in OWN for word in part.phrases.words}))


def _once(*lines: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))


@dataclass
class Own:
    """What came of a number of sentences."""

    found: list[Mishearing]
    seconds: float = 0.0
    ducked: int = 0
    """How often the coach stepped back, as for a person."""


def mishearings(
    said: Iterable[str], lines: Lines, recogniser: Recogniser, way: str = ROOM, phrases: Phrases = SESSION
) -> Own:
    """What is heard when *said* is spoken one after another, a second apart, after the breath of a session.

    Listened for are *phrases*.
    """
    ears = Ears(recogniser, None if way == DIRECTLY else LinearEcho(), Spotter())
    ears.listen_for(phrases)
    room, noise = Echo(ECHO.get(way, 0.0), HEARING_RATE, 0.02, 0.2), np.random.default_rng(0)
    own, before = Own([]), False
    for number, sentence in enumerate(said):
        first = breath(HEARING_RATE) if number == 0 else silence(0)
        played = np.concatenate((first, lines.render(sentence), silence(HEARING_RATE)))
        for at in range(0, len(played) - BLOCK + 1, BLOCK):
            block = played[at : at + BLOCK]
            sounding = saturate(BENT * np.tanh(block / BENT)) if way == DISTORTED else block
            arriving = block if way == DIRECTLY else room.through(sounding)
            for one in ears.push(saturate(arriving + noise.normal(0, NOISE, BLOCK)), block):
                if isinstance(one, Heard | Suspected):
                    safety = find_safety(one.phrase) is not None
                    own.found.append(Mishearing(one.phrase, sentence, safety, isinstance(one, Heard)))
            own.ducked += ears.talked_over and not before
            before = ears.talked_over
        own.seconds += len(played) / HEARING_RATE
    return own


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voices", nargs="+", metavar="NAME", help="default: every English voice")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--turns", action="store_true", help="each sentence by one voice; no --every then")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--from", type=int, default=0, metavar="N", dest="first")
    parser.add_argument("--ways", nargs="+", choices=(DIRECTLY, *ECHO), default=(DIRECTLY, *ECHO))
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args(arguments)
    every = [part for part in parts() if part.name in args.parts]
    recogniser = listening(every)
    report, rows = [], []
    names = args.voices or [each.short for each in voices() if each.english]
    for number, name in enumerate(names):
        first, every_so_many = (number, len(names)) if args.turns else (args.first, args.every)
        with SystemVoice(name) as voice:
            lines = Lines(voice, HEARING_RATE)
            for part, way in product(every, args.ways):
                sample = _once(*part.lines[:2], *part.lines[first::every_so_many])
                spoken = [line for line in sample if way != DIRECTLY or find_safety(line) is None]
                own = mishearings(spoken, lines, recogniser, way, part.phrases)
                found = own.found
                safety = [one for one in found if one.safety]
                heard, other = sum(one.settled for one in safety), len(found) - len(safety)
                counts = (f"{len(spoken)} of {len(part.lines)}", str(heard), str(len(safety) - heard), str(other))
                rows.append((f"{name}, {part.name}, {way}", *counts, f"{60 * own.ducked / own.seconds:.2f}"))
                report.append(
                    {
                        "voice": name, "part": part.name, "way": way, "sentences": len(spoken), "all": len(part.lines),
                        "seconds": round(own.seconds), "ducked": own.ducked, "found": [vars(one) for one in found],
                    }
                )  # fmt: skip
                print("  ".join(rows[-1]), flush=True)
                for one in found:
                    kind = "heard" if one.settled else "suspected"
                    print(f"  {kind} “{one.phrase}” in “{one.sentence}”", flush=True)
    show(
        "Its own words", ("voice", "sentences", "safety heard", "suspected", "other commands", "ducked a minute"), rows
    )
    keep(args.json, {"versions": versions(), "echo": ECHO, "noise": NOISE, "runs": report})


if __name__ == "__main__":
    main()
