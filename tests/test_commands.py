"""The phrase table: what means what, and what means nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.commands import (
    KEYS,
    NUMBERS,
    PHRASES,
    VOCABULARY,
    Command,
    find_safety,
    normalise,
    phrases,
    understand,
)


def test_every_phrase_is_understood_as_its_command_and_no_phrase_has_two() -> None:
    every = [phrase for command in Command for phrase in phrases(command)]
    assert len(every) == len(set(every)) == len(PHRASES)
    for command in Command:
        assert phrases(command)
        for phrase in phrases(command):
            match = understand(phrase)
            assert match is not None
            assert match.command is command


def test_phrases_are_as_a_recogniser_hears_them() -> None:
    for phrase in PHRASES:
        assert phrase == normalise(phrase)
        assert set(phrase.split()) <= VOCABULARY


@pytest.mark.parametrize(
    ("said", "command", "number"),
    [
        ("Next!", Command.NEXT, None),
        ("  go   to step 5 ", Command.GO_TO, 5),
        ("step twenty nine", Command.GO_TO, 29),
        ("step twenty", Command.GO_TO, 20),
        ("step 1", Command.GO_TO, 1),
        ("That hurts.", Command.PAIN, None),
        ("go on", Command.CONTINUE, None),
        ("go on to the next", Command.NEXT, None),
        ("no", Command.NO, None),
        ("what can I say?", Command.HELP, None),
    ],
)
def test_whole_utterances(said: str, command: Command, number: int | None) -> None:
    match = understand(said)
    assert match is not None
    assert (match.command, match.number) == (command, number)


@pytest.mark.parametrize(
    "said",
    ["", " ", "the next one was lovely", "step", "step thirty", "step 0", "step 3000", "go to step", "yes no", "²"],
)
def test_other_talk_means_nothing(said: str) -> None:
    assert understand(said) is None


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("would you please stop that", Command.STOP),
        ("ow ow ow", Command.PAIN),
        ("that is TOO HARD, really", Command.PAIN),
        ("my knee hurts a little", Command.PAIN),
        ("pain, stop", Command.STOP),
        ("this is painful", Command.PAIN),
    ],
)
def test_safety_words_anywhere(said: str, command: Command) -> None:
    match = find_safety(said)
    assert match is not None
    assert match.command is command


@pytest.mark.parametrize(
    "said", ["unstoppable", "painter", "owl", "too", "hard", "much too late", "nonstop", "how", ""]
)
def test_words_that_only_look_like_safety_words(said: str) -> None:
    assert find_safety(said) is None


def test_every_phrase_of_a_safety_command_holds_a_safety_word() -> None:
    for command in (Command.STOP, Command.PAIN):
        for phrase in phrases(command):
            match = find_safety(phrase)
            assert match is not None
            assert match.command is command


def test_no_ordinary_phrase_holds_a_safety_word() -> None:
    urgent = {Command.STOP, Command.PAIN, Command.RED_FLAG}
    assert [phrase for phrase, match in PHRASES.items() if match.command not in urgent and find_safety(phrase)] == []


def test_keys_reach_everything_but_what_needs_words() -> None:
    assert set(Command) - set(KEYS.values()) == {Command.GO_TO, Command.RED_FLAG}
    assert all(len(key) == 1 and key == key.lower() for key in KEYS)


def test_numbers_are_one_to_twenty_nine() -> None:
    assert sorted(NUMBERS.values()) == list(range(1, 30))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text())
def test_any_text_is_understood_or_not_but_never_trips(text: str) -> None:
    understand(text)
    find_safety(text)
    assert normalise(normalise(text)) == normalise(text)
