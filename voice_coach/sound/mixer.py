"""The mixer: speech, earcons and tempo ticks become one stream of samples."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from voice_coach.sound.reference import Reference
from voice_coach.sound.samples import Samples, saturate, silence

GAP = 0.15
"""Seconds between two pieces of speech."""

FADE = 0.003
"""Seconds in which a sound that is cut short fades, so that it does not click."""

GLIDE = 0.02
"""Seconds in which a gain reaches its new value."""

RETURN = 0.4
"""Seconds in which the sound comes forward again after ducking."""

UNDER_VOICE = -12.0
"""Decibels by which everything steps back while the person speaks."""

UNDER_SPEECH = -9.0
"""Decibels by which ticks and earcons step back while the coach speaks."""

FASTEST = 600.0
"""Ticks a minute at most."""

_Wave = NDArray[np.float32]


class Mixer:
    """Renders what the loudspeaker shall play, at *rate* hertz; every method may be called from any thread.

    A request takes effect with the first sample of the next rendered block, and from there on every sample is the same
    whatever the length of the blocks. *spoken* is called from `render` with the number of a say whose last sample has
    been rendered; it must not wait.
    """

    def __init__(self, rate: int, spoken: Callable[[int], None]) -> None:
        self.rate = rate
        self._spoken = spoken
        self._lock = Lock()
        self._position = 0
        self._speech: _Speech | None = None
        self._sounds: list[_Clip] = []
        self._fading: list[_Clip] = []
        self._beat: _Beat | None = None
        self._under_speech = _Glide()
        self._volume = _Glide()
        self._duck = _Glide()
        self._ducked = False
        self._reference = Reference(rate)

    @property
    def position(self) -> int:
        """How many samples have been rendered."""
        return self._position

    def say(self, number: int, pieces: Sequence[Samples]) -> None:
        """Speak *pieces* one after another, GAP apart, instead of what is being said.

        Reports *number* once, when the last sample is rendered; never when it is replaced or hushed before.
        Raises ValueError for pieces that are not Samples.
        """
        gap = silence(round(GAP * self.rate))
        parts: list[Samples] = []
        for piece in pieces:
            parts += [gap, _checked(piece)] if parts else [_checked(piece)]
        samples = np.concatenate(parts) if parts else silence(0)
        with self._lock:
            self._fade_speech()
            self._speech = _Speech(number, _Clip(self._position, samples))
            self._glide(self._under_speech, UNDER_SPEECH)

    def sound(self, samples: Samples) -> None:
        """Play an earcon over everything else."""
        with self._lock:
            self._sounds.append(_Clip(self._position, _checked(samples)))

    def tempo(self, per_minute: float, tick: Samples) -> None:
        """Play *tick* now and then *per_minute* times a minute, each at its exact sample; 0 stops.

        Raises ValueError for a tempo below 0 or above FASTEST.
        """
        if not 0 <= per_minute <= FASTEST:
            raise ValueError(f"a tempo of {per_minute} a minute is not between 0 and {FASTEST:g}")
        with self._lock:
            self._beat = _Beat(self._position, 60 * self.rate / per_minute, _checked(tick)) if per_minute else None

    def hush(self) -> None:
        """Silence within FADE: drops speech, earcons and tempo."""
        with self._lock:
            frames = round(FADE * self.rate)
            self._fading = [self._faded(self._mixed(self._position, frames))]
            self._speech, self._beat = None, None
            self._sounds.clear()
            self._under_speech = _Glide()

    def volume(self, decibels: float) -> None:
        """Make everything louder or softer than normal from now on."""
        with self._lock:
            self._glide(self._volume, decibels)

    def duck(self, under: bool) -> None:
        """Step back by UNDER_VOICE, at once; or come forward again, softly. May be called over and over."""
        with self._lock:
            if under is not self._ducked:
                self._ducked = under
                self._glide(self._duck, UNDER_VOICE if under else 0, GLIDE if under else RETURN)

    def render(self, frames: int) -> Samples:
        """The next *frames* samples."""
        finished: int | None = None
        parts: list[_Wave] = []
        with self._lock:
            end = self._position + frames
            if self._speech and self._speech.clip.end <= end:
                finished = self._speech.number
                parts.append(self._advanced(self._speech.clip.end))
                self._speech = None
                self._glide(self._under_speech, 0)
            parts.append(self._advanced(end))
            block = saturate(np.concatenate(parts))
            self._reference.write(block)
        if finished is not None:
            self._spoken(finished)
        return block

    def reference(self, frames: int) -> Samples:
        """The next *frames* of what was rendered, at HEARING_RATE, for one reader; see Reference for the alignment."""
        return self._reference.read(frames)

    def restart_reference(self) -> None:
        """To be called when the microphone was opened anew, or the loudspeaker was, or it was cut."""
        self._reference.restart()

    # Everything below runs under the lock.

    def _advanced(self, end: int) -> _Wave:
        """The mix from the position to *end*, which becomes the position; no speech may end in between."""
        begin, frames = self._position, end - self._position
        if self._beat:
            self._sounds += self._beat.until(end)
        wave = self._mixed(begin, frames) * self._volume.over(begin, frames) * self._duck.over(begin, frames)
        self._position = end
        self._sounds = [clip for clip in self._sounds if clip.end > end]
        self._fading = [clip for clip in self._fading if clip.end > end]
        return wave

    def _mixed(self, begin: int, frames: int) -> _Wave:
        """All tracks before volume and ducking."""
        wave = np.zeros(frames, np.float32)
        for clip in self._sounds:
            clip.add_to(wave, begin)
        wave *= self._under_speech.over(begin, frames)
        for clip in self._fading:
            clip.add_to(wave, begin)
        if self._speech:
            self._speech.clip.add_to(wave, begin)
        return wave

    def _fade_speech(self) -> None:
        if self._speech:
            wave = np.zeros(round(FADE * self.rate), np.float32)
            self._speech.clip.add_to(wave, self._position)
            self._fading.append(self._faded(wave))

    def _faded(self, wave: _Wave) -> _Clip:
        return _Clip(self._position, wave * np.linspace(1, 0, len(wave), dtype=np.float32))

    def _glide(self, gain: _Glide, decibels: float, seconds: float = GLIDE) -> None:
        gain.to(10 ** (decibels / 20), self._position, round(seconds * self.rate))


@dataclass(frozen=True)
class _Clip:
    """A sound with the position of its first sample."""

    start: int
    samples: Samples | _Wave

    @property
    def end(self) -> int:
        return self.start + len(self.samples)

    def add_to(self, wave: _Wave, begin: int) -> None:
        """Add the part that falls into *wave*, whose first sample is at *begin*."""
        first, last = max(self.start, begin), min(self.end, begin + len(wave))
        if first < last:
            wave[first - begin : last - begin] += self.samples[first - self.start : last - self.start]


@dataclass(frozen=True)
class _Speech:
    number: int
    clip: _Clip


@dataclass
class _Beat:
    """Ticks from *start* on, *period* samples apart."""

    start: int
    period: float
    tick: Samples
    count: int = 0

    def until(self, end: int) -> list[_Clip]:
        """The ticks that start before *end* and were not given yet."""
        due: list[_Clip] = []
        while (start := self.start + round(self.count * self.period)) < end:
            due.append(_Clip(start, self.tick))
            self.count += 1
        return due


@dataclass
class _Glide:
    """A gain that moves in a straight line; its value depends on the position alone, never on the blocks."""

    first: float = 1.0
    last: float = 1.0
    begin: int = 0
    frames: int = 0

    def to(self, gain: float, begin: int, frames: int) -> None:
        if not math.isfinite(gain):
            raise ValueError("a gain in decibels must be a finite number")
        self.first, self.last = float(self._at(np.array([begin]))[0]), gain
        self.begin, self.frames = begin, frames

    def over(self, begin: int, frames: int) -> _Wave | float:
        if begin >= self.begin + self.frames:
            return self.last
        return self._at(np.arange(begin, begin + frames))

    def _at(self, positions: NDArray[np.int64]) -> _Wave:
        to_go = 1 - np.clip((positions - self.begin) / max(self.frames, 1), 0, 1)
        return (self.last + (self.first - self.last) * to_go).astype(np.float32)


def _checked(samples: Samples) -> Samples:
    if samples.dtype != np.int16 or samples.ndim != 1:
        raise ValueError("sound must be one row of 16-bit samples")
    return samples
