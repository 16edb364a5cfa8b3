from __future__ import annotations

import numpy as np
import pytest

from voice_coach.commands import PHRASES
from voice_coach.session.events import Earcon
from voice_coach.sound.samples import HEARING_RATE, Samples
from voice_coach.speaking.chimes import BREATH_LEVEL, BREATH_SECONDS, EARCONS, breath, earcon, tick


def decibels(amplitude: float) -> float:
    return float(20 * np.log10(amplitude / 32768))


def pitch(samples: Samples, rate: int) -> float:
    """Hertz of the strongest tone."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 2**16))
    return float(spectrum.argmax() * rate / 2**16)


@pytest.mark.parametrize("rate", [16000, 22050, 48000])
@pytest.mark.parametrize("which", Earcon)
def test_earcons_are_short_soft_and_do_not_click(which: Earcon, rate: int) -> None:
    samples = earcon(which, rate)
    assert samples.dtype == np.int16
    assert 0.075 <= len(samples) / rate <= 0.5
    assert -20 <= decibels(np.abs(samples.astype(int)).max()) <= -13.5
    edge = rate // 2000
    assert decibels(np.abs(samples.astype(int))[[*range(edge), *range(-edge, 0)]].max()) < -34


@pytest.mark.parametrize("rate", [16000, 22050, 48000])
def test_a_tick_is_shorter_and_softer(rate: int) -> None:
    assert len(tick(rate)) / rate == pytest.approx(0.015, abs=0.001)
    assert decibels(np.abs(tick(rate).astype(int)).max()) == pytest.approx(-24, abs=0.5)


@pytest.mark.parametrize("rate", [16000, 22050, 48000])
def test_the_breath_is_soft_and_holds_all_pitches_of_speech(rate: int) -> None:
    samples = breath(rate).astype(float)
    assert len(samples) / rate == pytest.approx(BREATH_SECONDS, abs=0.001)
    assert decibels(float(np.sqrt(np.mean(samples**2)))) == pytest.approx(BREATH_LEVEL, abs=0.1)
    assert decibels(np.abs(samples[[*range(rate // 2000), *range(-rate // 2000, 0)]]).max()) < -34
    power, pitches = np.abs(np.fft.rfft(samples)) ** 2, np.fft.rfftfreq(len(samples), 1 / rate)
    octaves = [power[(pitches >= low) & (pitches < 2 * low)].mean() for low in (125, 250, 500, 1000, 2000, 3500)]
    assert 10 * np.log10(max(octaves) / min(octaves)) < 15


def test_opening_rises_and_closing_falls() -> None:
    rate = 48000
    first = {which: pitch(earcon(which, rate)[: rate // 10], rate) for which in Earcon}
    last = {which: pitch(earcon(which, rate)[-rate // 8 :], rate) for which in Earcon}
    assert last[Earcon.START] > 1.2 * first[Earcon.START]
    assert last[Earcon.END] < 0.8 * first[Earcon.END]
    assert last[Earcon.GENTLE] < 0.8 * first[Earcon.GENTLE]
    assert first[Earcon.GENTLE] < first[Earcon.END]


def test_no_two_earcons_are_the_same() -> None:
    assert set(EARCONS) == set(Earcon)
    assert len({chime.notes for chime in EARCONS.values()}) == len(Earcon)


def test_no_sound_is_heard_as_a_command_word() -> None:
    pocketsphinx = pytest.importorskip("pocketsphinx")
    decoder = pocketsphinx.Decoder(loglevel="FATAL", fwdflat=False, bestpath=False, maxhmmpf=1500, maxwpf=8)
    pause = np.zeros(HEARING_RATE // 2, np.int16)
    sounds = {which.value: earcon(which, HEARING_RATE) for which in Earcon}
    sounds["breath"] = breath(HEARING_RATE)
    sounds["ticks"] = np.concatenate([tick(HEARING_RATE), pause] * 5)
    hiss = np.random.default_rng(1).normal(0, 10, HEARING_RATE * 5)
    commands = {phrase for phrase in PHRASES if " " not in phrase}
    for name, sound in sounds.items():
        heard = np.concatenate([pause, sound, pause])
        decoder.start_utt()
        decoder.process_raw((heard + hiss[: len(heard)]).astype(np.int16).tobytes(), full_utt=True)
        decoder.end_utt()
        words = decoder.hyp().hypstr.split() if decoder.hyp() else []
        assert not commands & set(words), f"{name} was heard as {words}"
