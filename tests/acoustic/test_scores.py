"""What Vosk computes is what the Gaussian mixtures say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from tests.acoustic.reference import features, mixtures, running_mean, sums_in_vosk
from tests.acoustic.speech import human, say
from voice_coach.acoustic.correction import SPLICE, WEIGHTS, Correction
from voice_coach.acoustic.frontend import cepstra, filters_from_banks, mel_banks, sphinx_filters
from voice_coach.acoustic.knobs import Knobs
from voice_coach.acoustic.network import build_network, kinds, order
from voice_coach.acoustic.sphinx import SphinxModel, wheel

KNOBS = Knobs()


@pytest.fixture(scope="module")
def model() -> SphinxModel:
    return SphinxModel.read(wheel() / "en-us")


def agreement(
    model: SphinxModel, samples: npt.NDArray[np.int16], folder: Path, correction: Correction | None = None
) -> npt.NDArray[np.float64]:
    """How many nats a frame Vosk's scores of some tied states lie from the reference, the world's last."""
    states = order(model, {500, 1500, 3000, 5000})
    asked = np.linspace(0, len(states) - 1, 25).astype(int)
    got = sums_in_vosk(build_network(model, states, KNOBS, correction), [*asked.tolist(), len(states)], samples, folder)
    # Every score carries the signs of its three logarithms, a constant.
    heard = features(samples, KNOBS)
    wanted = mixtures(model, heard, states) + 3
    if correction is not None:
        wanted += correction(heard)[:, kinds(model, states)]
    independent = wanted[:, states < 3 * len(model.phones)]
    world = np.log(np.exp(independent).mean(axis=1))
    return np.asarray(np.abs(got - np.append(wanted[:, asked].sum(axis=0), world.sum())) / len(wanted))


def test_vosk_computes_the_mixtures_of_synthetic_speech(model: SphinxModel, tmp_path: Path) -> None:
    off = agreement(model, say("that hurts", "en-us"), tmp_path)
    assert off.mean() < 0.05
    assert off.max() < 0.3


def test_vosk_computes_the_mixtures_of_human_speech(model: SphinxModel, tmp_path: Path) -> None:
    offs = []
    for path in human(3):
        samples, rate = soundfile.read(path, dtype="int16")
        assert rate == 16000
        offs.append(agreement(model, samples, tmp_path / path.stem))
    assert np.mean(offs) < 0.05
    assert np.max(offs) < 0.6


def test_vosk_adds_the_correction(model: SphinxModel, tmp_path: Path) -> None:
    off = agreement(model, say("that hurts", "en-us"), tmp_path, Correction.read())
    assert off.mean() < 0.05
    assert off.max() < 0.3


def test_a_correction_of_nothing_changes_nothing(model: SphinxModel, tmp_path: Path) -> None:
    inner = np.random.default_rng(1).normal(size=(8, len(SPLICE) * 39))
    nothing = Correction(inner, np.ones(8), np.zeros((3 * len(model.phones), 8)), np.zeros(3 * len(model.phones)))
    off = agreement(model, say("that hurts", "en-us"), tmp_path, nothing)
    assert off.mean() < 0.05
    assert off.max() < 0.3


def test_the_correction_matters_and_is_small_on_disk(model: SphinxModel) -> None:
    correction = Correction.read()
    added = correction(features(say("that hurts", "en-us"), KNOBS))
    assert added.shape[1] == 3 * len(model.phones)
    assert np.abs(added).mean() > 0.1
    assert WEIGHTS.stat().st_size < 300_000


def test_states_take_the_correction_of_their_own_phone(model: SphinxModel) -> None:
    everything = np.arange(model.mixtures.shape[2])
    kind = kinds(model, everything)
    assert (kind[: 3 * len(model.phones)] == everything[: 3 * len(model.phones)]).all()
    assert (model.codebook[kind] == model.codebook).all()


def test_a_wrong_mean_would_be_noticed(model: SphinxModel) -> None:
    samples = say("that hurts", "en-us")
    states = order(model, set())[:30]
    right = features(samples, KNOBS)
    wrong = right + np.eye(39)[0]
    assert np.abs(mixtures(model, right, states) - mixtures(model, wrong, states)).mean() > 0.05


def test_sphinx_filters_are_combinations_of_vosks_banks() -> None:
    rebuilt = filters_from_banks() @ mel_banks()
    assert np.abs(rebuilt - sphinx_filters()).max() < 0.011 * sphinx_filters().max()
    assert np.abs(filters_from_banks()).max() < 0.1


def test_cepstra_are_those_of_pocketsphinx(tmp_path: Path) -> None:
    pocketsphinx = pytest.importorskip("pocketsphinx", reason="pocketsphinx is needed to compare with")
    samples = say("go back", "en-us+f2")
    parameters = (wheel() / "en-us" / "feat.params").read_text()
    plain = tmp_path / "feat.params"
    plain.write_text(parameters.replace("-remove_noise yes", "-remove_noise no").replace("-cmn batch", "-cmn none"))
    written = tmp_path / "written"
    written.mkdir()
    decoder = pocketsphinx.Decoder(
        lm=None, loglevel="FATAL", mfclogdir=str(written), keyphrase="stop", featparams=str(plain)
    )
    decoder.start_utt()
    decoder.process_raw(samples.tobytes(), full_utt=True)
    decoder.end_utt()
    (path,) = written.iterdir()
    theirs = np.frombuffer(path.read_bytes(), ">f4", offset=4).reshape(-1, 13)
    ours = cepstra(samples)
    # Kaldi does not know the sample before a frame, which pre-emphasis would need.
    assert np.abs(theirs[: len(ours)] - ours).mean() < 0.1


def test_the_mean_moves_while_somebody_speaks_and_rests_in_pauses() -> None:
    speech, pause = cepstra(say("continue", "en-us+m3"))[75:125], np.tile(np.array([5.0] + 12 * [0.0]), (300, 1))
    means = running_mean(np.concatenate([speech, pause]), KNOBS)
    assert np.abs(means[49] - np.array(KNOBS.prior)).max() > 0.3
    assert np.abs(means[-1] - means[49]).max() < 0.05
