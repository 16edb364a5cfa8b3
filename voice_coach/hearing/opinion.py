"""What a second witness thinks of what was said."""

from __future__ import annotations

from typing import Protocol

from voice_coach.commands import Command


class Opinion(Protocol):
    """A second witness of what was said."""

    def chance(self, command: Command, seconds: float) -> float:
        """How likely *command* was said at some moment of the last so many *seconds*, 0 to 1."""
        ...

    def outcry(self, family: Command) -> tuple[float, float]:
        """How likely a plain word of a safety *family* was just said, 0 to 1; the second on average over 0.3 s."""
        ...

    def likeliest(self, seconds: float) -> str:
        """The phrase that was likeliest at some moment of the last so many *seconds*; empty for none of them."""
        ...


class NoOpinion:
    """Doubts nothing, and is sure of nothing."""

    def chance(self, command: Command, seconds: float) -> float:
        """See Opinion."""
        return 0.5

    def outcry(self, family: Command) -> tuple[float, float]:
        """See Opinion."""
        return 0.0, 0.0

    def likeliest(self, seconds: float) -> str:
        """See Opinion."""
        return ""
