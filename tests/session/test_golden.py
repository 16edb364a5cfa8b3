"""Scripted sessions as text: each file of golden/ tells a story, and is played from its script to its transcript.

A file is a comment that tells the story, `routine: NAME`, perhaps `answers: yes` (a willing person answers what
the script leaves open), the script as `rehearse --script` reads it (and `lost PART` or `returned PART`), a line
of dashes, and what happened. After a change that is meant, write the transcripts anew with

    VOICE_COACH_WRITE_GOLDEN=1 pytest tests/session/test_golden.py

and read the difference before committing it. Each file that changed fails once, so that this never passes
unseen; where CI is set, nothing is written.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.session.routines import routine
from voice_coach.person import Person
from voice_coach.rehearsal import Rehearsal, hear
from voice_coach.session.events import Event, Lost, Returned
from voice_coach.stage import Line, play

FOLDER = Path(__file__).with_name("golden")
RULE = "-" * 40 + "\n"
WRITE = bool(os.environ.get("VOICE_COACH_WRITE_GOLDEN")) and not os.environ.get("CI")


@dataclass(frozen=True)
class Story:
    """What a golden file says before its transcript."""

    routine: str
    answers: bool
    script: tuple[tuple[float, Event], ...]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_story(path: Path) -> None:
    before, rule, golden = path.read_text("utf-8").partition(RULE)
    played = transcript(read_story(before))
    if WRITE and played != golden:
        path.write_text(before + RULE + played, "utf-8")
        pytest.fail(f"{path.name} was written anew; read the difference")
    assert rule, f"{path.name} needs a line of {len(RULE) - 1} dashes between script and transcript"
    assert played == golden


def test_every_story_is_told_and_ends_or_waits_for_a_reason() -> None:
    paths = sorted(FOLDER.glob("*.txt"))
    assert len(paths) >= 20
    assert all(path.read_text("utf-8").startswith("# ") for path in paths)


def read_story(text: str) -> Story:
    """The part of a golden file before the dashes."""
    named, answers, script = "", False, list[tuple[float, Event]]()
    for line in text.splitlines():
        match line.partition("#")[0].split(maxsplit=1):
            case []:
                pass
            case ["routine:", name]:
                named = name.strip()
            case ["answers:", "yes"]:
                answers = True
            case [at, said]:
                script.append((float(at), _event(said.strip())))
            case _:
                raise ValueError(line)
    return Story(named, answers, tuple(script))


def _event(said: str) -> Event:
    match said.split():
        case ["lost", part]:
            return Lost(part, f"The {part} is gone.")
        case ["returned", part]:
            return Returned(part)
    heard = hear(said)
    assert heard is not None, f"{said!r} is no command"
    return heard


def transcript(story: Story) -> str:
    """What happens, a line each."""
    told: list[str] = []
    person = Person(routine(story.routine)) if story.answers else None
    play(routine(story.routine), Rehearsal(story.script, person), lambda line: told.extend(_told(line)))
    return "".join(f"{line}\n" for line in told)


def _told(line: Line) -> list[str]:
    told = _words(line)
    return [] if told is None else [f"{float(str(line['t'])):7.2f}  {told}"]


def _words(line: Line) -> str | None:
    match line:
        case {"event": "say", "text": text, "earcon": earcon}:
            return f"{f'({earcon}) ' if earcon else ''}{text}"
        case {"event": "heard", "phrase": phrase, "path": path}:
            return f"{'!' if path == 'safety' else '>'} {phrase}"
        case {"event": "earcon", "earcon": earcon}:
            return f"({earcon})"
        case {"event": "step", "index": index, "id": name, "side": side, "rung": rung}:
            return f"-- step {index} {name} {side}{f', gentler {rung}' if rung else ''}"
        case {"event": "said"}:
            return None
        case {"event": "note", "text": text}:
            return f"-- {text}"
        case {"event": event}:
            rest = " ".join(f"{key}={value}" for key, value in line.items() if key not in ("t", "event", "text"))
            return f"-- {event} {rest}".rstrip()
    return None
