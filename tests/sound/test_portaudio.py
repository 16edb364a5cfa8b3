"""Choosing a device, and a driver that may be missing or hang."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest

from voice_coach.sound.portaudio import DeviceError, DeviceInfo, Driver, Kind, choose, list_devices

LAPTOP = [
    DeviceInfo(0, "Built-in Audio, ALSA", 2, 2, 48000, default_output=True),
    DeviceInfo(1, "Jabra Speak, ALSA", 1, 2, 16000),
    DeviceInfo(2, "Jabra Speak, JACK", 1, 2, 48000),
    DeviceInfo(3, "pulse, ALSA", 32, 32, 44100, default_input=True),
    DeviceInfo(4, "pulseaudio bridge, ALSA", 32, 32, 44100),
    DeviceInfo(5, "Camera 3, ALSA", 1, 0, 16000),
]


@pytest.mark.parametrize(
    ("kind", "name", "index"),
    [
        ("microphone", None, 3),
        ("loudspeaker", None, 0),
        ("microphone", "Jabra Speak, JACK", 2),
        ("microphone", "jabra speak, alsa", 1),
        ("microphone", "pulse", 3),
        ("microphone", "bridge", 4),
        ("microphone", "5", 5),
        ("microphone", "camera", 5),
        ("loudspeaker", "3", 3),
    ],
)
def test_a_device_is_found_by_name_index_or_part(kind: Kind, name: str | None, index: int) -> None:
    assert choose(kind, name, LAPTOP).index == index


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("microphone", "jabra", ["2 microphones fit", '"jabra"', "1 = Jabra Speak, ALSA; 2 = Jabra Speak, JACK"]),
        ("loudspeaker", "camera", ["No loudspeaker fits", "0 = Built-in Audio, ALSA"]),
        ("loudspeaker", "5", ["No loudspeaker fits"]),
        ("microphone", "", ["No microphone fits", "choose one of"]),
    ],
)
def test_anything_else_is_one_sentence_with_the_choices(kind: Kind, name: str, words: list[str]) -> None:
    with pytest.raises(DeviceError) as caught:
        choose(kind, name, LAPTOP)
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_any_device_it_says_what_to_do() -> None:
    with pytest.raises(DeviceError, match="There is no loudspeaker: connect one") as caught:
        choose("loudspeaker", None, LAPTOP[5:])
    assert caught.value.exit_code == 3
    with pytest.raises(DeviceError, match="There is no microphone: connect one"):
        choose("microphone", "camera", [])


def test_without_a_default_the_first_one_serves() -> None:
    assert choose("loudspeaker", None, LAPTOP[1:]).index == 1


@pytest.fixture
def _library() -> None:
    try:
        import sounddevice  # noqa: F401
    except OSError as error:
        pytest.skip(str(error))


@pytest.mark.usefixtures("_library")
def test_a_driver_that_hangs_holds_nobody_up_and_may_come_back() -> None:
    driver, hanging = Driver(), Event()
    assert driver.do(lambda _: 1) == 1
    started = time.monotonic()
    with pytest.raises(DeviceError, match="driver does not answer"):
        driver.do(lambda _: hanging.wait(), limit=0.05)
    with pytest.raises(DeviceError, match="driver does not answer"):
        driver.do(lambda _: 2)
    assert time.monotonic() - started < 1
    hanging.set()
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            assert driver.do(lambda _: 3) == 3
            return
        except DeviceError:
            time.sleep(0.01)
    pytest.fail("the driver came back, but nobody noticed")


@pytest.mark.usefixtures("_library")
def test_a_sound_system_that_could_not_be_started_once_is_started_the_next_time() -> None:
    driver = Driver()
    driver.do(lambda library: library._terminate())  # as it is where a start failed
    driver.refresh()
    assert driver.do(list_devices) is not None


@pytest.mark.usefixtures("_library")
def test_what_goes_wrong_in_the_driver_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        Driver().do(lambda _: 1 // 0)


def test_a_missing_library_is_one_sentence_with_the_package(tmp_path: Path) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    script = "from voice_coach.sound.device import LiveMicrophone, DeviceError\n"
    script += "try: LiveMicrophone(None, print).open()\nexcept DeviceError as error: print(error)\n"
    paths = [str(tmp_path), *sys.path]
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "libportaudio2" in done.stdout
    assert done.stdout.count("\n") == 1
    assert not done.stderr
