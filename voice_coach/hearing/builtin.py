"""The built-in model: built on this machine from the installed wheel of CMU Sphinx, and kept in the cache."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

import platformdirs

from voice_coach.acoustic.accents import british
from voice_coach.acoustic.build import build, fingerprint, whole
from voice_coach.acoustic.sphinx import read_dictionary, wheel
from voice_coach.commands import VOCABULARY
from voice_coach.hearing.vosk import check

NAME = "built-in"
PRONUNCIATIONS = {
    "acupressure": ("AE K Y UH P R EH SH ER",),
    "herbs": ("ER B Z", "HH ER B Z"),
    "varicose": ("V EH R AH K OW S",),
}
"""Of words that the dictionary lacks, or of which it lacks a usual way."""
FORGOTTEN = 30 * 86400.0
"""Seconds after which a model that was not used is deleted; other conversations and versions have models of theirs."""


def pronunciations(words: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The ways of saying those of *words* that only conversations before the session listen for, where any is known."""
    known = {**read_dictionary(wheel() / "cmudict-en-us.dict"), **PRONUNCIATIONS}
    return {word: british(known[word]) for word in {*words} - VOCABULARY if word in known}


def builtin(
    progress: Callable[[int, int], None] | None = None, extra: Collection[str] = (), cache: Path | None = None
) -> Path:
    """Where the built-in model is; built first when it is missing or damaged or its inputs changed, in a second or so.

    *extra* words are added to the phrase table's, save those whose pronunciation nobody knows.
    *progress* is told hundredths done, of a hundred.
    Raises ModelError, one sentence, when it cannot be built or written.
    """
    sounds = pronunciations(extra) if extra else {}
    words = VOCABULARY | {*sounds}
    cache = cache or Path(platformdirs.user_cache_dir("voice_coach", appauthor=False)) / "models"
    place = cache / f"{NAME}-{fingerprint(words, sounds)}"
    if not whole(place):
        tell = progress or (lambda done, of: None)
        build(place, words, sounds, progress=lambda share: tell(round(100 * share), 100))
        check(place)
        for old in cache.glob(f"{NAME}-*"):
            if old != place and old.stat().st_mtime < time.time() - FORGOTTEN:
                shutil.rmtree(old, ignore_errors=True)
    with suppress(OSError):
        os.utime(place)
    return place
