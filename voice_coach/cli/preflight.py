"""`preflight`: whether the coach and the person hear each other; and the same before a live session."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path

import platformdirs
from pydantic import TypeAdapter

from voice_coach.cli import staging
from voice_coach.cli.hearing import ears, model
from voice_coach.cli.screen import notice, progress
from voice_coach.errors import CoachError
from voice_coach.files import Replacement
from voice_coach.journal.lock import SessionLock
from voice_coach.journal.store import folder
from voice_coach.live import LiveStage
from voice_coach.preflight.conversation import Preflight, begin, repertoire
from voice_coach.preflight.verdict import Findings, Verdict, judge
from voice_coach.recorded import RecordedStage
from voice_coach.settings import Settings, save_settings
from voice_coach.speaking.voice import SystemVoice
from voice_coach.stage import Line, converse

UNTRUSTED = 3
"""Exit code: the machine, or the room, is not good enough."""

MEMORY = TypeAdapter(tuple[dict[str, object], Findings])
"""What is remembered: with which devices and settings, and what was found."""


def preflight(args: Namespace) -> int:
    """`preflight`"""
    settings = staging.settings(args)
    with ExitStack() as parts:
        told = staging.tellers(args, parts)
        if staging.on_files(args):
            microphone, loudspeaker, echo = staging.sound_files(args, parts)
            listening, voice = ears(settings), _voice(settings, parts)
            stage: RecordedStage | LiveStage = RecordedStage(
                microphone, loudspeaker, listening, voice, echo=echo, until=args.until
            )
        else:
            parts.enter_context(SessionLock(folder(), "a check of microphone and loudspeaker"))
            found = settings.model_copy(update={"model": str(model(settings))})
            voice = _voice(settings, parts)
            stage = LiveStage(voice, lambda: ears(found), settings.microphone, settings.loudspeaker)
            parts.enter_context(stage)
        stage.trim(settings.volume)
        checked = converse(begin(settings.headphones), stage, told)
    verdict = checked.verdict
    if verdict is None:
        return 0
    if args.save and verdict.trusted:
        _save(verdict, settings)
    elif verdict.volume or verdict.headphones is not None:
        notice("Give the same command with --save to keep this for every session.")
    return 0 if verdict.trusted else UNTRUSTED


def check_first(stage: LiveStage, settings: Settings, told: Callable[[Line], None]) -> bool:
    """The same at the start of a live session; whether the session shall begin.

    Where it went well today the words are tried again only if the room has become louder.
    """
    begun = begin(settings.headphones, decide=True, before=_passed(settings, stage.devices))
    checked: Preflight = converse(begun, stage, told)
    trusted = checked.verdict is not None and checked.verdict.trusted
    louder = checked.verdict.volume if checked.verdict and trusted else 0.0
    _choose(stage, settings, louder, settings.headphones and checked.found.echo is not None)
    if trusted and checked.before is None:
        _remember(settings, stage.devices, checked.found)
    return checked.ended in ("trusted", "keys", "skipped")


def _choose(stage: LiveStage, settings: Settings, louder: float, leaking: bool) -> None:
    """Play what follows as the check found best."""
    stage.trim(settings.volume + louder)
    if leaking:
        stage.cancel_echo()


def _voice(settings: Settings, parts: ExitStack) -> SystemVoice:
    voice = parts.enter_context(SystemVoice(settings.voice, settings.words_per_minute))
    with progress("Preparing the voice") as done:
        voice.prepare(repertoire(), done)
    return voice


def _save(verdict: Verdict, settings: Settings) -> None:
    volume = min(12.0, max(-20.0, settings.volume + verdict.volume))
    headphones = settings.headphones if verdict.headphones is None else verdict.headphones
    notice(f"Kept in {save_settings(volume=volume, headphones=headphones)}.")


# What went well today -------------------------------------------------------------------------------


def _memory() -> Path:
    return Path(platformdirs.user_cache_dir("voice_coach", appauthor=False)) / "preflight.json"


def _arrangement(settings: Settings, devices: Sequence[str]) -> dict[str, object]:
    """What must be as it was, or the check is made anew."""
    kept = {"microphone", "loudspeaker", "model", "voice", "headphones", "volume"}
    return {"day": date.today().isoformat(), "devices": [*devices], **settings.model_dump(include=kept)}


def _passed(settings: Settings, devices: Sequence[str]) -> Findings | None:
    """What a preflight found that went well today."""
    with suppress(OSError, ValueError):
        arrangement, found = MEMORY.validate_json(_memory().read_bytes())
        if arrangement == _arrangement(settings, devices) and judge(found).trusted:
            return found
    return None


def _remember(settings: Settings, devices: Sequence[str], found: Findings) -> None:
    with suppress(CoachError, OSError):  # then it is checked again the next time
        _memory().parent.mkdir(parents=True, exist_ok=True)
        with Replacement(_memory()) as file:
            file.write(MEMORY.dump_json((_arrangement(settings, devices), found)))
