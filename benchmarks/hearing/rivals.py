"""Others' ways of listening and of taking the echo out, in the place of ours inside the same Ears."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.hearing.sphinx import TALK_WEIGHT
from voice_coach.commands import VOCABULARY, Phrases, find_safety
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.echo import EchoCanceller, LinearEcho
from voice_coach.hearing.recogniser import Hypothesis, Recogniser
from voice_coach.hearing.spotter import Spotter
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import HEARING_RATE, Samples, silence

KEYPHRASE_DEFAULT = 1e-30
"""PocketSphinx's own threshold."""
KEYPHRASES = (1e-5, 1e-10, 1e-20, KEYPHRASE_DEFAULT)
TALK_WEIGHTS = (TALK_WEIGHT, 1e-8)
"""How likely talk is against a phrase; the first is its usual one."""
BARGE_INS = (0.2, 0.5, 1.0)
"""Seconds of any voice that interrupt a generic voice assistant; the first is its usual setting."""
GUARD = 0.3
"""Seconds for which half duplex stays deaf after the coach's last sound."""


class FinalsOnly:
    """A recogniser that keeps its partial results to itself."""

    def __init__(self, inner: Recogniser) -> None:
        self.name = f"{inner.name}, final results only"
        self._inner = inner

    def push(self, samples: Samples) -> Sequence[Hypothesis]:
        """See Recogniser."""
        return [hypothesis for hypothesis in self._inner.push(samples) if hypothesis.final]

    def listen_for(self, phrases: Phrases) -> None:
        """See Recogniser."""
        self._inner.listen_for(phrases)


class Keyphrases:
    """PocketSphinx's keyphrase search for the safety words, all with one *threshold*."""

    def __init__(self, threshold: float) -> None:
        from pocketsphinx import Decoder

        self.name = f"pocketsphinx keyphrase {threshold:g}"
        self._decoder: Any = Decoder(lm=None, loglevel="FATAL")
        with tempfile.NamedTemporaryFile("w", suffix=".kws") as file:
            file.write("".join(f"{word} /{threshold:g}/\n" for word in sorted(VOCABULARY) if find_safety(word)))
            file.flush()
            self._decoder.add_kws("safety", file.name)
        self._decoder.activate_search("safety")
        self._decoder.start_utt()
        self._pushed = 0

    def push(self, samples: Samples) -> list[Hypothesis]:
        """See Recogniser; every spotted word is final."""
        self._pushed += len(samples)
        self._decoder.process_raw(samples.tobytes())
        if (found := self._decoder.hyp()) is None:
            return []
        self._decoder.end_utt()
        self._decoder.start_utt()
        now = self._pushed / HEARING_RATE
        return [Hypothesis(found.hypstr.split()[-1].strip(), final=True, start=now, end=now)]

    def listen_for(self, phrases: Phrases) -> None:
        """See Recogniser; safety words are the same in every conversation."""


class AnyVoice:
    """A voice detector as recogniser: whatever is said for so many *seconds* means "stop"."""

    def __init__(self, seconds: float) -> None:
        from pywebrtc_audio import VoiceDetector

        self.name = f"any voice for {seconds} s"
        self._seconds = seconds
        self._detector: Any = VoiceDetector(sample_rate=HEARING_RATE)
        self._pushed = self._voiced = self._unvoiced = 0
        self._waiting = silence(0)
        self._told = False

    def push(self, samples: Samples) -> list[Hypothesis]:
        """See Recogniser."""
        self._waiting = np.concatenate((self._waiting, samples))
        found: list[Hypothesis] = []
        while len(self._waiting) >= 160:
            frame, self._waiting = self._waiting[:160], self._waiting[160:]
            self._pushed += 160
            voice = self._detector.process(frame) > 0.5
            self._voiced, self._unvoiced = (self._voiced + 160, 0) if voice else (self._voiced, self._unvoiced + 160)
            if self._unvoiced > 0.1 * HEARING_RATE:
                self._voiced = 0
            if self._unvoiced > 0.5 * HEARING_RATE:
                self._told = False
            if self._voiced >= self._seconds * HEARING_RATE and not self._told:
                self._told = True
                now = self._pushed / HEARING_RATE
                found.append(Hypothesis("stop", final=True, start=now - self._seconds, end=None))
        return found

    def listen_for(self, phrases: Phrases) -> None:
        """See Recogniser; any voice is any voice."""


