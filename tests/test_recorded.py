"""Sessions on sound files: real voice, real recogniser, audio time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_coach.cli import main
from voice_coach.hearing.builtin import builtin
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.echo import LinearEcho
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.person import Person, Wish
from voice_coach.recorded import Nowhere, PersonInRoom, RecordedStage
from voice_coach.routine.load import load
from voice_coach.sound.room import Echo
from voice_coach.sound.wav import WavLoudspeaker
from voice_coach.speaking.voice import SystemVoice
from voice_coach.stage import Line, play

pytestmark = pytest.mark.timeout(400)
"""Seconds; a busy machine hears a session more slowly than it takes."""
EVENING = Path(__file__).parent / "live" / "evening.yaml"
RATE = 16000
WORDS_PER_MINUTE = 300
"""The coach talks fast, and the sessions are short."""


@pytest.fixture(scope="module")
def coach() -> Iterator[SystemVoice]:
    with SystemVoice(None, WORDS_PER_MINUTE) as voice:
        yield voice


@pytest.fixture(scope="module")
def other() -> Iterator[SystemVoice]:
    with SystemVoice("en-us+f2") as voice:
        yield voice


@pytest.fixture(scope="module")
def model() -> Path:
    return builtin()


def in_the_room(
    coach: SystemVoice, other: SystemVoice, model: Path, folder: Path, *wishes: Wish, echo: float | None = None
) -> list[Line]:
    """The transcript of a session with a simulated person; what the room's microphone hears goes to room.wav."""
    routine = load(EVENING)
    person = Person(routine, wishes)
    lines: list[Line] = []
    with WavLoudspeaker(folder / "room.wav", RATE) as recording:
        stage = RecordedStage(
            PersonInRoom(person, other),
            Nowhere(),
            Ears(VoskRecogniser(model), LinearEcho()),
            coach,
            echo=None if echo is None else Echo(echo, RATE, 0.02, 0.2),
            recording=recording,
            person=person,
        )
        play(routine, stage, lines.append)
    return lines


def events(lines: list[Line], kind: str) -> list[Line]:
    return [line for line in lines if line["event"] == kind]


def test_a_person_is_guided_by_voice_alone_from_the_first_question_to_the_farewell(
    coach: SystemVoice, other: SystemVoice, model: Path, tmp_path: Path
) -> None:
    lines = in_the_room(coach, other, model, tmp_path)
    assert events(lines, "end")[-1]["reason"] == "finished"
    assert [step["side"] for step in events(lines, "step")] == ["left", "right"]
    assert not events(lines, "pain")


def test_pain_is_heard_over_the_coach_and_leads_to_something_gentler(
    coach: SystemVoice, other: SystemVoice, model: Path, tmp_path: Path
) -> None:
    lines = in_the_room(coach, other, model, tmp_path, Wish(1, 4, "that hurts"), Wish(2, 6, "stop"), echo=-20.0)
    assert [e["side"] for e in events(lines, "pain")] == ["left"]
    assert [e["gentler_of"] for e in events(lines, "step")][:2] == [None, "stroke"]
    assert events(lines, "end")[-1]["reason"] == "stopped"


def test_the_same_files_give_the_same_session_and_a_loudspeaker_file_in_step(
    coach: SystemVoice, other: SystemVoice, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_room(coach, other, model, tmp_path, Wish(1, 5, "stop"))
    room = tmp_path / "room.wav"
    # Not the minute in which the stop could be taken back.
    until = str(soundfile.info(room).duration)
    arguments = ["run", str(EVENING), "--microphone", str(room), "--model", str(model), "--until", until]
    arguments += ["--rate", str(WORDS_PER_MINUTE)]
    told = []
    for run in ("a", "b"):
        files = ["--loudspeaker", str(tmp_path / f"{run}.wav"), "--transcript", str(tmp_path / f"{run}.jsonl")]
        assert main([*arguments, *files]) == 0
        told.append([json.loads(line) for line in (tmp_path / f"{run}.jsonl").read_text().splitlines()])
    assert told[0] == told[1]
    assert events(told[0], "end")[-1]["reason"] == "stopped"
    first, rate = soundfile.read(tmp_path / "a.wav", dtype="int16")
    second, _ = soundfile.read(tmp_path / "b.wav", dtype="int16")
    assert np.array_equal(first, second)
    said = next(line for line in told[0] if line["event"] == "say")
    assert rate == RATE
    assert said["t"] == 0
    assert np.flatnonzero(first)[0] < 0.1 * rate, "the first sentence begins with the file"
    suspected = float(str(events(told[0], "suspected")[-1]["t"]))
    heard = float(str(events(told[0], "heard")[-1]["t"]))
    assert heard > suspected + 0.1
    assert not first[int((suspected + 0.01) * rate) : int(heard * rate)].any(), "silent from the suspicion on"


def test_a_session_on_a_48_khz_file_ends_where_it_is_told_to(model: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "quiet.wav", np.random.default_rng(0).normal(0, 1e-3, 48000), 48000, subtype="PCM_16")
    files = ["--microphone", str(tmp_path / "quiet.wav"), "--loudspeaker", str(tmp_path / "out.wav")]
    assert main(["run", str(EVENING), *files, "--model", str(model), "--until", "3.5", "--quiet"]) == 0
    out, rate = soundfile.read(tmp_path / "out.wav", dtype="int16")
    assert (rate, len(out)) == (48000, 3.5 * 48000)
    assert out.any()


def test_when_the_file_is_over_and_nobody_answers_the_session_ends_by_itself(model: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "quiet.wav", np.random.default_rng(0).normal(0, 1e-3, RATE), RATE, subtype="PCM_16")
    transcript = tmp_path / "t.jsonl"
    files = ["--microphone", str(tmp_path / "quiet.wav"), "--transcript", str(transcript), "--model", str(model)]
    assert main(["run", str(EVENING), *files, "--quiet"]) == 0
    lines = [json.loads(line) for line in transcript.read_text().splitlines()]
    assert [line["event"] for line in lines].count("paused") == 1
    assert lines[-1] == {"t": lines[-1]["t"], "event": "end", "reason": "unfinished"}
