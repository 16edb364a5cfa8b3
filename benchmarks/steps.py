"""What each step toward the end of the word gained: `python -m benchmarks.steps --speech DIR --json FILE`.

The same words of people go through the recogniser as Vosk's examples use it, and then with one change after another
until they go through the product's ears. All times are seconds of sound from the end of the word, blocks included; what
the processor and a sound card add is not in them. Without --speech synthetic voices say the words.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.common import HEADINGS, SYNTHETIC, Figure, keep, show, versions
from benchmarks.hearing.conditions import CLEAN, LEVEL, noises
from benchmarks.hearing.material import VOICES
from benchmarks.hearing.rivals import FinalsOnly
from benchmarks.hearing.silent import safe, window
from benchmarks.speech import UNSEEN, Clip, Recordings, Stream, Word, stream, synthetic
from voice_coach.acoustic.build import build
from voice_coach.acoustic.knobs import Knobs
from voice_coach.commands import SAFETY, VOCABULARY, Phrases
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.recogniser import Hypothesis, Recogniser
from voice_coach.hearing.spotter import Spotter
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.session.events import Heard, Suspected
from voice_coach.sound.samples import HEARING_RATE

BLOCK = HEARING_RATE // 100
LONG_BLOCK, LONG_CHUNK = 10 * BLOCK, 20
"""Samples a block, and frames a chunk, as usual with Vosk."""
OTHERS, STOPS = 3, 3
"""Words of each person: such that only come first, and "stop"."""


class Coarse:
    """A recogniser that is given LONG_BLOCKs."""

    def __init__(self, inner: Recogniser) -> None:
        self.name = inner.name
        self._inner = inner
        self._waiting: list[np.ndarray[tuple[int], np.dtype[np.int16]]] = []

    def push(self, samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> Sequence[Hypothesis]:
        """See Recogniser."""
        self._waiting.append(samples)
        if sum(map(len, self._waiting)) < LONG_BLOCK:
            return ()
        block, self._waiting = np.concatenate(self._waiting), []
        return self._inner.push(block)

    def listen_for(self, phrases: Phrases) -> None:
        """See Recogniser."""
        self._inner.listen_for(phrases)


def steps(folder: Path) -> dict[str, Callable[[], Ears]]:
    """From the usual way to the product's, each with one change more than the one before."""
    models = {}
    for name, knobs in (("usual", replace(Knobs(), frames_per_chunk=LONG_CHUNK)), ("ours", Knobs())):
        models[name] = folder / name
        build(models[name], VOCABULARY, knobs=knobs)
    return {
        "final results": lambda: Ears(FinalsOnly(Coarse(VoskRecogniser(models["usual"])))),
        "+ partial results": lambda: Ears(Coarse(VoskRecogniser(models["usual"]))),
        "+ small blocks": lambda: Ears(VoskRecogniser(models["usual"])),
        "+ small chunks": lambda: Ears(VoskRecogniser(models["ours"])),
        "+ the spotter": lambda: Ears(VoskRecogniser(models["ours"]), None, Spotter()),
    }


def gather(recordings: Recordings | None, people: int) -> list[Stream]:
    """A stream for each of *people*, in a quiet room."""
    if recordings is None:
        said = [synthetic(voice, ("good evening", "stop", "stop")) for voice in VOICES[:people]]
        streams = [stream(words, 1, number, gap=1.2, level=LEVEL) for number, words in enumerate(said)]
    else:
        streams = []
        for number, speaker in enumerate(recordings.speakers(1, "stop")[:people]):
            listed = recordings.labels(speaker)
            others = [each for each in listed if each[0] not in ("stop", "yes", "no", "go")][:OTHERS]
            stops = [each for each in listed if each[0] == "stop"][:STOPS]
            words = [recordings.word(speaker, *each) for each in (*others, *stops)]
            streams.append(stream(words, len(others), number, gap=1.2, level=LEVEL))
    quiet = noises(None, [Word("", "", False, streams[0].samples)], 0)
    return [CLEAN.over(sound, quiet, number) for number, sound in enumerate(streams)]


def reactions(ears: Ears, sound: Stream) -> list[tuple[float | None, float | None]]:
    """For each word when the coach would hush, and when the step ends, seconds from the word's end."""
    found: list[tuple[float, bool]] = []
    for at in range(0, len(sound.samples) - BLOCK + 1, BLOCK):
        for each in ears.push(sound.samples[at : at + BLOCK]):
            if safe(each) or (isinstance(each, Suspected) and each.command in SAFETY):
                found.append((ears.seconds, isinstance(each, Heard)))
    following = (*sound.clips[1:], None)
    return [_reaction(found, clip, after) for clip, after in zip(sound.clips, following, strict=True) if clip.counted]


def _reaction(
    found: Sequence[tuple[float, bool]], clip: Clip, following: Clip | None
) -> tuple[float | None, float | None]:
    begin, end = window(clip, following)
    mine = [(at - clip.end / HEARING_RATE, ended) for at, ended in found if begin < at <= end]
    hush = next((at for at, _ in mine), None)
    return hush, next((at for at, ended in mine if ended), None)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.steps", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--speech", type=Path, metavar="DIR", help="the folder of human speech")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the results")
    parser.add_argument("--people", type=int, default=20, help="how many speakers (20)")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    recordings = Recordings(asked.speech, asked.seed) if asked.speech else None
    sounds = gather(recordings, asked.people)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, make in steps(Path(folder)).items():
            seen = [each for sound in sounds for each in reactions(make(), sound)]
            for what, times in zip(("hush", "step ended"), zip(*seen, strict=True), strict=True):
                known = tuple(at for at in times if at is not None)
                figures.append(Figure(f"{name}: {what}", "s", known, len(times)))
    basis = UNSEEN if recordings else SYNTHETIC
    show("From the end of “stop”", HEADINGS, [figure.row() for figure in figures])
    print(basis)
    report = {
        "benchmark": "steps", "speech": basis, "seed": asked.seed,
        "figures": [figure.record() for figure in figures],
        "inputs_sha256": recordings.inputs if recordings else {}, "versions": versions(),
    }  # fmt: skip
    keep(asked.json, report)


if __name__ == "__main__":
    main()
