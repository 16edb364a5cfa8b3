"""A process that tells the journal what happens, in real time, until it is killed; what it told is on its output."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tests.session.playing import Play
from tests.session.routines import routine
from voice_coach.journal.writer import Journal
from voice_coach.stage import Line

RATE = 100
"""Lines a second; many more than a session has."""


def main(path: Path) -> None:
    session = Play(routine("calf"))
    with Journal(path, lambda text: print(text, file=sys.stderr)) as journal:
        for number in range(60 * RATE):
            line: Line = {"t": number / RATE, "event": "note", "text": f"line {number}"}
            if not number:
                line = {"t": 0, "event": "start", "routine": "calf", "title": "calves and soles"}
            session.wait(0.5)
            os.write(1, f"{number} {time.monotonic()}\n".encode())
            journal.tell(line)
            journal.keep(session.session, session.now)
            time.sleep(1 / RATE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
