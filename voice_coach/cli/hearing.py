"""Choosing what to listen with."""

from __future__ import annotations

from pathlib import Path

from voice_coach.cli.screen import notice
from voice_coach.hearing import models
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.echo import WebRtcEcho
from voice_coach.hearing.recogniser import Recogniser
from voice_coach.hearing.sphinx import SphinxRecogniser
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.settings import Settings


def model(settings: Settings) -> Path | None:
    """The Vosk model to use: the one asked for, an installed one, or None."""
    if settings.model is None:
        return models.choose()
    folder = Path(settings.model).expanduser()
    return folder if folder.is_dir() else models.path(settings.model)


def recogniser(settings: Settings) -> Recogniser:
    """The best recogniser there is. Raises CoachError in one sentence when the model asked for cannot be used."""
    chosen = model(settings)
    if chosen is None:
        return SphinxRecogniser()
    return VoskRecogniser(chosen)


def ears(settings: Settings, *, announce: bool = True) -> Ears:
    """Ears with that recogniser, and with echo cancelling unless headphones are worn."""
    listening = recogniser(settings)
    if announce:
        notice(f"Listening with {listening.name}.")
    return Ears(listening, None if settings.headphones else WebRtcEcho())
