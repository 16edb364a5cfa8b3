"""How soon and how surely safety words are heard: `python -m benchmarks.hearing --speech DIR --json FILE`.

The same Ears, mixer, echo canceller and session as live, in audio time. DIR has manifest.csv and recordings of people
(without it all speech is synthetic). The word's end is the last 10 ms above a tenth of its loudest 10 ms, in the clean
recording. A word counts as missed when it has not ended the step 2 s after its end.

- silent: words and talk in noise while the coach is silent; talk in which nobody means the coach.
- over: words said over the coach's voice, with the canceller cold (first two seconds of a session) and warm.
- everywhere: a word at every moment of a whole session.
- rivals hear the same sounds: PocketSphinx's keyphrases and grammar, the same model on final results only, half duplex,
  any voice interrupts, and other ways with the echo; at their own settings and at their best on these data.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.branches import Branches, need_copies
from benchmarks.common import SYNTHETIC, command, keep, show, versions
from benchmarks.hearing import goals, rivals, silent
from benchmarks.hearing.conditions import (
    CLEAN,
    COMMAND_CONDITIONS,
    CONDITIONS,
    LEVEL,
    SERS,
    TALK_CONDITIONS,
    TUNING,
    Condition,
)
from benchmarks.hearing.everywhere import ANSWERS, everywhere, heard_in_silence, short
from benchmarks.hearing.material import VOICES, Material, gather
from benchmarks.hearing.measures import OURS, best, results
from benchmarks.hearing.pictures import draw
from benchmarks.hearing.rivals import System
from benchmarks.hearing.silent import Record
from benchmarks.hearing.speaking import Rendered, coach, over_the_coach
from benchmarks.hearing.sphinx import SphinxGrammar
from benchmarks.speech import SEEN, UNSEEN, Recordings
from voice_coach.cli.hearing import model
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.recorded import ROOM_NOISE
from voice_coach.routine.load import find, load
from voice_coach.routine.model import Routine
from voice_coach.settings import Settings
from voice_coach.sound.samples import HEARING_RATE, saturate
from voice_coach.speaking.voice import SystemVoice

ROUNDS = 6
ROUTINES = ("foot-bath", "leg-classic", "back-stages", "self-leg", "cast-leg", "sport-prevent")
"""Whose welcomes and questions the words are said over, in turns."""
RIVAL_SERS = (10, 0, -10)
EACH = 3
"""Words of a person in the first two seconds of a session, and as many later."""
PARTS = {"silent": 0.5, "over": 0.85}
"""Of the time there is, what has passed when a part begins no further round."""
BRIEF = 5
"""Seconds of a session with which a longer one is compared."""
PARTLY = (
    "People say stop, yes, no and other single words, and the talk; pain, other pain words and all other commands are "
    "synthetic (eSpeak NG voices). The room, its echo and the mixing of noise are simulated."
)


class Run:
    """One run: its material, systems, copies, and what they found so far."""

    def __init__(self, args: argparse.Namespace, recordings: Recordings | None, material: Material) -> None:
        self.args, self.recordings, self.material = args, recordings, material
        self.records: list[Record] = []
        self.cost: dict[str, float] = {}
        self._branches = Branches(args.jobs)
        self._began = time.perf_counter()

    def start(self, work: Callable[..., list[Record]], *arguments: Any) -> None:
        """Do some *work* in a copy of the process."""
        self._branches.start(partial(work, *arguments), self.records.extend)

    def rounds(self, part: str) -> Iterator[int]:
        """The numbers of the rounds to do; after each, what there is is told and kept."""
        for number in range(len(self.material.rounds)):
            yield number
            self.told(f"{part}, round {number + 1} of {len(self.material.rounds)}")
            if self.minutes > self.args.minutes * PARTS.get(part, 1.0):
                break

    @property
    def minutes(self) -> float:
        """Wall time since the beginning."""
        return (time.perf_counter() - self._began) / 60

    def told(self, what: str) -> None:
        """Wait for what is going on, say how far it is, and write the file."""
        self._branches.finish()
        print(f"{self.minutes:5.1f} min  {what}: {len(self.records)} records", flush=True)
        self.keep()

    @property
    def basis(self) -> str:
        """What the figures rest on."""
        if self.recordings is None:
            return SYNTHETIC
        return f"{PARTLY} {SEEN if self.args.everybody else UNSEEN}"

    def keep(self) -> None:
        """Write everything so far."""
        found = results(self.records)
        if self.args.json is not None:
            table = goals.rows(self.records, found, self.cost)
            report = {
                "benchmark": "hearing", "speech": self.basis, "seed": self.material.seed,
                "arguments": {name: str(value) for name, value in vars(self.args).items()},
                "level_dbfs": LEVEL, "wall_minutes": round(self.minutes, 2), "cost": self.cost, "results": found,
                "goals": [dict(zip(goals.HEADINGS, row, strict=True)) for row in table],
                "records": self.records, "inputs_sha256": self.recordings.inputs if self.recordings else {},
                "versions": versions(),
            }  # fmt: skip
            keep(self.args.json, report, quiet=True)
        if self.args.pictures is not None:
            draw(self.args.pictures, self.records, found)


def in_silence(run: Run, ours: System, others: Sequence[System]) -> None:
    """Words and talk while the coach is silent; the *others* in fewer conditions and every third round."""
    noise, seed = run.material.noise, run.material.seed
    quick = run.args.quick
    for number in run.rounds("silent"):
        one = run.material.rounds[number]

        def words(system: System, conditions: Sequence[Condition], sounds: Any, seed: int = seed + number) -> None:
            for condition in conditions:
                for sound in sounds:
                    run.start(lambda s=sound, c=condition: silent.words(system, c.over(s, noise, seed), c.name))

        def talk(system: System, conditions: Sequence[Condition], sounds: Any, seed: int = seed + number) -> None:
            for condition in conditions:
                for n, sound in enumerate(sounds):
                    run.start(
                        lambda s=sound, c=condition, n=n: silent.talk(system, c.over(s, noise, seed + 100 * n), c.name)
                    )

        words(ours, (TUNING[:2] if quick else CONDITIONS), one.words)
        words(ours, ((CLEAN,) if quick else (CLEAN, *COMMAND_CONDITIONS)), [one.commands])
        talk(ours, (CLEAN,) if quick else (CLEAN, *TALK_CONDITIONS), one.talk)
        if number % 3 == 0 and not run.args.ours:
            for system in others:
                words(system, TUNING[:1] if quick else TUNING, one.words)
                talk(system, (CLEAN,), one.talk)


def over(run: Run, ours: System, others: Sequence[System], voice: Rendered) -> None:
    """Words over the coach's voice; the *others* in every third round."""
    quick = run.args.quick
    for number in run.rounds("over"):
        routine = load(find(ROUTINES[number % len(ROUTINES)]))
        for person in run.material.rounds[number].people:
            for system in (ours, *others):
                close = system is ours or system.canceller is rivals.WebRtcEcho
                if not close and number % 3:
                    continue
                for ser in (0,) if quick else SERS if close else RIVAL_SERS:
                    seed = run.material.seed + 10 * number
                    run.start(over_the_coach, system, person, routine, voice, ser, 2 if quick else EACH, seed)


