"""What the spotter is trained on: clips of people and synthetic voices, each heard in many rooms."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.__main__ import FOLDS, KEPT
from training.sayings import KNOWN, NEAR, TALK
from training.speech import (
    ACCENTS,
    HELD_OUT,
    HELD_OUT_RENDERED,
    VARIANTS,
    Espeak,
    Sound,
    fold_of,
    human,
    rendered,
    reverberation,
)
from voice_coach.acoustic.frontend import RATE
from voice_coach.acoustic.graph import UNKNOWN
from voice_coach.commands import find_safety
from voice_coach.hearing.spotter import HISTORY, SHIFT, SPECTRUM, STEP, WINDOW, networks
from voice_coach.routine.load import load, shipped

Floats = npt.NDArray[np.float32]

RECORDED = ("stop", "go", "yes", "no")
"""Commands (and "go") that people were recorded saying."""
NOT_KNOWN = -1
"""Marks moments at which it does not matter what is thought: a phrase is half said, or long over."""
SPAN = (-0.08, 0.32)
"""Seconds after a phrase's end in which it should be known."""
TALKERS = 3
"""Synthetic voices that say each sentence of talk, and each word that sounds nearly like a command."""
PIECE = 6
"""Seconds of noise that are a clip."""
SENTENCES = 110
"""Of the coach's own: they are no command, and sound under other people's words."""


@dataclass(frozen=True)
class Clip:
    """Something said, clean."""

    said: str
    speaker: str
    kind: str
    """"people", "natural" or "synthetic" voice, "talk", "noise" or "coach"."""
    sound: Sound
    """16 kHz, in 16-bit steps."""
    measured: bool
    """Whether it is kept from the training."""


@dataclass(frozen=True)
class Examples:
    """Moments of all clips, each time seen through its last HISTORY embeddings."""

    embeddings: Floats
    """Those of all clips one after another, shape (n, 96)."""
    last: npt.NDArray[np.int64]
    """The latest embedding of each moment."""
    label: npt.NDArray[np.int64]
    """Which phrase has just been said (of Judge.phrases), or NOT_KNOWN."""
    clip: npt.NDArray[np.int64]
    after: Floats
    """Seconds since what was said ended; before that below zero."""

    def seen(self, moments: npt.NDArray[np.int64]) -> Floats:
        """The input of a judge at *moments*, shape (moments, HISTORY * 96)."""
        rows = self.last[moments][:, None] - np.arange(HISTORY - 1, -1, -1)
        return self.embeddings[rows].reshape(len(moments), -1)


def people(folder: Path, fold: int) -> list[Clip]:
    """All recordings of people, and of rooms without them."""
    kinds = {"": "noise", UNKNOWN: "talk"}
    return [
        Clip(c.said, c.speaker, kinds.get(c.said, "people"), c.sound, fold_of(c, FOLDS) == fold or c.source in KEPT)
        for c in human(folder)
    ]


def natural(folder: Path) -> list[Clip]:
    """What was rendered in natural voices."""
    return [Clip(c.said, c.speaker, "natural", c.sound, c.speaker in HELD_OUT_RENDERED) for c in rendered(folder)]


def surroundings(noise: Sequence[Sound]) -> list[Clip]:
    """Recordings of *noise* in pieces: water, dishes and music are no command, however often they drip and beat."""
    return [
        Clip("", "", "noise", sound[start : start + PIECE * RATE], False)
        for sound in noise
        for start in range(0, len(sound), PIECE * RATE)
    ]


