"""The preflight as a story; time is virtual, and the person does what the story says."""

from __future__ import annotations

import pytest

from voice_coach.commands import Command, find_safety
from voice_coach.preflight import words
from voice_coach.preflight.conversation import Part, Preflight, begin, repertoire
from voice_coach.preflight.verdict import Findings
from voice_coach.session.events import (
    Effect,
    End,
    Event,
    Heard,
    Hush,
    Lost,
    Measure,
    Measured,
    Say,
    Spoken,
    Suspected,
    Tick,
    Withdrawn,
)
from voice_coach.session.words import TEACH

STOP, PAIN = Heard(Command.STOP, "stop", "safety"), Heard(Command.PAIN, "pain", "safety")
YES, NO = Heard(Command.YES, "yes"), Heard(Command.NO, "no")
STOP_KEY, READY_KEY = Heard(Command.STOP, "key s", "key"), Heard(Command.READY, "key enter", "key")
ROOM = Measured(noise=-65.0, echo=-40.0, delay=0.02)
VOICE = Measured(noise=-65.0, voice=-35.0)
NOBODY = Measured(noise=-65.0)
MORNING = Findings(noise=-65.0, voice=-35.0, echo=-40.0, delay=0.02, heard=frozenset({Command.STOP, Command.PAIN}))
"""What a check of the same day found."""


class Check:
    """A preflight with somebody in it; measurements come when they are asked for."""

    def __init__(
        self, *measured: Measured, decide: bool = False, headphones: bool = False, before: Findings | None = None
    ) -> None:
        self.now = 0.0
        self.measured = list(measured)
        self.said: list[str] = []
        self.effects: list[Effect] = []
        self.state: Preflight
        self._do(begin(headphones, decide=decide, before=before))

    def _do(self, result: tuple[Preflight, tuple[Effect, ...]]) -> None:
        self.state, effects = result
        self.effects += effects
        for effect in effects:
            if isinstance(effect, Say):
                self.said += effect.lines
            if isinstance(effect, Measure) and self.measured:
                self.tell(self.measured.pop(0))

    def tell(self, *events: Event) -> None:
        for event in events:
            self._do(self.state.advance(event, self.now))

    def finish_speaking(self) -> None:
        self.now += 2.0
        self.tell(Spoken(self.state.says))

    def wait(self) -> None:
        """Nothing happens until it goes on by itself."""
        assert self.state.due is not None
        self.now = self.state.due
        self.tell(Tick())

    def listen(self) -> None:
        """Until the first word is asked for."""
        self.finish_speaking()
        self.wait()
        assert self.said[-2:] == [TEACH, words.FIRST_WORD]
        self.finish_speaking()


def test_both_words_are_heard_and_the_voice_is_trusted() -> None:
    check = Check(ROOM, VOICE, VOICE)
    check.listen()
    check.tell(STOP)
    assert check.said[-1] == words.SECOND_WORD
    check.finish_speaking()
    check.tell(PAIN)
    assert check.said[-1] == words.FINE
    assert check.state.ended == "trusted"
    assert not check.state.over(check.now)
    check.finish_speaking()
    assert check.state.over(check.now)
    assert check.state.found.heard == {Command.STOP, Command.PAIN}


def test_a_word_spoken_over_the_coach_counts() -> None:
    check = Check(ROOM, VOICE, VOICE)
    check.finish_speaking()
    check.wait()
    check.tell(Suspected(Command.STOP, "stop"), STOP)
    assert Hush() in check.effects
    assert check.said[-1] == words.SECOND_WORD


def test_a_suspicion_that_is_withdrawn_lets_the_coach_say_it_again() -> None:
    check = Check(ROOM)
    check.finish_speaking()
    check.wait()
    check.tell(Suspected(Command.STOP, "stop"), Withdrawn())
    assert check.said[-4:] == [TEACH, words.FIRST_WORD] * 2
    check.tell(Suspected(Command.STOP, "stop"))
    check.wait()
    assert check.said[-6:] == [TEACH, words.FIRST_WORD] * 3


def test_a_word_that_is_not_the_one_asked_for_leaves_nothing_unsaid() -> None:
    check = Check(ROOM, VOICE, VOICE)
    check.finish_speaking()
    check.wait()
    check.tell(Suspected(Command.PAIN, "pain"), PAIN)
    assert check.said[-2:] == [TEACH, words.FIRST_WORD]
    check.finish_speaking()
    check.tell(STOP)
    assert check.said[-1] == words.SECOND_WORD


