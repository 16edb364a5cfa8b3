"""The body: its regions, which lies in which, and areas, which are regions with a side."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Which side of the body a step works on."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    """Both at once."""
    EACH = "each"
    """Left, then right, for equal time, with a pause to change hands."""
    NONE = "none"
    """The region has no sides."""


_TREE = """
body
  leg
    foot
      toes
      ball
      sole
      heel
      foot_edge
      ankle
    lower_leg
      calf
      shin
    knee
      kneecap
      back_of_knee
    thigh
      front_thigh
      back_thigh
      inner_thigh
      outer_thigh
    cast
    cast_edge
    near_cast
    fracture_site
  hip
    buttock
    groin
    groin_nodes
  back
    sacrum
    lower_back
    upper_back
    beside_spine
    spine
    shoulder_blade
  shoulder
  neck
    hairline
    neck_nodes
    collar
    collarbone
  arm
    hand
    wrist
    forearm
    elbow
    upper_arm
    triceps
    armpit
    armpit_nodes
  chest
    breastbone
  belly
    straight_belly
    oblique_belly
  knee_nodes
"""


def _parents() -> dict[str, str | None]:
    parents: dict[str, str | None] = {}
    above: list[str] = []
    for line in _TREE.strip().splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        del above[depth:]
        parents[line.strip()] = above[-1] if above else None
        above.append(line.strip())
    return parents


PARENT: dict[str, str | None] = _parents()
"""Region -> the region it lies in; None for the whole body."""

REGIONS: tuple[str, ...] = tuple(PARENT)
"""Every region a routine may name."""

NODES: frozenset[str] = frozenset(name for name in REGIONS if name.endswith("_nodes"))
"""Lymph nodes; never a target."""


def within(region: str, outer: str) -> bool:
    """Whether *region* is *outer* or lies in it."""
    at: str | None = region
    while at is not None:
        if at == outer:
            return True
        at = PARENT[at]
    return False


@dataclass(frozen=True)
class Area:
    """A region on a side: what a report is about and what can be left out."""

    region: str
    side: Side = Side.NONE

    def overlaps(self, other: Area) -> bool:
        """Whether touching *other* touches this area too."""
        one_side = self.side == other.side or not {self.side, other.side} <= {Side.LEFT, Side.RIGHT}
        return one_side and (within(self.region, other.region) or within(other.region, self.region))

    def __str__(self) -> str:
        """The area as it is said: "left calf", "both feet", "back of the knee" and so on."""
        name = _SPOKEN.get(self.region, self.region.replace("_", " "))
        if self.side is Side.BOTH:
            return f"both {_PLURALS.get(name, name + 's')}"
        return f"{self.side.value} {name}" if self.side in (Side.LEFT, Side.RIGHT) else name


_SPOKEN = {
    "ball": "ball of the foot",
    "foot_edge": "edge of the foot",
    "back_of_knee": "hollow of the knee",
    "front_thigh": "front of the thigh",
    "back_thigh": "back of the thigh",
    "cast_edge": "skin at the edge of the cast",
    "near_cast": "leg near the cast",
    "straight_belly": "middle of the belly",
    "oblique_belly": "side of the belly",
    "beside_spine": "muscles beside the spine",
}
_PLURALS = {
    "ball of the foot": "balls of the feet",
    "foot": "feet",
    "toes": "feet's toes",
    "ankle": "ankles",
    "edge of the foot": "edges of the feet",
    "hollow of the knee": "hollows of the knees",
    "calf": "calves",
    "triceps": "triceps",
    "muscles beside the spine": "muscles beside the spine",
    "side of the belly": "sides of the belly",
    **{name: f"sides of the {name}" for name in ("neck", "collar", "chest", "belly", "back")},
    **{name: f"sides of the {name}" for name in ("upper back", "lower back", "middle of the belly")},
    "front of the thigh": "fronts of the thighs",
    "back of the thigh": "backs of the thighs",
}
