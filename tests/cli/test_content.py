"""The commands that need no sound: what they show, and one clear sentence for everything that can be wrong."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from tests.session.routines import SHIPPED
from voice_coach.cli import main
from voice_coach.cli.parser import parser
from voice_coach.cli.staging import on_files
from voice_coach.commands import Command, phrases
from voice_coach.journal.store import journal_file
from voice_coach.profile import profile_file
from voice_coach.settings import settings_file

Captured = pytest.CaptureFixture[str]


def run(*arguments: str | Path) -> int:
    """The exit code of the command line."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as ended:  # --help, --version and usage errors leave this way
        return int(ended.code or 0)


def refused(capsys: Captured, code: int, *arguments: str | Path) -> str:
    """The one message of a command that fails with *code*."""
    assert run(*arguments) == code
    out, err = capsys.readouterr()
    assert not out
    assert "Traceback" not in err
    assert err.strip()
    return err.strip()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.txt"
    path.write_text("10 stop\n")
    return path


def test_a_transcript_takes_the_place_of_nothing_that_is_read_or_written(
    tmp_path: Path, script: Path, capsys: Captured
) -> None:
    own, heard, out = tmp_path / "own.yaml", tmp_path / "heard.wav", tmp_path / "out.wav"
    own.write_bytes((Path(__file__).parents[2] / "routines" / "leg-classic.yaml").read_bytes())
    with wave.open(str(heard), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(bytes(32000))
    before = {path: path.read_bytes() for path in (own, heard, script)}
    sounds = ("--microphone", heard, "--loudspeaker", out, "--until", "1")
    for command in (
        ("run", own, *sounds, "--transcript", heard),
        ("run", own, *sounds, "--transcript", own),
        ("run", own, *sounds, "--transcript", out),
        ("run", own, "--room", out, "--transcript", out),
        ("preflight", *sounds, "--transcript", heard),
        ("rehearse", own, "--script", script, "--transcript", script),
    ):
        assert "give the transcript another name" in refused(capsys, 2, *command), command
    assert {path: path.read_bytes() for path in before} == before
    assert not out.exists()


def test_sound_takes_the_place_of_nothing_that_is_read(
    tmp_path: Path, script: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    own, link, typed, sound = tmp_path / "own.yaml", tmp_path / "link.wav", tmp_path / "typed.wav", tmp_path / "out.wav"
    own.write_bytes((Path(__file__).parents[2] / "routines" / "leg-classic.yaml").read_bytes())
    link.symlink_to(own)
    typed.write_bytes(script.read_bytes())
    settings_file().parent.mkdir(exist_ok=True)
    settings_file().write_text("# mine\n")
    for kept in (journal_file(), profile_file("anna")):
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text("# mine\n")
    before = {path: path.read_bytes() for path in (own, typed, settings_file(), journal_file(), profile_file("anna"))}
    for command in (
        ("run", own, "--room", own),
        ("run", own, "--room", link),
        ("run", own, "--room-without-devices", own),
        ("run", own, "--loudspeaker", link),
        ("run", own, "--room", settings_file()),
        ("run", own, "--room", sound, "--transcript", settings_file()),
        ("say", "hello", "--output", settings_file()),
        ("say", "hello", "--output", journal_file()),
        ("say", "hello", "--output", profile_file("anna")),
        ("rehearse", own, "--script", typed, "--listen", "--loudspeaker", typed),
    ):
        assert "is read or written already; give the " in refused(capsys, 2, *command), command
    told = refused(capsys, 2, "run", own, "--room-without-devices", sound, "--transcript", sound)
    assert "give the transcript another name" in told
    assert {path: path.read_bytes() for path in before} == before
    assert link.is_symlink()
    assert not sound.exists()


def test_where_links_lead_in_a_circle_it_is_one_sentence(tmp_path: Path, script: Path, capsys: Captured) -> None:
    loop = tmp_path / "loop.wav"
    loop.symlink_to(loop)
    told = refused(capsys, 2, "rehearse", "leg-classic", "--script", script, "--transcript", loop)
    assert f"{loop} cannot be written" in told
    sounds = ("--microphone", loop, "--loudspeaker", loop)
    assert str(loop) in refused(capsys, 2, "run", "leg-classic", *sounds, "--transcript", tmp_path / "t.jsonl")


def test_a_name_that_is_too_long_is_none_that_is_known(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    told = refused(capsys, 2, "run", "foot-bath", "--room", tmp_path / "r.wav", "--model", "x" * 300)
    assert "The speech model “xxx" in told
    assert not on_files(parser().parse_args(["run", "--microphone", "x" * 300])), "it is a device's"


def test_the_built_in_room_needs_no_sound_file(tmp_path: Path, capsys: Captured) -> None:
    told = refused(capsys, 2, "run", "foot-bath", "--room", tmp_path / "r.wav", "--loudspeaker", tmp_path / "l.wav")
    assert "give --room, or --microphone" in told


def test_numbers_on_the_command_line_are_told_in_plain_words(capsys: Captured) -> None:
    for rate in ("5000", "90", "0001605555", "9" * 5000):
        assert "number of words a minute from 100 to 400" in refused(capsys, 2, "say", "hi", "--rate", rate)
    for weeks in ("0", "5201", "000001" + "9" * 400):
        assert "is not a number of weeks" in refused(capsys, 2, "report", "--weeks", weeks)
    assert "abc is no session's number" in refused(capsys, 2, "report", "abc")


def test_whose_body_map_is_not_understood_is_told_where_it_is(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "voice_coach").mkdir()
    (tmp_path / "voice_coach" / "settings.yaml").write_text("body: purple left knee\n")
    assert str(tmp_path) in refused(capsys, 2, "show", "foot-bath")
    assert str(tmp_path) not in refused(capsys, 2, "show", "foot-bath", "--body", "green knee")


# What is shown ------------------------------------------------------------------------------------


def test_list_names_every_shipped_routine(capsys: Captured) -> None:
    assert run("list") == 0
    out = capsys.readouterr().out
    assert all(name in out for name in SHIPPED)


def test_list_makes_the_page_about_the_routines(capsys: Captured) -> None:
    assert run("list", "--markdown") == 0
    page = Path(__file__).parents[2].joinpath("routines", "README.md")
    assert capsys.readouterr().out == page.read_text("utf-8")


@pytest.mark.parametrize("name", ["foot-bath", "cast-leg"])
def test_show_tells_questions_steps_and_ladders(name: str, capsys: Captured) -> None:
    assert run("show", name) == 0
    out = capsys.readouterr().out
    assert name in out
    assert "Is there a fever" in out
    assert " 1. " in out
    assert "gentler: " in out


def test_what_an_author_wrote_in_brackets_is_shown_as_it_is(tmp_path: Path, capsys: Captured) -> None:
    text = Path(__file__).parents[2].joinpath("routines", "foot-bath.yaml").read_text("utf-8")
    path = tmp_path / "odd.yaml"
    about = "about: 'A :foot: [/bold] [red] foot'"
    path.write_text(re.sub("^about:.*$", about, text, count=1, flags=re.MULTILINE), "utf-8")
    assert run("show", path) == 0
    assert ":foot: [/bold] [red]" in capsys.readouterr().out


def test_check_says_fine_or_what_is_wrong_where(tmp_path: Path, capsys: Captured) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: 1\nid: Bad Id\n")
    fine = Path(__file__).parents[2] / "routines" / "foot-bath.yaml"
    assert run("check", fine) == 0
    assert "fine" in capsys.readouterr().out
    assert run("check", fine, broken, fine) == 2
    out = capsys.readouterr().out
    assert out.count(": fine (") == 2
    assert f"{broken}:2:5:" in out


def test_check_explains_a_rule_without_a_file_or_beside_one(tmp_path: Path, capsys: Captured) -> None:
    assert run("check", "--explain", "r7") == 0
    number, source, checked = capsys.readouterr().out.splitlines()
    assert number.startswith("R7: No tapping, patting or chopping over the kidneys")
    assert source.startswith("Source: back massage")
    assert checked.startswith("Checked: no tapping")
    (tmp_path / "broken.yaml").write_text("version: 1\n")
    assert run("check", "--explain", "H4", tmp_path / "broken.yaml") == 2
    assert "H4: " in capsys.readouterr().out


def test_commands_lists_every_command_and_its_key(capsys: Captured) -> None:
    assert run("commands") == 0
    out = capsys.readouterr().out
    assert all(phrases(command)[0] in out for command in Command)
    assert "Esc" in out
    assert "space" in out


@pytest.mark.parametrize(
    "command",
    [
        [], ["list"], ["show"], ["check"], ["new"], ["commands"], ["run"], ["rehearse"], ["say"], ["hear"], ["devices"],
        ["voices"], ["models"], ["models", "list"], ["models", "install"], ["models", "path"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_command_has_help(command: list[str], capsys: Captured) -> None:
    assert run(*command, "--help") == 0
    out = capsys.readouterr().out
    assert out.startswith("usage: voice-coach")
    assert "--help" in out


def test_version(capsys: Captured) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("voice-coach 0.")


# Rehearsals ---------------------------------------------------------------------------------------


def test_a_rehearsal_is_shown_and_written(tmp_path: Path, script: Path, capsys: Captured) -> None:
    transcript = tmp_path / "transcript.jsonl"
    assert run("rehearse", "foot-bath", "--script", script, "--transcript", transcript) == 0
    out = capsys.readouterr().out
    assert "> stop" in out
    assert "end: stopped" in out
    lines = [json.loads(line) for line in transcript.read_text("utf-8").splitlines()]
    assert lines[0]["event"] == "start"
    assert {"t": 10.0, "event": "end", "reason": "stopped"} in lines
    heard = next(line for line in lines if line["event"] == "heard")
    assert heard == {
        "t": 10.0, "event": "heard", "command": "stop", "phrase": "stop", "path": "safety", "word_end": None,
    }  # fmt: skip
    assert all(isinstance(line["t"], float | int) for line in lines)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_willing_person_gets_through_every_routine(name: str, tmp_path: Path, capsys: Captured) -> None:
    transcript = tmp_path / "transcript.jsonl"
    assert run("rehearse", name, "--transcript", transcript, "--quiet") == 0
    assert capsys.readouterr() == ("", "")
    lines = [json.loads(line) for line in transcript.read_text("utf-8").splitlines()]
    assert [line["reason"] for line in lines if line["event"] == "end"] == ["finished"]
    events = {line["event"] for line in lines}
    assert {"start", "say", "said", "heard", "step", "cue", "end"} <= events


def test_a_rehearsal_can_be_listened_to_fast(tmp_path: Path, script: Path, capsys: Captured) -> None:
    heard, transcript = tmp_path / "heard.wav", tmp_path / "transcript.jsonl"
    given = ("--script", script, "--transcript", transcript, "--loudspeaker", heard)
    assert run("rehearse", "foot-bath", "--listen", *given) == 0
    said = [json.loads(line) for line in transcript.read_text("utf-8").splitlines() if '"say"' in line]
    words = sum(len(line["text"].split()) for line in said)
    with wave.open(str(heard)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
        loudest = max(abs(sample) for (sample,) in struct.iter_unpack("<h", sound.readframes(sound.getnframes())))
    assert seconds - 0.4 * len(said) == pytest.approx(words * 60 / 260, rel=0.4)
    assert loudest > 1000
    capsys.readouterr()
    message = refused(capsys, 2, "rehearse", "foot-bath", "--loudspeaker", heard)
    assert "give --listen too" in message


def test_a_body_map_fits_the_routine_and_is_said(tmp_path: Path, capsys: Captured) -> None:
    transcript = tmp_path / "transcript.jsonl"
    assert run("rehearse", "self-leg", "--body", "sore left calf, right foot", "--transcript", transcript) == 0
    assert "I leave out the left calf, because of the soreness. " in " ".join(capsys.readouterr().out.split())
    worked = [json.loads(line) for line in transcript.read_text("utf-8").splitlines()]
    places = {(line["region"], line["side"]) for line in worked if line["event"] == "step"}
    assert {("calf", "right"), ("foot", "left"), ("thigh", "left")} <= places
    assert not {("calf", "left"), ("foot", "right"), ("toes", "right")} & places


def test_show_tells_what_a_body_map_leaves(capsys: Captured) -> None:
    assert run("show", "self-leg", "--body", "cast on the left lower leg") == 0
    out = capsys.readouterr().out
    assert "I leave out the left leg, because of the cast." in out
    assert "closing strokes (0:40, right side, stroking)" in out


def test_the_settings_may_hold_a_body_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setattr("voice_coach.settings.settings_file", lambda: tmp_path / "settings.yaml")
    (tmp_path / "settings.yaml").write_text("body: bruise on the right thigh\n")
    assert run("show", "self-leg") == 0
    assert "the right thigh, because of the bruise" in capsys.readouterr().out
    assert run("show", "self-leg", "--body", "") == 0
    assert "I leave out" not in capsys.readouterr().out


# Bad input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["show", "foot-bth"], "foot-bath"),
        (["show", ""], "no routine"),
        (["show", "no/such.yaml"], "no/such.yaml"),
        (["show", "x" * 300 + ".yaml"], "xxx"),
        (["rehearse", "foot-bath", "--script", "no-such-script"], "no-such-script"),
        (["rehearse", "foot-bath", "--script", "."], "cannot be read"),
        (["rehearse", "foot-bath", "--transcript", "no-such-folder/t.jsonl"], "no-such-folder"),
        (["rehearse", "foot-bath", "--transcript", "."], "a folder"),
        (["rehearse", "foot-bath", "--transcript", "x" * 300], "cannot be written"),
        (["rehearse", "foot-bath", "--speed", "2"], "--speed"),
        (["rehearse"], "ROUTINE"),
        (["sing"], "sing"),
        ([], "COMMAND"),
        (["check"], "FILE"),
        (["check", "--explain", "R17"], "there is no rule 'R17'; the rules are R1, R2"),
        (["run", "foot-bath", "--echo", "loud"], "loud is not a level"),
        (["run", "foot-bath", "--until", "later"], "later is not a number of seconds"),
        (["run", "foot-bath", "--rate", "fast"], "--rate"),
        (["run", "foot-bth"], "foot-bath"),
        (["run", "foot-bath", "--option", "additive=sal"], "did you mean 'salt'"),
        (["show", "leg-back", "--option", "additive=salt"], "has none"),
        (["rehearse", "foot-bath", "--option", "salt"], "write it like --option additive=salt"),
        (["run", "leg-therapeutic"], "only a professional"),
        (["show", "foot acupressure"], "trained hands"),
        (["show", "foot-bath", "--body", "a glorp"], "'glorp' in 'a glorp' is not understood"),
        (["rehearse", "foot-bath", "--body", "bruise"], "not where"),
        (["run", "foot-pedicure", "--body", "feet"], "too little of foot massage"),
        (["rehearse", "therapeutic leg massage"], "only a professional"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_bad_input_gets_one_clear_sentence(arguments: list[str], named: str, capsys: Captured) -> None:
    message = refused(capsys, 2, *arguments)
    assert named.lower() in message.lower()
    assert len(message.splitlines()) == 1


def test_a_faulty_script_names_every_line(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "script.txt"
    path.write_text("# a comment\n5 nxt\nsoon next\n\n7\n8 next\n")
    message = refused(capsys, 2, "rehearse", "foot-bath", "--script", path)
    assert message.splitlines() == [
        f"{path}:2: 'nxt' is not a command; did you mean 'next'?",
        f"{path}:3: 'soon' is not a time; begin the line like '12.5 next' or '1:30 next'.",
        f"{path}:5: '' is not a command; see 'voice-coach commands'.",
    ]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"1 next\n" * 200_000], ids=["binary", "huge"])
def test_what_is_no_script_is_refused(content: bytes, tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "script.txt"
    path.write_bytes(content)
    assert str(path) in refused(capsys, 2, "rehearse", "foot-bath", "--script", path)


def test_a_script_without_end_is_not_read_to_its_end(capsys: Captured) -> None:
    assert "/dev/zero" in refused(capsys, 2, "rehearse", "foot-bath", "--script", "/dev/zero")


def test_names_that_no_terminal_can_show(capsys: Captured) -> None:
    message = refused(capsys, 2, "show", "odd\udcff.yaml")
    assert "no file" in message


# Nothing is lost ----------------------------------------------------------------------------------


def test_a_refused_rehearsal_loses_nothing(tmp_path: Path, capsys: Captured) -> None:
    transcript = tmp_path / "transcript.jsonl"
    transcript.write_text("precious\n")
    refused(capsys, 2, "rehearse", "foot-bth", "--transcript", transcript)
    refused(capsys, 2, "rehearse", "foot-bath", "--script", tmp_path / "none", "--transcript", transcript)
    assert transcript.read_text() == "precious\n"
    assert [path.name for path in tmp_path.iterdir()] == ["transcript.jsonl"]


def test_the_transcript_never_takes_the_place_of_what_is_read(script: Path, capsys: Captured) -> None:
    message = refused(capsys, 2, "rehearse", "foot-bath", "--script", script, "--transcript", script)
    assert "another name" in message
    assert script.read_text() == "10 stop\n"
    assert [path.name for path in script.parent.iterdir()] == ["script.txt"]


def test_a_new_transcript_keeps_the_old_ones_permissions(tmp_path: Path, script: Path) -> None:
    transcript = tmp_path / "transcript.jsonl"
    transcript.write_text("old")
    transcript.chmod(0o600)
    assert run("rehearse", "foot-bath", "--script", script, "--transcript", transcript, "--quiet") == 0
    assert transcript.stat().st_mode & 0o777 == 0o600
    assert "old" not in transcript.read_text()


# As a process -------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes and signals as on Unix")
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    script, transcript = tmp_path / "script", tmp_path / "transcript.jsonl"
    os.mkfifo(script)
    transcript.write_text("precious\n")
    command = ["rehearse", "foot-bath", "--script", str(script), "--transcript", str(transcript)]
    process = _start(*command)
    with script.open("wb"):  # returns when the rehearsal has begun to read; it never gets a line
        process.send_signal(2)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "Interrupted; nothing half-written was left behind.\n"
    assert out == ""
    assert transcript.read_text() == "precious\n"
    assert {path.name for path in tmp_path.iterdir()} == {"script", "transcript.jsonl"}


@pytest.mark.skipif(sys.platform == "win32", reason="pipes as on Unix")
def test_a_reader_that_goes_away_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = _start("commands", stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=30)
    assert err == ""
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="pipes as on Unix")
def test_a_reader_that_goes_away_leaves_the_transcript_whole(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    transcript = tmp_path / "evening.jsonl"
    process = _start("rehearse", "foot-bath", "--answer", "--transcript", str(transcript), stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert '"reason": "finished"' in transcript.read_text("utf-8")


def test_a_terminal_that_knows_only_ascii() -> None:
    process = _start("show", "foot-bath", environment={"PYTHONIOENCODING": "ascii"})
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert r"\u201cready\u201d" in out


def _start(
    *arguments: str, stdout: int = subprocess.PIPE, environment: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "voice_coach", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | (environment or {}),
    )


@pytest.mark.skipif(sys.platform == "win32", reason="streams are closed as a Unix shell does it")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-"])
def test_closed_streams_are_no_fault(closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m voice_coach list {closed}', sys.executable], capture_output=True, check=True
    )
    assert done.stderr == b""
