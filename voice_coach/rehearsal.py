"""A stage without sound, in virtual time: typed commands at given seconds."""

from __future__ import annotations

import difflib
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from voice_coach.commands import PHRASES, SESSION, Command, Phrases, find_safety
from voice_coach.errors import UserError
from voice_coach.person import Person
from voice_coach.session.events import Effect, Event, Heard, Hush, Say, Spoken, Tick, Told

WORDS_PER_MINUTE = 160.0
LONGEST_SCRIPT = 1_000_000
"""Bytes."""


class Rehearsal:
    """Plays a script; a *person*, where there is one, answers the rest."""

    def __init__(self, script: Iterable[tuple[float, Event]] = (), person: Person | None = None) -> None:
        self._script = deque(sorted(script, key=lambda entry: entry[0]))
        self._person = person
        self._speaking: Spoken | None = None
        self._spoken_at = 0.0
        self._now = 0.0
        self._phrases = SESSION

    @property
    def now(self) -> float:
        """Seconds of virtual time."""
        return self._now

    @property
    def quiet(self) -> bool:
        """Whether the script is over."""
        return not self._script

    def listen_for(self, phrases: Phrases) -> None:
        """See Stage."""
        self._phrases = phrases

    def wait(self, due: float | None) -> tuple[Event, float] | None:
        """Jump to whatever comes first."""
        coming: list[tuple[float, int, Event]] = []
        if self._script:
            coming.append((self._script[0][0], 0, self._script[0][1]))
        if self._person and self._person.due is not None:
            coming.append((self._person.due, 1, Tick()))
        if self._speaking:
            coming.append((self._spoken_at, 2, self._speaking))
        if due is not None:
            coming.append((due, 3, Tick()))
        if not coming:
            return None
        at, kind, event = min(coming, key=lambda entry: entry[:2])
        self._now = max(self._now, at)
        if kind == 0:
            self._script.popleft()
        elif kind == 1 and self._person:
            event = understood(self._person.speak(self._now) or "", self._phrases) or event
        elif kind == 2:
            self._speaking = None
            if self._person:
                self._person.spoken_to(self._now)
        return event, self._now

    def act(self, effect: Effect) -> None:
        """Speech takes its time; everything else is only noticed."""
        match effect:
            case Say(lines=lines, number=number):
                count = sum(len(line.split()) for line in lines)
                self._speaking, self._spoken_at = Spoken(number), self._now + count * 60 / WORDS_PER_MINUTE
            case Hush():
                self._speaking = None
        if self._person:
            self._person.notice(effect, self._now)


def hear(text: str) -> Heard | None:
    """What typed *text* would be heard as in a session, or None."""
    heard = understood(text, SESSION)
    return heard if isinstance(heard, Heard) else None


def understood(text: str, phrases: Phrases) -> Heard | Told | None:
    """What typed *text* would be heard as among *phrases*: a red flag comes before the discomfort inside it."""
    whole, safety = phrases.understand(text), find_safety(text)
    if safety and not (whole and whole.command is Command.RED_FLAG):
        return Heard(safety.command, safety.phrase, "safety")
    if whole:
        return Heard(whole.command, whole.phrase, "command", whole.number)
    return Told(told) if (told := phrases.told(text)) else None


def everything(text: str, phrases: Phrases) -> tuple[Heard | Told, ...]:
    """All that typed *text* would be heard as: a discomfort, and then how strong it is."""
    first, told = understood(text, phrases), phrases.told(text)
    return tuple(each for each in (first, Told(told) if told and isinstance(first, Heard) else None) if each)


def read_script(path: Path) -> tuple[tuple[float, Heard | Told], ...]:
    """A script: on each line a time (12.5 or 1:30) and a phrase; # begins a comment.

    Raises UserError naming every line that cannot be understood.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LONGEST_SCRIPT + 1)
        if len(raw) > LONGEST_SCRIPT:
            raise UserError(f"{path} is larger than a script can be (1 MB); check that it is the right file.")
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 text; save it as UTF-8.") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); check its name and permissions.") from error
    script, faults = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        entry = line.partition("#")[0].split(maxsplit=1)
        if not entry:
            continue
        at, heard = _seconds(entry[0]), everything(entry[1], SESSION) if len(entry) == 2 else ()
        if at is None:
            faults.append(
                f"{path}:{number}: {entry[0]!r} is not a time; begin the line like '12.5 next' or '1:30 next'."
            )
        elif not heard:
            said = entry[1].strip() if len(entry) == 2 else ""
            near = difflib.get_close_matches(said.lower(), PHRASES, 1)
            hint = f"did you mean {near[0]!r}?" if near else "see 'voice-coach commands'."
            faults.append(f"{path}:{number}: {said!r} is not a command; {hint}")
        else:
            script += [(at, each) for each in heard]
    if faults:
        raise UserError("\n".join(faults))
    return tuple(script)


def _seconds(text: str) -> float | None:
    minutes, colon, seconds = text.rpartition(":")
    try:
        at = float(seconds) + (60 * int(minutes) if colon else 0)
    except (ValueError, OverflowError):
        return None
    return at if 0 <= at < 1e6 else None