class HalfDuplex:
    """No canceller: nothing is heard while the coach speaks, and GUARD seconds longer."""

    def __init__(self) -> None:
        self._deaf = 0

    def clean(self, microphone: Samples, reference: Samples) -> Samples:
        """See EchoCanceller."""
        if reference.any():
            self._deaf = round(GUARD * HEARING_RATE)
        deaf, self._deaf = self._deaf > 0, self._deaf - len(microphone)
        return silence(len(microphone)) if deaf else microphone


class WebRtcEcho:
    """WebRTC's canceller (AEC3): a linear filter, and a suppressor behind it."""

    def __init__(self) -> None:
        from pywebrtc_audio import AudioProcessor

        self._processor: Any = AudioProcessor(sample_rate=HEARING_RATE, echo_cancellation=True)

    def clean(self, microphone: Samples, reference: Samples) -> Samples:
        """See EchoCanceller."""
        cleaned: Samples = self._processor.process(microphone, reference)
        return cleaned


class LiveKitEcho:
    """LiveKit's build of WebRTC's audio processing; needs the package livekit."""

    def __init__(self) -> None:
        from livekit import rtc

        self._rtc: Any = rtc
        self._processing = rtc.AudioProcessingModule(echo_cancellation=True)
        self._near, self._far, self._out = silence(0), silence(0), silence(HEARING_RATE // 100)

    def clean(self, microphone: Samples, reference: Samples) -> Samples:
        """See EchoCanceller."""
        self._near, self._far = np.concatenate((self._near, microphone)), np.concatenate((self._far, reference))
        while len(self._near) >= 160:
            far, near = (self._frame(samples[:160]) for samples in (self._far, self._near))
            self._processing.process_reverse_stream(far)
            self._processing.process_stream(near)
            self._near, self._far = self._near[160:], self._far[160:]
            self._out = np.concatenate((self._out, np.frombuffer(near.data, np.int16)))
        cleaned, self._out = self._out[: len(microphone)], self._out[len(microphone) :]
        return cleaned

    def _frame(self, samples: Samples) -> Any:
        return self._rtc.AudioFrame(samples.tobytes(), HEARING_RATE, 1, 160)


class DuckedEcho(Echo):
    """The echo of a coach who steps back by 12 dB, 50 ms after somebody begins to speak, and always knows when."""

    def __init__(self, decibels: float, rate: int, delay: float, reverberation: float) -> None:
        super().__init__(decibels, rate, delay, reverberation)
        self.voice_from = np.inf
        """Seconds of sound at which somebody begins to speak."""
        self._passed = 0

    def through(self, block: Samples) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """See Echo."""
        self._passed += len(block)
        heard = super().through(block)
        ducked = self._passed / HEARING_RATE > self.voice_from + 0.05
        return np.asarray(heard * (10 ** (-12 / 20) if ducked else 1.0), np.float32)


@dataclass(frozen=True)
class System:
    """One way of hearing: fresh Ears whenever `ears` is called, on a recogniser that is loaded already."""

    name: str
    recogniser: Recogniser
    canceller: Callable[[], EchoCanceller] | None = LinearEcho
    ducked: bool = False
    """Whether the coach is ducked by an oracle, in place of a canceller."""
    finals: bool = False
    spotter: bool = False
    """Whether the product's spotter is the second witness."""
    copied: bool = True
    """Whether the process may be copied in the midst of a session."""

    def ears(self) -> Ears:
        """To be called once in each copy of the process."""
        listening = FinalsOnly(self.recogniser) if self.finals else self.recogniser
        return Ears(listening, self.canceller() if self.canceller else None, Spotter() if self.spotter else None)


def livekit_installed() -> bool:
    """Whether the rival LiveKit can be measured. It is not loaded: it could not be used in a copy of the process."""
    return find_spec("livekit.rtc") is not None
