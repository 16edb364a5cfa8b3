"""Each rule as an author meets it: a shipped file loads; changed in one place, it breaks that rule alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_coach.routine.load import RoutineError, load, shipped_folder
from voice_coach.routine.rules import RULES

# Rule: the file, what stands there, what is written instead, the text in the line that is named, part of the fix.
CASES: dict[str, tuple[str, str, str, str, str]] = {
    "R1": ("leg-classic", "from: ankle\n    to: knee", "from: knee\n    to: ankle", "from: knee", "turn it round"),
    "R2": ("leg-back", "calf\n    technique: stroking\n    region: calf\n    sides: each\n    duration",
           "calf\n    technique: stroking\n    region: knee_nodes\n    sides: each\n    duration", "knee_nodes",
           "beside them"),
    "R3": ("foot-bath", "pressure: 3", "pressure: 4", "pressure: 4", "change by 1"),
    "R4": ("leg-classic", "tempo: 50", "tempo: 101", "tempo: 101", "at most 100"),
    "R5": ("japanese-legs", "point: 5 s", "point: 11 s", "seconds_per_point: 11", "at most 10 s"),
    "R6": ("back-stages", "region: back\n", "region: spine\n", "region: spine", "beside_spine"),
    "R7": ("back-stages", "patting\n    region: upper_back", "patting\n    region: lower_back",
           "region: lower_back", "stroke"),
    "R8": ("leg-back", "stroking\n    region: back_of_knee", "vibration\n    region: back_of_knee", "vibration",
           "only stroke"),
    "R9": ("leg-front", "tempo: 30\n    pressure: 1", "tempo: 30\n    pressure: 2", "pressure: 2", "at most 1"),
    "R10": ("sport-prepare", "tempo: 20\n    pressure: 2", "tempo: 20\n    pressure: 3", "pressure: 3", "at most 2"),
    "R11": ("leg-classic", " varicose-lower-leg,", "", "id: stronger", "varicose-lower-leg"),
    "R12": ("foot-bath", "region: heel", "region: sole", "pressure: 3", "at most 2"),
    "R13": ("leg-back", "pressure: 3\n    seconds_per", "pressure: 4\n    seconds_per", "pressure: 4", "at most 3"),
    "R14": ("leg-classic", "repetitions: 7", "repetitions: 8", "repetitions: 8", "at most 7"),
    "R15": ("leg-classic", ", calf-strain]", "]", "id: stronger", "calf-strain"),
    "R16": ("leg-classic", "pressure: 2\n", "pressure: 2\n    gentler: []\n", "id: stronger", "add a rung"),
    "H1": ("leg-classic", "[fever, ", "[", "questions:", "fever"),
    "H2": ("cast-leg", "[flag-chest, ", "[fever, ", "red_flags", "leads to red_flag"),
    "H3": ("cast-leg", "  - cast-days\n", "", "doctor-agreed", "cast-days"),
    "H4": ("foot-bath", "gate: true", "gate: false", "id: soak", "gate: true"),
    "H5": ("back-techniques", "[caregiver]", "[alone]", "region: back", "people: [caregiver]"),
    "H6": ("back-stages", "region: sacrum\n", "region: sacrum\n    sides: left\n", "sides: left", "delete"),
    "H7": ("cast-leg", "check_ins: [15 s]", "check_ins: [25 s]", "check_ins", "at most 20 s"),
    "H8": ("foot-bath", "longest: 15 min", "longest: 25 min", "longest: 25 min", "20 min"),
    "H9": ("foot-bath", "Dry them softly, and dry well between all the toes.", "Dry them softly.", "id: oil", "tend"),
}  # fmt: skip
EVERYWHERE = ("H4",)
"""Broken only when it is changed in all places."""


@pytest.mark.parametrize("rule", CASES)
def test_a_file_that_breaks_one_rule_is_told_which_where_and_what_mends_it(rule: str, tmp_path: Path) -> None:
    name, kept, broken, named, fix = CASES[rule]
    text = (shipped_folder() / f"{name}.yaml").read_text("utf-8")
    assert kept in text
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    assert load(path).id == name
    worse = text.replace(kept, broken, -1 if rule in EVERYWHERE else 1)
    path.write_text(worse, "utf-8")
    with pytest.raises(RoutineError) as raised:
        load(path)
    faults = str(raised.value).splitlines()
    assert all(f"({rule})" in fault for fault in faults), faults
    lines = worse.splitlines()
    places = [lines[int(fault.removeprefix(f"{path}:").split(":")[0]) - 1] for fault in faults]
    assert any(named in place for place in places), places
    assert any(fix in fault.split(f"({rule})")[1] for fault in faults), faults


def test_every_rule_is_broken_once() -> None:
    assert list(CASES) == [rule.number for rule in RULES]
