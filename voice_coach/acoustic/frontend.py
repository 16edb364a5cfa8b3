"""The front end: Sphinx's cepstra, as numpy and as matrices over the mel energies that Vosk computes.

Vosk (Kaldi) offers mel energies of its own spacing. Sphinx's filters are linear combinations of
enough of them (to one part in a hundred of a filter's peak), so one matrix turns the one into the other.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

RATE = 16000
"""Samples a second."""
SHIFT = 160
"""Samples from one frame to the next: a hundred frames a second."""
WINDOW = 410
"""Samples a frame sees."""
FFT = 512
CEPSTRA = 13
FILTERS = 25
LOG_FLOOR = 1e-4
"""Added to each filter's energy before the logarithm."""
PRE_EMPHASIS = 0.97

BANKS = 134
"""Mel banks asked of Vosk; enough to span Sphinx's filters, few enough that each has a spectral line."""
_BANKS_LOW, _BANKS_HIGH = 104.0, 7400.0
_FILTERS_LOW, _FILTERS_HIGH = 130.0, 6800.0
_LIFTER = 22

REACH = 3
"""Frames on each side that the second differences see."""

FBANK_CONF = f"""--sample-frequency={RATE}
--window-type=hamming
--frame-length={1000 * WINDOW / RATE}
--frame-shift={1000 * SHIFT / RATE}
--preemphasis-coefficient={PRE_EMPHASIS}
--num-mel-bins={BANKS}
--low-freq={_BANKS_LOW:g}
--high-freq={_BANKS_HIGH:g}
--use-log-fbank=false
--use-energy=false
--remove-dc-offset=false
--dither=0
"""
"""Vosk's configuration of the mel energies."""


def sphinx_filters() -> Floats:
    """Sphinx's unit-area triangles over the power spectrum, shape (25, 257)."""
    line = RATE / FFT
    low, high = (2595 * math.log10(1 + f / 700) for f in (_FILTERS_LOW, _FILTERS_HIGH))
    edges = 700 * (10 ** (np.linspace(low, high, FILTERS + 2) / 2595) - 1)
    edges = np.floor(edges / line + 0.5) * line
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    hertz = np.arange(FFT // 2 + 1) * line
    triangle = np.minimum((hertz - left) / (centre - left), (right - hertz) / (right - centre))
    return np.maximum(triangle, 0) * 2 / (right - left)


def mel_banks() -> Floats:
    """The banks that Vosk computes from `FBANK_CONF`, shape (134, 257)."""

    def mel(hertz: npt.ArrayLike) -> Floats:
        return np.asarray(1127 * np.log(1 + np.asarray(hertz) / 700))

    edges = np.linspace(mel(_BANKS_LOW), mel(_BANKS_HIGH), BANKS + 2)
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    mels = mel(np.arange(FFT // 2 + 1) * RATE / FFT)
    mels[-1] = np.inf  # Kaldi leaves out the last line
    with np.errstate(invalid="ignore"):
        return np.maximum(np.minimum((mels - left) / (centre - left), (right - mels) / (right - centre)), 0)


def filters_from_banks() -> Floats:
    """The matrix from Vosk's mel energies to Sphinx's filter energies, shape (25, 134).

    The cut-off keeps its entries small, so that 32-bit sums do not cancel.
    """
    return np.asarray(np.linalg.lstsq(mel_banks().T, sphinx_filters().T, rcond=1e-6)[0].T)


def cosines() -> Floats:
    """From log filter energies to liftered cepstra, shape (13, 25)."""
    order = np.arange(CEPSTRA)[:, None]
    transform = np.cos(math.pi / FILTERS * order * (np.arange(FILTERS) + 0.5)) * math.sqrt(2 / FILTERS)
    transform[0] /= math.sqrt(2)
    lifter = 1 + _LIFTER / 2 * np.sin(order * math.pi / _LIFTER)
    return np.asarray(transform * lifter)


def differences() -> Floats:
    """From seven frames of cepstra, oldest first, to a frame's three streams, shape (39, 91)."""
    taps = np.zeros((3, 2 * REACH + 1))
    taps[0, REACH] = 1
    taps[1, [REACH - 2, REACH + 2]] = -1, 1
    taps[2, [REACH - 3, REACH - 1, REACH + 1, REACH + 3]] = 1, -1, -1, 1
    return np.asarray(np.kron(taps, np.eye(CEPSTRA)), float)


def cepstra(samples: npt.ArrayLike) -> Floats:
    """The cepstra of 16-bit *samples* at 16 kHz, shape (frames, 13)."""
    signal = np.asarray(samples, float)
    frames = np.lib.stride_tricks.sliding_window_view(signal, WINDOW)[::SHIFT]
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)  # as Kaldi does at a frame's first sample
    spectrum = np.fft.rfft((frames - PRE_EMPHASIS * before) * np.hamming(WINDOW), FFT)
    energies = np.abs(spectrum) ** 2 @ sphinx_filters().T
    return np.asarray(np.log(energies + LOG_FLOOR) @ cosines().T)


def streams(frames: Floats) -> Floats:
    """Cepstra, differences and second differences, shape (frames, 39); the ends see the last frame repeated."""
    padded = np.pad(frames, ((REACH, REACH), (0, 0)), mode="edge")
    spliced = np.concatenate([padded[i : i + len(frames)] for i in range(2 * REACH + 1)], axis=1)
    return np.asarray(spliced @ differences().T)