def synthetic(rng: np.random.Generator) -> list[Clip]:
    """Every phrase by a few of eSpeak's voices, talk and nearly alike words, and sentences of the coach's own."""
    engine = Espeak()
    voices = [a + v for a in ACCENTS for v in dict.fromkeys(VARIANTS)]
    clips = []
    for phrase in KNOWN:
        for voice in rng.choice(voices, 8 if find_safety(phrase) else 4, replace=False):
            sound = engine.say(phrase, str(voice), int(rng.integers(120, 210)), int(rng.integers(25, 75)))
            clips.append(Clip(phrase, str(voice), "synthetic", sound, voice in HELD_OUT))
    for sentence in (*TALK, *(word for word in NEAR if word not in KNOWN)):
        for voice in rng.choice(voices, TALKERS, replace=False):
            sound = engine.say(sentence, str(voice), int(rng.integers(120, 210)), int(rng.integers(25, 75)))
            clips.append(Clip(UNKNOWN, str(voice), "talk", sound, voice in HELD_OUT))
    own = [step.instruction for path in shipped() for step in load(path).steps]
    for number, sentence in enumerate(rng.permutation(own)[:SENTENCES]):
        sound = engine.say(str(sentence), str(rng.choice(["en-us", "en", "en-gb-x-rp", "en-gb-scotland"])), 150)
        clips.append(Clip("", "coach", "coach", sound, number % 5 == 0))
    return clips


def copies(clip: Clip) -> int:
    """How often a clip is used, each time in another room."""
    if clip.measured:
        return 1
    if clip.kind == "people" and clip.said in RECORDED:
        return 10
    if clip.kind == "noise":
        return 25 if len(clip.sound) > 2 * RATE else 4
    return {"natural": 6, "people": 3, "talk": 6, "synthetic": 3}.get(clip.kind, 1)


def coloured(sound: Sound, rng: np.random.Generator) -> Sound:
    """*sound* as a cheap microphone might take it: some bands louder, the highest and lowest gone, perhaps clipped."""
    spectrum, hertz = np.fft.rfft(sound), np.fft.rfftfreq(len(sound), 1 / RATE)
    gains = rng.normal(0, 4.5, 8)
    decibels = np.interp(hertz, [0, 150, 400, 1000, 2000, 3500, 5500, 8000], gains - gains[2:5].mean())
    if rng.random() < 0.5:
        decibels -= 12 * np.clip((hertz - rng.uniform(2800, 7500)) / 1000, 0, 4)
    if rng.random() < 0.5:
        decibels -= 9 * np.clip(np.log2(rng.uniform(60, 350) / np.maximum(hertz, 10)), 0, 4)
    heard = np.fft.irfft(spectrum * 10 ** (decibels / 20), len(sound))
    if rng.random() < 0.15:
        most = np.abs(heard).max() * rng.uniform(0.25, 0.8)
        heard = np.clip(heard, -most, most)
    return np.asarray(heard)


