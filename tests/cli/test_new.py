"""Beginning a routine: six answers, and a file that keeps every rule."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journal.test_writer import fill, small_disk
from voice_coach.cli import main
from voice_coach.errors import UserError
from voice_coach.person import Person
from voice_coach.rehearsal import Rehearsal
from voice_coach.routine.anatomy import NO_SIDES, OUT_OF_REACH, touches
from voice_coach.routine.body import Side
from voice_coach.routine.body_map import REGION_NAMES
from voice_coach.routine.load import load
from voice_coach.routine.template import Plan, template
from voice_coach.stage import play

Captured = pytest.CaptureFixture[str]


def new(path: Path, answers: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of `new` with these answers, one a line."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
    return main(["new", str(path)])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evening-calf.yaml"


def test_six_answers_make_a_routine(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    assert new(path, "calm-calf\nan easy calf massage\nCalves\neach\n6\nboth\n", monkeypatch) == 0
    assert f"{path}: fine (3 steps, 6:00)" in capsys.readouterr().out
    routine = load(path)
    assert (routine.id, routine.title, routine.people) == ("calm-calf", "an easy calf massage", ("alone", "caregiver"))
    assert [(step.technique.name, step.region, step.sides, step.pressure) for step in routine.steps] == [
        ("stroking", "calf", "each", 1), ("rubbing", "calf", "each", 2), ("stroking", "calf", "each", 1),
    ]  # fmt: skip
    assert [(step.start, step.end) for step in routine.steps] == [("ankle", "knee")] * 3
    assert {"fever", "varicose-lower-leg", "calf-strain"} <= {question.name for question in routine.questions}
    assert "injured-knee" not in {question.name for question in routine.questions}
    assert main(["check", str(path)]) == 0


def test_enter_takes_what_is_usual(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert new(path, "\n\nfoot\n\n\n\n", monkeypatch) == 0
    routine = load(path)
    assert (routine.id, routine.title, routine.people) == ("evening-calf", "evening calf", ("alone",))
    assert routine.seconds == pytest.approx(300, abs=5)


def test_the_sides_of_the_middle_are_not_asked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert new(path, "\n\nsacrum\n4\nhelper\n", monkeypatch) == 0
    assert {step.sides for step in load(path).steps} == {Side.NONE}


@pytest.mark.parametrize(
    ("answers", "named"),
    [
        ("", "There is no answer to “Its short name"),
        ("calf\na calf\n", "There is no answer to “Which part of the body"),
        ("My Calf\n", "'My Calf' does not do; write lower-case letters"),
        ("\npain relief\n", "may not say 'pain'"),
        ("\nx\n", "'x' does not do"),
        (f"\n{'long ' * 20}\n", "at most 80 letters"),
        ("\na\x85calf\n", "all of them visible"),
        ("\n\nclaf\n", "'claf' is no part of the body that I know; did you mean 'calf'"),
        ("\n\ncalf\nupper\n", "'upper' is not a side"),
        ("\n\ncalf\neach\nsoon\n", "'soon' does not do; write a number of minutes"),
        ("\n\ncalf\neach\n600\n", "'600' does not do"),
        ("\n\ncalf\neach\nnan\n", "'nan' does not do"),
        ("\n\ncalf\neach\n5\nnobody\n", "write alone, helper or both"),
        ("\n\nupper back\n\n5\nalone\n", "Nobody reaches that part of their own body"),
        ("\n\nspine\n5\nhelper\n", "There is no routine for that: hands never work on the spine itself"),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_is_written(
    answers: str, named: str, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert new(path, answers, monkeypatch) == 2
    assert named in capsys.readouterr().err
    assert not path.exists()


def test_a_file_that_is_there_is_never_overwritten(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    path.write_text("precious\n")
    assert new(path, "\n\ncalf\n\n\n\n", monkeypatch) == 2
    assert "is there already" in capsys.readouterr().err
    assert path.read_text() == "precious\n"


@pytest.mark.parametrize(
    ("name", "named"), [("calf.txt", "end in .yaml"), ("no/calf.yaml", "does not exist"), ("x" * 300 + ".yaml", "name")]
)
def test_a_place_that_will_not_do(
    name: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert new(tmp_path / name, "", monkeypatch) == 2
    assert named in capsys.readouterr().err


@pytest.mark.parametrize("region", sorted(set(REGION_NAMES.values())))
def test_every_part_of_the_body_can_be_begun_with(region: str, path: Path) -> None:
    for sides in (Side.NONE, Side.EACH, Side.LEFT):
        for people in (("caregiver",), ("alone", "caregiver")):
            plan = Plan("a-try", 'one "try": ünd 1 🦶', region, sides, 7, people)
            unsided = sides is not Side.NONE and region in NO_SIDES
            behind = "alone" in people and any(touches(region, part) for part in OUT_OF_REACH)
            if region == "spine" or unsided or behind:
                with pytest.raises(UserError, match="There is no routine for that"):
                    template(plan)
                continue
            path.write_text(template(plan), "utf-8")
            routine = load(path)
            assert play(routine, Rehearsal((), Person(routine)), lambda line: None) == "finished"


@pytest.mark.parametrize("odd", ["null", "true", "e1"])
def test_an_odd_name_stays_a_name(odd: str, path: Path) -> None:
    path.write_text(template(Plan(odd, "the title", "calf", Side.EACH, 5, ("alone",))))
    assert load(path).id == odd


def test_a_full_disk_leaves_no_file_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    with small_disk(tmp_path / "disk"):
        path, filler = tmp_path / "disk" / "calf.yaml", tmp_path / "disk" / "filler"
        fill(filler)
        assert new(path, "\n\ncalf\n\n\n\n", monkeypatch) == 3
        assert "the disk is full" in capsys.readouterr().err
        assert [each.name for each in path.parent.iterdir()] == ["filler"]
        filler.unlink()
        assert new(path, "\n\ncalf\n\n\n\n", monkeypatch) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a shell as on Unix")
def test_where_there_is_no_input_at_all_nothing_is_written(path: Path) -> None:
    command = [f"exec {sys.executable} -m voice_coach new {path} <&-"]
    done = subprocess.run(command, shell=True, text=True, capture_output=True, env=os.environ, timeout=60)
    assert done.returncode == 2
    assert "There is no answer to" in done.stderr
    assert "Traceback" not in done.stderr
    assert not path.exists()


def test_it_works_through_a_pipe(path: Path) -> None:
    command = [sys.executable, "-m", "voice_coach", "new", str(path)]
    done = subprocess.run(
        command, input="\n\nfoot\n\n3\n\n", text=True, capture_output=True, env=os.environ, timeout=60
    )
    assert (done.returncode, load(path).id) == (0, "evening-calf")
    assert "voice-coach rehearse" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="terminals as on Unix")
def test_on_a_terminal_it_asks_again(path: Path) -> None:
    keyboard, terminal = os.openpty()
    os.write(keyboard, b"My Calf\ncalf\n\nclaf\ncalf\n\n5\n\n")
    command = [sys.executable, "-m", "voice_coach", "new", str(path)]
    done = subprocess.run(command, stdin=terminal, text=True, capture_output=True, timeout=60)
    os.close(keyboard)
    os.close(terminal)
    assert "'My Calf' does not do" in done.stderr
    assert "did you mean 'calf'" in done.stderr
    assert (done.returncode, load(path).id) == (0, "calf")
