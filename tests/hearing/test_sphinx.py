"""The real PocketSphinx with its bundled model. All speech here is synthetic."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.hearing.conftest import in_a_room, listen, room_noise
from voice_coach.commands import understand
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.sphinx import SphinxRecogniser
from voice_coach.sound.samples import Samples

Say = Callable[[str], Samples]


@pytest.mark.parametrize("phrase", ["stop", "please stop", "too hard", "continue", "go to step twelve"])
def test_a_phrase_is_heard_when_the_utterance_is_over(sphinx: SphinxRecogniser, say: Say, phrase: str) -> None:
    spoken = say(phrase)
    ((_, heard),) = listen(Ears(sphinx), in_a_room(spoken))
    meant = understand(phrase)
    assert meant is not None
    assert (heard.command, heard.number) == (meant.command, meant.number)


def test_talk_is_no_command(sphinx: SphinxRecogniser, say: Say) -> None:
    talk = in_a_room(say("the coffee is on the table in the kitchen"), say("my sister bought a red bicycle"))
    # It is the stand-in: one long phrase of the table may be imagined in talk, a safety word may not.
    heard = [one for _, one in listen(Ears(sphinx), talk)]
    assert len(heard) <= 1
    assert all(one.path == "command" for one in heard)


def test_the_end_of_the_word_is_known(say: Say) -> None:
    spoken = say("stop")
    sphinx = SphinxRecogniser()
    finals = sphinx.push(in_a_room(spoken, spoken))
    assert [final.text for final in finals] == ["stop", "stop"]
    first, second = finals
    assert first.end is not None
    assert second.end is not None
    assert first.end == pytest.approx(0.5 + len(spoken) / 16000, abs=0.25)
    assert second.end - first.end == pytest.approx(1.2 + len(spoken) / 16000, abs=0.1)


def test_noise_without_end_does_not_pile_up(say: Say) -> None:
    sphinx = SphinxRecogniser()
    loud = room_noise(10.0, loudness=2000.0)
    heard = listen(Ears(sphinx), np.concatenate((loud, in_a_room(say("stop")))))
    assert [one.phrase for when, one in heard if when > 10] == ["stop"]
