"""What each step toward the end of the word gained, by one synthetic voice."""

from __future__ import annotations

from pathlib import Path

from benchmarks.steps import gather, reactions, steps


def test_every_step_hears_stop_and_partial_results_hear_it_first(tmp_path: Path) -> None:
    (sound,) = gather(None, 1)
    heard = {name: reactions(make(), sound) for name, make in steps(tmp_path).items()}
    sums = {name: sum(hush for hush, _ in of if hush is not None) for name, of in heard.items()}
    assert [len(of) for of in heard.values()] == [2] * 5
    assert all(hush is not None and ended is not None and hush <= ended for of in heard.values() for hush, ended in of)
    assert sums["final results"] > sums["+ partial results"] >= sums["+ small blocks"]
