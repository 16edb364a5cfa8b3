"""What all benchmarks share: figures, what they were measured with, and how they are shown and kept."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import voice_coach
from voice_coach.files import Replacement

SYNTHETIC = "All speech is synthetic: eSpeak NG voices, no human speakers."


@dataclass(frozen=True)
class Figure:
    """Many measurements of one thing."""

    name: str
    unit: str
    values: tuple[float, ...]
    tries: int | None = None
    """How many times it was tried, where some may have failed."""

    @property
    def median(self) -> float:
        """The middle one; not a number where there is none."""
        return float(np.median(self.values)) if self.values else float("nan")

    @property
    def p95(self) -> float:
        """What 95 of 100 stay below."""
        return float(np.percentile(self.values, 95)) if self.values else float("nan")

    def record(self) -> dict[str, Any]:
        """For JSON."""
        spread = {"median": round(self.median, 4), "p95": round(self.p95, 4)} if self.values else {}
        tries = {} if self.tries is None else {"tries": self.tries}
        kept = [round(value, 4) for value in self.values]
        return {"name": self.name, "unit": self.unit, "n": len(kept), **tries, **spread, "values": kept}

    def row(self) -> tuple[str, ...]:
        """For the table, under HEADINGS."""
        count = f"{len(self.values)}" + ("" if self.tries is None else f" of {self.tries}")
        if not self.values:
            return self.name, count, "-", "-", self.unit
        return self.name, count, f"{self.median:.3f}", f"{self.p95:.3f}", self.unit


HEADINGS = ("what", "n", "median", "p95", "unit")


def versions() -> dict[str, Any]:
    """The machine, the program itself and everything installed."""
    return {
        "voice_coach_sha256": _PROGRAM,
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "packages": {each.name: each.version for each in sorted(distributions(), key=lambda each: each.name.lower())},
    }


def _program() -> str:
    """A fingerprint of the program: of its code, its rules and its trained weights."""
    folder = Path(voice_coach.__file__).parent
    whole = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".npz")):
        whole.update(f"{path.relative_to(folder).as_posix()} {sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


_PROGRAM = _program()
"""As it was when this run began."""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


@dataclass(frozen=True)
class Ran:
    """How a command went."""

    seconds: float
    """Wall time."""
    processor_seconds: float
    """Of all its processes; 0 where the system does not tell."""
    peak_memory: float
    """Of the largest of its processes, MB; 0 where the system does not tell."""
    output: str


def command(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> Ran:
    """Run `voice-coach` with *arguments* in a process of its own. Raises RuntimeError when it fails."""
    began = time.perf_counter()
    child = start(*arguments, environment=environment)
    assert child.stdout
    output = child.stdout.read()
    if sys.platform == "win32":
        memory = processor = 0.0
        code = child.wait()
    else:
        _, status, usage = os.wait4(child.pid, 0)
        code = child.returncode = os.waitstatus_to_exitcode(status)
        processor = usage.ru_utime + usage.ru_stime
        memory = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    child.stdout.close()
    if code:
        raise RuntimeError(f"voice-coach {' '.join(map(str, arguments))} gave {code}: {output}")
    return Ran(time.perf_counter() - began, processor, memory, output)


def start(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """The same, running; its output and errors come through one pipe."""
    return subprocess.Popen(
        [sys.executable, "-m", "voice_coach", *map(str, arguments)],
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def show(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; columns of figures stand to the right."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left", no_wrap=bool(place))
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False)
    Console(highlight=False, width=None if console.is_terminal else 150).print(table)


def keep(path: Path | None, report: Mapping[str, Any], quiet: bool = False) -> None:
    """Write the report as JSON, whole or not at all, if it is wanted."""
    if path is not None:
        with Replacement(path) as file:
            file.write((json.dumps(report, indent=1, ensure_ascii=False) + "\n").encode())
        if not quiet:
            print(f"All figures are in {path}.")
