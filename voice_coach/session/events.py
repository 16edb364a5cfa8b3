"""What comes into a conversation (facts, past tense) and what goes out of it (effects, verbs).

Times are seconds from the start of the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from voice_coach.commands import Command


@dataclass(frozen=True)
class Heard:
    """A command was heard, or its key was pressed."""

    command: Command
    phrase: str
    """The words that meant it, or the key's name."""
    path: str = "command"
    """"safety" (a safety word, from a partial result), "command" (a whole utterance) or "key"."""
    number: int | None = None
    """The step asked for, with GO_TO."""
    word_end: float | None = None
    """When the last word ended at the microphone, seconds; None when not known."""


@dataclass(frozen=True)
class Told:
    """A phrase was heard, or its key pressed, that only the present conversation knows the meaning of."""

    phrase: str
    path: str = "command"
    """"command" (a whole utterance) or "key"."""
    word_end: float | None = None
    """As in Heard."""


@dataclass(frozen=True)
class Suspected:
    """A safety word has been seen in a partial result; it will be heard or withdrawn within a moment."""

    command: Command
    phrase: str


@dataclass(frozen=True)
class Withdrawn:
    """What was suspected was not said after all."""


@dataclass(frozen=True)
class Spoken:
    """The loudspeaker has finished the Say with this number."""

    number: int


@dataclass(frozen=True)
class Tick:
    """Nothing happened until the conversation's due time."""


@dataclass(frozen=True)
class Lost:
    """A part stopped working."""

    part: str
    """"microphone", "loudspeaker", "voice" or "recogniser"; "computer" when all of it was asleep."""
    reason: str
    """One sentence for the screen."""
    asleep: float = 0.0
    """Seconds that the computer slept, in which the session's time stood still."""


@dataclass(frozen=True)
class Returned:
    """A lost part works again."""

    part: str


@dataclass(frozen=True)
class Measured:
    """What was asked for with Measure: levels since the last one, decibels of full scale; None where there was none."""

    noise: float | None = None
    """The room, while the coach was silent."""
    voice: float | None = None
    """The loudest tenth of a second, while the coach was silent, if it stands out from the room."""
    echo: float | None = None
    """The microphone, while the coach spoke, if it heard the coach."""
    delay: float | None = None
    """Seconds from the loudspeaker to the microphone, as far as the program can tell."""


Event = Heard | Told | Suspected | Withdrawn | Spoken | Tick | Lost | Returned | Measured


class Earcon(StrEnum):
    """The short sounds; rising means opening, falling means closing."""

    START = "start"
    CUE = "cue"
    """Half-way, change sides, ten seconds."""
    END = "end"
    """A step's time is over."""
    HEARD = "heard"
    """Understood; the answer is a deed, not a sentence."""
    NOTHING = "nothing"
    """Understood, but there is nothing to do here."""
    GENTLE = "gentle"
    """A discomfort was heard; hands let go."""
    FAULT = "fault"


@dataclass(frozen=True)
class Say:
    """Speak these lines one after another; replaces whatever is being said."""

    lines: tuple[str, ...]
    number: int
    """Comes back in Spoken."""
    earcon: Earcon | None = None
    """Sounds just before the first line."""


@dataclass(frozen=True)
class Sound:
    """Play an earcon over whatever is being said."""

    earcon: Earcon


@dataclass(frozen=True)
class Hush:
    """Silence now: speech, earcons and tempo."""


@dataclass(frozen=True)
class Tempo:
    """Soft ticks to move the hands by, from now on; 0 for none."""

    per_minute: float


@dataclass(frozen=True)
class Volume:
    """The coach's loudness relative to its normal one, decibels."""

    decibels: float


@dataclass(frozen=True)
class Note:
    """Something happened that the transcript and the journal keep."""

    event: str
    """"step", "cue", "pain", "strength", "paused", "resumed" or "note"."""
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class End:
    """The session is over; nothing but taking it back can follow."""

    reason: str
    """"finished", "stopped", "pain", "red_flag" or "declined"."""


@dataclass(frozen=True)
class Measure:
    """Tell what reached the microphone since the last Measure, of late."""


Effect = Say | Sound | Hush | Tempo | Volume | Note | End | Measure
