"""The built-in model is built once, and anew when what was written is damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from voice_coach.hearing.builtin import builtin

DAMAGES: dict[str, Callable[[Path], object]] = {
    "a file is missing": lambda model: (model / "am" / "final.mdl").unlink(),
    "a file is empty": lambda model: (model / "am" / "final.mdl").write_bytes(b""),
    "a file is cut short": lambda model: (model / "graph" / "HCLr.fst").write_bytes(b"\0" * 1000),
    "a file has another byte": lambda model: _spoil(model / "am" / "final.mdl"),
    "what it should be is missing": lambda model: (model / "sums.json").unlink(),
    "what it should be is empty": lambda model: (model / "sums.json").write_bytes(b""),
}


def _spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def contents(model: Path) -> dict[str, bytes]:
    return {str(file.relative_to(model)): file.read_bytes() for file in model.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def build(cache: Path) -> tuple[Path, bool]:
    """Where the model is, and whether it was built for this."""
    told: list[int] = []
    return builtin(lambda done, of: told.append(done), cache=cache), bool(told)


def test_it_is_built_once(cache: Path) -> None:
    model, _ = build(cache)
    assert build(cache) == (model, False)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_one_is_built_anew(damage: str, cache: Path) -> None:
    model, _ = build(cache)
    before = contents(model)
    DAMAGES[damage](model)
    assert build(cache) == (model, True)
    assert contents(model) == before
    assert build(cache) == (model, False)
    assert [path.name for path in cache.iterdir()] == [model.name]
