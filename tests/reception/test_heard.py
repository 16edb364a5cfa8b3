"""The spoken menu, heard: real synthetic voices, the built-in model, and a whole choice on a sound file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.menu import LOUDNESS, NOISE, VOICES, MenuHearing
from voice_coach.cli import main
from voice_coach.hearing.builtin import builtin
from voice_coach.reception.sparing import WORDS
from voice_coach.sound.samples import HEARING_RATE, saturate
from voice_coach.speaking.mouth import Lines
from voice_coach.speaking.voice import SystemVoice

pytestmark = pytest.mark.timeout(400)
"""Seconds; a busy machine hears more slowly than people speak."""
ASKED = (
    *("shoulders", "neck", "feet", "legs", "knees", "thighs", "exercises", "training", "twenty minutes"),
    *("half an hour", "leg in a cast", "plaster cast", "fracture", "broken leg", "swelling", "moving again"),
    *("post cast moves", "classic leg massage", "front of the leg", "relaxing massage", "pedicure"),
    *("massage my own legs", "roller massage", "between trainings", "sport prevent", "before training"),
    *("warming up", "weak muscles"),
)
"""Of what somebody may ask for, some of what is heard best: two ways to each routine or more."""


@pytest.fixture
def hearing() -> MenuHearing:
    """Nobody was heard before: eSpeak's variants are never the same twice, and the ears get used to a voice."""
    return MenuHearing()


@pytest.mark.parametrize("name", VOICES[1::2])
def test_every_routine_can_be_reached_by_voice(hearing: MenuHearing, name: str) -> None:
    with SystemVoice(name) as voice:
        reached = hearing.reached(ASKED, Lines(voice, HEARING_RATE))
    missing = {routine.id for routine in hearing.offered.routines} - frozenset().union(*reached.values())
    assert not missing, reached


WORDS_PER_MINUTE = 300
EVENING = (
    (5.5, "feet"),  # five are named
    (21.0, "the last one"),
    (28.0, "no"),  # named again
    (43.0, "something else"),
    (52.0, "front of the leg"),
    (60.0, "yes"),
)
"""When somebody says what, seconds; they let the coach finish, who talks fast."""
UNTIL = 63


def test_the_menu_is_walked_by_voice_on_a_sound_file(hearing: MenuHearing, tmp_path: Path) -> None:
    sound = np.zeros(UNTIL * HEARING_RATE)
    with SystemVoice("en-us") as voice:
        for at, phrase in EVENING:
            said = Lines(voice, HEARING_RATE).render(phrase) * LOUDNESS
            start = round(at * HEARING_RATE)
            sound[start : start + len(said)] = said
    noisy = saturate(sound + np.random.default_rng(0).normal(0, NOISE, len(sound)))
    soundfile.write(tmp_path / "evening.wav", noisy, HEARING_RATE, subtype="PCM_16")
    model = builtin(extra=hearing.offered.phrases.words | WORDS)
    files = ["--microphone", str(tmp_path / "evening.wav"), "--transcript", str(tmp_path / "told.jsonl")]
    files += ["--until", str(UNTIL), "--rate", str(WORDS_PER_MINUTE)]
    assert main(["run", *files, "--no-ask-body", "--quiet", "--model", str(model)]) == 0
    lines = [json.loads(line) for line in (tmp_path / "told.jsonl").read_text().splitlines()]
    chosen = [line["routine"] for line in lines if line["event"] == "start"]
    assert chosen[-1:] == ["leg-front"], [line for line in lines if line["event"] in ("told", "heard", "say")]
    asked = [line["text"] for line in lines if line["event"] == "say"]
    assert asked[0].startswith("What would you like?")
    assert any("Number five is" in text for text in asked)
    assert any(text.startswith("Massage of the front of the leg. It takes about") for text in asked)
