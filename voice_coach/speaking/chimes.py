"""The short sounds beside the speech: earcons, and the ticks that keep the hands' tempo.

They are plain tones far below the loudness of the speech, with soft edges, so that they neither startle nor click nor
pass for a word.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice_coach.session.events import Earcon
from voice_coach.sound.samples import Samples

FULL_SCALE = 32767
RISE_SECONDS = 0.006
FALL_SECONDS = 0.03
"""The edges of every note, faded with a half cosine."""
OVERTONES = ((1.0, 1.0), (2.0, 0.2), (3.0, 0.05))
"""Frequency and strength relative to the note: a soft bell."""


@dataclass(frozen=True)
class Note:
    """One tone of an earcon."""

    start: float
    """Seconds."""
    seconds: float
    pitch: float
    """Hertz."""


@dataclass(frozen=True)
class Chime:
    """Notes and the peak they reach together, decibels of full scale."""

    peak: float
    notes: tuple[Note, ...]


C4, F4, G4, A4, C5, E5, G5, C6 = 261.6, 349.2, 392.0, 440.0, 523.3, 659.3, 784.0, 1046.5

EARCONS: dict[Earcon, Chime] = {
    Earcon.START: Chime(-14, (Note(0.0, 0.2, C5), Note(0.13, 0.3, G5))),
    Earcon.END: Chime(-14, (Note(0.0, 0.2, G5), Note(0.13, 0.3, C5))),
    Earcon.CUE: Chime(-16, (Note(0.0, 0.25, E5),)),
    Earcon.HEARD: Chime(-16, (Note(0.0, 0.08, C6),)),
    Earcon.NOTHING: Chime(-18, (Note(0.0, 0.16, G4),)),
    Earcon.GENTLE: Chime(-14, (Note(0.0, 0.3, F4), Note(0.18, 0.32, C4))),
    Earcon.FAULT: Chime(-14, (Note(0.0, 0.1, A4), Note(0.14, 0.1, A4), Note(0.28, 0.2, A4))),
}

BREATH_SECONDS = 0.8
BREATH_LEVEL = -30.0
"""Decibels of full scale (root mean square)."""

TICK = Chime(-24, (Note(0.0, 0.015, C6),))


def earcon(which: Earcon, rate: int) -> Samples:
    """Return the earcon at *rate* hertz; between 75 and 500 milliseconds long."""
    return _ring(EARCONS[which], rate, FALL_SECONDS)


def tick(rate: int) -> Samples:
    """Return one tick of the tempo at *rate* hertz; 15 milliseconds long."""
    return _ring(TICK, rate, fall=0.012)


def breath(rate: int) -> Samples:
    """Return a soft breath of noise at *rate* hertz.

    It holds all pitches of speech, so the echo canceller learns the room from it. Without it, in a simulated room that
    sends back the coach at -12 dB, 20 dB less is taken off the first words.
    """
    length = round(BREATH_SECONDS * rate)
    pitches = np.fft.rfftfreq(length, 1 / rate)
    strength = np.where((pitches > 80) & (pitches < 7500), np.sqrt(400 / np.maximum(pitches, 400)), 0)
    noise = np.fft.irfft(np.fft.rfft(np.random.default_rng(1).standard_normal(length)) * strength, length)
    wave = noise * np.sin(np.pi * np.arange(length) / length)
    gain = 10 ** (BREATH_LEVEL / 20) * FULL_SCALE / float(np.sqrt(np.mean(wave**2)))
    return np.round(wave * gain).astype(np.int16)


def _ring(chime: Chime, rate: int, fall: float) -> Samples:
    """All notes of a chime, mixed and brought to its peak."""
    length = max(round((note.start + note.seconds) * rate) for note in chime.notes)
    wave: NDArray[np.float64] = np.zeros(length)
    for note in chime.notes:
        start, count = round(note.start * rate), round(note.seconds * rate)
        wave[start : start + count] += _tone(note, count, rate, fall)[: length - start]
    gain = 10 ** (chime.peak / 20) * FULL_SCALE / float(np.abs(wave).max())
    return np.round(wave * gain).astype(np.int16)


def _tone(note: Note, count: int, rate: int, fall: float) -> NDArray[np.float64]:
    """A bell-like note that dies away and begins and ends at nothing."""
    time = np.arange(count) / rate
    wave: NDArray[np.float64] = np.zeros(count)
    for multiple, strength in OVERTONES:
        wave += (
            strength * np.sin(2 * np.pi * note.pitch * multiple * time) * np.exp(-3 * multiple * time / note.seconds)
        )
    rise = np.minimum(time / RISE_SECONDS, 1.0)
    end = np.minimum((count - 1 - np.arange(count)) / (fall * rate), 1.0)
    return np.asarray(wave * (1 - np.cos(np.pi * rise)) / 2 * (1 - np.cos(np.pi * end)) / 2)
