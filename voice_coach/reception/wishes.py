"""What somebody may wish for, and which routines fit: by area, by length, alone or with a helper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from voice_coach.routine.body import PARENT, within
from voice_coach.routine.model import Routine

WHOLE = "body"
HEALING = "cast"
"""The area that stands for a healing leg."""
LITTLE = 0.15
"""The share of a routine that an area must have for the routine to be offered for it, if others have more."""
NEAREST = 3
"""Routines offered when none fits just so."""
EVERYWHERE = {"leg", "back", "arm"}
"""What a routine for the whole body works on at least."""
IN_A_LARGER = 0.5
"""How much work on a larger region counts for an area within it."""
EXERCISE = 0.25
"""How much an exercise counts where a massage counts 1."""


@dataclass(frozen=True)
class Wish:
    """What matters to somebody; None does not."""

    area: str | None = None
    minutes: tuple[float, float] | None = None
    """At least and at most."""
    people: Literal["alone", "caregiver"] | None = None

    def also(self, other: Wish) -> Wish:
        """The wish with what *other* says on top."""
        return Wish(other.area or self.area, other.minutes or self.minutes, other.people or self.people)


def fitting(wish: Wish, routines: Iterable[Routine]) -> tuple[tuple[Routine, ...], bool]:
    """What fits *wish*, best first, and whether it does just so. If nothing does, what comes nearest in length."""
    possible = [one for one in sorted(routines, key=for_healing) if wish.people is None or wish.people in one.people]
    if wish.area is not None:
        shares = {one.id: share(one, wish.area) for one in possible}
        least = LITTLE if max(shares.values(), default=0.0) >= LITTLE else 0.0
        possible = [one for one in possible if shares[one.id] > 0 and shares[one.id] >= least]
        possible.sort(key=lambda one: -shares[one.id])
    if (minutes := wish.minutes) is None:
        return tuple(possible), True
    if just_so := tuple(one for one in possible if not _beside(one, minutes)):
        return just_so, True
    return tuple(sorted(possible, key=lambda one: _beside(one, minutes))[:NEAREST]), False


def share(routine: Routine, area: str) -> float:
    """How much of a routine's time goes to *area*, 0 to 1. A routine for a healing leg is for nothing else."""
    worked = [step for step in routine.steps if step.technique.kind != "resting" and step.region != WHOLE]
    if area == HEALING or for_healing(routine):
        return float(area == HEALING and for_healing(routine))
    if area == WHOLE:
        return float({_limb(step.region) for step in worked} >= EVERYWHERE)
    time = sum(step.seconds for step in worked) or 1.0
    spent = sum(
        step.seconds
        * (1.0 if within(step.region, area) else IN_A_LARGER if within(area, step.region) else 0.0)
        * (EXERCISE if step.technique.kind == "moving" else 1.0)
        for step in worked
    )
    return spent / time


def for_healing(routine: Routine) -> bool:
    """Whether it is for a leg in a cast, or just out of it: it then asks how many days ago, and for agreement."""
    return any({"days", "agreement"} & set(question.topics) for question in routine.questions)


def _beside(routine: Routine, minutes: tuple[float, float]) -> float:
    """By how many minutes a routine is too short or too long."""
    least, most = minutes
    length = routine.seconds / 60
    return max(least - length, length - most, 0.0)


def _limb(region: str) -> str:
    """The part of the body just below the whole of it."""
    while (outer := PARENT[region]) not in (WHOLE, None):
        region = outer
    return region
