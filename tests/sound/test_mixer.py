"""The mixer, told as stories. At 1000 hertz a sample is a millisecond and most sums can be done in the head."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.sound.mixer import FADE, GAP, GLIDE, RETURN, Mixer
from voice_coach.sound.samples import Samples, silence

RATE = 1000
GAP_FRAMES = round(GAP * RATE)


def flat(frames: int, level: int = 1000) -> Samples:
    return np.full(frames, level, np.int16)


def listener(rate: int = RATE) -> tuple[Mixer, list[int]]:
    reports: list[int] = []
    return Mixer(rate, reports.append), reports


def test_lines_are_spoken_one_after_another_and_reported_with_the_last_sample() -> None:
    mixer, reports = listener()
    mixer.say(7, [flat(100, 500), flat(50, 700)])
    assert mixer.render(100 + GAP_FRAMES + 49).tolist() == [500] * 100 + [0] * GAP_FRAMES + [700] * 49
    assert reports == []
    assert mixer.render(1).tolist() == [700]
    assert reports == [7]
    assert not mixer.render(1000).any()
    assert reports == [7]


def test_saying_nothing_is_reported_at_the_next_block() -> None:
    mixer, reports = listener()
    mixer.say(1, [])
    assert reports == []
    mixer.render(10)
    assert reports == [1]
    mixer.say(2, [silence(0), silence(0)])
    mixer.render(GAP_FRAMES)
    assert reports == [1, 2]


def test_a_new_line_replaces_the_old_one_without_a_click() -> None:
    mixer, reports = listener(48000)
    mixer.say(1, [flat(48000, 8000)])
    mixer.render(480)
    mixer.say(2, [flat(4800, 0)])
    block = mixer.render(4800)
    fade = round(FADE * 48000)
    assert block[0] == 8000
    assert not block[fade:].any()
    assert np.abs(np.diff(block.astype(int))).max() <= 8000 / (fade - 1) + 1
    mixer.render(96000)
    assert reports == [2]


def test_hush_is_silence_within_three_milliseconds_and_drops_everything() -> None:
    mixer, reports = listener(48000)
    mixer.say(1, [flat(48000, 5000)])
    mixer.sound(flat(48000, 3000))
    mixer.tempo(240, flat(9600, 2000))
    mixer.render(4800)
    before = mixer.render(1)[0]
    mixer.hush()
    block = mixer.render(48000 * 3)
    assert block[0] == before
    assert not block[round(0.003 * 48000) :].any()
    assert reports == []


def test_hushing_twice_does_not_make_it_longer() -> None:
    mixer, _ = listener(48000)
    mixer.say(1, [flat(48000)])
    mixer.render(480)
    mixer.hush()
    mixer.render(48)
    mixer.hush()
    assert not mixer.render(480)[96:].any()


def test_what_is_said_right_after_a_hush_is_heard_at_once_and_whole() -> None:
    mixer, reports = listener()
    mixer.say(1, [flat(5000)])
    mixer.render(100)
    mixer.hush()
    mixer.say(2, [flat(100, 300)])
    block = mixer.render(100)
    assert block[3:].tolist() == [300] * 97
    assert reports == [2]


def test_ticks_fall_on_their_exact_samples() -> None:
    mixer, _ = listener()
    mixer.render(5)
    mixer.tempo(70, flat(1))
    heard = np.concatenate([mixer.render(7) for _ in range(10000)])
    assert np.flatnonzero(heard).tolist() == [round(k * 60000 / 70) for k in range(82)]
    assert heard.max() == 1000


def test_tempo_nought_stops_the_ticks_but_not_the_speech() -> None:
    mixer, _ = listener()
    mixer.say(1, [flat(3000, 100)])
    mixer.tempo(120, flat(1))
    mixer.render(600)
    mixer.tempo(0, flat(1))
    assert mixer.render(2000).tolist() == [100] * 2000


@pytest.mark.parametrize("per_minute", [-1.0, float("nan"), float("inf"), 601.0])
def test_a_tempo_nobody_can_move_to_is_refused(per_minute: float) -> None:
    mixer, _ = listener()
    with pytest.raises(ValueError, match="tempo"):
        mixer.tempo(per_minute, flat(1))


def test_an_earcon_steps_back_under_speech_and_comes_forward_after_it() -> None:
    mixer, _ = listener()
    mixer.sound(flat(1000, 1000))
    mixer.say(1, [flat(500, 0)])
    block = mixer.render(1000).astype(int)
    assert block[100:500].tolist() == [round(1000 * 10 ** (-9 / 20))] * 400
    assert block[500 + round(GLIDE * RATE) :].tolist() == [1000] * (500 - round(GLIDE * RATE))


def test_loud_sums_are_clipped_and_never_wrap() -> None:
    mixer, _ = listener()
    for _ in range(5):
        mixer.sound(flat(10, 30000))
        mixer.sound(np.full(10, 30000, np.int16))
    assert mixer.render(10).tolist() == [32767] * 10
    mixer.sound(flat(10, -30000))
    mixer.sound(flat(10, -30000))
    assert mixer.render(10).tolist() == [-32768] * 10


@pytest.mark.parametrize("change", [lambda m: m.volume(-12), lambda m: m.duck(True)])
def test_volume_and_ducking_glide_within_twenty_milliseconds(change: Callable[[Mixer], None]) -> None:
    mixer, _ = listener(48000)
    mixer.say(1, [flat(48000, 10000)])
    mixer.render(480)
    change(mixer)
    block = mixer.render(4800).astype(int)
    frames = round(0.02 * 48000)
    assert block[0] == 10000
    assert set(block[frames:]) == {round(10000 * 10 ** (-12 / 20))}
    assert np.abs(np.diff(block)).max() <= 10
    mixer.volume(0)
    mixer.duck(False)
    block = mixer.render(48000 // 2).astype(int)
    assert block[-1] == 10000


def test_coming_forward_again_after_ducking_is_soft_however_often_it_is_asked_for() -> None:
    mixer, _ = listener(48000)
    mixer.say(1, [flat(48000, 10000)])
    mixer.duck(True)
    mixer.render(4800)
    heard = []
    for _ in range(60):
        mixer.duck(False)
        heard.append(int(mixer.render(480)[-1]))
    assert heard == sorted(heard)
    assert heard[0] < 2700
    assert heard[round(RETURN * 100) - 2] < 10000 == heard[round(RETURN * 100)]


def test_a_gain_that_is_no_number_is_refused() -> None:
    mixer, _ = listener()
    with pytest.raises(ValueError, match="finite"):
        mixer.volume(float("nan"))


def test_sound_that_is_not_sixteen_bit_is_refused() -> None:
    mixer, _ = listener()
    with pytest.raises(ValueError, match="16-bit"):
        mixer.say(1, [np.zeros(5, np.float32)])
    with pytest.raises(ValueError, match="16-bit"):
        mixer.sound(np.zeros((5, 2), np.int16))


# A story is a list of deeds; a deed happens after so many milliseconds.

_noise = np.random.default_rng(1).integers(-30000, 30000, 5000).astype(np.int16)


_deeds = st.one_of(
    st.tuples(st.just("say"), st.lists(st.integers(0, 400), max_size=3)),
    st.tuples(st.just("hush"), st.just(0)),
    st.tuples(st.just("sound"), st.integers(0, 500)),
    st.tuples(st.just("tempo"), st.sampled_from([0, 30, 77.7, 200, 600])),
    st.tuples(st.just("volume"), st.integers(-30, 6)),
    st.tuples(st.just("duck"), st.booleans()),
)
_stories = st.lists(st.tuples(st.integers(0, 300), _deeds), max_size=12)
_cuts = st.lists(st.integers(1, 200), min_size=1, max_size=20)


def _told(story: list[tuple[int, tuple[str, object]]], blocks: list[int]) -> tuple[Samples, list[tuple[int, int]]]:
    """What is heard, and (number, position of the block's end) of each report."""
    reports: list[tuple[int, int]] = []
    mixer = Mixer(RATE, lambda number: reports.append((number, mixer.position)))
    heard: list[Samples] = []
    turn = 0

    def run(frames: int) -> None:
        nonlocal turn
        while frames:
            block = min(frames, blocks[turn % len(blocks)])
            turn += 1
            heard.append(mixer.render(block))
            frames -= block

    for number, (wait, (name, value)) in enumerate(story):
        run(wait)
        if name == "say":
            mixer.say(number, [_noise[:n] for n in value])  # type: ignore[attr-defined]
        elif name == "sound":
            mixer.sound(_noise[1000 : 1000 + value])  # type: ignore[operator]
        elif name == "tempo":
            mixer.tempo(value, _noise[:40])  # type: ignore[arg-type]
        elif name == "hush":
            mixer.hush()
        else:
            getattr(mixer, name)(value)
    run(2000)
    return np.concatenate(heard), reports


@given(_stories, _cuts)
@settings(max_examples=150, deadline=None)
def test_the_length_of_the_blocks_never_changes_what_is_heard(
    story: list[tuple[int, tuple[str, object]]], blocks: list[int]
) -> None:
    one, reports = _told(story, [100000])
    other, other_reports = _told(story, blocks)
    assert one.tolist() == other.tolist()
    assert [number for number, _ in reports] == [number for number, _ in other_reports]


@given(_stories)
@settings(max_examples=150, deadline=None)
def test_every_say_is_reported_once_unless_it_is_replaced_or_hushed(
    story: list[tuple[int, tuple[str, object]]],
) -> None:
    _, reports = _told(story, [10])
    ends = []
    at = 0
    times = []
    for wait, _deed in story:
        at += wait
        times.append(at)
    for number, (_wait, (name, value)) in enumerate(story):
        if name == "say":
            lengths: list[int] = value  # type: ignore[assignment]
            frames = sum(lengths) + GAP_FRAMES * max(0, len(lengths) - 1)
            end = times[number] + max(frames, 1)  # saying nothing is reported with the next block
            later = zip(times[number + 1 :], story[number + 1 :], strict=True)
            cut = [t for t, (_, (other, _)) in later if other in ("say", "hush")]
            if not cut or cut[0] >= end:
                ends.append((number, end))
    assert [number for number, _ in reports] == [number for number, _ in ends]
    assert all(0 <= at - end < 10 for (_, at), (_, end) in zip(reports, ends, strict=True))


@given(_stories, st.integers(1, 200))
@settings(max_examples=100, deadline=None)
def test_after_any_story_a_hush_is_silent_within_three_milliseconds(
    story: list[tuple[int, tuple[str, object]]], block: int
) -> None:
    heard, reports = _told([*story, (0, ("hush", 0))], [block])
    assert not heard[-2000 + round(FADE * RATE) :].any()
    assert all(first[1] <= second[1] for first, second in pairwise(reports))


def test_threads_may_ask_while_the_loudspeaker_renders() -> None:
    from threading import Thread

    mixer, reports = listener()

    def ask(first: int) -> None:
        for number in range(first, first + 300):
            mixer.say(number, [flat(3)])
            mixer.sound(flat(2))
            if number % 7 == 0:
                mixer.hush()

    threads = [Thread(target=ask, args=(k * 1000,)) for k in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        mixer.render(1)
    mixer.say(9999, [])
    mixer.render(10)
    assert len(reports) == len(set(reports))
    assert reports[-1] == 9999