def test_a_coach_that_hushes_for_itself_again_and_again_goes_on_and_judges() -> None:
    check = Check(ROOM, VOICE, VOICE, VOICE)
    check.finish_speaking()
    check.wait()
    for _ in range(3):
        check.tell(Suspected(Command.STOP, "stop"), Withdrawn())
    assert check.said.count(TEACH) == 3
    check.wait()
    assert check.said[-1] == words.AGAIN, "it waited for the word, as if it had spoken"


def test_three_times_asked_and_not_heard_is_not_trusted() -> None:
    check = Check(ROOM, NOBODY, NOBODY, NOBODY)
    check.listen()
    for _ in range(2):
        check.wait()
        assert check.said[-1] == words.AGAIN
        check.finish_speaking()
    check.wait()
    assert check.said[-2:] == [words.NO_VOICE, words.USE_KEYS]
    assert check.state.ended == "untrusted"


def test_before_a_session_an_untrusted_voice_needs_a_yes_or_a_key() -> None:
    for answer, ended in (
        (YES, "keys"),
        (READY_KEY, "keys"),
        (NO, "stopped"),
        (STOP, "stopped"),
        (STOP_KEY, "stopped"),
    ):
        check = Check(ROOM, decide=True)
        check.tell(Lost("microphone", "It is muted."))
        assert check.said[-3:] == [words.NO_SOUND, words.USE_KEYS, words.WITH_KEYS]
        check.finish_speaking()
        assert check.state.due is None
        check.tell(answer)
        assert check.state.ended == ended
        assert any(isinstance(effect, End) for effect in check.effects) is (ended == "stopped")


def test_skip_or_a_key_leaves_it_out_at_any_moment() -> None:
    for answer in (Heard(Command.SKIP, "skip"), Heard(Command.NEXT, "key n", "key"), READY_KEY):
        for moments in range(3):
            check = Check(ROOM)
            for step in (check.finish_speaking, check.wait, check.finish_speaking)[: moments + 1]:
                step()
            check.tell(answer)
            assert (check.state.ended, check.said[-1]) == ("skipped", words.SKIPPED)


def test_stop_ends_it_wherever_it_was_not_the_word_asked_for() -> None:
    early = Check()
    early.tell(STOP)
    assert early.state.ended == "stopped"
    late = Check(ROOM, VOICE)
    late.listen()
    late.tell(STOP, STOP)
    assert late.state.ended == "stopped"
    key = Check(ROOM)
    key.listen()
    key.tell(STOP_KEY)
    assert key.state.ended == "stopped"


def judged() -> Check:
    """A check whose verdict is just being said."""
    check = Check(ROOM, VOICE, VOICE)
    check.listen()
    check.tell(STOP)
    check.finish_speaking()
    check.tell(PAIN)
    assert (check.state.ended, check.state.saying) == ("trusted", True)
    return check


def test_stop_counts_in_the_last_words_too() -> None:
    for stop in (STOP, STOP_KEY):
        check = judged()
        check.tell(stop)
        assert check.state.ended == "stopped"
        assert End("stopped") in check.effects
    waiting = Check(ROOM)
    waiting.listen()
    waiting.tell(STOP)
    waiting.finish_speaking()
    waiting.tell(PAIN)
    assert waiting.state.part is Part.JUDGING
    waiting.tell(STOP)
    assert waiting.state.ended == "stopped"


def test_while_a_stop_is_suspected_in_the_last_words_nothing_begins() -> None:
    check = judged()
    check.tell(Suspected(Command.STOP, "stop"))
    assert check.effects[-1] == Hush()
    assert not check.state.over(check.now)
    check.tell(Withdrawn())
    assert check.state.saying
    check.finish_speaking()
    assert check.state.over(check.now)


def test_a_microphone_that_is_lost_in_the_last_words_is_asked_about() -> None:
    check = Check(ROOM, VOICE, VOICE, decide=True)
    check.listen()
    check.tell(STOP)
    check.finish_speaking()
    check.tell(PAIN, Lost("microphone", "The microphone is gone."))
    check.finish_speaking()
    assert (check.state.ended, check.state.part) == (None, Part.DECIDING)
    check.tell(Lost("loudspeaker", "It is gone too."))
    check.wait()
    assert check.state.due is None


def test_ears_that_do_not_measure_are_not_waited_for() -> None:
    check = Check()
    check.finish_speaking()
    check.wait()
    check.wait()
    check.finish_speaking()
    check.tell(STOP)
    check.finish_speaking()
    check.tell(PAIN)
    assert check.state.part is Part.JUDGING
    check.wait()
    assert check.state.ended == "trusted"


