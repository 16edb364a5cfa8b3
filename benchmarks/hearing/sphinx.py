"""PocketSphinx's own decoder as a rival: a grammar of the phrases beside talk, on its bundled English model.

It listens to whole utterances only: a voice detector cuts them out of the stream, and each is decoded when
it has ended, with the mean of its own spectrum taken off. So there are no partials.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from voice_coach.commands import SESSION, Phrases
from voice_coach.hearing.grammar import UNKNOWN, Grammar, grammar
from voice_coach.hearing.recogniser import Hypothesis
from voice_coach.sound.samples import HEARING_RATE, Samples, silence

TALK_WEIGHT = 0.01
"""How likely talk is against a phrase, before a word is heard; more means fewer false commands and more misses."""

DECOYS = 40
"""How many decoys it can afford: three times as many cost twenty times the work."""

LONGEST = 4.0
"""Seconds after which an utterance is taken as ended, for music and water never pause."""

LEAD = 0.3
"""Seconds decoded before the point where the voice detector, which misses soft consonants, hears an utterance begin."""

TAIL = 0.25
"""Seconds of the silence at an utterance's end that are not decoded, for words are imagined in them."""

_SPARE = 0.9
"""A phrase that ends longer than this (seconds) before the utterance does is only its beginning."""

_FRAMES_A_SECOND = 100
_BEAMS = {"beam": 1e-30, "pbeam": 1e-30, "wbeam": 1e-20}
"""Narrower than its defaults, which take several times real time on noise, for the same words."""
_FRAME = 480
"""Samples the voice detector judges at a time: 30 ms."""
_BEGINS = (10, 5)
"""An utterance begins when among this many frames there are so many of speech; a short word has few."""
_ENDS = (15, 1)
"""It ends when among this many there are no more than so many; words of one sentence are closer together."""


class SphinxGrammar:
    """Listens for the phrase table."""

    name = "pocketsphinx en-us"

    def __init__(self, talk_weight: float = TALK_WEIGHT) -> None:
        from pocketsphinx import Decoder, Vad

        # Without lm=None it would load its large dictation model.
        self._decoder: Any = Decoder(lm=None, loglevel="FATAL", cmn="batch", **_BEAMS)
        self._talk_weight = talk_weight
        self.listen_for(SESSION)
        self._detector: Any = Vad(Vad.STRICT, HEARING_RATE, _FRAME / HEARING_RATE)
        self._speech: deque[bool] = deque(maxlen=max(_BEGINS[0], _ENDS[0]))
        self._began: float | None = None
        self._waiting = silence(0)
        self._recent = bytearray()
        """The sound since the last utterance, at least LEAD of it; its end is now."""
        self._listened = 0

    def push(self, samples: Samples) -> list[Hypothesis]:
        """See Recogniser."""
        self._waiting = np.concatenate((self._waiting, samples))
        found: list[Hypothesis] = []
        while len(self._waiting) >= _FRAME:
            frame, self._waiting = self._waiting[:_FRAME], self._waiting[_FRAME:]
            found += self._listen(frame.tobytes())
        return found

    def listen_for(self, phrases: Phrases) -> None:
        """See Recogniser."""
        listed = grammar(self._knows, self.name, phrases)
        self._decoder.add_jsgf_string("commands", _jsgf(listed, self._talk_weight))
        self._decoder.activate_search("commands")
        self._phrases = frozenset(listed.phrases)

    def _knows(self, word: str) -> bool:
        return self._decoder.lookup_word(word) is not None

    @property
    def _now(self) -> float:
        return self._listened / HEARING_RATE

    def _listen(self, frame: bytes) -> Iterator[Hypothesis]:
        self._listened += _FRAME
        self._recent += frame
        self._speech.append(bool(self._detector.is_speech(frame)))
        lately = list(self._speech)
        if self._began is not None:
            if self._now - self._began > LONGEST or sum(lately[-_ENDS[0] :]) <= _ENDS[1]:
                yield self._final(self._began)
                self._began = None
                self._speech.clear()
        elif sum(lately[-_BEGINS[0] :]) >= _BEGINS[1]:
            self._began = self._now - _BEGINS[0] * _FRAME / HEARING_RATE
        else:
            del self._recent[: -int(3 * LEAD * HEARING_RATE) * 2]

    def _final(self, start: float) -> Hypothesis:
        """Decode from a little before *start* until now."""
        kept = min(len(self._recent), int((self._now - start + LEAD) * HEARING_RATE) * 2)
        begin = self._now - kept / 2 / HEARING_RATE
        end: float | None = None
        self._decoder.start_utt()
        spoken = self._recent[len(self._recent) - kept : len(self._recent) - int(TAIL * HEARING_RATE) * 2]
        self._decoder.process_raw(bytes(spoken), full_utt=True)
        self._decoder.end_utt()
        self._recent.clear()
        best = self._decoder.hyp()
        text = best.hypstr if best is not None else ""
        if text in self._phrases:
            words = [piece for piece in self._decoder.seg() if piece.word[0].isalpha()]  # not <sil>, but hurts(2)
            end = begin + (words[-1].end_frame + 1) / _FRAMES_A_SECOND
        if text and (end is None or self._now - end > _SPARE):
            text = UNKNOWN
        return Hypothesis(text, final=True, start=max(0.0, start), end=end)


def _jsgf(grammar: Grammar, talk_weight: float) -> str:
    """Either one phrase, or talk: any number of the first DECOYS decoys."""
    phrases, decoys = " | ".join(grammar.phrases), " | ".join(grammar.decoys[:DECOYS])
    return (
        "#JSGF V1.0;\ngrammar commands;\n"
        f"<phrase> = {phrases};\n<talk> = ({decoys})+;\n"
        f"public <utterance> = /1/ <phrase> | /{talk_weight:g}/ <talk>;\n"
    )
