"""Faults survived of faults tried: `python -m benchmarks.faults --json FILE`.

The tests that make the faults of the README's table happen are run, and counted by fault: real sessions over a sound
server, processes that are killed, disks that are full. A fault is survived where all that its tests look for was so:
the person is told, hands-on work pauses, nothing is lost, and it goes on when the part returns. A try that could not be
made on this machine is not counted. The exit code is 1 where a fault was not survived, or never tried.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.common import keep, show, versions
from tests.faults import FAULTS, Fault
from tests.test_faults_told import WHERE


class Tally:
    """A plugin of pytest that counts tries by fault."""

    def __init__(self) -> None:
        self.tried: Counter[Fault] = Counter()
        self.survived: Counter[Fault] = Counter()
        self._shows: dict[str, tuple[Fault, ...]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep only the tests that make a fault happen."""
        for item in items:
            self._shows[item.nodeid] = getattr(getattr(item, "obj", None), "shows", ())
        items[:] = [item for item in items if self._shows[item.nodeid]]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test was made ready (which fails where that cannot be), run, or cleared away."""
        if report.skipped or (report.when != "call" and not report.failed):
            return
        self.tried.update(self._shows[report.nodeid])
        if report.passed:
            self.survived.update(self._shows[report.nodeid])


def main() -> int:
    """Try, show and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep all figures")
    parser.add_argument("--only", metavar="EXPRESSION", help="these tests only, as `pytest -k` takes them")
    args = parser.parse_args()
    tally = Tally()
    files = [str(import_module(module).__file__) for module in WHERE]
    chosen = ["-k", args.only] if args.only else []
    os.environ.pop("PYTEST_ADDOPTS", None)
    pytest.main(["-q", "-p", "no:cacheprovider", *chosen, *files], plugins=[tally])
    rows = [(fault.breaks, f"{tally.survived[fault]} of {tally.tried[fault]}") for fault in FAULTS]
    survived = sum(tally.survived[fault] == tally.tried[fault] > 0 for fault in FAULTS)
    tried = sum(tally.tried[fault] > 0 for fault in FAULTS)
    show("Faults", ("what breaks", "survived of tries"), rows)
    print(f"{survived} faults survived of {tried} tried, of {len(FAULTS)} in the table.")
    figures = [
        {"fault": fault.breaks, "tried": tally.tried[fault], "survived": tally.survived[fault]} for fault in FAULTS
    ]
    keep(args.json, {"versions": versions(), "survived": survived, "tried": tried, "faults": figures})
    return int(survived < len(FAULTS))


if __name__ == "__main__":
    sys.exit(main())
