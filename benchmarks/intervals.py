"""How sure a count is: Wilson's interval of a share, and the exact Poisson interval of a rate."""

from __future__ import annotations

import math

Interval = dict[str, float]


def proportion(hits: int, tries: int) -> Interval:
    """A share with its Wilson interval of 95 %."""
    if not tries:
        return {"hits": 0, "of": 0, "share": 0.0, "low": 0.0, "high": 1.0}
    z, p = 1.96, hits / tries
    middle, scale = p + z * z / (2 * tries), 1 + z * z / tries
    half = z * math.sqrt(p * (1 - p) / tries + z * z / (4 * tries * tries))
    low, high = max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
    return {"hits": hits, "of": tries, "share": round(p, 4), "low": round(low, 4), "high": round(high, 4)}


def rate(events: int, hours: float) -> Interval:
    """Events an hour with their exact Poisson interval of 95 %."""
    if hours <= 0:
        return {"events": events, "hours": 0.0, "an_hour": 0.0, "low": 0.0, "high": math.inf}

    def mean_for(share: float, below: int) -> float:
        """The mean at which at most *below* events have the chance *share*."""
        low, high = 0.0, 10.0 * (below + 3) + 50
        for _ in range(80):
            mean = (low + high) / 2
            logs = [k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(below + 1)] if mean else [0.0]
            low, high = (mean, high) if sum(map(math.exp, logs)) > share else (low, mean)
        return low

    least = mean_for(0.975, events - 1) if events else 0.0
    bounds = {"low": round(least / hours, 2), "high": round(mean_for(0.025, events) / hours, 2)}
    return {"events": events, "hours": round(hours, 4), "an_hour": round(events / hours, 2), **bounds}


def spelt(share: Interval) -> str:
    """A proportion or rate for a table: "12.5 % (3.5-36.0), 2 of 16" or "1.2 (0.1-4.3), 2 in 1.7 h"."""
    if "share" in share:
        if not share["of"]:
            return "-"
        low, high = 100 * share["low"], 100 * share["high"]
        return f"{100 * share['share']:.1f} % ({low:.1f}-{high:.1f}), {share['hits']} of {share['of']}"
    if not share["hours"]:
        return "-"
    return (
        f"{share['an_hour']:.1f} ({share['low']:.1f}-{share['high']:.1f}), {share['events']} in {share['hours']:.2f} h"
    )
