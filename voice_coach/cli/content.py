"""The commands about content: list, show, check, commands, rehearse."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from rich.table import Table

from voice_coach.cli.chosen import chosen
from voice_coach.cli.keeping import play_kept
from voice_coach.cli.screen import OUT, showing
from voice_coach.cli.speaker import speaker
from voice_coach.cli.staging import is_wav, own_file, transcript
from voice_coach.commands import KEYS, Command, phrases
from voice_coach.errors import CoachError, UserError
from voice_coach.journal.lock import SessionLock
from voice_coach.journal.store import folder
from voice_coach.person import Person
from voice_coach.rehearsal import Rehearsal, read_script
from voice_coach.routine.body import Side
from voice_coach.routine.load import find, load, shipped
from voice_coach.routine.model import PRESSURES, Option, Routine
from voice_coach.routine.options import forms, options
from voice_coach.routine.rules import explain
from voice_coach.routine.table import markdown
from voice_coach.session.times import clock
from voice_coach.settings import load_settings
from voice_coach.stage import Line

LISTENING = 260
"""Words a minute at which a rehearsal is listened to."""
GAP = 0.4
"""Seconds between what is said then."""


def list_routines(args: Namespace) -> int:
    """`list`"""
    if args.markdown:
        OUT.print(markdown(map(load, shipped())), end="")
        return 0
    table = Table(box=None, pad_edge=False)
    for heading in ("ROUTINE", "MINUTES", "FOR", "TITLE"):
        table.add_column(heading, justify="right" if heading == "MINUTES" else "left")
    for path in shipped():
        routine = load(path)
        table.add_row(routine.id, f"{routine.seconds / 60:.0f}", " or ".join(routine.people), routine.title)
    OUT.print(table)
    OUT.print("Minutes are those of the steps; questions and explanations come on top, a third or so.")
    return 0


def show(args: Namespace) -> int:
    """`show ROUTINE`"""
    routine = chosen(args.routine, load_settings(body=args.body), args.option)
    OUT.print(routine.title, style="bold", end="")
    OUT.print(f" ({routine.id}), {clock(routine.seconds)} minutes of steps\n{routine.about}\n")
    for heading, lines in (
        ("Options", [_option(option) for option in options(routine)]),
        ("Asked first", [question.ask for question in routine.questions]),
        ("To get ready", [item.say + (" (waits for “ready”)" if item.gate else "") for item in routine.preparation]),
        ("Asked after discomfort", [question.ask for question in routine.red_flags]),
    ):
        if lines:
            OUT.print(heading, style="bold")
            for line in lines:
                OUT.print(f"  {line}")
    OUT.print("Steps", style="bold")
    for index, step in enumerate(routine.steps, start=1):
        each = {Side.EACH: " a side", Side.LEFT: ", left side", Side.RIGHT: ", right side"}.get(step.sides, "")
        OUT.print(f"  {index:2}. {step.title} ({clock(step.seconds)}{each}, {PRESSURES[step.pressure]})")
        OUT.print(f"      {step.instruction}")
        for rung in step.ladder:
            OUT.print(f"      gentler: {rung.title} ({PRESSURES[rung.pressure]})", style="dim")
    return 0


def _option(option: Option) -> str:
    """An option with its choices, the plain one first."""
    return f"{option.name}: {', '.join(f'{name} ({called})' for name, called in option.choices.items())}"


def check(args: Namespace) -> int:
    """`check FILE...`, `check --explain RULE`"""
    if not args.files and args.explain is None:
        raise UserError("Name a FILE to check, or a rule to read about, like --explain R7.")
    if args.explain is not None:
        OUT.print(explain(args.explain))
    code = 0
    for path in args.files:
        try:
            routine = load(path)
        except CoachError as error:
            OUT.print(str(error))
            code = error.exit_code
        else:
            count = sum(1 for _ in forms(routine))
            ways = f", {count} forms" if count > 1 else ""
            OUT.print(f"{path}: fine ({len(routine.steps)} steps, {clock(routine.seconds)}{ways})")
    return code


def list_commands(args: Namespace) -> int:
    """`commands`"""
    table = Table(box=None, pad_edge=False)
    for heading in ("COMMAND", "KEY", "SAY"):
        table.add_column(heading)
    names = {" ": "space", "\x1b": "Esc", "\r": "Enter"}
    for command in Command:
        keys = ", ".join(names.get(key, key) for key, does in KEYS.items() if does is command and key != "\n")
        said = phrases(command)
        shown = f"{said[0]} ... {said[-1]}" if command is Command.GO_TO else ", ".join(said)
        table.add_row(command.value.replace("_", " "), keys, shown)
    OUT.print(table)
    OUT.print("Any other key, and a mouse click, means stop.")
    OUT.print("After a report, how strong it is: one to ten, a little, strong, very strong.")
    return 0


def rehearse(args: Namespace) -> int:
    """`rehearse ROUTINE`"""
    path = find(args.routine)
    routine: Routine = chosen(args.routine, load_settings(body=args.body), args.option)
    script = read_script(args.script) if args.script else ()
    person = Person(routine) if args.answer or not args.script else None
    if args.loudspeaker and not args.listen:
        raise UserError("--loudspeaker is for listening; give --listen too.")
    with ExitStack() as files:
        if args.journal:
            files.enter_context(SessionLock(folder(), f"a rehearsal of {routine.title}"))
        sounds = args.loudspeaker if args.listen else None
        given = (path, args.script, sounds)
        if sounds and is_wav(sounds):
            own_file("the loudspeaker's sound", sounds, path, args.script)
        written = files.enter_context(transcript(args.transcript, *given)) if args.transcript else None
        speak = files.enter_context(_aloud(args)) if args.listen else None
        show = showing(needed=bool(written or speak or args.journal))

        def told(line: Line) -> None:
            if written:
                written.tell(line)
            if not args.quiet:
                show(line)
            if speak and line["event"] == "say":
                speak(str(line["text"]))

        play_kept(routine, Rehearsal(script, person), told, args.journal)
    return 0


def _aloud(args: Namespace) -> AbstractContextManager[Callable[[str], None]]:
    """What speaks a rehearsal: everything in a row, fast."""
    to_file = args.loudspeaker is not None and args.loudspeaker.lower().endswith(".wav")
    device = None if to_file else args.loudspeaker
    settings = load_settings(voice=args.voice, words_per_minute=args.rate or LISTENING, loudspeaker=device)
    return speaker(settings, Path(args.loudspeaker) if to_file else None, GAP)
