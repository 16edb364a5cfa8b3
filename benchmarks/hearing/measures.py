"""From the records of single words and talks to shares, rates and reaction times, with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from benchmarks.hearing.conditions import CLEAN, COMMAND_CONDITIONS, TUNING
from benchmarks.hearing.silent import SHIFTS, Record
from benchmarks.intervals import Interval, proportion, rate
from voice_coach.commands import Command

OURS = "ours"
Results = dict[str, Any]
FAMILIES = {"stop, human": ("stop", True), "stop, synthetic": ("stop", False), "pain, synthetic": ("pain", False)}
"""The safety words measured, and whether people say them; nobody recorded "pain"."""


def results(records: Sequence[Record]) -> Results:
    """All figures."""
    words = [r for r in records if r["part"] == "word"]
    over = [r for r in records if r["part"] == "over"]
    return {
        "silent": {
            system: {condition: _words(mine) for condition, mine in _by(all_, "condition")}
            for system, all_ in _by(words, "system")
        },
        "commands": commands(words),
        "talk": {
            system: {**{condition: _talk(mine) for condition, mine in _by(all_, "condition")}, "all": _talk(all_)}
            for system, all_ in _by([r for r in records if r["part"] == "talk"], "system")
        },
        "over": {
            system: {f"SER {ser:+g} dB, {'warm' if warm else 'cold'}": _over(mine) for (ser, warm), mine in groups}
            for system, all_ in _by(over, "system")
            for groups in [_by(all_, "ser", "warm")]
        },
        "over_all": {system: _over(mine) for system, mine in _by(over, "system")},
        "itself": {
            system: _itself(mine) for system, mine in _by([r for r in records if r["part"] == "self"], "system")
        },
        "everywhere": _everywhere(records),
        "curve": curve(records),
        "real_time_factor": {
            system: round(sum(r["processor"] for r in mine) / sum(r["seconds"] for r in mine), 3)
            for system, mine in _by([r for r in records if r["part"] == "cost"], "system")
        },
        "failed": [r for r in records if r["part"] == "failed"],
    }


def missed(records: Iterable[Record], family: str) -> Interval:
    """Of the words of *family*, those that did not end the step."""
    label, human = FAMILIES[family]
    mine = [r for r in records if r["human"] is human and _family(r) == label]
    return proportion(sum(r["ended"] is None for r in mine), len(mine))


def times(values: Iterable[float | None]) -> dict[str, Any]:
    """Of those that are there: how many, median and 95 %, seconds."""
    there = [value for value in values if value is not None]
    if not there:
        return {"n": 0}
    median, p95 = (round(float(q), 3) for q in np.percentile(there, (50, 95)))
    return {"n": len(there), "median": median, "p95": p95}


def commands(words: Sequence[Record]) -> Results:
    """Ordinary commands: accepted, and taken for "next" or "continue"."""
    other = {Command.NEXT.value, Command.CONTINUE.value}
    mine = [r for r in words if r["system"] == OURS and r["meant"] not in (None, "stop", "pain", "red_flag")]

    def told(some: Sequence[Record]) -> Results:
        confused = sum(bool(other & (set(r["commands"]) - {r["meant"]})) for r in some)
        accepted = sum(r["meant"] in r["commands"] for r in some)
        return {"accepted": proportion(accepted, len(some)), "confused": proportion(confused, len(some))}

    goal = [r for r in mine if not r["human"] and r["condition"] in [c.name for c in COMMAND_CONDITIONS]]
    return {
        "goal, synthetic, kitchen 6 to 24 dB": told(goal),
        **{f"synthetic, {c}": told(some) for c, some in _by([r for r in mine if not r["human"]], "condition")},
        **{f"yes and no, human, {c}": told(some) for c, some in _by([r for r in mine if r["human"]], "condition")},
    }


def curve(records: Sequence[Record]) -> list[Results]:
    """Points of the detection-error curve: words missed in the tuning conditions, and false ends an hour of talk."""
    tuned = [c.name for c in TUNING]
    points: list[Results] = []
    talks = dict(_by([r for r in records if r["part"] == "talk" and r["condition"] == CLEAN.name], "system"))
    spoken = [r for r in records if r["part"] == "word" and r["condition"] in tuned and _family(r) in ("stop", "pain")]
    for system, mine in _by(spoken, "system"):
        hours = sum(r["seconds"] for r in talks.get(system, [])) / 3600
        if not hours:
            continue
        shipped = {
            "system": system, "nats": None, "missed": proportion(sum(r["ended"] is None for r in mine), len(mine)),
            "false_ends": rate(sum(r["ends"] for r in talks[system]), hours),
        }  # fmt: skip
        points.append(shipped)
        if mine[0].get("shifted"):
            points += [
                {
                    "system": system, "nats": nats,
                    "missed": proportion(sum(not r["shifted"][str(nats)] for r in mine), len(mine)),
                    "false_ends": rate(sum(r["shifted"][str(nats)] for r in talks[system]), hours),
                }
                for nats in SHIFTS
            ]  # fmt: skip
    return points


def best(records: Sequence[Record], family: str) -> str | None:
    """The system whose name begins with *family* that does best: one false end an hour weighs as much as 1 % missed."""
    points = [p for p in curve(records) if p["system"].startswith(family) and p["nats"] is None]
    return min(points, key=lambda p: p["missed"]["share"] + 0.01 * p["false_ends"]["an_hour"], default={}).get("system")


def _words(mine: Sequence[Record]) -> Results:
    safe = [r for r in mine if _family(r) is not None]
    rest = [r for r in mine if _family(r) is None]
    return {
        **{f"missed {family}": missed(mine, family) for family in FAMILIES},
        "hush": times(r["hush"] for r in safe),
        "ended": times(r["ended"] for r in safe),
        "other words that ended the step": proportion(sum(r["ended"] is not None for r in rest), len(rest)),
    }


def _over(mine: Sequence[Record]) -> Results:
    loud = [r for r in mine if r["speaking"]]
    return {
        **{f"missed {family}": missed(mine, family) for family in FAMILIES},
        "missed": proportion(sum(r["ended"] is None for r in mine), len(mine)),
        "hush": times(r["hush"] for r in loud),
        "ended": times(r["ended"] for r in loud),
        "withdrawn": sum(r["withdrawn"] > 0 for r in mine),
    }


def _talk(mine: Sequence[Record]) -> Results:
    hours = sum(r["seconds"] for r in mine) / 3600
    return {name: rate(sum(r[name] for r in mine), hours) for name in ("ends", "hushes", "commands")}


def _itself(mine: Sequence[Record]) -> Results:
    hours = sum(r["seconds"] for r in mine) / 3600
    heard = [phrase for r in mine for phrase in r["heard"]]
    return {"hushes": rate(sum(r["hushes"] for r in mine), hours), "heard": rate(len(heard), hours), "phrases": heard}


def _everywhere(records: Sequence[Record]) -> Results:
    mine = [r for r in records if r["part"] == "everywhere"]
    by_moment = _by(mine, "onset")
    first = [r for r in mine if not r["attempt"]]
    deaf = sorted(at for (at, tries) in by_moment if all(r["ended"] is None for r in tries))
    return {
        "moments": len(by_moment),
        "missed at the first try": proportion(sum(r["ended"] is None for r in first), len(first)),
        "deaf": proportion(len(deaf), len(by_moment)),
        "deaf_at_s": deaf,
        "session over within 2 s": sum(r["part"] == "too late" for r in records),
        "sessions": [r for r in records if r["part"] == "session"],
    }


def _family(record: Record) -> str | None:
    """Which safety word it is; None for any other word."""
    return record["meant"] if record.get("meant") in ("stop", "pain") else _SPOKEN.get(record["label"])


_SPOKEN = {"stop": "stop", "pain": "pain", "ouch": "pain", "it hurts": "pain", "that hurts": "pain"}


def _by(records: Iterable[Record], *keys: str) -> list[tuple[Any, list[Record]]]:
    """Records with equal *keys* together, in the order they came."""
    groups: dict[Any, list[Record]] = {}
    key: Callable[[Record], Any] = (lambda r: r[keys[0]]) if len(keys) == 1 else (lambda r: tuple(r[k] for k in keys))
    for record in records:
        groups.setdefault(key(record), []).append(record)
    return list(groups.items())
