"""What the coach says about keeping away from places. None of it holds a safety word or is an answer to itself."""

from __future__ import annotations

from collections.abc import Sequence

from voice_coach.routine.body import Area, Side
from voice_coach.routine.body_map import Spot

ANYTHING = "Is there anything to keep away from today?"
ANYTHING_ELSE = "Anything else?"
WHAT = "What is it? Such as a bruise, a cast, veins, a wound, or something sore."
WHICH_SIDE = "Is it on the left, on the right, or on both?"
CAN_SAY_YES = "Please say yes or no. Or tell it at once, like bruise left thigh."
CAN_SAY_REASON = "Name what it is, or say something else."
CAN_SAY_PLACE = "Name the place, or ask for more."
CAN_SAY_SIDE = "Say left, right or both."
HEARD_AS_SORE = "So something is sore."
AS_LAST_TIME = "As last time."
FORGOTTEN = "I have taken that back."
AS_IT_IS = "Then all of it can stay."
TOO_LITTLE = "That leaves too little of it. Choose another one, or rest today."

FIXED: tuple[str, ...] = tuple(value for name, value in globals().items() if name.isupper() and isinstance(value, str))
"""All sentences above."""


def another(some: bool) -> str:
    """The question whether there is a spot, or another one."""
    return ANYTHING_ELSE if some else ANYTHING


def where(regions: Sequence[str], *, more: bool) -> str:
    """The question for the place."""
    names = [f"the {Area(region)}" for region in regions]
    listed = " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"Where is it? I know {listed}{', and more' if more else ''}."


def kept(spot: Spot) -> str:
    """What is kept away from, read back."""
    name = str(spot.area) if spot.area.side is Side.BOTH else f"the {spot.area}"
    return f"Light strokes at most on {name}." if spot.light else f"I keep away from {name}."
