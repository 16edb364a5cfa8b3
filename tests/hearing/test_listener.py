"""The two paths of the listener, told as stories. A capital F marks the final of an utterance."""

from __future__ import annotations

import pytest

from voice_coach.commands import PHRASES, Command
from voice_coach.hearing.listener import Finding, Listener
from voice_coach.hearing.recogniser import Hypothesis
from voice_coach.session.events import Heard, Suspected, Withdrawn


def told(*said: str) -> list[str]:
    """What the listener finds, hypothesis by hypothesis, 0.1 s apart; "" for nothing.

    "F next" is a final, "..." stands for half a second without anything new, anything else is a partial.
    """
    listener, now = Listener(), 0.0
    story = []
    for text in said:
        now += 0.5 if text == "..." else 0.1
        final = text.startswith("F")
        hypothesis = Hypothesis(text.removeprefix("F").strip(), final, start=0.0, end=now if final else None)
        found = listener.wait(now) if text == "..." else listener.hear(hypothesis, now)
        story.append(", ".join(_told(one) for one in found))
    return story


def _told(found: Finding) -> str:
    match found:
        case Heard(command=command, path=path):
            return f"{command}/{path}"
        case Suspected(command=command):
            return f"{command}?"
        case _:
            return "not so"


def test_a_safety_word_is_suspected_at_first_sight_and_heard_once_it_stays() -> None:
    assert told("stop", "stop it", "stop it now", "stop it now", "F stop it now") == [
        "stop?",
        "",
        "",
        "stop/safety",
        "",
    ]


def test_a_safety_word_that_stays_counts_without_anything_new_from_the_recogniser() -> None:
    assert told("stop", "...", "F stop") == ["stop?", "stop/safety", ""]


def test_a_final_settles_a_suspicion_at_once() -> None:
    assert told("stop", "F stop") == ["stop?", "stop/safety"]
    assert told("stop", "F shop") == ["stop?", "not so"]


def test_a_safety_word_taken_back_by_the_recogniser_is_withdrawn() -> None:
    assert told("pain", "paint", "F paint") == ["pain?", "not so", ""]


def test_what_was_taken_back_can_be_suspected_again() -> None:
    assert told("pain", "paint", "paint pain", "...") == ["pain?", "not so", "pain?", "pain/safety"]


def test_a_word_that_comes_and_goes_never_adds_up() -> None:
    assert told("stop", "stop", "step", "stop", "stop", "step", "F step") == [
        "stop?",
        "",
        "not so",
        "stop?",
        "",
        "not so",
        "",
    ]


def test_a_safety_word_counts_anywhere_even_among_talk() -> None:
    assert told("[unk] ouch [unk]", "...") == ["pain?", "pain/safety"]
    assert told("F please would you stop that") == ["stop/safety"]


def test_stop_after_pain_in_one_breath_still_counts() -> None:
    assert told("ouch", "...", "ouch stop", "...", "F ouch stop") == [
        "pain?",
        "pain/safety",
        "stop?",
        "stop/safety",
        "",
    ]


def test_both_families_in_one_final_are_both_heard_the_most_urgent_first() -> None:
    assert told("F stop it hurts") == ["stop/safety, pain/safety"]


def test_two_words_of_one_family_are_one_report() -> None:
    assert told("pain", "...", "pain it hurts", "F pain it hurts too much") == ["pain?", "pain/safety", "", ""]


def test_beside_running_water_an_utterance_does_not_end_and_a_second_report_counts_all_the_same() -> None:
    water = ["...", "[unk] pain", "...", *["..."] * 6, "[unk] pain [unk] pain", "..."]
    assert [found for found in told(*water) if found] == ["pain?", "pain/safety", "pain?", "pain/safety"]


def test_a_long_outcry_is_one_report() -> None:
    assert [found for found in told("ow", "...", "ow ow", "...", "ow ow ow", *["..."] * 9) if found] == [
        "pain?",
        "pain/safety",
    ]


def test_what_is_suspected_after_a_report_can_be_withdrawn() -> None:
    water = ["pain", "...", *["..."] * 6, "pain hurts", "pain has", "..."]
    assert [found for found in told(*water) if found] == ["pain?", "pain/safety", "pain?", "not so"]


def test_each_utterance_counts_anew() -> None:
    assert told("F stop", "F stop") == ["stop/safety", "stop/safety"]


def test_a_recogniser_without_partials_gives_safety_words_in_finals() -> None:
    assert told("F stop please") == ["stop/safety"]


def test_a_command_waits_for_the_end_of_the_utterance() -> None:
    assert told("next", "...", "F next") == ["", "", "next/command"]


@pytest.mark.parametrize("text", ["next [unk]", "[unk] next", "next repeat", "the next", "[unk]", ""])
def test_a_command_is_taken_only_when_it_is_all_that_was_said(text: str) -> None:
    assert told(f"F {text}") == [""]


def test_an_utterance_with_a_safety_word_gives_no_other_command() -> None:
    assert told("pain", "...", "F next") == ["pain?", "pain/safety", ""]


def test_a_red_flag_counts_even_after_the_pain_in_it() -> None:
    assert told("chest pain", "...", "F chest pain") == ["pain?", "pain/safety", "red_flag/command"]
    assert told("F chest pain") == ["red_flag/command"]
    assert told("F my foot is numb") == ["red_flag/command"]


def test_the_step_asked_for_comes_along() -> None:
    (heard,) = Listener().hear(Hypothesis("go to step twelve", final=True, start=1.0, end=2.25), 3.0)
    assert isinstance(heard, Heard)
    assert (heard.command, heard.number, heard.word_end) == (Command.GO_TO, 12, 2.25)


def test_every_phrase_of_the_table_is_understood_as_a_whole_utterance() -> None:
    for phrase, match in PHRASES.items():
        heard = Listener().hear(Hypothesis(phrase, final=True, start=0.0, end=1.0), 1.5)
        assert [one.command for one in heard if isinstance(one, Heard)] == [match.command], phrase


def so_far(text: str) -> Hypothesis:
    return Hypothesis(text, False, 0.0, None)


def test_the_coachs_own_safety_word_is_suspected_and_withdrawn() -> None:
    listener = Listener()
    assert listener.hear(so_far("pain"), 1.0, own=True) == [Suspected(Command.PAIN, "pain")]
    assert listener.wait(2.0) == []
    assert listener.hear(Hypothesis("pain", True, 0.0, 1.0), 2.5) == [Withdrawn()]


def test_who_says_it_after_the_coach_is_heard() -> None:
    listener = Listener()
    listener.hear(so_far("pain"), 1.0, own=True)
    assert [type(one) for one in listener.hear(so_far("pain pain"), 2.0)] == [Heard]
    listener = Listener()
    listener.hear(so_far("pain"), 1.0, own=True)
    assert listener.hear(so_far("[unk]"), 1.5) == [Withdrawn()]
    assert listener.hear(so_far("[unk] pain"), 2.0) == [Suspected(Command.PAIN, "pain")]
    assert [type(one) for one in listener.wait(2.3)] == [Heard]
