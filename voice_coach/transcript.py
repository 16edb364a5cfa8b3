"""The transcript: one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path

from voice_coach.files import Replacement
from voice_coach.stage import Line


class TranscriptFile(Replacement):
    """Keeps lines for a file that is written when the session is over: a disk that is full meanwhile ends nothing."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._lines: list[bytes] = []

    def tell(self, line: Line) -> None:
        """Append one line."""
        self._lines.append((json.dumps(line, ensure_ascii=False) + "\n").encode())

    def close(self) -> None:
        """Write them; does nothing when closed or abandoned before."""
        if not self.closed:
            self.write(b"".join(self._lines))
        super().close()
