"""The body map by voice: what is kept away from, why, where and on which side, in few words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from voice_coach.commands import Command, Phrases, table
from voice_coach.errors import UserError
from voice_coach.reception.sparing_words import (
    AS_IT_IS,
    AS_LAST_TIME,
    CAN_SAY_PLACE,
    CAN_SAY_REASON,
    CAN_SAY_SIDE,
    CAN_SAY_YES,
    FIXED,
    FORGOTTEN,
    HEARD_AS_SORE,
    TOO_LITTLE,
    WHAT,
    WHICH_SIDE,
    another,
    kept,
    where,
)
from voice_coach.routine.body import Area, within
from voice_coach.routine.body_map import ASKED, EASED, PAIRED, REGION_NAMES, Spot, piece, side
from voice_coach.routine.model import Routine
from voice_coach.routine.tailor import Tailored, tailor
from voice_coach.session.events import Heard, Told

AT_A_TIME = 5
"""Places named in one question."""
OFFERED = (
    "foot", "lower_leg", "knee", "thigh", "buttock", "lower_back", "upper_back", "shoulder", "neck", "arm", "hand",
    "chest", "belly",
)  # fmt: skip
"""What is offered where the routine touches it. All of it is understood, and smaller places that it touches."""
SMALLER = ("toes", "heel", "sole", "ankle", "calf", "shin", "hip", "wrist", "elbow")
SORE = "soreness"
MORE, OTHER = "more", "something else"
REASONS = (
    "cast", "broken", "bruise", "varicose veins", "veins", "injury", "strain", "wound", "rash", "scar", "surgery",
    "swelling", "swollen", "sore",
)  # fmt: skip
SIDES = ("left", "right", "both", "left side", "right side", "both sides", "on the left", "on the right")
COMMANDS = (
    *(Command.YES, Command.NO, Command.BACK, Command.NEXT, Command.REPEAT, Command.HELP, Command.RED_FLAG),
    Command.CONTINUE,
)

WORDS = frozenset(
    word
    for phrase in (*REASONS, *SIDES, *(name for name, region in REGION_NAMES.items() if region in {*OFFERED, *SMALLER}))
    for word in phrase.split()
)
"""Every word of its own that any routine's conversation listens for."""

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Sparing:
    """The topic "what to keep away from" of a routine."""

    routine: Routine
    spots: tuple[Spot, ...] = ()
    telling: bool = False
    """Whether a spot is being told; otherwise the question is whether there is one."""
    why: str | None = None
    regions: tuple[str, ...] = ()
    sides: str = ""
    """The letters l and r."""
    page: int = 0
    """Which five places are offered."""
    done: bool = False

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The regions to offer: those that the routine touches."""
        return tuple(region for region in OFFERED if self._touches(region))

    @cached_property
    def phrases(self) -> Phrases:
        """See Topic."""
        known = {*OFFERED, *filter(self._touches, SMALLER)}
        places = [name for name, region in REGION_NAMES.items() if region in known and len(name.split()) < 3]
        return table(COMMANDS, [*REASONS, *SIDES, *places, MORE, OTHER], joined=3)

    @cached_property
    def tailored(self) -> Tailored | None:
        """The routine as it was told to be; None where too little of it is left."""
        try:
            return tailor(self.routine, self.spots)
        except UserError:
            return None

    @property
    def reminded(self) -> Lines:
        """The spots that are known already, read back."""
        return (AS_LAST_TIME, *map(kept, self.spots)) if self.spots else ()

    @property
    def settled(self) -> str | None:
        """See Topic: "declined" where too little is left."""
        if not self.done:
            return None
        return "spared" if self.tailored else "declined"

    @property
    def asks(self) -> Lines:
        """See Topic."""
        if self.done:
            return self._last_words
        if not self.telling:
            return (another(bool(self.spots)),)
        if not self.regions:
            return (where(self._named, more=len(self.places) > AT_A_TIME),) if self.why else (WHAT,)
        return (WHICH_SIDE,)

    @property
    def help(self) -> Lines:
        """See Topic."""
        if not self.telling:
            return (CAN_SAY_YES,)
        if not self.regions:
            return (CAN_SAY_PLACE,) if self.why else (CAN_SAY_REASON,)
        return (CAN_SAY_SIDE,)

    @property
    def reminder(self) -> Lines:
        """See Topic."""
        return self.asks

    def hear(self, told: Told | Heard) -> tuple[Sparing, Lines]:
        """See Topic."""
        topic, lines = self._told(told.phrase) if isinstance(told, Told) else self._command(told.command)
        return topic, lines or (self.help if topic == self else ())

    def _touches(self, region: str) -> bool:
        steps = (step for step in self.routine.steps if step.technique.name != "resting")
        return any(Area(region).overlaps(Area(step.region)) for step in steps)

    @property
    def _named(self) -> tuple[str, ...]:
        return self.places[self.page * AT_A_TIME : (self.page + 1) * AT_A_TIME]

    @property
    def _last_words(self) -> Lines:
        if self.tailored is None:
            return (TOO_LITTLE,)
        return self.tailored.left_out or ((AS_IT_IS,) if self.spots else ())

    def _command(self, command: Command) -> tuple[Sparing, Lines]:
        match command:
            case Command.YES if not self.telling:
                return replace(self, telling=True), ()
            case Command.NO | Command.NEXT if not self.telling:
                return replace(self, done=True), ()
            case Command.NEXT if self.why and not self.regions:
                return self._more()
            case Command.NO:
                return self._closed(), ()
            case Command.BACK:
                return self._back()
            case Command.PAIN if not self.regions:
                return replace(self, telling=True, why=SORE, page=0), (HEARD_AS_SORE,)
            case _:
                return self, ()

    def _told(self, phrase: str) -> tuple[Sparing, Lines]:
        if phrase == MORE:
            return self._more()
        if phrase == OTHER:
            return (replace(self, telling=True, why=ASKED, page=0), ()) if not self.regions else (self, ())
        try:
            heard = piece(phrase)
        except UserError:  # two reasons in one breath, or what is no place
            return self, ()
        return replace(
            self,
            telling=True,
            why=heard.why or self.why,
            regions=heard.regions or self.regions,
            sides=heard.sides or self.sides,
        )._kept()

    def _kept(self) -> tuple[Sparing, Lines]:
        """Keep the spots that are being told, once they are complete."""
        if not self.regions or (any(map(_paired, self.regions)) and not self.sides):
            return self, ()
        why = self.why or ASKED
        areas = [Area(region, side(region, self.sides if _paired(region) else "")) for region in self.regions]
        told = tuple(Spot(area, why, why in EASED) for area in areas)
        lines = tuple(kept(spot) for spot in told)
        return replace(self, spots=tuple(dict.fromkeys((*self.spots, *told))))._closed(), lines

    def _closed(self) -> Sparing:
        return Sparing(self.routine, self.spots)

    def _back(self) -> tuple[Sparing, Lines]:
        """Take the last word back; where none is open, the last spot."""
        if self.regions:
            return replace(self, regions=(), sides=""), ()
        if self.telling:
            return (replace(self, why=None, page=0) if self.why else self._closed()), ()
        if self.spots:
            return Sparing(self.routine, self.spots[:-1]), (FORGOTTEN,)
        return self, ()

    def _more(self) -> tuple[Sparing, Lines]:
        if not self.telling or self.regions:
            return self, ()
        pages = max(1, -(-len(self.places) // AT_A_TIME))
        return replace(self, why=self.why or ASKED, page=(self.page + 1) % pages), ()


def _paired(region: str) -> bool:
    return any(within(region, pair) for pair in PAIRED)


def repertoire(routine: Routine) -> Iterator[str]:
    """Every line of the conversation about *routine*, but for what is left out in the end."""
    yield from FIXED
    topic = Sparing(routine)
    pages = range(-(-len(topic.places) // AT_A_TIME))
    for page in pages:
        yield where(replace(topic, page=page)._named, more=len(pages) > 1)
    for region in topic.places:
        for sides in ("l", "r", "lr") if _paired(region) else ("",):
            for light in (False, True):
                yield kept(Spot(Area(region, side(region, sides)), ASKED, light))
