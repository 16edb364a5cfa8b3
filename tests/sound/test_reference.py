"""What the echo canceller is told that the loudspeaker plays."""

from __future__ import annotations

import numpy as np

from voice_coach.sound.mixer import Mixer
from voice_coach.sound.reference import LONGEST, WINDOW, Reference
from voice_coach.sound.resampler import Resampler
from voice_coach.sound.samples import Samples


def noise(frames: int) -> Samples:
    return np.random.default_rng(3).integers(-8000, 8000, frames).astype(np.int16)


def counted(first: int, frames: int) -> Samples:
    return ((np.arange(first, first + frames)) % 30000 + 1).astype(np.int16)


def test_at_the_hearing_rate_it_is_exactly_what_was_rendered() -> None:
    mixer = Mixer(16000, lambda _: None)
    mixer.say(1, [noise(16000)])
    mixer.duck(True)
    for _ in range(120):
        assert (mixer.render(160) == mixer.reference(160)).all()


def test_on_files_of_another_rate_reference_and_microphone_stay_on_the_same_sample() -> None:
    mixer, microphone = Mixer(48000, lambda _: None), Resampler(48000, 16000)
    mixer.say(1, [noise(48000)])
    for _ in range(120):
        microphone.push(mixer.render(480))
        assert (microphone.pull(160) == mixer.reference(160)).all()


def test_zeros_where_nothing_was_rendered() -> None:
    reference = Reference(16000)
    assert not reference.read(160).any()
    reference.write(noise(160))
    assert reference.read(160).any()
    assert not reference.read(160).any()


def test_without_a_reader_it_stays_small() -> None:
    reference = Reference(16000)
    for index in range(6000):
        reference.write(counted(160 * index, 160))
    kept = 0
    while reference.read(160).any():
        kept += 160
    assert kept <= (LONGEST + 0.02) * 16000


def test_a_loudspeaker_that_runs_fast_does_not_make_it_older_and_older() -> None:
    """One part in a thousand, ten times worse than real crystals, for ten minutes."""
    reference = Reference(16000)
    written = oldest = 0
    for index in range(60000):
        frames = 160 + (index % 6 == 0)
        reference.write(counted(written, frames))
        written += frames
        last = int(reference.read(160)[-1])
        oldest = max(oldest, (written % 30000 - last) % 30000)
    assert oldest / 16000 < 0.02 + WINDOW * 0.002


def test_a_loudspeaker_that_runs_slow_gets_zeros_filled_in() -> None:
    reference = Reference(16000)
    for index in range(1000):
        reference.write(counted(159 * index, 159))
        block = reference.read(160)
        assert block[0] == 0
        assert block[-1] == counted(159 * index, 159)[-1]


def test_bursts_that_catch_up_are_kept_whole() -> None:
    reference = Reference(16000)
    heard = []
    for index in range(2000):
        if index % 10 == 9:
            for late in range(index - 9, index + 1):
                reference.write(counted(160 * late, 160))
        heard.append(reference.read(160))
    values = np.concatenate(heard)
    values = values[values > 0]
    assert (values == counted(0, len(values))).all()
    assert len(values) > 1980 * 160


def test_what_a_loudspeaker_takes_in_at_once_when_it_starts_shifts_nothing_later() -> None:
    """Its store is filled some blocks after the start, or after the restart; then it runs as the microphone does."""
    reference, written, ages = Reference(16000), 0, []
    for index in range(6000):
        if index == 3000:
            reference.restart()
        for _ in range(11 if index in (5, 3005) else 1):
            reference.write(counted(written, 160))
            written += 160
        ages.append((written - int(reference.read(160)[-1])) % 30000)
    assert set(ages[10:2999]) == set(ages[3010:]) == {1600}


def test_a_restart_forgets_what_waited() -> None:
    reference = Reference(48000)
    for _ in range(50):
        reference.write(noise(480))
    reference.read(160)
    reference.restart()
    assert not reference.read(160).any()
