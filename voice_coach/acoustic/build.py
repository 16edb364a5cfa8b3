"""Writes a Vosk model directory from the installed wheel of CMU Sphinx.

What a user of the model must know:

- It takes 16 kHz mono 16-bit sound (Vosk resamples other rates) and grammars at run time:
  ``KaldiRecognizer(Model(str(directory)), 16000, json.dumps([*phrases, "[unk]"]))``.
- There are a hundred frames a second, but Vosk counts 0.03 s for each: divide all word times by `TIME_FACTOR`.
- Frames are computed `Knobs.frames_per_chunk` at a time, so feed blocks of 50 ms or less to see partials early.
- The running mean lives in the recogniser: keep one recogniser fed without gaps rather than making new ones. Vosk
  itself starts afresh at the end of an utterance once 200 s have been heard (and after `FinalResult`).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from voice_coach.acoustic.correction import WEIGHTS, Correction
from voice_coach.acoustic.frontend import FBANK_CONF
from voice_coach.acoustic.graph import UNKNOWN, Graph, Labels, spell, word_loop
from voice_coach.acoustic.knobs import Knobs
from voice_coach.acoustic.network import build_network, order
from voice_coach.acoustic.sphinx import ModelError, SphinxModel, read_dictionary, wheel

TIME_FACTOR = 3.0
"""How many times too large the word times are that Vosk reports with this model."""
SUMS = "sums.json"
"""The file in the directory that holds the checksum of every other one."""


def build(
    directory: Path,
    words: Collection[str],
    pronunciations: Mapping[str, Sequence[str]] = {},
    knobs: Knobs = Knobs(),  # noqa: B008  (frozen)
    progress: Callable[[float], None] | None = None,
    correction: Correction | None = None,
) -> None:
    """Write a Vosk model of *words* into *directory*, whole or not at all, in place of what was there.

    *words* are lower case. *pronunciations* gives words that the dictionary lacks their phones in ARPAbet, as
    in ``{"ouch": ("AW CH",)}``. *progress* is told the share that is done, from 0 to 1. *correction* takes the
    place of the one that comes with the package.
    Raises ModelError naming the words that have no pronunciation, or when the directory cannot be written.
    """
    tell = progress or (lambda share: None)
    tell(0.0)
    spoken = lexicon(words, pronunciations)
    tell(0.2)
    model = SphinxModel.read(wheel() / "en-us")
    tell(0.4)
    labels = Labels(model)
    spellings = {word: [spell(model, labels, phones) for phones in every] for word, every in spoken.items()}
    states = order(model, {s for all_ in spellings.values() for chain in all_ for c in chain for s in c.states})
    listed = [UNKNOWN, *sorted(spellings)]
    graph = Graph(model, labels, listed, spellings, states, knobs)
    network = build_network(model, states, knobs, correction or Correction.read())
    files = {
        "am/final.mdl": b"\0B" + graph.transitions.binary() + network,
        "graph/HCLr.fst": graph.binary(),
        "graph/Gr.fst": word_loop(len(listed)),
        "graph/words.txt": "".join(f"{w} {i}\n" for i, w in enumerate(["<eps>", *listed])).encode(),
        "graph/disambig_tid.int": f"{2 * len(graph.transitions.triples) + 1}\n".encode(),
        "graph/phones/word_boundary.int": labels.boundaries().encode(),
        "conf/fbank.conf": FBANK_CONF.encode(),
        "conf/model.conf": _model_conf(labels, knobs).encode(),
        "voice_coach.json": json.dumps({"time_scale": 1 / TIME_FACTOR, "decoys": False, "weight": 3}).encode(),
    }
    files[SUMS] = json.dumps({name: _sum(content) for name, content in files.items()}).encode()
    tell(0.8)
    _write(directory, files)
    tell(1.0)


def whole(directory: Path) -> bool:
    """Whether *directory* holds all that `build` wrote there, unchanged; a matter of milliseconds."""
    try:
        sums: dict[str, str] = json.loads((directory / SUMS).read_bytes())
        return all(_sum((directory / name).read_bytes()) == kept for name, kept in sums.items())
    except (OSError, ValueError, AttributeError):  # what it holds may be damaged too
        return False


def fingerprint(
    words: Collection[str],
    pronunciations: Mapping[str, Sequence[str]] = {},
    knobs: Knobs = Knobs(),  # noqa: B008  (frozen)
) -> str:
    """A text that changes whenever `build` would write something else: words, knobs, wheel or this package."""
    inputs = [sorted(words), sorted((w, tuple(p)) for w, p in pronunciations.items()), knobs, version("pocketsphinx")]
    digest = hashlib.sha256(repr(inputs).encode())
    for file in (*sorted(Path(__file__).parent.glob("*.py")), WEIGHTS):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def lexicon(words: Collection[str], pronunciations: Mapping[str, Sequence[str]] = {}) -> dict[str, tuple[str, ...]]:
    """Each of *words* with its pronunciations, those given coming before the dictionary's.

    Raises ModelError naming the words that have none, or phones that do not exist.
    """
    dictionary = read_dictionary(wheel() / "cmudict-en-us.dict")
    spoken = {w: tuple(pronunciations.get(w, dictionary.get(w, ()))) for w in set(words) - {UNKNOWN}}
    if missing := sorted(word for word, every in spoken.items() if not every):
        raise ModelError(
            f"No pronunciation is known for {', '.join(repr(w) for w in missing)}; "
            "use other words or give their sounds in ARPAbet."
        )
    phones = {phone for every in dictionary.values() for spelling in every for phone in spelling.split()}
    for word, every in sorted(spoken.items()):
        if strange := {phone for spelling in every for phone in spelling.split()} - phones:
            raise ModelError(f"The pronunciation of {word!r} has {', '.join(sorted(strange))}, no ARPAbet sound.")
    return spoken


def _model_conf(labels: Labels, knobs: Knobs) -> str:
    return f"""--min-active=200
--max-active=1000
--beam={knobs.beam}
--lattice-beam={knobs.lattice_beam}
--determinize-min-chunk-size=60
--determinize-max-delay=180
--acoustic-scale={knobs.acoustic_scale}
--frame-subsampling-factor=1
--frames-per-chunk={knobs.frames_per_chunk}
--endpoint.silence-phones={labels.silence}
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
"""


def _sum(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _write(directory: Path, files: Mapping[str, bytes]) -> None:
    """Write *files* beside *directory* and put them in its place in one step."""
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
        try:
            for name, content in files.items():
                path = fresh / "new" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())  # else they may be empty after a power cut, in a directory that is there
            if directory.exists():
                directory.rename(fresh / "old")
            (fresh / "new").rename(directory)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise ModelError(
            f"The speech model cannot be written to {directory} ({error.strerror}): free some space there, make the "
            "folder writable, or set XDG_CACHE_HOME to another one."
        ) from error
