"""What is trained on: people and synthetic voices, each clip inside a stream as it would be live."""

from __future__ import annotations

import csv
import ctypes
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import espeakng_loader
import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from training.conversations import OTHERS, SESSION
from training.sayings import KNOWN
from voice_coach.acoustic.frontend import RATE, SHIFT, WINDOW, cepstra, streams
from voice_coach.acoustic.knobs import Knobs
from voice_coach.commands import NUMBERS, PHRASES
from voice_coach.hearing.grammar import DECOYS

Floats = npt.NDArray[np.float32]
Sound = npt.NDArray[np.float64]

ACCENTS = ("en-us", "en", "en-gb-x-rp", "en-gb-scotland", "en-029", "en-gb-x-gbcwmd", "en-us-nyc", "en-gb-x-gbclan")
VARIANTS = ("", "+f1", "+f2", "+f3", "+f4", "+f5", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+f2", "+m3", "+f4")
NATURAL = "natural"
"""The source of what was rendered."""
HELD_OUT = ("en-us", "en-us+f3", "en-gb-x-rp", "en-gb-scotland+m4", "en-029+f1")
"""Synthetic voices that are never trained on."""
HELD_OUT_RENDERED = ("af_sarah", "am_michael", "bf_emma", "bm_george", "af_sky", "am_eric", "jf_alpha", "im_nicola")
"""The same of the rendered ones."""


@dataclass(frozen=True)
class Clip:
    """A recording and what is said in it."""

    said: str
    """The word or phrase; empty for noise, "[unk]" for talk."""
    speaker: str
    source: str
    sound: Sound
    """16 kHz, in 16-bit steps."""
    conversation: str = SESSION
    """Which one it is said in (see `training.conversations`)."""


@dataclass(frozen=True)
class Utterance:
    """A clip as the network meets it."""

    said: str
    speaker: str
    source: str
    features: Floats
    """The three streams less the running mean, shape (frames, 39), with LEFT and RIGHT frames more at the ends."""
    conversation: str = SESSION


LEFT, RIGHT = 12, 6
"""Frames before and after the present one that the correction sees."""


def fold_of(clip: Clip | Utterance, folds: int) -> int:
    """Which fold a speaker belongs to (a recording, where its speaker is not known)."""
    return zlib.crc32(clip.speaker.encode()) % folds


def human(folder: Path) -> list[Clip]:
    """The clips listed in the manifest of *folder*."""
    found = []
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["source"] not in ("gsc_v2_test", "picovoice_coffee", "picovoice_wakewords", "ami_pyannote"):
            continue
        sound, rate = soundfile.read(folder / row["path"], dtype="int16")
        assert rate == RATE
        said = {"word": row["label"], "talk": "[unk]", "noise": ""}[row["kind"]]
        speaker = row["speaker"] or (row["label"] if row["source"] == "picovoice_wakewords" else row["path"])
        found.append(Clip(said, speaker, row["source"], sound.astype(float)))
    return found


def noises(folder: Path) -> list[Sound]:
    """The background noises of *folder*."""
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "noise" and row["source"] != "gsc_v2_test"]
    return [soundfile.read(folder / row["path"], dtype="int16")[0].astype(float) for row in rows]


