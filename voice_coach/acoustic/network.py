"""Sphinx's scores as a network: front end, running mean, Gaussian mixtures, trained correction, world model."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from voice_coach.acoustic.correction import SPLICE, Correction
from voice_coach.acoustic.frontend import (
    BANKS,
    CEPSTRA,
    FILTERS,
    LOG_FLOOR,
    REACH,
    cosines,
    differences,
    filters_from_banks,
)
from voice_coach.acoustic.knobs import Knobs
from voice_coach.acoustic.nnet3 import Network
from voice_coach.acoustic.sphinx import SphinxModel

_NEVER = -100.0
"""A score below all others, in nats."""


def order(model: SphinxModel, states: set[int]) -> npt.NDArray[np.int64]:
    """*states* and the context-independent ones, in the order of the network's outputs; the world comes behind."""
    wanted = np.array(sorted(states | set(range(3 * len(model.phones)))))
    return wanted[np.argsort(model.codebook[wanted], kind="stable")]


def build_network(
    model: SphinxModel, states: npt.NDArray[np.int64], knobs: Knobs, correction: Correction | None = None
) -> bytes:
    """The network in Kaldi's form: a score in nats for each of *states* (see `order`), then the world's.

    Without a *correction* the scores are exactly those of the mixtures.
    """
    net = Network(BANKS)
    centred = _running_mean(net, _cepstra(net, knobs), knobs)
    scores = _mixtures(net, centred, model, states)
    before = after = REACH
    if correction is not None:
        scores = f"Sum({scores}, {_correction(net, centred, correction, kinds(model, states))})"
        before, after = before - SPLICE[0], after + SPLICE[-1]
    independent = np.flatnonzero(states < 3 * len(model.phones))
    world = _world(net, scores, independent, len(states))
    return net.binary(f"Append({scores}, {world})", before, after)


def _cepstra(net: Network, knobs: Knobs) -> str:
    """Cepstra less their prior mean."""
    energies = net.affine("filters", "input", filters_from_banks(), np.zeros(FILTERS))
    floored = net.add("floored", net.rectify("energies", energies, FILTERS), np.full(FILTERS, LOG_FLOOR))
    logs = net.logarithm("logs", floored, FILTERS)
    return net.affine("cepstra", logs, _logs_only(cosines()), -np.array(knobs.prior))


def _running_mean(net: Network, cepstra: str, knobs: Knobs) -> str:
    """The three streams of 13, less the mean of what was said lately.

    The mean moves only in frames not far below the recent peak of the level, so that pauses leave it alone.
    All trackers count from the priors, since a recurrent node starts at zero.
    """
    level = net.part("level", cepstra, 0, 1)
    # The peak is what is left of the last one, or the level where that is higher.
    left = net.affine("left", _before("peak"), [[knobs.peak_decay]], [knobs.peak_prior * (1 - knobs.peak_decay)])
    excess = net.rectify("excess", net.affine("rise", f"Append({level}, {left})", [[1.0, -1.0]], [0.0]), 1)
    peak = net.affine("peak", f"Append({left}, {excess})", [[1.0, 1.0]], [0.0])
    depth = np.tile(knobs.gate_slope * np.array([1.0, -1.0]), (CEPSTRA, 1))
    open_at = np.full(CEPSTRA, knobs.gate_slope * knobs.gate_depth)
    gate = net.sigmoid("gate", net.affine("opening", f"Append({level}, {peak})", depth, open_at), CEPSTRA)
    one, none = np.eye(CEPSTRA), np.zeros(CEPSTRA)
    surprise = net.affine("surprise", f"Append({cepstra}, {_before('mean')})", np.hstack([one, -one]), none)
    step = net.product("step", f"Append({gate}, {surprise})", CEPSTRA)
    mean = net.affine("mean", f"Append({_before('mean')}, {step})", np.hstack([one, one / knobs.mean_window]), none)
    spliced = ", ".join(f"Offset({cepstra}, {i})" for i in range(-REACH, REACH + 1))
    less_mean = np.concatenate([-np.eye(CEPSTRA), np.zeros((2 * CEPSTRA, CEPSTRA))])
    weights = np.concatenate([differences(), less_mean], axis=1)
    return net.affine("streams", f"Append({spliced}, {mean})", weights, np.zeros(3 * CEPSTRA))


