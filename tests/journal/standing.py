"""A session that is played to a place, and then stands there in real time until the process is ended."""

from __future__ import annotations

import queue
import signal
import sys
from collections import deque

from tests.session.playing import SPEAKING
from tests.session.routines import routine
from voice_coach.cli import terminate
from voice_coach.cli.keeping import play_kept
from voice_coach.commands import Phrases
from voice_coach.rehearsal import hear
from voice_coach.session.events import Effect, Event, Say, Spoken, Tick
from voice_coach.stage import Line


class Standing:
    """Does what the story says, then waits as the live stage does."""

    quiet = False

    def __init__(self, story: str) -> None:
        self._story = deque(story.split(","))
        self._spoken: Spoken | None = None
        self._now = 0.0

    @property
    def now(self) -> float:
        return self._now

    def listen_for(self, phrases: Phrases) -> None:
        pass

    def wait(self, due: float | None) -> tuple[Event, float] | None:
        if self._story and not (said := self._story[0]).isdecimal():
            self._story.popleft()
            event = hear(said)
            assert event, said
            return event, self._now
        if not self._story:
            print("here", flush=True)
            while True:
                try:
                    queue.SimpleQueue[None]().get(timeout=0.5)
                except queue.Empty:
                    continue
        left = float(self._story.popleft())
        coming = self._now + SPEAKING if self._spoken else due
        if coming is None or coming > self._now + left:
            self._now += left
            return Tick(), self._now
        self._story.appendleft(str(int(left - (coming - self._now))))
        self._now = coming
        spoken, self._spoken = self._spoken, None
        return spoken or Tick(), self._now

    def act(self, effect: Effect) -> None:
        if isinstance(effect, Say):
            self._spoken = Spoken(effect.number)


def tell(line: Line) -> None:
    print(line["event"], flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, terminate)
    play_kept(routine(sys.argv[1]), Standing(sys.argv[2]), tell, journal=True)
