"""Files that stand in for devices: what is wrong with one is said in one sentence, and nothing is ever lost."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_coach.errors import CoachError, MachineError, UserError
from voice_coach.sound.samples import Samples
from voice_coach.sound.wav import WavLoudspeaker, WavMicrophone

SOUND = (10000 * np.sin(np.arange(4800) / 7)).astype(np.int16)


def one_sentence(error: BaseException, *words: str) -> None:
    text = str(error)
    assert "\n" not in text
    assert text.endswith(".")
    for word in words:
        assert word in text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def play(loudspeaker: WavLoudspeaker, seconds: float) -> None:
    for _ in range(round(seconds * 100)):
        loudspeaker.write(SOUND[:160])
    loudspeaker.close()


# The microphone


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
@pytest.mark.parametrize("rate", [8000, 16000, 44100, 192000])
def test_every_usual_kind_of_file_is_heard_as_it_is(tmp_path: Path, subtype: str, rate: int) -> None:
    path = tmp_path / "voice.wav"
    soundfile.write(path, SOUND / 32768 if subtype in ("FLOAT", "DOUBLE") else SOUND, rate, subtype)
    microphone = WavMicrophone(path)
    assert (microphone.rate, microphone.frames) == (rate, 4800)
    heard = np.concatenate([microphone.read(4000), microphone.read(800)])
    assert microphone.ended
    assert np.abs(heard.astype(int) - SOUND).max() == 0


@pytest.mark.parametrize("length", [0, 0x7FFFF000, 0x7FFFFFFF, 0xFFFFFFFF])
def test_what_was_written_into_a_pipe_is_heard_whole(tmp_path: Path, length: int) -> None:
    path = tmp_path / "voice.wav"
    soundfile.write(path, SOUND, 16000)
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    data[4:8], data[at : at + 4] = struct.pack("<I", 0xFFFFFFFF), struct.pack("<I", length)
    path.write_bytes(data)
    assert np.array_equal(WavMicrophone(path).read(4800), SOUND)


def test_after_the_end_there_is_silence(tmp_path: Path) -> None:
    path = tmp_path / "voice.wav"
    soundfile.write(path, SOUND, 16000)
    microphone = WavMicrophone(str(path))
    block = microphone.read(5000)
    assert microphone.ended
    assert (block[:4800] == SOUND).all()
    assert not block[4800:].any()
    assert microphone.read(160).tolist() == [0] * 160


def test_floats_beyond_full_scale_are_clipped(tmp_path: Path) -> None:
    path = tmp_path / "loud.wav"
    soundfile.write(path, np.array([1.5, -1.5, 0.5]), 16000, "FLOAT")
    assert WavMicrophone(path).read(3).tolist() == [32767, -32768, 16384]


def test_notes_beside_the_sound_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "noted.wav"
    soundfile.write(path, SOUND, 16000)
    raw = path.read_bytes()
    note = b"LIST" + struct.pack("<I", 5) + b"hello\0"
    path.write_bytes(raw[:12] + note + raw[12:] + note)
    assert WavMicrophone(path).frames == 4800


def _missing(path: Path) -> None:
    pass


def _folder(path: Path) -> None:
    path.mkdir()


def _empty(path: Path) -> None:
    path.touch()


def _text(path: Path) -> None:
    path.write_text("next, please")


def _zeros(path: Path) -> None:
    path.write_bytes(bytes(1000))


def _flac(path: Path) -> None:
    soundfile.write(path, SOUND, 16000, format="FLAC")


def _stereo(path: Path) -> None:
    soundfile.write(path, np.stack([SOUND, SOUND], axis=1), 16000)


def _mu_law(path: Path) -> None:
    soundfile.write(path, SOUND, 16000, "ULAW")


def _bytes(path: Path) -> None:
    soundfile.write(path, SOUND, 16000, "PCM_U8")


def _too_slow(path: Path) -> None:
    soundfile.write(path, SOUND, 7999)


def _too_fast(path: Path) -> None:
    soundfile.write(path, SOUND, 192001)


def _no_sound(path: Path) -> None:
    soundfile.write(path, SOUND[:0], 16000)


def _cut_sound(path: Path) -> None:
    soundfile.write(path, SOUND, 16000)
    path.write_bytes(path.read_bytes()[:-1])


def _cut_header(path: Path) -> None:
    soundfile.write(path, SOUND, 16000)
    path.write_bytes(path.read_bytes()[:30])


def _cut_at_once(path: Path) -> None:
    path.write_bytes(b"RI")


def _nothing_but_riff(path: Path) -> None:
    path.write_bytes(b"RIFF" + struct.pack("<I", 4) + b"WAVE")


def _odd_format(path: Path) -> None:
    soundfile.write(path, SOUND, 16000)
    raw = bytearray(path.read_bytes())
    raw[20:22] = b"\x77\x77"
    path.write_bytes(bytes(raw))


def _no_channels(path: Path) -> None:
    soundfile.write(path, SOUND, 16000)
    raw = bytearray(path.read_bytes())
    raw[22:24] = b"\0\0"
    path.write_bytes(bytes(raw))


def _not_numbers(path: Path) -> None:
    soundfile.write(path, np.array([0.0, np.nan]), 16000, "FLOAT")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_missing, ["no file", "name"]),
        (_folder, ["folder", "WAV"]),
        (_empty, ["is empty", "record"]),
        (_text, ["not a WAV file", "convert"]),
        (_zeros, ["not a WAV file", "convert"]),
        (_flac, ["not a WAV file", "convert"]),
        (_stereo, ["2 channels", "mono"]),
        (_mu_law, ["U-Law", "16-bit"]),
        (_bytes, ["8 bit", "16-bit"]),
        (_too_slow, ["7999 hertz", "between 8000 and 192000"]),
        (_too_fast, ["192001 hertz", "between 8000 and 192000"]),
        (_no_sound, ["without any sound"]),
        (_cut_sound, ["cut off", "promises 9600 bytes", "only 9599"]),
        (_cut_header, ["cut off", "before its sound begins"]),
        (_cut_at_once, ["cut off", "before its sound begins"]),
        (_nothing_but_riff, ["cut off", "before its sound begins"]),
        (_odd_format, ["damaged"]),
        (_no_channels, ["damaged"]),
        (_not_numbers, ["not numbers"]),
    ],
)
def test_a_bad_file_is_one_clear_sentence(tmp_path: Path, make: Callable[[Path], None], words: list[str]) -> None:
    path = tmp_path / "voice.wav"
    make(path)
    with pytest.raises(UserError) as caught:
        WavMicrophone(path)
    one_sentence(caught.value, str(path), *words)


def test_a_wav_file_broken_anywhere_never_shows_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "voice.wav"
    soundfile.write(path, SOUND[:50], 16000)
    whole = path.read_bytes()
    random = np.random.default_rng(4)
    refused = 0
    for number in range(200):
        raw = bytearray(whole[: random.integers(0, len(whole) + 1)] if number % 2 else whole)
        for _ in range(random.integers(1, 4)):
            if raw:
                raw[random.integers(0, min(len(raw), 44))] = random.integers(0, 256)
        path.write_bytes(bytes(raw))
        try:
            WavMicrophone(path).read(100)
        except UserError as error:
            one_sentence(error, str(path))
            refused += 1
    assert refused > 150


# The loudspeaker


def heard(path: Path) -> tuple[Samples, int]:
    samples, rate = soundfile.read(path, dtype="int16")
    return samples, rate


def test_what_was_played_is_in_the_file_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "coach.wav"
    with WavLoudspeaker(path, 48000) as loudspeaker:
        for start in range(0, 4800, 480):
            loudspeaker.write(SOUND[start : start + 480])
            assert not path.exists()
    samples, rate = heard(path)
    assert rate == 48000
    assert (samples == SOUND).all()
    assert soundfile.info(path).subtype == "PCM_16"
    assert names(tmp_path) == ["coach.wav"]
    assert (WavMicrophone(path).read(4800) == SOUND).all()


def test_silence_alone_makes_a_whole_file(tmp_path: Path) -> None:
    WavLoudspeaker(tmp_path / "coach.wav", 16000).close()
    assert soundfile.info(tmp_path / "coach.wav").frames == 0


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), RuntimeError("a fault")])
def test_a_failure_leaves_what_was_there(tmp_path: Path, interruption: BaseException) -> None:
    path = tmp_path / "coach.wav"
    path.write_bytes(b"precious")

    def fail() -> None:
        with WavLoudspeaker(path, 16000) as loudspeaker:
            loudspeaker.write(SOUND)
            raise interruption

    with pytest.raises(type(interruption)):
        fail()
    assert path.read_bytes() == b"precious"
    assert names(tmp_path) == ["coach.wav"]


def test_closing_and_abandoning_twice_is_harmless(tmp_path: Path) -> None:
    path = tmp_path / "coach.wav"
    loudspeaker = WavLoudspeaker(path, 16000)
    loudspeaker.write(SOUND)
    loudspeaker.close()
    loudspeaker.close()
    loudspeaker.abandon()
    assert (heard(path)[0] == SOUND).all()
    with pytest.raises(ValueError, match="closed"):
        loudspeaker.write(SOUND)


def test_a_link_keeps_pointing_at_the_file(tmp_path: Path) -> None:
    real, link = tmp_path / "real.wav", tmp_path / "link.wav"
    real.write_bytes(b"old")
    link.symlink_to(real)
    with WavLoudspeaker(link, 16000) as loudspeaker:
        loudspeaker.write(SOUND)
    assert link.is_symlink()
    assert (heard(real)[0] == SOUND).all()


def test_a_very_long_name_is_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 120 + ".wav")
    with WavLoudspeaker(path, 16000) as loudspeaker:
        loudspeaker.write(SOUND)
    assert path.exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", ["folder"]),
        ("nowhere/coach.wav", ["does not exist", "create it"]),
        ("file/coach.wav", ["does not exist"]),
        ("n" * 300 + ".wav", ["cannot be written"]),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_at_once(tmp_path: Path, name: str, words: list[str]) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(CoachError) as caught:
        WavLoudspeaker(tmp_path / name, 16000)
    one_sentence(caught.value, *words)
    assert names(tmp_path) == ["file"]


def test_a_device_is_never_replaced() -> None:
    with pytest.raises(UserError, match="device"):
        WavLoudspeaker("/dev/null", 16000)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match="may not be written"):
        WavLoudspeaker(tmp_path / "coach.wav", 16000)


@pytest.fixture
def small_files() -> Iterator[int]:
    """The system lets no file grow beyond 64 KiB; Python turns that into an OSError."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, before[1]))
    yield 65536
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_that_may_not_grow_is_one_sentence_and_leaves_nothing(tmp_path: Path, small_files: int) -> None:
    path = tmp_path / "coach.wav"
    path.write_bytes(b"precious")
    loudspeaker = WavLoudspeaker(path, 16000)
    with pytest.raises(MachineError) as caught:
        play(loudspeaker, 10)
    one_sentence(caught.value, str(path), "file may hold")
    assert path.read_bytes() == b"precious"
    assert names(tmp_path) == ["coach.wav"]


def _descriptor(folder: Path) -> int:
    """Of the one file of this process that is open in *folder*."""
    for link in Path("/proc/self/fd").iterdir():
        try:
            if link.readlink().parent == folder:
                return int(link.name)
        except FileNotFoundError:  # the one that listed the directory
            continue
    raise AssertionError("no file is open there")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "coach.wav"
    path.write_bytes(b"precious")
    loudspeaker = WavLoudspeaker(path, 16000)
    with Path("/dev/full").open("wb") as full:
        os.dup2(full.fileno(), _descriptor(tmp_path))
    with pytest.raises(MachineError) as caught:
        play(loudspeaker, 10)
    one_sentence(caught.value, str(path), "disk is full", "free some space")
    assert caught.value.exit_code == 3
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOSPC
    assert path.read_bytes() == b"precious"
    assert names(tmp_path) == ["coach.wav"]
