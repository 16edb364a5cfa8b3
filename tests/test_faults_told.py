"""The README's table of faults is the one that the tests make happen.

After a change, VOICE_COACH_WRITE_TABLE=1 writes it anew.
"""

from __future__ import annotations

import os
import re
from importlib import import_module
from pathlib import Path

from tests.faults import FAULTS, Fault, table
from voice_coach.commands import find_safety

README = Path(__file__).parents[1] / "README.md"
WHERE = (
    "tests.journal.test_commands",
    "tests.journal.test_damaged",
    "tests.journal.test_ended",
    "tests.journal.test_killed",
    "tests.journal.test_writer",
    "tests.live.test_faults",
    "tests.live.test_live",
)
TABLE = re.compile(r"^\| breaks \|.*\n(?:\|.*\n)+", re.M)


def test_the_readme_has_the_table() -> None:
    text = README.read_text("utf-8")
    if os.environ.get("VOICE_COACH_WRITE_TABLE") == "1":
        text = TABLE.sub(lambda found: table(), text)
        README.write_text(text, "utf-8")
    assert TABLE.findall(text) == [table()]


def test_every_fault_is_made_to_happen_by_a_test() -> None:
    tested: set[Fault] = set()
    for module in map(import_module, WHERE):
        for name, test in vars(module).items():
            if name.startswith("test_"):
                tested |= set(getattr(test, "shows", ()))
    assert tested == set(FAULTS)


def test_what_is_told_of_a_fault_holds_no_safety_word() -> None:
    for fault in FAULTS:
        assert not find_safety(fault.aloud), fault
