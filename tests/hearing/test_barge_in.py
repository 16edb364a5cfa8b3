"""Somebody speaks while the coach does: the ears notice before they know what was said."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.hearing.conftest import BLOCK, room_noise
from voice_coach.commands import Phrases
from voice_coach.hearing.barge_in import HOLD, BargeIn
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.echo import LinearEcho
from voice_coach.hearing.recogniser import Hypothesis
from voice_coach.routine.load import find, load
from voice_coach.session.repertoire import repertoire
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import HEARING_RATE, Samples, saturate

Say = Callable[[str], Samples]


class Nothing:
    """A recogniser that hears nothing."""

    name = "nothing"

    def push(self, samples: Samples) -> list[Hypothesis]:
        return []

    def listen_for(self, phrases: Phrases) -> None:
        pass


def judged(microphone: Samples, cleaned: Samples | None = None, length: int = BLOCK) -> list[bool]:
    """Whether there was a voice at the end of each 10 ms."""
    barge_in, answers = BargeIn(), []
    cleaned = microphone if cleaned is None else cleaned
    for at in range(0, len(microphone) - length + 1, length):
        barge_in.hear(microphone[at : at + length], cleaned[at : at + length])
        answers.append(barge_in.voice)
    return answers


def test_a_word_in_a_quiet_room_is_noticed_at_once_and_over_soon(say: Say) -> None:
    word = say("stop")
    level = np.max(np.abs(word[: len(word) // BLOCK * BLOCK].reshape(-1, BLOCK)), 1)
    first, last = (int(at) for at in np.flatnonzero(level > level.max() / 10)[[0, -1]])
    answers = judged(np.concatenate((room_noise(2), word, room_noise(2))))
    begun, ended = answers.index(True), len(answers) - answers[::-1].index(True)
    assert first <= begun - 200 <= first + 5
    assert last <= ended - HOLD * 100 - 200 <= last + 25


def test_a_click_is_no_voice() -> None:
    noise = room_noise(4)
    noise[32000:32200] = 20000
    assert not any(judged(noise))


def test_noise_that_stays_becomes_usual() -> None:
    answers = judged(np.concatenate((room_noise(3), room_noise(12, loudness=800))))
    assert answers[330]
    assert not any(answers[-100:])


def test_what_the_canceller_has_taken_away_was_the_coach() -> None:
    loud, left = room_noise(4, loudness=3000), room_noise(4)
    left[32000:] = room_noise(2, loudness=100)
    assert not any(judged(loud, left))
    assert any(judged(loud // 10, left))


def test_the_answer_does_not_depend_on_how_the_sound_was_cut(say: Say) -> None:
    sound = np.concatenate((room_noise(1), say("pain"), room_noise(1)))
    fine, coarse = judged(sound), judged(sound, length=3 * BLOCK)
    assert fine[2::3][: len(coarse)] == coarse


@pytest.mark.parametrize("level", [-12, -20])
def test_the_coach_does_not_step_back_for_its_own_voice(level: float, say: Say) -> None:
    ears, room = Ears(Nothing(), LinearEcho()), Echo(level, HEARING_RATE, 0.02, 0.2)
    played = np.concatenate([sound for line in repertoire(load(find("foot-bath")))[:25] for sound in (say(line) * 2,)])
    microphone = saturate(room.through(played) + room_noise(len(played) / HEARING_RATE + 1, loudness=15)[: len(played)])
    yielded = []
    for at in range(0, len(played) - BLOCK + 1, BLOCK):
        ears.push(microphone[at : at + BLOCK], played[at : at + BLOCK])
        yielded.append(ears.talked_over)
    assert len(yielded) > 3000
    assert not any(yielded)


def test_without_a_canceller_nobody_can_tell_whose_voice_it_is(say: Say) -> None:
    ears = Ears(Nothing())
    ears.push(np.concatenate((room_noise(2), say("stop"))))
    assert not ears.talked_over
