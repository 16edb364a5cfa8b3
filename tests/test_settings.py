"""The settings file and the command line over it: one sentence for each fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_coach.errors import UserError
from voice_coach.settings import LARGEST_FILE, Settings, load_settings, save_settings
from voice_coach.speaking.voice import FASTEST, SLOWEST, SystemVoice


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
        b"headphones: !!bool maybe\n",
        b'volume: !!int ""\n',
        b"[[a, b]]: x\n",
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
        ("words_per_minute: fast\n", "words_per_minute must be a whole number from 100 to 400."),
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


def test_the_voice_can_speak_as_slowly_and_as_fast_as_the_settings_allow(file: Path) -> None:
    for pace in (SLOWEST, FASTEST):
        with SystemVoice(words_per_minute=load_settings(file, words_per_minute=pace).words_per_minute):
            pass
    for pace in (SLOWEST - 1, FASTEST + 1):
        with pytest.raises(UserError, match="from 100 to 400"):
            load_settings(file, words_per_minute=pace)


BODY = f"body: 'bruise on the right thigh{', sore neck' * 30}' # all of it\n"
KEPT = [
    "",
    "# my settings\n# microphone: USB\n",
    "# my settings\n\n" + BODY + 'voice: "en"   # mine\n',
    "voice: en\n# volume: 3\n",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_saved_is_added_and_every_line_stays(text: str, file: Path) -> None:
    file.write_text(text)
    before = load_settings(file)
    save_settings(file, volume=-3.0, headphones=True)
    assert file.read_text() == text + "volume: -3.0\nheadphones: true\n"
    assert load_settings(file) == before.model_copy(update={"volume": -3.0, "headphones": True})


def test_what_is_saved_again_takes_the_place_of_the_old_value(file: Path) -> None:
    file.write_text("# loud\nvolume: 3 # dB\nheadphones: false\nvoice: en")
    save_settings(file, volume=-3.0, headphones=True)
    assert file.read_text() == "# loud\nvolume: -3.0 # dB\nheadphones: true\nvoice: en\n"


@pytest.mark.parametrize(
    ("text", "saved"),
    [
        ("# mine\n{}\n# and more\n", "# mine\n# and more\nvolume: -3.0\n"),
        ("# mine\n~ # none\n", "# mine\n# none\nvolume: -3.0\n"),
        ('{voice: "en", volume: 2} # c\n', '{voice: "en", volume: -3.0} # c\n'),
        ("# c\nvolume: |\n  3\nvoice: 'en' # v\n", "# c\nvolume: -3.0\nvoice: 'en' # v\n"),
    ],
)
def test_comments_stay_however_the_file_is_written(text: str, saved: str, file: Path) -> None:
    file.write_text(text)
    save_settings(file, volume=-3.0)
    assert file.read_text() == saved
