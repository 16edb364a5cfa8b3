"""The body map: what a person wants spared, and why, read from a few words.

Such as "cast on the left lower leg, bruise on the right thigh, varicose veins".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from voice_coach.errors import UserError
from voice_coach.routine.body import NODES, REGIONS, Area, Side, within

EXAMPLE = "cast on the left lower leg, bruise on the right thigh, varicose veins"
LONGEST = 500
"""Letters a body map may have."""

ASKED = "asked"
VEINS = "varicose veins"
STRAIN = "strain"
HEALING = frozenset({"cast", "break"})
"""The reasons for which there are routines of their own."""
DRY = frozenset({*HEALING, "wound", "injury", "rash", "operation"})
"""The reasons for which a place is kept out of the water."""
EASED = frozenset({VEINS, STRAIN})
"""The reasons for which light strokes are still fine."""


@dataclass(frozen=True)
class Spot:
    """An area that is spared, and why."""

    area: Area
    why: str
    """A noun, such as "bruise", or ASKED for no reason but the wish."""
    light: bool = False
    """Whether light strokes are fine; everything else is left out there."""

    def __str__(self) -> str:
        """The spot as a body map of its own."""
        why = "leave out" if self.why == ASKED else self.why
        sides = "" if self.area.side is Side.NONE else f"{self.area.side.value} "
        return f"{why} on {sides}{self.area.region.replace('_', ' ')}"


_REASONS = {
    "cast": ("plaster cast", "cast", "plaster", "splint"),
    "break": ("fracture", "fractured", "broken bone", "broken", "break"),
    "bruise": ("bruises", "bruised", "bruise"),
    VEINS: ("varicose veins", "varicose vein", "varices", "veins"),
    "injury": ("injuries", "injured", "injury", "sprained", "sprain", "twisted", "torn"),
    STRAIN: ("strained", "strain", "pulled muscle"),
    "wound": ("open wound", "wounds", "wound", "stitches", "cut", "blisters", "blister", "burn"),
    "rash": ("rash", "eczema", "sunburn"),
    "scar": ("scars", "scar"),
    "operation": ("operation", "operated", "surgery"),
    "swelling": ("swelling", "swollen"),
    "soreness": ("hurts", "hurt", "soreness", "sore", "tender", "aching", "aches", "painful", "pain"),
    ASKED: ("leave out", "leave alone", "do not touch", "avoid", "spare", "skip", "without", "no", "not"),
}
_SIDES = {"left": "l", "right": "r", "both": "lr", "each": "lr"}
_FILLING = frozenset(
    {"a", "an", "the", "my", "his", "her", "their", "your", "on", "at", "in", "to", "of", "is", "are", "be", "has"}
    | {"have", "had", "there", "with", "i", "we", "he", "she", "they", "it", "please", "some", "side", "sides"}
    | {"around", "near", "over", "new", "old", "fresh"}
)
_OTHER_NAMES = {
    "lower_leg": ("lower legs", "below knee"),
    "foot": ("feet",),
    "toes": ("toe", "big toe", "toenail"),
    "ball": ("ball of foot", "balls of feet"),
    "sole": ("soles", "arch"),
    "foot_edge": ("edge of foot", "edges of feet"),
    "calf": ("calves",),
    "shin": ("shins", "shinbone"),
    "kneecap": ("kneecaps", "knee cap"),
    "back_of_knee": ("hollow of knee", "backs of knees", "hollows of knees"),
    "thigh": ("upper leg", "upper legs"),
    "front_thigh": ("front of thigh", "fronts of thighs"),
    "back_thigh": ("back of thigh", "backs of thighs", "hamstring", "hamstrings"),
    "inner_thigh": ("inside of thigh", "inner thighs"),
    "outer_thigh": ("outside of thigh", "outer thighs"),
    "buttock": ("seat", "bottom"),
    "beside_spine": ("beside spine",),
    "belly": ("tummy", "stomach", "abdomen"),
    "hand": ("finger", "fingers", "thumb"),
    "collarbone": ("collar bone",),
    "shoulder_blade": ("shoulder blade",),
}
_VEINS: tuple[str, ...] = ("lower_leg", "knee", "thigh")
"""Where varicose veins are when nobody says where."""
PAIRED = ("leg", "arm", "hip", "shoulder", "shoulder_blade")
"""What is there twice, so that both are meant where no side is given."""


def _names() -> dict[str, str]:
    plain = [region for region in REGIONS if region != "body" and region not in NODES]
    plain = [region for region in plain if not region.endswith(("cast", "cast_edge", "fracture_site"))]
    names = {region.replace("_", " ").replace(" of ", " "): region for region in plain}
    names |= {f"{name}s": region for name, region in names.items() if f"{name}s" not in names}
    for region, others in _OTHER_NAMES.items():
        names |= {name.replace(" of ", " "): region for name in others}
    return names


REGION_NAMES: dict[str, str] = _names()
"""What people call a region, without "the" and "of" -> the region."""
_REASON_NAMES = {name: why for why, names in _REASONS.items() for name in names}


@dataclass(frozen=True)
class Piece:
    """What a few words hold; any of the three may be missing."""

    why: str | None
    sides: str
    """The letters l and r."""
    regions: tuple[str, ...]


def body_map(text: str) -> tuple[Spot, ...]:
    """The spots that *text* names, in order. Raises UserError, in one sentence, for what is not understood."""
    if len(text) > LONGEST:
        raise UserError(f"The body map is longer than {LONGEST} letters; name only what has to be spared.")
    spots: list[Spot] = []
    for chunk in re.split(r"[,;.\n]", text.lower()):
        why: str | None = None
        open_why, open_sides = False, ""  # said, and still without a place
        pieces = [piece(words, chunk.strip()) for words in re.split(r"\band\b|&|\+", chunk)]
        for number, told in enumerate(pieces, start=1):
            if told.why:
                if open_why:
                    raise _nowhere(chunk)
                why, open_why = told.why, True
            open_sides += told.sides
            regions = told.regions
            if open_why and not regions and why == VEINS and (number == len(pieces) or not open_sides):
                regions = _VEINS
            for region in regions:
                spots.append(Spot(Area(region, side(region, open_sides)), why or ASKED, why in EASED))
            if regions:
                open_why, open_sides = False, ""
        if open_why or open_sides:
            raise _nowhere(chunk)
    return tuple(dict.fromkeys(spots))


def _nowhere(chunk: str) -> UserError:
    return UserError(f"The body map says {chunk.strip()!r}, but not where; write it like '{EXAMPLE}'.")


def piece(words: str, chunk: str = "") -> Piece:
    """What a few *words*, which may be part of a longer *chunk*, say.

    Sides are taken out, then reasons and regions, the longest names first. Raises UserError where anything is left.
    """
    tokens = re.findall(r"[^\W_]+", words.replace("-", " ").replace("'s", ""))
    sides = "".join(_SIDES.get(token, "") for token in tokens)
    rest = f" {' '.join(token for token in tokens if token not in _SIDES)} "
    rest, whys = _take(rest, _REASON_NAMES)
    kept = [word for word in rest.split() if word not in _FILLING]
    rest, regions = _take(f" {' '.join(kept)} ", REGION_NAMES)
    unknown = [word for word in rest.split() if word != "|"]
    if unknown or len(whys) > 1:
        what = repr(" ".join(unknown)) if unknown else repr(words.strip())
        inside = f" in {chunk!r}" if unknown and what != repr(chunk) else ""
        raise UserError(f"The body map's {what}{inside} is not understood; write it like '{EXAMPLE}'.")
    return Piece(whys[0] if whys else None, sides, tuple(regions))


def _take(text: str, names: dict[str, str]) -> tuple[str, list[str]]:
    """*text* without the names in it, and what they stand for, each once, in the order of the text."""
    found: list[tuple[int, str]] = []
    for name in sorted(names, key=len, reverse=True):
        while (at := text.find(f" {name} ")) >= 0:
            found.append((at, names[name]))
            text = f"{text[:at]} {'|' * len(name)} {text[at + len(name) + 2 :]}"
    return re.sub(r"\|+", "|", text), list(dict.fromkeys(meant for _, meant in sorted(found)))


def side(region: str, sides: str) -> Side:
    """The side meant by letters l and r; where none is said, both of what is there twice."""
    if {"l", "r"} <= set(sides):
        return Side.BOTH
    if sides:
        return Side.LEFT if "l" in sides else Side.RIGHT
    return Side.BOTH if any(within(region, pair) for pair in PAIRED) else Side.NONE