def at_every_moment(run: Run, ours: System, brief: Routine, voice: Rendered, answers: Rendered) -> None:
    """A word at every moment of a session."""
    people = [person for one in run.material.rounds for person in one.people]
    said = [word for person in people for word in person.words if word.label in ("stop", "pain")]
    heard: list[bool] = []
    asking = Branches(1)
    asking.start(partial(heard_in_silence, ours, said[:16]), heard.extend)
    asking.finish()
    clear = [word for word, well in zip(said[:16], heard, strict=True) if well]
    chosen = sorted(clear, key=lambda word: (not word.human, word.label))[:: max(1, len(clear) // 3)][:4]
    if not chosen:
        print("No word is heard in silence, so none was said at every moment.")
        return
    every = run.args.every
    for first in range(2):
        moments = (first * every, 2 * every)
        run.start(everywhere, ours, chosen, brief, voice, answers, moments, *([24.0] if run.args.quick else []))
    run.told("everywhere")


def cost(seconds: int) -> dict[str, float]:
    """The whole program on so many *seconds* of a quiet room: its start, its share of a core, its memory."""
    with tempfile.TemporaryDirectory() as name:
        quiet = Path(name) / "quiet.wav"
        still = np.random.default_rng(0).normal(0, ROOM_NOISE, (BRIEF + seconds + 5) * HEARING_RATE)
        soundfile.write(quiet, saturate(still), HEARING_RATE)
        sounds = ("--microphone", quiet, "--loudspeaker", Path(name) / "x.wav", "--quiet")
        command("run", ROUTINES[0], *sounds, "--until", "0")  # everything is cached now
        ends = (0, BRIEF, BRIEF + seconds)
        start, brief, long = (command("run", ROUTINES[0], *sounds, "--until", str(end)) for end in ends)
        share = (long.processor_seconds - brief.processor_seconds) / seconds
        return {"listening_s": start.seconds, "core_share": share, "memory_mb": long.peak_memory}


def systems(path: Path, quick: bool) -> tuple[System, list[System], Callable[[Run], list[System]]]:
    """Ours; the rivals while the coach is silent; and, of those, who goes on while it speaks."""
    plain = VoskRecogniser(path)
    ours = System(OURS, plain, spotter=True)
    thresholds = rivals.KEYPHRASES[-1:] if quick else rivals.KEYPHRASES
    weights = rivals.TALK_WEIGHTS[:1] if quick else rivals.TALK_WEIGHTS
    keyphrases = [System(f"keyphrase {t:g}", rivals.Keyphrases(t)) for t in thresholds]
    grammars = [System(f"grammar {w:g}", SphinxGrammar(w)) for w in weights]
    voices = [System(f"any voice {s:g}", rivals.AnyVoice(s)) for s in rivals.BARGE_INS[: 1 if quick else None]]

    def speaking(run: Run) -> list[System]:
        keyphrase, weight, barge_in = rivals.KEYPHRASE_DEFAULT, rivals.TALK_WEIGHTS[0], rivals.BARGE_INS[0]
        shipped = {f"keyphrase {keyphrase:g}", f"grammar {weight:g}", f"any voice {barge_in:g}"}
        chosen = shipped | {best(run.records, family) for family in ("keyphrase", "grammar", "any voice")}
        tuned = [system for system in (*voices, *keyphrases, *grammars) if system.name in chosen]
        every = [
            System("no spotter", plain),
            System("finals only", plain, finals=True),
            System("half duplex", plain, rivals.HalfDuplex, spotter=True),
            System("WebRTC's canceller", plain, rivals.WebRtcEcho, spotter=True),
            System("no canceller", plain, None, spotter=True),
            System("ducked 12 dB, no canceller", plain, None, ducked=True, spotter=True),
            *(
                [System("livekit's canceller", plain, rivals.LiveKitEcho, spotter=True, copied=False)]
                * rivals.livekit_installed()
            ),
        ]
        if run.args.ours:
            return [system for system in every if system.canceller is rivals.WebRtcEcho]
        return every[:3] if quick else [*every, *tuned]

    return ours, [System("no spotter", plain), *keyphrases, *grammars, *voices], speaking


def main() -> None:
    """Measure, tell and keep."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hearing", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--speech", type=Path, metavar="DIR", help="recordings of people; without, all is synthetic")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep all figures; the pictures go beside it")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="where the pictures go instead")
    parser.add_argument("--quick", action="store_true", help="a minute or two: does it work, not how well")
    parser.add_argument("--ours", action="store_true", help="no rivals, save another echo canceller")
    parser.add_argument("--share", type=float, default=1.0, help=f"of the {ROUNDS} rounds (1)")
    parser.add_argument("--minutes", type=float, default=20.0, help="begin no further round when time is up (20)")
    parser.add_argument("--every", type=float, metavar="SECONDS", help="moments of the whole session (1; 0.1 is whole)")
    parser.add_argument("--model", help="the speech model to measure, instead of the one that would be used")
    parser.add_argument("--everybody", action="store_true", help="also people whom the built-in model was trained on")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (2)")
    args = parser.parse_args()
    need_copies()
    if args.json is not None and args.pictures is None:
        args.pictures = args.json.parent
    args.every = args.every or (10.0 if args.quick else 1.0)
    rounds = 1 if args.quick else max(1, math.ceil(ROUNDS * args.share))
    recordings = Recordings(args.speech, args.seed, args.everybody) if args.speech else None
    run = Run(args, recordings, gather(recordings, rounds, args.seed))
    run.cost = cost(15 if args.quick else 60)
    run.told("cost")
    ours, others, speaking = systems(model(Settings(model=args.model)), args.quick)
    brief = short(load(find(ROUTINES[0])))
    voice = coach([brief, *(load(find(routine)) for routine in ROUTINES[:rounds])])
    with SystemVoice(VOICES[0]) as other:
        answers = Rendered(other, ANSWERS)
    run.told("loaded")
    in_silence(run, ours, others)
    over(run, ours, speaking(run), voice)
    at_every_moment(run, ours, brief, voice, answers)
    found = results(run.records)
    show("While the coach is silent: missed, and seconds from the word's end to the step's",
         ("system", "condition", "stop, human", "stop, synthetic", "pain, synthetic", "median", "95 %"),
         goals.silent(found))  # fmt: skip
    show(
        "Talk in which nobody means the coach, an hour",
        ("system", "condition", "ends", "hushes", "commands"),
        goals.talk(found),
    )
    show("Over the coach's voice: missed, seconds to silence, seconds to the step's end",
         ("system", "condition", "missed", "median", "95 %", "median", "95 %"), goals.conditions(found))  # fmt: skip
    show("Heard of the coach's own voice, an hour", ("system", "hushes", "commands"), goals.itself(found))
    show("Goals", goals.HEADINGS, goals.rows(run.records, found, run.cost))
    print(run.basis)
    run.keep()


if __name__ == "__main__":
    main()
