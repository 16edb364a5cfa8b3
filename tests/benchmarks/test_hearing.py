"""The benchmark of hearing works from beginning to end, on synthetic speech. How good the figures are is its matter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot copy a process")
@pytest.mark.timeout(600)
def test_the_quick_benchmark_measures_every_part_and_draws_its_pictures(tmp_path: Path) -> None:
    file = tmp_path / "hearing.json"
    command = [sys.executable, "-W", "error", "-m", "benchmarks.hearing", "--quick", "--json", str(file)]
    ran = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    report = json.loads(file.read_text("utf-8"))
    results = report["results"]
    assert results["failed"] == []
    assert {"ours", "finals only", "half duplex"} <= set(results["over"])
    assert results["talk"]["ours"]["clean"]["ends"]["hours"] > 0
    assert results["everywhere"]["moments"] >= 2
    # With the spotter as sure as it is, the knob of the curve gives what the program hears.
    spotted = [record for record in report["records"] if record.get("shifted") and record["part"] == "word"]
    assert spotted
    assert all(record["shifted"]["0.0"] is (record["ended"] is not None) for record in spotted)
    # A detector of any voice misses no word, and half duplex hears none while the coach speaks: both know the truth.
    assert results["silent"]["any voice 0.2"]["clean"]["missed pain, synthetic"]["share"] < 0.3
    assert results["over_all"]["half duplex"]["missed"]["share"] == 1.0
    assert 0 < report["cost"]["core_share"] < 1
    assert "All speech is synthetic" in ran.stdout
    for name in ("hearing-detection.svg", "hearing-reaction.svg"):
        assert ElementTree.parse(tmp_path / name).getroot().tag.endswith("svg")