def rendered(folder: Path) -> list[Clip]:
    """What `training.render` left in *folder*; what is none of the phrases counts as talk."""
    with (folder / "clips.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        said = row["said"].lower()
        sound = soundfile.read(folder / row["path"], dtype="int16")[0].astype(float)
        found.append(Clip(said if said in KNOWN else "[unk]", row["voice"], NATURAL, sound))
    return found


class Espeak:
    """eSpeak NG, straight from its library, for it can vary rate and pitch."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(str(espeakng_loader.get_library_path()))
        self._rate = self._library.espeak_Initialize(2, 0, str(espeakng_loader.get_data_path()).encode(), 0x8000)
        self._parts: list[npt.NDArray[np.int16]] = []
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._callback = kind(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def _take(self, wave: Any, count: int, events: object) -> int:
        if wave and count:
            self._parts.append(np.ctypeslib.as_array(wave, (count,)).copy())
        return 0

    def say(self, text: str, voice: str, rate: int = 175, pitch: int = 50) -> Sound:
        """*text* in *voice*, at *rate* words a minute and *pitch* of 100."""
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"eSpeak has no voice {voice}")
        self._library.espeak_SetParameter(1, rate, 0)
        self._library.espeak_SetParameter(3, pitch, 0)
        self._parts = []
        raw = text.encode()
        self._library.espeak_Synth(raw, ctypes.c_size_t(len(raw) + 1), 0, 1, 0, 1, None, None)
        return np.asarray(soxr.resample(np.concatenate(self._parts), self._rate, RATE), float) * 0.4


def synthetic(each: int, rng: np.random.Generator) -> list[Clip]:
    """Every phrase of the session by *each* voices, those of other conversations by one, and decoys as no words."""
    engine = Espeak()
    voices = [a + v for a in ACCENTS for v in dict.fromkeys(VARIANTS) if a + v not in HELD_OUT]
    numbered = [f"step {n}" for n in NUMBERS]
    plain = [p for p in PHRASES if p not in numbered and not p.startswith("go to step")]
    asked = [(p, p, each * (1 if " " in p else 2), SESSION) for p in plain]
    asked += [(p, p, 2, SESSION) for p in numbered] + [(w, "[unk]", 3, SESSION) for w in DECOYS]
    asked += [(p, p, 1, name) for name, heard in OTHERS.items() for p in sorted(heard.own)]
    clips = []
    for text, said, times, conversation in asked:
        measured = rng.choice(HELD_OUT, int(rng.random() < 0.5))
        for voice in (*rng.choice(voices, times, replace=False), *measured):
            sound = engine.say(text, str(voice), int(rng.integers(120, 210)), int(rng.integers(25, 75)))
            clips.append(Clip(said, str(voice), "synthetic", sound, conversation))
    return clips


def reverberation(rng: np.random.Generator) -> Sound:
    """An echo that fades within 0.15 to 0.5 s."""
    seconds = rng.uniform(0.15, 0.5)
    at = np.arange(int(seconds * RATE)) / RATE
    tail = rng.normal(size=len(at)) * np.exp(-6.9 * at / seconds)
    tail[: RATE // 250] = 0
    tail *= rng.uniform(0.2, 0.7) / np.sqrt((tail**2).sum())
    tail[0] = 1
    return np.asarray(tail)


def _live(clip: Clip, backgrounds: Sequence[Sound], rng: np.random.Generator, plain: float = 0.4) -> Sound:
    """The clip between pauses, perhaps faster or slower, perhaps in a noisy or echoing room."""
    sound = clip.sound
    if rng.random() > plain:  # as another person might say it: a tenth faster and higher, or slower and deeper
        sound = np.asarray(soxr.resample(sound, RATE * float(rng.uniform(0.89, 1.12)), RATE), float)
    if rng.random() < 0.25 and rng.random() > plain / 4:
        echo, size = reverberation(rng), len(sound) + RATE // 2
        sound = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(echo, size), size)[: len(sound) + RATE // 10]
    lead, tail = int(rng.uniform(0.25, 0.5) * RATE), int(rng.uniform(0.45, 0.6) * RATE)
    whole = np.pad(sound, (lead, tail))
    power = np.sqrt(np.mean(np.sort(sound**2)[-len(sound) // 3 :])) + 1
    if rng.random() > plain:
        noise = backgrounds[int(rng.integers(len(backgrounds)))]
        start = rng.integers(max(1, len(noise) - len(whole)))
        noise = np.resize(noise[start : start + len(whole)], len(whole))
        wanted = power * 10 ** (-rng.uniform(5, 25) / 20)
        whole = whole + noise * wanted / (np.sqrt(np.mean(noise**2)) + 1)
    whole = whole * 10 ** (rng.uniform(-4, 4) / 20)
    return np.asarray(whole + rng.normal(0, np.exp(rng.uniform(np.log(2), np.log(25))), len(whole)))


def utterances(
    clips: Sequence[Clip], backgrounds: Sequence[Sound], knobs: Knobs, rng: np.random.Generator
) -> list[Utterance]:
    """The clips of each speaker in one stream, in any order, heard with one running mean."""
    by_speaker: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips:
        by_speaker[clip.source + _line(clip)].append(clip)
    lines: list[tuple[list[Clip], list[int], npt.NDArray[np.float64]]] = []
    for mine in by_speaker.values():
        order = [mine[i] for i in rng.permutation(len(mine))]
        pieces = [_live(clip, backgrounds, rng) for clip in order]
        gain = 10 ** (rng.uniform(-12, 12) / 20)
        sound = np.clip(np.concatenate(pieces) * gain, -32768, 32767).round()
        ends = [int(end) for end in np.cumsum([len(p) for p in pieces])]
        lines.append((order, ends, cepstra(sound)))
    means = _running_means([line[2] for line in lines], knobs)
    found = []
    for (order, ends, frames), mean in zip(lines, means, strict=True):
        centred = streams(frames)
        centred[:, :13] -= mean
        padded = np.pad(centred, ((LEFT, RIGHT), (0, 0)), mode="edge").astype(np.float32)
        start = 0
        for clip, end in zip(order, ends, strict=True):
            first, last = start // SHIFT, min((end - WINDOW) // SHIFT, len(frames))
            for a, b in _windows(first + int(rng.integers(0, 15)), last, clip.said):
                features = padded[a : b + LEFT + RIGHT]
                found.append(Utterance(clip.said, clip.speaker, clip.source, features, clip.conversation))
            start = end
    return found


def _line(clip: Clip) -> str:
    """The stream a clip belongs to: its speaker's, or one of thirty where only the recording is known."""
    return str(zlib.crc32(clip.speaker.encode()) % 30) if "/" in clip.speaker else clip.speaker


def _windows(first: int, last: int, said: str) -> Iterator[tuple[int, int]]:
    """Talk in stretches of three seconds or so; all else whole."""
    length = last - first
    count = max(1, round(length / 280)) if said == "[unk]" else 1
    edges = np.linspace(first, last, count + 1).astype(int)
    yield from zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)


def _running_means(lines: Sequence[npt.NDArray[np.float64]], knobs: Knobs) -> list[npt.NDArray[np.float64]]:
    """The running mean of each line of cepstra, as the network computes it, all lines side by side."""
    longest = max(map(len, lines))
    prior = np.array(knobs.prior)
    block = np.zeros((longest, len(lines), len(prior)))
    for i, line in enumerate(lines):
        block[: len(line), i] = line - prior
    peak, mean = np.zeros(len(lines)), np.zeros((len(lines), len(prior)))
    means = np.empty_like(block)
    for t, frame in enumerate(block):
        peak = np.maximum(knobs.peak_decay * peak + (1 - knobs.peak_decay) * knobs.peak_prior, frame[:, 0])
        gate = 1 / (1 + np.exp(-knobs.gate_slope * (frame[:, 0] - peak + knobs.gate_depth)))
        mean = mean + gate[:, None] * (frame - mean) / knobs.mean_window
        means[t] = mean
    return [means[: len(line), i] + prior for i, line in enumerate(lines)]
