"""Plain evaluations to compare with: the mixtures in numpy, a network's outputs as Vosk computes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import vosk

from voice_coach.acoustic.frontend import FBANK_CONF, cepstra, streams
from voice_coach.acoustic.kaldi import Arc, Transitions, transducer
from voice_coach.acoustic.knobs import Knobs
from voice_coach.acoustic.sphinx import SphinxModel

Floats = npt.NDArray[np.float64]

_WIDE = "--acoustic-scale=1 --beam=1e6 --lattice-beam=1e6 --frame-subsampling-factor=1 --frames-per-chunk=5"
_NEVER_END = " ".join(f"--endpoint.rule{i}.min-trailing-silence=1000" for i in (1, 2, 3, 4))


def sums_in_vosk(network: bytes, outputs: Sequence[int], samples: npt.NDArray[np.int16], folder: Path) -> Floats:
    """Each of *outputs* summed over all frames, as libvosk computes it.

    The graph has one word for each output, said by that output alone for as long as there is sound, so the
    score of an alternative is the sum.
    """
    transitions = Transitions(2, frozenset({1}), [(1, 0, output) for output in outputs])
    loops = transitions.number()
    arcs = []
    for word, output in enumerate(outputs, 1):
        loop = loops[1, 0, output]
        arcs += [Arc(0, word, loop + 1, word), Arc(word, word, loop)]
    words = range(1, len(outputs) + 1)
    files = {
        "am/final.mdl": b"\0B" + transitions.binary() + network,
        "graph/HCLr.fst": transducer(arcs, len(outputs) + 1, words),
        "graph/Gr.fst": transducer([Arc(0, 0, word, word) for word in words], 1, (0,)),
        "graph/words.txt": "".join(f"{w} {i}\n" for i, w in enumerate(["<eps>", *map(str, outputs)])).encode(),
        "graph/disambig_tid.int": b"999999\n",
        "conf/fbank.conf": FBANK_CONF.encode(),
        "conf/model.conf": "\n".join([*_WIDE.split(), *_NEVER_END.split(), "--endpoint.silence-phones=2", ""]).encode(),
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    recogniser = vosk.KaldiRecognizer(vosk.Model(str(folder)), 16000)
    recogniser.SetMaxAlternatives(len(outputs))
    recogniser.AcceptWaveform(samples.tobytes())
    heard = json.loads(recogniser.FinalResult())["alternatives"]
    scores = {int(alternative["text"]): alternative["confidence"] for alternative in heard}
    return np.array([scores[output] for output in outputs])


def running_mean(frames: Floats, knobs: Knobs) -> Floats:
    """The mean to be taken from each frame of cepstra, one frame after the other."""
    prior = np.array(knobs.prior)
    peak, mean = 0.0, np.zeros(len(prior))
    means = []
    for frame in frames - prior:
        left = knobs.peak_decay * peak + (1 - knobs.peak_decay) * knobs.peak_prior
        peak = max(left, frame[0])
        gate = 1 / (1 + np.exp(-knobs.gate_slope * (frame[0] - peak + knobs.gate_depth)))
        mean = mean + gate * (frame - mean) / knobs.mean_window
        means.append(mean + prior)
    return np.array(means)


def mixtures(model: SphinxModel, features: Floats, states: npt.NDArray[np.int64]) -> Floats:
    """The log likelihood of each tied state in each frame, up to a constant of the frame."""
    scores = np.zeros((len(features), len(states)))
    for stream in range(3):
        x = features[:, None, None, 13 * stream : 13 * stream + 13]
        mean, variance = model.means[:, stream], model.variances[:, stream]
        logs = -0.5 * ((x - mean) ** 2 / variance + np.log(2 * np.pi * variance)).sum(axis=3)
        densities = np.exp(logs - logs.max(axis=(1, 2), keepdims=True))
        densities /= densities.sum(axis=(1, 2), keepdims=True)
        for i, state in enumerate(states):
            weights = np.exp(-1024 * np.log(1.0001) * model.mixtures[stream, :, state].astype(float))
            scores[:, i] += np.log(np.maximum(densities[:, model.codebook[state]] @ weights, 2.0**-33))
    return scores


def features(samples: npt.NDArray[np.int16], knobs: Knobs) -> Floats:
    """The three streams of *samples*, less the running mean."""
    frames = cepstra(samples)
    found = streams(frames)
    found[:, :13] -= running_mean(frames, knobs)
    return found
