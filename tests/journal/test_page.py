"""The page that is handed on, in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from tests.journal.sessions import played
from tests.needing import need
from voice_coach.journal.figure import body
from voice_coach.journal.page import page
from voice_coach.journal.report import Visit
from voice_coach.routine.body import REGIONS, Side

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=700,1050",
)  # fmt: skip

VOID = {"meta", "br", "link", "img", "input", "hr"}


@pytest.fixture(scope="module")
def visits() -> list[Visit]:
    return [
        played("calf", (20, "it hurts"), (60, "skip"), number=1),
        played("calf", (15, "ouch"), (20, "skip"), number=2, began=1.8e9 + 86400),
        played("calf", number=3, began=1.8e9 + 3 * 86400),
    ]


class Outline(HTMLParser):
    """Checks that tags match, and collects what a reader's software goes by."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def test_it_is_whole_and_can_be_read_without_seeing(visits: list[Visit]) -> None:
    outline = Outline(page(visits, "2 weeks"))
    assert outline.open == []
    assert outline.seen.count("h1") == outline.seen.count("main") == 1
    ids = [value for _, name, value in outline.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    labels = [value for _, name, value in outline.attributes if name == "aria-labelledby"]
    assert set(labels) <= set(ids)
    assert outline.seen.count("svg") == sum(name == "role" for _, name, _ in outline.attributes)
    assert ("html", "lang", "en") in outline.attributes


def test_it_loads_nothing(visits: list[Visit]) -> None:
    text = page(visits, "2 weeks")
    assert not re.search(r"https?:|//|\burl\(|@import|<script|<link|<img|\bsrc=|\bhref=", text)
    assert "default-src 'none'" in text


def test_what_was_said_cannot_break_out_of_the_page() -> None:
    wild = played("calf", (20, "it hurts"))
    report = wild.discomforts[0].__class__(1.0, "<script>alert(1)</script>", "<b>", "calf", "left", 1.0)
    text = page([Visit(1, wild.began, "x", "<i>&", "<end>", 9.0, wild.work, (report,))], "")
    assert "<script" not in text
    assert "<i>" not in text
    assert Outline(text).open == []


@pytest.mark.parametrize("side", ["left", "right", "both", "none"])
@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_its_place_on_the_body(region: str, side: str) -> None:
    drawn = body({(region, side): 3})
    spots = [(float(x), float(y)) for x, y in re.findall(r'<g class="mark">.*?cx="(\S+)" cy="(\S+)"', drawn)]
    assert len(spots) == (2 if side == "both" else 1)
    assert all(0 < x < 380 and 0 < y < 450 for x, y in spots)
    (first,) = spots[:1]
    middle = 95 if first[0] < 190 else 285
    if side in (Side.LEFT, Side.RIGHT) and first[0] != middle:
        seen_right = first[0] > middle
        assert seen_right == ((side == "left") == (middle == 95))  # in front, left is on the viewer's right


def browse(folder: Path, text: str, *flags: str) -> str:
    """Open the page in a browser of its own; what it printed."""
    need(BROWSER, remedy="install Chromium")
    (folder / "page.html").write_text(text, "utf-8")
    command = [BROWSER, *QUIET, f"--user-data-dir={folder / 'profile'}", *flags, (folder / "page.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


def pixels(path: Path) -> np.ndarray:
    """The picture's rows of red, green and blue, decoded from PNG."""
    import struct
    import zlib

    data, at, packed, wide, high, depth = path.read_bytes(), 8, b"", 0, 0, 0
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        chunk = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            wide, high, bits, colours = struct.unpack(">IIBB", chunk[:10])
            assert bits == 8
            depth = {2: 3, 6: 4}[colours]
        packed += chunk if kind == b"IDAT" else b""
        at += length + 12
    raw = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(high, 1 + wide * depth)
    out = np.zeros((high, wide, depth), np.uint8)
    above = np.zeros((wide, depth), np.uint8)
    for row in range(high):
        kind, line = raw[row, 0], raw[row, 1:].reshape(wide, depth)
        if kind == 0:
            above = line.copy()
        elif kind == 1:
            above = np.cumsum(line, axis=0, dtype=np.uint8)
        elif kind == 2:
            above = above + line
        else:
            above = _predicted(int(kind), line.astype(int), above.astype(int))
        out[row] = above
    return out[..., :3]


def _predicted(kind: int, line: np.ndarray, above: np.ndarray) -> np.ndarray:
    done, corner, left = np.zeros_like(line), np.zeros(line.shape[1], int), np.zeros(line.shape[1], int)
    for x in range(len(line)):
        up = above[x]
        if kind == 3:
            guess = (left + up) // 2
        else:
            to = np.abs(np.stack([up - corner, left - corner, left + up - 2 * corner]))
            guess = np.where((to[0] <= to[1]) & (to[0] <= to[2]), left, np.where(to[1] <= to[2], up, corner))
        left = (line[x] + guess) & 255
        corner, done[x] = up, left
    return done.astype(np.uint8)


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_a_browser_shows_it_in_light_and_dark(visits: list[Visit], tmp_path: Path, scheme: str, dark: bool) -> None:
    shot = tmp_path / "shot.png"
    browse(
        tmp_path,
        page(visits[:1], ""),
        f"--screenshot={shot}",
        f"--blink-settings=preferredColorScheme={int(not dark)}",
    )
    picture = pixels(shot).astype(int)
    corner = picture[5, 5].mean()
    assert (corner < 60) if dark else (corner > 240)
    red, green, blue = picture[..., 0], picture[..., 1], picture[..., 2]
    assert ((red > green + 80) & (red > blue + 80)).sum() > 300  # the marks of reports
    assert ((blue > red + 60) & (blue > 120)).sum() > 2000  # the bars of work


def test_it_prints(visits: list[Visit], tmp_path: Path) -> None:
    paper = tmp_path / "page.pdf"
    browse(tmp_path, page(visits, "2 weeks"), f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    data = paper.read_bytes()
    assert data.startswith(b"%PDF")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", data)) <= 4


def test_the_browser_finds_nothing_wrong_with_it(visits: list[Visit], tmp_path: Path) -> None:
    """What the parser made of it has as much in it as was written."""
    text = page(visits, "2 weeks")
    shown = browse(tmp_path, text, "--dump-dom")
    for tag in ("table", "tr", "svg", "section", "circle", "rect", "path"):
        assert len(re.findall(rf"<{tag}\b", shown)) == len(re.findall(rf"<{tag}\b", text)), tag
