"""The command line's grammar and help."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from voice_coach import __version__
from voice_coach.cli import content, journal, new, preflight, profile, run, tools
from voice_coach.speaking.voice import FASTEST, SLOWEST

EPILOG = """\
exit codes: 0 finished or stopped, 2 bad input, 3 the machine lacks something (a device, a voice, a model)

examples:
  voice-coach run                           ask what you would like, then guide it
  voice-coach run foot-bath                 with microphone and loudspeaker
  voice-coach run foot-bath --room room.wav a simulated person plays it; listen to the file
  voice-coach rehearse cast-leg             without sound, at once
  voice-coach commands                      what you can say, and the keys that do the same
"""
TRANSCRIPT_HELP = (
    'write what happens as JSON lines: {"t": seconds, "event": ...} with the events preflight, start, say (text), '
    "said, told, strength, suspected, withdrawn, heard (command, phrase, path, word_end), hush, step (routine, index, "
    "id, side, gentler_of), cue, pain, paused, resumed, note, tempo, volume, earcon, lost, returned, end (reason); "
    "README has the details"
)

RATE_HELP = f"words a minute, {SLOWEST} to {FASTEST} (default 160)"
ASK_BODY_HELP = "ask by voice what to spare; otherwise only live, after choosing by voice, and without --body"
REMEMBER_HELP = "remember lasting answers, such as varicose veins, for a month; live it is asked, otherwise no"
PREFLIGHT_HELP = "begin a live session with a short check of room and voice, the voice once a day (default yes)"
JOURNAL_HELP = "keep it in the journal, and go on where the last one ended; live yes, on files and in the room no"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"{self.prog}: {message}; see '{self.prog} --help'.\n")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(
        prog="voice-coach",
        description="An offline, voice-guided, hands-free massage coach.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"voice-coach {__version__}")
    add = top.add_subparsers(dest="command", metavar="COMMAND", required=True).add_parser

    sub = add("list", help="list the routines")
    sub.add_argument("--markdown", action="store_true", help="as a page with all there is to tell about each")
    sub.set_defaults(does=content.list_routines)

    sub = add("show", help="show what a routine does")
    sub.add_argument("routine", help="a routine's id, or a file")
    _body_option(sub)
    sub.set_defaults(does=content.show)

    sub = add("check", help="check routine files against the model and the safety rules")
    sub.add_argument("files", nargs="*", type=Path, metavar="FILE")
    sub.add_argument(
        "--explain", metavar="RULE", help="tell what a safety rule says, such as R7, and how it is checked"
    )
    sub.set_defaults(does=content.check)

    sub = add("new", help="begin a routine of your own by answering a few questions")
    sub.add_argument("file", type=Path, metavar="FILE.yaml", help="a new file; one that is there is never overwritten")
    sub.set_defaults(does=new.new)

    sub = add("commands", help="list what can be said, and the keys that do the same")
    sub.set_defaults(does=content.list_commands)

    sub = add("preflight", help="check how well the coach and you hear each other, before oil is on the hands")
    _voice_options(sub)
    _hearing_options(sub)
    _sound_options(sub)
    sub.add_argument("--save", action="store_true", help="keep what it chose in the settings file")
    _transcript_options(sub)
    sub.set_defaults(does=preflight.preflight)

    _run_options(add("run", help="guide a routine by voice, live or on sound files"))

    sub = add("rehearse", help="play a routine without sound, in no time")
    sub.add_argument("routine", help="a routine's id, or a file")
    _body_option(sub)
    sub.add_argument("--script", type=Path, metavar="FILE", help="typed commands: '12.5 next' or '1:30 pain' a line")
    sub.add_argument("--answer", action="store_true", help="beside the script, answer as a willing person does")
    sub.add_argument("--journal", action="store_true", help="write it into the journal too, as a live session is")
    sub.add_argument("--listen", action="store_true", help="speak it fast, one thing after another, without waiting")
    sub.add_argument("--loudspeaker", metavar="NAME|FILE.wav", help="with --listen: a device, or a file to write")
    _voice_options(sub)
    _transcript_options(sub)
    sub.set_defaults(does=content.rehearse)

    sub = add("history", help="list the sessions in the journal")
    sub.add_argument("--person", metavar="NAME", help="only theirs")
    sub.set_defaults(does=journal.history)

    sub = add("report", help="tell what was done, and where it was too strong")
    which = sub.add_mutually_exclusive_group()
    which.add_argument(
        "session", nargs="?", type=_session, metavar="SESSION", help="its number; the last one otherwise"
    )
    which.add_argument("--weeks", type=_weeks, metavar="N", help="all sessions of the last N weeks")
    sub.add_argument("--person", metavar="NAME", help="whose, where several people share the machine")
    form = sub.add_mutually_exclusive_group()
    form.add_argument("--html", type=Path, metavar="FILE", help="write a page to hand on, which needs no network")
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print a row for each thing that happened")
    sub.set_defaults(does=journal.report)

    sub = add("forget", help="delete sessions from the journal, for good")
    sub.add_argument("session", nargs="?", type=_session, metavar="SESSION", help="its number")
    sub.add_argument(
        "--all", action="store_true", help="all sessions, damaged journals that were moved aside, and all profiles"
    )
    sub.add_argument("--yes", action="store_true", help="do not ask")
    sub.set_defaults(does=journal.forget)

    sub = add("profile", help="show what is remembered of you, or forget it")
    sub.add_argument("--person", metavar="NAME", help="whose, where several people share the machine")
    sub.set_defaults(does=profile.show)
    add_profile = sub.add_subparsers(dest="action", metavar="ACTION").add_parser
    sub = add_profile("forget", help="delete it, for good")
    sub.add_argument("--person", metavar="NAME", default=argparse.SUPPRESS, help="whose")
    sub.add_argument("--yes", action="store_true", help="do not ask")
    sub.set_defaults(does=profile.forget)

    sub = add("say", help="speak a text")
    sub.add_argument("text")
    _voice_options(sub)
    sub.add_argument("--loudspeaker", metavar="NAME", help="a device (see 'voice-coach devices')")
    sub.add_argument("--output", type=Path, metavar="FILE.wav", help="write it to a file instead")
    sub.set_defaults(does=tools.say)

    sub = add("hear", help="list the commands heard in a WAV file")
    sub.add_argument("file", type=Path, metavar="FILE.wav")
    _hearing_options(sub)
    sub.set_defaults(does=tools.hear)

    sub = add("devices", help="list microphones and loudspeakers")
    sub.set_defaults(does=tools.list_devices)

    sub = add("voices", help="list the installed voices")
    sub.add_argument("--all", action="store_true", help="in every language, not only English")
    sub.set_defaults(does=tools.list_voices)

    model = add("models", help="list, build, install or find speech models")
    add_model = model.add_subparsers(dest="action", metavar="ACTION", required=True).add_parser
    sub = add_model("list", help="list the models that can be installed")
    sub.set_defaults(does=tools.list_models)
    sub = add_model("build", help="build the built-in model, which happens by itself at the first start")
    sub.set_defaults(does=tools.build_model)
    sub = add_model("install", help="download a model; goes on where it was interrupted")
    sub.add_argument("name")
    sub.set_defaults(does=tools.install_model)
    sub = add_model("path", help="print where a model is, or where models are kept")
    sub.add_argument("name", nargs="?")
    sub.set_defaults(does=tools.model_path)
    return top


def _run_options(sub: argparse.ArgumentParser) -> None:
    add = sub.add_argument
    add("routine", nargs="?", help="a routine's id, or a file; without it you choose by voice")
    _body_option(sub)
    add("--person", metavar="NAME", help="whose remembered answers to use, where several people share the machine")
    add("--remember", action=argparse.BooleanOptionalAction, help=REMEMBER_HELP)
    add("--ask-body", action=argparse.BooleanOptionalAction, help=ASK_BODY_HELP)
    _voice_options(sub)
    _hearing_options(sub)
    _sound_options(sub)
    add("--preflight", action=argparse.BooleanOptionalAction, default=True, help=PREFLIGHT_HELP)
    add("--room", type=Path, metavar="FILE.wav", help="a simulated person plays it; the room's sound goes to the file")
    add("--journal", action=argparse.BooleanOptionalAction, help=JOURNAL_HELP)
    add("--room-without-devices", type=Path, metavar="FILE.wav", help="the same, but only where a device is missing")
    _transcript_options(sub)
    sub.set_defaults(does=run.run)


def _sound_options(sub: argparse.ArgumentParser) -> None:
    add = sub.add_argument
    add("--headphones", action="store_true", help="you wear headphones: no echo cancelling, unless the check hears it")
    add("--microphone", metavar="NAME|FILE.wav", help="a device, or a mono file: then its samples are the clock")
    add("--loudspeaker", metavar="NAME|FILE.wav", help="a device, or a file to write in step with the microphone's")
    add("--echo", type=_decibels, metavar="DB", help="on files: let the microphone hear the loudspeaker, e.g. at -10")
    add("--echo-delay", type=_seconds(2), default=0.02, metavar="S", help="seconds until that echo (default 0.02)")
    add("--reverberation", type=_seconds(5), default=0.0, metavar="S", help="its RT60 in seconds (default 0)")
    add("--until", type=_seconds(86400), metavar="S", help="on files: end after so many seconds of sound")


def _body_option(sub: argparse.ArgumentParser) -> None:
    said = "choose something, such as additive=salt; 'voice-coach show ROUTINE' lists what there is"
    sub.add_argument("--option", action="append", metavar="NAME=CHOICE", help=said)
    sub.add_argument("--body", metavar="TEXT", help="what to spare, such as 'cast on the left lower leg, sore neck'")


def _voice_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--voice", metavar="NAME", help="a voice (see 'voice-coach voices')")
    sub.add_argument("--rate", type=_rate, metavar="WPM", help=RATE_HELP)


def _hearing_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--model", metavar="NAME|FOLDER", help="a Vosk model (see 'voice-coach models list')")


def _transcript_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--transcript", type=Path, metavar="FILE.jsonl", help=TRANSCRIPT_HELP)
    sub.add_argument("--quiet", action="store_true", help="show nothing as it happens")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _decibels(text: str) -> float:
    value = _number(text)
    if not -120 <= value <= 40:
        raise argparse.ArgumentTypeError(f"{text} is not a level between -120 and 40 decibels")
    return value


def _session(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no session's number; 'voice-coach history' shows them")
    return int(text[:18])


def _whole(text: str) -> int:
    """A whole number as typed, or -1 where it is none; Python reads no number of very many digits."""
    return int(text) if text.isdecimal() and len(text) < 20 else -1


def _rate(text: str) -> int:
    if not SLOWEST <= (rate := _whole(text)) <= FASTEST:
        raise argparse.ArgumentTypeError(f"{text} is not a number of words a minute from {SLOWEST} to {FASTEST}")
    return rate


def _weeks(text: str) -> int:
    if not 1 <= (weeks := _whole(text)) <= 5200:
        raise argparse.ArgumentTypeError(f"{text} is not a number of weeks")
    return weeks


def _seconds(longest: float) -> type[float]:
    def seconds(text: str) -> float:
        value = _number(text)
        if not (math.isfinite(value) and 0 <= value <= longest):
            raise argparse.ArgumentTypeError(f"{text} is not a number of seconds between 0 and {longest:g}")
        return value

    return seconds  # type: ignore[return-value]
