"""The parts of a live stage: which of them work, and how a device that failed is got back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from voice_coach.session.events import Event, Lost, Returned
from voice_coach.session.times import span
from voice_coach.sound.device import LiveLoudspeaker, LiveMicrophone, reopen

BEHIND = 3.0
"""Seconds of microphone sound that wait when the ears are too slow to be trusted."""
LOADING = 10.0
"""The same while the recogniser loads."""
RETRY = 2.0
"""Seconds before a lost device is tried again."""
SELDOM = 16.0
"""Seconds between tries of a device that stays away; each try takes twice the time before."""
DEVICES = ("microphone", "loudspeaker")
WAKING = 2.0
"""Seconds after a sleep in which devices may be late without being lost."""


class Parts:
    """Knows what does not work, and tells of each change once; any thread may ask."""

    def __init__(
        self,
        microphone: LiveMicrophone,
        loudspeaker: LiveLoudspeaker,
        now: Callable[[], float],
        tell: Callable[[Event], None],
        tried: Callable[[bool], None],
    ) -> None:
        """*now* gives the stage's time, seconds; *tell* is given every Lost and Returned.

        *tried* is told, after each try, whether all devices are open.
        """
        self._microphone, self._loudspeaker = microphone, loudspeaker
        self._now, self._tell, self._tell_tried = now, tell, tried
        self.lost: dict[str, str] = {}
        """The parts that do not work, and why."""
        self._tried = 0.0
        """When it was last tried to get a device back, or when one was lost."""
        self._retry = RETRY
        self._woke = -WAKING

    def lose(self, part: str, reason: str) -> None:
        """*part* does not work any more, for a *reason*, one sentence."""
        if part not in self.lost:
            self.lost[part] = reason
            if part in DEVICES:
                self._tried, self._retry = self._now(), RETRY
            self._tell(Lost(part, reason))

    def regain(self, part: str) -> None:
        """*part* works."""
        if part in self.lost:
            del self.lost[part]
            self._tell(Returned(part))

    def remind(self) -> None:
        """Tell again of all that does not work, in the order in which it was lost."""
        for part, reason in tuple(self.lost.items()):
            self._tell(Lost(part, reason))

    def slept(self, seconds: float) -> None:
        """The computer was asleep; nobody knows what happened meanwhile."""
        self._woke = self._now()
        reason = f"The computer was asleep for {span(seconds)}, so the session stands still."
        self._tell(Lost("computer", reason, asleep=seconds))

    def keep_up(self, waits: float, loading: bool) -> None:
        """Notice ears that hang or fall behind, for which so many seconds of sound wait: they hear it too late."""
        if waits > (LOADING if loading else BEHIND) and self._now() - self._woke > WAKING + BEHIND:
            self.lose("recogniser", "The computer is too slow to listen just now, so the session stands still.")

    def look_after_devices(self, quiet: bool) -> None:
        """Notice a device that failed, and try to get it back while the coach is *quiet*."""
        if self._now() - self._woke < WAKING:
            return
        if (trouble := self._microphone.trouble()) and "microphone" not in self.lost:
            self.lose("microphone", trouble)
        if (trouble := self._loudspeaker.trouble()) and "loudspeaker" not in self.lost:
            self.lose("loudspeaker", trouble)
        if "loudspeaker" in self.lost and self._loudspeaker.running:
            self.regain("loudspeaker")
        # A microphone that is only muted is opened anew as well: the system may have put a silent one in its place.
        missing = [part for part in (self._microphone, self._loudspeaker) if part.trouble()]
        if missing and quiet and self._now() - self._tried > self._retry:
            alone = missing == [self._loudspeaker] and self._retry == RETRY
            self._retry = min(SELDOM, 2 * self._retry)
            opened = False
            with suppress(Exception):  # whatever a driver throws, it is tried again
                if alone:  # at first, and the microphone hears all the while
                    self._loudspeaker.close()
                    self._loudspeaker.open()
                else:
                    reopen(self._microphone, self._loudspeaker)
                opened = True
            self._tell_tried(opened)
            self._tried = self._now()
