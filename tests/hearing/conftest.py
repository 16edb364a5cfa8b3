"""A person to listen to, and recognisers to listen with; both real."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soxr

from voice_coach.hearing.ears import Ears
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.session.events import Heard
from voice_coach.sound.samples import HEARING_RATE, Samples
from voice_coach.speaking.voice import SystemVoice

BLOCK = HEARING_RATE // 100
PROJECT = Path(__file__).resolve().parents[2]


def room_noise(seconds: float, seed: int = 1, loudness: float = 8.0) -> Samples:
    noise = np.random.default_rng(seed).normal(size=int(seconds * HEARING_RATE)) * loudness
    return noise.astype(np.int16)


def in_a_room(*sounds: Samples, gap: float = 1.2) -> Samples:
    """The sounds one after another, quiet room noise before, between and after them."""
    pieces = [room_noise(0.5)]
    for number, sound in enumerate(sounds):
        pieces += [sound, room_noise(gap, seed=number + 2)]
    return np.concatenate(pieces)


def listen(ears: Ears, microphone: Samples, reference: Samples | None = None) -> list[tuple[float, Heard]]:
    """What *ears* hear, each with the second of sound at which it came; in 10 ms blocks, as live."""
    heard = []
    for at in range(0, len(microphone) - BLOCK + 1, BLOCK):
        played = None if reference is None else reference[at : at + BLOCK]
        found = ears.push(microphone[at : at + BLOCK], played)
        heard += [(ears.seconds, one) for one in found if isinstance(one, Heard)]
    return heard


@pytest.fixture(scope="package")
def say(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Samples]]:
    """The machine's own voice, at half its loudness, as the recognisers want it."""
    with SystemVoice(cache=tmp_path_factory.mktemp("voice")) as voice:

        def speak(text: str) -> Samples:
            spoken = soxr.resample(voice.render(text), voice.rate, HEARING_RATE)
            halved: Samples = (spoken // 2).astype(np.int16)
            return halved

        yield speak


@pytest.fixture(scope="package")
def model() -> Path:
    """A small Vosk model for tests: named by VOICE_COACH_TEST_MODEL, or beside the project."""
    named = os.environ.get("VOICE_COACH_TEST_MODEL")
    found = Path(named) if named else PROJECT.parent / "shared" / "models" / "tiny-vosk-en"
    if not found.is_dir():
        pytest.skip(f"no Vosk model for tests at {found}; set VOICE_COACH_TEST_MODEL to one")
    return found


@pytest.fixture
def vosk(model: Path) -> VoskRecogniser:
    return VoskRecogniser(model)


@pytest.fixture
def python() -> str:
    return sys.executable
