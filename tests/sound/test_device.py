"""Real PortAudio streams over a sound server of our own: what is played is heard, and what goes away is noticed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.pulse import RATE, Pulse
from voice_coach.sound.device import (
    DeviceError,
    LiveLoudspeaker,
    LiveMicrophone,
    _open_somehow,
    devices,
    reopen,
    verdict,
)
from voice_coach.sound.mixer import Mixer
from voice_coach.sound.portaudio import DRIVER, NoAnswerError
from voice_coach.sound.samples import Samples, silence


def tone(seconds: float, rate: int = RATE, hertz: float = 1000, peak: int = 8000) -> Samples:
    return (peak * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.int16)


def loud(sound: NDArray[np.int16]) -> NDArray[np.intp]:
    return np.flatnonzero(np.abs(sound.astype(int)) > 100)


def pitch(sound: NDArray[np.int16], rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * rate / len(sound))


def until(condition: Callable[[], object], limit: float = 5.0) -> None:
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"nothing happened for {limit} s")
        time.sleep(0.01)


# The watchdog's judgement, without any time passing


@pytest.mark.parametrize(
    ("now", "last_block", "zeros_since", "word"),
    [
        (10.0, 10.0, None, None),
        (10.0, 9.0, None, None),
        (10.0, 8.99, None, "stopped sending"),
        (10.0, 10.0, 9.5, None),
        (10.0, 10.0, 8.9, "nothing but zeros"),
        (10.0, 3.0, 2.0, "stopped sending"),
    ],
)
def test_the_watchdog_judges(now: float, last_block: float, zeros_since: float | None, word: str | None) -> None:
    sentence = verdict(now, last_block, zeros_since)
    assert (sentence is None) == (word is None)
    assert word is None or (sentence is not None and word in sentence)


# Without any sound card


def test_without_a_sound_card_opening_is_refused_in_one_sentence() -> None:
    """In its own process, where the sound server of the other tests is unknown."""
    script = """
from voice_coach.sound.device import LiveLoudspeaker, LiveMicrophone, DeviceError, devices
try:
    print(len(devices()))
    for stream in (LiveMicrophone(None, print), LiveLoudspeaker(None, print, 48000)):
        try:
            stream.open()
        except DeviceError as error:
            print(error)
        stream.close()
except DeviceError as error:
    print(error)
