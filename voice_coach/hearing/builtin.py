"""The built-in model: built on this machine from the installed wheel of CMU Sphinx, and kept in the cache."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from pathlib import Path

import platformdirs

from voice_coach.acoustic.build import build, fingerprint
from voice_coach.commands import VOCABULARY
from voice_coach.hearing.vosk import check

NAME = "built-in"


def builtin(
    progress: Callable[[int, int], None] | None = None, extra: Collection[str] = (), cache: Path | None = None
) -> Path:
    """Where the built-in model is; built first when it is missing or its inputs changed, in a second or so.

    *extra* words are added to the phrase table's. *progress* is told hundredths done, of a hundred.
    Raises ModelError, one sentence, when it cannot be built or written.
    """
    words = VOCABULARY | set(extra)
    cache = cache or Path(platformdirs.user_cache_dir("voice_coach", appauthor=False)) / "models"
    place = cache / f"{NAME}-{fingerprint(words)}"
    if not (place / "conf" / "model.conf").exists():
        tell = progress or (lambda done, of: None)
        build(place, words, progress=lambda share: tell(round(100 * share), 100))
        check(place)
        for old in cache.glob(f"{NAME}-*"):
            if old != place:
                shutil.rmtree(old, ignore_errors=True)
    return place
