"""From a session's lines to what a caregiver or therapist wants to know: what was done, and what was too strong."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from voice_coach.journal.store import DamagedSessionError, Kept
from voice_coach.profile import EVERYBODY
from voice_coach.routine.body import REGIONS, Area, Side
from voice_coach.stage import Line

GOING_ON = "going on"
"""What takes the place of a reason while the session goes on."""
ENDS = {
    "finished": "finished",
    "stopped": "ended early, by request",
    "pain": "ended after a third report",
    "red_flag": "ended at a warning sign",
    "declined": "not begun: a question spoke against it",
    "unfinished": "broken off",
    None: "broken off",
    GOING_ON: "going on",
}
"""A session's end, in words."""


@dataclass
class Work:
    """One step on one side, or a gentler way of it."""

    index: int
    """Of the step, from 1."""
    step: str
    title: str
    region: str
    side: str
    rung: int
    """0, or how far down the ladder of gentler ways."""
    begun: float
    """When it was announced, seconds from the start of the session."""
    ended: float
    hands_on: float = 0.0
    """Seconds."""
    outcome: str = ""
    """"done", "moved on", "gentler", "too strong", "skipped" or "broken off"."""


@dataclass(frozen=True)
class Discomfort:
    """One report of discomfort."""

    at: float
    """Seconds from the start of the session."""
    phrase: str
    title: str
    """Of the step; empty when no hands were on."""
    region: str
    side: str
    second: float | None
    """Of the step."""
    strength: str = ""
    """As it was told, "7 of 10" or "strong" say; empty where it was not."""


@dataclass(frozen=True)
class LeftOut:
    """An area that was not touched, or not any more, or only lightly."""

    at: float
    region: str
    side: str
    why: str
    light: bool = False
    """Whether it was only stroked lightly, instead."""

    @property
    def how(self) -> str:
        """What became of it, in words."""
        return "light strokes at most" if self.light else "left out"


@dataclass(frozen=True)
class Fault:
    """A part that was lost for a while."""

    at: float
    part: str
    reason: str


