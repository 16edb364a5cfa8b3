"""From what was measured and heard to what is said about it, and chosen. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from voice_coach.commands import Command
from voice_coach.preflight import words
from voice_coach.session.events import Measured

CLEAR = 10.0
"""Decibels by which a voice must stand out from the room to be trusted."""

LOUD_ROOM = -50.0
"""Noise, decibels of full scale, above which the room is to blame rather than the distance."""

LEVEL = 0.0
"""The coach should be at the microphone no louder than the person, by so many decibels."""

LOWEST, HIGHEST = -9.0, 6.0
"""How far the preflight changes the coach's loudness, decibels."""

AUDIBLE = 10.0
"""Decibels by which the coach should stand out from the room."""

STRONG = -10.0
"""A voice so far under the coach's is often lost, even with the echo cancelled."""

LATEST = 0.3
"""Seconds after which the coach's voice comes late, as with many cordless loudspeakers."""

TRIES = 3
"""How often a word is asked for."""

SURE = 20.0
"""Decibels above the room at which a voice that was heard before is taken to be heard again."""

LOUDER = 6.0
"""How much louder than then the room may be, where the voice is less than SURE above it, decibels."""


@dataclass(frozen=True)
class Findings:
    """What the preflight has found out so far; levels in decibels of full scale, as in Measured."""

    noise: float | None = None
    voice: float | None = None
    echo: float | None = None
    delay: float | None = None
    heard: frozenset[Command] = frozenset()
    """The words that were heard."""
    missed: int = 0
    """How often one was asked for and not heard."""
    fault: str | None = None
    """What the microphone or the recogniser failed with."""

    def with_room(self, measured: Measured) -> Findings:
        """After a measurement in which the person was quiet; an echo that was known stays where none is measured."""
        echoes = measured if measured.echo is not None else self
        return replace(self, noise=measured.noise, echo=echoes.echo, delay=echoes.delay)

    def with_voice(self, measured: Measured) -> Findings:
        """After a measurement in which the person spoke; the loudest counts."""
        voices = [voice for voice in (self.voice, measured.voice) if voice is not None]
        return replace(self, voice=max(voices) if voices else None)


@dataclass(frozen=True)
class Verdict:
    """What follows."""

    trusted: bool
    """Whether the person may count on being heard."""
    lines: tuple[str, ...]
    volume: float = 0.0
    """How much louder the coach should speak, decibels."""
    headphones: bool | None = None
    """Whether it should be run as with headphones; None for as it was."""
    findings: Findings = field(default_factory=Findings)


def judge(found: Findings, headphones: bool = False) -> Verdict:
    """What *found* means, for somebody who says that they wear *headphones*, or not."""
    if (trouble := _trouble(found)) is not None:
        return Verdict(False, (trouble, words.USE_KEYS), findings=found)
    lines = [words.NOT_AT_FIRST if found.missed else words.FINE]
    volume, mode = 0.0, None
    if found.echo is not None:
        if headphones:
            lines.append(words.LEAKING)
            mode = False
        volume = _volume(found, found.echo)
        if volume:
            lines.append(words.I_SPEAK_SOFTER if volume < 0 else words.I_SPEAK_LOUDER)
        if found.voice is not None and found.voice - (found.echo + volume) < STRONG:
            lines.append(words.OWN_VOICE)
        if found.delay is not None and found.delay > LATEST:
            lines.append(words.LATE)
    return Verdict(True, tuple(lines), volume, mode, found)


def holds(found: Findings, then: Findings) -> bool:
    """Whether the words need not be tried again: they were heard *then*, and now the room is as *found*."""
    if found.noise is None or found.voice is None or not judge(found).trusted:
        return False
    return found.voice - found.noise >= SURE or (then.noise is not None and found.noise <= then.noise + LOUDER)


def _trouble(found: Findings) -> str | None:
    """Why the voice cannot be trusted."""
    both = {Command.STOP, Command.PAIN} <= found.heard
    if found.fault is not None:
        return words.NO_SOUND
    if found.noise is None or found.voice is None:  # talked over, or never silent: then only the words count
        return None if both else words.NO_VOICE
    if found.voice - found.noise < CLEAR:
        return words.NOISY if found.noise > LOUD_ROOM else words.FAINT
    return None if both else words.UNCLEAR


def _volume(found: Findings, echo: float) -> float:
    """How much louder, in whole steps of 3 dB; hearing the person goes before being heard."""
    over = 0.0 if found.voice is None else echo - found.voice - LEVEL
    under = 0.0 if found.noise is None else found.noise + AUDIBLE - echo
    if over > 0:
        return max(LOWEST, -3.0 * -(-over // 3)) if under < 0 else 0.0
    return min(HIGHEST, 3.0 * -(-under // 3), 3.0 * (-over // 3)) if under > 0 else 0.0
