"""Two pictures, drawn as SVG: the detection-error curve, and how the reaction times are distributed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from benchmarks.hearing.measures import OURS, Results
from benchmarks.hearing.silent import Record
from voice_coach.files import Replacement

WIDTH, HEIGHT, LEFT, TOP = 720, 420, 70, 40
COLOURS = ("#005f73", "#ca6702", "#9b2226", "#5f0f70", "#3a5a40", "#577590", "#bc6c25", "#222222")
FLOOR = 0.3
"""Where no false end at all is drawn, an hour."""


@dataclass
class Plot:
    """Axes with lines and points; *x* and *y* are the ends of the axes."""

    title: str
    x: tuple[str, float, float]
    y: tuple[str, float, float]
    parts: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a value lies in the picture."""
        _, x0, x1 = self.x
        _, y0, y1 = self.y
        width, height = WIDTH - LEFT - 230, HEIGHT - TOP - 60
        return LEFT + width * (x - x0) / (x1 - x0), TOP + height * (1 - (y - y0) / (y1 - y0))

    def line(self, name: str, points: Sequence[tuple[float, float]], dots: bool = False) -> None:
        """A line, named at the side."""
        if name not in self.named:
            self.named.append(name)
        stroke = _stroke(self.named.index(name))
        placed = [self.at(*point) for point in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        self.parts.append(f'<polyline points="{path}" fill="none" {stroke} stroke-width="2"/>')
        if dots:
            self.parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="none" {stroke}/>' for x, y in placed]

    def tick(self, axis: str, value: float, text: str) -> None:
        """A mark on an axis, with a thin line across."""
        x, y = self.at(value, self.y[1]) if axis == "x" else self.at(self.x[1], value)
        far = self.at(value, self.y[2]) if axis == "x" else self.at(self.x[2], value)
        self.parts.append(f'<path d="M{x:.1f} {y:.1f}L{far[0]:.1f} {far[1]:.1f}" stroke="#ddd"/>')
        place = f'x="{x:.1f}" y="{y + 16:.1f}" text-anchor="middle"' if axis == "x" else (
            f'x="{x - 6:.1f}" y="{y + 4:.1f}" text-anchor="end"'
        )  # fmt: skip
        self.parts.append(f"<text {place}>{escape(text)}</text>")

    def svg(self) -> str:
        """The whole picture."""
        key = "".join(
            f'<path d="M{WIDTH - 215} {TOP + 8 + 20 * i}h18" {_stroke(i)} stroke-width="3"/>'
            f'<text x="{WIDTH - 190}" y="{TOP + 12 + 20 * i}">{escape(name)}</text>'
            for i, name in enumerate(self.named)
        )
        middle = self.at((self.x[1] + self.x[2]) / 2, self.y[1])[0]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
            f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
            f'<text x="{LEFT}" y="22" font-size="15">{escape(self.title)}</text>{"".join(self.parts)}{key}'
            f'<text x="{middle:.0f}" y="{HEIGHT - 18}" text-anchor="middle">{escape(self.x[0])}</text>'
            f'<text transform="translate(18 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">{escape(self.y[0])}</text>'
            "</svg>\n"
        )


def _stroke(number: int) -> str:
    """How the line of this number looks: dashed once all colours are used."""
    dashes = ' stroke-dasharray="5 3"' if number >= len(COLOURS) else ""
    return f'stroke="{COLOURS[number % len(COLOURS)]}"{dashes}'


def detection(results: Results) -> str:
    """Words missed against false ends an hour, one line a system; to the left and below is better."""
    points = results["curve"]
    worst = max([10.0, *(p["false_ends"]["an_hour"] for p in points)])
    plot = Plot(
        "Missed safety words against false ends of a step, over the knob",
        ("false ends an hour of talk (logarithmic)", math.log10(FLOOR), math.log10(worst)),
        ("missed, %", 0.0, 100.0),
    )
    plot.tick("x", math.log10(FLOOR), "none")
    for power in range(math.floor(math.log10(worst)) + 1):
        plot.tick("x", power, f"{10**power}")
    for share in range(0, 101, 20):
        plot.tick("y", share, f"{share}")
    for name, mine in _lines(points).items():
        placed = sorted((math.log10(max(FLOOR, p["false_ends"]["an_hour"])), 100 * p["missed"]["share"]) for p in mine)
        plot.line(name, placed, dots=True)
    return plot.svg()


def _lines(points: Sequence[Results]) -> dict[str, list[Results]]:
    """The points of one curve together: ours by how sure the spotter is, and a rival's by its settings."""
    lines: dict[str, list[Results]] = {}
    for point in points:
        system = point["system"]
        if system == OURS:
            name = "ours, as shipped" if point["nats"] is None else "ours, spotter more or less sure"
        else:
            name = re.sub(r" [-+.e\d]+$", "", system)
        lines.setdefault(name, []).append(point)
    return lines


def reaction(records: Sequence[Record], longest: float = 2.0) -> str:
    """The share of words that had silenced the coach, or ended the step, a time after the word's end."""
    plot = Plot(
        "From the end of the word, said over the coach's voice",
        ("seconds after the word's end", -0.5, longest),
        ("of all words, %", 0.0, 100.0),
    )
    for tenth in range(-5, round(10 * longest) + 1, 5):
        plot.tick("x", tenth / 10, f"{tenth / 10:g}")
    for share in range(0, 101, 20):
        plot.tick("y", share, f"{share}")
    over = [r for r in records if r["part"] == "over" and r["speaking"]]
    for system in dict.fromkeys(r["system"] for r in over):
        mine = [r for r in over if r["system"] == system]
        for key, name in (("hush", f"{system}: silence"), ("ended", f"{system}: step ended")):
            if system == OURS or key == "ended":
                times = sorted(r[key] for r in mine if r[key] is not None)
                steps = [(max(-0.5, min(longest, t)), 100 * (i + 1) / len(mine)) for i, t in enumerate(times)]
                plot.line(name, [(-0.5, 0.0), *steps, (longest, 100 * len(times) / len(mine))])
    return plot.svg()


def draw(folder: Path, records: Sequence[Record], results: Results) -> None:
    """Write both pictures into *folder*."""
    for name, picture in (("hearing-detection", detection(results)), ("hearing-reaction", reaction(records))):
        with Replacement(folder / f"{name}.svg") as file:
            file.write(picture.encode())
