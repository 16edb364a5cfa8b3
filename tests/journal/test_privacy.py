"""Nothing leaves the machine, and nothing is kept but what was asked for: real sessions on sound files, watched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.journal.helping import read
from tests.needing import need
from voice_coach.sound.samples import HEARING_RATE, Samples
from voice_coach.sound.wav import WavLoudspeaker

EVENING = Path(__file__).parents[1] / "live" / "evening.yaml"
SECONDS = 40
"""Long enough to ask a question three times, and to pause."""

HARMLESS_BIND = re.compile(r"^bind\(\d+, \{sa_family=AF_INET6, sin6_port=htons\(0\).*\"::1\"")
"""A library of Vosk's asks at import whether the machine knows IPv6 at all; nothing is sent."""


class Home:
    """A person's folders, empty, and a microphone recording."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder, self.cache = folder, cache
        self.microphone = np.random.default_rng(5).normal(0, 15, SECONDS * HEARING_RATE).astype(np.int16)
        self._write("microphone.wav", self.microphone)

    def _write(self, name: str, sound: Samples) -> None:
        (self.folder / "work").mkdir()
        with WavLoudspeaker(self.folder / "work" / name, HEARING_RATE) as file:
            file.write(sound)

    def coach(self, *before: str, loudspeaker: bool = True) -> subprocess.CompletedProcess[str]:
        """A session, started by the command *before*."""
        run = [sys.executable, "-m", "voice_coach", "run", str(EVENING), "--microphone", "microphone.wav", "--journal"]
        run += ["--rate", "300", *(["--loudspeaker", "loudspeaker.wav"] if loudspeaker else [])]
        return self.run(*before, *run, "--until", str(SECONDS))

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command in this home."""
        kinds = ("config", "data", "state", "runtime")
        places = {f"XDG_{kind.upper()}_{'DIR' if kind == 'runtime' else 'HOME'}": kind for kind in kinds}
        environment = os.environ | {name: str(self.folder / place) for name, place in places.items()}
        environment |= {
            "XDG_CACHE_HOME": str(self.cache),
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "temporary"),
        }
        environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        (self.folder / "temporary").mkdir(exist_ok=True)
        return subprocess.run(
            command, cwd=self.folder / "work", env=environment, capture_output=True, text=True, timeout=150, check=False
        )  # fmt: skip

    def files(self) -> dict[str, Path]:
        """What there is, by name."""
        own = {str(path.relative_to(self.folder)): path for path in self.folder.rglob("*") if path.is_file()}
        return own | {f"cache/{path.relative_to(self.cache)}": path for path in self.cache.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the speech model is built and the coach's sentences are rendered, by whichever session comes first."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def home(tmp_path: Path, cache: Path) -> Home:
    return Home(tmp_path, cache)


def asked_three_times(done: subprocess.CompletedProcess[str]) -> bool:
    return done.stdout.count("Is there a fever") == 3 and "Paused" in done.stdout


def test_without_any_network_it_does_the_same(home: Home) -> None:
    done = home.coach(*without_network())
    assert done.returncode == 0, done.stderr
    assert asked_three_times(done)
    assert read(home.folder / "data" / "voice_coach" / "journal.sqlite3").reason == "unfinished"
    made = {name for name in home.files() if name.startswith("work/")}
    assert made == {"work/microphone.wav", "work/loudspeaker.wav"}


def test_no_network_call_is_made(home: Home) -> None:
    trace = home.folder / "trace.txt"
    done = home.coach(*watching(trace))
    assert done.returncode == 0, done.stderr
    assert asked_three_times(done)
    assert not network_calls(trace)


def network_calls(trace: Path) -> list[str]:
    """The calls in a trace that could reach beyond this machine's own sockets."""
    calls = [line.partition(" ")[2].strip() for line in trace.read_text().splitlines()]
    calls = [call for call in calls if not call.startswith(("+++", "---"))]
    outward = [call for call in calls if "AF_UNIX" not in call and not HARMLESS_BIND.match(call)]
    sending = ("connect", "send", "listen", "accept", "bind")
    made = [call for call in outward if call.startswith(sending) or "AF_INET, " in call]
    asked = [call for call in outward if call.startswith("socket(AF_INET")]
    return made + asked[sum(bool(HARMLESS_BIND.match(call)) for call in calls) :]


def without_network() -> list[str]:
    """The command that starts another one where there is no network; skips where that cannot be done."""
    apart = ["unshare", "--net", "--map-root-user"]
    if not shutil.which("unshare") or subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
        pytest.skip("a place without network cannot be made here")
    return apart


def watching(trace: Path) -> list[str]:
    """The command that writes a trace of another one's network calls; skips where that cannot be done."""
    need("strace", remedy="install strace")
    watch = ["strace", "--follow-forks", "--seccomp-bpf", "--quiet=all", "--trace=%network", f"--output={trace}"]
    if subprocess.run([*watch, "true"], capture_output=True, check=False).returncode:
        pytest.skip("system calls cannot be watched here")
    return watch


def test_a_network_call_would_be_seen(tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    call = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    subprocess.run([*watching(trace), sys.executable, "-c", call], check=True)
    assert network_calls(trace)


@pytest.mark.timeout(180)
def test_the_other_commands_make_no_network_call(home: Home) -> None:
    trace, coach = home.folder / "trace.txt", f"{sys.executable} -m voice_coach"
    commands = (
        f"rehearse {EVENING} --answer --quiet --journal", "history", "report --html report.html", "check --explain R3",
        f"show {EVENING}", "commands", "models list", "models build", "voices", "say hello --output hello.wav",
        "hear microphone.wav", "forget --all --yes",
    )  # fmt: skip
    done = home.run(*watching(trace), "sh", "-ec", "\n".join(f"{coach} {command}" for command in commands))
    assert done.returncode == 0, done.stderr
    assert "Forgotten" in done.stderr
    assert not network_calls(trace)


def test_no_sound_of_the_person_is_kept_and_nothing_is_left_behind(home: Home) -> None:
    before = home.files()
    done = home.coach(loudspeaker=False)
    assert done.returncode == 0, done.stderr
    new = {name: path for name, path in home.files().items() if name not in before or name.startswith("cache/")}
    kinds = {re.sub(r"[^/]+\.pcm$", "*.pcm", re.sub(r"models/.*", "models/*", name)) for name in new}
    assert kinds <= {
        "data/voice_coach/journal.sqlite3",
        "data/voice_coach/session.lock",  # which session goes on
        "cache/voice_coach/voice/*.pcm",  # the coach's own sentences
        "cache/voice_coach/models/*",  # the speech model
    }, kinds
    heard = home.microphone.tobytes()
    pieces = [heard[at : at + 64] for at in range(0, len(heard) - 64, len(heard) // 50)]
    for name, path in new.items():
        content = path.read_bytes()
        assert not any(piece in content for piece in pieces), name
