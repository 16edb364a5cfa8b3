"""Hush first, decide after: what a suspected safety word does."""

from __future__ import annotations

from tests.session.playing import Play
from tests.session.routines import routine
from voice_coach.commands import Command
from voice_coach.session.events import Hush, Lost, Say, Suspected, Tempo, Withdrawn
from voice_coach.session.session import HUSHES, due, over
from voice_coach.session.state import Changing, Doing
from voice_coach.session.timeline import DOUBT
from voice_coach.session.words import HEARS_ITSELF

STOP = Suspected(Command.STOP, "stop")


def test_the_coach_is_silent_at_the_first_sight_of_a_safety_word() -> None:
    played = Play(routine("calf"))
    assert played.happen(STOP) == [Hush()]
    assert due(played.session) == DOUBT


def test_a_suspicion_that_nobody_settles_is_over_after_a_second() -> None:
    played = Play(routine("calf"))
    said = played.said
    played.happen(STOP)
    again = played.wait(DOUBT)
    assert [" ".join(effect.lines) for effect in again if isinstance(effect, Say)] == [said]


def test_what_was_hushed_for_nothing_is_said_again_from_its_start() -> None:
    played = Play(routine("calf"))
    said = played.said
    played.happen(STOP)
    (again,) = played.happen(Withdrawn())
    assert isinstance(again, Say)
    assert played.said == said


def hushed_for_nothing(played: Play) -> str:
    played.happen(STOP)
    played.happen(Withdrawn())
    return played.said


def test_a_coach_that_keeps_hearing_itself_says_so_once_and_then_goes_on() -> None:
    played = Play(routine("calf"))
    said = played.said
    assert [hushed_for_nothing(played) for _ in range(HUSHES)] == [said] * HUSHES
    assert hushed_for_nothing(played) == HEARS_ITSELF
    assert hushed_for_nothing(played) not in (said, HEARS_ITSELF)
    assert played.session.hushed == 0


def test_the_session_goes_on_though_a_sentence_was_never_said_to_its_end() -> None:
    played = Play(routine("calf"))
    played.wait(20)
    played.hear("next")
    for _ in range(HUSHES + 2):
        hushed_for_nothing(played)
    assert isinstance(played.session.phase, Changing)
    assert played.session.phase.since is not None


def test_a_sentence_that_comes_to_its_end_is_hushed_from_the_beginning_again() -> None:
    played = Play(routine("calf"))
    hushed_for_nothing(played)
    played.wait(5)
    assert played.session.hushed == 0


def test_the_beat_waits_too_and_comes_back() -> None:
    played = Play(routine("calf"))
    played.wait(20)
    assert isinstance(played.session.phase, Doing)
    assert played.session.phase.since is not None
    assert played.happen(STOP) == [Hush(), Tempo(0.0)]
    (beat,) = played.happen(Withdrawn())
    assert isinstance(beat, Tempo)
    assert beat.per_minute > 0


def test_once_it_is_heard_it_does_what_it_always_does() -> None:
    played = Play(routine("calf"))
    played.wait(20)
    played.happen(STOP)
    played.hear("stop")
    assert "We end here" in played.said
    assert played.session.doubted is None


def test_a_recogniser_that_dies_in_between_leaves_nobody_waiting() -> None:
    played = Play(routine("calf"))
    played.happen(STOP)
    played.happen(Lost("recogniser", "It ended."))
    assert "cannot hear you" in played.said
    assert played.session.doubted is None


def test_a_suspicion_in_the_last_words_is_settled_before_the_session_is_over() -> None:
    played = Play(routine("calf"))
    played.hear("chest pain")
    last = played.said
    assert "doctor" in last
    played.happen(STOP)
    assert not over(played.session, played.now)
    again = played.wait(DOUBT)
    assert [" ".join(effect.lines) for effect in again if isinstance(effect, Say)] == [last]
    played.wait(5)
    assert over(played.session, played.now)
