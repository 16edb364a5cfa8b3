"""From hypotheses to commands, on two paths.

The safety path takes a safety word at once from anywhere in what was said, a partial included. The
command path waits for the end of the utterance and takes it only when all of it is a phrase.
"""

from __future__ import annotations

from voice_coach.commands import Command, Match, find_safety, normalise, understand
from voice_coach.hearing.recogniser import Hypothesis
from voice_coach.session.events import Heard


class Listener:
    """Follows the utterances of one recogniser and reports each command once."""

    def __init__(self) -> None:
        self._reported: set[Command] = set()
        """Safety families already reported from the present utterance."""

    def hear(self, hypothesis: Hypothesis) -> Heard | None:
        """The command that *hypothesis* newly gives, or None.

        A safety family is reported at most once an utterance, and such an utterance gives no ordinary
        command; but a red flag ("chest pain") is reported even after the PAIN inside it.
        """
        whole = understand(hypothesis.text) if hypothesis.final else None
        red_flag = whole if whole is not None and whole.command is Command.RED_FLAG else None
        safety = self._new_safety(hypothesis.text)
        ordinary = None if self._reported else whole
        if hypothesis.final:
            self._reported = set()
        if red_flag is not None:
            return _heard(red_flag, "command", hypothesis)
        if safety is not None:
            return _heard(safety, "safety", hypothesis)
        return _heard(ordinary, "command", hypothesis) if ordinary is not None else None

    def _new_safety(self, text: str) -> Match | None:
        """The most urgent safety word in *text* whose family is not reported yet; marks it reported."""
        rest = f" {normalise(text)} "
        while (match := find_safety(rest)) is not None:
            if match.command not in self._reported:
                self._reported.add(match.command)
                return match
            rest = rest.replace(f" {match.phrase} ", " unk ")
        return None


def _heard(match: Match, path: str, hypothesis: Hypothesis) -> Heard:
    return Heard(match.command, match.phrase, path, match.number, word_end=hypothesis.end)
