"""PocketSphinx as recogniser: the stand-in that needs no download, for its English model comes with the package.

It listens to whole utterances only: a voice detector cuts them out of the stream, and each is decoded when
it has ended, with the mean of its own spectrum taken off. So there are no partials.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from voice_coach.errors import MachineError
from voice_coach.hearing.grammar import UNKNOWN, Grammar, grammar
from voice_coach.hearing.recogniser import Hypothesis
from voice_coach.sound.samples import HEARING_RATE, Samples, silence

TALK_WEIGHT = 1.0
"""How likely talk is against a phrase, before a word is heard; more means fewer false commands and more misses."""

DECOYS = 40
"""How many decoys it can afford: three times as many cost twenty times the work."""

LONGEST = 10.0
"""Seconds after which an utterance is taken as ended, for music and water never pause."""

_WINDOW = 0.3
_MOSTLY = 0.9
"""An utterance begins and ends when this share of the window agrees."""


class SphinxRecogniser:
    """Listens for the phrase table with PocketSphinx and its bundled model."""

    name = "pocketsphinx en-us"

    def __init__(self, talk_weight: float = TALK_WEIGHT, decoys: int = DECOYS) -> None:
        """Raises MachineError when PocketSphinx is not installed."""
        try:
            from pocketsphinx import Decoder, Endpointer, Vad
        except (ImportError, OSError) as error:
            raise MachineError(
                f"The recogniser PocketSphinx is not installed or does not run here ({error}); install it with "
                "“pip install pocketsphinx”, or install a Vosk model (voice-coach models install)."
            ) from error
        # Without lm=None it would load its large dictation model.
        self._decoder: Any = Decoder(lm=None, loglevel="FATAL", cmn="batch")
        self.grammar: Grammar = grammar(self._knows, self.name)
        self._decoder.add_jsgf_string("commands", _jsgf(self.grammar, talk_weight, decoys))
        self._decoder.activate_search("commands")
        self._phrases = frozenset(self.grammar.phrases)
        self._make_endpointer: Any = partial(Endpointer, _WINDOW, _MOSTLY, Vad.MEDIUM_STRICT, HEARING_RATE)
        self._waiting = silence(0)
        self._cut = 0
        self._renew()

    def push(self, samples: Samples) -> list[Hypothesis]:
        """See Recogniser."""
        self._waiting = np.concatenate((self._waiting, samples))
        found: list[Hypothesis] = []
        while len(self._waiting) >= self._frame:
            frame, self._waiting = self._waiting[: self._frame], self._waiting[self._frame :]
            found += self._listen(frame.tobytes())
        return found

    def _knows(self, word: str) -> bool:
        return self._decoder.lookup_word(word) is not None

    def _renew(self) -> None:
        self._endpointer: Any = self._make_endpointer()
        self._frame: int = self._endpointer.frame_bytes // 2
        self._origin = self._cut / HEARING_RATE
        self._utterance = bytearray()

    def _listen(self, frame: bytes) -> Iterator[Hypothesis]:
        speech = self._endpointer.process(frame)
        self._cut += self._frame
        if speech is None:
            return
        self._utterance += speech
        if not self._endpointer.in_speech:
            yield self._final(self._endpointer.speech_start, self._endpointer.speech_end)
            self._utterance.clear()
        elif len(self._utterance) > LONGEST * HEARING_RATE * 2:
            yield self._final(self._endpointer.speech_start, None)
            self._renew()

    def _final(self, start: float, end: float | None) -> Hypothesis:
        self._decoder.start_utt()
        self._decoder.process_raw(bytes(self._utterance), full_utt=True)
        self._decoder.end_utt()
        best = self._decoder.hyp()
        text = best.hypstr if best is not None else ""
        words = [piece for piece in self._decoder.seg() if piece.word.isalpha()] if text in self._phrases else []
        begin = self._origin + start
        if words:
            end = begin + (words[-1].end_frame + 1) / 100
        elif end is not None:
            end += self._origin
        return Hypothesis(text if text in self._phrases or not text else UNKNOWN, final=True, start=begin, end=end)


def _jsgf(grammar: Grammar, talk_weight: float, count: int) -> str:
    """Either one phrase, or talk: any number of the first *count* decoys."""
    phrases, decoys = " | ".join(grammar.phrases), " | ".join(grammar.decoys[:count])
    return (
        "#JSGF V1.0;\ngrammar commands;\n"
        f"<phrase> = {phrases};\n<talk> = ({decoys})+;\n"
        f"public <utterance> = /1/ <phrase> | /{talk_weight:g}/ <talk>;\n"
    )
