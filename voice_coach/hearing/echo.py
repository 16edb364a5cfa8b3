"""Taking the coach's own voice out of the microphone."""

from __future__ import annotations

from typing import Protocol

from voice_coach.errors import MachineError
from voice_coach.sound.samples import HEARING_RATE, Samples


class EchoCanceller(Protocol):
    """Removes from the microphone what the loudspeaker played."""

    def clean(self, microphone: Samples, reference: Samples) -> Samples:
        """*microphone* without the echo of *reference*.

        Both at 16 kHz and equally long, from the same moment; *reference* is what the loudspeaker
        really played, silence included. Exactly as many samples come out as go in, some
        milliseconds late.
        """
        ...


class WebRtcEcho:
    """WebRTC's echo canceller (AEC3).

    It learns the room while the coach speaks, so one instance serves the whole session and is
    never reset: a cold one lets several times more echo through.
    """

    def __init__(self) -> None:
        """Raises MachineError when its library is not installed."""
        try:
            from pywebrtc_audio import AudioProcessor
        except ImportError as error:
            raise MachineError(
                "Echo cancelling needs the package pywebrtc-audio, which is not installed; install voice-coach "
                "again, or use headphones and switch echo cancelling off."
            ) from error
        self._processor = AudioProcessor(sample_rate=HEARING_RATE, echo_cancellation=True)

    def clean(self, microphone: Samples, reference: Samples) -> Samples:
        """See EchoCanceller. Raises ValueError when the lengths differ."""
        if len(microphone) != len(reference):
            raise ValueError(f"{len(microphone)} microphone samples, but {len(reference)} reference samples")
        if not len(microphone):
            return microphone
        cleaned: Samples = self._processor.process(microphone, reference)
        return cleaned
