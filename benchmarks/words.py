"""Words heard and words imagined: recall against false accepts, ours beside PocketSphinx, on human speech.

    python -m benchmarks.words --speech DIR --json FILE

DIR holds single words (gsc_v2_test), talk without commands (picovoice_*) and manifest.csv. Each speaker's words
are one stream with that person's own room noise between them; the first words only settle the mean and are not
counted. A command counts when the whole utterance is its phrase, a safety word when it shows anywhere, partials
included. All systems hear the same clips in the same run; it draws on human recordings only.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import hashlib
import json
import math
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import soundfile

from voice_coach.acoustic.build import build, fingerprint
from voice_coach.acoustic.graph import UNKNOWN
from voice_coach.acoustic.knobs import Knobs
from voice_coach.commands import PHRASES, VOCABULARY, find_safety

Samples = npt.NDArray[np.int16]

RATE = 16000
TARGETS = ("stop", "go", "yes", "no")
PHRASE_LIST = sorted({*PHRASES, "go", "hurt"})
"""The product's phrases, and "go", which is in the recordings."""
WORDS = {*VOCABULARY, "go"}
SETTLING = 4
"""Words at a speaker's beginning that are not counted."""
BLOCK = 480
"""Samples fed at a time."""


@dataclass(frozen=True)
class Clip:
    """A word in its stream: its label and where it lies, in samples; *end* is where the sound of it ends."""

    label: str
    start: int
    stop: int
    end: int
    counted: bool


@dataclass(frozen=True)
class Stream:
    """Sound, with the words in it; talk has none."""

    samples: Samples
    clips: tuple[Clip, ...]


@dataclass(frozen=True)
class Sighting:
    """What a recogniser said once *at* samples were fed."""

    at: int
    text: str
    final: bool


