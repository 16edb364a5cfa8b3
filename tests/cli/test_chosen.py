"""Choosing and sparing by voice, one after the other: nobody is left with a sentence on a screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.session.routines import routine
from voice_coach.cli.chosen import choose, spare
from voice_coach.cli.keeping import left_off, play_kept
from voice_coach.person import Person
from voice_coach.reception import sparing_words, words
from voice_coach.reception.menu import Menu
from voice_coach.reception.sparing import Sparing
from voice_coach.reception.vocabulary import catalogue
from voice_coach.reception.words import WHAT_ELSE
from voice_coach.rehearsal import Rehearsal, hear, understood
from voice_coach.routine.body_map import body_map
from voice_coach.session.events import Event
from voice_coach.settings import Settings
from voice_coach.stage import Line

OFFERED = catalogue([routine("leg-classic"), routine("back-stages")])


def script(phrases: object, *texts: str) -> list[tuple[float, Event]]:
    """Texts said half a minute after one another."""
    heard = [understood(text, phrases) for text in texts]  # type: ignore[arg-type]
    assert all(heard)
    return [(30.0 * number, each) for number, each in enumerate(heard, start=1) if each]


def said(lines: list[Line]) -> list[str]:
    return [str(line["text"]) for line in lines if line["event"] == "say"]


def test_where_too_little_is_left_it_is_said_and_something_else_can_be_chosen() -> None:
    told: list[Line] = []
    stage = Rehearsal(script(Menu(OFFERED).phrases, "leg classic", "yes", "back stages", "yes"))
    found = choose(OFFERED, Settings(body="bruise on both calves"), stage, told.append)
    assert found
    assert found.id == "back-stages"
    assert f"{sparing_words.TOO_LITTLE} {WHAT_ELSE}" in said(told)


def test_what_was_told_last_time_is_read_back_first_and_can_be_taken_back() -> None:
    content, known = routine("recovery-body"), body_map("bruise on the left thigh")
    for texts, kept in (
        (("no",), known),
        (("back", "no"), ()),
        (("sore neck", "no"), (*known, *body_map("sore neck"))),
    ):
        told: list[Line] = []
        stage = Rehearsal(script(Sparing(content).phrases, *texts))
        ended, tailored, spots = spare(content, stage, told.append, known)
        assert (ended, spots) == ("spared", kept)
        assert tailored
        assert tailored.routine.spared == kept
        assert said(told)[0] == "As last time. I keep away from the left thigh. Anything else?"


def test_nothing_left_is_an_end_of_its_own() -> None:
    content = routine("leg-classic")
    ended, tailored, _ = spare(content, Rehearsal(script(Sparing(content).phrases, "bruise both calves", "no")), print)
    assert (ended, tailored) == ("declined", None)


def test_what_was_not_finished_last_time_is_told_before_anything_is_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    content, stop = routine("leg-classic"), hear("stop")
    assert stop
    assert left_off(OFFERED.routines, "default") is None
    assert play_kept(content, Rehearsal([(200.0, stop)], Person(content)), print, journal=True) == "stopped"
    last = left_off(OFFERED.routines, "default")
    assert last is content
    assert left_off(OFFERED.routines, "anna") is None
    told: list[Line] = []
    choose(OFFERED, Settings(), Rehearsal(script(Menu(OFFERED).phrases, "leg classic", "yes")), told.append, last)
    assert said(told)[0] == f"{words.left_off(content)} {words.WHAT}"
    assert play_kept(content, Rehearsal((), Person(content)), print, journal=True) == "finished"
    assert left_off(OFFERED.routines, "default") is None


def test_who_stops_while_it_is_told_that_too_little_is_left_begins_nothing() -> None:
    stop = hear("stop")
    assert stop
    heard = [*script(Menu(OFFERED).phrases, "leg classic", "yes"), (60.5, stop)]
    assert choose(OFFERED, Settings(body="bruise on both calves"), Rehearsal(heard), print) is None
