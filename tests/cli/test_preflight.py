"""`voice-coach preflight` on sound files: somebody says the two words where the coach waits for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_coach.cli import main, preflight
from voice_coach.commands import Command
from voice_coach.preflight import words
from voice_coach.preflight.verdict import Findings
from voice_coach.settings import Settings, load_settings, save_settings, settings_file
from voice_coach.sound.samples import HEARING_RATE
from voice_coach.speaking.mouth import Lines
from voice_coach.speaking.voice import SystemVoice

Line = dict[str, object]

ANOTHER = 5.0
"""Seconds from one word to the other: by then the first is heard, and the second asked for."""
FOUND = Findings(-65.0, -35.0, -38.0, 0.02, frozenset({Command.STOP, Command.PAIN}), 1)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, list[Line]]:
    """A check in which nobody says anything, in a home of its own: it asks again and again, and keeps nothing."""
    folder = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as home:
        home.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        found = check(folder)
        assert not settings_file().exists()
    return found


@pytest.fixture(scope="module")
def person() -> Iterator[Lines]:
    with SystemVoice("en-us+f2") as voice:
        yield Lines(voice, HEARING_RATE)


def check(folder: Path, *spoken: tuple[float, np.ndarray], options: tuple[str, ...] = ()) -> tuple[int, list[Line]]:
    """The exit code and transcript of a check in which these sounds come at these seconds, in a quiet room."""
    sound = np.random.default_rng(0).normal(0, 15, 60 * HEARING_RATE)
    for second, word in spoken:
        at = round(second * HEARING_RATE)
        sound[at : at + len(word)] += word
    soundfile.write(folder / "person.wav", np.clip(sound, -32768, 32767).astype(np.int16), HEARING_RATE)
    files = ["--microphone", str(folder / "person.wav"), "--loudspeaker", str(folder / "coach.wav")]
    code = main(["preflight", *files, "--transcript", str(folder / "check.jsonl"), *options])
    return code, [json.loads(line) for line in (folder / "check.jsonl").read_text().splitlines()]


def after(told: list[Line], text: str) -> float:
    """When the coach has finished saying *text*, and a little more."""
    number = next(line["number"] for line in told if line["event"] == "say" and text in str(line["text"]))
    return float(str(next(line["t"] for line in told if line["event"] == "said" and line["number"] == number))) + 0.5


def of(told: list[Line], event: str) -> Line:
    return next(line for line in told if line["event"] == event)


def test_a_person_who_is_heard_in_a_room_that_echoes(
    tmp_path: Path, person: Lines, alone: tuple[int, list[Line]], capsys: pytest.CaptureFixture[str]
) -> None:
    stop, hurts = person.render("stop") // 2, person.render("too much") // 2
    room = ("--echo", "-8", "--echo-delay", "0.05", "--reverberation", "0.2", "--save")
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text("# mine\nwords_per_minute: 150\n")
    asked = after(alone[1], words.FIRST_WORD)
    code, told = check(tmp_path, (asked, stop), (asked + ANOTHER, hurts), options=room)
    found = of(told, "preflight")
    assert code == 0, found
    assert found["heard"] == ["pain", "stop"]
    assert float(str(found["noise"])) == pytest.approx(-66.8, abs=1)
    assert float(str(found["delay"])) == pytest.approx(0.05, abs=0.005)
    said = " ".join(str(line["text"]) for line in told if line["event"] == "say")
    assert words.FINE in said
    louder = float(str(found["volume"]))
    assert (words.I_SPEAK_SOFTER in said) is (louder < 0)
    assert settings_file().read_text().startswith("# mine\nwords_per_minute: 150\n")
    kept = load_settings()
    assert (kept.volume, kept.headphones, kept.words_per_minute) == (louder, False, 150)
    shown = capsys.readouterr().out
    assert "the room -6" in shown
    assert "after 50 ms" in shown


def test_nobody_is_heard(alone: tuple[int, list[Line]]) -> None:
    code, told = alone
    assert code == 3
    assert of(told, "preflight")["trusted"] is False
    assert [str(line["text"]) for line in told if line["event"] == "say"][-1] == f"{words.NO_VOICE} {words.USE_KEYS}"


def test_somebody_far_away_is_told_to_come_closer(tmp_path: Path, person: Lines, alone: tuple[int, list[Line]]) -> None:
    far: Callable[[str], np.ndarray] = lambda word: person.render(word) / 130  # noqa: E731
    code, told = check(tmp_path, (after(alone[1], words.FIRST_WORD), far("calm")))
    assert code == 3
    assert words.FAINT in str([line["text"] for line in told if line["event"] == "say"][-1])


def test_settings_are_kept_without_losing_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "settings.yaml"
    assert save_settings(file, volume=-3.0) == file
    file.write_text("# two lines\nvoice: en-us  # mine\n")
    save_settings(file, volume=-6.0, headphones=True)
    assert file.read_text() == "# two lines\nvoice: en-us  # mine\nvolume: -6.0\nheadphones: true\n"


def test_what_was_found_in_the_morning_is_known_in_the_evening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    worn = Settings(headphones=True)
    devices = ["USB microphone, ALSA", "Headset, ALSA"]
    assert preflight._passed(worn, devices) is None
    preflight._remember(worn, devices, FOUND)
    assert preflight._passed(worn, devices) == FOUND
    assert preflight._passed(Settings(), devices) is None
    assert preflight._passed(worn, ["built in, ALSA", "Headset, ALSA"]) is None


@pytest.mark.parametrize("damage", ["", "[]", "{}", "day: today", "[{}, 3]", '[{}, {"heard": ["stop", "shout"]}]'])
def test_a_memory_that_is_damaged_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    preflight._remember(Settings(), ["one", "two"], FOUND)
    preflight._memory().write_text(damage)
    assert preflight._passed(Settings(), ["one", "two"]) is None
