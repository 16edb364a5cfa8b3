"""The transcript: one JSON object a line, as it happens."""

from __future__ import annotations

import json
from pathlib import Path

from voice_coach.files import Replacement
from voice_coach.stage import Line


class TranscriptFile(Replacement):
    """Writes lines to a file that takes its place when the session is over."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)

    def tell(self, line: Line) -> None:
        """Append one line."""
        self.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