"""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PULSE", "XDG"))}
    environment |= {
        "PULSE_SERVER": "unix:/nonexistent",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    lines = done.stdout.splitlines()
    if lines[0] != "0":
        pytest.skip(f"this machine has a sound card, or no PortAudio: {lines[0]}")
    assert lines[1].startswith("There is no microphone: connect one")
    assert lines[2].startswith("There is no loudspeaker: connect one")
    assert not done.stderr  # where a library would tell of what was not given back


# With one


def test_the_devices_are_listed_with_their_full_names(server: Pulse) -> None:
    found = devices()
    assert [device.name for device in found if device.default_input] == ["default, ALSA"]
    assert any(device.name == "pulse, ALSA" and device.inputs and device.outputs for device in found)


@pytest.mark.parametrize("rate", [48000, 16000])
def test_what_the_mixer_says_is_heard_unharmed(server: Pulse, rate: int) -> None:
    reports: list[int] = []
    mixer = Mixer(rate, reports.append)
    with server.recording() as recording, LiveLoudspeaker("pulse, ALSA", mixer.render, rate) as loudspeaker:
        until(lambda: mixer.position)
        mixer.say(4, [tone(0.5, rate)])
        until(lambda: reports)
        until(lambda: len(recording.samples) > loud(recording.samples)[-1] + RATE // 5)
        assert loudspeaker.failure is None
    heard = recording.samples[loud(recording.samples)[0] : loud(recording.samples)[-1]]
    assert len(heard) / RATE == pytest.approx(0.5, abs=0.005)
    assert pitch(heard, RATE) == pytest.approx(1000, abs=4)
    assert np.abs(heard).max() == pytest.approx(8000, rel=0.02)
    assert reports == [4]


@pytest.mark.parametrize("rate", [16000, 48000])
def test_what_is_spoken_into_the_microphone_arrives(server: Pulse, rate: int) -> None:
    blocks: list[Samples] = []
    with LiveMicrophone(None, blocks.append, rate) as microphone:
        until(lambda: blocks)
        server.into_microphone(tone(0.5), RATE).wait()
        until(lambda: loud(np.concatenate(blocks[-10:])).size == 0)
        assert microphone.failure is None
        assert microphone.seconds_since_last_block < 0.5
    assert {len(block) for block in blocks} == {rate // 100}
    sound = np.concatenate(blocks)
    heard = sound[loud(sound)[0] : loud(sound)[-1]]
    assert len(heard) / rate == pytest.approx(0.5, abs=0.01)
    assert pitch(heard, rate) == pytest.approx(1000, abs=4)
    assert np.abs(heard).max() == pytest.approx(8000, rel=0.02)


@pytest.mark.parametrize(("cut", "limit"), [(False, 0.25), (True, 0.1)])
def test_a_hush_is_heard_at_once(server: Pulse, cut: bool, limit: float) -> None:
    """Measured at the monitor: from the call to the last sample that can be heard."""
    mixer = Mixer(RATE, lambda _: None)
    with server.recording() as recording, LiveLoudspeaker(None, mixer.render, RATE) as loudspeaker:
        mixer.say(1, [tone(5)])
        until(lambda: loud(recording.samples).size > RATE // 5)
        asked = len(recording.samples)
        mixer.hush()
        if cut:
            loudspeaker.cut()
        until(lambda: len(recording.samples) > loud(recording.samples)[-1] + RATE // 4)
        silent_after = (loud(recording.samples)[-1] - asked) / RATE
        print(f"hush to silence: {silent_after * 1000:.0f} ms")
        assert silent_after < limit
        mixer.say(2, [tone(0.1)])  # and it still speaks afterwards
        before = len(recording.samples)
        until(lambda: loud(recording.samples[before:]).size)
        assert loudspeaker.failure is None


def test_a_fault_in_the_program_is_kept_and_reported(server: Pulse) -> None:
    def broken(_frames: int) -> Samples:
        raise ZeroDivisionError("a fault of ours")

    def deaf(_block: Samples) -> None:
        raise KeyError("another")

    with LiveLoudspeaker(None, broken, RATE) as loudspeaker, LiveMicrophone(None, deaf) as microphone:
        until(lambda: loudspeaker.failure and microphone.failure)
        assert isinstance(loudspeaker.failure, ZeroDivisionError)
        assert isinstance(microphone.failure, KeyError)
        assert "another" in (microphone.trouble() or "")


def test_a_muted_microphone_is_noticed(server: Pulse) -> None:
    blocks: list[Samples] = []
    with LiveMicrophone(None, blocks.append) as microphone:
        until(lambda: blocks)
        assert microphone.trouble() is None
        until(microphone.trouble)
        assert "nothing but zeros" in (microphone.trouble() or "")
        player = server.into_microphone(tone(0.5), RATE)
        until(lambda: microphone.trouble() is None)
        player.wait()


def test_a_microphone_that_stops_sending_is_noticed(server: Pulse) -> None:
    blocks: list[Samples] = []
    with LiveMicrophone(None, blocks.append) as microphone:
        until(lambda: blocks)
        server.freeze_microphone()
        frozen = time.monotonic()
        until(lambda: "stopped sending" in (microphone.trouble() or ""))
        assert time.monotonic() - frozen < 1.5
        server.freeze_microphone(False)
        until(lambda: "stopped sending" not in (microphone.trouble() or ""))


def test_a_microphone_that_is_pulled_out_is_noticed_and_comes_back(server: Pulse) -> None:
    blocks: list[Samples] = []
    mixer = Mixer(RATE, lambda _: None)
    microphone, loudspeaker = LiveMicrophone(None, blocks.append), LiveLoudspeaker(None, mixer.render, RATE)
    with microphone, loudspeaker:
        until(lambda: len(blocks) > 10)
        server.remove_microphone()
        until(microphone.trouble)
        server.add_microphone()
        blocks.clear()
        position = mixer.position
        reopen(microphone, loudspeaker)
        assert microphone.trouble() is None
        until(lambda: len(blocks) > 10 and mixer.position > position)
        player = server.into_microphone(tone(0.3), RATE)
        until(lambda: loud(np.concatenate(blocks)).size)
        player.wait()


def test_a_device_that_is_gone_is_replaced_by_the_default_one(server: Pulse) -> None:
    microphone = LiveMicrophone("Jabra Speak, ALSA", lambda _: None)
    with pytest.raises(DeviceError, match="No microphone fits"):
        microphone.open()
    reopen(microphone)
    assert microphone.device is not None
    assert microphone.device.name == "default, ALSA"
    assert microphone.name == "Jabra Speak, ALSA", "the next time it is looked for again"
    microphone.close()


def test_a_driver_that_is_slow_says_nothing_about_the_device(server: Pulse) -> None:
    microphone, busy = LiveMicrophone("pulse, ALSA", lambda _: None), threading.Event()
    with pytest.raises(NoAnswerError):
        DRIVER.do(lambda _: busy.wait(), limit=0.01)
    with pytest.raises(NoAnswerError):
        _open_somehow(microphone)
    busy.set()
    until(lambda: DRIVER.begin(lambda _: True).result(1))
    microphone.open()
    assert microphone.device is not None
    assert microphone.device.name == "pulse, ALSA"
    microphone.close()


def test_streams_open_and_close_again_and_again(server: Pulse) -> None:
    blocks: list[Samples] = []
    microphone = LiveMicrophone(None, blocks.append)
    loudspeaker = LiveLoudspeaker(None, silence, RATE)
    for _ in range(3):
        blocks.clear()
        microphone.open()
        loudspeaker.open()
        until(lambda: len(blocks) > 3)
        with pytest.raises(ValueError, match="open already"):
            microphone.open()
        microphone.close()
        loudspeaker.close()
        microphone.close()
        heard = len(blocks)
        time.sleep(0.05)
        assert len(blocks) == heard
    assert microphone.failure is None
    assert loudspeaker.failure is None


def test_when_the_sound_server_dies_it_is_noticed_and_the_program_can_end(server: Pulse) -> None:
    """In its own process, because PortAudio sometimes never comes back from this (its threads spin in ALSA)."""
    script = """
