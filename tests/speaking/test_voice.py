"""The real engine speaks, and everything that can go wrong with it goes wrong."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.speaking.processes import command, gone, libraries, linux, until, workers
from voice_coach.errors import UserError
from voice_coach.sound.samples import Samples
from voice_coach.speaking.polish import voiced_rms
from voice_coach.speaking.voice import RATE, SystemVoice, VoiceError, pieces, voices

ROOT = Path(__file__).parents[2]
SENTENCES = (
    "Sit comfortably and let both feet rest in the warm water.",
    "Place your hands around the left ankle and hold it gently.",
    "Now stroke slowly from the toes towards the knee with a flat hand.",
    "Half of the time is over, so change to the other side.",
    "With your thumb, draw small circles along the sole of the foot.",
)


def spoken_seconds(voice: SystemVoice, line: str) -> float:
    return len(voice.render(line)) / voice.rate


def pitch(samples: Samples) -> float:
    """Hertz at which the voice repeats itself most, between 70 and 300."""
    echo = np.fft.irfft(np.abs(np.fft.rfft(samples, 2**18)) ** 2)
    shortest, longest = RATE // 300, RATE // 70
    return RATE / (shortest + int(echo[shortest:longest].argmax()))


@pytest.fixture
def voice(tmp_path: Path) -> Iterator[SystemVoice]:
    with SystemVoice(cache=tmp_path / "cache", patience=5) as voice:
        yield voice


class TestWords:
    def test_the_very_first_render_of_a_fresh_engine_is_complete(self, tmp_path: Path) -> None:
        text = " ".join(SENTENCES)
        lengths = []
        for attempt in range(3):
            with SystemVoice(cache=tmp_path / str(attempt)) as voice:
                lengths.append(spoken_seconds(voice, text))
        with SystemVoice(cache=tmp_path / "warm") as voice:
            voice.prepare(SENTENCES)
            assert lengths == pytest.approx([spoken_seconds(voice, text)] * 3, rel=0.02)
        assert min(lengths) > 10

    def test_every_line_has_its_own_words(self, voice: SystemVoice) -> None:
        assert spoken_seconds(voice, "Now.") < 1 < 2 < spoken_seconds(voice, SENTENCES[2])
        assert spoken_seconds(voice, "Now let go of the foot.") > spoken_seconds(voice, "Now.")

    def test_sound_starts_at_once_ends_soon_and_is_steady(self, voice: SystemVoice) -> None:
        for line in SENTENCES:
            samples = voice.render(line)
            assert samples.dtype == np.int16
            level = np.abs(samples / 32768)
            audible = np.flatnonzero(level > level.max() / 200)
            assert audible[0] <= 0.020 * voice.rate
            assert len(samples) - audible[-1] <= 0.120 * voice.rate
            assert 20 * np.log10(voiced_rms(samples / 32768, voice.rate)) == pytest.approx(-20, abs=1)
            assert level.max() < 0.9

    @pytest.mark.parametrize("wanted", [120, 160, 200])
    def test_words_a_minute_are_what_was_asked_for(self, tmp_path: Path, wanted: int) -> None:
        with SystemVoice(words_per_minute=wanted, cache=tmp_path) as voice:
            minutes = sum(spoken_seconds(voice, line) for line in SENTENCES) / 60
        assert sum(len(line.split()) for line in SENTENCES) / minutes == pytest.approx(wanted, rel=0.1)

    @pytest.mark.parametrize("line", ["", "   ", "\n\t", "...", "—", "\x00", "\ud800"])
    def test_a_line_with_nothing_to_pronounce_is_silence(self, voice: SystemVoice, line: str) -> None:
        assert len(voice.render(line)) == 0

    @pytest.mark.parametrize("line", ["5 °C", "a\x00b", "naïve 你好", "<b>bold</b> & [[x]]", "-f", "x" * 1200])
    def test_odd_lines_are_no_error(self, voice: SystemVoice, line: str) -> None:
        assert len(voice.render(line)) > 0

    def test_a_very_long_line_is_spoken_whole(self, voice: SystemVoice) -> None:
        text = " ".join(SENTENCES * 8)
        once = sum(spoken_seconds(voice, line) for line in SENTENCES)
        assert spoken_seconds(voice, text) == pytest.approx(8 * once, rel=0.15)
        assert " ".join(pieces(text)) == text

    def test_rate_out_of_range_is_one_sentence(self) -> None:
        with pytest.raises(UserError, match="from 100 to 400"):
            SystemVoice(words_per_minute=20)


class TestVoices:
    def test_installed_voices_have_names(self) -> None:
        found = voices()
        assert found
        assert all(each.id and each.name for each in found)

    @linux
    def test_accents_and_variants_sound_different(self, tmp_path: Path) -> None:
        renders = {}
        for name in ("en", "en-us", "EN-US+F3", "English (America)+f3"):
            with SystemVoice(name, cache=tmp_path / name) as voice:
                renders[name] = voice.render(SENTENCES[0])
        assert len(renders["en"]) != pytest.approx(len(renders["en-us"]), rel=0.005)
        assert pitch(renders["EN-US+F3"]) > 1.2 * pitch(renders["en-us"])
        assert pitch(renders["EN-US+F3"]) == pytest.approx(pitch(renders["English (America)+f3"]), rel=0.05)

    def test_an_unknown_voice_is_one_sentence_that_names_some(self, tmp_path: Path) -> None:
        with SystemVoice("nobody", cache=tmp_path) as voice, pytest.raises(UserError) as caught:
            voice.prepare([])
        assert "'nobody'" in str(caught.value)
        assert any(each.short in str(caught.value) for each in voices())


class TestCache:
    def test_lines_rendered_ahead_need_no_process(self, tmp_path: Path) -> None:
        with SystemVoice(cache=tmp_path) as voice:
            told: list[tuple[int, int]] = []
            voice.prepare([*SENTENCES, SENTENCES[0]], lambda done, of: told.append((done, of)))
            assert told == [(done, 5) for done in range(1, 6)]
            before = [voice.render(line) for line in SENTENCES]
            if pids := workers():
                os.kill(pids[0], signal.SIGKILL)
            began = time.perf_counter()
            after = [voice.render(line) for line in SENTENCES]
            assert time.perf_counter() - began < 0.1
        assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))

    def test_the_next_session_finds_what_the_last_one_rendered(self, tmp_path: Path) -> None:
        with SystemVoice(cache=tmp_path) as voice:
            first = voice.render(SENTENCES[0])
        files = sorted(tmp_path.iterdir())
        with SystemVoice(cache=tmp_path) as voice:
            assert np.array_equal(voice.render(SENTENCES[0]), first)
        assert sorted(tmp_path.iterdir()) == files

    def test_another_rate_is_another_render(self, tmp_path: Path) -> None:
        with SystemVoice(cache=tmp_path) as calm, SystemVoice(words_per_minute=250, cache=tmp_path) as brisk:
            assert len(calm.render(SENTENCES[0])) > 1.2 * len(brisk.render(SENTENCES[0]))

    def test_spoilt_files_are_rendered_again(self, tmp_path: Path) -> None:
        for spoil in (lambda data: data[:-1000], lambda data: b"", lambda data: data[:5000] + b"?" + data[5001:]):
            with SystemVoice(cache=tmp_path) as voice:
                length = len(voice.render(SENTENCES[0]))
                (file,) = tmp_path.iterdir()
                file.write_bytes(spoil(file.read_bytes()))
                assert len(voice.render(SENTENCES[0])) == pytest.approx(length, rel=0.02)
                assert file.stat().st_size > length

    def test_a_directory_that_cannot_be_written_is_no_error(self, tmp_path: Path) -> None:
        blocked = tmp_path / "file"
        blocked.write_text("in the way")
        with SystemVoice(cache=blocked / "cache") as voice:
            assert np.array_equal(voice.render(SENTENCES[0]), voice.render(SENTENCES[0]))
        assert blocked.read_text() == "in the way"


@linux
class TestTrouble:
    def test_a_hung_worker_is_replaced(self, tmp_path: Path) -> None:
        with SystemVoice(cache=tmp_path, patience=0.5) as voice:
            voice.render("First.")
            (hung,) = workers()
            os.kill(hung, signal.SIGSTOP)
            assert spoken_seconds(voice, SENTENCES[0]) > 2
            assert gone(hung)
            assert len(workers()) == 1

    def test_an_engine_that_cannot_write_its_file_hangs_and_is_replaced(self, tmp_path: Path) -> None:
        with SystemVoice(cache=tmp_path, patience=0.5) as voice:
            voice.render("First.")
            shutil.rmtree(command(workers()[0])[-1])
            assert spoken_seconds(voice, SENTENCES[0]) > 2

    def test_a_dead_worker_is_replaced(self, voice: SystemVoice) -> None:
        for line in SENTENCES[:3]:
            assert spoken_seconds(voice, line) > 2
            os.kill(workers()[0], signal.SIGKILL)

    def test_an_engine_lost_for_good_is_one_sentence_and_leaves_what_is_cached(
        self, voice: SystemVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept = voice.render(SENTENCES[0])
        no_engine(tmp_path, monkeypatch)
        os.kill(workers()[0], signal.SIGKILL)
        with pytest.raises(VoiceError, match="install eSpeak NG") as caught:
            voice.render(SENTENCES[1])
        assert "\n" not in str(caught.value)
        assert caught.value.exit_code == 3
        assert np.array_equal(voice.render(SENTENCES[0]), kept)

    def test_no_engine_at_all(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        no_engine(tmp_path, monkeypatch)
        with pytest.raises(VoiceError, match="install eSpeak NG"):
            voices()

    def test_threads_share_one_voice(self, voice: SystemVoice) -> None:
        lengths: dict[str, float] = {}

        def speak(line: str) -> None:
            lengths[line] = spoken_seconds(voice, line)

        threads = [threading.Thread(target=speak, args=(line,)) for line in SENTENCES]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(lengths) == len(SENTENCES)
        assert min(lengths.values()) > 2

    def test_closing_frees_a_thread_that_waits_and_leaves_no_process(self, tmp_path: Path) -> None:
        voice = SystemVoice(cache=tmp_path, patience=60)
        voice.render("First.")
        (pid,) = workers()
        directory = Path(command(pid)[-1])
        os.kill(pid, signal.SIGSTOP)
        errors: list[Exception] = []

        def speak() -> None:
            try:
                voice.render("Second.")
            except VoiceError as error:
                errors.append(error)

        thread = threading.Thread(target=speak)
        thread.start()
        voice.close()
        voice.close()
        thread.join(timeout=5)
        assert [str(error) for error in errors] == ["The voice has been closed."]
        assert gone(pid)
        assert not workers()
        assert not directory.exists()


@linux
class TestLibraries:
    def test_the_wheel_speaks_without_a_system_package(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VOICE_COACH_ESPEAK", "wheel")
        with SystemVoice("en-us+f3", cache=tmp_path) as voice:
            assert spoken_seconds(voice, SENTENCES[0]) > 2
            assert "espeakng_loader" in libraries(workers()[0])

    def test_the_system_s_engine_comes_first(self, tmp_path: Path) -> None:
        with SystemVoice("en-us+f3", cache=tmp_path) as voice:
            assert spoken_seconds(voice, SENTENCES[0]) > 2
            library = libraries(workers()[0])
        if "espeakng_loader" in library:
            pytest.skip("no eSpeak NG installed on this system")

    def test_a_broken_system_engine_gives_way_to_the_wheel(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        loader = pytest.importorskip("espeakng_loader")
        # The wheel's library ends the process when it is not told where its data is.
        (tmp_path / "libespeak-ng.so.1").symlink_to(loader.get_library_path())
        monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
        with SystemVoice(cache=tmp_path / "cache") as voice:
            assert spoken_seconds(voice, SENTENCES[0]) > 2

    def test_a_deep_directory_is_no_obstacle(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        loader = pytest.importorskip("espeakng_loader")
        deep = tmp_path.joinpath(*["a directory with a long name"] * 6, "für mich")
        deep.mkdir(parents=True)
        (deep / "espeakng_loader").mkdir()
        for file in Path(loader.__file__).parent.iterdir():
            (deep / "espeakng_loader" / file.name).symlink_to(file)
        monkeypatch.setenv("PYTHONPATH", str(deep))
        monkeypatch.setenv("VOICE_COACH_ESPEAK", "wheel")
        with SystemVoice(cache=tmp_path / "cache") as voice:
            assert spoken_seconds(voice, SENTENCES[0]) > 2
            assert Path(f"/proc/{workers()[0]}/cwd").resolve() == (deep / "espeakng_loader").resolve()


@linux
class TestParent:
    """The program around the voice."""

    def start(self, tmp_path: Path, rest: str) -> subprocess.Popen[str]:
        program = f"""
