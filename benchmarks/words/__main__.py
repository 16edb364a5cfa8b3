"""Words heard and words imagined: recall against false accepts, ours beside PocketSphinx, on human speech.

    python -m benchmarks.words --speech DIR --json FILE

DIR holds single words (gsc_v2_test), talk without commands (picovoice_*, ami_pyannote) and manifest.csv. The words of a
speaker are one stream with that person's own room noise between them; the first words only settle the mean and are not
counted. A command counts when the whole utterance is its phrase, a safety word when it shows anywhere, partials
included. All systems hear the same streams in the same run, each stream with a fresh recogniser; it draws on human
recordings only. The table is printed, and FILE written, after every round; `--minutes` ends it after a round.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.branches import Branches, need_copies
from benchmarks.common import keep, show, versions
from benchmarks.speech import SEEN, UNSEEN, Recordings, Stream, drawn, stream, talk
from benchmarks.words.systems import SYSTEMS, TARGETS, WORDS
from benchmarks.words.tally import summed, tally
from voice_coach.acoustic.build import fingerprint

SETTLING = 4
"""Words at a speaker's beginning that are not counted."""
EACH = 16
"""Words a speaker, at most."""
ROUNDS = 20
"""Speakers."""
CHUNKS = {"picovoice_coffee": 4, "picovoice_wakewords": 8, "ami_pyannote": 1}
"""Clips of each source of talk in a round."""


def gather(recordings: Recordings, rounds: int) -> list[list[Stream]]:
    """For each round a speaker's words and some talk."""
    gathered = []
    for number, speaker in enumerate(recordings.speakers(EACH // 2)[:rounds]):
        listed = recordings.labels(speaker)
        said = [each for each in listed if each[0] in TARGETS][: (EACH - SETTLING) * 2 // 3]
        others = [each for each in listed if each[0] not in TARGETS][: EACH - len(said)]
        counted = [*said, *others[SETTLING:]]
        counted.sort(key=lambda each: drawn(recordings.seed, each[1]))
        words = [recordings.word(speaker, *each) for each in (*others[:SETTLING], *counted)]
        streams = [stream(words, SETTLING, recordings.seed + number)]
        for source, count in CHUNKS.items():
            paths = recordings.talk(source)[count * number : count * (number + 1)]
            if paths:
                streams.append(talk([recordings.read(path) for path in paths], recordings.seed + number))
        gathered.append(streams)
    return gathered


def ahead(results: Sequence[dict[str, Any]]) -> list[dict[str, str | None]]:
    """For each point of PocketSphinx's grammar, a point of ours with no less recall and no more false commands."""
    ours = [r for r in results if r["system"].startswith("ours")]
    found: list[dict[str, str | None]] = []
    for rival in (r for r in results if r["system"].startswith("grammar")):
        better = [
            r["system"] for r in ours
            if r["recall"]["all"]["share"] >= rival["recall"]["all"]["share"]
            and r["commands_an_hour"]["an_hour"] <= rival["commands_an_hour"]["an_hour"]
        ]  # fmt: skip
        found.append({"point": rival["system"], "ours_ahead": better[0] if better else None})
    return found


HEADINGS = ("system", "recall [95 %]", "stop", "other words", "commands/h [95 %]", "hushes/h [95 %]", "RTF")


def row(result: dict[str, Any]) -> tuple[str, ...]:
    """A line of the table."""
    recall, stop, other = result["recall"]["all"], result["recall"]["stop"], result["other_words_accepted"]
    commands, hushes = result["commands_an_hour"], result["safety_words_an_hour"]
    return (
        result["system"], f"{recall['share']:.2f} [{recall['low']:.2f} {recall['high']:.2f}]", f"{stop['share']:.2f}",
        f"{other['share']:.2f}",
        *(f"{r['an_hour']:.1f} [{r['low']:.1f} {r['high']:.1f}]" for r in (commands, hushes)),
        f"{result['real_time_factor']:.2f}",
    )  # fmt: skip


def evidence(results: Sequence[dict[str, Any]]) -> None:
    """Print how early a safety word shows, and how often it is taken back."""
    for r in results:
        if lead := r["stop_shown_before_its_end_s"]:
            print(
                f"{r['system']}: “stop” shows {lead['p50']:+.2f} s before its end (nine in ten by {lead['p10']:+.2f}, "
                f"nineteen in twenty by {lead['p5']:+.2f}; {lead['n']} words); {r['safety_shown_at_words']} words put "
                f"a safety word into a partial, {r['safety_withdrawn_at_words']} of them had none in the final."
            )


def main() -> None:
    """Measure, print and write as it goes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.words", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--speech", type=Path, required=True, metavar="DIR", help="the folder of human speech")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the results")
    parser.add_argument("--share", type=float, default=1.0, help=f"of the {ROUNDS} rounds (1)")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no round after so long")
    parser.add_argument("--everybody", action="store_true", help="also people whom the built-in model was trained on")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (2)")
    parser.add_argument("--only", default="", metavar="NAME", help="systems whose name begins so")
    chosen = parser.parse_args()
    need_copies()
    recordings = Recordings(chosen.speech, chosen.seed, chosen.everybody)
    rounds = gather(recordings, max(1, round(ROUNDS * chosen.share)))
    systems = {name: make() for name, make in SYSTEMS.items() if name.startswith(chosen.only)}
    counts: dict[str, list[dict[str, Any]]] = {name: [] for name in systems}
    began = time.perf_counter()
    branches = Branches(chosen.jobs)
    for number, streams in enumerate(rounds, start=1):
        for sound in streams:
            for name, system in systems.items():
                branches.start(partial(tally, name, system, sound), counts[name].append)
        branches.finish()
        results = [summed(name, counts[name], systems[name].facts) for name in systems]
        spent = time.perf_counter() - began
        show(f"Words, {number} of {len(rounds)} rounds, {spent / 60:.1f} min", HEADINGS, [row(r) for r in results])
        report = {
            "benchmark": "words", "speech": "Human recordings only.",
            "people": SEEN if chosen.everybody else UNSEEN, "seed": chosen.seed,
            "rounds": number, "of": len(rounds), "wall_seconds": round(spent, 1), "model": fingerprint(WORDS),
            "results": results, "ahead_of_grammar": ahead(results), "inputs_sha256": recordings.inputs,
            "versions": versions(),
        }  # fmt: skip
        keep(chosen.json, report)
        if spent > 60 * chosen.minutes:
            break
    evidence(results)
    print(report["people"])
    for point in report["ahead_of_grammar"]:
        print(
            f"{point['point']}: " + (f"{point['ours_ahead']} is ahead" if point["ours_ahead"] else "not beaten on both")
        )


if __name__ == "__main__":
    main()
