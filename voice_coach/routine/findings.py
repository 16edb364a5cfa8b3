"""What a rule finds."""

from __future__ import annotations

from dataclasses import dataclass

from voice_coach.routine.model import Step


@dataclass(frozen=True)
class Finding:
    """A rule that is broken: where, how, and what mends it."""

    what: str
    fix: str
    key: tuple[str | int, ...] = ()
    """The way to what is meant, from the step, or from the routine where there is no step."""
    step: int | None = None
    """Index of the step, from 0."""
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.what} ({self.rule}); {self.fix}"


def hands_on(step: Step) -> bool:
    """Whether hands, or a roller in them, work on the body."""
    return step.technique.kind not in ("moving", "resting")
