"""The inbox of a live stage: where every thread puts what happened, and main waits for it."""

from __future__ import annotations

import queue

from voice_coach.commands import Command
from voice_coach.session.events import Event, Heard, Told


class Inbox:
    """Events in the order in which they came. Any thread may put one, and a signal's handler too; one thread gets."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._stale = 0

    def put(self, event: Event) -> None:
        """Never waits."""
        self._events.put(event)

    def turn(self) -> None:
        """Another conversation begins: an answer that lies here already answers a question that nobody asked yet.

        It will not be given. Safety words, red flags and keys will.
        """
        self._stale = self._events.qsize()

    def get(self, timeout: float) -> Event | None:
        """The next event, or None after *timeout* seconds, or where the next was an answer to nothing."""
        try:
            event = self._events.get(timeout=timeout)
        except queue.Empty:
            return None
        stale, self._stale = self._stale > 0, max(0, self._stale - 1)
        return None if stale and _may_answer(event) else event


def _may_answer(event: Event) -> bool:
    """Whether *event* may be the answer to a question."""
    if isinstance(event, Heard):
        return event.path == "command" and event.command is not Command.RED_FLAG
    return isinstance(event, Told) and event.path == "command"