def _mixtures(net: Network, streams: str, model: SphinxModel, states: npt.NDArray[np.int64]) -> str:
    """The scores of tied *states*: the sum over the streams of the log of each one's mixture.

    The softmax over all densities of a stream divides them by their sum, a constant of the frame that
    changes no comparison.
    """
    squares = net.product("squares", f"Append({streams}, {streams})", 3 * CEPSTRA)
    weights, biases = model.log_gaussians()
    mixtures = model.weights(states)
    books = model.codebook[states]
    densities = weights.shape[1]
    each = densities // len(model.phones)
    logs = []
    for stream in range(3):
        value = net.part(f"x{stream}", streams, stream * CEPSTRA, CEPSTRA)
        square = net.part(f"xx{stream}", squares, stream * CEPSTRA, CEPSTRA)
        exponents = net.affine(f"gaussians{stream}", f"Append({value}, {square})", weights[stream], biases[stream])
        chances = net.softmax(f"chances{stream}", exponents, densities)
        likelihoods = []
        for book in range(len(model.phones)):
            mine = net.part(f"chances{stream}.{book}", chances, book * each, each)
            rows = mixtures[stream, books == book]
            likelihoods.append(net.affine(f"mixtures{stream}.{book}", mine, rows, np.zeros(len(rows))))
        logs.append(net.logarithm(f"log{stream}", f"Append({', '.join(likelihoods)})", len(states)))
    # Each pair is (sign, log); the signs are all one and add a constant.
    return net.sum_groups("scores", f"Sum({logs[0]}, Sum({logs[1]}, {logs[2]}))", [2] * len(states))


def _correction(net: Network, streams: str, correction: Correction, kind: npt.NDArray[np.int64]) -> str:
    """The trained correction, that of a context-independent state for every state of its *kind*."""
    spliced = ", ".join(f"Offset({streams}, {i})" if i else streams for i in SPLICE)
    inner = net.affine("inner", f"Append({spliced})", correction.inner, correction.inner_bias)
    hidden = net.rectify("hidden", inner, len(correction.inner_bias))
    return net.affine("correction", hidden, correction.outer[kind], correction.outer_bias[kind])


def _world(net: Network, scores: str, independent: npt.NDArray[np.int64], size: int) -> str:
    """The log of the mean likelihood of all *independent* states: what any sound is worth."""
    chosen = net.affine("anything", scores, np.eye(size)[independent], np.zeros(len(independent)))
    shares = net.log_softmax("shares", f"Append({chosen}, Const({_NEVER}, 1))", len(independent) + 1)
    # The constant's share is _NEVER less the log of the sum of all.
    share = net.part("share", shares, len(independent), 1)
    return net.affine("world", share, [[-1.0]], [_NEVER - math.log(len(independent))])


def _before(node: str) -> str:
    """What *node* said one frame ago, zero at the beginning."""
    return f"IfDefined(Offset({node}, -1))"


def _logs_only(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """*weights* widened to read the second of each (sign, log) pair."""
    return np.asarray(np.kron(weights, [0.0, 1.0]), float)


def kinds(model: SphinxModel, states: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each of tied *states* the context-independent one it is a kind of: same phone, same place."""
    kind = np.empty(model.mixtures.shape[2], np.int64)
    for (phone, *_), row in model.triphones.items():
        kind[model.states[row]] = model.states[phone]
    alone = model.states[: len(model.phones)]
    kind[alone] = alone
    return kind[states]
