"""From one rate to another as a stream, without losing count."""

from __future__ import annotations

import numpy as np
import soxr

from voice_coach.sound.samples import Samples, silence


class Resampler:
    """Turns *rate_in* into *rate_out* (hertz) block by block.

    soxr's variable-rate engine is used although the rate never varies: its delay is constant (12 to 30 ms), where the
    other engines hold sound back and hand it out in bursts of up to 120 ms, which a listener would feel.
    Two resamplers that are pushed and pulled alike delay alike, so what was aligned stays aligned.
    """

    def __init__(self, rate_in: int, rate_out: int) -> None:
        self._stream = None
        if rate_in != rate_out:
            self._stream = soxr.ResampleStream(rate_in, rate_out, 1, dtype="int16", quality="HQ", vr=True)
        self._waiting = silence(0)
        self.padded = 0
        """Zeros that `pull` has had to add so far, samples; divided by the rate it is the delay in seconds."""

    @property
    def ready(self) -> int:
        """How many samples can be pulled without padding."""
        return len(self._waiting)

    def push(self, block: Samples) -> None:
        """Take the next *block* at the incoming rate, of any length."""
        if len(block):
            out = block if self._stream is None else self._stream.resample_chunk(np.ascontiguousarray(block))
            self._waiting = np.concatenate([self._waiting, out])

    def pull(self, frames: int) -> Samples:
        """Exactly *frames* samples at the outgoing rate; zeros come first where not enough is ready."""
        taken, self._waiting = self._waiting[:frames], self._waiting[frames:]
        missing = frames - len(taken)
        self.padded += missing
        return np.concatenate([silence(missing), taken])

    def drop(self, frames: int) -> None:
        """Forget the oldest *frames* samples that are ready."""
        self._waiting = self._waiting[frames:]

    def finish(self) -> None:
        """Make what the filter still holds ready; nothing may be pushed afterwards."""
        if self._stream is not None:
            rest = self._stream.resample_chunk(silence(0), last=True)
            self._waiting = np.concatenate([self._waiting, rest])
