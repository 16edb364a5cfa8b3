"""The README tells the truth, as far as a machine can tell."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from voice_coach.cli.parser import parser
from voice_coach.commands import Command, Phrases, find_safety, understand
from voice_coach.hearing import models
from voice_coach.preflight import conversation as preflight
from voice_coach.rehearsal import hear
from voice_coach.routine.load import find, load
from voice_coach.routine.model import Routine
from voice_coach.routine.rules import check
from voice_coach.session.events import Effect, Event, Lost, Returned, Say, Spoken, Suspected, Tick, Told, Withdrawn
from voice_coach.settings import load_settings
from voice_coach.stage import Line, converse, play

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"^    (?:\.venv\\Scripts\\)?(voice-coach .*?)(?: {2,}#.*)?$", README, re.M)
ROUTINE, SETTINGS = re.findall(r"```yaml\n(.*?)```", README, re.S)


def table(heading: str) -> list[list[str]]:
    """The rows of the table whose first column has *heading*."""
    found = re.search(rf"^\| {heading} \|.*\n\|[- |]+\n((?:\|.*\n)+)", README, re.M)
    assert found, heading
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in found[1].splitlines()]


def options(top: argparse.ArgumentParser) -> Iterator[str]:
    for action in top._actions:
        yield from action.option_strings
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                yield from options(sub)


# -- commands ------------------------------------------------------------------------------------


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 20


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_is_understood(example: str) -> None:
    args = parser().parse_args(shlex.split(example)[1:])
    routine = getattr(args, "routine", None)
    if routine and not routine.endswith(".yaml"):
        find(routine)
    if args.command == "models" and args.action != "list":
        assert args.name in [entry.name for entry in models.catalogue()]


def test_each_command_has_an_example() -> None:
    commands = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)).choices
    assert {example.split()[1] for example in EXAMPLES} == set(commands)


def test_each_option_exists() -> None:
    ours = README.replace("xcode-select --install", "")
    mentioned = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", ours))
    assert len(mentioned) > 10
    assert mentioned <= set(options(parser()))


def test_make_and_ci_run_what_is_named() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?:`|^    )make ([a-z]+)", README, re.M))
    assert {"run", "test"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.M), target
    assert (ROOT / ".ci" / "run").read_text("utf-8").rstrip().endswith("make test")


def test_each_phrase_does_something() -> None:
    cells = [row[0] for row in table("say")]
    phrases = [phrase.strip() for cell in cells for phrase in re.split("[,·]", cell)]
    meant = {match.command for phrase in phrases if (match := find_safety(phrase) or understand(phrase))}
    assert all(find_safety(phrase) or understand(phrase) for phrase in phrases)
    assert meant == set(Command)


# -- what is shown in full -----------------------------------------------------------------------


def test_the_example_routine_is_sound(tmp_path: Path) -> None:
    (tmp_path / "forearm.yaml").write_text(ROUTINE, "utf-8")
    routine = load(tmp_path / "forearm.yaml")
    assert routine.id == "forearm"
    assert check(routine) == []
    assert "Three and a half minutes" in routine.about
    assert routine.seconds == 210


def test_the_example_settings_are_sound_and_complete(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(SETTINGS, "utf-8")
    settings = load_settings(tmp_path / "settings.yaml")
    assert settings.model_fields_set == set(type(settings).model_fields)


def test_the_example_script_is_understood() -> None:
    script = re.search(r"# evening\.txt\n((?:    .*\n)+)", README)
    assert script
    for line in script[1].splitlines():
        assert hear(line.split(maxsplit=1)[1])


# -- the transcript ------------------------------------------------------------------------------


class Troubled:
    """A stage where somebody says many things and parts fail; each thing happens when the coach has spoken."""

    def __init__(self, happenings: Sequence[str | Event]) -> None:
        self._happenings = list(happenings)
        self._saying: Say | None = None
        self._now = 0.0

    @property
    def quiet(self) -> bool:
        return not self._happenings

    @property
    def now(self) -> float:
        return self._now

    def listen_for(self, phrases: Phrases) -> None:
        pass

    def wait(self, due: float | None) -> tuple[Event, float] | None:
        self._now += 1.0
        if self._saying:
            said, self._saying = Spoken(self._saying.number), None
            return said, self._now
        if self._happenings:
            happened = self._happenings.pop(0)
            event = hear(happened) if isinstance(happened, str) else happened
            assert event, happened
            return event, self._now
        self._now = max(self._now, due or 0.0)
        return (Tick(), self._now) if due is not None else None

    def act(self, effect: Effect) -> None:
        if isinstance(effect, Say):
            self._saying = effect


@pytest.fixture(scope="module")
def transcript() -> list[Line]:
    """The lines of sessions that hold every event and every end between them."""
    foot, leg = load(find("foot-bath")), load(find("self-leg"))
    begun = ["no"] * len(foot.questions) + ["ready", "ready"]
    doubt: list[str | Event] = [Suspected(Command.STOP, "stop"), Withdrawn()]
    sessions: list[tuple[Routine, Sequence[str | Event]]] = [
        (foot, [*begun]),
        (foot, ["yes"]),
        (foot, [Told("feet"), *begun, "pause"]),
        (
            foot,
            [
                *begun,
                "next",
                "skip",
                "louder",
                "go to step five",
                *doubt,
                "faster",
                "pause",
                "continue",
                "i feel dizzy",
            ],
        ),
        (
            foot,
            [
                *begun,
                "ouch",
                Told("strong"),
                Lost("microphone", "It was unplugged."),
                Returned("microphone"),
                "yes",
                "stop",
            ],
        ),
        (leg, ["no"] * len(leg.questions) + ["ready"] * 4 + ["ouch", "yes"] * 3),
    ]
    found: list[Line] = []
    for routine, happenings in sessions:
        play(routine, Troubled(happenings), found.append)
    converse(preflight.begin(), Troubled([]), found.append)
    return found


def test_every_event_and_field_is_described(transcript: list[Line]) -> None:
    described = {row[0].strip("`"): named(row) for row in table("event")}
    seen: dict[str, set[str]] = {}
    for line in transcript:
        seen.setdefault(str(line["event"]), set()).update(set(line) - {"t", "event"})
    assert set(seen) == set(described)
    for event, present in seen.items():
        assert present <= described[event], event


def test_every_reason_of_an_end_is_described(transcript: list[Line]) -> None:
    (row,) = [row for row in table("event") if row[0] == "`end`"]
    assert named(row) - {"reason"} == {line["reason"] for line in transcript if line["event"] == "end"}


def named(row: list[str]) -> set[str]:
    """The names in a row's second cell."""
    return set(re.findall(r"`(\w+)`", row[1]))
