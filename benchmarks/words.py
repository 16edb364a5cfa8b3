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
import dataclasses
import json
import math
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from benchmarks.branches import Branches, need_copies
from benchmarks.common import keep, show, versions
from benchmarks.intervals import proportion, rate
from benchmarks.speech import SEEN, UNSEEN, Recordings, Stream, drawn, stream, talk
from voice_coach.acoustic.build import build, fingerprint
from voice_coach.acoustic.graph import UNKNOWN
from voice_coach.acoustic.knobs import Knobs
from voice_coach.commands import PHRASES, VOCABULARY, find_safety
from voice_coach.hearing.grammar import DECOYS

RATE = 16000
TARGETS = ("stop", "go", "yes", "no")
PHRASE_LIST = sorted({*PHRASES, "go", "hurt"})
"""The product's phrases, and "go", which is in the recordings."""
WORDS = {*VOCABULARY, "go"}
SETTLING = 4
"""Words at a speaker's beginning that are not counted."""
EACH = 16
"""Words a speaker, at most."""
ROUNDS = 20
"""Speakers."""
CHUNKS = {"picovoice_coffee": 4, "picovoice_wakewords": 8, "ami_pyannote": 1}
"""Clips of each source of talk in a round."""
BLOCK = 480
"""Samples fed at a time."""


@dataclass(frozen=True)
class Sighting:
    """What a recogniser said once *at* samples were fed."""

    at: int
    text: str
    final: bool


class System(Protocol):
    """One point of a curve."""

    facts: dict[str, float]

    def hear(self, sound: Stream) -> list[Sighting]:
        """All it says, as it comes."""
        ...


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


class Ours:
    """The translated model in Vosk; *shift* loosens (below zero) or tightens its words."""

    def __init__(self, shift: float) -> None:
        import vosk

        vosk.SetLogLevel(-2)
        plain = Knobs()
        knobs = dataclasses.replace(
            plain, command_cost=plain.command_cost + shift, safety_cost=plain.safety_cost + shift
        )
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            build(Path(folder) / "m", WORDS, knobs=knobs)
            built = time.perf_counter()
            size = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())
            self._model = vosk.Model(str(Path(folder) / "m"))
            self.facts = {
                "build_s": round(built - began, 2), "load_s": round(time.perf_counter() - built, 2), "bytes": size,
            }  # fmt: skip
        self._make = vosk.KaldiRecognizer

    def hear(self, sound: Stream) -> list[Sighting]:
        """All partials and finals, as they come."""
        recogniser = self._make(self._model, RATE, json.dumps([*PHRASE_LIST, UNKNOWN]))
        seen: list[Sighting] = []
        for at in range(0, len(sound.samples), BLOCK):
            ended = recogniser.AcceptWaveform(sound.samples[at : at + BLOCK].tobytes())
            text = (
                json.loads(recogniser.Result())["text"] if ended else json.loads(recogniser.PartialResult())["partial"]
            )
            if (ended and text) or not (seen and seen[-1].text == text and not seen[-1].final):
                seen.append(Sighting(at + BLOCK, text, ended))
        return [*seen, Sighting(len(sound.samples), json.loads(recogniser.FinalResult())["text"], True)]


class Sphinx:
    """PocketSphinx's own decoder, one utterance at a time; how it searches is left to its kinds."""

    def __init__(self, whole: bool, search: Callable[[Any], None]) -> None:
        self.facts: dict[str, float] = {}
        from pocketsphinx import Decoder

        self._decoder: Any = Decoder(lm=None, loglevel="FATAL")
        self._whole = whole
        search(self._decoder)

    def hear(self, sound: Stream) -> list[Sighting]:
        """One final for each utterance."""
        seen = []
        for start, stop in utterances(sound):
            self._decoder.start_utt()
            if self._whole:
                self._decoder.process_raw(sound.samples[start:stop].tobytes(), full_utt=True)
            else:
                for at in range(start, stop, 1600):
                    self._decoder.process_raw(sound.samples[at : min(at + 1600, stop)].tobytes())
            self._decoder.end_utt()
            found = self._decoder.hyp()
            seen.append(Sighting(stop, found.hypstr.strip() if found else "", True))
        return seen


def utterances(sound: Stream) -> Iterable[tuple[int, int]]:
    """Where a perfect endpointer would cut: each word with 0.25 s around it, talk every 5 s."""
    if sound.clips:
        return [(c.start - 4000, c.stop + 4000) for c in sound.clips]
    return [(at, min(at + 5 * RATE, len(sound.samples))) for at in range(0, len(sound.samples), 5 * RATE)]


def sphinx_grammar(weight: float, whole: bool) -> Sphinx:
    """The phrases as a JSGF grammar, beside a loop of decoys at *weight* (0: forced choice)."""

    def search(decoder: Any) -> None:
        decoys = [w for w in DECOYS if decoder.lookup_word(w)][:40]  # as many as it can keep up with
        phrases = " | ".join(PHRASE_LIST)
        other = f" | /{weight:g}/ <other>+" if weight else ""
        text = f"#JSGF V1.0;\ngrammar g;\npublic <g> = /1/ <command>{other};\n<command> = {phrases};\n"
        decoder.add_jsgf_string("g", text + f"<other> = {' | '.join(decoys)};\n")
        decoder.activate_search("g")

    return Sphinx(whole, search)