def room(samples: Samples, length: int, rng: np.random.Generator) -> Samples:
    """Noise with the level and colour of the quietest 0.15 s of *samples*."""
    window = np.lib.stride_tricks.sliding_window_view(samples.astype(float), 2400)[::400]
    quiet = window[(window**2).mean(axis=1).argmin()]
    shape = np.abs(np.fft.rfft(quiet * np.hanning(len(quiet))))
    shape = np.interp(np.linspace(0, 1, length // 2 + 1), np.linspace(0, 1, len(shape)), shape)
    noise = np.fft.irfft(shape * np.exp(2j * np.pi * rng.random(len(shape))), length)
    level = max(1.0, float(np.sqrt((quiet**2).mean())))
    return np.asarray(np.clip(noise * level / (noise.std() + 1e-9), -32768, 32767), np.int16)


def sound_end(samples: Samples) -> int:
    """Where the loud part of a word ends: the last 10 ms above a tenth of the loudest 10 ms."""
    level = np.sqrt((samples[: len(samples) // 160 * 160].reshape(-1, 160).astype(float) ** 2).mean(axis=1))
    return 160 * (int(np.flatnonzero(level > 0.1 * level.max())[-1]) + 1)


def gather(speech: Path, speakers: int, each: int, talk: int, seed: int) -> tuple[list[Stream], list[Stream], str]:
    """The streams of words, those of talk, and a hash of all that is in them."""

    def drawn(text: str) -> str:
        return hashlib.sha256(f"{seed} {text}".encode()).hexdigest()

    rng = np.random.default_rng(seed)
    rows = list(csv.DictReader((speech / "manifest.csv").open(encoding="utf-8")))
    digest = hashlib.sha256()

    def read(row: dict[str, str]) -> Samples:
        samples = np.asarray(soundfile.read(speech / row["path"], dtype="int16")[0], np.int16)
        digest.update(samples.tobytes())
        return samples

    people: dict[str, list[dict[str, str]]] = {}
    for row in sorted(rows, key=lambda row: drawn(row["path"])):
        if row["source"] == "gsc_v2_test" and row["kind"] == "word" and row["speaker"]:
            people.setdefault(row["speaker"], []).append(row)
    enough = [s for s in sorted(people, key=drawn) if len(people[s]) >= each]
    words = []
    for person in enough[:speakers]:
        said = [r for r in people[person] if r["label"] in TARGETS][: (each - SETTLING) * 2 // 3]
        others = [r for r in people[person] if r["label"] not in TARGETS][: each - len(said)]
        parts: list[Samples] = []
        clips = []
        for i, row in enumerate(
            [*others[:SETTLING], *sorted(said + others[SETTLING:], key=lambda r: drawn(r["path"]))]
        ):
            samples = read(row)
            parts += [room(samples, 14400, rng), samples]
            start = sum(map(len, parts[:-1]))
            clips.append(Clip(row["label"], start, start + len(samples), start + sound_end(samples), i >= SETTLING))
        words.append(Stream(np.concatenate([*parts, room(parts[-1], RATE, rng)]), tuple(clips)))
    talks = []
    for source in ("picovoice_coffee", "picovoice_wakewords"):
        listed = sorted((r for r in rows if r["source"] == source), key=lambda row: drawn(row["path"]))
        spoken = [read(row) for row in listed[:talk]]
        talks.append(Stream(np.concatenate([part for s in spoken for part in (s, room(s, 14400, rng))]), ()))
    return words, talks, digest.hexdigest()[:16]


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

    def hear(self, stream: Stream) -> list[Sighting]:
        """All partials and finals, as they come."""
        recogniser = self._make(self._model, RATE, json.dumps([*PHRASE_LIST, UNKNOWN]))
        seen: list[Sighting] = []
        for at in range(0, len(stream.samples), BLOCK):
            ended = recogniser.AcceptWaveform(stream.samples[at : at + BLOCK].tobytes())
            text = (
                json.loads(recogniser.Result())["text"] if ended else json.loads(recogniser.PartialResult())["partial"]
            )
            if (ended and text) or not (seen and seen[-1].text == text and not seen[-1].final):
                seen.append(Sighting(at + BLOCK, text, ended))
        return [*seen, Sighting(len(stream.samples), json.loads(recogniser.FinalResult())["text"], True)]


class Sphinx:
    """PocketSphinx's own decoder, one utterance at a time; how it searches is left to its kinds."""

    facts: ClassVar[dict[str, float]] = {}

    def __init__(self, whole: bool, search: Callable[[Any], None]) -> None:
        from pocketsphinx import Decoder

        self._decoder: Any = Decoder(lm=None, loglevel="FATAL")
        self._whole = whole
        search(self._decoder)

    def hear(self, stream: Stream) -> list[Sighting]:
        """One final for each utterance."""
        seen = []
        for start, stop in utterances(stream):
            self._decoder.start_utt()
            if self._whole:
                self._decoder.process_raw(stream.samples[start:stop].tobytes(), full_utt=True)
            else:
                for at in range(start, stop, 1600):
                    self._decoder.process_raw(stream.samples[at : min(at + 1600, stop)].tobytes())
            self._decoder.end_utt()
            found = self._decoder.hyp()
            seen.append(Sighting(stop, found.hypstr.strip() if found else "", True))
        return seen


def utterances(stream: Stream) -> Iterable[tuple[int, int]]:
    """Where a perfect endpointer would cut: each word with 0.25 s around it, talk every 5 s."""
    if stream.clips:
        return [(c.start - 4000, c.stop + 4000) for c in stream.clips]
    return [(at, min(at + 5 * RATE, len(stream.samples))) for at in range(0, len(stream.samples), 5 * RATE)]


def sphinx_grammar(weight: float, whole: bool) -> Sphinx:
    """The phrases as a JSGF grammar, beside a loop of decoys at *weight* (0: forced choice)."""
    from voice_coach.hearing.grammar import DECOYS

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


def measure(name: str, words: Sequence[Stream], talks: Sequence[Stream]) -> dict[str, Any]:
    """What system *name* hears in all streams."""
    system = SYSTEMS[name]()
    keyphrases = name.startswith("keyphrase")
    began = time.process_time()
    hits = {label: [0, 0] for label in TARGETS}
    others = [0, 0]
    stop_anywhere = [0, 0]
    leads: list[float] = []
    shown = withdrawn = 0
    for stream in words:
        seen = system.hear(stream)
        for clip, following in zip(stream.clips, [*stream.clips[1:], None], strict=True):
            if not clip.counted:
                continue
            until = following.start + 3200 if following else math.inf
            mine = [s for s in seen if clip.start < s.at <= until]
            finals = {w for s in mine if s.final for w in (s.text.split() if keyphrases else [s.text])}
            if clip.label in TARGETS:
                hits[clip.label][0] += clip.label in finals
                hits[clip.label][1] += 1
                partials = [s for s in mine if not s.final and s.text == clip.label]
                if partials and clip.label in finals:
                    leads.append((clip.end - partials[0].at) / RATE)
            else:
                others[0] += any(text in PHRASE_LIST for text in finals)
                others[1] += 1
            if clip.label == "stop":
                stop_anywhere[0] += any("stop" in s.text.split() for s in mine)
                stop_anywhere[1] += 1
            safe = [find_safety(s.text) is not None for s in mine]
            if any(safe):
                shown += 1
                last = max(i for i, s in enumerate(mine) if s.final) if any(s.final for s in mine) else -1
                withdrawn += not safe[last]
    hours = sum(len(s.samples) for s in talks) / RATE / 3600
    commands = safety = 0
    for stream in talks:
        armed = True
        for s in system.hear(stream):
            matched = any(w in PHRASE_LIST for w in s.text.split()) if keyphrases else s.text in PHRASE_LIST
            commands += s.final and matched
            found = find_safety(s.text) is not None
            safety += found and armed
            armed = s.final or (armed and not found)
    seconds = hours * 3600 + sum(len(s.samples) for s in words) / RATE
    all_hits = [sum(h[i] for h in hits.values()) for i in (0, 1)]
    return {
        "system": name,
        "recall": {"all": proportion(*all_hits), **{label: proportion(*hits[label]) for label in TARGETS}},
        "stop_anywhere": proportion(*stop_anywhere),
        "other_words_accepted": proportion(*others),
        "commands_an_hour": rate(commands, hours),
        "safety_words_an_hour": rate(safety, hours),
        "real_time_factor": round((time.process_time() - began) / seconds, 3),
        "lead_s": [round(float(q), 3) for q in np.percentile(leads, (10, 50, 90))] if leads else None,
        "safety_shown": shown,
        "safety_withdrawn": withdrawn,
        **system.facts,
    }


def proportion(hits: int, tries: int) -> dict[str, float]:
    """A share with its Wilson interval of 95 %."""
    if not tries:
        return {"hits": 0, "of": 0, "share": 0.0, "low": 0.0, "high": 1.0}
    z, p = 1.96, hits / tries
    middle, scale = p + z * z / (2 * tries), 1 + z * z / tries
    half = z * math.sqrt(p * (1 - p) / tries + z * z / (4 * tries * tries))
    low, high = max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
    return {"hits": hits, "of": tries, "share": round(p, 3), "low": round(low, 3), "high": round(high, 3)}


def rate(events: int, hours: float) -> dict[str, float]:
    """Events an hour with their exact Poisson interval of 95 %."""

    def mean_for(share: float, below: int) -> float:
        """The mean at which at most *below* events have the chance *share*."""
        low, high = 0.0, 10.0 * (below + 3) + 50
        for _ in range(80):
            mean = (low + high) / 2
            logs = [k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(below + 1)] if mean else [0.0]
            low, high = (mean, high) if sum(map(math.exp, logs)) > share else (low, mean)
        return low

    least = mean_for(0.975, events - 1) if events else 0.0
    bounds = {"low": round(least / hours, 2), "high": round(mean_for(0.025, events) / hours, 2)}
    return {"events": events, "an_hour": round(events / hours, 2), **bounds}


def table(results: Sequence[dict[str, Any]]) -> str:
    """The results for reading."""
    lines = [
        "system               recall [95 %]        stop  other words  commands/h [95 %]     safety/h [95 %]    RTF"
    ]
    for r in results:
        a, stop, other = r["recall"]["all"], r["recall"]["stop"], r["other_words_accepted"]
        c, s = r["commands_an_hour"], r["safety_words_an_hour"]
        lines.append(
            f"{r['system']:20s} {a['share']:.2f} [{a['low']:.2f} {a['high']:.2f}]    {stop['share']:.2f}     "
            f"{other['share']:.2f}     {c['an_hour']:6.1f} [{c['low']:.1f} {c['high']:.1f}]    "
            f"{s['an_hour']:6.1f} [{s['low']:.1f} {s['high']:.1f}]   {r['real_time_factor']:.2f}"
        )
    for r in results:
        if r["lead_s"]:
            lines.append(
                f"{r['system']}: partial {r['lead_s'][1]:+.2f} s before the end (a tenth below {r['lead_s'][0]:+.2f}), "
                f"safety words shown {r['safety_shown']}, withdrawn {r['safety_withdrawn']}; build {r['build_s']} s, "
                f"load {r['load_s']} s, {r['bytes'] / 1e6:.1f} MB"
            )
    return "\n".join(lines)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--speech", type=Path, required=True, help="the folder of human speech")
    parser.add_argument("--json", type=Path, help="where to write the results")
    parser.add_argument("--speakers", type=int, default=12)
    parser.add_argument("--words", type=int, default=16, help="words a speaker")
    parser.add_argument("--talk", type=int, default=40, help="clips of each kind of talk")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="systems whose name begins so")
    chosen = parser.parse_args()
    words, talks, digest = gather(chosen.speech, chosen.speakers, chosen.words, chosen.talk, chosen.seed)
    names = [name for name in SYSTEMS if name.startswith(chosen.only)]
    with ProcessPoolExecutor(chosen.jobs) as pool:
        results = list(pool.map(measure, names, [words] * len(names), [talks] * len(names)))
    print(table(results))
    if chosen.json:
        facts = {"seed": chosen.seed, "clips": digest, "model": fingerprint(WORDS), "results": results}
        chosen.json.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
