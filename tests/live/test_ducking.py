"""The coach steps back while somebody speaks: judged by the sound that came out of the loudspeaker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.live.room import Person, coached
from tests.pulse import RATE, Pulse, pulse
from voice_coach.sound.mixer import UNDER_VOICE
from voice_coach.speaking.mouth import Lines
from voice_coach.speaking.voice import SystemVoice

EVENING = Path(__file__).with_name("evening.yaml")
SENTENCE = (
    "Sit down comfortably, with a soft towel under both knees, and lay everything you may need near you, "
    "so that nothing calls you away during the next ten minutes or so."
)
"""Long enough for somebody to begin and to finish while it is said, on a slow machine too."""
TALK = "we should buy some milk and apples"
"""No command, and nothing like one."""
BEFORE, ALL = 3.0, 13.0
"""Seconds of SENTENCE after which somebody speaks, and in which all is over but its end."""
VOICE, WORDS_PER_MINUTE = "en-us", 130
NOISE = 60.0
"""Of the room, sample steps: a fan runs. Nothing that is softer makes the coach step back."""
PIECE = RATE // 5
"""Samples of speech whose loudness is judged together."""
ASTRAY = RATE // 4
"""Samples by which a piece may come earlier or later than the one before it lets expect, on a slow machine."""
SILENT = 3000
"""The peak below which a piece says nothing of the loudness."""
CLOSE = 1.0
"""Decibels."""

Wave = NDArray[np.floating]


@pytest.fixture(scope="module")
def server() -> Iterator[Pulse]:
    with pulse() as running:
        yield running


@pytest.fixture
def person(server: Pulse) -> Iterator[Person]:
    with SystemVoice("en-us+f2") as voice:
        someone = Person(server, voice, NOISE)
        yield someone
        someone.leave()


@pytest.mark.timeout(240)
def test_it_is_12_decibels_softer_while_somebody_speaks_and_as_loud_as_ever_afterwards(
    server: Pulse, person: Person, tmp_path: Path
) -> None:
    before, later = talked_over(server, person, tmp_path)
    assert before == pytest.approx(np.zeros(len(before)), abs=CLOSE), "it steps back for nobody but a person"
    back = np.abs(later - UNDER_VOICE) < CLOSE
    assert np.count_nonzero(back) * PIECE > 1.0 * RATE, later  # of the two seconds that they speak
    assert later.min() > UNDER_VOICE - CLOSE, later
    assert later[-5:] == pytest.approx(np.zeros(5), abs=CLOSE), "it comes forward again"


@pytest.mark.timeout(240)
def test_with_headphones_it_does_not_step_back(server: Pulse, person: Person, tmp_path: Path) -> None:
    before, later = talked_over(server, person, tmp_path, "--headphones")
    gains = np.concatenate((before, later))
    assert gains == pytest.approx(np.zeros(len(gains)), abs=CLOSE)


def talked_over(server: Pulse, person: Person, folder: Path, *options: str) -> tuple[Wave, Wave]:
    """How loud the coach was while somebody said TALK amid SENTENCE: before they began, and from then on.

    In decibels of how loud it should be, for each PIECE that is not silent.
    """
    routine = folder / "evening.yaml"
    routine.write_text(EVENING.read_text().replace("Sit down comfortably.", SENTENCE))
    voice = ("--voice", VOICE, "--rate", str(WORDS_PER_MINUTE))
    with coached(server, folder, str(routine), *voice, *options) as coach:
        for about in ("fever", "flared", "heart", "wound", "fungus", "cancer", "gout"):
            coach.wait_for(about)
            if about != "gout":
                coach.press("x")
        with server.recording() as recording:
            coach.press("x")
            coach.wait_for("Sit down")
            begun = len(recording.wait_for(BEFORE, limit=30))
            person.say(TALK)
            played = recording.wait_for(begun / RATE + ALL - BEFORE, limit=60)
        coach.end()
    gains = loudness(played)
    before = [gain for end, gain in gains if end <= begun]
    later = [gain for end, gain in gains if end > begun]
    assert min(len(before), len(later)) > 5, "SENTENCE was not heard"
    return np.array(before), np.array(later)


def loudness(played: NDArray[np.int16]) -> list[tuple[int, float]]:
    """For each piece of SENTENCE as it was *played*: at which sample it ends, and how loud it was, in decibels."""
    with SystemVoice(VOICE, WORDS_PER_MINUTE) as voice:
        said = Lines(voice, RATE).render(SENTENCE).astype(float)
    sound, gains = played.astype(float), []
    at = place(said[:RATE], sound)[0]
    for start in range(0, len(said) - PIECE, PIECE):
        piece, first = said[start : start + PIECE], max(0, at - ASTRAY)
        near = sound[first : at + PIECE + ASTRAY]
        if len(near) < PIECE + ASTRAY:
            break
        if np.abs(piece).max() > SILENT:
            offset, gain = place(piece, near)
            at = first + offset
            gains.append((at + PIECE, 20 * np.log10(max(gain, 0.001))))
        at += PIECE
    return gains


def place(piece: Wave, sound: Wave) -> tuple[int, float]:
    """Where *piece* is in *sound*, and with which factor."""
    size = 1 << (len(sound) + len(piece)).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(piece, size))
    likeness = np.fft.irfft(spectrum, size)[: len(sound) - len(piece) + 1]
    energy = np.cumsum(np.concatenate(([len(piece)], sound**2)))
    loud = np.sqrt(energy[len(piece) :] - energy[: -len(piece)] + len(piece))
    at = int(np.argmax(likeness / loud))
    return at, float(likeness[at] / (piece @ piece))
