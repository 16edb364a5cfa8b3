"""What the mouth keeps in memory, and how it begins."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pytest

from voice_coach.session.events import Hush, Say
from voice_coach.sound.mixer import GAP, Mixer
from voice_coach.sound.samples import Samples
from voice_coach.speaking.chimes import BREATH_SECONDS
from voice_coach.speaking.mouth import KEPT_LINES, Lines, Mouth

RATE = 16000


class Beep:
    """A voice that says everything with one second of sound."""

    rate = 22050
    failing = False

    def render(self, line: str) -> Samples:
        """A second."""
        return np.full(self.rate, len(line), np.int16)


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Python looks for no cycles meanwhile."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_few_lines_are_kept_and_none_when_they_are_not_needed_any_more() -> None:
    lines = Lines(Beep(), 16000)
    rendered = [weakref.ref(lines.render(f"line {number}")) for number in range(3 * KEPT_LINES)]
    assert sum(each() is not None for each in rendered) == KEPT_LINES
    del lines
    assert not any(each() is not None for each in rendered)


def test_only_the_first_words_begin_with_a_breath() -> None:
    said: list[int] = []
    mixer = Mixer(RATE, said.append)
    mouth = Mouth(Beep(), mixer)
    lasted = []
    for number in (1, 2):
        mouth.act(Say(("Hello.",), number))
        blocks = 0
        while number not in said and blocks < 500:
            mixer.render(RATE // 100)
            blocks += 1
        lasted.append(blocks / 100)
    assert lasted == pytest.approx([BREATH_SECONDS + GAP + 1, 1], abs=0.03)


def test_a_sentence_that_is_not_wanted_any_more_is_not_rendered_to_its_end() -> None:
    class Interrupted(Beep):
        rendered: ClassVar[list[str]] = []

        def render(self, line: str) -> Samples:
            self.rendered.append(line)
            mouth.act(Hush())
            return super().render(line)

    mouth = Mouth(Interrupted(), Mixer(RATE, lambda number: None))
    mouth.act(Say(("The first line.", "The second line."), 1))
    assert Interrupted.rendered == ["The first line."]
