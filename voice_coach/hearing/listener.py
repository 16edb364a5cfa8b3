"""From hypotheses to commands, on two paths, before two witnesses.

The safety path looks for a safety word anywhere in what is being said. The first sight of one, in a
partial result, is a suspicion, enough to hush the coach; when it stays for STABLE seconds, or is in
a final result, it is heard. The command path waits for the end of the utterance and takes it only
when all of it is a phrase.

The recogniser is one witness. The spotter, where there is one, is the other: what it doubts is not heard,
and of what it is sure that is heard without the recogniser.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import ge
from typing import TypeAlias

from voice_coach.commands import SAFETY, SESSION, Command, Match, Phrases, find_safety, normalise
from voice_coach.hearing.opinion import NoOpinion, Opinion
from voice_coach.hearing.recogniser import Hypothesis
from voice_coach.session.events import Heard, Suspected, Told, Withdrawn

STABLE = 0.25
"""Seconds for which a safety word must stay in the partial results to count."""
AGAIN = 3.0
"""Seconds after which a further safety word of the same family is a new one and no longer the same outcry."""
ANEW = 1.0
"""Seconds after which another command is a new one and no longer the same."""

HUNCH = 0.3
"""From this chance on the first sight of a safety word is a suspicion at once."""
INKLING = 0.2
"""From this chance on one that stays for STABLE seconds is a suspicion, and one that is a whole utterance, or is said
again, is heard. Amid music and other people's talk the recogniser imagines one twice."""
DOUBT = 0.5
"""Below this chance the spotter doubts a safety word among others."""
DOUBT_COMMAND = 0.3
"""The same for any other command."""
SURE = (0.7, 0.45)
"""From either chance on a plain “stop” or “ouch” is heard without the recogniser: from the first just now, from the
second on average over a third of a second, as what only sounds like one in passing is over sooner."""
SURER = (0.9, 0.65)
"""The same while the recogniser takes all that is being said for another command: “softer” begins like “stop”."""
SURE_COMMAND = 0.9
"""From this chance on any other command is heard at once, or at the end of a short utterance."""
SURE_FLAG = 0.98
"""From this chance on a red flag is, which ends a session."""
REPEATED = 10.0
"""Seconds within which what was doubted the first time is believed when it is said again."""
LATELY = 0.1
"""Seconds for which the spotter's judgement is fresh."""
BEFORE = 0.6
"""Seconds before a suspicion in which the spotter may have noticed the same word."""
EXPLAINED = 0.4
"""What the coach plays explains a word when it sounds like that too: from so much of its chance on."""
ECHOES = 0.6
"""Seconds for which what it played may come back."""
SHORT = 2.0
"""Seconds that an utterance lasts at most which is one command and nothing else."""

Finding: TypeAlias = Heard | Told | Suspected | Withdrawn


