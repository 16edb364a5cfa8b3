"""What every dialogue does whatever it is about, told as small stories in virtual time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from voice_coach.commands import Command, Phrases, table
from voice_coach.reception import words
from voice_coach.reception.dialogue import MOUTH, REMIND, Dialogue, open_dialogue
from voice_coach.session.events import (
    Effect,
    End,
    Event,
    Heard,
    Hush,
    Lost,
    Note,
    Returned,
    Say,
    Spoken,
    Suspected,
    Tick,
    Told,
    Withdrawn,
)


@dataclass(frozen=True)
class Colour:
    """Which towel is wanted."""

    towel: str = ""

    @property
    def phrases(self) -> Phrases:
        return table([Command.YES, Command.REPEAT, Command.HELP, Command.CONTINUE], ["blue", "green"])

    @property
    def asks(self) -> tuple[str, ...]:
        return (f"The {self.towel} towel then.",) if self.towel else ("Which towel?",)

    @property
    def help(self) -> tuple[str, ...]:
        return ("There are a blue and a green one.",)

    @property
    def reminder(self) -> tuple[str, ...]:
        return ("Name a towel.",)

    @property
    def settled(self) -> str | None:
        return "chosen" if self.towel else None

    def hear(self, told: Told | Heard) -> tuple[Colour, tuple[str, ...]]:
        return (replace(self, towel=told.phrase), ("Good.",)) if isinstance(told, Told) else (self, ())


class Talk:
    """A dialogue that is played: every sentence takes a second."""

    def __init__(self) -> None:
        self.now = 0.0
        self.effects: list[Effect] = []
        self.dialogue, effects = open_dialogue(Colour())
        self.effects += effects

    def happens(self, *events: Event) -> list[Effect]:
        """What comes of *events*, one after another at the same moment."""
        found: list[Effect] = []
        for event in events:
            self.dialogue, effects = self.dialogue.advance(event, self.now)
            found += effects
        self.effects += found
        return found

    def wait(self, seconds: float) -> list[Effect]:
        """Time passes; the coach finishes its sentences, and ticks come when they are due."""
        found: list[Effect] = []
        end = self.now + seconds
        while True:
            coming = self.now + 1 if self.dialogue.saying else self.dialogue.due
            if coming is None or coming > end or self.dialogue.over(self.now):
                self.now = end
                return found
            self.now = coming
            found += self.happens(Spoken(self.dialogue.says) if self.dialogue.saying else Tick())

    @property
    def lines(self) -> list[tuple[str, ...]]:
        return [effect.lines for effect in self.effects if isinstance(effect, Say)]


@pytest.fixture
def talk() -> Talk:
    return Talk()


def spoken(effects: list[Effect]) -> list[str]:
    return [line for effect in effects if isinstance(effect, Say) for line in effect.lines]


def test_it_asks_and_an_answer_settles_it_once_the_last_words_are_spoken(talk: Talk) -> None:
    assert talk.lines == [("Which towel?",)]
    talk.wait(3)
    assert spoken(talk.happens(Told("green"))) == ["Good.", "The green towel then."]
    assert talk.dialogue.ended == "chosen"
    assert not talk.dialogue.over(talk.now)
    talk.wait(2)
    assert talk.dialogue.over(talk.now)


def test_an_answer_need_not_wait_for_the_end_of_the_question(talk: Talk) -> None:
    assert spoken(talk.happens(Told("blue"))) == ["Good.", "The blue towel then."]


def test_who_says_nothing_is_reminded_once_and_then_left_in_peace(talk: Talk) -> None:
    assert spoken(talk.wait(REMIND)) == []
    assert spoken(talk.wait(2)) == ["Name a towel."]
    assert spoken(talk.wait(3600)) == []
    assert talk.dialogue.due is None
    talk.happens(Heard(Command.REPEAT, "repeat"))
    assert spoken(talk.wait(REMIND + 2)) == ["Name a towel."]


def test_it_repeats_and_helps(talk: Talk) -> None:
    talk.wait(2)
    assert spoken(talk.happens(Heard(Command.REPEAT, "repeat"))) == ["Which towel?"]
    assert spoken(talk.happens(Heard(Command.HELP, "help"))) == ["There are a blue and a green one."]


def test_what_changes_nothing_is_passed_over_in_silence(talk: Talk) -> None:
    assert talk.happens(Heard(Command.YES, "yes")) == []


@pytest.mark.parametrize("after", [0.5, 5.0, 100.0])
def test_stop_ends_it_at_any_time(talk: Talk, after: float) -> None:
    talk.wait(after)
    effects = talk.happens(Heard(Command.STOP, "stop", "safety"))
    assert effects[0] == Hush()
    assert effects[-1] == End("stopped")
    assert spoken(effects) == [words.ENDED]
    assert talk.happens(Told("blue")) == []
    talk.wait(59)
    assert not talk.dialogue.over(talk.now)
    talk.wait(2)
    assert talk.dialogue.over(talk.now)


def test_stop_counts_in_the_last_words_too_and_can_be_taken_back(talk: Talk) -> None:
    talk.happens(Told("blue"))
    assert (talk.dialogue.ended, talk.dialogue.saying) == ("chosen", True)
    talk.happens(Suspected(Command.STOP, "stop"))
    assert not talk.dialogue.over(talk.now)
    effects = talk.happens(Heard(Command.STOP, "stop", "safety"))
    assert (talk.dialogue.ended, effects[-1]) == ("stopped", End("stopped"))
    assert talk.happens(Heard(Command.STOP, "stop", "safety")) == []
    talk.happens(Heard(Command.CONTINUE, "continue"))
    assert talk.dialogue.ended == "chosen"
    talk.wait(2)
    assert talk.dialogue.over(talk.now)


def test_a_stop_that_was_not_meant_is_taken_back(talk: Talk) -> None:
    talk.wait(5)
    talk.happens(Heard(Command.STOP, "stop", "safety"))
    talk.wait(20)
    effects = talk.happens(Heard(Command.CONTINUE, "continue"))
    assert effects[0] == Note("resumed")
    assert spoken(effects) == ["Which towel?"]
    talk.happens(Told("blue"))
    assert talk.dialogue.ended == "chosen"


def test_a_warning_sign_sends_to_a_doctor(talk: Talk) -> None:
    effects = talk.happens(Heard(Command.RED_FLAG, "chest pain"))
    assert spoken(effects) == [words.DOCTOR_NOW]
    assert effects[-1] == End("red_flag")


def test_a_suspicion_hushes_and_when_it_is_withdrawn_the_sentence_is_said_again(talk: Talk) -> None:
    assert talk.happens(Suspected(Command.STOP, "stop")) == [Hush()]
    assert not talk.dialogue.saying
    assert spoken(talk.happens(Withdrawn())) == ["Which towel?"]


def test_a_coach_that_hushes_for_itself_again_and_again_waits_for_an_answer(talk: Talk) -> None:
    for _ in range(2):
        assert spoken(talk.happens(Suspected(Command.STOP, "stop"), Withdrawn())) == ["Which towel?"]
    assert talk.happens(Suspected(Command.STOP, "stop"), Withdrawn()) == [Hush()]
    assert not talk.dialogue.saying
    assert talk.dialogue.due is not None


def test_a_key_that_means_nothing_here_settles_a_suspicion_and_the_sentence_is_said_again(talk: Talk) -> None:
    talk.happens(Suspected(Command.STOP, "stop"))
    assert spoken(talk.happens(Heard(Command.YES, "key y", "key"))) == ["Which towel?"]
    talk.wait(3)
    talk.happens(Suspected(Command.STOP, "stop"))
    assert talk.happens(Heard(Command.YES, "key y", "key")) == []
    assert spoken(talk.wait(REMIND + 2)) == ["Name a towel."]


def test_a_suspicion_nobody_settles_is_over_after_a_second(talk: Talk) -> None:
    talk.happens(Suspected(Command.PAIN, "pain"))
    assert spoken(talk.wait(0.9)) == []
    assert spoken(talk.wait(0.2)) == ["Which towel?"]


def test_a_suspicion_in_silence_repeats_nothing(talk: Talk) -> None:
    talk.wait(3)
    talk.happens(Suspected(Command.STOP, "stop"))
    assert talk.happens(Withdrawn()) == []
    assert spoken(talk.wait(REMIND + 2)) == ["Name a towel."]


@pytest.mark.parametrize("part", ["microphone", "recogniser", *MOUTH])
def test_a_part_that_fails_is_told_and_when_it_is_back_the_question_comes_again(talk: Talk, part: str) -> None:
    (line,) = spoken(talk.happens(Lost(part, "It broke.")))
    assert line == (words.NOT_SPEAKING if part in MOUTH else words.NOT_HEARING)
    assert spoken(talk.happens(Returned(part)))[-1] == "Which towel?"


def test_it_ends_even_when_the_voice_fails_on_the_last_words(talk: Talk) -> None:
    talk.happens(Told("blue"), Lost("voice", "It broke."))
    assert talk.dialogue.over(talk.now)


def test_what_the_loudspeaker_says_late_of_an_old_sentence_means_nothing(talk: Talk) -> None:
    talk.happens(Heard(Command.HELP, "help"))
    talk.happens(Spoken(1))
    assert talk.dialogue.saying


def test_a_dialogue_is_a_conversation_with_a_state_of_its_own() -> None:
    first, _ = open_dialogue(Colour())
    second, _ = first.advance(Told("blue"), 1.0)
    assert isinstance(first, Dialogue)
    assert first.topic == Colour()
    assert second.topic == Colour("blue")


def test_a_suspicion_that_is_withdrawn_late_leaves_a_long_sentence_its_time(talk: Talk) -> None:
    talk.happens(Suspected(Command.STOP, "stop"))
    talk.wait(1)
    assert talk.dialogue.saying, "nobody settled it for a second"
    assert talk.happens(Withdrawn()) == []
    assert talk.dialogue.due is None


def test_last_words_that_were_hushed_are_said_although_the_microphone_fails(talk: Talk) -> None:
    talk.happens(Heard(Command.RED_FLAG, "chest pain"), Suspected(Command.PAIN, "pain"))
    assert spoken(talk.happens(Lost("microphone", "It was unplugged."))) == [words.DOCTOR_NOW]
    talk.wait(2)
    assert talk.dialogue.over(talk.now)


def test_who_presses_stop_twice_need_not_hear_the_last_words(talk: Talk) -> None:
    key = Heard(Command.STOP, "key s", "key")
    talk.happens(key)
    assert talk.dialogue.saying
    assert talk.happens(key) == [Hush()]
    assert not talk.dialogue.saying


def test_the_advice_to_see_a_doctor_is_not_cut_short(talk: Talk) -> None:
    talk.happens(Heard(Command.RED_FLAG, "chest pain"))
    assert talk.happens(Heard(Command.STOP, "key s", "key")) == []
    assert talk.dialogue.saying


def test_a_warning_sign_after_a_stop_still_sends_to_a_doctor(talk: Talk) -> None:
    talk.happens(Heard(Command.STOP, "stop", "safety"))
    assert spoken(talk.happens(Heard(Command.RED_FLAG, "chest pain"))) == [words.DOCTOR_NOW]
    talk.wait(2)
    assert talk.dialogue.over(talk.now)
    assert talk.dialogue.ended == "red_flag"


def test_after_the_computer_slept_the_question_comes_again(talk: Talk) -> None:
    talk.wait(5)
    assert spoken(talk.happens(Lost("computer", "It was asleep.", asleep=60.0))) == ["Which towel?"]
