"""The loop and what it writes: every event and effect has its line, and a session that breaks leaves no file."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.session.routines import routine
from voice_coach.commands import Command, Phrases, table
from voice_coach.errors import UserError
from voice_coach.files import Replacement
from voice_coach.person import Person
from voice_coach.rehearsal import Rehearsal
from voice_coach.session.events import Effect, Event, Heard, Hush, Lost, Returned, Say, Spoken, Told
from voice_coach.stage import Line, converse, play
from voice_coach.transcript import TranscriptFile


def heard(command: Command, path: str = "command") -> Heard:
    return Heard(command, command.value, path)


def played(name: str, *script: tuple[float, Heard | Lost | Returned], person: bool = False) -> tuple[str, list[Line]]:
    told: list[Line] = []
    content = routine(name)
    return play(content, Rehearsal(script, Person(content) if person else None), told.append), told


# The end ------------------------------------------------------------------------------------------


def test_a_whole_session_is_finished() -> None:
    reason, told = played("calf")
    assert reason == "finished"
    assert told[0] == {"t": 0.0, "event": "start", "routine": "calf", "title": "calves and soles"}
    assert [line["event"] for line in told].count("end") == 1


def test_when_nobody_speaks_any_more_it_is_unfinished() -> None:
    reason, told = played("screened")
    assert reason == "unfinished"
    assert told[-1]["event"] == "end"
    assert told[-1]["reason"] == "unfinished"


def test_after_stop_it_waits_a_minute_to_be_taken_back() -> None:
    reason, told = played("calf", (20.0, heard(Command.STOP)), (79.0, heard(Command.CONTINUE)))
    assert reason == "finished"
    assert [line["reason"] for line in told if line["event"] == "end"] == ["stopped", "finished"]


def test_a_stop_taken_back_twice() -> None:
    script = [(at, heard(c)) for at, c in enumerate([Command.STOP, Command.CONTINUE] * 2, start=20)]
    reason, told = played("calf", *((float(at), event) for at, event in script))
    assert reason == "finished"
    assert sum(line["event"] == "resumed" for line in told) == 2


def test_stop_repeated_ends_too() -> None:
    """Silence is silence: after the second stop nothing is waited for that will never be spoken."""
    reason, _ = played("calf", (20.0, heard(Command.STOP)), (20.5, heard(Command.STOP)))
    assert reason == "stopped"


# The transcript -----------------------------------------------------------------------------------


def test_every_line_has_a_time_and_can_be_written() -> None:
    commands = [(float(at), heard(c)) for at, c in enumerate([c for c in Command if c is not Command.STOP] * 2, 13)]
    parts: list[tuple[float, Lost | Returned]] = [
        (100.0, Lost("microphone", "It is gone.")),
        (110.0, Returned("microphone")),
    ]
    _, told = played("calf", *commands, *parts, (120.0, heard(Command.STOP)))
    times = [line["t"] for line in told]
    assert times == sorted(times, key=lambda t: float(str(t)))
    for line in told:
        assert json.loads(json.dumps(line)) == line


def test_the_documented_events_are_told_with_their_keys() -> None:
    _, told = played(
        "calf",
        (14.0, heard(Command.PAUSE)),
        (20.0, heard(Command.CONTINUE)),
        (30.0, heard(Command.PAIN, "safety")),
        (40.0, heard(Command.YES)),
        (50.0, heard(Command.LOUDER)),
    )
    keys: dict[str, set[str]] = {}
    for line in told:
        keys.setdefault(str(line["event"]), set()).update(line)
    wanted = {
        "start": {"routine", "title"}, "say": {"text", "number", "earcon"}, "said": {"number"},
        "heard": {"command", "phrase", "path", "word_end"}, "hush": set(), "cue": {"cue"},
        "step": {"routine", "index", "id", "side", "gentler_of"},
        "pain": {"routine", "phrase", "step", "side", "second"},
        "paused": {"why"}, "resumed": set(), "end": {"reason"}, "tempo": {"per_minute"}, "volume": {"decibels"},
        "earcon": {"earcon"},
    }  # fmt: skip
    for event, more in wanted.items():
        assert {"t", "event"} | more <= keys[event], event


def test_a_gentler_step_names_the_step_it_is_gentler_than() -> None:
    _, told = played("calf", (20.0, heard(Command.PAIN)), (30.0, heard(Command.YES)))
    steps = [line for line in told if line["event"] == "step"]
    assert [step["gentler_of"] for step in steps[:2]] == [None, "stroke"]


# The file -----------------------------------------------------------------------------------------


def test_the_transcript_file_holds_a_line_each(tmp_path: Path) -> None:
    path = tmp_path / "transcript.jsonl"
    with TranscriptFile(path) as file:
        file.tell({"t": 0.0, "event": "say", "text": "naïve “quotes”"})
        file.tell({"t": 1.0, "event": "end"})
        assert not path.exists()
    assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == [
        {"t": 0.0, "event": "say", "text": "naïve “quotes”"},
        {"t": 1.0, "event": "end"},
    ]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RuntimeError])
def test_a_session_that_breaks_leaves_what_was_there(failure: type[BaseException], tmp_path: Path) -> None:
    path = tmp_path / "transcript.jsonl"
    path.write_text("precious")

    def breaks(line: Line) -> None:
        file.tell(line)
        if line["event"] == "said":
            raise failure

    with pytest.raises(failure), TranscriptFile(path) as file:
        play(routine("calf"), Rehearsal(), breaks)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    with Replacement(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(UserError, match="cannot be written"):
        Replacement(tmp_path / "a")


def test_closing_or_abandoning_twice_does_nothing(tmp_path: Path) -> None:
    file = Replacement(tmp_path / "file")
    file.write(b"text")
    file.close()
    file.close()
    file.abandon()
    assert file.closed
    assert (tmp_path / "file").read_bytes() == b"text"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_is_not_finished_by_then_is_not_there(tmp_path: Path) -> None:
    file = Replacement(tmp_path / "file")
    file.write(b"text")
    file.rewrite(b"T")
    file.abandon()
    file.close()
    assert list(tmp_path.iterdir()) == []


# Several conversations ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Guessing:
    """A conversation about one word."""

    word: str
    saying: bool = True
    guessed: bool = False
    due: float | None = None

    @property
    def phrases(self) -> Phrases:
        return table([], [self.word])

    @property
    def ended(self) -> str | None:
        return "guessed" if self.guessed else None

    def over(self, now: float) -> bool:
        return self.guessed

    def advance(self, event: Event, now: float) -> tuple[Guessing, tuple[Effect, ...]]:
        if isinstance(event, Told):
            return replace(self, guessed=True, saying=False), (Hush(),)
        return replace(self, saying=not isinstance(event, Spoken) and self.saying), ()


def guess(word: str) -> tuple[Guessing, tuple[Effect, ...]]:
    return Guessing(word), (Say(("Which word do I mean?",), 1),)


def test_a_conversation_is_played_before_a_session_on_the_same_stage_and_clock() -> None:
    told: list[Line] = []
    stage = Rehearsal([(5.0, Told("oil")), (30.0, heard(Command.STOP))], None)
    assert converse(guess("oil"), stage, told.append).guessed
    assert stage.now == 5.0
    assert play(routine("calf"), stage, told.append) == "stopped"
    happened = [(line["event"], line["t"]) for line in told]
    assert happened[:5] == [("say", 0.0), ("said", 1.875), ("told", 5.0), ("hush", 5.0), ("start", 5.0)]
    assert ("heard", 30.0) in happened


def test_what_one_conversation_listens_for_means_nothing_in_the_next() -> None:
    told: list[Line] = []
    stage = Rehearsal([(5.0, Told("oil")), (6.0, Told("oil"))], None)
    converse(guess("oil"), stage, told.append)
    assert play(routine("calf"), stage, told.append) == "finished"


def test_a_conversation_nobody_answers_is_unfinished() -> None:
    told: list[Line] = []
    assert not converse(guess("oil"), Rehearsal(), told.append).guessed
    assert told[-1] == {"t": 1.875, "event": "end", "reason": "unfinished"}
