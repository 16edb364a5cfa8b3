"""From one rate to another as a stream, without losing count."""

from __future__ import annotations

import numpy as np
import soxr

from voice_coach.sound.samples import Samples, saturate, silence

_CUSHION = 2
"""Samples; where a block has no whole number of them, the next one may be a sample short and would tear."""


class Resampler:
    """Turns *rate_in* into *rate_out* (hertz) block by block.

    soxr's variable-rate engine is used although the rate never varies: its delay is constant (12 to 30 ms), where the
    other engines hold sound back and hand it out in bursts of up to 120 ms, which a listener would feel.
    It works on floats because for integers soxr adds dither that differs from run to run; so the same sound comes out
    of every run, and two resamplers that are pushed and pulled alike keep aligned what was aligned.
    """

    def __init__(self, rate_in: int, rate_out: int) -> None:
        self._stream = None
        if rate_in != rate_out:
            self._stream = soxr.ResampleStream(rate_in, rate_out, 1, dtype="float32", quality="HQ", vr=True)
        self._waiting = silence(0)
        self.padded = 0
        """Zeros that `pull` had to add so far, samples; divided by the rate it is the delay in seconds."""

    @property
    def ready(self) -> int:
        """How many samples can be pulled without padding."""
        return len(self._waiting)

    def push(self, block: Samples) -> None:
        """Take the next *block* at the incoming rate, of any length."""
        if self._stream is not None:
            block = saturate(self._stream.resample_chunk(block.astype(np.float32)))
        self._waiting = np.concatenate([self._waiting, block])

    def pull(self, frames: int) -> Samples:
        """Exactly *frames* samples at the outgoing rate; zeros come first where not enough is ready."""
        if self.ready < frames:
            missing = frames - self.ready + (_CUSHION if self._stream is not None else 0)
            self.padded += missing
            self._waiting = np.concatenate([silence(missing), self._waiting])
        block, self._waiting = self._waiting[:frames], self._waiting[frames:]
        return block

    def drop(self, frames: int) -> None:
        """Forget the oldest *frames* samples that are ready."""
        self._waiting = self._waiting[frames:]

    def finish(self) -> None:
        """Make what the filter still holds ready; nothing may be pushed afterwards."""
        if self._stream is not None:
            rest = self._stream.resample_chunk(np.zeros(0, np.float32), last=True)
            self._waiting = np.concatenate([self._waiting, saturate(rest)])
