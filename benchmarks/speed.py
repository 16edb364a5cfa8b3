"""How quick it is: `python -m benchmarks.speed --json FILE`.

- Start to first sound: `voice-coach run` on files, from the start of the process to the first sample that is not zero,
  with nothing cached, with the speech model built but no voice rendered, and with everything cached.
- A whole routine rehearsed in virtual time.
- File mode: a session of the built-in room played again from its microphone's file; wall time a second of sound, and
  the memory of the largest process.
- From a spoken "stop" to silence in the loudspeaker and to the end of the session, at moments while the coach speaks
  and while it does not. A word can be recognised before it is over, so the time from its end can be less than nothing.
  The rival is the same recogniser whose partial results are thrown away, so that it acts on final results only. What a
  sound card adds on the way in and out is not in it; it would be the same for both.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.common import HEADINGS, SYNTHETIC, Figure, command, keep, show, start, versions
from benchmarks.hearing.rivals import FinalsOnly
from voice_coach.cli.hearing import recogniser
from voice_coach.cli.screen import progress
from voice_coach.commands import Command
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.echo import LinearEcho
from voice_coach.hearing.recogniser import Recogniser
from voice_coach.hearing.spotter import Spotter
from voice_coach.person import Person
from voice_coach.recorded import RecordedStage
from voice_coach.rehearsal import Rehearsal
from voice_coach.routine.load import find, load
from voice_coach.settings import Settings
from voice_coach.sound.mixer import FADE
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import HEARING_RATE, Samples, saturate, silence
from voice_coach.speaking.mouth import Lines
from voice_coach.speaking.voice import SystemVoice
from voice_coach.stage import Line, play

SEED = 20
ROUTINE = "foot-bath"
SPEAKERS = ("en-us+f3", "en-gb-x-rp")
"""Who says "stop", in turns; the coach speaks with the usual voice."""
NOISE = 15.0
"""The room's noise, root mean square in sample steps."""
ECHO = -20.0
"""How loudly the microphone hears the coach, decibels."""
SPAN = 60.0
"""Seconds of the session in which somebody says "stop"."""
PATIENCE = 4.0
"""Seconds after the word, before it counts as missed."""
STOPS = ("end of “stop” to silence", "beginning of “stop” to silence", "end of “stop” to the session's end")
HEADER = 44
"""Bytes of a WAV file before its sound."""


# -- start to first sound ------------------------------------------------------------------------


def first_sound(folder: Path, cache: Path) -> tuple[float, float]:
    """Wall time and audio time until the first sound of a session in a silent room, seconds."""
    speech = folder / "first.wav"
    began = time.perf_counter()
    child = start(
        *("run", ROUTINE, "--loudspeaker", speech, "--until", "3", "--quiet"),
        environment={"XDG_CACHE_HOME": str(cache)},
    )
    heard = None
    while child.poll() is None:
        if heard is None and any(map(_sounds, folder.glob(".first.wav.*"))):
            heard = time.perf_counter() - began
        time.sleep(0.002)
    ended = time.perf_counter() - began
    assert child.stdout
    output = child.stdout.read()
    child.stdout.close()
    if child.returncode:
        raise RuntimeError(output)
    samples, rate = soundfile.read(speech, dtype="int16")
    return ended if heard is None else heard, float(np.flatnonzero(samples)[0]) / rate


def _sounds(path: Path) -> bool:
    try:
        return any(path.read_bytes()[HEADER:])
    except OSError:
        return False  # in its place already


def measure_start(folder: Path, repeats: int, done: Callable[[], None]) -> list[Figure]:
    """Three states of the cache."""
    walls: dict[str, list[float]] = {"nothing cached": [], "voice not cached": [], "everything cached": []}
    audio = []
    for state, values in walls.items():
        for number in range(min(3, repeats) if "not" in state else repeats):
            cache = folder / ("warm" if state == "everything cached" else f"{state}{number}")
            if state != "nothing cached":
                command("run", ROUTINE, "--loudspeaker", folder / "x.wav", "--until", "0", "--quiet",
                        environment={"XDG_CACHE_HOME": str(cache)})  # fmt: skip
            if state == "voice not cached":
                for file in (cache / "voice_coach" / "voice").glob("*"):
                    file.unlink()
            wall, position = first_sound(folder, cache)
            values.append(wall)
            audio.append(position)
            done()
    return [
        *(Figure(f"start to first sound, {state}, wall time", "s", tuple(values)) for state, values in walls.items()),
        Figure("start to first sound, audio time", "s", tuple(audio)),
    ]


# -- rehearsal and file mode ---------------------------------------------------------------------


def measure_rehearsal(folder: Path, repeats: int, done: Callable[[], None]) -> list[Figure]:
    """The command as a whole, and the session alone."""
    transcript = folder / "rehearsal.jsonl"
    routine = load(find(ROUTINE))
    whole, alone = [], []
    for _ in range(repeats):
        whole.append(command("rehearse", ROUTINE, "--quiet", "--transcript", transcript).seconds)
        began = time.perf_counter()
        play(routine, Rehearsal((), Person(routine)), lambda line: None)
        alone.append(time.perf_counter() - began)
        done()
    virtual = float(json.loads(transcript.read_text("utf-8").splitlines()[-1])["t"])
    return [
        Figure("rehearsal, virtual time", "s", (virtual,)),
        Figure("rehearsal, the whole command", "s", tuple(whole)),
        Figure("rehearsal, the session alone", "s", tuple(alone)),
    ]


