"""What the benchmarks listen to: people's recordings from a folder, synthetic voices, and streams made of them.

The folder holds manifest.csv (path, source, label, kind, speaker, ...) and the sounds it names, 16 kHz mono.
"""

from __future__ import annotations

import csv
import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import soundfile
import soxr

from voice_coach.sound.samples import HEARING_RATE, Samples, saturate
from voice_coach.speaking.voice import SystemVoice

WORDS = "gsc_v2_test"
"""The source of single words."""
NEVER_TRAINED = ("ami_pyannote",)
PARTS, MEASURED = 4, 0
"""Of so many parts of the people, the one that the built-in model was never trained on."""
NOISE_LEARNT = 0.6
"""The share of every noise, from its beginning, that the spotter was trained with; the rest is measured with."""
UNSEEN = "The people heard are a quarter on whom the built-in model was not trained."
SEEN = "The built-in model was trained on three quarters of the people heard: these figures are too good."
GAP = 0.9
"""Seconds of the room alone between two words of a stream."""
FRAME = HEARING_RATE // 100


@dataclass(frozen=True)
class Word:
    """One utterance of one speaker: a word or a phrase."""

    label: str
    speaker: str
    human: bool
    samples: Samples


@dataclass(frozen=True)
class Clip:
    """A word in its stream, in samples: where it lies, and where the sound of it *end*s."""

    label: str
    start: int
    stop: int
    end: int
    counted: bool
    human: bool = True


@dataclass(frozen=True)
class Stream:
    """Sound of one speaker, with the words in it; talk has none."""

    samples: Samples
    clips: tuple[Clip, ...]
    speaker: str = ""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / HEARING_RATE


