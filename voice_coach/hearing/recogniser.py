"""What every recogniser is: samples go in, hypotheses about what was said come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from voice_coach.commands import Phrases
from voice_coach.sound.samples import Samples


@dataclass(frozen=True)
class Hypothesis:
    """What a recogniser believes was said in one utterance, so far (partial) or for good (final).

    An utterance is any number of partials and then one final; utterances do not overlap.
    Times are seconds of sound pushed into the recogniser since it was made.
    """

    text: str
    """Lower-case words; "[unk]" stands for speech that is none of the phrases. A final may be empty."""
    final: bool
    start: float
    """When the utterance began, as nearly as the recogniser can tell."""
    end: float | None
    """When its last word ended; None when not known, as in most partials."""


class Recogniser(Protocol):
    """A stream of samples turned into hypotheses."""

    name: str
    """For the screen and the journal, such as "vosk vosk-model-small-en-us-0.15"."""

    def push(self, samples: Samples) -> Sequence[Hypothesis]:
        """Hear the next *samples* (16 kHz, any number of them); the hypotheses that are new, oldest first.

        A partial comes only when its text has changed. The answer depends on the stream alone, not
        on how it was cut into pushes.
        """
        ...

    def listen_for(self, phrases: Phrases) -> None:
        """From now on recognise *phrases*; before, those of the session. What is being said is not lost."""
        ...
