"""Bad inputs through the real commands: `python -m benchmarks.badinput --tries 200 --json FILE`.

Good files (routines, settings, recordings, journals, profiles, scripts) are broken at random, always in the same way
for the same seed, and given to the commands that read them. Each must answer with an exit code of its own and at most
some sentences, show no traceback, and leave what was there as it was. A sample of them also runs in processes of its
own, as a person starts them. The exit code is 1 where anything was found, with the seeds to find it again.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.common import HEADINGS, Figure, keep, show, versions
from voice_coach.cli import main as coach
from voice_coach.journal.store import DamagedError, Store
from voice_coach.journal.writer import Journal
from voice_coach.profile import profile_file
from voice_coach.routine.load import find
from voice_coach.sound.wav import WavLoudspeaker
from voice_coach.stage import Line

SAMPLED = 25
"""One of so many tries runs in a process of its own as well."""
LONGEST = 20.0
"""Seconds a command may take for anything."""
NASTY = (
    b"", b"\0", b"\xff\xfe", b"null", b"~", b"[]", b"{}", b"-1", b"0", b"1e999", b".nan", b"99999999999999999999999",
    b"yes", b"2024-02-30", b"0x1G", b"1:99:99", b"&a [*a]", b"*missing", b"!!python/object:os.system x", b"<<: *b",
    b"'", b'"', b"- - - - -", b"? ", b": ", b"\t", b"\r", b"%YAML 9.9\n", b"---\n", b"...\n", b"|\n", b"${HOME}",
    "\u202e".encode(), "\u2028".encode(), "\U0001f9b6".encode(), "é".encode("latin-1"), b"\x1b[2J", b"a" * 3000,
    b"[" * 300, b"{a: " * 200, b"  " * 500, b"&x [*x, *x]", b"stop", b"../..",
)  # fmt: skip


def breaking(good: bytes, dice: random.Random) -> bytes:
    """*good*, broken a little or a lot."""
    data = bytearray(good)
    for _ in range(dice.choice((1, 1, 1, 2, 3, 10, 100))):
        at = dice.randrange(len(data) + 1)
        end = min(len(data), at + dice.choice((1, 1, 2, 4, 20, 200)))
        match dice.randrange(8):
            case 0:
                data[at:end] = bytes(dice.randrange(256) for _ in range(end - at))
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = dice.choice(NASTY)
            case 3:
                data[at:end] = dice.choice(NASTY)
            case 4:
                data[at:at] = data[at:end]
            case 5:
                other = dice.randrange(len(data) + 1)
                data[at:end] = data[other : other + (end - at)]
            case 6:
                if dice.random() < 0.2:
                    del data[at:]
            case _:  # the value of a line, or a word, as a whole
                begin = max(data.rfind(b":", 0, at), data.rfind(b" ", 0, at)) + 1
                stop = data.find(b"\n", begin)
                data[begin : stop if stop >= 0 else len(data)] = b" " + dice.choice(NASTY)
    return bytes(data)


@dataclass
class Kind:
    """One kind of input, and what reads it."""

    name: str
    good: bytes
    path: Path
    """Where it is laid down."""
    commands: tuple[tuple[str, ...], ...]
    kept: Callable[[], bool] = lambda: True
    """Whether nothing was lost, beyond the input itself."""
    changes: bool = False
    """Whether the commands may change the input."""
    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def try_one(self, seed: int) -> None:
        """Break it with *seed*, and give it to the commands."""
        broken = breaking(self.good, random.Random(f"{self.name} {seed}"))
        self.path.write_bytes(broken)
        began = time.perf_counter()
        found = [fault for command in self.commands for fault in told(command)]
        if seed % SAMPLED == 0:
            found += [fault for command in self.commands for fault in started(command)]
        if not self.changes and self.path.read_bytes() != broken:
            found.append("the input was changed")
        if not self.kept():
            found.append("something was lost")
        if found:
            self.faults += [f"{self.name}, seed {seed}: {fault}" for fault in found]
        else:
            self.seconds.append(time.perf_counter() - began)


def told(command: Sequence[str]) -> list[str]:
    """What is wrong with how the command answers, in this process."""
    out, err = io.StringIO(), io.StringIO()
    began = time.perf_counter()
    try:
        with redirect_stdout(out), redirect_stderr(err), warnings.catch_warnings():
            warnings.simplefilter("error")
            code = coach(command)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 99
    except BaseException:
        return [f"{' '.join(command)}: {traceback.format_exc()}"]
    return [
        f"{' '.join(command)}: {fault}"
        for fault in judged(code, err.getvalue(), out.getvalue(), time.perf_counter() - began)
    ]


def started(command: Sequence[str]) -> list[str]:
    """The same, in a process of its own."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "voice_coach", *command],
        capture_output=True, check=False, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    shown, errors = (each.decode(errors="replace") for each in (done.stdout, done.stderr))
    return [
        f"{' '.join(command)}: {fault}" for fault in judged(done.returncode, errors, shown, time.perf_counter() - began)
    ]


def judged(code: int, errors: str, shown: str, seconds: float) -> list[str]:
    """What is wrong with an exit code, what was told, and how long it took."""
    found = []
    if code not in (0, 2, 3):
        found.append(f"exit code {code}: {errors[-300:]}")
    if "Traceback" in errors or "Error:" in errors.replace("PortAudioError:", ""):
        found.append(f"a traceback: {errors[-2000:]}")
    if code and not (errors + shown).strip():
        found.append(f"exit code {code} and not a word")
    if seconds > LONGEST:
        found.append(f"{seconds:.0f} seconds")
    return found


