"""Speaking without a session: each text at once, to its end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from voice_coach.live import LOUDSPEAKER_RATE
from voice_coach.settings import Settings
from voice_coach.sound.device import DeviceError, LiveLoudspeaker
from voice_coach.sound.mixer import Mixer
from voice_coach.sound.samples import Samples
from voice_coach.sound.wav import WavLoudspeaker
from voice_coach.speaking.mouth import Lines
from voice_coach.speaking.voice import SystemVoice


@contextmanager
def speaker(settings: Settings, file: Path | None = None, gap: float = 0.0) -> Iterator[Callable[[str], None]]:
    """A function that speaks a text, followed by *gap* seconds of silence: into *file*, else on the loudspeaker.

    The file is there when the last text was spoken. Raises CoachError in one sentence.
    """
    with ExitStack() as parts:
        voice = parts.enter_context(SystemVoice(settings.voice, settings.words_per_minute))
        if file is not None:
            recording = parts.enter_context(WavLoudspeaker(file, voice.rate))

            def write(text: str) -> None:
                recording.write(_followed(voice.render(text), gap, voice.rate))

            yield write
            return
        spoken = threading.Event()
        mixer = Mixer(LOUDSPEAKER_RATE, lambda _: spoken.set())
        lines = Lines(voice, LOUDSPEAKER_RATE)
        loudspeaker = parts.enter_context(LiveLoudspeaker(settings.loudspeaker, mixer.render, LOUDSPEAKER_RATE))

        def play(text: str) -> None:
            samples = lines.render(text)
            spoken.clear()
            mixer.say(1, [_followed(samples, gap, LOUDSPEAKER_RATE)])
            while not spoken.wait(0.1):
                if trouble := loudspeaker.trouble():
                    raise DeviceError(trouble)

        yield play


def _followed(samples: Samples, gap: float, rate: int) -> Samples:
    return np.concatenate([samples, np.zeros(round(gap * rate), samples.dtype)])
