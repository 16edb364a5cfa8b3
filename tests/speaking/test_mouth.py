"""What the mouth keeps in memory."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import numpy as np
import pytest

from voice_coach.sound.samples import Samples
from voice_coach.speaking.mouth import KEPT_LINES, Lines


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
