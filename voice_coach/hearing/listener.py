"""From hypotheses to commands, on two paths.

The safety path looks for a safety word anywhere in what is being said. The first sight of one, in a
partial result, is a suspicion, enough to hush the coach; when it stays for STABLE seconds, or is in
a final result, it is heard. The command path waits for the end of the utterance and takes it only
when all of it is a phrase.
"""

from __future__ import annotations

from typing import TypeAlias

from voice_coach.commands import SESSION, Command, Match, Phrases, find_safety, normalise
from voice_coach.hearing.recogniser import Hypothesis
from voice_coach.session.events import Heard, Suspected, Told, Withdrawn

STABLE = 0.25
"""Seconds for which a safety word must stay in the partial results to count."""

Finding: TypeAlias = Heard | Told | Suspected | Withdrawn


class Listener:
    """Follows the utterances of one recogniser and reports each command once. Times are seconds of its stream."""

    def __init__(self, phrases: Phrases = SESSION) -> None:
        self._phrases = phrases
        self._suspected: dict[Command, tuple[Match, float]] = {}
        """Safety families in the latest partial, and since when."""
        self._reported: set[Command] = set()
        """Safety families already heard in the present utterance."""

    def hear(self, hypothesis: Hypothesis, now: float) -> list[Finding]:
        """What *hypothesis*, which came at *now*, newly gives.

        A safety family is heard at most once an utterance, and such an utterance gives no ordinary
        command; but a red flag ("chest pain") is heard even after the PAIN inside it.
        """
        there = {match.command: match for match in _safety(hypothesis.text) if match.command not in self._reported}
        if not hypothesis.final:
            return self._partial(there, now)
        withdrawn = bool(self._suspected) and not there and not self._reported
        whole, told = self._phrases.understand(hypothesis.text), self._phrases.told(hypothesis.text)
        red_flag = whole if whole and whole.command is Command.RED_FLAG else None
        found = [red_flag] if red_flag else list(there.values())
        plain = not (red_flag or there or self._reported)
        if whole and plain:
            found = [whole]
        heard: list[Finding] = [_heard(match, hypothesis.end) for match in found]
        if told and plain:
            heard = [Told(told, word_end=hypothesis.end)]
        self._suspected, self._reported = {}, set()
        return [Withdrawn(), *heard] if withdrawn else heard

    def wait(self, now: float) -> list[Finding]:
        """Suspicions that have stayed long enough at *now*, when no new hypothesis came."""
        heard = [match for match, since in self._suspected.values() if now - since >= STABLE]
        for match in heard:
            del self._suspected[match.command]
            self._reported.add(match.command)
        return [_heard(match, None) for match in heard]

    def _partial(self, there: dict[Command, Match], now: float) -> list[Finding]:
        before = self._suspected
        self._suspected = {family: before.get(family, (match, now)) for family, match in there.items()}
        if there and not before:
            first = next(iter(there.values()))
            return [Suspected(first.command, first.phrase), *self.wait(now)]
        if before and not there and not self._reported:
            return [Withdrawn()]
        return self.wait(now)


def _safety(text: str) -> list[Match]:
    """The safety words in *text*, one of each family, the most urgent first."""
    found: list[Match] = []
    rest = f" {normalise(text)} "
    while (match := find_safety(rest)) is not None:
        if all(match.command is not other.command for other in found):
            found.append(match)
        rest = rest.replace(f" {match.phrase} ", " unk ")
    return found


def _heard(match: Match, end: float | None) -> Heard:
    path = "safety" if match.command in (Command.STOP, Command.PAIN) else "command"
    return Heard(match.command, match.phrase, path, match.number, word_end=end)
