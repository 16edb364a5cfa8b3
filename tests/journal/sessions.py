"""Sessions played into a journal, for reports to be made of."""

from __future__ import annotations

from tests.session.routines import routine
from voice_coach.commands import SESSION
from voice_coach.journal.report import Visit, visit
from voice_coach.journal.store import Kept
from voice_coach.person import Person
from voice_coach.rehearsal import Rehearsal, everything
from voice_coach.stage import Line, play


def played(name: str, *script: tuple[float, str], number: int = 1, began: float = 1.8e9) -> Visit:
    """A willing person's session, with what is said at certain seconds."""
    lines: list[Line] = []
    said = [(at, heard) for at, text in script for heard in everything(text, SESSION)]
    assert len(said) >= len(script)
    reason = play(routine(name), Rehearsal(said, Person(routine(name))), lines.append)
    return visit(Kept(number, began, name, routine(name).title, reason, tuple(lines)))