class Listener:
    """Follows the utterances of one recogniser and reports each command once. Times are seconds of its stream."""

    def __init__(
        self, phrases: Phrases = SESSION, opinion: Opinion | None = None, itself: Opinion | None = None
    ) -> None:
        """*itself* is what the second witness hears in the coach's own sound."""
        self._phrases, self._opinion, self._itself = phrases, opinion or NoOpinion(), itself
        self._doubted: dict[Command, float] = {}
        """What was doubted, and when last."""
        self._heard_at: dict[Command, float] = {}
        """When a command was heard last, in whatever utterance."""
        self._counts: dict[Command, tuple[Match, int]] = {}
        """The safety words of the latest hypothesis."""
        self._suspected: dict[Command, tuple[Match, float]] = {}
        """Safety families in the latest partial, and since when."""
        self._seen: dict[Command, int] = {}
        """How many of their words there were then."""
        self._told = False
        """Whether of this suspicion was told."""
        self._reported: dict[Command, tuple[int, float]] = {}
        """Safety families heard in the present utterance: how many of their words were in it, and when."""
        self._own: dict[Command, int] = {}
        """Safety families of which so many words in it were the coach's own."""
        self._another = False
        """Whether the recogniser takes what is being said for another command."""
        self._spotted_at = -ANEW
        """When the spotter last was sure of another command."""
        self._spotted_flag = -ANEW
        """When it last was sure of a red flag."""
        self._wondered_at = -ANEW
        """When it last was sure of a safety word that the coach's own sound explains."""

    def anew(self, phrases: Phrases) -> Listener:
        """One for another conversation. What the spotter heard for this one is no answer there as well."""
        other = Listener(phrases, self._opinion, self._itself)
        other._spotted_at, other._spotted_flag = self._spotted_at, self._spotted_flag
        other._doubted = self._doubted
        return other

    def hear(self, hypothesis: Hypothesis, now: float, own: bool = False) -> list[Finding]:
        """What *hypothesis*, which came at *now*, newly gives.

        A safety family is heard once an outcry, and such an utterance gives no ordinary command; but a red flag
        ("chest pain") is heard even after the PAIN inside it. Beside running water an utterance may go on for long,
        so a word that is said AGAIN seconds later counts anew. *own* tells that the coach hears nobody but itself: then
        nothing is an ordinary command, a red flag is one only if the spotter is sure of it, and a safety word is
        suspected and no more. That hushes the coach, so whoever says it again is heard. So it is with what the coach's
        own sound explains.
        """
        self._counts = _safety(hypothesis.text)
        self._another = not (hypothesis.final or self._counts or self._phrases.understand(hypothesis.text) is None)
        there = {match.command: match for match, count in self._counts.values() if self._is_new(match, count, now)}
        if not hypothesis.final:
            return self._partial(there, now, own)
        seconds = max(ECHOES, now - hypothesis.start + LATELY)
        self._own |= {family: self._counts[family][1] * own for family in there if family not in self._suspected}
        since = min((when for _, when in self._suspected.values()), default=hypothesis.start)
        there = {f: match for f, match in there.items() if not (self._is_own(f) or self._is_explained(f, seconds))}
        enough = INKLING if self._phrases.understand(hypothesis.text) else DOUBT
        if there and self._is_doubted(there, since, now, enough):
            self._doubted |= dict.fromkeys(there, now)
            there = {}
        withdrawn = self._told and not there
        whole, told = self._command(hypothesis, now, own), self._phrases.told(hypothesis.text)
        if whole and whole.command is not Command.GO_TO and self._is_explained(whole.command, seconds):
            whole = None
        red_flag = whole if whole and whole.command is Command.RED_FLAG else None
        found = [red_flag] if red_flag else list(there.values())
        if red_flag and self._spotted_flag >= hypothesis.start:
            found = []  # of this outcry was told
        plain = not (red_flag or self._counts or self._reported or own or self._spotted_at >= hypothesis.start)
        if whole and plain:
            found = [whole]
        heard: list[Finding] = [self._hears(match, now, hypothesis.end) for match in found]
        if told and not red_flag and not own:  # beside a safety word too: how strong a discomfort is
            heard.append(Told(told, word_end=hypothesis.end))
        self._suspected, self._reported, self._own, self._told = {}, {}, {}, False
        return [Withdrawn(), *heard] if withdrawn else heard

    def wait(self, now: float, own: bool = False) -> list[Finding]:
        """Suspicions that have stayed long enough at *now*, when no new hypothesis came, and what the spotter knows."""
        heard = [
            match
            for family, (match, since) in self._suspected.items()
            if now - since >= STABLE
            and not self._is_own(family)
            and not self._is_explained(family, now - since + ECHOES)
            and not self._is_doubted([family], since, now)
        ]
        for match in heard:
            del self._suspected[match.command]
            self._reported[match.command] = (self._counts[match.command][1], now)
        self._told = self._told and bool(self._suspected)
        if heard:
            return [self._hears(match, now) for match in heard]
        spotted = [] if own else self._spotted_safety(now) or self._spotted(now)
        return spotted or self._suspicion(now)

    def _suspicion(self, now: float) -> list[Finding]:
        """The suspicion of which was not told yet, once the spotter has a hunch; an inkling will do when it stays."""
        first = next(iter(self._suspected.values()), None)
        if first is None or self._told:
            return []
        match, since = first
        self._told = self._chance(now - since) >= (INKLING if now - since >= STABLE else HUNCH)
        return [Suspected(match.command, match.phrase)] if self._told else []

    def _chance(self, seconds: float) -> float:
        """How likely any safety word was said in the last so many *seconds*, or shortly before."""
        return max(self._opinion.chance(family, seconds + BEFORE) for family in SAFETY)

    def _spotted_safety(self, now: float) -> list[Finding]:
        """A safety word of which the spotter is sure."""
        sure = SURER if self._another else SURE
        for family in SAFETY:
            _, when = self._reported.get(family, (0, -AGAIN))
            # A second "stop" does no harm, and may follow a "continue".
            fresh = now - self._heard_at.get(family, -ANEW) >= ANEW and (family is Command.STOP or now - when >= AGAIN)
            if not fresh or not any(map(ge, self._opinion.outcry(family), sure)):
                continue
            if not self._is_explained(family):
                count = self._counts[family][1] if family in self._counts else 0
                self._suspected.pop(family, None)
                self._told = self._told and bool(self._suspected)
                self._reported[family] = (count, now)
                return [self._hears(Match(family, family.value), now)]
            if not self._told and now - self._wondered_at >= ANEW:  # the session itself withdraws it
                self._wondered_at = now
                return [Suspected(family, family.value)]
        return []

    def _spotted(self, now: float) -> list[Finding]:
        """Any other command of which the spotter is sure, unless there may be a safety word; a step has a number."""
        if self._suspected or now - self._spotted_at < ANEW:
            return []
        match = self._phrases.understand(self._opinion.likeliest(LATELY))
        if match is None or match.command in (*SAFETY, Command.GO_TO):
            return []
        if not self._is_sure_of(match.command, LATELY) or self._is_explained(match.command):
            return []
        self._spotted_at = now
        if match.command is Command.RED_FLAG:
            self._spotted_flag = now
        return [self._hears(match, now)]

    def _is_sure_of(self, command: Command, seconds: float) -> bool:
        """Whether the spotter is sure of another command, said in the last so many *seconds*."""
        enough = SURE_FLAG if command is Command.RED_FLAG else SURE_COMMAND
        return self._opinion.chance(command, seconds) >= enough

    def _hears(self, match: Match, now: float, end: float | None = None) -> Heard:
        """It is heard, so it need not be said again."""
        self._heard_at[match.command] = now
        self._doubted.pop(match.command, None)
        path = "safety" if match.command in (Command.STOP, Command.PAIN) else "command"
        return Heard(match.command, match.phrase, path, match.number, word_end=end)

    def _is_doubted(self, families: Iterable[Command], since: float, now: float, enough: float = DOUBT) -> bool:
        """Whether the spotter doubts safety words shown *since* then, and they are not said for the second time."""
        chance = self._chance(now - since)
        again = chance >= INKLING and any(self._is_repeated(family, now) for family in families)
        return chance < enough and not again

    def _is_repeated(self, command: Command, now: float) -> bool:
        return now - self._doubted.get(command, -REPEATED) < REPEATED

    def _command(self, hypothesis: Hypothesis, now: float, own: bool) -> Match | None:
        """The command that the whole utterance is, as both witnesses have it."""
        whole = self._phrases.understand(hypothesis.text)
        seconds = now - hypothesis.start + LATELY
        if whole and whole.command is Command.GO_TO:
            return whole  # there are too many to be doubted
        if whole and whole.command is Command.RED_FLAG:
            return whole if not own or self._is_sure_of(whole.command, seconds) else None
        if whole:
            if self._opinion.chance(whole.command, seconds) >= DOUBT_COMMAND or self._is_repeated(whole.command, now):
                return whole
            self._doubted[whole.command] = now
        likeliest = self._phrases.understand(self._opinion.likeliest(seconds))
        if likeliest and seconds < SHORT and self._is_sure_of(likeliest.command, seconds):
            return likeliest
        return None

    def _is_new(self, match: Match, count: int, now: float) -> bool:
        """Whether this family has more words than were heard, and not just more of the same outcry."""
        heard, when = self._reported.get(match.command, (0, -AGAIN))
        if count > heard and now - when < AGAIN:
            self._reported[match.command] = (count, when)
            return False
        return count > heard

    def _is_again(self, family: Command, now: float) -> bool:
        """Whether one that was doubted is said for the second time in an utterance that does not end."""
        if family not in self._suspected or self._own.get(family):
            return False
        _, since = self._suspected[family]
        return self._counts[family][1] > self._seen[family] and now - since >= BEFORE

    def _is_explained(self, command: Command, seconds: float = ECHOES) -> bool:
        """Whether what the coach played in the last so many *seconds* sounds much like that too."""
        if self._itself is None:
            return False
        heard = self._opinion.chance(command, seconds)
        if command is Command.RED_FLAG:  # “chest pain” is known as a pain; one of which nothing is known is imagined
            heard = max(heard, *(self._opinion.chance(family, seconds) for family in SAFETY))
        else:
            heard = max(heard, DOUBT_COMMAND)
        return self._itself.chance(command, seconds) > EXPLAINED * heard

    def _is_own(self, family: Command) -> bool:
        return self._counts[family][1] <= self._own.get(family, 0)

    def _partial(self, there: dict[Command, Match], now: float, own: bool) -> list[Finding]:
        again = {family for family in there if self._is_again(family, now)}
        if again:  # whoever says it again is believed, and hushes again
            self._doubted |= dict.fromkeys(again, now)
            self._told = False
        before = {family: seen for family, seen in self._suspected.items() if family not in again}
        self._seen |= {family: self._counts[family][1] for family in there if family not in before}
        self._own |= {family: self._counts[family][1] * own for family in there if family not in before}
        self._suspected = {family: before.get(family, (match, now)) for family, match in there.items()}
        if before and not there:
            told, self._told = self._told, False
            return [Withdrawn()] if told else []
        return [*self._suspicion(now), *self.wait(now, own)]


def _safety(text: str) -> dict[Command, tuple[Match, int]]:
    """The first safety word of each family in *text*, the most urgent family first, and how many it has there."""
    found: dict[Command, tuple[Match, int]] = {}
    rest = f" {normalise(text)} "
    while (match := find_safety(rest)) is not None:
        first, count = found.get(match.command, (match, 0))
        found[match.command] = (first, count + 1)
        rest = rest.replace(f" {match.phrase} ", " unk ", 1)
    return found
