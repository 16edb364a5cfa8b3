"""The directory that `build` writes: whole or not at all, and heard by stock Vosk."""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path

import numpy as np
import pytest
import vosk

from tests.acoustic.speech import VOICES, say
from voice_coach.acoustic.build import TIME_FACTOR, build, fingerprint
from voice_coach.acoustic.graph import UNKNOWN, Labels, spell
from voice_coach.acoustic.knobs import Knobs
from voice_coach.acoustic.sphinx import ModelError, SphinxModel, wheel
from voice_coach.commands import PHRASES, VOCABULARY, find_safety, understand
from voice_coach.errors import CoachError


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    vosk.SetLogLevel(-2)
    path = tmp_path_factory.mktemp("models") / "built-in"
    build(path, VOCABULARY)
    return path


def hear(directory: Path, phrases: list[str], samples: bytes) -> list[dict[str, object]]:
    """The words of all that is heard, with their times."""
    recogniser = vosk.KaldiRecognizer(vosk.Model(str(directory)), 16000, json.dumps([*phrases, UNKNOWN]))
    recogniser.SetWords(True)
    heard = []
    for start in range(0, len(samples), 1600):
        if recogniser.AcceptWaveform(samples[start : start + 1600]):
            heard += json.loads(recogniser.Result()).get("result", [])
    return heard + list(json.loads(recogniser.FinalResult()).get("result", []))


def test_the_model_is_small_and_quick_to_build_and_load(tmp_path: Path) -> None:
    start = time.monotonic()
    build(tmp_path / "m", VOCABULARY)
    built = time.monotonic()
    vosk.Model(str(tmp_path / "m"))
    assert built - start < 10
    assert time.monotonic() - built < 3
    assert sum(f.stat().st_size for f in (tmp_path / "m").rglob("*") if f.is_file()) < 10_000_000


def test_every_word_of_the_phrase_table_is_known(directory: Path) -> None:
    model = vosk.Model(str(directory))
    assert [w for w in [*VOCABULARY, UNKNOWN] if model.vosk_model_find_word(w) < 0] == []


def test_every_phrase_is_decoded_when_nothing_competes(directory: Path) -> None:
    model = vosk.Model(str(directory))

    def decoded(phrase: str, voice: str) -> bool:
        recogniser = vosk.KaldiRecognizer(model, 16000, json.dumps([phrase]))
        recogniser.AcceptWaveform(say(phrase, voice).tobytes())
        return phrase in str(json.loads(recogniser.FinalResult())["text"])

    by_the_first = {phrase for phrase in PHRASES if decoded(phrase, VOICES[0])}
    assert len(by_the_first) > 0.95 * len(PHRASES)
    assert [p for p in PHRASES if p not in by_the_first and not any(decoded(p, v) for v in VOICES[1:])] == []


def test_phrases_are_told_apart_in_several_voices(directory: Path) -> None:
    phrases = ["stop", "repeat that", "pause", "continue", "gentler", "undo"]
    right, wrong = 0, []
    for voice in VOICES:
        for phrase in phrases:
            text = " ".join(str(w["word"]) for w in hear(directory, phrases, say(phrase, voice).tobytes()))
            right += text == phrase
            if text in phrases and text != phrase:
                wrong.append((voice, phrase, text))
    assert right >= 20
    assert wrong == []


def test_words_end_when_they_end(directory: Path) -> None:
    samples = say("continue", VOICES[0])
    (word,) = hear(directory, ["continue"], samples.tobytes())
    loud = np.flatnonzero(np.abs(samples) > 400) / 16000
    assert float(str(word["start"])) / TIME_FACTOR == pytest.approx(loud[0], abs=0.12)
    assert float(str(word["end"])) / TIME_FACTOR == pytest.approx(loud[-1], abs=0.12)


def test_noise_is_no_command(directory: Path) -> None:
    noise = np.random.default_rng(3).normal(0, 300, 16000 * 5).astype(np.int16)
    heard = " ".join(str(w["word"]) for w in hear(directory, list(PHRASES), noise.tobytes()))
    assert understand(heard) is None
    assert find_safety(heard) is None


def test_an_unknown_word_is_named_and_nothing_is_lost(directory: Path) -> None:
    before = {f: f.read_bytes() for f in directory.rglob("*") if f.is_file()}
    with pytest.raises(CoachError, match=r"'brzgl', 'xyzzyx'; use other words or give their sounds") as caught:
        build(directory, ["stop", "xyzzyx", "brzgl"])
    assert "\n" not in str(caught.value)
    assert {f: f.read_bytes() for f in directory.rglob("*") if f.is_file()} == before
    assert list(directory.parent.glob(".*")) == []


def test_a_sound_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"'effleurage' has QQ"):
        build(tmp_path / "m", ["effleurage"], {"effleurage": ("EH F QQ",)})


def test_a_given_pronunciation_makes_a_word_known(tmp_path: Path) -> None:
    build(tmp_path / "m", ["effleurage", "stop"], {"effleurage": ("EH F L ER AA ZH",)})
    assert vosk.Model(str(tmp_path / "m")).vosk_model_find_word("effleurage") > 0


def test_a_new_model_takes_the_place_of_the_old_whole(tmp_path: Path) -> None:
    told: list[float] = []
    build(tmp_path / "m", ["stop"])
    (tmp_path / "m" / "left over").touch()
    build(tmp_path / "m", ["go"], progress=told.append)
    assert not (tmp_path / "m" / "left over").exists()
    assert "go 2" in (tmp_path / "m" / "graph" / "words.txt").read_text()
    assert [p.name for p in tmp_path.iterdir()] == ["m"]
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert told == sorted(told)


def test_a_place_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="cannot be written to"):
        build(tmp_path / "file" / "m", ["stop"])


def test_the_fingerprint_changes_with_every_input() -> None:
    knobs = dataclasses.replace(Knobs(), acoustic_scale=0.5)
    prints = [
        fingerprint(["stop"]),
        fingerprint(["stop", "go"]),
        fingerprint(["stop"], {"stop": ("S T AA P",)}),
        fingerprint(["stop"], {}, knobs),
    ]
    assert len(set(prints)) == len(prints)
    assert fingerprint({"go", "stop"}) == fingerprint(["stop", "go"])


def test_phones_stand_in_the_context_of_their_word() -> None:
    model = SphinxModel.read(wheel() / "en-us")
    chains = spell(model, Labels(model), "P EY N")
    assert len({c.label for c in chains}) == 3
    sil, p, ey, n = (model.phones.index(name) for name in ("SIL", "P", "EY", "N"))
    exact = model.states[model.triphones[ey, p, n, 0]]
    assert chains[1].states == tuple(exact)
    assert chains[0].states == tuple(model.states[model.triphone(p, sil, ey, "b")])
    assert model.triphone(sil, p, p, "s") == sil


def test_transitions_are_left_to_right_and_add_up() -> None:
    chances = SphinxModel.read(wheel() / "en-us").transitions
    assert chances.sum(axis=2) == pytest.approx(np.ones((42, 3)))
    for state in range(3):
        others = [i for i in range(4) if i not in (state, state + 1)]
        assert (chances[:, state, others] == 0).all()
        assert (chances[:, state, [state, state + 1]] > 0).all()