@dataclass(frozen=True)
class Visit:
    """One session, told from its lines."""

    number: int
    began: datetime
    routine: str
    title: str
    reason: str | None
    seconds: float
    work: tuple[Work, ...] = ()
    discomforts: tuple[Discomfort, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    faults: tuple[Fault, ...] = ()
    resumed: bool = False
    """Whether it went on where the one before had ended."""
    person: str = EVERYBODY
    """Who was massaged, as `--person` names them."""

    @property
    def hands_on(self) -> float:
        """Seconds of work."""
        return sum(work.hands_on for work in self.work)


@dataclass
class _Reading:
    """What is known while the lines are read."""

    work: list[Work] = field(default_factory=list)
    discomforts: list[Discomfort] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    resumed: bool = False
    running: float | None = None
    """Since when the clock of the last work runs."""

    def halt(self, t: float, outcome: str = "") -> None:
        """The clock stands still; perhaps the last work is over."""
        if not self.work:
            return
        work = self.work[-1]
        if self.running is not None:
            work.hands_on += t - self.running
            self.running = None
        if not work.outcome:
            work.ended, work.outcome = t, outcome

    def read(self, line: Line) -> None:
        t = float(str(line["t"]))
        match line:
            case {"event": "step"}:
                rung = int(str(line.get("rung", 0)))
                last = self.work[-1] if self.work else None
                gentler = bool(last and rung > last.rung and last.step == line["id"])
                self.halt(t, "gentler" if gentler else "moved on")
                self.work.append(_work(line, rung, t))
            case {"event": "cue", "cue": "start"} | {"event": "earcon", "earcon": "start"}:
                self.halt(t)
                self.running = t
            case {"event": "cue", "cue": "end"}:
                self.halt(t, "done")
            case {"event": "pain"}:
                self.halt(t, "too strong" if "step" in line else "")
                self.discomforts.append(self._discomfort(line, t))
            case {"event": "strength", "strength": told} if self.discomforts:
                self.discomforts[-1] = replace(self.discomforts[-1], strength=str(told))
            case {"event": "paused"}:
                self.halt(t)
            case {"event": "end"}:
                self.halt(t, "broken off")
            case {"event": "resumed"} if self.work and self.work[-1].outcome == "broken off":
                self.work[-1].outcome = ""
            case {"event": "note", "skipped": _}:
                self.halt(t)
                if self.work:
                    self.work[-1].outcome, self.work[-1].ended = "skipped", t
            case {"event": "note", "left_out": region, "side": side, "why": why}:
                self.left_out.append(LeftOut(t, str(region), str(side), str(why)))
            case {"event": "note", "eased": region, "side": side, "why": why}:
                self.left_out.append(LeftOut(t, str(region), str(side), str(why), light=True))
            case {"event": "note", "question": "go-on-there", "answer": True}:
                self.resumed = True
            case {"event": "lost", "part": part, "reason": reason}:
                self.faults.append(Fault(t, str(part), str(reason)))

    def _discomfort(self, line: Line, t: float) -> Discomfort:
        title = self.work[-1].title if "step" in line and self.work else ""
        second = line.get("second")
        return Discomfort(
            t,
            str(line.get("phrase", "")),
            title,
            str(line.get("region", "")),
            str(line.get("side", "none")),
            None if second is None else _seconds(second),
        )


def _seconds(told: object) -> float:
    seconds = float(str(told))
    if not math.isfinite(seconds):
        raise ValueError(told)
    return seconds


def _work(line: Line, rung: int, t: float) -> Work:
    step = str(line["id"])
    title = str(line.get("title") or step.replace("-", " "))
    return Work(int(str(line["index"])), step, title, str(line.get("region", "")), str(line["side"]), rung, t, t)


def visit(kept: Kept) -> Visit:
    """What happened in a session. Raises DamagedSessionError where its lines tell what cannot be."""
    reading = _Reading()
    try:
        began = datetime.fromtimestamp(kept.began).astimezone()
        for line in kept.lines:
            reading.read(line)
    except (KeyError, ValueError, OverflowError, OSError) as error:  # a field is gone, or no number any more
        raise DamagedSessionError(f"session {kept.id}: {error!r}") from error
    last = float(str(kept.lines[-1]["t"])) if kept.lines else 0.0
    if kept.reason is None:  # broken off: it went on until its place was last kept
        last = max(last, kept.seconds or 0.0)
    reading.halt(last, "broken off")
    return Visit(
        kept.id,
        began,
        kept.routine,
        kept.title,
        kept.reason,
        last,
        tuple(reading.work),
        tuple(reading.discomforts),
        tuple(reading.left_out),
        tuple(reading.faults),
        reading.resumed,
        kept.person,
    )


def place(region: str, side: str) -> str:
    """An area as it is said: "left calf"; "no hands on" where there is none."""
    if not region:
        return "no hands on"
    known = side if side in list(Side) else "none"
    return str(Area(region, Side(known))) if region in REGIONS else region


def by_area(visits: Iterable[Visit]) -> Counter[tuple[str, str]]:
    """How many reports there were in each region and side."""
    return Counter((d.region, d.side) for visit in visits for d in visit.discomforts)


def as_json(visits: Sequence[Visit]) -> str:
    """Everything, as one JSON document."""
    told = [asdict(visit) | {"began": visit.began.isoformat(timespec="seconds")} for visit in visits]
    return json.dumps({"sessions": told}, indent=2, ensure_ascii=False)


COLUMNS = (
    *("session", "began", "routine", "t", "what", "step", "side", "region", "hands_on", "second", "strength", "detail"),
    "person",
)


def as_csv(visits: Sequence[Visit]) -> str:
    """A row for each step, report, area left out and fault, in order of time."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    table.writeheader()
    for visit in visits:
        same = {
            "session": visit.number, "person": visit.person, "began": visit.began.isoformat(timespec="seconds"),
            "routine": visit.routine,
        }  # fmt: skip
        rows: list[dict[str, object]] = []
        for w in visit.work:
            rows.append(
                {"t": w.begun, "what": w.outcome, "step": w.step, "side": w.side, "region": w.region}
                | {"hands_on": round(w.hands_on, 1), "detail": w.title}
            )
        for d in visit.discomforts:
            second = "" if d.second is None else round(d.second, 1)
            rows.append(
                {"t": d.at, "what": "report", "step": d.title, "side": d.side, "region": d.region}
                | {"second": second, "strength": d.strength, "detail": d.phrase}
            )
        for o in visit.left_out:
            rows.append({"t": o.at, "what": o.how, "side": o.side, "region": o.region, "detail": o.why})
        for f in visit.faults:
            rows.append({"t": f.at, "what": "fault", "detail": f"{f.part}: {f.reason}"})
        rows.append({"t": visit.seconds, "what": "end", "detail": ENDS.get(visit.reason, str(visit.reason))})
        table.writerows(same | row for row in sorted(rows, key=lambda row: float(str(row["t"]))))
    return text.getvalue()
