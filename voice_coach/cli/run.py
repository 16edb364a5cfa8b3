"""`run`: a session live, on sound files, or in the built-in room."""

from __future__ import annotations

import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from voice_coach.cli import staging
from voice_coach.cli.chosen import choose, fitted, on_offer, spare
from voice_coach.cli.hearing import ears, model
from voice_coach.cli.keeping import Memory, left_off, play_remembered
from voice_coach.cli.preflight import check_first
from voice_coach.cli.screen import notice, progress
from voice_coach.errors import UserError
from voice_coach.journal.lock import SessionLock
from voice_coach.journal.store import folder
from voice_coach.live import LiveStage
from voice_coach.person import Person, Wish
from voice_coach.preflight import conversation as preflight
from voice_coach.reception import sparing, words
from voice_coach.reception.sparing_words import ANYTHING
from voice_coach.reception.vocabulary import Catalogue
from voice_coach.recorded import Nowhere, PersonInRoom, RecordedStage
from voice_coach.routine import options
from voice_coach.routine.declined import DECLINED
from voice_coach.routine.load import find, load
from voice_coach.routine.model import Routine
from voice_coach.session.repertoire import repertoire
from voice_coach.settings import Settings
from voice_coach.sound.portaudio import DeviceError
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import HEARING_RATE
from voice_coach.sound.wav import WavLoudspeaker
from voice_coach.speaking.voice import SystemVoice, voices
from voice_coach.stage import Line, Stage

ROOM_ECHO = -20.0
"""Decibels at which the built-in room's microphone hears the coach."""

BETWEEN = 0.01
"""Seconds between two lines rendered ahead, in which the coach may have one rendered that it says now."""

DEMONSTRATION = (
    Wish(1, 4, "repeat"),
    Wish(1, 16, "next"),
    Wish(2, 5, "how long"),
    Wish(2, 14, "next"),
    Wish(3, 8, "next"),
    Wish(4, 6, "pain"),
    Wish(4, 9, "that hurts"),
    Wish(5, 8, "next"),
    Wish(6, 6, "pause"),
    Wish(6, 16, "next"),
    Wish(7, 8, "stop"),
    Wish(7, 12, "please stop"),
)
"""What the person in the built-in room says of their own accord."""
CHOICE = {
    **dict.fromkeys((words.WHAT, words.WHAT_ELSE), ("the foot bath", "foot bath", "foot massage")),
    **dict.fromkeys((words.SHALL_WE_START, words.YES_OR_NO), ("yes", "yes please", "let us start")),
    **dict.fromkeys((words.WHICH, words.WHICH_OR_MORE), ("foot bath", "the foot bath", "the first one")),
    **dict.fromkeys((ANYTHING,), ("no", "no thanks", "nope")),
}
"""What they answer before the session, where they are asked."""

Wanted: TypeAlias = Routine | Catalogue
"""A routine, or those to choose from."""


def run(args: Namespace) -> int:
    """`run`, `run ROUTINE`"""
    named = load(find(args.routine)) if args.routine else None  # its faults come before those of the options
    choices = options.given(args.option or [])
    if choices and not named:
        raise UserError("--option belongs to a routine; name one, or leave it out and you are asked.")
    on_files = staging.on_files(args)
    if on_files and args.room:
        raise UserError("The built-in room needs no sound file: give --room, or --microphone and --loudspeaker.")
    settings = staging.settings(args, body=args.body)
    live = not (on_files or args.room)
    memory = Memory.of(args.person, args.remember if live else bool(args.remember))
    if args.ask_body is None:  # whoever has both hands free to type has --body
        args.ask_body = live and not (named or settings.body or (memory.profile.body and args.body is None))
    if args.body is None:
        settings = settings.model_copy(update={"body": memory.spares(settings.body, asking=args.ask_body)})
    wanted: Wanted = fitted(options.chosen(named, choices), settings) if named else on_offer(settings)
    with ExitStack() as parts:
        told = staging.tellers(args, parts, *([find(args.routine)] if named else []))
        if args.journal and not live:
            parts.enter_context(_lock(wanted))
        if on_files:
            return _on_files(wanted, settings, args, told, parts, memory)
        if args.room:
            return _in_room(wanted, settings, args.room, told, parts, args, memory)
        return _live(wanted, settings, args, told, parts, memory)


def _voice(settings: Settings, wanted: Wanted, parts: ExitStack) -> SystemVoice:
    """The coach's voice, with everything it may say first rendered ahead."""
    voice = parts.enter_context(SystemVoice(settings.voice, settings.words_per_minute))
    first = repertoire(wanted) if isinstance(wanted, Routine) else words.repertoire(wanted.routines, DECLINED)
    _prepare(voice, (*preflight.repertoire(), *first))
    return voice


def _prepare(voice: SystemVoice, lines: Iterable[str]) -> None:
    with progress("Preparing the voice") as done:
        voice.prepare(lines, done)


def prepare_meanwhile(voice: SystemVoice, lines: Iterable[str]) -> threading.Thread:
    """Render *lines* while the conversation goes on, which must not stand still for it; it may render others between.

    The thread that does it is returned.
    """

    def work() -> None:
        with suppress(Exception):  # whoever says the line meets it too, and is told
            voice.prepare(lines, lambda done, of: time.sleep(BETWEEN))

    working = threading.Thread(target=work, name="preparing", daemon=True)
    working.start()
    return working


