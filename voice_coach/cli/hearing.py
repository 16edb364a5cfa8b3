"""Choosing what to listen with."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from voice_coach.cli.screen import notice, progress
from voice_coach.hearing import models
from voice_coach.hearing.builtin import builtin
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.echo import LinearEcho
from voice_coach.hearing.prompt import prompt
from voice_coach.hearing.recogniser import Recogniser
from voice_coach.hearing.spotter import Spotter
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.settings import Settings


def model(settings: Settings, extra: Collection[str] = ()) -> Path:
    """The model to use: the one asked for, else an installed one, else the built-in one.

    *extra* words are those that some conversation listens for beside the session's; the built-in model learns them.
    """
    if settings.model is not None:
        return models.as_folder(settings.model) or models.path(settings.model)
    if (chosen := models.choose()) is not None:
        return chosen
    with progress("Building the speech model") as done:
        return builtin(done, extra)


def recogniser(settings: Settings, extra: Collection[str] = ()) -> Recogniser:
    """What to listen with; *extra* as in `model`.

    Raises CoachError in one sentence when the model asked for cannot be used.
    """
    return VoskRecogniser(prompt(model(settings, extra)))


def ears(settings: Settings, extra: Collection[str] = ()) -> Ears:
    """Ears with that recogniser, and with echo cancelling unless headphones are worn."""
    listening = recogniser(settings, extra)
    notice(f"Listening with {listening.name}.")
    return Ears(listening, None if settings.headphones else LinearEcho(), Spotter())
