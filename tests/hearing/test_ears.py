"""The one streaming object: level, dead microphone, and echo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.hearing.conftest import BLOCK, in_a_room, listen, room_noise
from voice_coach.commands import Command, Phrases, table
from voice_coach.hearing.ears import SILENCE_DBFS, Ears
from voice_coach.hearing.echo import LinearEcho
from voice_coach.hearing.listener import SURE
from voice_coach.hearing.recogniser import Hypothesis
from voice_coach.hearing.spotter import Spotter
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.recorded import ROOM_NOISE
from voice_coach.session.events import Heard, Suspected, Told
from voice_coach.sound.samples import HEARING_RATE, Samples, silence

Say = Callable[[str], Samples]

COACH = (
    "Place both hands on your foot and breathe out slowly.",
    "Stroke from the toes towards the ankle with light even pressure.",
    "Half way there, carry your hands along just like this.",
    "Now change sides and let your shoulders drop.",
)


class Scripted:
    """A recogniser that says what it was given, one hypothesis a push."""

    name = "scripted"

    def __init__(self, *hypotheses: Hypothesis) -> None:
        self._left = list(hypotheses)
        self.heard = silence(0)

    def push(self, samples: Samples) -> list[Hypothesis]:
        self.heard = np.concatenate((self.heard, samples))
        return [self._left.pop(0)] if self._left else []

    def listen_for(self, phrases: Phrases) -> None:
        pass


def test_what_is_listened_for_can_be_exchanged_while_listening() -> None:
    ears = Ears(Scripted(*[Hypothesis(text, True, 0.0, 1.0) for text in ("oil", "oil", "next", "now stop")]))
    block = silence(160)
    assert ears.push(block) == []
    ears.listen_for(table([], ["oil"]))
    assert ears.push(block) == [Told("oil", word_end=1.0)]
    assert ears.push(block) == []
    assert [found.command for found in ears.push(block) if isinstance(found, Heard)] == [Command.STOP]


def room(played: Samples, delay: float = 0.04) -> Samples:
    """What a microphone gets of *played*: half as loud, later, with a short reverberation."""
    length = int(0.1 * HEARING_RATE)
    tail = np.random.default_rng(3).normal(size=length) * np.exp(-np.arange(length) / (0.02 * HEARING_RATE)) * 0.2
    tail[0] = 1.0
    response = np.concatenate((np.zeros(int(delay * HEARING_RATE)), tail))
    echo: Samples = (np.convolve(played.astype(float), response)[: len(played)] * 0.5).astype(np.int16)
    return echo


def decibels(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=float)) + 1e-9))


def test_what_is_heard_comes_in_order() -> None:
    ears = Ears(Scripted(Hypothesis("stop", False, 0.0, None), Hypothesis("stop", True, 0.0, 1.0)))
    found = [one for _ in range(3) for one in ears.push(silence(BLOCK))]
    assert found == [Suspected(Command.STOP, "stop"), Heard(Command.STOP, "stop", "safety", word_end=1.0)]
    assert ears.seconds == pytest.approx(0.03)


def test_the_level_is_that_of_the_last_second() -> None:
    ears = Ears(Scripted())
    assert ears.level == SILENCE_DBFS
    time = np.arange(HEARING_RATE) / HEARING_RATE
    ears.push((np.sin(2 * np.pi * 1000 * time) * 32767).astype(np.int16))
    assert ears.level == pytest.approx(-3.01, abs=0.05)
    ears.push(silence(HEARING_RATE // 2))
    assert ears.level == pytest.approx(-6.02, abs=0.05)
    ears.push(silence(HEARING_RATE))
    assert ears.level == SILENCE_DBFS


def test_a_dead_microphone_is_counted_until_one_sample_lives() -> None:
    ears = Ears(Scripted())
    for _ in range(150):
        ears.push(silence(BLOCK))
    assert ears.dead == pytest.approx(1.5)
    living = silence(BLOCK)
    living[40] = 1
    ears.push(living)
    assert ears.dead == pytest.approx((BLOCK - 41) / HEARING_RATE)


def removed(ears: Ears, recogniser: Scripted, played: Samples) -> float:
    """Decibels of the coach's voice that *ears* take away once they know the room."""
    played = played[: len(played) // BLOCK * BLOCK]
    microphone = room(played) + room_noise(len(played) / HEARING_RATE)[: len(played)]
    recogniser.heard = silence(0)
    listen(ears, microphone, played)
    learnt = slice(4 * HEARING_RATE, None)
    return decibels(microphone[learnt]) - decibels(recogniser.heard[learnt])


def test_the_echo_of_the_coach_is_taken_out_also_of_headphones_that_turn_out_to_leak(say: Say) -> None:
    played = np.concatenate([np.concatenate((say(line), silence(4800))) for line in COACH])
    recogniser = Scripted()
    assert removed(Ears(recogniser, LinearEcho()), recogniser, played) > 15
    with_headphones = Ears(recogniser)
    assert removed(with_headphones, recogniser, played) == 0
    with_headphones.cancel_echo()
    learning = with_headphones._echo
    assert removed(with_headphones, recogniser, played) > 15
    with_headphones.cancel_echo()
    assert with_headphones._echo is learning


def test_stop_is_heard_over_the_coach_and_the_coach_is_not_heard(model: Path, say: Say) -> None:
    played = np.concatenate([np.concatenate((say(line), silence(4800))) for line in (*COACH, *COACH)])
    echo = room(played)
    microphone = echo + room_noise(len(played) / HEARING_RATE + 1, loudness=ROOM_NOISE)[: len(played)]
    word = say("stop")
    times = (8.0, 12.5, 17.0)
    for second in times:
        at = int(second * HEARING_RATE)
        gain = 10 ** ((decibels(echo) + 6 - decibels(word)) / 20)
        microphone[at : at + len(word)] += (word * gain).astype(np.int16)
    heard = listen(Ears(VoskRecogniser(model), LinearEcho()), microphone, played)
    assert [one.phrase for _, one in heard] == ["stop"] * len(times)
    for (when, _), second in zip(heard, times, strict=True):
        assert second < when < second + len(word) / HEARING_RATE + 0.4


def test_without_a_reference_the_loudspeaker_counts_as_silent(vosk: VoskRecogniser, say: Say) -> None:
    heard = listen(Ears(vosk, LinearEcho()), in_a_room(say("next")))
    assert [one.phrase for _, one in heard] == ["next"]


def understood(say: Say, text: str, coach: bool, person: bool) -> list[Command]:
    """What is made of *text*, recognised at the end of a sentence, if the *coach* said one and a *person* a word."""
    line = say(COACH[0])
    played = np.concatenate([line] * 3) if coach else silence(3 * len(line))
    microphone = room(played) + room_noise(len(played) / HEARING_RATE + 1)[: len(played)]
    if person:
        word = say("next")
        microphone[-len(word) - 1600 : -1600] += word // 2
    ears = Ears(Scripted(), LinearEcho())
    listen(ears, microphone, played)
    ears.recogniser = Scripted(Hypothesis(text, True, ears.seconds - 0.5, ears.seconds))
    return [one.command for one in ears.push(silence(BLOCK)) if isinstance(one, Heard)]


def test_over_the_coach_an_ordinary_command_needs_somebody_who_speaks(say: Say) -> None:
    assert understood(say, "next", coach=True, person=False) == []
    assert understood(say, "next", coach=True, person=True) == [Command.NEXT]
    assert understood(say, "next", coach=False, person=False) == [Command.NEXT]


def test_over_the_coach_a_safety_word_of_nobody_else_only_hushes(say: Say) -> None:
    assert understood(say, "stop", coach=True, person=False) == []
    assert understood(say, "stop", coach=True, person=True) == [Command.STOP]
    assert understood(say, "stop", coach=False, person=False) == [Command.STOP]
    assert understood(say, "chest pain", coach=True, person=True) == [Command.RED_FLAG]
    assert understood(say, "chest pain", coach=True, person=False) == []


def test_the_spotter_alone_hears_stop_over_the_coach_unless_the_coach_plays_what_sounds_like_it(say: Say) -> None:
    class Sure(Spotter):
        """Hears the same in whatever is said after a while."""

        def outcry(self, family: Command) -> tuple[float, float]:
            return (SURE[0], 0.0) if family is Command.STOP and self._pushed > 1.3 * HEARING_RATE else (0.0, 0.0)

        def chance(self, command: Command, seconds: float) -> float:
            return self.outcry(command)[0]

    def heard_over(line: str) -> list[Command]:
        played = np.concatenate((silence(HEARING_RATE // 2), say(line), silence(HEARING_RATE)))[: 3 * HEARING_RATE // 2]
        heard = listen(Ears(Scripted(), spotter=Sure()), room_noise(1.5), played)
        return [one.command for _, one in heard if isinstance(one, Heard)][:1]

    assert heard_over("Lay both hands on the calf.") == [Command.STOP]
    assert heard_over("Stop stop.") == []
