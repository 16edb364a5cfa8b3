"""What a terminal sends, cut into presses: keys, mouse clicks, and the buttons of pedals and presenters."""

from __future__ import annotations

import re

ESCAPE = "\x1b"
MOUSE_ON, MOUSE_OFF = b"\x1b[?1000h\x1b[?1006h", b"\x1b[?1006l\x1b[?1000l"
"""Ask the terminal to tell of mouse buttons, in its newer way of writing; and no longer."""
CLICK, BUTTON = "click", "button"
"""A mouse button, and any key that sends more than a letter."""

_MOUSE = re.compile(r"\x1b\[<(\d+);\d+;\d+([Mm])")
_OLD_MOUSE = re.compile(r"\x1b\[M(.)..", re.S)
_SEQUENCE = re.compile(
    r"\x1b(?:\[\[.|\[M...|\[(?![M\[])[0-?]*[ -/]*[@-~]|O.|[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)|[^\[O\]P_^X\x1b])", re.S
)
_BEGUN = re.compile(r"\x1b(?:\[\[|\[M.{0,2}|\[[0-?]*[ -/]*|O|[\]P_^X][^\x07\x1b]*\x1b?)?\Z", re.S)
_ANSWER = re.compile(
    r"\x1b(?:\[[IO]|\[\??\d+;[\d;]+R|\[\?[\d;]*c|\[\??\d[\d;]*[nt]|\[\?[\d;]*\$?y|\[20[01]~|[\]P_^X].*)\Z", re.S
)
"""The terminal speaks for itself: focus, cursor, name, state, the brackets around a paste. Nobody pressed anything."""
_F3 = re.compile(r"\x1b\[1;(?:[2-9]|1[0-6])R")
"""With Shift, Alt or Ctrl. A cursor at the left of the first line is told in the same way, but nobody asks for it."""


def presses(text: str, *, quiet: bool = False) -> tuple[list[str], str]:
    """The presses in *text*, each a character, CLICK or BUTTON, and what may be the beginning of another one.

    When it has been *quiet* since then, nothing more is coming: what was begun is a press too.
    """
    found: list[str] = []
    while text:
        if not text.startswith(ESCAPE):
            found, text = [*found, text[0]], text[1:]
        elif whole := _SEQUENCE.match(text):
            found, text = [*found, *_press(whole[0])], text[whole.end() :]
        elif _BEGUN.match(text) and not quiet:
            return found, text
        elif _BEGUN.match(text):
            return [*found, ESCAPE if text == ESCAPE else BUTTON], ""
        else:
            found, text = [*found, ESCAPE], text[1:]
    return found, ""


def _press(sequence: str) -> list[str]:
    if mouse := _MOUSE.fullmatch(sequence):
        moved_or_turned = int(mouse[1]) & (32 | 64)
        return [] if moved_or_turned or mouse[2] == "m" else [CLICK]
    if mouse := _OLD_MOUSE.fullmatch(sequence):
        button = ord(mouse[1]) - 32
        return [] if button & (32 | 64) or button & 3 == 3 else [CLICK]
    return [] if _ANSWER.match(sequence) and not _F3.match(sequence) else [BUTTON]
