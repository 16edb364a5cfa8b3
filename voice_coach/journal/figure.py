"""Pictures for the report, drawn as SVG: the body with reports by area, a session's course, and many sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from voice_coach.journal.report import Visit, place
from voice_coach.routine.body import PARENT

FRONT, BACK = "front", "back"

# Where a region is: the view, how far from the middle, how far down. The person's left is on the viewer's right
# in front, and on the viewer's left from behind.
_AT: dict[str, tuple[str, int, int]] = {
    "body": (FRONT, 0, 150), "leg": (FRONT, 20, 300), "foot": (FRONT, 24, 414), "toes": (FRONT, 26, 424),
    "ball": (FRONT, 25, 419), "sole": (BACK, 23, 420), "heel": (BACK, 21, 410), "foot_edge": (FRONT, 31, 417),
    "ankle": (FRONT, 21, 398), "lower_leg": (FRONT, 21, 358), "calf": (BACK, 21, 352), "shin": (FRONT, 20, 352),
    "knee": (FRONT, 20, 316), "kneecap": (FRONT, 20, 314), "back_of_knee": (BACK, 20, 314),
    "thigh": (FRONT, 19, 268), "front_thigh": (FRONT, 19, 262), "back_thigh": (BACK, 19, 262),
    "inner_thigh": (FRONT, 10, 262), "outer_thigh": (FRONT, 30, 262), "cast": (FRONT, 21, 345),
    "cast_edge": (FRONT, 20, 326), "near_cast": (FRONT, 20, 298), "fracture_site": (FRONT, 21, 368),
    "hip": (FRONT, 26, 218), "buttock": (BACK, 15, 224), "groin": (FRONT, 12, 232), "groin_nodes": (FRONT, 10, 228),
    "back": (BACK, 14, 150), "sacrum": (BACK, 0, 206), "lower_back": (BACK, 13, 184), "upper_back": (BACK, 15, 118),
    "beside_spine": (BACK, 9, 150), "spine": (BACK, 0, 150), "shoulder_blade": (BACK, 20, 116),
    "shoulder": (FRONT, 36, 92), "neck": (BACK, 6, 68), "hairline": (BACK, 6, 50), "neck_nodes": (FRONT, 8, 68),
    "collar": (FRONT, 16, 82), "collarbone": (FRONT, 18, 86), "arm": (FRONT, 50, 160), "hand": (FRONT, 60, 238),
    "wrist": (FRONT, 58, 218), "forearm": (FRONT, 55, 190), "elbow": (FRONT, 51, 158), "upper_arm": (FRONT, 45, 125),
    "triceps": (BACK, 45, 125), "armpit": (FRONT, 33, 108), "armpit_nodes": (FRONT, 31, 106), "chest": (FRONT, 15, 115),
    "breastbone": (FRONT, 0, 116), "belly": (FRONT, 8, 172), "straight_belly": (FRONT, 0, 172),
    "oblique_belly": (FRONT, 20, 174), "knee_nodes": (BACK, 20, 318),
}  # fmt: skip

_BODY = (
    '<circle cx="0" cy="42" r="21"/><path class="limb" stroke-width="16" d="M0 60V80"/>'
    '<path d="M-36 82Q0 72 36 82Q40 120 29 165Q30 200 33 226H-33Q-30 200 -29 165Q-40 120 -36 82Z"/>'
    '<path class="limb" stroke-width="17" d="M-37 92Q-46 120 -50 158Q-54 190 -58 214"/>'
    '<path class="limb" stroke-width="17" d="M37 92Q46 120 50 158Q54 190 58 214"/>'
    '<circle cx="-60" cy="234" r="10"/><circle cx="60" cy="234" r="10"/>'
    '<path d="M-33 222H-2Q-4 280 -9 314Q-8 350 -14 404H-28Q-35 350 -31 314Q-37 270 -33 222Z"/>'
    '<path d="M33 222H2Q4 280 9 314Q8 350 14 404H28Q35 350 31 314Q37 270 33 222Z"/>'
    '<ellipse cx="-24" cy="414" rx="12" ry="15"/><ellipse cx="24" cy="414" rx="12" ry="15"/>'
)
_MIDDLES = {FRONT: 95, BACK: 285}


def body(reports: Mapping[tuple[str, str], int], left_out: Sequence[tuple[str, str]] = ()) -> str:
    """The body from in front and behind: a number for each (region, side) reported, a ring where left out."""
    listed = [f"{place(*area)}: {count}" for area, count in reports.items() if area[0]]
    told = "Reports of discomfort by area: " + ("; ".join(listed) or "none") + "."
    parts = [
        f'<svg class="body" viewBox="0 0 380 450" role="img" aria-labelledby="body-title"><title id="body-title">'
        f"{escape(told)}</title>"
    ]
    for view, middle in _MIDDLES.items():
        left, right = ("R", "L") if view == FRONT else ("L", "R")
        spine = '<path class="detail" d="M0 86V205"/>' if view == BACK else '<circle class="navel" cy="182" r="2"/>'
        parts.append(
            f'<g transform="translate({middle} 0)"><g class="skin">{_BODY}</g>{spine}'
            f'<text y="14">{view}</text><text class="side" x="-78" y="238">{left}</text>'
            f'<text class="side" x="78" y="238">{right}</text></g>'
        )
    for region, side in dict.fromkeys(left_out):
        for x, y in _spots(region, side):
            title = escape(f"{place(region, side)}: left out")
            parts.append(f'<circle class="out" cx="{x}" cy="{y}" r="14"><title>{title}</title></circle>')
    for (region, side), count in reports.items():
        for x, y in _spots(region, side):
            title = escape(f"{place(region, side)}: {count}")
            parts.append(
                f'<g class="mark"><title>{title}</title><circle cx="{x}" cy="{y}" r="{min(13, 8 + count)}"/>'
                f'<text x="{x}" y="{y + 4}">{count}</text></g>'
            )
    return "".join(parts) + "</svg>"


def _spots(region: str, side: str) -> list[tuple[int, int]]:
    """Where to mark an area; both sides get two marks, and what has no place none."""
    at: str | None = region
    while at is not None and at not in _AT:
        at = PARENT.get(at)
    if at is None:
        return []
    view, out, down = _AT[at]
    towards_left = 1 if view == FRONT else -1
    signs = {"left": (towards_left,), "right": (-towards_left,), "both": (1, -1)}.get(side, (0,))
    return [(_MIDDLES[view] + sign * out, down) for sign in signs]


WIDTH, MARGIN = 720, 22


def course(visit: Visit) -> str:
    """A session from left to right: a bar for each step, longer and deeper where hands were on, marks for reports."""
    span = max(60.0, visit.seconds)

    def x(t: float) -> float:
        return round(MARGIN + t / span * (WIDTH - 2 * MARGIN), 1)

    name = f"course-{visit.number}"
    told = f"The course of the session: {len(visit.work)} steps, {len(visit.discomforts)} reports of discomfort."
    parts = [
        f'<svg class="course" viewBox="0 0 {WIDTH} 74" role="img" aria-labelledby="{name}"><title id="{name}">'
        f'{escape(told)}</title><path class="axis" d="M{MARGIN} 52H{WIDTH - MARGIN}"/>'
    ]
    minutes = next((m for m in (1, 2, 5, 10, 20, 30, 60) if span / 60 / m <= 10), 120)
    for tick in range(0, int(span // 60) + 1, minutes):
        at = x(tick * 60)
        parts.append(f'<path class="axis" d="M{at} 52v5"/><text x="{at}" y="69">{tick} min</text>')
    for work in visit.work:
        wide = max(2.0, x(work.ended) - x(work.begun) - 1)
        title = escape(f"{work.index}. {work.title}{_sided(work.side)}: {work.outcome}, {work.hands_on:.0f} s")
        kind = "gentle" if work.rung else "work"
        parts.append(
            f'<g><title>{title}</title><rect class="{kind} {work.outcome.replace(" ", "-")}" x="{x(work.begun)}" '
            f'y="26" width="{wide:.1f}" height="26" rx="3"/>'
        )
        if wide > 14:
            parts.append(f'<text class="on" x="{x(work.begun) + wide / 2:.1f}" y="43">{work.index}</text>')
        parts.append("</g>")
    for report in visit.discomforts:
        title = escape(f"{place(report.region, report.side)}, “{report.phrase}”")
        parts.append(f'<path class="pain" d="M{x(report.at)} 24l-6 -12h12z"><title>{title}</title></path>')
    return "".join(parts) + "</svg>"


def weeks(visits: Sequence[Visit]) -> str:
    """Many sessions: a bar of minutes of work for each, and above it a mark with the number of its reports."""
    told = f"{len(visits)} sessions by date, with minutes of work and the number of reports."
    parts = [
        f'<svg class="weeks" viewBox="0 0 {WIDTH} 190" role="img" aria-labelledby="weeks"><title id="weeks">'
        f'{escape(told)}</title><path class="axis" d="M10 160H{WIDTH - 10}"/>'
    ]
    most = max([60.0, *(visit.hands_on for visit in visits)])
    room = (WIDTH - 20) / max(1, len(visits))
    every = max(1, round(46 / room))
    for number, visit in enumerate(visits):
        wide, tall = min(46.0, room * 0.7), 110 * visit.hands_on / most
        middle = 10 + (number + 0.5) * room
        reports = len(visit.discomforts)
        title = escape(f"{visit.began:%d %B %Y}, {visit.title}: {visit.hands_on / 60:.0f} min, {reports} reports")
        parts.append(
            f'<g><title>{title}</title><rect class="work" x="{middle - wide / 2:.1f}" y="{160 - tall:.1f}" '
            f'width="{wide:.1f}" height="{tall:.1f}" rx="3"/>'
        )
        if reports:
            top = 160 - tall - 4
            parts.append(
                f'<path class="pain" d="M{middle:.1f} {top:.1f}l-6 -12h12z"/>'
                f'<text x="{middle:.1f}" y="{top - 16:.1f}">{reports}</text>'
            )
        if number % every == 0:
            parts.append(f'<text x="{middle:.1f}" y="178">{visit.began.day} {visit.began:%b}</text>')
        parts.append("</g>")
    return "".join(parts) + "</svg>"


def _sided(side: str) -> str:
    return "" if side == "none" else f", {side}"
