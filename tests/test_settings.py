"""The settings file and the command line over it: one sentence for each fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_coach.errors import UserError
from voice_coach.settings import LARGEST_FILE, Settings, load_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.yaml"


def test_without_a_file_everything_has_its_usual_value(file: Path) -> None:
    assert load_settings(file) == Settings()


def test_the_command_line_goes_over_the_file(file: Path) -> None:
    file.write_text("words_per_minute: 140\nmicrophone: USB\n")
    settings = load_settings(file, words_per_minute=170, microphone=None)
    assert (settings.words_per_minute, settings.microphone) == (170, "USB")


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_file_is_fine(text: str, file: Path) -> None:
    file.write_text(text)
    assert load_settings(file) == Settings()


@pytest.mark.parametrize(
    "content",
    [
        b"words_per_minute: 10\n",
        b"words_per_minute: fast\n",
        b"loudness: 11\n",
        b"1: 2\n",
        b"- a\n- b\n",
        b"just text\n",
        b"a: [\n",
        b"voice: a\nvoice: b\n",
        b"\xff\xfe",
        b"voice: !!python/object:os.system x\n",
        b"[" * 2000,
        b"# " + b"x" * LARGEST_FILE,
        b"voice: {a: b}\n",
    ],
)
def test_a_faulty_file_is_named_in_one_sentence(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    with pytest.raises(UserError) as refused:
        load_settings(file)
    assert str(file) in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("words_per_minute: fast\n", "words_per_minute must be a whole number from 80 to 450."),
        ("volume: 99\n", "volume must be a number of decibels from -20 to 12."),
        ("loudness: 11\n", "there is no setting loudness; there are voice, words_per_minute,"),
        ("volume: 1\nvoice: [1\n", "cannot be read (line 3: a bracket is not closed;"),
        ("voice: a\nvoice: b\n", "cannot be read (line 2: "),
    ],
)
def test_it_says_in_plain_words_what_to_do(content: str, said: str, file: Path) -> None:
    file.write_text(content)
    with pytest.raises(UserError) as refused:
        load_settings(file)
    assert said in str(refused.value)


def test_a_folder_in_its_place(file: Path) -> None:
    file.mkdir()
    with pytest.raises(UserError, match="cannot be read"):
        load_settings(file)


def test_a_faulty_option_names_the_command_line(file: Path) -> None:
    with pytest.raises(UserError, match="command line: words_per_minute"):
        load_settings(file, words_per_minute=10)
