"""A private copy of a downloaded model that answers sooner."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from pathlib import Path

import platformdirs

FRAMES = 6
"""Frames computed at a time, of 10 ms: at most so long does a word wait. Kaldi takes 20, and most models do not say."""

_SET = re.compile(r"^\s*--frames-per-chunk\s*=", re.MULTILINE)


def prompt(model: Path, cache: Path | None = None) -> Path:
    """A folder that is *model* with FRAMES in its settings; *model* itself where it says how many, or none can be made.

    Then it is only slower. All but the settings are links, so it takes no room, and the model itself is never changed.
    """
    settings = model / "conf" / "model.conf"
    try:
        text = settings.read_text("utf-8")
        if _SET.search(text):
            return model
        folder = cache or Path(platformdirs.user_cache_dir("voice_coach", appauthor=False)) / "prompt"
        name = hashlib.sha256(f"{model.resolve()}|{settings.stat().st_mtime_ns}|{FRAMES}".encode()).hexdigest()[:16]
        place = folder / f"{name}" / model.name
        if not (place / "conf" / "model.conf").exists():
            _link(model.resolve(), place, text)
        return place
    except (OSError, UnicodeDecodeError):  # no room, no links (as on Windows without leave), no such file, not UTF-8
        return model


def _link(model: Path, place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=place.parent))
    try:
        for entry in model.iterdir():
            if entry.name != "conf":
                (draft / entry.name).symlink_to(entry, target_is_directory=entry.is_dir())
        shutil.copytree(model / "conf", draft / "conf")
        (draft / "conf" / "model.conf").write_text(f"{text.rstrip()}\n--frames-per-chunk={FRAMES}\n", "utf-8")
        draft.replace(place)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        raise
