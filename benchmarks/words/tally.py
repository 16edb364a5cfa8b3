"""What was heard, counted: words, talk, and how soon and how lastingly safety words show."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.intervals import proportion, rate
from benchmarks.speech import Stream
from benchmarks.words.systems import PHRASE_LIST, TARGETS, Sighting, System
from voice_coach.commands import find_safety
from voice_coach.sound.samples import HEARING_RATE


def tally(name: str, system: System, sound: Stream) -> dict[str, Any]:
    """What *system* hears in one stream, counted."""
    began = time.process_time()
    seen = system.hear(sound)
    counts: dict[str, Any] = {"seconds": sound.seconds, "processor": time.process_time() - began}
    counts |= _words(seen, sound, name.startswith("keyphrase")) if sound.clips else _talk(seen, sound, name)
    return counts


def _words(seen: Sequence[Sighting], sound: Stream, keyphrases: bool) -> dict[str, Any]:
    hits = {label: [0, 0] for label in TARGETS}
    others, anywhere, shown, withdrawn = [0, 0], [0, 0], 0, 0
    leads: list[float] = []
    for clip, following in zip(sound.clips, [*sound.clips[1:], None], strict=True):
        if not clip.counted:
            continue
        until = following.start + 3200 if following else math.inf
        mine = [s for s in seen if clip.start < s.at <= until]
        finals = {w for s in mine if s.final for w in (s.text.split() if keyphrases else [s.text])}
        if clip.label in TARGETS:
            hits[clip.label][0] += clip.label in finals
            hits[clip.label][1] += 1
        else:
            others[0] += any(text in PHRASE_LIST for text in finals)
            others[1] += 1
        if clip.label == "stop":
            right = [s for s in mine if "stop" in s.text.split()]
            anywhere[0] += bool(right)
            anywhere[1] += 1
            leads += [(clip.end - s.at) / HEARING_RATE for s in right[:1] if not s.final]
        safe = [find_safety(s.text) is not None for s in mine]
        if any(safe):
            shown += 1
            ends = [i for i, s in enumerate(mine) if s.final]
            withdrawn += not safe[ends[-1] if ends else -1]
    return {
        "hits": hits, "others": others, "anywhere": anywhere, "shown": shown, "withdrawn": withdrawn, "leads": leads,
    }  # fmt: skip


def _talk(seen: Sequence[Sighting], sound: Stream, name: str) -> dict[str, Any]:
    commands = safety = hushes = 0
    suspected = False
    for s in seen:
        words = s.text.split()
        matched = any(w in PHRASE_LIST for w in words) if name.startswith("keyphrase") else s.text in PHRASE_LIST
        commands += s.final and matched
        found = find_safety(s.text) is not None
        safety += s.final and found
        hushes += found and not suspected
        suspected = found and not s.final
    return {"talk": sound.seconds, "commands": commands, "safety": safety, "hushes": hushes}


def summed(name: str, counts: Sequence[dict[str, Any]], facts: dict[str, float]) -> dict[str, Any]:
    """All streams of one system together."""

    def total(key: str, place: int | None = None) -> Any:
        values = [each[key] for each in counts if key in each]
        return sum(values) if place is None else sum(value[place] for value in values)

    spoken = [each["hits"] for each in counts if "hits" in each]
    by_label = {label: [sum(hits[label][i] for hits in spoken) for i in (0, 1)] for label in TARGETS}
    hours = total("talk") / 3600
    leads = [lead for each in counts for lead in each.get("leads", ())]
    return {
        "system": name,
        "recall": {
            "all": proportion(*(sum(by_label[label][i] for label in TARGETS) for i in (0, 1))),
            **{label: proportion(*by_label[label]) for label in TARGETS},
        },
        "stop_anywhere": proportion(total("anywhere", 0), total("anywhere", 1)),
        "other_words_accepted": proportion(total("others", 0), total("others", 1)),
        "commands_an_hour": rate(total("commands"), hours),
        "safety_words_an_hour": rate(total("hushes"), hours),
        "safety_words_final_an_hour": rate(total("safety"), hours),
        "real_time_factor": round(total("processor") / total("seconds"), 3),
        "stop_shown_before_its_end_s": {
            "n": len(leads), **{f"p{q}": round(float(np.percentile(leads, q)), 3) for q in (5, 10, 25, 50, 75, 90)}
        } if leads else None,
        "safety_shown_at_words": total("shown"),
        "safety_withdrawn_at_words": total("withdrawn"),
        **facts,
    }  # fmt: skip
