"""Lengths of time as they are said and shown, and what is said of time: of a turn, of all that is left, of a bath."""

from __future__ import annotations

from voice_coach.routine.model import Wait
from voice_coach.session import words
from voice_coach.session.state import Turn


def span(seconds: float) -> str:
    """A length of time as it is said: "40 seconds", "one and a half minutes", "10 minutes"."""
    if seconds < 58:
        return f"{max(5, round(seconds / 5) * 5)} seconds"
    halves = round(seconds / 30)
    if halves == 2:
        return "one minute"
    if halves == 3:
        return "one and a half minutes"
    return f"{round(seconds / 60)} minutes"


def clock(seconds: float) -> str:
    """A length of time, or a time from the start, as it is shown: 75 is 1:15."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def about(seconds: float) -> str:
    """How long a wait still is, in whole minutes, so that there are few such sentences."""
    minutes = round(seconds / 60)
    return "Less than a minute left." if not minutes else f"About {span(minutes * 60)} left."


def wait_left(wait: Wait, seconds: float) -> str:
    """The time left of what runs beside, for "how long"."""
    return f"{words.capital(wait.title)} takes {span(seconds)} more."


def time_left(turn: Turn, seconds: float) -> str:
    """Where we are when a turn goes on after a pause."""
    return f"{words.capital(str(turn.area))}, {span(seconds)} left."


def how_long(here: float, overall: float) -> str:
    """The answer to "how long"."""
    return f"About {span(here)} here, and {span(overall)} in all."


def in_all(overall: float) -> str:
    """The answer to "how long" where no turn is running."""
    return f"About {span(overall)} in all." if overall else "We are at the end."


def rest_until(wait: Wait) -> str:
    """Said when all is done but what runs beside."""
    return f"Rest until {wait.title} is over."


def over(wait: Wait) -> str:
    """Said when the time of what runs beside is over."""
    return f"The time for {wait.title} is over."


def goes_on(wait: Wait) -> str:
    """Said in a pause, which holds the hands but not the time."""
    return f"{words.capital(wait.title)} goes on meanwhile."
