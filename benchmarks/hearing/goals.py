"""The goals, beside what was reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.hearing.conditions import CONDITIONS
from benchmarks.hearing.measures import FAMILIES, OURS, Results, missed, times
from benchmarks.hearing.silent import Record
from benchmarks.intervals import Interval, spelt

Row = tuple[str, str, str, str, str]
HEADINGS = ("what", "condition", "goal", "reached", "met")
MISSED_AT = {20: 0.01, 10: 0.03, 5: 0.06}
"""The share that may be missed, by signal to noise."""
MISSED_OVER = {0: 0.03, -10: 0.10}
"""The same by signal to echo."""


def rows(records: Sequence[Record], results: Results, cost: dict[str, float]) -> list[Row]:
    """The table of goals, under HEADINGS. "met" is by the figure itself; "unsure" where its interval holds the goal."""
    over = [r for r in records if r["part"] == "over" and r["system"] == OURS]
    words = [r for r in records if r["part"] == "word" and r["system"] == OURS]
    return [
        *_reactions(over),
        *_missed_in_noise(words),
        *_missed_over(over),
        *_false(results),
        *_commands(results),
        *_deaf(results),
        *_cost(cost),
    ]


def _reactions(over: Sequence[Record]) -> Iterator[Row]:
    for what, key, median, p95 in (
        ("end of the word to silence", "hush", 0.150, 0.300),
        ("end of the word to step ended", "ended", 0.300, 0.450),
    ):
        for name, mine in (
            ("all SER, human stop", [r for r in over if r["human"]]),
            ("all SER, synthetic", [r for r in over if not r["human"]]),
        ):
            found = times(r[key] for r in mine if r["speaking"])
            if not found["n"]:
                continue
            reached = f"{found['median']:+.3f} s, 95 % {found['p95']:+.3f} s, of {found['n']} heard"
            good = found["median"] <= median and found["p95"] <= p95
            yield what, name, f"{median:.3f} s, 95 % {p95:.3f} s", reached, "yes" if good else "no"


def _missed_in_noise(words: Sequence[Record]) -> Iterator[Row]:
    for snr, most in MISSED_AT.items():
        for condition in (c for c in CONDITIONS if c.snr == snr):
            for family in FAMILIES:
                share = missed([r for r in words if r["condition"] == condition.name], family)
                if share["of"]:
                    yield _share(f"missed {family}", condition.name, most, share)


def _missed_over(over: Sequence[Record]) -> Iterator[Row]:
    for ser, most in MISSED_OVER.items():
        for warm in (True, False):
            for family in FAMILIES:
                share = missed([r for r in over if r["ser"] == ser and r["warm"] is warm], family)
                if share["of"]:
                    yield _share(f"missed {family}", f"SER {ser:+d} dB, {'warm' if warm else 'cold'}", most, share)


def _false(results: Results) -> Iterator[Row]:
    for condition, found in results["talk"].get(OURS, {}).items():
        yield _rate("false ends of a step", f"talk, {condition}", 0.1, found["ends"])
        yield _rate("false hushes", f"talk, {condition}", 2.0, found["hushes"])
    if itself := results["itself"].get(OURS):
        yield _rate("hushed by itself", "the coach speaking", 0.0, itself["hushes"])
        yield _rate("commands heard of itself", "the coach speaking", 0.0, itself["heard"])


def _commands(results: Results) -> Iterator[Row]:
    for condition, found in results["commands"].items():
        if found["accepted"]["of"]:
            accepted, confused = found["accepted"], found["confused"]
            yield "commands accepted", condition, "97.6 %", spelt(accepted), _verdict(accepted, 0.976, at_least=True)
            yield "taken for next or continue", condition, "0.5 %", spelt(confused), _verdict(confused, 0.005)


def _deaf(results: Results) -> Iterator[Row]:
    if (found := results["everywhere"])["moments"]:
        share = found["deaf"]
        yield (
            "moments at which no word got through",
            "a whole session",
            "0",
            spelt(share),
            "no" if share["hits"] else "yes",
        )
        yield (
            "missed, though one more try was heard",
            "a whole session",
            "-",
            spelt(found["missed at the first try"]),
            "-",
        )
        late = str(found["session over within 2 s"])
        yield "moments 2 s before the end, where no stop can show", "a whole session", "-", late, "-"


def _cost(cost: dict[str, float]) -> Iterator[Row]:
    for what, key, most, unit in (
        ("processor, of one core", "core_share", 0.2, ""),
        ("memory of the largest process", "memory_mb", 350.0, " MB"),
        ("listening after the start", "listening_s", 3.0, " s"),
    ):
        if key in cost:
            yield what, "a session", f"{most:g}{unit}", f"{cost[key]:.3g}{unit}", "yes" if cost[key] <= most else "no"


def _share(what: str, condition: str, most: float, share: Interval) -> Row:
    return what, condition, f"{100 * most:g} %", spelt(share), _verdict(share, most)


def _rate(what: str, condition: str, most: float, found: Interval) -> Row:
    if not found["hours"]:
        return what, condition, f"{most:g} an hour", "-", "-"
    met = found["an_hour"] <= most
    sure = not met or found["high"] <= max(most, 0.0)
    return what, condition, f"{most:g} an hour", spelt(found), ("yes" if sure else "unsure") if met else "no"


def _verdict(share: Interval, goal: float, at_least: bool = False) -> str:
    low, value, high = (share[k] if not at_least else 1 - share[k] for k in ("low", "share", "high"))
    if at_least:
        low, high, goal = high, low, 1 - goal
    if value > goal:
        return "no" if low > goal else "no, but unsure"
    return "yes" if high <= goal else "yes, but unsure"


def conditions(results: Results) -> list[tuple[str, ...]]:
    """Every condition in which words were said over the coach: misses and reaction, by system."""
    told: list[tuple[str, ...]] = []
    for system, found in results["over"].items():
        for name, r in found.items():
            told.append((system, name, spelt(r["missed"]), *_spread(r["hush"]), *_spread(r["ended"])))
    return told


def silent(results: Results) -> list[tuple[str, ...]]:
    """Every condition in which the coach was silent."""
    told: list[tuple[str, ...]] = []
    for system, found in results["silent"].items():
        for name, r in found.items():
            told.append((system, name, *(spelt(r[f"missed {f}"]) for f in FAMILIES), *_spread(r["ended"])))
    return told


def itself(results: Results) -> list[tuple[str, ...]]:
    """What each system hears of the coach's own voice, an hour of it."""
    return [(name, spelt(r["hushes"]), spelt(r["heard"])) for name, r in results["itself"].items()]


def talk(results: Results) -> list[tuple[str, ...]]:
    """What each system imagines in an hour of talk."""
    return [
        (system, condition, *(spelt(r[k]) for k in ("ends", "hushes", "commands")))
        for system, found in results["talk"].items()
        for condition, r in found.items()
    ]


def _spread(found: dict[str, Any]) -> tuple[str, str]:
    if not found["n"]:
        return "-", "-"
    return f"{found['median']:+.3f}", f"{found['p95']:+.3f}"