import os, signal, time
from pathlib import Path
from voice_coach.speaking.voice import RATE, SystemVoice
voice = SystemVoice(cache=Path({str(tmp_path)!r}))
voice.render("First.")
{rest}
"""
        return subprocess.Popen(
            [sys.executable, "-X", "dev", "-c", program],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def test_nothing_is_written_to_the_terminal(self, tmp_path: Path) -> None:
        with self.start(tmp_path, "voice.render('Second.')\nvoice.close()") as program:
            assert program.communicate(timeout=20) == ("", "")
            assert program.returncode == 0

    def test_no_worker_outlives_a_killed_program(self, tmp_path: Path) -> None:
        with self.start(tmp_path, "print('up', flush=True)\ntime.sleep(60)") as program:
            assert program.stdout is not None
            assert program.stdout.readline() == "up\n"
            (pid,) = workers(program.pid)
            directory = Path(command(pid)[-1])
            program.kill()
            assert until(lambda: gone(pid))
            assert until(lambda: not directory.exists())

    def test_ctrl_c_leaves_the_voice_to_say_goodbye(self, tmp_path: Path) -> None:
        rest = """
try:
    print("up", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print(len(voice.render("Goodbye.")) > 0, voice._worker.pid == first)
voice.close()
"""
        with self.start(tmp_path, "first = voice._worker.pid" + rest) as program:
            assert program.stdout is not None
            assert program.stdout.readline() == "up\n"
            os.killpg(program.pid, signal.SIGINT)
            assert program.communicate(timeout=20) == ("True True\n", "")


def no_engine(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on, new processes find no speech engine."""
    for name in ("libespeak-ng.so.1", "libespeak.so.1"):
        (directory / name).touch()
    (directory / "espeakng_loader.py").write_text("raise ImportError")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(directory))
    monkeypatch.setenv("PYTHONPATH", str(directory))