@dataclass
class Recordings:
    """The folder of human speech. Draws depend on *seed* alone; what was read is kept in `inputs`."""

    folder: Path
    seed: int
    everybody: bool = False
    """Also the people whom the built-in model was trained on: figures from them are too good."""
    inputs: dict[str, str] = field(default_factory=dict)
    """Each file read, with its SHA-256."""

    def __post_init__(self) -> None:
        """Raises SystemExit, one sentence, when there is no manifest."""
        try:
            with (self.folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
                rows = sorted(csv.DictReader(file), key=lambda row: drawn(self.seed, row["path"]))
        except (OSError, KeyError) as error:
            raise SystemExit(f"{self.folder} holds no manifest.csv of recordings ({error}).") from error
        self._rows = [row for row in rows if self.everybody or row["kind"] == "noise" or unseen(row)]

    def speakers(self, least: int, label: str | None = None) -> list[str]:
        """Those with at least *least* words (of *label*), in an order drawn."""
        counts: dict[str, int] = {}
        for row in self._rows:
            if row["source"] == WORDS and row["kind"] == "word" and label in (None, row["label"]) and row["speaker"]:
                counts[row["speaker"]] = counts.get(row["speaker"], 0) + 1
        return sorted((s for s, count in counts.items() if count >= least), key=lambda s: drawn(self.seed, s))

    def labels(self, speaker: str) -> list[tuple[str, str]]:
        """(label, path) of every word of *speaker*, in an order drawn."""
        mine = [r for r in self._rows if r["speaker"] == speaker and r["source"] == WORDS and r["kind"] == "word"]
        return [(row["label"], row["path"]) for row in mine]

    def word(self, speaker: str, label: str, path: str) -> Word:
        """One of them, read."""
        return Word(label, speaker, True, self.read(path))

    def talk(self, source: str) -> list[str]:
        """Paths of all talk of *source*, in an order drawn."""
        return [row["path"] for row in self._rows if row["source"] == source and row["kind"] == "talk"]

    def noise(self, *labels: str) -> Samples:
        """All noise with these labels that the spotter was not trained with, one file after another."""
        paths = sorted(r["path"] for r in self._rows if r["kind"] == "noise" and r["label"] in labels)
        whole = [self.read(path) for path in paths]
        return np.concatenate([sound[round(NOISE_LEARNT * len(sound)) :] for sound in whole])

    def read(self, path: str) -> Samples:
        """The samples of a file of the manifest."""
        samples, rate = soundfile.read(self.folder / path, dtype="int16")
        if rate != HEARING_RATE or samples.ndim != 1:
            raise SystemExit(f"{self.folder / path} is not mono at {HEARING_RATE} Hz.")
        self.inputs[path] = hashlib.sha256(samples.tobytes()).hexdigest()
        return np.asarray(samples, np.int16)


def unseen(row: dict[str, str]) -> bool:
    """Whether the built-in model's weights were trained without this person, as `training` deals people into parts."""
    whose = row["speaker"] or (row["label"] if row["source"] == "picovoice_wakewords" else row["path"])
    return row["source"] in NEVER_TRAINED or zlib.crc32(whose.encode()) % PARTS == MEASURED


def drawn(seed: int, text: str) -> str:
    """A key to sort by: an order that looks random, and is the same everywhere."""
    return hashlib.sha256(f"{seed} {text}".encode()).hexdigest()


def synthetic(voice: str, phrases: Iterable[str], words_per_minute: int = 160) -> list[Word]:
    """*phrases* spoken by one of the system's voices."""
    with SystemVoice(voice, words_per_minute) as speaking:
        return [
            Word(phrase, voice, False, saturate(soxr.resample(speaking.render(phrase), speaking.rate, HEARING_RATE)))
            for phrase in phrases
        ]


def stream(words: Sequence[Word], settling: int, seed: int, gap: float = GAP, level: float | None = None) -> Stream:
    """*words* with their own room's noise between them; the first *settling* are not counted.

    *level*, dBFS, is what every word is brought to (see `active`); None leaves them as they are.
    """
    rng = np.random.default_rng(seed)
    parts: list[Samples] = []
    clips = []
    at = 0
    for number, word in enumerate(words):
        said = word.samples if level is None else scaled(word.samples, level)
        parts += [room(said, round(gap * HEARING_RATE), rng), said]
        start = at + len(parts[-2])
        at = start + len(said)
        clips.append(Clip(word.label, start, at, start + sound_end(said), number >= settling, word.human))
    tail = room(parts[-1], HEARING_RATE, rng)
    return Stream(np.concatenate([*parts, tail]), tuple(clips), words[0].speaker)


def talk(spoken: Sequence[Samples], seed: int, gap: float = GAP) -> Stream:
    """Recordings of talk with their own room's noise between them."""
    rng = np.random.default_rng(seed)
    return Stream(np.concatenate([part for s in spoken for part in (s, room(s, round(gap * HEARING_RATE), rng))]), ())


def room(samples: Samples, length: int, rng: np.random.Generator) -> Samples:
    """*length* samples of noise with the level and colour of the quietest 0.15 s of *samples*."""
    window = np.lib.stride_tricks.sliding_window_view(np.pad(samples.astype(float), (0, 2400)), 2400)[:-2400:400]
    quiet = window[(window**2).mean(axis=1).argmin()]
    shape = np.abs(np.fft.rfft(quiet * np.hanning(len(quiet))))
    shape = np.interp(np.linspace(0, 1, length // 2 + 1), np.linspace(0, 1, len(shape)), shape)
    noise = np.fft.irfft(shape * np.exp(2j * np.pi * rng.random(len(shape))), length)
    level = max(1.0, float(np.sqrt((quiet**2).mean())))
    return saturate(noise * level / (noise.std() + 1e-9))


def sound_end(samples: Samples) -> int:
    """Where the loud part of a word ends: the last 10 ms above a tenth (-20 dB) of the loudest 10 ms."""
    level = _levels(samples)
    return FRAME * (int(np.flatnonzero(level > 0.1 * level.max())[-1]) + 1)


def active(samples: Samples) -> float:
    """Root mean square of the loud part (10 ms frames above -20 dB of the loudest), dBFS."""
    level = _levels(samples)
    loud = level[level > 0.1 * level.max()] if level.any() else np.ones(1)
    return float(20 * np.log10(np.sqrt((loud**2).mean()) / 32768))


def scaled(samples: Samples, level: float) -> Samples:
    """*samples* brought to an `active` level, dBFS."""
    return saturate(samples * 10 ** ((level - active(samples)) / 20))


def mixed(clean: Stream, noise: Samples, level: float, seed: int) -> Stream:
    """*clean* with *noise* under all of it, at a root mean square of *level* dBFS, begun at a place drawn."""
    begin = int(np.random.default_rng(seed).integers(len(noise)))
    over = np.take(noise, np.arange(begin, begin + len(clean.samples)), mode="wrap").astype(float)
    gain = 32768 * 10 ** (level / 20) / (np.sqrt(np.square(noise, dtype=float).mean()) + 1e-9)
    return replace(clean, samples=saturate(clean.samples + gain * over))


def _levels(samples: Samples) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(float)
    return np.asarray(np.sqrt((frames**2).mean(axis=1)))
