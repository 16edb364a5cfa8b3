"""All that can be said in a session, so that it can be rendered ahead."""

from __future__ import annotations

from voice_coach.routine.body import Side
from voice_coach.routine.body_map import Spot
from voice_coach.routine.model import Routine
from voice_coach.routine.tailor import fittings
from voice_coach.session import announcements, own_questions, times, words
from voice_coach.session.state import turns


def repertoire(routine: Routine) -> tuple[str, ...]:
    """Every line of a session of *routine*, each once; but for spans of time, what was heard, and "last time"."""
    lines = _lines(routine)
    for tailored in fittings(routine):
        if tailored.routine is not routine:
            lines += [*own_questions.fitted(tailored), *_lines(tailored.routine)]
    return tuple(dict.fromkeys(lines))


def _lines(routine: Routine) -> list[str]:
    plan = turns(routine)
    hurting = [Spot(turn.area, "pain") for turn in plan]
    lines: list[str] = [
        *announcements.welcome(routine),
        *words.FIXED,
        *words.HELP.values(),
        *(each.say for each in routine.closing),
        own_questions.REMEMBER.ask,
        own_questions.DOCTOR.ask,
        str(own_questions.DOCTOR.because),
    ]
    for asked in (*routine.questions, *routine.red_flags):
        lines += [line for line in (asked.ask, asked.again, asked.because) if line]
    lines += [entry.say for entry in routine.preparation]
    for turn in plan:
        for rung in range(len(turn.step.ladder) + 1):
            lines += announcements.introduction(routine, turn, rung, (*routine.spared, *hurting))
        lines += [cue.say for cue in turn.step.cues]
        lines += [announcements.leave_out(turn.area), announcements.step_left_out(turn.index)]
        lines += [announcements.change(turn)] if turn.side is Side.RIGHT else []
    for wait in announcements.waits(plan):
        lines += [wait.out, times.rest_until(wait), times.over(wait), times.goes_on(wait)]
        lines += [times.about(minutes * 60) for minutes in range(int(wait.longest / 60) + 1)]
    lines.append(announcements.step_range(len(routine.steps)))
    return lines
