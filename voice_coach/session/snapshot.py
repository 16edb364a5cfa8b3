"""A session as plain data, so that it can be taken up another time.

The place is where the hands were, or were about to be. Before the first step and after the last there is none,
and then there is nothing to take up.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from voice_coach.commands import Command
from voice_coach.errors import UserError
from voice_coach.routine.body import REGIONS, Area, Side
from voice_coach.routine.body_map import Spot
from voice_coach.routine.model import Question, Routine
from voice_coach.routine.tailor import refit, spots, tailor
from voice_coach.session import own_questions
from voice_coach.session.events import Heard
from voice_coach.session.state import (
    EASE,
    Asking,
    Beside,
    Changing,
    Doing,
    Ended,
    LeftOut,
    Offering,
    Paused,
    Phase,
    Report,
    Session,
    Waiting,
    freeze,
    turns,
)

VERSION = 3
LONGEST = 4 * 3600.0
"""No turn is longer, seconds."""


class SnapshotError(ValueError):
    """The data is no snapshot of this routine."""


def content(routine: Routine) -> str:
    """A hash of everything in the routine but what is got ready; another one means that it was changed."""
    return hashlib.sha256(routine.model_dump_json(exclude={"preparation"}).encode()).hexdigest()


def place(phase: Phase) -> Phase | None:
    """Where a session in *phase* can be taken up: hands on, an offer, or the questions before one; pauses taken off."""
    match phase:
        case Paused(phase=inner) | Asking(then=Paused() as inner):
            return place(inner)
        case Doing() | Changing() | Waiting() | Offering() | Asking(then=Offering()):
            return phase
        case _:
            return None


def snapshot(session: Session, now: float) -> dict[str, Any] | None:
    """*session* as it stands at *now*, ready for JSON; None when there is nothing to take up."""
    if isinstance(session.phase, Ended):
        if session.phase.reason != "stopped" or not session.undo:
            return None
        back = session.undo[0][0]  # what "continue" would bring back
        return snapshot(replace(back, heard=session.heard), now)
    at = place(freeze(session.phase, now))
    if at is None:
        return None
    heard = session.heard or session.heard_before
    return {
        "version": VERSION,
        "routine": session.routine.id,
        "content": content(session.whole),
        "choices": dict(session.whole.choices),
        "spared": [{"why": spot.why, "light": spot.light, **_area(spot.area)} for spot in session.whole.spared],
        "answers": sorted(session.answers),
        "phase": _pack(at),
        "reports": [
            {"ago": now - report.at, "pressure": report.pressure, **_area(report.area)} for report in session.reports
        ],
        "longer": list(session.longer),
        "left_out": sorted(({"why": out.why, **_area(out.area)} for out in session.left_out), key=repr),
        "beside": session.beside.turn if session.beside else None,
        "volume": session.volume,
        "pace": session.pace,
        "heard": heard and {"command": heard.command.value, "phrase": heard.phrase, "path": heard.path},
    }


def restore(routine: Routine, data: object) -> Session:
    """The session, paused at its place, at time 0 of a new one, in the form that the routine had then.

    *routine* is the form asked for now; "no" begins that. Raises SnapshotError for data of anything else, and where
    something is to be spared now that was not spared then.
    """
    wanted = routine
    try:
        if not isinstance(data, dict) or data["version"] != VERSION:
            raise SnapshotError("This is no snapshot of a session.")
        if data["routine"] != routine.id:
            raise SnapshotError("This is a session of another routine.")
        choices = {str(name): str(choice) for name, choice in dict(data["choices"]).items()}
        routine = refit(routine, choices, tuple(map(_read_spot, data["spared"])))
        if data["content"] != content(routine):
            raise SnapshotError("The routine was changed since then.")
        if not set(wanted.spared) <= set(routine.spared):
            raise SnapshotError("More is to be spared now.")
        answers = {str(name): bool(answer) for name, answer in data["answers"]}
        fitted = tailor(routine, spots(routine, answers)).routine
        session = Session(fitted, turns(fitted), Paused(_unpack(fitted, data["phase"])))
        return Session(
            fitted,
            session.turns,
            session.phase,
            beside=_beside(session, data.get("beside")),
            answers=frozenset(answers.items()),
            fitted_from=None if fitted is routine else routine,
            instead=None if wanted is routine else wanted,
            reports=tuple(
                Report(-_number(r["ago"], 0, 1e9), _read_area(r), _whole(r["pressure"], 4)) for r in data["reports"]
            ),
            longer=tuple(_whole(index, len(fitted.steps) - 1) for index in data["longer"]),
            left_out=frozenset(LeftOut(_read_area(out) or Area("body"), str(out["why"])) for out in data["left_out"]),
            volume=_number(data["volume"], -60, 20),
            pace=_number(data["pace"], 0.1, 10),
            heard_before=_read_heard(data.get("heard")),
        )
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, UserError) as error:
        if isinstance(error, SnapshotError):
            raise
        raise SnapshotError(f"This is no snapshot of a session ({error!r}).") from error


def _pack(phase: Phase) -> dict[str, Any]:
    match phase:
        case Asking(questions=questions, then=then, index=index, misses=misses):
            names = [question.name for question in questions]
            return {"is": "asking", "questions": names, "then": _pack(then), "index": index, "misses": misses}
        case Doing() | Changing() | Waiting() | Offering():
            kept = {field.name: getattr(phase, field.name) for field in fields(phase) if field.name != "since"}
            plain = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in kept.items()}
            return {"is": type(phase).__name__.lower(), **plain}
    raise SnapshotError(f"{phase} is no place to go on at.")


def _unpack(routine: Routine, data: Mapping[str, Any]) -> Phase:
    kind, kept = data["is"], {name: value for name, value in data.items() if name != "is"}
    if kind == "asking":
        asked = {question.name: question for question in (*routine.red_flags, *routine.questions, own_questions.DOCTOR)}
        questions: tuple[Question, ...] = tuple(asked[name] for name in kept["questions"])
        index = _whole(kept["index"], len(questions) - 1)
        return Asking(questions, _unpack(routine, kept["then"]), index, _whole(kept["misses"], 2))
    plan = turns(routine)
    turn = _whole(kept["turn"], len(plan) - 1)
    rungs = len(plan[turn].step.ladder)
    match kind:
        case "doing":
            length = _number(kept["length"], 0, LONGEST)
            done = min(length, _number(kept["done"], 0, 2 * LONGEST))
            ease, cued = _number(kept["ease"], 0, 4 * EASE), frozenset(map(str, kept["cued"]))
            return Doing(turn, length, _whole(kept["rung"], rungs), done, cued=cued, ease=ease)
        case "changing":
            _whole(turn - 1, len(plan))
            return Changing(turn, _whole(kept["rung"], len(plan[turn - 1].step.ladder)))
        case "waiting":
            return Waiting(turn)
        case "offering":
            rung = None if kept["rung"] is None else _whole(kept["rung"] - 1, rungs - 1) + 1
            return Offering(turn, rung, _number(kept["left"], 0, LONGEST), reminded=bool(kept["reminded"]))
    raise SnapshotError(f"There is no phase called {kind!r}.")


def _beside(session: Session, turn: Any) -> Beside | None:
    """What ran beside the turns: nobody knows for how long it did, so it is over, and that is told first."""
    if turn is None:
        return None
    wait = session.turns[_whole(turn, len(session.turns) - 1)].step.starts
    return Beside(turn, -wait.length, wait.length) if wait else None


def _read_heard(data: Mapping[str, Any] | None) -> Heard | None:
    return None if data is None else Heard(Command(data["command"]), str(data["phrase"]), str(data["path"]))


def _area(area: Area | None) -> dict[str, str | None]:
    return {"region": None, "side": None} if area is None else {"region": area.region, "side": area.side.value}


def _read_area(data: Mapping[str, Any]) -> Area | None:
    if data["region"] is None:
        return None
    if data["region"] not in REGIONS:
        raise SnapshotError(f"There is no region called {data['region']!r}.")
    return Area(data["region"], Side(data["side"]))


def _read_spot(data: Mapping[str, Any]) -> Spot:
    return Spot(_read_area(data) or Area("body"), str(data["why"]), bool(data["light"]))


def _number(value: Any, least: float, most: float) -> float:
    number = float(value)
    if isinstance(value, bool) or not math.isfinite(number) or not least <= number <= most + 1e-6:
        raise SnapshotError(f"{value!r} is not between {least:g} and {most:g}.")
    return number


def _whole(value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise SnapshotError(f"{value!r} is no whole number from 0 to {most}.")
    return value
