"""Where a conversation is played: what the options for devices and sound files mean."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from voice_coach.cli.screen import Screen
from voice_coach.errors import UserError
from voice_coach.journal.store import journal_file
from voice_coach.profile import profiles
from voice_coach.recorded import Microphone, Nowhere, SilentRoom, Writer
from voice_coach.settings import Settings, load_settings, settings_file
from voice_coach.sound.room import Echo
from voice_coach.sound.wav import WavLoudspeaker, WavMicrophone
from voice_coach.stage import Line
from voice_coach.transcript import TranscriptFile


def on_files(args: Namespace) -> bool:
    """Whether it is played on sound files. Raises UserError where files and devices are mixed."""
    files = is_wav(args.microphone) or is_wav(args.loudspeaker)
    if not files and (args.echo is not None or args.until is not None):
        raise UserError(
            "--echo and --until work on sound files; give --microphone FILE.wav --loudspeaker FILE.wav too."
        )
    for name in (args.microphone, args.loudspeaker):
        if name and not is_wav(name) and _is_file(name):
            raise UserError(f"{name} is not called .wav, as a sound file must be: make it one, 16 bits and mono.")
    if files and args.microphone and not is_wav(args.microphone):
        raise UserError(f"{args.microphone} is a device but {args.loudspeaker} is a file; use a WAV file for both.")
    return files


def is_wav(name: str | None) -> bool:
    """Whether a microphone or loudspeaker is a file."""
    return name is not None and name.lower().endswith(".wav")


def _is_file(name: str) -> bool:
    with suppress(OSError):  # too long to be a file's name
        return Path(name).is_file()
    return False


def settings(args: Namespace, **more: Any) -> Settings:
    """The settings file with the options over it."""
    devices = {} if on_files(args) else {"microphone": args.microphone, "loudspeaker": args.loudspeaker}
    return load_settings(
        voice=args.voice,
        words_per_minute=args.rate,
        model=args.model,
        headphones=args.headphones or None,
        **devices,
        **more,
    )


def own_file(what: str, path: str | Path, *others: str | Path | None) -> None:
    """Refuse a *path* that is one of the *others*, which are read or written too, or that the coach keeps things in.

    Those are the settings, the journal and the profiles. Raises UserError, which calls what would be written *what*.
    """
    if _real(path) in {_real(other) for other in (*others, settings_file(), journal_file(), *profiles()) if other}:
        raise UserError(f"{path} is read or written already; give {what} another name.")


def _real(path: str | Path) -> Path:
    """The file behind *path*; where links lead in a circle, whoever opens it will tell."""
    with suppress(OSError, RuntimeError):
        return Path(path).resolve()
    return Path(path).absolute()


def transcript(path: Path, *others: str | Path | None) -> TranscriptFile:
    """The file for the transcript. Raises UserError where it is one of the *others*, as `own_file` does."""
    own_file("the transcript", path, *others)
    return TranscriptFile(path)


def tellers(args: Namespace, parts: ExitStack, *more: Path) -> Callable[[Line], None]:
    """Where the transcript goes: the screen, and a file if one is wanted.

    Raises UserError where it, or a file for sound, is one of *more*, which are read; and where it is a file for sound.
    """
    rooms = [name for option in ("room", "room_without_devices") if (name := getattr(args, option, None))]
    sounds = [name for name in (args.microphone, args.loudspeaker) if is_wav(name)]
    for room in rooms:
        own_file("the room's sound", room, *more)
    if is_wav(args.loudspeaker):
        own_file("the loudspeaker's sound", args.loudspeaker, *more)
    screen = parts.enter_context(Screen())
    written = parts.enter_context(transcript(args.transcript, *sounds, *rooms, *more)) if args.transcript else None

    def told(line: Line) -> None:
        if written:
            written.tell(line)
        if not args.quiet:
            screen.show(line)

    return told


def sound_files(args: Namespace, parts: ExitStack) -> tuple[Microphone, Writer, Echo | None]:
    """The microphone and loudspeaker that are files, or silent, and the echo between them."""
    microphone = WavMicrophone(args.microphone) if args.microphone else SilentRoom()
    loudspeaker: Writer = Nowhere()
    if args.loudspeaker:
        if args.microphone and _real(args.loudspeaker) == _real(args.microphone):
            raise UserError(f"{args.loudspeaker} is the microphone's file; give the loudspeaker another one.")
        loudspeaker = parts.enter_context(WavLoudspeaker(args.loudspeaker, microphone.rate))
    echo = None
    if args.echo is not None:
        echo = Echo(args.echo, microphone.rate, args.echo_delay, args.reverberation)
    return microphone, loudspeaker, echo
