"""The knobs of the translation, in one table: what each does and what it gained."""

from __future__ import annotations

from dataclasses import dataclass

from voice_coach.commands import find_safety, understand


@dataclass(frozen=True)
class Knobs:
    """How the exact acoustic scores are put to use. Costs are in nats, before words compete."""

    acoustic_scale: float = 0.08
    """How far the scores of neighbouring frames count as one and the same evidence."""
    word_cost: float = 0.0
    """Cost of a word that is no command by itself."""
    command_cost: float = 0.0
    """Cost of a word that is a command by itself; more of it means fewer false accepts and fewer words heard."""
    safety_cost: float = 0.0
    """The same for safety words, which should rather be heard once too often."""
    filler_cost: float = 0.0
    """Cost of entering `[unk]`."""
    phone_cost: float = 0.7
    """Cost of each phone inside `[unk]`: without it the loop of all phones beats every word."""
    noise_cost: float = 0.5
    """Cost of a noise (breath, knock) between words, instead of silence."""
    mean_window: float = 400.0
    """Frames over which the running mean of the cepstra forgets."""
    gate_depth: float = 30.0
    """How far below the recent peak of the level a frame may lie and still move the mean (c0; 11.5 is 10 dB)."""
    gate_slope: float = 0.5
    """How sharply the gate closes, per unit of c0."""
    peak_decay: float = 0.9995
    """How much of the peak above its prior is left after a frame."""
    prior: tuple[float, ...] = (60.0, 9.0, -7.5, 8.0, -10.0, -2.0, -3.0, -9.0, -1.0, -1.0, 3.0, -1.0, -1.0)
    """The mean cepstra before anything was heard."""
    peak_prior: float = 10.0
    """The level's peak before anything was heard, above the prior's c0."""
    beam: float = 8.0
    """How much worse than the best a path may become before it is dropped."""
    lattice_beam: float = 3.0
    """How much worse than the best a path may be and still count for the confidences; more of it costs time."""
    frames_per_chunk: int = 5
    """Frames computed at a time (10 ms each): fewer show partials earlier and cost more."""

    def cost(self, word: str) -> float:
        """The cost of *word* by its family."""
        if find_safety(word) is not None:
            return self.safety_cost
        return self.command_cost if understand(word) is not None else self.word_cost
