"""How strong a discomfort is: noted when it is said, with the report or soon after; nobody is asked, nothing waits."""

from __future__ import annotations

from tests.journal.sessions import played
from tests.session.playing import Play
from tests.session.routines import routine
from voice_coach.commands import PHRASES, STRENGTHS
from voice_coach.hearing.grammar import grammar
from voice_coach.hearing.listener import Listener
from voice_coach.hearing.recogniser import Hypothesis
from voice_coach.journal.page import page
from voice_coach.journal.report import as_csv, as_json
from voice_coach.session.events import Effect, Heard, Note, Say, Told
from voice_coach.session.state import Offering


def strengths(effects: list[Effect]) -> list[object]:
    return [effect.data["strength"] for effect in effects if isinstance(effect, Note) and effect.event == "strength"]


def test_the_step_ends_at_the_first_word_and_the_rest_is_noted_when_it_comes() -> None:
    listener, text = Listener(), "pain seven"
    assert not [f for f in listener.hear(Hypothesis("pain", False, 1.0, None), 1.2) if isinstance(f, Told)]
    (heard,) = (f for f in listener.wait(1.5) if isinstance(f, Heard))
    assert heard.phrase == "pain"
    assert listener.hear(Hypothesis(text, True, 1.0, 1.8), 2.0) == [Told(text, word_end=1.8)]


def test_all_at_once_it_is_heard_and_then_told() -> None:
    heard, told = Listener().hear(Hypothesis("it hurts a little", True, 1.0, 1.8), 2.0)
    assert isinstance(heard, Heard)
    assert told == Told("it hurts a little", word_end=1.8)


def test_it_is_noted_and_the_gentler_way_goes_on_being_offered() -> None:
    play = Play(routine("calf")).work("knead")
    play.hear("pain")
    offered = play.session
    effects = play.happen(Told("pain seven"))
    assert strengths(effects) == ["7 of 10"]
    assert not [effect for effect in effects if isinstance(effect, Say)]
    assert isinstance(play.session.phase, Offering)
    assert play.session == offered
    play.wait(3)
    assert strengths(play.happen(Told("very strong"))) == ["very strong"]


def test_without_a_report_or_long_after_it_is_just_a_word() -> None:
    play = Play(routine("calf")).work("knead")
    assert play.happen(Told("seven")) == []
    play.hear("pain")
    play.wait(30)
    assert play.happen(Told("seven")) == []


def test_it_is_in_the_report() -> None:
    visit = played("calf", (20, "pain seven"), (60, "it hurts"), (61, "a little"))
    assert [report.strength for report in visit.discomforts] == ["7 of 10", "a little"]
    for told in (page([visit], ""), as_csv([visit]), as_json([visit])):
        assert "7 of 10" in told
        assert "a little" in told


def test_the_recogniser_listens_for_nothing_more_than_before() -> None:
    assert not set(STRENGTHS) & set(PHRASES)
    assert not set(STRENGTHS) & set(grammar(lambda word: True, "any").phrases)
