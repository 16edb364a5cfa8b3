"""The spoken menu: what is heard of what can be said there, and which routines somebody gets to.

    python -m benchmarks.menu [--voices NAME ...] [--json FILE]

Each phrase is said once by each voice in a quiet room, one after another, to the built-in model with the menu's own
words. It is heard when it means the same; it leads there when a routine that it asks for is proposed, or named first.
All speech is synthetic.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from benchmarks.common import SYNTHETIC, keep, show, versions
from voice_coach.hearing.builtin import builtin
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.spotter import Spotter
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.reception.menu import Menu
from voice_coach.reception.sparing import WORDS
from voice_coach.reception.vocabulary import AT_A_TIME, catalogue, names
from voice_coach.rehearsal import understood
from voice_coach.routine.load import load, shipped
from voice_coach.session.events import Heard, Told
from voice_coach.sound.samples import HEARING_RATE, block_frames, saturate, silence
from voice_coach.speaking.mouth import Lines
from voice_coach.speaking.voice import SystemVoice

VOICES = ("en-us", "en-us+f2", "en-us+m3", "en-gb")
NOISE = 15.0
"""The room's, sample steps."""
LOUDNESS = 0.5
"""How loud people are, of the voice's own loudness."""
BEFORE, AFTER = 0.5, 1.2
"""Seconds of quiet around a phrase."""
BLOCK = block_frames(HEARING_RATE, 0)
SETTLING = ("leg massage", "something else")
"""Said before anything counts, as nobody is heard at once."""
SAID = (
    *("one", "two", "three", "four", "five", "number one", "number two", "number three", "number four", "number five"),
    *("the first one", "the second one", "the last one", "feet", "calves", "my calves", "legs", "knees", "thighs"),
    *("my back", "lower back", "upper back", "neck", "shoulders", "whole body", "something for tired calves"),
    *("five minutes", "ten minutes", "fifteen minutes", "twenty minutes", "thirty minutes", "half an hour", "an hour"),
    *("something short", "something long", "short", "long", "alone", "by myself", "on my own", "with a helper"),
    *("together", "with a partner", "foot massage alone", "calves ten minutes", "what do you have", "what is there"),
    *("more", "something else", "start", "yes", "yes please", "no", "repeat", "help", "go back", "stop", "herbs"),
    *("sea salt", "conifer", "oak bark", "oatmeal", "nothing but water", "shower", "bath", "splits", "training"),
    *("easier", "acupressure", "therapeutic massage", "leg therapy"),
)
"""Beside the names of the routines."""


class MenuHearing:
    """One recogniser that listens as it does while somebody chooses."""

    def __init__(self) -> None:
        self.offered = catalogue(load(path) for path in shipped())
        phrases = self.offered.phrases
        self._ears = Ears(VoskRecogniser(builtin(extra=phrases.words | WORDS)), spotter=Spotter())
        self._ears.listen_for(phrases)
        self._noise = np.random.default_rng(0)

    @cached_property
    def said(self) -> tuple[str, ...]:
        """The names of the routines, save those that nobody would learn by heart, and all else."""
        called = (name for routine in self.offered.routines for name in names(routine) if len(name.split()) < 5)
        return tuple(dict.fromkeys((*called, *SAID)))

    def hear(self, phrase: str, voice: Lines) -> list[Told | Heard]:
        """What is heard when *voice* says *phrase*."""
        quiet = [silence(round(seconds * HEARING_RATE)) for seconds in (BEFORE, AFTER)]
        sound = np.concatenate((quiet[0], voice.render(phrase) * LOUDNESS, quiet[1]))
        noisy = saturate(sound + self._noise.normal(0, NOISE, len(sound)))
        found = [one for at in range(0, len(noisy), BLOCK) for one in self._ears.push(noisy[at : at + BLOCK])]
        return [one for one in found if isinstance(one, Told | Heard)]

    def same(self, heard: Told | Heard, phrase: str) -> bool:
        """Whether it means what *phrase* means."""
        meant = understood(phrase, self.offered.phrases)
        if isinstance(meant, Told) and isinstance(heard, Told):
            return self.offered.understand(heard.phrase) == self.offered.understand(meant.phrase)
        return isinstance(meant, Heard) and isinstance(heard, Heard) and meant.command is heard.command

    def leads_to(self, heard: Told | Heard) -> frozenset[str]:
        """The routines that are proposed or named first, when it answers the first question."""
        menu, _ = Menu(self.offered).hear(heard)
        found = (menu.proposed,) if menu.proposed else menu.listed[:AT_A_TIME]
        return frozenset(one.id for one in found)

    def reached(self, phrases: Iterable[str], voice: Lines) -> dict[str, frozenset[str]]:
        """For each of *phrases*, said one after another, the routines that it leads to."""
        for phrase in SETTLING:
            self.hear(phrase, voice)
        return {
            phrase: frozenset().union(*(self.leads_to(one) for one in self.hear(phrase, voice))) for phrase in phrases
        }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voices", nargs="+", metavar="NAME", default=VOICES)
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args(arguments)
    hearing = MenuHearing()
    heard: dict[str, dict[str, list[str]]] = {phrase: {} for phrase in hearing.said}
    right: dict[str, set[str]] = {phrase: set() for phrase in hearing.said}
    ways: dict[str, dict[str, set[str]]] = {routine.id: {} for routine in hearing.offered.routines}
    for name in args.voices:
        with SystemVoice(name) as voice:
            lines = Lines(voice, HEARING_RATE)
            for phrase in (*SETTLING, *hearing.said):
                found = hearing.hear(phrase, lines)
                heard.setdefault(phrase, {})[name] = [one.phrase for one in found]
                if any(hearing.same(one, phrase) for one in found):
                    right.setdefault(phrase, set()).add(name)
                for routine in {routine for one in found for routine in hearing.leads_to(one)}:
                    ways[routine].setdefault(phrase, set()).add(name)
    rows = [
        (phrase, *("yes" if name in right[phrase] else ", ".join(heard[phrase][name]) or "-" for name in args.voices))
        for phrase in hearing.said
        if len(right[phrase]) < len(args.voices)
    ]
    show("Not heard by all", ("phrase", *args.voices), rows)
    counts = [(name, sum(name in right[phrase] for phrase in hearing.said)) for name in args.voices]
    total = f"{sum(count for _, count in counts)} of {len(counts) * len(hearing.said)}"
    show(f"Heard: {total}", ("voice", f"of {len(hearing.said)}"), [(name, str(count)) for name, count in counts])
    sure = {
        routine: sorted(phrase for phrase, by in found.items() if len(by) == len(args.voices))
        for routine, found in ways.items()
    }
    show("Reached by every voice", ("routine", "with"), [(one, ", ".join(sure[one][:6]) or "-") for one in sure])
    report = {"benchmark": "menu", "speech": SYNTHETIC, "voices": args.voices, "heard": heard, "sure": sure}
    keep(args.json, {**report, "right": {p: sorted(by) for p, by in right.items()}, "versions": versions()})


if __name__ == "__main__":
    main()