def measure_files(folder: Path, repeats: int, done: Callable[[], None]) -> list[Figure]:
    """The built-in room's session once more, from its microphone's file."""
    room, speech = folder / "room.wav", folder / "speech.wav"
    command("run", ROUTINE, "--room", room, "--quiet")
    seconds = soundfile.info(room).duration
    sounds = ("--microphone", room, "--loudspeaker", speech, "--until", str(seconds))
    runs = []
    for _ in range(repeats):
        runs.append(command("run", ROUTINE, *sounds, "--quiet"))
        done()
    return [
        Figure("file mode, length of the sound", "s", (seconds,)),
        Figure("file mode, wall time a second of sound, with the start", "", tuple(r.seconds / seconds for r in runs)),
        Figure("file mode, processor time a second of sound", "", tuple(r.processor_seconds / seconds for r in runs)),
        Figure("file mode, memory of the largest process", "MB", tuple(r.peak_memory for r in runs)),
    ]


# -- stop ----------------------------------------------------------------------------------------


class Room:
    """A microphone in a quiet room where somebody says *word* at *onset*, seconds."""

    ended = False
    rate = HEARING_RATE

    def __init__(self, word: Samples | None = None, onset: float = 0.0) -> None:
        self._sound = np.random.default_rng(SEED).normal(0, NOISE, round((SPAN + 2 * PATIENCE) * self.rate))
        if word is not None:
            at = round(onset * self.rate)
            self._sound[at : at + len(word)] += word
        self._position = 0

    def read(self, frames: int) -> Samples:
        """The next *frames* samples."""
        block = self._sound[self._position : self._position + frames]
        self._position += frames
        return saturate(np.pad(block, (0, frames - len(block))))


class Played:
    """A loudspeaker that remembers."""

    def __init__(self) -> None:
        self._blocks: list[Samples] = []

    def write(self, block: Samples) -> None:
        """Append *block*."""
        self._blocks.append(block)

    @property
    def samples(self) -> Samples:
        """All of it."""
        return np.concatenate(self._blocks) if self._blocks else silence(0)


@dataclass(frozen=True)
class Take:
    """One session: what was played, and what happened."""

    played: Samples
    lines: tuple[Line, ...]

    def heard(self, after: float = 0.0) -> list[Line]:
        """The commands heard after a moment, seconds."""
        return [line for line in self.lines if line["event"] == "heard" and float(str(line["t"])) >= after]


def session(voice: SystemVoice, listening: Recogniser, microphone: Room, until: float) -> Take:
    """The beginning of the routine in that room, for *until* seconds."""
    played, lines = Played(), list[Line]()
    echo = Echo(ECHO, HEARING_RATE, 0.02, 0.2)
    stage = RecordedStage(microphone, played, Ears(listening, LinearEcho(), Spotter()), voice, echo=echo, until=until)
    play(load(find(ROUTINE)), stage, lines.append)
    return Take(played.samples, tuple(lines))


def moments(plain: Take, word: float, each: int) -> dict[str, list[float]]:
    """When to say the word, *word* seconds long: *each* while the coach speaks, and as many while it is silent."""
    speaking: list[tuple[float, float]] = []
    silent: list[tuple[float, float]] = []
    began = ended = None
    for line in plain.lines:
        t = float(str(line["t"]))
        if line["event"] == "say":
            if ended is not None:
                silent.append((ended + 0.3, t - word - 1.5))
            began = t
        elif line["event"] == "said" and began is not None:
            speaking.append((began + 0.3, t - word - 1.5))
            ended = t
    random = np.random.default_rng(SEED)
    return {
        name: sorted(_draw(random, [span for span in spans if span[1] > span[0]], each))
        for name, spans in (("while the coach speaks", speaking), ("while the coach is silent", silent))
    }


def _draw(random: np.random.Generator, spans: list[tuple[float, float]], count: int) -> Iterator[float]:
    lengths = np.array([end - begin for begin, end in spans])
    for which in random.choice(len(spans), count, p=lengths / lengths.sum()):
        yield float(random.uniform(*spans[which]))


def silenced(take: Take, plain: Take, onset: float) -> tuple[float, float] | None:
    """When the word said at *onset* had silenced the coach, and when it had ended the session, seconds.

    None when the session did not end. Raises RuntimeError when the loudspeaker does not bear out the transcript.
    """
    times = {
        str(line["event"]): float(str(line["t"])) for line in reversed(take.lines) if float(str(line["t"])) > onset
    }
    if not any(line["command"] == Command.STOP.value for line in take.heard(onset)):
        return None
    soon = slice(round((times["hush"] + FADE) * HEARING_RATE), round((times["hush"] + 0.1) * HEARING_RATE))
    if plain.played[soon].any() and np.array_equal(take.played[soon], plain.played[soon]):
        raise RuntimeError(f"a hush at {times['hush']} s changed nothing in the loudspeaker")
    return times["hush"] + FADE, times["end"]


