"""A downloaded model is made to answer sooner, in a copy of its settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_coach.hearing.builtin import builtin
from voice_coach.hearing.prompt import FRAMES, prompt
from voice_coach.hearing.vosk import VoskRecogniser


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """The built-in model as models are downloaded: without a word on frames."""
    model = tmp_path / "a-model"
    model.mkdir()
    for entry in builtin().iterdir():
        if entry.name != "conf":
            (model / entry.name).symlink_to(entry)
    (model / "conf").mkdir()
    for file in (builtin() / "conf").iterdir():
        kept = [line for line in file.read_text().splitlines(keepends=True) if "frames-per-chunk" not in line]
        (model / "conf" / file.name).write_text("".join(kept))
    return model


def test_its_settings_say_how_many_frames_and_it_loads(slow: Path, tmp_path: Path) -> None:
    before = (slow / "conf" / "model.conf").read_text()
    copy = prompt(slow, tmp_path / "cache")
    assert copy != slow
    assert copy.name == slow.name
    assert (copy / "conf" / "model.conf").read_text() == f"{before.rstrip()}\n--frames-per-chunk={FRAMES}\n"
    assert (slow / "conf" / "model.conf").read_text() == before
    assert prompt(slow, tmp_path / "cache") == copy
    assert VoskRecogniser(copy).name == "vosk a-model"


def test_one_that_says_it_itself_is_left_alone(tmp_path: Path) -> None:
    assert prompt(builtin(), tmp_path / "cache") == builtin()


def test_where_no_copy_can_be_made_the_model_itself_is_used(slow: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    assert prompt(slow, tmp_path / "cache") == slow
    assert prompt(tmp_path / "no model") == tmp_path / "no model"


def test_settings_that_are_no_text_are_left_to_the_recogniser(slow: Path, tmp_path: Path) -> None:
    (slow / "conf" / "model.conf").write_bytes(b"# f\xfcr Katz\n--beam=10\n")
    assert prompt(slow, tmp_path / "cache") == slow
