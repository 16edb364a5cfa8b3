"""A page about routines, made from the routines themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from voice_coach.routine.body import Area, within
from voice_coach.routine.declined import DECLINED
from voice_coach.routine.findings import hands_on
from voice_coach.routine.model import PRESSURES, Routine
from voice_coach.routine.options import PEOPLE, options

_BEGINNING = """\
# The routines

This page is made from the files beside it by `voice-coach list --markdown`.
"""
_LEGEND = """\
The minutes are those of the steps; what is said and asked comes on top. Of the choices of an option, the first is the
plain form, which the row tells about; `--option` chooses another. Pressure is that of the hands, on the scale 1
stroking, 2 light, 3 medium, 4 firm; where no hands work it is the effort. The ladder counts the gentler ways of a step
with pressure, the last of which is a rest; after it the place can only be left out.
"""
_HEADINGS = (
    *("routine", "title", "steps", "minutes", "for", "areas", "highest pressure", "ladder"),
    *("options", "questions asked"),
)


def markdown(routines: Iterable[Routine]) -> str:
    """The whole page, as Markdown: a row for each routine, and what is declined."""
    rows = [_HEADINGS, tuple("---" for _ in _HEADINGS), *map(row, routines)]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    left_out = "\n".join(f"- **{one.title}** (`{one.id}`): {one.reason}" for one in DECLINED)
    return f"{_BEGINNING}\n{table}\n\n{_LEGEND}\n## Declined\n\n{left_out}\n"


def row(routine: Routine) -> tuple[str, ...]:
    """One routine's cells."""
    return (
        f"[{routine.id}]({routine.id}.yaml)",
        routine.title,
        str(len(routine.steps)),
        f"{routine.seconds / 60:.0f}",
        " or ".join(routine.people),
        ", ".join(areas(routine)),
        highest(routine),
        depth(routine),
        "; ".join(f"{o.name}: {', '.join(o.choices)}" for o in options(routine) if o.name != PEOPLE),
        ", ".join(question.name for question in routine.questions),
    )


def areas(routine: Routine) -> Iterator[str]:
    """The regions that are worked on, each once; those that lie in another one are not named."""
    regions = list(dict.fromkeys(step.region for step in routine.steps if step.technique.kind != "resting"))
    for region in regions:
        if not any(other != region and within(region, other) for other in regions):
            yield str(Area(region))


def highest(routine: Routine) -> str:
    """The strongest pressure of hands, or the strongest effort where no hands work."""
    touching = [step.pressure for step in routine.steps if hands_on(step)]
    if touching:
        return f"{max(touching)} {PRESSURES[max(touching)]}"
    return f"effort {max(step.pressure for step in routine.steps)}"


def depth(routine: Routine) -> str:
    """How many gentler ways the steps with pressure have: fewest and most."""
    depths = sorted({len(step.ladder) for step in routine.steps if step.pressure})
    return " to ".join(map(str, dict.fromkeys((depths[0], depths[-1])))) if depths else ""