import time
from tests.pulse import pulse
from voice_coach.sound.device import DeviceError, LiveLoudspeaker, LiveMicrophone, devices, reopen
from voice_coach.sound.samples import silence
with pulse() as other:
    devices()
    microphone, loudspeaker = LiveMicrophone(None, lambda _: None), LiveLoudspeaker(None, silence, 48000)
    microphone.open()
    loudspeaker.open()
    other.stop()
    end = time.monotonic() + 5
    while not (microphone.trouble() and loudspeaker.trouble()) and time.monotonic() < end:
        time.sleep(0.01)
    print(microphone.trouble())
    print(loudspeaker.trouble())
    try:
        reopen(microphone, loudspeaker)
    except DeviceError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=30,
        check=True,
    )
    microphone, loudspeaker, reopened = done.stdout.splitlines()
    assert "microphone" in microphone
    assert "loudspeaker" in loudspeaker
    assert "There is no microphone" in reopened or "does not answer" in reopened


def test_the_reference_comes_before_its_echo(server: Pulse) -> None:
    """The loudspeaker is led into the microphone; one block of reference is read for each block that was heard."""
    mixer = Mixer(RATE, lambda _: None)
    heard: list[Samples] = []
    reference: list[Samples] = []

    def on_block(block: Samples) -> None:
        heard.append(block)
        reference.append(mixer.reference(len(block)))

    with server.loop(), LiveLoudspeaker(None, mixer.render, RATE) as loudspeaker, LiveMicrophone(None, on_block):
        until(lambda: len(heard) > 20)
        for cut in (False, True):
            mixer.say(1, [tone(0.5)])
            if cut:
                until(lambda: loud(np.concatenate(heard[-5:])).size)
                mixer.hush()
                loudspeaker.cut()
                mixer.restart_reference()
                until(lambda: not loud(np.concatenate(heard[-30:])).size)
                heard.clear()
                reference.clear()
                mixer.say(2, [tone(0.5)])
            until(lambda: heard and loud(np.concatenate(heard)).size)
            echo = loud(np.concatenate(heard))[0] / 16000
            played = loud(np.concatenate(reference))[0] / 16000
            print(f"the reference leads its echo by {1000 * (echo - played):.0f} ms")
            assert 0 < echo - played < 0.5
            until(lambda: not loud(np.concatenate(heard[-30:])).size)