def test_a_voice_that_fails_does_not_hold_it_up() -> None:
    check = Check(ROOM)
    check.tell(Lost("voice", "It is gone."))
    check.wait()
    assert check.state.part is Part.FIRST


def test_a_muted_microphone_is_told_at_once() -> None:
    check = Check()
    check.tell(Lost("microphone", "The microphone is blocked or muted."))
    assert check.said[-2:] == [words.NO_SOUND, words.USE_KEYS]


def test_only_the_sentence_that_teaches_them_holds_safety_words() -> None:
    assert [line for line in repertoire() if find_safety(line) is not None] == [TEACH]


@pytest.mark.parametrize("part", ["microphone", "recogniser"])
def test_what_fails_in_the_last_words_does_not_take_a_stop_back(part: str) -> None:
    check = Check(ROOM, decide=True)
    check.tell(STOP_KEY, Lost(part, "It is gone."))
    assert check.state.ended == "stopped"
    check.tell(YES)
    assert check.state.ended == "stopped"


def test_later_that_day_only_the_room_is_listened_to() -> None:
    check = Check(ROOM, decide=True, before=MORNING)
    assert check.said == [words.BE_QUIET]
    check.finish_speaking()
    check.wait()
    assert (check.state.ended, check.said) == ("trusted", [words.BE_QUIET])
    assert check.state.over(check.now)
    assert check.state.before == MORNING, "no word was tried, so none is remembered anew"


def test_a_room_that_has_become_loud_wants_the_words_again() -> None:
    check = Check(Measured(noise=-50.0), VOICE, VOICE, decide=True, before=MORNING)
    check.finish_speaking()
    check.wait()
    assert check.said[-3:] == [words.GREETING, TEACH, words.FIRST_WORD]
    check.finish_speaking()
    check.tell(STOP)
    check.finish_speaking()
    check.tell(PAIN)
    assert (check.state.ended, check.state.before) == ("trusted", None)
    assert (check.state.found.noise, check.state.found.echo) == (-50.0, None)


def test_who_is_not_heard_in_the_louder_room_is_not_trusted_for_the_morning() -> None:
    check = Check(Measured(noise=-40.0), NOBODY, NOBODY, NOBODY, decide=True, before=MORNING)
    for _ in range(4):
        check.finish_speaking()
        check.wait()
    assert check.said[-1] == words.WITH_KEYS
    assert check.state.verdict
    assert not check.state.verdict.trusted


def test_ears_that_measure_nothing_want_the_words_again() -> None:
    check = Check(before=MORNING)
    check.finish_speaking()
    check.wait()
    check.wait()
    assert check.said[-1] == words.FIRST_WORD


def test_what_is_new_since_the_morning_is_told_and_chosen_anew() -> None:
    check = Check(Measured(noise=-62.0, echo=-30.0, delay=0.02), decide=True, headphones=True, before=MORNING)
    check.finish_speaking()
    check.wait()
    assert check.said[1:] == [words.I_SPEAK_SOFTER], "that the headphones leak was told in the morning"
    assert check.state.verdict
    assert check.state.verdict.volume < 0


def test_who_leaves_the_short_check_out_keeps_what_the_morning_chose() -> None:
    loud = Findings(noise=-65.0, voice=-35.0, echo=-30.0, heard=MORNING.heard)
    check = Check(before=loud)
    check.tell(READY_KEY)
    assert check.state.ended == "skipped"
    assert check.state.verdict
    assert check.state.verdict.volume == -6.0


def test_a_microphone_that_is_lost_in_the_short_check_is_asked_about() -> None:
    check = Check(decide=True, before=MORNING)
    check.tell(Lost("microphone", "It is muted."))
    assert check.said[-3:] == [words.NO_SOUND, words.USE_KEYS, words.WITH_KEYS]


def test_who_presses_stop_twice_need_not_hear_the_last_words() -> None:
    check = Check(ROOM)
    check.tell(STOP_KEY)
    assert not check.state.over(check.now)
    check.tell(STOP_KEY)
    assert check.effects[-1] == Hush()
    assert check.state.over(check.now)


def test_a_computer_that_slept_is_no_fault_of_the_microphone() -> None:
    check = Check(ROOM, VOICE, VOICE)
    check.listen()
    check.tell(Lost("computer", "It was asleep.", asleep=60.0), STOP)
    assert check.said[-1] == words.SECOND_WORD