def _extra(wanted: Wanted, args: Namespace) -> frozenset[str]:
    """The words to listen for that no session has."""
    chosen = frozenset() if isinstance(wanted, Routine) else wanted.phrases.words
    return chosen | sparing.WORDS if args.ask_body else chosen


def _play(
    wanted: Wanted,
    settings: Settings,
    stage: Stage,
    voice: SystemVoice,
    told: Callable[[Line], None],
    args: Namespace,
    memory: Memory,
    journal: bool,
    lock: SessionLock | None = None,
) -> None:
    """Play the routine; on the same stage it is chosen first, where none was named, and what to spare is asked."""
    spots = None
    prepare = prepare_meanwhile if isinstance(stage, LiveStage) else _prepare
    last = left_off(wanted.routines, memory.person) if journal and isinstance(wanted, Catalogue) else None
    while True:
        routine = choose(wanted, settings, stage, told, last) if isinstance(wanted, Catalogue) else wanted
        if routine is None:
            return
        if isinstance(wanted, Catalogue):
            prepare(voice, repertoire(routine))
            if lock:
                lock.doing(routine.title)
        if not args.ask_body:
            break
        prepare(voice, sparing.repertoire(routine))
        ended, tailored, spots = spare(routine, stage, told, memory.spots)
        if tailored and ended == "spared":
            routine = tailored.routine
            break
        if isinstance(wanted, Routine) or ended != "declined":
            return
    play_remembered(routine, stage, told, journal, memory, args.body, spots)


def _lock(wanted: Wanted) -> SessionLock:
    """What keeps others from the devices and the journal meanwhile."""
    return SessionLock(folder(), wanted.title if isinstance(wanted, Routine) else "choosing a routine")


def _live(
    wanted: Wanted, settings: Settings, args: Namespace, told: Callable[[Line], None], parts: ExitStack, memory: Memory
) -> int:
    lock = parts.enter_context(_lock(wanted))
    found = str(model(settings, _extra(wanted, args)))  # built or found now, not by the ears' thread
    settings = settings.model_copy(update={"model": found})
    voice = _voice(settings, wanted, parts)
    stage = LiveStage(voice, lambda: ears(settings), settings.microphone, settings.loudspeaker)
    try:
        parts.enter_context(stage)
    except DeviceError as error:
        if args.room_without_devices is None:
            raise
        if not args.journal:
            lock.release()
        notice(f"{error} So a simulated person plays it in the built-in room instead.")
        memory = replace(memory, remember=bool(args.remember))  # a simulated person's answers are nobody's
        return _in_room(wanted, settings, args.room_without_devices, told, parts, args, memory, voice)
    notice("Say “stop” to end or “pain” to ease off; keys: s stop, p pain, n next, space pause, h help.")
    stage.trim(settings.volume)
    if not args.preflight or check_first(stage, settings, told):
        _play(wanted, settings, stage, voice, told, args, memory, args.journal is not False, lock)
    return 0


def _on_files(
    wanted: Wanted, settings: Settings, args: Namespace, told: Callable[[Line], None], parts: ExitStack, memory: Memory
) -> int:
    microphone, loudspeaker, echo = staging.sound_files(args, parts)
    listening = ears(settings, _extra(wanted, args))
    voice = _voice(settings, wanted, parts)
    stage = RecordedStage(microphone, loudspeaker, listening, voice, echo=echo, until=args.until)
    stage.trim(settings.volume)
    _play(wanted, settings, stage, voice, told, args, memory, bool(args.journal))
    return 0


def _in_room(
    wanted: Wanted,
    settings: Settings,
    file: Path,
    told: Callable[[Line], None],
    parts: ExitStack,
    args: Namespace,
    memory: Memory,
    voice: SystemVoice | None = None,
) -> int:
    """A simulated person, who speaks with another voice, is coached; what the room's microphone hears is kept."""
    recording = parts.enter_context(WavLoudspeaker(file, HEARING_RATE))
    listening = ears(settings, _extra(wanted, args))
    voice = voice or _voice(settings, wanted, parts)
    routine = wanted if isinstance(wanted, Routine) else load(find("foot-bath"))
    opted = {option.ask: tuple(option.choices.values()) for option in options.options(routine)}
    person = Person(routine, DEMONSTRATION, {**CHOICE, **opted})
    answers = parts.enter_context(SystemVoice(_another_voice(settings), settings.words_per_minute))
    stage: Stage = RecordedStage(
        PersonInRoom(person, answers),
        Nowhere(),
        listening,
        voice,
        echo=Echo(ROOM_ECHO, HEARING_RATE, 0.02, 0.2),
        recording=recording,
        person=person,
    )
    _play(wanted, settings, stage, voice, told, args, memory, bool(args.journal))
    notice(f"What was heard in the room is in {file}.")
    return 0


def _another_voice(settings: Settings) -> str | None:
    """An English voice that is not the coach's."""
    for wanted in ("en-us+f2", "en-gb-x-rp"):
        if wanted != settings.voice and any(voice.short == wanted.partition("+")[0] for voice in voices()):
            return wanted
    others = [voice.id for voice in voices() if voice.english and settings.voice not in (voice.id, voice.name)]
    return others[-1] if others else None
