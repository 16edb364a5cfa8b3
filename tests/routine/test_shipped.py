"""What comes with the coach: complete, in step with its schemas, and pleasant to listen to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from tests.test_sentences import of
from voice_coach.commands import find_safety
from voice_coach.routine.load import LIBRARY, library, load, shipped, shipped_folder
from voice_coach.routine.model import Outcome, Routine, Rung
from voice_coach.routine.schema import KINDS, Kind, schema

SHARED = library(shipped_folder())
CATALOGUE = (
    *("foot-bath", "self-leg", "self-lymph", "self-roller", "cast-leg", "fracture-simple", "post-cast-swelling"),
    *("post-cast-moves", "leg-front", "leg-back", "leg-classic", "leg-relaxing", "foot-pedicure", "back-stages"),
    *("back-techniques", "recovery-body", "sport-prepare", "sport-prevent", "japanese-legs", "egyptian-feet"),
    *("muscle-water", "muscle-body", "muscle-stretch"),
)


def test_the_catalogue_is_complete() -> None:
    assert sorted(path.stem for path in shipped()) == sorted(CATALOGUE)


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_a_shipped_routine_loads_under_its_name(path: Path) -> None:
    routine = load(path)
    assert routine.id == path.stem
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=./routine.schema.json\n")
    assert 4 * 60 <= routine.seconds <= 30 * 60


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_what_is_said_is_short(path: Path) -> None:
    for text in said(load(path)):
        assert not find_safety(text)
        assert len(text.split()) <= 32, text
        for sentence in re.split(r"[.?:;] ?", text):
            assert len(sentence.split()) <= 18, sentence


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_nothing_is_promised(path: Path) -> None:
    promises = r"\b(cures?|heals?|immun\w+|toxins?|detox\w*|slim\w*|cellulite|tumou?rs?|ointment|guarantee\w*)\b"
    for text in said(load(path)):
        assert not re.search(promises, text.lower()), text


def said(routine: Routine) -> Iterator[str]:
    """Everything the routine has the coach say, its title too."""
    yield routine.title
    yield from of(routine)


@pytest.mark.parametrize("name", SHARED.techniques)
def test_a_technique_keeps_its_limits_and_leads_down_to_rest(name: str) -> None:
    technique = SHARED.techniques[name]
    limit = {"rubbing": 100, "kneading": 60}.get(technique.kind)
    assert limit is None or (technique.fastest or 999) <= limit
    levels = [rung.pressure for rung in technique.gentler]
    assert levels == sorted(set(levels), reverse=True)
    assert (levels[-1:] == [0]) or technique.kind == "resting"


def test_the_library_holds_nothing_that_is_not_used() -> None:
    routines = [load(path) for path in shipped()]
    used = {step.technique.name for routine in routines for step in routine.steps}
    asked = {question.name for routine in routines for question in (*routine.questions, *routine.red_flags)}
    assert used == set(SHARED.techniques)
    assert asked == set(SHARED.questions)


def test_every_step_that_touches_has_a_lower_rung_at_hand() -> None:
    for path in shipped():
        for step in load(path).steps:
            first: Rung | None = step.ladder[0] if step.ladder else None
            assert step.pressure == 0 or (first is not None and first.pressure < step.pressure)


def test_a_healing_leg_always_has_the_whole_chain_of_red_flags() -> None:
    chain = {name for name, question in SHARED.questions.items() if question.yes is Outcome.RED_FLAG}
    for name in ("cast-leg", "fracture-simple", "post-cast-swelling", "post-cast-moves"):
        routine = load(shipped_folder() / f"{name}.yaml")
        assert {question.name for question in routine.red_flags} == chain
        assert any("agreement" in question.topics for question in routine.questions)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schemas_are_in_step_with_the_models(kind: Kind) -> None:
    """When this fails, run: python -m voice_coach.routine.schema"""
    committed = (shipped_folder() / f"{kind}.schema.json").read_text("utf-8")
    assert json.loads(committed) == json.loads(schema(kind))


EDITOR = Draft7Validator(json.loads(schema()))
"""What an editor makes of the schema."""


def written(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text("utf-8"))


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_an_editor_finds_a_shipped_routine_fine(path: Path) -> None:
    assert [error.message for error in EDITOR.iter_errors(written(path))] == []


@pytest.mark.parametrize("kind", ["techniques", "questions"])
def test_an_editor_finds_the_library_fine(kind: Kind) -> None:
    editor = Draft7Validator(json.loads(schema(kind)))
    assert [error.message for error in editor.iter_errors(written(shipped_folder() / f"{kind}.yaml"))] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("region", "forarm"),
        ("technique", "rubing"),
        ("sides", "middle"),
        ("pressure", 7),
        ("tempo", "fast"),
        ("colour", "blue"),
        ("whom", "everybody"),
    ],
)
def test_an_editor_marks_what_is_wrong_with_a_step(key: str, value: object) -> None:
    routine = written(shipped_folder() / "leg-classic.yaml")
    routine["steps"][1][key] = value
    assert [list(error.absolute_path)[:2] for error in EDITOR.iter_errors(routine)] == [["steps", 1]]


def test_the_schema_offers_what_the_library_holds() -> None:
    offered = json.loads(schema())
    assert offered["definitions"]["Step"]["properties"]["technique"]["enum"] == list(SHARED.techniques)
    assert "calf" in offered["definitions"]["Step"]["properties"]["region"]["enum"]
    assert offered["$schema"] == "http://json-schema.org/draft-07/schema#"
    references = set(re.findall(r'"#/([^"]+)"', schema()))
    assert references
    assert all(reference.split("/")[1] in offered["definitions"] for reference in references)


def test_the_library_files_are_no_routines() -> None:
    assert not {path.stem for path in shipped()} & set(LIBRARY)