EVENING: list[Line] = [
    {"t": 0.0, "event": "start", "routine": "forearm", "title": "a short forearm massage"},
    {"t": 1.0, "event": "step", "index": 1, "id": "a", "title": "a", "region": "calf", "side": "left", "rung": 0},
    {"t": 2.0, "event": "cue", "cue": "start"},
    {"t": 9.0, "event": "pain", "phrase": "ouch", "region": "calf", "side": "left", "step": "a", "second": 7.0},
    {"t": 99.0, "event": "end", "reason": "stopped"},
]


PROFILE = b"""# What is remembered.
version: 1
body: 'bruise on the right thigh'
spots:
  bruise on the left calf: 2026-11-20
answers:
  varicose-lower-leg: {answer: "yes", when: 2026-11-20}
  fungus: {answer: "no", when: 2026-11-20}
"""


def kinds(folder: Path) -> tuple[Kind, ...]:
    """All of them, in a home of their own at *folder*, save the cache: speech need not be rendered anew."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    homes = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "DATA")}
    os.environ.update(homes | {"HOME": str(folder), "XDG_CACHE_HOME": cache})
    settings = folder / "config" / "voice_coach" / "settings.yaml"
    journal = folder / "data" / "voice_coach" / "journal.sqlite3"
    profile, empty = profile_file(), folder / "empty.wav"
    for path in (settings, journal, profile):
        path.parent.mkdir(parents=True, exist_ok=True)
    routine = find("foot-bath").read_bytes()
    plain = folder / "plain.yaml"
    plain.write_bytes(routine)
    with Journal(journal, lambda text: None) as book:
        for line in EVENING * 20:
            book.tell(line)
    kept_journal = journal.read_bytes()
    journal.unlink()
    sound = folder / "sound.wav"
    with WavLoudspeaker(sound, 16000) as file:
        file.write(np.random.default_rng(1).normal(0, 100, 3000).astype(np.int16))
    with WavLoudspeaker(empty, 16000) as file:
        file.write(np.zeros(160, np.int16))
    page = folder / "page.html"
    page.write_text("what was there before")
    script = b"# evening\n1:30  how long\n95.5  it hurts\n2:10  stop\n"

    def journal_works() -> bool:
        return journal.exists() and written_over(journal)

    def page_is_whole() -> bool:
        text = page.read_text("utf-8")
        return text == "what was there before" or text.endswith("</html>")

    broken, lines = folder / "broken.yaml", folder / "broken.txt"
    return (
        Kind("routine", routine, broken, (("check", str(broken)), ("show", str(broken)))),
        Kind("routine, rehearsed", routine, broken, (("rehearse", str(broken), "--answer", "--quiet"),)),
        Kind(
            "settings",
            b"voice: en-gb-scotland\nwords_per_minute: 150\nmicrophone: USB\nbody: bruise on the right thigh\n",
            settings,
            (("show", "foot-bath"),),
        ),
        Kind("recording", sound.read_bytes(), folder / "broken.wav", (("hear", str(folder / "broken.wav")),)),
        Kind(
            "journal",
            kept_journal,
            journal,
            (("history",), ("report",), ("report", "--csv"), ("report", "--weeks", "9", "--html", str(page))),
            lambda: page_is_whole() and journal_works(),
            changes=True,
        ),
        Kind(
            "profile",
            PROFILE,
            profile,
            (("profile",), ("run", "self-leg", "--microphone", str(empty), "--quiet", "--until", "0.1", "--remember")),
        ),
        Kind(
            "script",
            script,
            lines,
            (("rehearse", "foot-bath", "--script", str(lines), "--answer", "--quiet"),),
        ),
    )


def written_over(journal: Path) -> bool:
    """Whether a session is kept in a damaged journal's place, and the damaged one is not deleted."""
    before = journal.read_bytes()
    warned: list[str] = []
    with Journal(journal, warned.append) as book:
        for line in EVENING:
            book.tell(line)
    aside = list(journal.parent.glob("*.damaged-*"))
    try:
        if any("newer voice-coach" in text for text in warned):
            return journal.read_bytes() == before
        with closing(Store(journal)) as store:
            last = store.session(store.sessions()[-1].id)
        return last is not None and list(last.lines) == EVENING
    except (DamagedError, IndexError):
        return False
    finally:
        for file in (*aside, *journal.parent.glob("journal.sqlite3*")):
            file.unlink(missing_ok=True)


def fuzz(folder: Path, tries: int, seed: int = 0, only: Sequence[str] = ()) -> list[Kind]:
    """Try every kind so often, or *only* those of some names."""
    tried = [kind for kind in kinds(folder) if not only or kind.name in only]
    for kind in tried:
        before = kind.path.read_bytes() if kind.path.exists() else None
        for number in range(seed, seed + tries):
            kind.try_one(number)
        kind.path.unlink(missing_ok=True) if before is None else kind.path.write_bytes(before)
    return tried


def main() -> int:
    """Try, show and keep; 1 when something was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=200, metavar="N", help="of each kind (200)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the first (0)")
    parser.add_argument("--only", action="append", default=[], metavar="KIND", help="this kind only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep all figures")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tried = fuzz(Path(folder), args.tries, args.seed, args.only)
    figures = [Figure(kind.name, "s", tuple(kind.seconds), tries=args.tries) for kind in tried]
    faults = [fault for kind in tried for fault in kind.faults]
    for fault in faults:
        print(fault)
    show("Bad inputs that were answered well, of those tried", HEADINGS, [figure.row() for figure in figures])
    keep(args.json, {"versions": versions(), "figures": [figure.record() for figure in figures], "faults": faults})
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
