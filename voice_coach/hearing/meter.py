"""What reaches the microphone, in figures: the room's noise, the person's voice, the coach's echo."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

from voice_coach.session.events import Measured
from voice_coach.sound.samples import HEARING_RATE, Samples

FRAME = HEARING_RATE // 50
"""Samples measured together: 20 ms."""

MEMORY = 12.0
"""Seconds that are looked back on."""

TAIL = 0.5
"""Seconds for which a room rings on after the loudspeaker."""

LATEST = 1.0
"""Seconds after which an echo is looked for no longer."""

SHORTEST = 0.1
"""Seconds of a voice at least; what is louder for less is a knock."""

STANDS_OUT = 6.0
"""Decibels above the noise at which the loudest is a voice, and the coach is an echo."""

DISTINCT = 25.0
"""How far an echo's first arrival stands out, in standard deviations: 44 to 74 at -10 to -40 dB;
other speech 7 to 20."""

_SILENT = -90.0
"""A loudspeaker below this level, decibels of full scale, is silent."""


class Meter:
    """Takes microphone and loudspeaker side by side, both at 16 kHz, and tells their levels of late."""

    def __init__(self) -> None:
        frames = round(MEMORY * HEARING_RATE / FRAME)
        self._microphone: deque[Samples] = deque(maxlen=frames)
        self._loudspeaker: deque[Samples] = deque(maxlen=frames)
        self._waiting: list[tuple[Samples, Samples]] = []
        self._held = 0

    def push(self, microphone: Samples, loudspeaker: Samples) -> None:
        """The next sound, equally long; any length."""
        self._waiting.append((microphone, loudspeaker))
        self._held += len(microphone)
        if self._held < FRAME:
            return
        heard, played = (np.concatenate(side) for side in zip(*self._waiting, strict=True))
        whole = self._held // FRAME * FRAME
        self._microphone.extend(heard[:whole].reshape(-1, FRAME))
        self._loudspeaker.extend(played[:whole].reshape(-1, FRAME))
        self._waiting = [(heard[whole:], played[whole:])]
        self._held -= whole

    def read(self) -> Measured:
        """The levels since the last reading, at most MEMORY seconds back."""
        if not self._microphone:
            return Measured()
        heard, played = np.stack(self._microphone), np.stack(self._loudspeaker)
        self._microphone.clear()
        self._loudspeaker.clear()
        level, speaking = _levels(heard), _levels(played) > _SILENT
        quiet = ~_held_on(speaking, round(TAIL * HEARING_RATE / FRAME))
        noise = float(np.median(level[quiet])) if quiet.any() else None
        floor = float(np.quantile(level, 0.1)) if noise is None else noise
        voice = _voice(level, quiet)
        echo = delay = None
        if speaking.sum() * FRAME > HEARING_RATE:
            delay = _delay(heard.reshape(-1), played.reshape(-1))
            echo = _power(level[speaking]) if delay is not None else None
            if echo is not None and echo < floor + STANDS_OUT:
                echo = delay = None
        return Measured(
            noise=_rounded(noise),
            voice=None if voice is None or voice < floor + STANDS_OUT else _rounded(voice),
            echo=_rounded(echo),
            delay=delay,
        )


def _levels(frames: NDArray[np.int16]) -> NDArray[np.float64]:
    """The level of each frame, decibels of full scale."""
    power = np.mean(np.square(frames, dtype=np.float64), axis=1) / 32768.0**2
    return np.asarray(10 * np.log10(power + 1e-12))


def _power(levels: NDArray[np.float64]) -> float:
    return 10 * math.log10(float(np.mean(10 ** (levels / 10))))


def _held_on(flags: NDArray[np.bool_], frames: int) -> NDArray[np.bool_]:
    """*flags*, each lasting so many frames longer."""
    return np.convolve(flags, np.ones(frames + 1))[: len(flags)] > 0


def _voice(level: NDArray[np.float64], quiet: NDArray[np.bool_]) -> float | None:
    """The loudest SHORTEST of sound while the loudspeaker was silent."""
    count = round(SHORTEST * HEARING_RATE / FRAME)
    if quiet.sum() < count:
        return None
    pieces = np.lib.stride_tricks.sliding_window_view(level[quiet], count)
    return float(pieces.min(axis=1).max())


def _delay(heard: Samples, played: Samples) -> float | None:
    """Seconds by which what was heard comes after what was played, or None where the one is not in the other."""
    size = 1 << (2 * len(heard) - 1).bit_length()
    source = np.fft.rfft(played.astype(np.float64), size)
    power = np.abs(source) ** 2
    # The room's response, as far as the played sound has something to say about it.
    response = np.fft.irfft(
        np.fft.rfft(heard.astype(np.float64), size) * np.conj(source) / (power + power.mean()), size
    )
    likeness = np.abs(response[: round(LATEST * HEARING_RATE)])
    best = int(likeness.argmax())
    return best / HEARING_RATE if likeness[best] > DISTINCT * likeness.std() else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
