"""The live stage by itself: no device is opened. What it does with devices is the business of tests/live."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import NoReturn

import numpy as np
import pytest

from tests.test_clock import Told
from voice_coach.clock import Clock
from voice_coach.commands import Command, Phrases, table
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.echo import LinearEcho
from voice_coach.hearing.recogniser import Hypothesis
from voice_coach.live import KEPT_BLOCKS, LOUDSPEAKER_RATE, QUIET, WAIT, LiveStage
from voice_coach.parts import BEHIND, LOADING, WAKING
from voice_coach.routine.load import load, shipped
from voice_coach.session.anywhere import FASTEST
from voice_coach.session.events import Event, Heard, Lost, Say, Spoken, Tick
from voice_coach.session.events import Told as ToldWords
from voice_coach.sound.portaudio import DeviceError
from voice_coach.sound.samples import BLOCK_SECONDS, Samples, silence
from voice_coach.speaking.chimes import tick
from voice_coach.speaking.voice import SystemVoice


class Nobody:
    """A recogniser that hears nothing."""

    name = "nobody"

    def push(self, samples: Samples) -> list[Hypothesis]:
        return []

    def listen_for(self, phrases: Phrases) -> None:
        pass


def no_ears() -> NoReturn:
    raise AssertionError("nobody listens here")


@pytest.fixture
def clock() -> Told:
    return Told()


@pytest.fixture
def stage(clock: Told) -> Iterator[LiveStage]:
    with SystemVoice() as voice:
        yield LiveStage(voice, no_ears, clock=lambda: Clock(clock))


def next_event(stage: LiveStage) -> Event:
    arrived = stage.wait(None)
    assert arrived
    return arrived[0]


def test_the_session_is_told_how_long_the_computer_slept(stage: LiveStage, clock: Told) -> None:
    clock.at += 3600
    event = next_event(stage)
    assert isinstance(event, Lost)
    assert (event.part, event.asleep) == ("computer", 3600)


def test_each_conversation_is_told_of_what_does_not_work(stage: LiveStage) -> None:
    lost = Lost("microphone", "It was unplugged.")
    stage._parts.lose(lost.part, lost.reason)
    assert next_event(stage) == lost
    stage.listen_for(table([Command.YES], []))
    assert next_event(stage) == lost
    stage._parts.regain("microphone")
    next_event(stage)
    stage.listen_for(table([Command.NO], []))
    assert stage._inbox.get(0) is None


def test_headphones_that_leak_are_told_to_the_ears_with_the_next_sound(stage: LiveStage) -> None:
    class OneBlock(Ears):
        def listen_for(self, phrases: Phrases) -> None:
            stage._closing.set()

    def hear() -> Ears:
        ears = OneBlock(Nobody())
        stage._closing.clear()
        stage._take(silence(160))
        stage._hear_with(ears)
        return ears

    assert hear()._echo is None
    stage.cancel_echo()
    assert isinstance(hear()._echo, LinearEcho)


def test_what_was_said_before_a_conversation_begins_answers_none_of_its_questions(stage: LiveStage) -> None:
    stop, key = Heard(Command.STOP, "stop", "safety"), Heard(Command.YES, "key y", "key")
    faint, yes = Heard(Command.RED_FLAG, "i feel faint"), Heard(Command.YES, "yes")
    for event in (yes, stop, ToldWords("left"), key, faint):
        stage._inbox.put(event)
    stage.listen_for(table([Command.YES], []))
    stage._inbox.put(yes)
    assert [next_event(stage) for _ in range(4)] == [stop, key, faint, yes]
    assert stage._inbox.get(0) is None


class Broken:
    """A voice whose engine answers nonsense."""

    rate = 22050
    failing = False

    def render(self, line: str) -> Samples:
        raise KeyError("file")


def test_a_voice_that_fails_in_whatever_way_is_told() -> None:
    stage = LiveStage(Broken(), no_ears)
    stage.act(Say(("Now the calf.",), 7))
    stage._says.put(None)
    stage._speak()
    assert next_event(stage) == Lost("voice", "'file'")


def test_ears_that_never_finish_loading_are_told(stage: LiveStage, clock: Told) -> None:
    while stage.now < WAKING + BEHIND + 1:
        clock.at += 0.5
        stage.wait(stage.now)
    for _ in range(round(LOADING / BLOCK_SECONDS)):
        stage._take(silence(160))
    assert stage.wait(stage.now) == (Tick(), stage.now)
    stage._take(silence(160))
    event = next_event(stage)
    assert isinstance(event, Lost)
    assert event.part == "recogniser"


def test_without_a_loudspeaker_a_sentence_is_over_all_the_same(stage: LiveStage) -> None:
    stage._parts.lose("loudspeaker", "It was unplugged.")
    next_event(stage)
    stage.act(Say(("Now the calf.",), 7))
    stage._says.put(None)
    stage._speak()
    assert next_event(stage) == Spoken(7)


@pytest.fixture
def breaths_until(stage: LiveStage, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], int]:
    """Says a sentence of this number, and tells how many breaths there were until then."""
    breaths: list[Samples] = []

    def breath(rate: int) -> Samples:
        breaths.append(silence(rate))
        return breaths[-1]

    def said(number: int) -> int:
        stage._mouth.act(Say(("Now the calf.",), number))
        return len(breaths)

    monkeypatch.setattr("voice_coach.speaking.mouth.breath", breath)
    return said


def test_after_a_fault_the_new_ears_are_told_of_the_room_by_a_breath(
    stage: LiveStage, breaths_until: Callable[[int], int]
) -> None:
    class Breaks(Ears):
        def listen_for(self, phrases: Phrases) -> None:
            stage._closing.set()
            raise RuntimeError("The recogniser broke down.")

    assert [breaths_until(1), breaths_until(2)] == [1, 1]
    stage._listen = lambda: Breaks(Nobody())
    stage._take(silence(160))
    stage._hear()
    assert isinstance(next_event(stage), Lost)
    assert [breaths_until(3), breaths_until(4)] == [2, 2]


def test_after_devices_were_opened_anew_there_is_a_breath_too(
    stage: LiveStage, clock: Told, monkeypatch: pytest.MonkeyPatch, breaths_until: Callable[[int], int]
) -> None:
    opened: list[float] = []
    monkeypatch.setattr("voice_coach.parts.reopen", lambda *devices: opened.append(clock.at))
    monkeypatch.setattr(stage._microphone, "trouble", lambda: "It was unplugged.")
    assert breaths_until(1) == 1
    for _ in range(20):
        clock.at += 0.5
        stage._watch()
    assert opened
    assert [breaths_until(2), breaths_until(3)] == [2, 2]


def test_a_microphone_is_back_only_when_nothing_is_wrong_with_it(stage: LiveStage, clock: Told) -> None:
    class OneBlock(Ears):
        def listen_for(self, phrases: Phrases) -> None:
            stage._closing.set()

    def hears_an_old_block() -> bool:
        stage._closing.clear()
        stage._take(silence(160) + np.int16(1))
        stage._hear_with(OneBlock(Nobody()))
        return "microphone" not in stage._parts.lost

    clock.at += 1
    stage._microphone.failure = DeviceError("It was unplugged.")
    stage._parts.lose("microphone", "It was unplugged.")
    assert not hears_an_old_block()
    stage._microphone.failure = None
    stage._microphone._last_block = time.monotonic()
    assert hears_an_old_block()


def test_devices_are_looked_after_although_nobody_listens(stage: LiveStage, clock: Told) -> None:
    def no_model() -> NoReturn:
        raise RuntimeError("The model is gone.")

    stage._listen = no_model
    stage._loudspeaker.failure = DeviceError("It was unplugged.")
    clock.at += 1
    for thread in stage._threads:
        thread.start()
    lost = [next_event(stage), next_event(stage)]
    stage.__exit__(None, None, None)
    assert {event.part for event in lost if isinstance(event, Lost)} == {"recogniser", "loudspeaker"}


def test_a_coach_that_stepped_back_comes_forward_when_its_ears_fail(stage: LiveStage) -> None:
    stage._mixer.duck(True)
    stage._watch()
    assert stage._mixer._ducked
    stage._parts.lose("recogniser", "It broke down.")
    stage._watch()
    assert not stage._mixer._ducked


def test_sound_that_nobody_listened_to_for_long_is_forgotten(stage: LiveStage) -> None:
    for number in range(KEPT_BLOCKS + 3):
        stage._take(silence(160) + np.int16(number))
    assert [stage._blocks.get_nowait()[0] for _ in range(stage._blocks.qsize())] == [KEPT_BLOCKS + n for n in range(3)]


def test_between_two_ticks_there_is_time_to_get_a_device_back() -> None:
    fastest = FASTEST * max(step.tempo or 0 for routine in shipped() for step in load(routine).steps)
    assert 60 / fastest - len(tick(LOUDSPEAKER_RATE)) / LOUDSPEAKER_RATE > QUIET + WAIT / 2