def measure_stop(each: int, done: Callable[[], None]) -> tuple[list[Figure], dict[str, Any]]:
    """Both ways of listening, at the same moments, with the same words."""
    ways: dict[str, Callable[[Recogniser], Recogniser]] = {
        "partial results": lambda inner: inner,
        "final results only": FinalsOnly,
    }
    with ExitStack() as parts:
        coach = parts.enter_context(SystemVoice())
        words = [_word(parts.enter_context(SystemVoice(name))) for name in SPEAKERS]
        listening = recogniser(Settings())
        plain = session(coach, listening, Room(), SPAN)
        longest = max(map(len, words)) / HEARING_RATE
        figures: list[Figure] = []
        missed: dict[str, list[float]] = {}
        for place, onsets in moments(plain, longest, each).items():
            for way, make in ways.items():
                times: dict[str, list[float]] = {name: [] for name in STOPS}
                for number, onset in enumerate(onsets):
                    word = words[number % len(words)]
                    length = len(word) / HEARING_RATE
                    take = session(coach, make(recogniser(Settings())), Room(word, onset), onset + length + PATIENCE)
                    if (at := silenced(take, plain, onset)) is None:
                        missed.setdefault(f"{place}, {way}", []).append(round(onset, 3))
                    else:
                        quiet, ended = at
                        measured = (quiet - onset - length, quiet - onset, ended - onset - length)
                        for name, seconds in zip(STOPS, measured, strict=True):
                            times[name].append(seconds)
                    done()
                figures += [Figure(f"{name}, {place}, {way}", "s", tuple(times[name]), each) for name in STOPS]
    return figures, {
        "recogniser": listening.name,
        "speakers": SPEAKERS,
        "word_seconds": [round(len(word) / HEARING_RATE, 3) for word in words],
        "echo_db": ECHO,
        "noise_rms": NOISE,
        "missed_at": missed,
        "heard_without_any_word": [str(line["phrase"]) for line in plain.heard()],
        "suspected_without_any_word": [str(line["phrase"]) for line in plain.lines if line["event"] == "suspected"],
    }


def _word(voice: SystemVoice) -> Samples:
    """The word "stop"; it ends where it has fallen by 40 decibels for good."""
    spoken = Lines(voice, HEARING_RATE).render("stop")
    level = np.abs(spoken.astype(np.int32))
    return spoken[: np.flatnonzero(level > level.max() / 100)[-1] + 1]


def compare(stops: Sequence[Figure]) -> dict[str, dict[str, float]]:
    """How much sooner partial results silence the coach than final ones, from the end and the beginning of the word."""
    found = {}
    for place, at in (("while the coach speaks", 0), ("while the coach is silent", 2 * len(STOPS))):
        ours, rival = stops[at : at + len(STOPS)], stops[at + len(STOPS) : at + 2 * len(STOPS)]
        if ours[0].values and rival[0].values:
            found[place] = {
                "seconds_sooner": round(rival[0].median - ours[0].median, 3),
                "times_as_quick": round(rival[1].median / ours[1].median, 2),
            }
    return found


# -- all -----------------------------------------------------------------------------------------


def main() -> None:
    """Measure everything, show a table, write the figures."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__.partition("\n")[0])
    arguments.add_argument("--json", type=Path, metavar="FILE", help="write every figure to a file")
    arguments.add_argument("--repeats", type=int, default=5, metavar="N", help="times each command is run (default 5)")
    arguments.add_argument(
        "--moments", type=int, default=10, metavar="N", help="“stop”s speaking and silent (default 10)"
    )
    args = arguments.parse_args()
    total = 2 * min(3, args.repeats) + 3 * args.repeats + 4 * args.moments
    finished = 0
    load_before = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    with tempfile.TemporaryDirectory() as name, progress("Measuring") as bar:
        folder = Path(name)

        def done() -> None:
            nonlocal finished
            finished += 1
            bar(finished, total)

        figures = [
            *measure_start(folder, args.repeats, done),
            *measure_rehearsal(folder, args.repeats, done),
            *measure_files(folder, args.repeats, done),
        ]
        stops, details = measure_stop(args.moments, done)
    show("Speed", HEADINGS, [figure.row() for figure in (*figures, *stops)])
    compared = compare(stops)
    for place, by in compared.items():
        print(
            f"“Stop” {place}: silence {by['seconds_sooner']:.2f} s sooner than on final results only, "
            f"{by['times_as_quick']} times as quick from the beginning of the word."
        )
    print(SYNTHETIC)
    report = {
        "benchmark": "speed", "speech": SYNTHETIC, "seed": SEED, "routine": ROUTINE, "load_before": load_before,
        "figures": [figure.record() for figure in (*figures, *stops)],
        "against_final_results_only": compared, "stop": details, "versions": versions(),
    }  # fmt: skip
    keep(args.json, report)


if __name__ == "__main__":
    main()
