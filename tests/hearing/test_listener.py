"""The two paths of the listener, told as stories. A capital F marks the final of an utterance."""

from __future__ import annotations

import pytest

from voice_coach.commands import PHRASES, Command
from voice_coach.hearing.listener import Listener
from voice_coach.hearing.recogniser import Hypothesis


def told(*hypotheses: str) -> list[str]:
    """What the listener reports, hypothesis by hypothesis: "command/path", or "" for nothing.

    "F next" is a final, anything else a partial.
    """
    listener = Listener()
    story = []
    for number, said in enumerate(hypotheses):
        final = said.startswith("F")
        text = said.removeprefix("F").strip()
        heard = listener.hear(Hypothesis(text, final, start=float(number), end=number + 0.5 if final else None))
        story.append(f"{heard.command}/{heard.path}" if heard else "")
    return story


def test_stop_counts_at_once_from_a_partial_and_only_once() -> None:
    assert told("stop", "stop it", "F stop it") == ["stop/safety", "", ""]


def test_a_safety_word_counts_anywhere_even_among_talk() -> None:
    assert told("[unk] ouch [unk]") == ["pain/safety"]
    assert told("F please would you stop that") == ["stop/safety"]


def test_stop_after_pain_in_one_breath_still_counts() -> None:
    assert told("ouch", "ouch stop", "F ouch stop") == ["pain/safety", "stop/safety", ""]


def test_pain_after_stop_in_one_breath_is_not_lost() -> None:
    assert told("stop", "stop it hurts", "F stop it hurts") == ["stop/safety", "pain/safety", ""]


def test_two_words_of_one_family_are_one_report() -> None:
    assert told("pain", "pain it hurts too much", "F pain it hurts too much") == ["pain/safety", "", ""]


def test_each_utterance_counts_anew() -> None:
    assert told("stop", "F stop", "stop", "F stop") == ["stop/safety", "", "stop/safety", ""]


def test_a_final_without_words_also_ends_the_utterance() -> None:
    assert told("stop", "F", "stop") == ["stop/safety", "", "stop/safety"]


def test_a_safety_word_taken_back_by_the_recogniser_stays_reported() -> None:
    assert told("pain", "paint", "F paint") == ["pain/safety", "", ""]


def test_a_recogniser_without_partials_gives_safety_words_in_finals() -> None:
    assert told("F stop please") == ["stop/safety"]


def test_a_command_waits_for_the_end_of_the_utterance() -> None:
    assert told("next", "F next") == ["", "next/command"]


@pytest.mark.parametrize("text", ["next [unk]", "[unk] next", "next repeat", "the next", "[unk]", ""])
def test_a_command_is_taken_only_when_it_is_all_that_was_said(text: str) -> None:
    assert told(f"F {text}") == [""]


def test_an_utterance_with_a_safety_word_gives_no_other_command() -> None:
    assert told("pain", "next", "F next") == ["pain/safety", "", ""]


def test_a_red_flag_counts_even_after_the_pain_in_it() -> None:
    assert told("chest pain", "F chest pain") == ["pain/safety", "red_flag/command"]
    assert told("F chest pain") == ["red_flag/command"]
    assert told("F my foot is numb") == ["red_flag/command"]


def test_the_step_asked_for_comes_along() -> None:
    heard = Listener().hear(Hypothesis("go to step twelve", final=True, start=1.0, end=2.25))
    assert heard is not None
    assert (heard.command, heard.number, heard.word_end) == (Command.GO_TO, 12, 2.25)


def test_every_phrase_of_the_table_is_understood_as_a_whole_utterance() -> None:
    for phrase, match in PHRASES.items():
        heard = Listener().hear(Hypothesis(phrase, final=True, start=0.0, end=1.0))
        assert heard is not None, phrase
        assert heard.command == match.command, phrase
