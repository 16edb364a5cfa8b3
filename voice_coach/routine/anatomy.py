"""What the body allows: where strokes may go, how much pressure a region takes, what is never struck."""

from __future__ import annotations

from collections.abc import Iterable

from voice_coach.routine.body import REGIONS, within

Way = tuple[tuple[str, ...], ...]
"""Places in the order of the lymph's flow; those in one group lie level."""

_LEG: Way = (
    ("toes",),
    ("ball",),
    ("sole", "foot_edge"),
    ("heel",),
    ("ankle",),
    ("lower_leg", "calf", "shin"),
    ("knee", "kneecap", "back_of_knee"),
    ("thigh", "front_thigh", "back_thigh", "inner_thigh", "outer_thigh"),
    ("hip", "groin", "buttock"),
)
_BACK: Way = (
    ("sacrum", "buttock"),
    ("lower_back",),
    ("upper_back", "shoulder_blade"),
    ("shoulder", "collar"),
    ("neck",),
)
WAYS: tuple[tuple[tuple[str, ...], Way], ...] = (
    (("arm",), (("hand",), ("wrist",), ("forearm",), ("elbow",), ("upper_arm", "triceps"), ("armpit",))),
    (("leg", "buttock", "hip"), _LEG),
    (("chest",), (("breastbone",), ("chest",), ("armpit",))),
    (("neck", "shoulder"), (("hairline",), ("neck",), ("collar", "shoulder"), ("collarbone",))),
    (("back", "buttock", "shoulder", "collar"), _BACK),
    (("straight_belly",), (("breastbone", "chest"), ("belly", "straight_belly"), ("hip", "groin"))),
    (("oblique_belly",), (("hip", "groin"), ("belly", "oblique_belly"), ("chest",))),
)
"""Which regions are stroked along which way."""

CAST = ("cast", "cast_edge", "near_cast", "fracture_site")
"""Regions of a leg that is healing."""

MOST: dict[str, tuple[int, str, str]] = {
    "groin": (1, "R2", "lymph nodes lie there"),
    "armpit": (1, "R2", "lymph nodes lie there"),
    "neck_nodes": (1, "R2", "lymph nodes lie there"),
    "spine": (1, "R6", "the spine lies there"),
    "beside_spine": (2, "R6", "the spine is close"),
    "back_of_knee": (1, "R8", "vessels and nerves lie bare there"),
    "kneecap": (1, "R9", "the kneecap is delicate"),
    "inner_thigh": (2, "R10", "the muscles there are soft"),
    "sole": (2, "R12", "the skin there is thin"),
    "shin": (2, "R13", "the bone is close"),
    "cast": (1, "H3", "a cast is tapped lightly at most"),
    "cast_edge": (2, "H3", "a bone is healing close by"),
    "near_cast": (2, "H3", "a bone is healing close by"),
    "fracture_site": (1, "H3", "a bone has just healed there"),
    "belly": (2, "H6", "nothing shields what lies below"),
}
"""Region -> the most pressure it takes, the rule, and why."""

FIRM = ("heel", "front_thigh", "buttock", "sacrum")
"""The only regions for pressure 4."""

NEVER_STRUCK: dict[str, str] = {
    "lower_back": "the kidneys lie there",
    "knee": "it is a joint with little cover",
    "shin": "the bone is close",
    **dict.fromkeys(("spine", "beside_spine", "sacrum", "shoulder_blade", "breastbone"), "it is bone"),
    **dict.fromkeys(("ankle", "wrist", "elbow", "fracture_site"), "it is bone"),
    "neck": "nodes and vessels lie there",
    "belly": "nothing shields what lies below",
    "groin": "nodes lie there",
    "armpit": "nodes lie there",
}
"""Where tapping, patting and chopping are never done, and why (R7)."""

NO_SIDES = ("body", "spine", "sacrum", "breastbone", "straight_belly", "hairline")
"""Regions in the middle of the body."""

OUT_OF_REACH = ("upper_back", "shoulder_blade", "beside_spine", "spine")
"""What a person alone cannot work on."""


def touches(region: str, part: str) -> bool:
    """Whether hands on *region* are on *part* too: because it lies in it, or holds it."""
    return within(region, part) or within(part, region)


def parts(region: str, of: Iterable[str]) -> list[str]:
    """The smallest regions that lie in both *region* and one of *of*."""
    outer = list(of)
    shared = [r for r in REGIONS if within(r, region) and any(within(r, o) for o in outer)]
    return [r for r in shared if not any(other != r and within(other, r) for other in shared)]


def ranks(place: str, way: Way) -> list[int]:
    """Which groups of a way a place belongs to: one, or all that it holds."""
    exact = [rank for rank, group in enumerate(way) if place in group]
    return exact or [rank for rank, group in enumerate(way) if any(within(name, place) for name in group)]


def passed(start: str, end: str, way: Way) -> list[int] | None:
    """The groups of a way strictly between two places, or None where it does not lead from one to the other."""
    first, last = ranks(start, way), ranks(end, way)
    if not first or not last or max(first) >= min(last):
        return None
    return list(range(max(first) + 1, min(last)))


def ways(region: str) -> list[Way]:
    """The ways along which a region is stroked."""
    return [way for regions, way in WAYS if any(within(region, r) for r in regions)]
