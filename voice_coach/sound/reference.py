"""What the loudspeaker was given, kept for the echo canceller."""

from __future__ import annotations

from collections import deque
from threading import Lock

from voice_coach.sound.resampler import Resampler
from voice_coach.sound.samples import HEARING_RATE, Samples

LONGEST = 21.0
"""Seconds kept at most while nobody reads; longer than the microphone's sound may wait."""

WINDOW = 5.0
"""Seconds over which sound must wait unused before it counts as surplus."""

SURPLUS = 0.02
"""Seconds of surplus that are left alone."""

SETTLING = 1.0
"""Seconds in which a loudspeaker that starts takes in at once what it keeps in store."""


class Reference:
    """Written by the loudspeaker's thread at *rate* hertz, read by the hearing thread at HEARING_RATE.

    One block is read for each block of the microphone, so the two stay aligned by counting:

    - on files, each turn renders one block and reads one block, and both go through equal resamplers: exact;
    - live, both devices run at about the same speed. The reference is written when it is rendered, one output latency
      before it can be heard, so it comes before its echo, as a canceller needs. Where the loudspeaker lags, zeros fill
      in; where it runs ahead (two crystals differ by up to 0.01 %), what has waited unused for WINDOW seconds is
      dropped, so that the reference never grows older than its echo. What it took in at once when it started stays:
      it only makes up for the microphone's latency, and an echo that jumps is one that has to be learnt anew.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._blocks: deque[Samples] = deque()
        self._frames = 0
        self._lock = Lock()
        self._resampler = Resampler(rate, HEARING_RATE)
        self._stale = False
        self._settle()

    def write(self, block: Samples) -> None:
        """Keep what was rendered; everything unread is forgotten after LONGEST seconds without a reader."""
        with self._lock:
            if self._frames > LONGEST * self._rate:
                self._blocks.clear()
                self._frames = 0
            self._blocks.append(block)
            self._frames += len(block)

    def read(self, frames: int) -> Samples:
        """The next *frames* samples at HEARING_RATE; zeros where nothing was rendered."""
        with self._lock:
            blocks, self._blocks = self._blocks, deque()
            self._frames = 0
            stale, self._stale = self._stale, False
        if stale:
            self._resampler.drop(self._resampler.ready)
            self._settle()
        for block in blocks:
            self._resampler.push(block)
        block = self._resampler.pull(frames)
        self._level(frames)
        return block

    def restart(self) -> None:
        """Forget what waits, because the microphone or the loudspeaker starts anew from now."""
        with self._lock:
            self._blocks.clear()
            self._frames = 0
            self._stale = True

    def _settle(self) -> None:
        self._read = -round(SETTLING * HEARING_RATE)
        self._least = HEARING_RATE
        self._usual: int | None = None
        """The least that waited in the first WINDOW."""

    def _level(self, frames: int) -> None:
        self._read += frames
        if self._read <= 0:
            return
        self._least = min(self._least, self._resampler.ready)
        if self._read >= WINDOW * HEARING_RATE:
            self._usual = self._least if self._usual is None else self._usual
            if self._least > self._usual + SURPLUS * HEARING_RATE:
                self._resampler.drop(self._least - self._usual)
            self._least, self._read = HEARING_RATE, 0
