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
AGAIN = 3.0
"""Seconds after which a further safety word of the same family is a new one and no longer the same outcry."""

Finding: TypeAlias = Heard | Told | Suspected | Withdrawn


class Listener:
    """Follows the utterances of one recogniser and reports each command once. Times are seconds of its stream."""

    def __init__(self, phrases: Phrases = SESSION) -> None:
        self._phrases = phrases
        self._counts: dict[Command, tuple[Match, int]] = {}
        """The safety words of the latest hypothesis."""
        self._suspected: dict[Command, tuple[Match, float]] = {}
        """Safety families in the latest partial, and since when."""
        self._reported: dict[Command, tuple[int, float]] = {}
        """Safety families heard in the present utterance: how many of their words were in it, and when."""
        self._own: dict[Command, int] = {}
        """Safety families of which so many words in it were the coach's own."""

    def hear(self, hypothesis: Hypothesis, now: float, own: bool = False) -> list[Finding]:
        """What *hypothesis*, which came at *now*, newly gives.

        A safety family is heard once an outcry, and such an utterance gives no ordinary command; but a red flag
        ("chest pain") is heard even after the PAIN inside it. Beside running water an utterance may go on for long,
        so a word that is said AGAIN seconds later counts anew. *own* tells that the coach hears nobody but
        itself: then nothing is an ordinary command, and a safety word is suspected and no more. That hushes the coach,
        so whoever says it again is heard.
        """
        self._counts = _safety(hypothesis.text)
        there = {match.command: match for match, count in self._counts.values() if self._is_new(match, count, now)}
        if not hypothesis.final:
            return self._partial(there, now, own)
        self._own |= {family: self._counts[family][1] * own for family in there if family not in self._suspected}
        there = {family: match for family, match in there.items() if not self._is_own(family)}
        withdrawn = bool(self._suspected) and not there
        whole, told = self._phrases.understand(hypothesis.text), self._phrases.told(hypothesis.text)
        red_flag = whole if whole and whole.command is Command.RED_FLAG else None
        found = [red_flag] if red_flag else list(there.values())
        plain = not (red_flag or there or self._reported or own or any(map(self._is_own, self._counts)))
        if whole and plain:
            found = [whole]
        heard: list[Finding] = [_heard(match, hypothesis.end) for match in found]
        if told and not red_flag:  # beside a safety word too: how strong a discomfort is
            heard.append(Told(told, word_end=hypothesis.end))
        self._suspected, self._reported, self._own = {}, {}, {}
        return [Withdrawn(), *heard] if withdrawn else heard

    def wait(self, now: float) -> list[Finding]:
        """Suspicions that have stayed long enough at *now*, when no new hypothesis came."""
        heard = [
            match
            for family, (match, since) in self._suspected.items()
            if now - since >= STABLE and not self._is_own(family)
        ]
        for match in heard:
            del self._suspected[match.command]
            self._reported[match.command] = (self._counts[match.command][1], now)
        return [_heard(match, None) for match in heard]

    def _is_new(self, match: Match, count: int, now: float) -> bool:
        """Whether this family has more words than were heard, and not just more of the same outcry."""
        heard, when = self._reported.get(match.command, (0, -AGAIN))
        if count > heard and now - when < AGAIN:
            self._reported[match.command] = (count, when)
            return False
        return count > heard

    def _is_own(self, family: Command) -> bool:
        return self._counts[family][1] <= self._own.get(family, 0)

    def _partial(self, there: dict[Command, Match], now: float, own: bool) -> list[Finding]:
        before = self._suspected
        self._own |= {family: self._counts[family][1] * own for family in there if family not in before}
        self._suspected = {family: before.get(family, (match, now)) for family, match in there.items()}
        if there and not before:
            first = next(iter(there.values()))
            return [Suspected(first.command, first.phrase), *self.wait(now)]
        if before and not there:
            return [Withdrawn()]
        return self.wait(now)


def _safety(text: str) -> dict[Command, tuple[Match, int]]:
    """The first safety word of each family in *text*, the most urgent family first, and how many it has there."""
    found: dict[Command, tuple[Match, int]] = {}
    rest = f" {normalise(text)} "
    while (match := find_safety(rest)) is not None:
        first, count = found.get(match.command, (match, 0))
        found[match.command] = (first, count + 1)
        rest = rest.replace(f" {match.phrase} ", " unk ", 1)
    return found


def _heard(match: Match, end: float | None) -> Heard:
    path = "safety" if match.command in (Command.STOP, Command.PAIN) else "command"
    return Heard(match.command, match.phrase, path, match.number, word_end=end)
