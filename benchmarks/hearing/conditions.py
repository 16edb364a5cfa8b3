"""The conditions: how loud the word is, what else sounds, and how loudly the coach comes back.

A word's level is the root mean square of its 10 ms frames above -20 dB of its loudest one; noise is measured over the
whole of its recording. Signal to noise (SNR) and signal to echo (SER) are differences of those.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.speech import Recordings, Stream, Word, drawn, mixed
from voice_coach.recorded import ROOM_NOISE
from voice_coach.sound.samples import HEARING_RATE, Samples, saturate
from voice_coach.speaking.polish import SPEECH_DBFS

LEVEL = -26.0
"""Of every word at the microphone, dBFS."""
REVERBERATION = 0.3
"""Seconds, of the room in which the coach is heard (RT60)."""
DELAY = 0.04
"""Seconds from the loudspeaker's samples to the microphone's."""
SERS = (10, 5, 0, -5, -10)
"""Decibels by which the word is louder than the coach at the microphone."""
SNRS = (20, 10, 5)
KITCHEN_SNRS = (24, 18, 12, 6)
"""For ordinary commands, whose goal is a mean over these."""


@dataclass(frozen=True)
class Condition:
    """What else sounds while the coach is silent."""

    noise: str = ""
    """A name in `noises`; empty for a quiet room."""
    snr: float = np.inf

    @property
    def name(self) -> str:
        """For the table."""
        return f"{self.noise} {self.snr:g} dB" if self.noise else "clean"

    def over(self, sound: Stream, noise: dict[str, Samples], seed: int) -> Stream:
        """*sound*, whose words are at LEVEL, in this condition."""
        quiet = mixed(sound, noise[""], 20 * np.log10(ROOM_NOISE / 32768), seed)
        return mixed(quiet, noise[self.noise], LEVEL - self.snr, seed) if self.noise else quiet


CLEAN = Condition()
CONDITIONS = (CLEAN, *(Condition(n, snr) for n in ("water", "kitchen", "music", "talker") for snr in SNRS))
COMMAND_CONDITIONS = tuple(Condition("kitchen", snr) for snr in KITCHEN_SNRS)
TALK_CONDITIONS = tuple(Condition(n, 10) for n in ("water", "kitchen", "music"))
"""Where talk is heard too, in which nobody means the coach."""
TUNING = (CLEAN, Condition("kitchen", 10), Condition("talker", 10))
"""Where rivals are measured too, and their best point is chosen."""


def echo_level(ser: float) -> float:
    """Decibels of the echo against what was played, for *ser*."""
    return LEVEL - ser - SPEECH_DBFS


def noises(recordings: Recordings | None, talkers: list[Word], seed: int) -> dict[str, Samples]:
    """Noise by name; without recordings they are synthetic: hiss for water, clatter, chords, and *talkers*' voices."""
    rng = np.random.default_rng(seed)
    white = saturate(rng.normal(0, 1000, 20 * HEARING_RATE))
    if recordings is not None:
        talking = [recordings.read(path) for path in recordings.talk("ami_pyannote")]
        named = {name: recordings.noise(name) for name in ("water", "kitchen", "music")}
        return {"": white, **named, "talker": np.concatenate(talking)}
    time = np.arange(20 * HEARING_RATE) / HEARING_RATE
    swell = 1 + 0.5 * np.sin(2 * np.pi * 0.7 * time) * np.sin(2 * np.pi * 2.3 * time)
    clatter = rng.normal(0, 3000, len(time)) * np.exp(-12 * (time % 0.31))
    chord = sum(np.sin(2 * np.pi * f * time) for f in (220.0, 277.2, 329.6)) * 1500 * (1 + np.sin(5 * time))
    spoken = [word.samples for word in sorted(talkers, key=lambda word: drawn(seed, word.label))]
    return {
        "": white, "water": saturate(white * swell), "kitchen": saturate(clatter),
        "music": saturate(np.asarray(chord)), "talker": np.concatenate(spoken),
    }  # fmt: skip
