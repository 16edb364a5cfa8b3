"""The recognisers that are compared: ours at several costs, PocketSphinx as it can be used for commands."""

from __future__ import annotations

import dataclasses
import json
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from benchmarks.speech import Stream
from voice_coach.acoustic.build import build
from voice_coach.acoustic.graph import UNKNOWN
from voice_coach.acoustic.knobs import Knobs
from voice_coach.commands import PHRASES, VOCABULARY, Phrases, find_safety
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.grammar import DECOYS, grammar
from voice_coach.hearing.spotter import Spotter
from voice_coach.hearing.vosk import SETTINGS, VoskRecogniser
from voice_coach.session.events import Heard, Told, Withdrawn
from voice_coach.sound.samples import HEARING_RATE

TARGETS = ("stop", "go", "yes", "no")
PHRASE_LIST = sorted({*PHRASES, "go", "hurt"})
"""The product's phrases, and "go", which is in the recordings."""
WORDS = {*VOCABULARY, "go"}
BLOCK = 480
"""Samples fed at a time."""


@dataclass(frozen=True)
class Sighting:
    """What a recogniser said once *at* samples were fed."""

    at: int
    text: str
    final: bool


class System(Protocol):
    """One point of a curve."""

    facts: dict[str, float]

    def hear(self, sound: Stream) -> list[Sighting]:
        """All it says, as it comes."""
        ...


class Ours:
    """The built-in model in Vosk with the product's grammar; *shift* loosens (below zero) or tightens its words."""

    def __init__(self, shift: float) -> None:
        import vosk

        vosk.SetLogLevel(-2)
        plain = Knobs()
        knobs = dataclasses.replace(
            plain,
            command_cost=plain.command_cost + shift,
            safety_cost=plain.safety_cost + shift,
            stop_cost=plain.stop_cost + shift,
        )
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            build(Path(folder) / "m", WORDS, knobs=knobs)
            built = time.perf_counter()
            size = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())
            weight = json.loads((Path(folder) / "m" / SETTINGS).read_text())["weight"]
            self._listed = [*grammar(WORDS.__contains__, "built-in").weighted(weight), *["go"] * weight, UNKNOWN]
            self._model = vosk.Model(str(Path(folder) / "m"))
            self.facts = {
                "build_s": round(built - began, 2), "load_s": round(time.perf_counter() - built, 2), "bytes": size,
            }  # fmt: skip
        self._make = vosk.KaldiRecognizer

    def hear(self, sound: Stream) -> list[Sighting]:
        """All partials and finals, as they come."""
        recogniser = self._make(self._model, HEARING_RATE, json.dumps(self._listed))
        seen: list[Sighting] = []
        for at in range(0, len(sound.samples), BLOCK):
            ended = recogniser.AcceptWaveform(sound.samples[at : at + BLOCK].tobytes())
            text = (
                json.loads(recogniser.Result())["text"] if ended else json.loads(recogniser.PartialResult())["partial"]
            )
            if (ended and text) or not (seen and seen[-1].text == text and not seen[-1].final):
                seen.append(Sighting(at + BLOCK, text, ended))
        return [*seen, Sighting(len(sound.samples), json.loads(recogniser.FinalResult())["text"], True)]


class Product:
    """The product's ears: the built-in model, and the spotter as its second witness. To be used once in each copy."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            build(Path(folder) / "m", WORDS)
            self._ears = Ears(VoskRecogniser(Path(folder) / "m"), None, Spotter())
        self._ears.listen_for(Phrases(PHRASES, own=frozenset({"go"})))
        self.facts: dict[str, float] = {}

    def hear(self, sound: Stream) -> list[Sighting]:
        """What is suspected and withdrawn as partials, what is heard as finals."""
        seen: list[Sighting] = []
        for at in range(0, len(sound.samples), BLOCK):
            for found in self._ears.push(sound.samples[at : at + BLOCK]):
                text = "" if isinstance(found, Withdrawn) else found.phrase
                seen.append(Sighting(at + BLOCK, text, isinstance(found, Heard | Told)))
        return seen


class Sphinx:
    """PocketSphinx's own decoder, one utterance at a time; how it searches is left to its kinds."""

    def __init__(self, whole: bool, search: Callable[[Any], None]) -> None:
        self.facts: dict[str, float] = {}
        from pocketsphinx import Decoder

        self._decoder: Any = Decoder(lm=None, loglevel="FATAL")
        self._whole = whole
        search(self._decoder)

    def hear(self, sound: Stream) -> list[Sighting]:
        """One final for each utterance."""
        seen = []
        for start, stop in utterances(sound):
            self._decoder.start_utt()
            if self._whole:
                self._decoder.process_raw(sound.samples[start:stop].tobytes(), full_utt=True)
            else:
                for at in range(start, stop, 1600):
                    self._decoder.process_raw(sound.samples[at : min(at + 1600, stop)].tobytes())
            self._decoder.end_utt()
            found = self._decoder.hyp()
            seen.append(Sighting(stop, found.hypstr.strip() if found else "", True))
        return seen


def utterances(sound: Stream) -> Iterable[tuple[int, int]]:
    """Where a perfect endpointer would cut: each word with 0.25 s around it, talk every 5 s."""
    if sound.clips:
        return [(c.start - 4000, c.stop + 4000) for c in sound.clips]
    return [
        (at, min(at + 5 * HEARING_RATE, len(sound.samples))) for at in range(0, len(sound.samples), 5 * HEARING_RATE)
    ]


def sphinx_grammar(weight: float, whole: bool) -> Sphinx:
    """The phrases as a JSGF grammar, beside a loop of decoys at *weight* (0: forced choice)."""

    def search(decoder: Any) -> None:
        decoys = [w for w in DECOYS if decoder.lookup_word(w)][:40]  # as many as it can keep up with
        phrases = " | ".join(PHRASE_LIST)
        other = f" | /{weight:g}/ <other>+" if weight else ""
        text = f"#JSGF V1.0;\ngrammar g;\npublic <g> = /1/ <command>{other};\n<command> = {phrases};\n"
        decoder.add_jsgf_string("g", text + f"<other> = {' | '.join(decoys)};\n")
        decoder.activate_search("g")

    return Sphinx(whole, search)


def sphinx_keyphrase(threshold: float) -> Sphinx:
    """The four words and the safety words as keyphrases of one *threshold*."""

    def search(decoder: Any) -> None:
        spotted = sorted({*TARGETS, *(w for w in WORDS if find_safety(w))})
        with tempfile.NamedTemporaryFile("w", suffix=".kws") as file:
            file.write("".join(f"{word} /{threshold:g}/\n" for word in spotted))
            file.flush()
            decoder.add_kws("k", file.name)
        decoder.activate_search("k")

    return Sphinx(False, search)


SYSTEMS: dict[str, Callable[[], System]] = {
    "ours, with the spotter": Product,
    **{f"ours {shift:+g}": partial(Ours, shift) for shift in (-1.5, -0.75, 0.0, 0.75, 1.5)},
    **{f"keyphrase {t:g}": partial(sphinx_keyphrase, t) for t in (1e-5, 1e-20)},
    **{
        f"grammar {'whole' if whole else 'live'} {w:g}": partial(sphinx_grammar, w, whole)
        for whole in (False, True) for w in (0.0, 1e-20)
    },
}  # fmt: skip
"""The points of each curve."""
