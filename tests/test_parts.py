"""How a lost device is got back; time is virtual, and the devices are told when they work."""

from __future__ import annotations

import pytest

from voice_coach.parts import BEHIND, RETRY, SELDOM, WAKING, Parts
from voice_coach.session.events import Event, Lost, Returned
from voice_coach.sound.device import DeviceError, LiveLoudspeaker, LiveMicrophone
from voice_coach.sound.portaudio import DRIVER
from voice_coach.sound.samples import silence

RATE = 48000
GONE = "It was unplugged."


@pytest.fixture(autouse=True)
def no_looking_for_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real devices are left alone."""
    monkeypatch.setattr(DRIVER, "refresh", lambda: None)


class Microphone(LiveMicrophone):
    """One that only counts how often it is opened."""

    opened = 0

    def trouble(self) -> str | None:
        return None

    def open(self) -> None:
        self.opened += 1

    def close(self, limit: float = 0.0) -> None:
        pass


class Loudspeaker(LiveLoudspeaker):
    """One that is gone until it is plugged in."""

    opened = 0
    plugged = False
    trouble_with: Exception = DeviceError(GONE)

    def trouble(self) -> str | None:
        return None if self.plugged else GONE

    @property
    def running(self) -> bool:
        return self.plugged

    def open(self) -> None:
        self.opened += 1
        if not self.plugged:
            raise self.trouble_with

    def close(self, limit: float = 0.0) -> None:
        pass


class Evening:
    """A stage's parts, looked after every half second while the coach is quiet."""

    def __init__(self) -> None:
        self.now = 0.0
        self.microphone = Microphone(None, lambda block: None)
        self.loudspeaker = Loudspeaker(None, silence, RATE)
        self.told: list[Event] = []
        self.tried: list[bool] = []
        self.parts = Parts(self.microphone, self.loudspeaker, lambda: self.now, self.told.append, self.tried.append)

    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.now += 0.5
            self.parts.look_after_devices(quiet=True)


def test_a_lost_loudspeaker_is_tried_alone_first_so_that_the_microphone_goes_on_hearing() -> None:
    evening = Evening()
    evening.wait(RETRY + 1)
    assert evening.told == [Lost("loudspeaker", GONE)]
    assert (evening.microphone.opened, evening.loudspeaker.opened) == (0, 1)
    evening.wait(2 * RETRY + 1)
    assert (evening.microphone.opened, evening.loudspeaker.opened) == (1, 2), "now devices are looked for anew"
    assert evening.tried == [False, False]


def test_one_that_stays_away_is_tried_more_and_more_seldom() -> None:
    evening = Evening()
    evening.wait(300)
    before = evening.loudspeaker.opened
    evening.wait(3 * SELDOM)
    assert 2 <= evening.loudspeaker.opened - before <= 3


def test_ears_that_cannot_keep_up_meanwhile_do_not_hold_it_up() -> None:
    evening = Evening()
    for _ in range(20):
        evening.wait(RETRY - 0.5)
        evening.parts.keep_up(BEHIND + 1, loading=False)
        evening.parts.regain("recogniser")
    assert evening.microphone.opened, "devices were looked for anew"


def test_one_that_is_plugged_in_again_is_told_once() -> None:
    evening = Evening()
    evening.wait(10)
    evening.loudspeaker.plugged = True
    evening.wait(10)
    assert evening.told == [Lost("loudspeaker", GONE), Returned("loudspeaker")]


def test_right_after_a_sleep_no_device_is_called_lost() -> None:
    evening = Evening()
    evening.parts.slept(3600.0)
    evening.wait(WAKING - 0.5)
    assert [event.part for event in evening.told if isinstance(event, Lost)] == ["computer"]
    evening.wait(1)
    assert evening.told[-1] == Lost("loudspeaker", GONE)


def test_whatever_a_driver_throws_it_is_tried_again() -> None:
    evening = Evening()
    evening.loudspeaker.trouble_with = RuntimeError("The driver broke down.")
    evening.wait(20)
    assert evening.loudspeaker.opened >= 2