class Room:
    """Where clips are heard: beside noise, other people's talk, or the coach."""

    def __init__(self, noise: Sequence[Sound], clips: Sequence[Clip]) -> None:
        self._noise = noise
        self._talk = [clip.sound for clip in clips if clip.kind == "talk" and not clip.measured]
        self._coach = [clip.sound for clip in clips if clip.kind == "coach" and not clip.measured]

    def hear(self, clip: Clip, rng: np.random.Generator) -> tuple[Sound, float, float]:
        """The sound at the microphone, and when, in seconds of it, the speech begins and ends."""
        sound, plain = clip.sound, 0.6 if clip.measured else 0.25
        if rng.random() > plain:
            sound = np.asarray(_resampled(sound, float(rng.uniform(0.89, 1.12))), float)
        if rng.random() < 0.3:
            echo, size = reverberation(rng), len(sound) + RATE // 2
            sound = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(echo, size), size)[: len(sound) + RATE // 10]
        strength = 0.0 if clip.measured else 0.4 if clip.kind in ("people", "talk", "noise") else 0.85
        if rng.random() < strength:
            sound = coloured(sound, rng)
        if rng.random() < 0.35 * strength:  # cut like a recording of one word
            sound = sound[int(rng.uniform(0, 0.04) * RATE) : len(sound) - int(rng.uniform(0, 0.06) * RATE)]
        loud = np.convolve(sound**2, np.ones(400) / 400, "same")
        speech = np.flatnonzero(loud > loud.max() * 10**-2.5)
        lead = int((max(0.25, 1.45 - len(sound) / RATE) + rng.uniform(0.1, 0.18)) * RATE)
        heard = np.pad(sound, (lead, RATE // 2))
        if rng.random() > plain:
            heard = heard + self._beside(sound, len(heard), clip.measured, rng)
        heard = heard * 10 ** (rng.uniform(-18, 8) / 20)
        heard = np.clip(heard + rng.normal(0, np.exp(rng.uniform(np.log(2), np.log(25))), len(heard)), -32768, 32767)
        return heard, (lead + speech[0]) / RATE, (lead + speech[-1]) / RATE

    def _beside(self, sound: Sound, length: int, measured: bool, rng: np.random.Generator) -> Sound:
        kind = 1.0 if measured else rng.random()
        source, low = (self._talk, 0) if kind < 0.2 else (self._coach, 0) if kind < 0.27 else (self._noise, -3)
        other = source[int(rng.integers(len(source)))]
        start = int(rng.integers(max(1, len(other) - length)))
        other = np.resize(other[start : start + length], length)
        power = np.sqrt(np.mean(np.sort(sound**2)[-len(sound) // 3 :])) + 1
        wanted = power * 10 ** (-rng.uniform(5 if measured else low, 20) / 20)
        return np.asarray(other * wanted / (np.sqrt(np.mean(other**2)) + 1))


def _resampled(sound: Sound, factor: float) -> Sound:
    """*sound* so much slower and deeper."""
    at = np.arange(0, len(sound) - 1, 1 / factor)
    return np.asarray(np.interp(at, np.arange(len(sound)), sound))


_shared: list[tuple[Room, Sequence[Clip]]] = []
"""What the workers find when they begin."""


def _embedded(task: tuple[int, int]) -> tuple[Floats, float, float]:
    """The embeddings of a clip, in a room drawn by the task's second number, and when its speech begins and ends."""
    room, clips = _shared[0]
    mel, embed = networks()
    number, seed = task
    heard, begin, end = room.hear(clips[number], np.random.default_rng(seed))
    frames = mel(heard.astype(np.float32))[0]
    windows = np.lib.stride_tricks.sliding_window_view(frames, WINDOW, 0)[::STEP].transpose(0, 2, 1)
    return (
        np.concatenate([embed(np.ascontiguousarray(windows[i : i + 64])) for i in range(0, len(windows), 64)]),
        begin,
        end,
    )


def heard(room: Room, clips: Sequence[Clip], phrases: Sequence[str], processes: int) -> Examples:
    """Every clip in rooms, as the spotter meets it."""
    tasks = [(i, 10 * i + k) for i, clip in enumerate(clips) for k in range(copies(clip))]
    _shared[:] = [(room, clips)]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        found = pool.map(_embedded, tasks, chunksize=16)
    rows: list[tuple[npt.NDArray[Any], ...]] = []
    offset = 0
    for (number, _), (embeddings, begin, end) in zip(tasks, found, strict=True):
        at = np.arange(HISTORY - 1, len(embeddings))
        times = (at * STEP + WINDOW - 1) * SHIFT / RATE + SPECTRUM / RATE
        label = _labels(phrases, clips[number].said, times, begin, end)
        rows.append((offset + at, label, np.full(len(at), number), times - end))
        offset += len(embeddings)
    last, label, clip, after = (np.concatenate(column) for column in zip(*rows, strict=True))
    embeddings = np.concatenate([each[0] for each in found])
    return Examples(embeddings, last.astype(int), label.astype(int), clip.astype(int), after.astype(np.float32))


def _labels(
    phrases: Sequence[str], said: str, times: npt.NDArray[np.float64], begin: float, end: float
) -> npt.NDArray[np.float64]:
    label = np.zeros(len(times))
    if said in phrases[1:]:
        after = times - end
        label[times > begin + 0.35 * (end - begin)] = NOT_KNOWN
        label[(after > SPAN[0]) & (after < SPAN[1])] = phrases.index(said)
    return label