def sphinx_keyphrase(threshold: float) -> Sphinx:
    """The four words and the safety words as keyphrases of one *threshold*."""

    def search(decoder: Any) -> None:
        spotted = sorted({*TARGETS, *(w for w in WORDS if find_safety(w))})
        with tempfile.NamedTemporaryFile("w", suffix=".kws") as file:
            file.write("".join(f"{word} /{threshold:g}/\n" for word in spotted))
            file.flush()
            decoder.add_kws("k", file.name)
        decoder.activate_search("k")

    return Sphinx(False, search)


SYSTEMS: dict[str, Callable[[], Ours | Sphinx]] = {
    **{f"ours {shift:+g}": partial(Ours, shift) for shift in (-1.5, -0.75, 0.0, 0.75, 1.5)},
    **{f"keyphrase {t:g}": partial(sphinx_keyphrase, t) for t in (1e-5, 1e-20)},
    **{
        f"grammar {'whole' if whole else 'live'} {w:g}": partial(sphinx_grammar, w, whole)
        for whole in (False, True) for w in (0.0, 1e-20)
    },
}  # fmt: skip
"""The points of each curve."""


def tally(name: str, system: System, sound: Stream) -> dict[str, Any]:
    """What *system* hears in one stream, counted."""
    began = time.process_time()
    seen = system.hear(sound)
    counts: dict[str, Any] = {"seconds": sound.seconds, "processor": time.process_time() - began}
    counts |= _words(seen, sound, name.startswith("keyphrase")) if sound.clips else _talk(seen, sound, name)
    return counts


def _words(seen: Sequence[Sighting], sound: Stream, keyphrases: bool) -> dict[str, Any]:
    hits = {label: [0, 0] for label in TARGETS}
    others, anywhere, shown, withdrawn = [0, 0], [0, 0], 0, 0
    leads: list[float] = []
    for clip, following in zip(sound.clips, [*sound.clips[1:], None], strict=True):
        if not clip.counted:
            continue
        until = following.start + 3200 if following else math.inf
        mine = [s for s in seen if clip.start < s.at <= until]
        finals = {w for s in mine if s.final for w in (s.text.split() if keyphrases else [s.text])}
        if clip.label in TARGETS:
            hits[clip.label][0] += clip.label in finals
            hits[clip.label][1] += 1
        else:
            others[0] += any(text in PHRASE_LIST for text in finals)
            others[1] += 1
        if clip.label == "stop":
            right = [s for s in mine if "stop" in s.text.split()]
            anywhere[0] += bool(right)
            anywhere[1] += 1
            leads += [(clip.end - s.at) / RATE for s in right[:1] if not s.final]
        safe = [find_safety(s.text) is not None for s in mine]
        if any(safe):
            shown += 1
            ends = [i for i, s in enumerate(mine) if s.final]
            withdrawn += not safe[ends[-1] if ends else -1]
    return {
        "hits": hits, "others": others, "anywhere": anywhere, "shown": shown, "withdrawn": withdrawn, "leads": leads,
    }  # fmt: skip


def _talk(seen: Sequence[Sighting], sound: Stream, name: str) -> dict[str, Any]:
    commands = safety = hushes = 0
    suspected = False
    for s in seen:
        words = s.text.split()
        matched = any(w in PHRASE_LIST for w in words) if name.startswith("keyphrase") else s.text in PHRASE_LIST
        commands += s.final and matched
        found = find_safety(s.text) is not None
        safety += s.final and found
        hushes += found and not suspected
        suspected = found and not s.final
    return {"talk": sound.seconds, "commands": commands, "safety": safety, "hushes": hushes}


def summed(name: str, counts: Sequence[dict[str, Any]], facts: dict[str, float]) -> dict[str, Any]:
    """All streams of one system together."""

    def total(key: str, place: int | None = None) -> Any:
        values = [each[key] for each in counts if key in each]
        return sum(values) if place is None else sum(value[place] for value in values)

    spoken = [each["hits"] for each in counts if "hits" in each]
    by_label = {label: [sum(hits[label][i] for hits in spoken) for i in (0, 1)] for label in TARGETS}
    hours = total("talk") / 3600
    leads = [lead for each in counts for lead in each.get("leads", ())]
    return {
        "system": name,
        "recall": {
            "all": proportion(*(sum(by_label[label][i] for label in TARGETS) for i in (0, 1))),
            **{label: proportion(*by_label[label]) for label in TARGETS},
        },
        "stop_anywhere": proportion(total("anywhere", 0), total("anywhere", 1)),
        "other_words_accepted": proportion(total("others", 0), total("others", 1)),
        "commands_an_hour": rate(total("commands"), hours),
        "safety_words_an_hour": rate(total("hushes"), hours),
        "safety_words_final_an_hour": rate(total("safety"), hours),
        "real_time_factor": round(total("processor") / total("seconds"), 3),
        "stop_shown_before_its_end_s": {
            "n": len(leads), **{f"p{q}": round(float(np.percentile(leads, q)), 3) for q in (5, 10, 25, 50, 75, 90)}
        } if leads else None,
        "safety_shown_at_words": total("shown"),
        "safety_withdrawn_at_words": total("withdrawn"),
        **facts,
    }  # fmt: skip


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
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
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
