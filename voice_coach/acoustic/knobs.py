"""The knobs of the translation, in one table: what each does and what it gained.

The figures are the share of "stop", "go", "yes", "no" heard as whole utterances, and events an hour of talk without
commands, on small samples of human recordings (60 to 120 words of 8 to 20 people, 9 minutes of talk). One word is
about 1 %, one event 7 an hour, so only large differences mean anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from voice_coach.commands import VOCABULARY, find_safety, understand


@dataclass(frozen=True)
class Knobs:
    """How the exact acoustic scores are put to use. Costs are in nats, before words compete."""

    acoustic_scale: float = 0.08
    """How far the scores of neighbouring frames count as one and the same evidence; it sets the value of all costs.

    0.05, 0.08, 0.12, 0.2: 54, 58, 61, 61 % with early costs, and other words taken for commands 7, 6, 9, 9 of 76.
    """
    word_cost: float = 0.0
    """Cost of a word that is no command by itself."""
    command_cost: float = 0.0
    """Cost of a word that is a command by itself; more of it means fewer false accepts and fewer words heard.

    0 instead of -1, and 0 instead of -1.5 below: 79 % both; commands 0 instead of 7, safety words 7 instead of 48 an
    hour. 1 and 1: 63 instead of 68 % of other speakers' words. The synthetic voices would like -1.5 (59 for 49 of 80).
    """
    safety_cost: float = 0.0
    """The same for safety words, which should rather be heard once too often.

    0 and 1: "stop" when no person's "stop" was trained on, as with "pain", 48 and 39 of 105 heard, mostly in noise
    (53 and 48 without any correction, and safety words imagined in 9 instead of 4 of 354 stretches of talk).
    """
    stop_cost: float = 1.0
    """The same for "stop", the safety word that people were recorded saying: the correction makes it likely.

    Whole utterances of people not trained on, most of them in noise, at 0 and 2: 93 and 84 of 105 "stop" heard,
    safety words imagined in 3 and 2 of 349 stretches of talk and in 4 and 1 of 253 other words. With the present
    weights, made anew since, at 1: 81, 4 of 354, and 1.
    """
    ow_cost: float = 3.0
    """The same for "ow", which the ends of "no" and "go" sound like."""
    further_cost: float = -1.0
    """The same for words that only conversations before the session listen for, where all is read back.

    0, -1, -2.5: 224, 240, 239 of 336 phrases of the menu by three synthetic voices.
    """
    filler_cost: float = 0.0
    """Cost of entering `[unk]`."""
    phone_cost: float = 0.7
    """Cost of each phone inside `[unk]`: with less of it the loop of all phones beats true words.

    0.15: 58 %; 0.5 to 1.5: 79 %. 0.7 instead of 1: safety words 7 instead of 28 an hour of talk.
    """
    noise_cost: float = 2.0
    """Cost of a noise (breath, knock) between words, instead of silence.

    Raised from 0.5 together with leaving out the decoys: 66 instead of 63 % of 200 human words right, and 3 instead
    of 6 of 50 "stop"s swallowed. The two were not measured apart.
    """
    mean_window: float = 400.0
    """Frames over which the running mean of the cepstra forgets.

    50, 100, 200: 51, 58, 67 %; on settled streams 200, 400, 800: 70, 70, 64 %. The mean of all a speaker's words,
    known beforehand, gives no more, so this is no longer what limits.
    """
    gate_depth: float = 30.0
    """How far below the recent peak of the level a frame may lie and still move the mean (c0; 11.5 is 10 dB).

    20, 30, 45, 80: 61, 58, 60, 51 %.
    """
    gate_slope: float = 0.5
    """How sharply the gate closes, per unit of c0."""
    peak_decay: float = 0.9995
    """How much of the peak above its prior is left after a frame."""
    prior: tuple[float, ...] = (60.0, 9.0, -7.5, 8.0, -10.0, -2.0, -3.0, -9.0, -1.0, -1.0, 3.0, -1.0, -1.0)
    """The mean cepstra before anything was heard: about that of loud frames in the Apache-licensed coffee orders.

    Fitting it to the person was tried with three words of each of 24 people not trained on, then up to ten others,
    clean: 65 of 72 commands heard with this prior, 68 with the three words' mean for a prior, 68 when they were simply
    heard before, and 68 when the Gaussian means were shifted too (MAP, by the frames aligned to them); 9, 11, 10 and 10
    of 112 other words taken for commands. A new recogniser hears the last seconds again, so nothing more is kept.
    """
    peak_prior: float = 10.0
    """The level's peak before anything was heard, above the prior's c0."""
    beam: float = 8.0
    """How much worse than the best a path may become before it is dropped."""
    lattice_beam: float = 3.0
    """How much worse than the best a path may be and still count for the confidences.

    3 instead of 6: less than half the time (0.12 instead of 0.26 of one core), nothing lost.
    """
    frames_per_chunk: int = 5
    """Frames computed at a time (10 ms each): fewer show partials earlier and cost more.

    20, 5, 3 in blocks of 10 ms: "stop" shows 50, 110, 120 ms before its sound has died away (the middle one of 18 or
    19 seen of 24 human ones), for 0.06, 0.08, 0.10 of one core. At 20 and blocks of 100 ms, as in Vosk's examples, it
    is 10 ms before. The last 5 % come 67 ms after, 37 before, 48 before; 115 after in those blocks.
    """

    def cost(self, word: str) -> float:
        """The cost of *word* by its family."""
        if word == "ow":
            return self.ow_cost
        if word == "stop":
            return self.stop_cost
        if find_safety(word) is not None:
            return self.safety_cost
        if word not in VOCABULARY:
            return self.further_cost
        return self.command_cost if understand(word) is not None else self.word_cost
