"""The second witness, with the real networks; and what two witnesses make of a word."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from tests.hearing.conftest import in_a_room, room_noise
from voice_coach.commands import SESSION, Command, Phrases, find_safety
from voice_coach.hearing.listener import EXPLAINED, SURE, SURER, Listener
from voice_coach.hearing.recogniser import Hypothesis
from voice_coach.hearing.spotter import BLOCK, OUTCRIES, Judge, Spotter
from voice_coach.session.events import Heard, Suspected, Told, Withdrawn
from voice_coach.sound.samples import Samples

Say = Callable[[str], Samples]
JUST_NOW, FOR_LONG = SURE


def after(*sounds: Samples, pieces: int = 160) -> Spotter:
    spotter = Spotter()
    whole = in_a_room(*sounds, gap=0.4)
    for at in range(0, len(whole), pieces):
        spotter.push(whole[at : at + pieces])
    return spotter


@pytest.mark.parametrize("phrase", ["pain", "it hurts", "what can i say", "repeat that", "more time"])
def test_what_was_just_said_is_likely_and_nothing_else_is(say: Say, phrase: str) -> None:
    spotter = after(say(phrase))
    match = find_safety(phrase)
    meant = {"what can i say": Command.HELP, "repeat that": Command.REPEAT, "more time": Command.MORE_TIME}
    command = match.command if match else meant[phrase]
    assert spotter.chance(command, 1.5) > 0.5
    assert spotter.chance(Command.YES, 1.5) < 0.3


@pytest.mark.parametrize(("phrase", "family"), [("stop stop", Command.STOP), ("it hurts", Command.PAIN)])
def test_a_plain_word_is_an_outcry_while_it_is_said_and_no_longer(say: Say, phrase: str, family: Command) -> None:
    spotter, word = Spotter(), in_a_room(say(phrase), gap=0.4)
    outcries = []
    for at in range(0, len(word), BLOCK):
        spotter.push(word[at : at + BLOCK])
        outcries.append(spotter.outcry(family))
    assert max(for_long for _, for_long in outcries) > FOR_LONG
    spotter.push(room_noise(2.0))
    assert max(spotter.outcry(family)) < 0.1


def test_alone_only_plain_words_count_whole_and_those_that_go_on_count_less() -> None:
    judge = Judge.read()
    weighs = {
        phrase: float(weights[number])
        for weights in judge.outcries.values()
        for number, phrase in enumerate(judge.phrases)
        if weights[number]
    }
    assert {phrase for phrase, weight in weighs.items() if weight == 1} == {*OUTCRIES}
    assert {phrase for phrase, weight in weighs.items() if weight < 1} == {
        "stop everything", "stop it", "stop please", "stop stop",
    }  # fmt: skip


@pytest.mark.parametrize("talk", ["we were at the seaside", "my sister called this morning"])
def test_of_other_talk_nothing_is_likely(say: Say, talk: str) -> None:
    spotter = after(say(talk))
    assert all(spotter.chance(command, 4.0) < 0.9 for command in Command if command is not Command.GO_TO)


def test_in_a_quiet_room_no_safety_word_is_likely() -> None:
    spotter = Spotter()
    spotter.push(room_noise(20.0))
    assert spotter.chance(Command.STOP, 4.0) < 0.1
    assert spotter.chance(Command.PAIN, 4.0) < 0.1


def test_how_the_stream_is_cut_changes_nothing(say: Say) -> None:
    word = say("stop")
    assert after(word, pieces=7).chance(Command.STOP, 2.0) == after(word, pieces=4000).chance(Command.STOP, 2.0)


def test_what_is_said_after_a_silence_is_judged_as_if_it_had_listened_all_the_while(
    say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While there is no voice it judges nothing, and takes up what it missed."""
    quiet, word = room_noise(4.0), say("stop")
    resting = after(quiet, word)
    monkeypatch.setattr("voice_coach.hearing.spotter.VOICE", -1.0)
    assert resting.chance(Command.STOP, 1.0) == pytest.approx(after(quiet, word).chance(Command.STOP, 1.0), abs=1e-5)


def test_before_anything_was_heard_nothing_is_likely() -> None:
    assert Spotter().chance(Command.STOP, 1.0) == 0.0
    assert Spotter().likeliest(1.0) == ""


def test_it_knows_every_command_and_forgets_what_was_long_ago(say: Say) -> None:
    known = Judge.read().commands
    assert {*Command} == {*known}
    spotter = after(say("stop"))
    spotter.push(room_noise(5.0))
    assert spotter.chance(Command.STOP, 60.0) < 0.1


@pytest.mark.parametrize(
    ("module", "package"), [("livekit.wakeword.models", "livekit-wakeword"), ("pyrnnoise", "pyrnnoise==0.2.7")]
)
def test_without_a_package_that_it_needs_one_sentence_says_what_to_do(python: str, module: str, package: str) -> None:
    code = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from voice_coach.hearing.spotter import Spotter\n"
        "from voice_coach.errors import MachineError\n"
        "try: Spotter()\n"
        "except MachineError as error: print(error)\n"
    )
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    assert f"pip install {package}" in done.stdout
    assert done.stdout.count("\n") == 1


# Two witnesses ------------------------------------------------------------------------------------


@dataclass
class Witness:
    """An opinion that is told to it."""

    chances: dict[Command, float] = field(default_factory=dict)
    phrase: str = ""
    plain: dict[Command, float] = field(default_factory=dict)
    """How likely a plain word for it was just said."""
    held: dict[Command, float] = field(default_factory=dict)
    """The same on average."""

    def chance(self, command: Command, seconds: float) -> float:
        return self.chances.get(command, 0.0)

    def outcry(self, family: Command) -> tuple[float, float]:
        return self.plain.get(family, 0.0), self.held.get(family, 0.0)

    def likeliest(self, seconds: float) -> str:
        return self.phrase


def final(text: str, at: float, start: float = 0.0) -> Hypothesis:
    return Hypothesis(text, True, start, at)


def partial(text: str) -> Hypothesis:
    return Hypothesis(text, False, 0.0, None)


def test_what_both_witnesses_heard_is_heard() -> None:
    listener = Listener(opinion=Witness({Command.PAIN: 0.7}))
    assert listener.hear(partial("pain"), 0.5) == [Suspected(Command.PAIN, "pain")]
    assert [type(one) for one in listener.wait(0.8)] == [Heard]


def test_a_safety_word_of_which_the_spotter_has_an_inkling_hushes_once_it_stays_and_ends_no_step() -> None:
    listener = Listener(opinion=Witness({Command.PAIN: 0.2}))
    assert listener.hear(partial("hurts"), 0.5) == []
    assert listener.wait(0.6) == []
    assert listener.wait(0.76) == [Suspected(Command.PAIN, "hurts")]
    assert listener.wait(1.2) == []
    assert listener.hear(final("[unk] hurts [unk]", 1.3), 1.4) == [Withdrawn()]


def test_for_a_safety_word_that_was_all_that_was_said_an_inkling_is_enough() -> None:
    listener = Listener(opinion=Witness({Command.STOP: 0.2}))
    listener.hear(partial("stop"), 0.5)
    assert [one.command for one in listener.hear(final("stop", 0.6), 1.2) if isinstance(one, Heard)] == [Command.STOP]


def test_what_flickers_by_and_is_doubted_does_not_even_hush() -> None:
    listener = Listener(opinion=Witness({Command.PAIN: 0.2}))
    assert listener.hear(partial("hurts"), 0.5) == []
    assert listener.hear(partial("[unk]"), 0.6) == []


def test_of_what_the_spotter_knows_nothing_that_does_not_hush_even_if_it_stays() -> None:
    listener = Listener(opinion=Witness({Command.PAIN: 0.05}))
    assert listener.hear(partial("hurts"), 0.5) == []
    assert listener.wait(1.2) == []
    assert listener.hear(final("hurts", 1.3), 1.4) == []


def test_whoever_says_a_safety_word_again_is_believed() -> None:
    listener = Listener(opinion=Witness({Command.PAIN: 0.2}))
    assert listener.hear(final("[unk] pain", 1.0), 1.0) == []
    again = listener.hear(final("[unk] pain", 3.0), 3.0)
    assert [one.command for one in again if isinstance(one, Heard)] == [Command.PAIN]


def test_of_which_the_spotter_knows_nothing_is_not_believed_however_often_it_comes() -> None:
    """Music and the talk of others sound to the recogniser like the same word again and again."""
    listener = Listener(opinion=Witness({Command.PAIN: 0.05}))
    assert [listener.hear(final("pain", now), now) for now in (1.0, 3.0, 5.0, 7.0)] == [[], [], [], []]


def test_it_is_believed_too_in_an_utterance_that_does_not_end() -> None:
    """Beside running water, say. It hushes the coach again, and then is heard."""
    listener = Listener(opinion=Witness({Command.STOP: 0.35}))
    assert listener.hear(partial("stop"), 1.0) == [Suspected(Command.STOP, "stop")]
    assert listener.wait(2.0) == []
    assert listener.hear(partial("stop [unk] stop"), 6.0) == [Suspected(Command.STOP, "stop")]
    assert [type(one) for one in listener.wait(6.3)] == [Heard]


def test_a_word_said_twice_in_one_breath_is_said_once() -> None:
    listener = Listener(opinion=Witness({Command.STOP: 0.35}))
    listener.hear(partial("stop"), 1.0)
    listener.hear(partial("stop stop"), 1.3)
    assert listener.wait(1.7) == []


def test_after_a_while_it_is_doubted_anew() -> None:
    listener = Listener(opinion=Witness({Command.PAIN: 0.2}))
    listener.hear(final("[unk] pain", 1.0), 1.0)
    assert listener.hear(final("[unk] pain", 12.0), 12.0) == []


def test_a_safety_word_of_which_the_spotter_is_sure_needs_nobody_else_and_is_heard_once() -> None:
    listener = Listener(opinion=Witness(plain={Command.STOP: JUST_NOW}))
    assert [one.command for one in listener.wait(5.0) if isinstance(one, Heard)] == [Command.STOP]
    assert listener.wait(5.1) == []
    assert listener.hear(final("[unk] stop", 5.3), 5.4) == []


def test_it_need_not_be_as_sure_when_it_stays_so() -> None:
    in_passing = Witness(plain={Command.STOP: JUST_NOW - 0.01}, held={Command.STOP: FOR_LONG - 0.01})
    assert Listener(opinion=in_passing).wait(5.0) == []
    lasting = Witness(plain={Command.STOP: JUST_NOW - 0.01}, held={Command.STOP: FOR_LONG})
    assert [one.command for one in Listener(opinion=lasting).wait(5.0) if isinstance(one, Heard)] == [Command.STOP]


def test_a_word_that_both_heard_is_not_heard_again_because_the_spotter_is_still_sure_of_it() -> None:
    spotter = Witness({Command.STOP: 0.7})
    listener = Listener(opinion=spotter)
    assert [type(one) for one in listener.hear(final("stop", 5.3, start=4.8), 5.5)] == [Heard]
    spotter.held = {Command.STOP: 0.8}
    assert listener.wait(5.51) == []
    assert [type(one) for one in listener.wait(6.6)] == [Heard], "said again it counts again"


def test_amid_noise_a_second_stop_counts_after_a_second_and_a_second_pain_is_the_same_outcry_for_longer() -> None:
    """There the recogniser's utterance may not end."""
    for family, again in ((Command.STOP, True), (Command.PAIN, False)):
        spotter = Witness(plain={family: JUST_NOW})
        listener = Listener(opinion=spotter)
        assert [type(one) for one in listener.wait(5.0)] == [Heard]
        spotter.plain = {}
        assert listener.hear(partial("[unk]"), 5.5) == []
        spotter.plain = {family: JUST_NOW}
        assert [type(one) for one in listener.wait(7.0)] == [Heard] * again
        assert [type(one) for one in listener.wait(8.1)] == [Heard], "three seconds later either is a new one"


def test_who_was_heard_is_doubted_anew() -> None:
    listener = Listener(opinion=Witness({Command.PAIN: 0.2}))
    assert listener.hear(final("[unk] pain", 1.0), 1.0) == []
    assert [type(one) for one in listener.hear(final("[unk] pain", 3.0), 3.0)] == [Heard]
    assert listener.hear(final("[unk] pain", 8.0), 8.0) == []


def test_a_safety_word_that_the_coachs_own_sound_explains_hushes_and_no_more_until_it_is_said_again() -> None:
    heard, played = Witness({Command.STOP: 0.9}), Witness({Command.STOP: 0.9 * EXPLAINED + 0.01})
    listener = Listener(opinion=heard, itself=played)
    assert listener.hear(partial("stop"), 1.0) == [Suspected(Command.STOP, "stop")]
    assert listener.wait(1.5) == []
    assert listener.hear(final("stop", 1.3), 1.8) == [Withdrawn()]
    played.chances = {}  # it is silent now
    assert listener.hear(partial("stop"), 3.0) == [Suspected(Command.STOP, "stop")]
    assert [type(one) for one in listener.wait(3.3)] == [Heard]


def test_a_safety_word_that_the_coachs_own_sound_explains_little_of_is_heard() -> None:
    listener = Listener(opinion=Witness({Command.STOP: 0.9}), itself=Witness({Command.STOP: 0.9 * EXPLAINED - 0.01}))
    assert [type(one) for one in listener.hear(final("stop", 1.3), 1.8)] == [Heard]


def test_while_the_recogniser_takes_all_of_it_for_another_command_the_spotter_alone_must_be_surer() -> None:
    """“Softer” begins like “stop”."""
    begins, surer = Witness(plain={Command.STOP: JUST_NOW}), Witness(plain={Command.STOP: SURER[0]})
    for words, witness, found in (("softer", begins, 0), ("[unk] softer", begins, 1), ("softer", surer, 1)):
        assert len(Listener(opinion=witness).hear(partial(words), 5.0)) == found
    listener = Listener(opinion=begins)
    assert listener.hear(partial("softer"), 5.0) == []
    assert [type(one) for one in listener.hear(partial("[unk]"), 5.1)] == [Heard], "it was none after all"


def test_alone_too_the_spotter_is_not_believed_when_the_coachs_own_sound_explains_it() -> None:
    heard = Witness({Command.STOP: 0.9}, plain={Command.STOP: 0.9})
    explained = Listener(opinion=heard, itself=Witness({Command.STOP: 0.5}))
    assert explained.wait(5.0) == [Suspected(Command.STOP, "stop")]
    assert explained.wait(5.1) == [], "it is told once an outcry"
    assert [type(one) for one in Listener(opinion=heard, itself=Witness({Command.PAIN: 0.5})).wait(5.0)] == [Heard]


def test_the_coachs_own_voice_is_no_safety_word_however_sure_the_spotter_is() -> None:
    listener = Listener(opinion=Witness(plain={Command.STOP: 0.99}, held={Command.STOP: 0.99}))
    assert listener.wait(5.0, own=True) == []


def test_another_command_needs_both_witnesses_or_a_sure_one() -> None:
    doubting, sure = Witness(), Witness({Command.NEXT: 0.95}, "next")
    assert Listener(opinion=doubting).hear(final("next", 0.9), 1.0) == []
    assert [type(one) for one in Listener(opinion=sure).hear(final("next", 0.9), 1.0)] == [Heard]
    rescued = Listener(opinion=sure).hear(final("[unk]", 0.9), 1.0)
    assert [(one.command, one.phrase) for one in rescued if isinstance(one, Heard)] == [(Command.NEXT, "next")]


def test_another_command_that_is_said_again_is_believed_too() -> None:
    listener = Listener(opinion=Witness())
    assert listener.hear(final("next", 0.9), 1.0) == []
    assert listener.hear(final("back", 1.9), 2.0) == []
    assert [one.phrase for one in listener.hear(final("next", 2.9), 3.0) if isinstance(one, Heard)] == ["next"]


def test_a_command_of_which_the_spotter_is_sure_is_heard_at_once_and_once() -> None:
    listener = Listener(opinion=Witness({Command.NEXT: 0.98}, "go on to the next"))
    assert listener.wait(5.0) == [Heard(Command.NEXT, "go on to the next")]
    assert listener.wait(5.1) == []
    assert listener.hear(final("next", 5.1, start=4.2), 5.6) == []


def test_a_red_flag_of_which_the_spotter_is_sure_is_heard_once_too_and_never_swallowed() -> None:
    sure = Witness({Command.RED_FLAG: 0.98}, "my foot is numb")
    listener = Listener(opinion=sure)
    assert listener.wait(5.0) == [Heard(Command.RED_FLAG, "my foot is numb")]
    assert listener.hear(final("my foot is numb", 5.1, start=4.2), 5.6) == []
    assert [type(one) for one in listener.hear(final("my foot is numb", 8.0, start=7.0), 8.1)] == [Heard]
    listener = Listener(opinion=Witness({Command.NEXT: 0.98}, "next"))
    listener.wait(5.0)
    assert [type(one) for one in listener.hear(final("my foot is numb", 5.1, start=4.2), 5.6)] == [Heard]


def test_another_command_that_the_coachs_own_sound_explains_is_none() -> None:
    heard, played = Witness({Command.NEXT: 0.95}, "next"), Witness({Command.NEXT: 0.5})
    assert Listener(opinion=heard, itself=played).wait(5.0) == []
    assert Listener(opinion=heard, itself=played).hear(final("next", 0.9), 1.0) == []
    assert Listener(opinion=heard, itself=Witness({Command.BACK: 0.5})).hear(final("next", 0.9), 1.0) != []


def test_nor_is_what_the_spotter_alone_made_of_an_utterance() -> None:
    """“Turning the heel” sounds like “hurting”."""
    heard, said = Witness({Command.PAIN: 0.95}, "hurting"), final("[unk]", 0.9)
    assert [type(one) for one in Listener(opinion=heard).hear(said, 1.0)] == [Heard]
    assert Listener(opinion=heard, itself=Witness({Command.PAIN: 0.5})).hear(said, 1.0) == []


@pytest.mark.parametrize("known", [{Command.RED_FLAG: 0.2}, {Command.PAIN: 0.2}], ids=["numb toes", "chest pain"])
def test_a_red_flag_over_the_coach_is_one_of_which_the_spotter_knows_more_than_the_coachs_own_sound_explains(
    known: dict[Command, float],
) -> None:
    said, played = final("my toes are blue", 0.9), Witness({Command.RED_FLAG: 0.01})
    (heard,) = Listener(opinion=Witness(known), itself=played).hear(said, 1.0)
    assert isinstance(heard, Heard)
    assert heard.command is Command.RED_FLAG
    assert Listener(opinion=Witness(), itself=played).hear(said, 1.0) == []
    assert len(Listener(opinion=Witness(), itself=Witness()).hear(said, 1.0)) == 1, "while it is silent all are heard"


def test_it_is_heard_again_when_it_is_said_again() -> None:
    listener = Listener(opinion=Witness({Command.LOUDER: 0.98}, "louder"))
    heard = [one for now in (5.0, 5.1, 5.2, 6.1, 6.2) for one in listener.wait(now)]
    assert [type(one) for one in heard] == [Heard, Heard]


def test_while_a_safety_word_is_suspected_no_other_command_is_spotted() -> None:
    listener = Listener(opinion=Witness({Command.PAIN: 0.2, Command.NEXT: 0.99}, "next"))
    listener.hear(partial("hurts"), 5.0)
    assert listener.wait(5.1) == []


def test_the_coachs_own_voice_is_no_command_however_sure_the_spotter_is() -> None:
    listener = Listener(opinion=Witness({Command.NEXT: 0.99}, "next"))
    assert listener.wait(5.0, own=True) == []


def test_a_red_flag_in_the_coachs_own_voice_is_one_only_if_the_spotter_is_sure_of_it() -> None:
    flag = final("my foot is numb", 1.0)
    assert Listener(opinion=Witness()).hear(flag, 1.0, own=True) == []
    assert [type(one) for one in Listener(opinion=Witness()).hear(flag, 1.0)] == [Heard]
    sure = Witness({Command.RED_FLAG: 0.98})
    assert [type(one) for one in Listener(opinion=sure).hear(flag, 1.0, own=True)] == [Heard]


def test_what_is_told_in_the_coachs_own_voice_is_told_by_nobody() -> None:
    menu = Phrases({}, frozenset({"foot bath"}))
    told = final("foot bath", 1.0)
    assert [type(one) for one in Listener(menu).hear(told, 1.0)] == [Told]
    assert Listener(menu).hear(told, 1.0, own=True) == []


def test_an_answer_to_one_conversation_is_none_to_the_next() -> None:
    first = Listener(opinion=Witness({Command.YES: 0.98}, "yes"))
    assert [type(one) for one in first.wait(5.0)] == [Heard]
    second = first.anew(SESSION)
    assert second.wait(5.1) == second.wait(5.5) == []
    assert second.hear(final("yes", 5.1, start=4.5), 5.7) == []
    assert [type(one) for one in second.hear(final("yes", 8.0, start=7.5), 8.5)] == [Heard]


def test_stop_counts_in_the_next_conversation_too() -> None:
    first = Listener(opinion=Witness(plain={Command.STOP: JUST_NOW}))
    assert [type(one) for one in first.wait(5.0)] == [Heard]
    assert [type(one) for one in first.anew(SESSION).wait(5.1)] == [Heard]


def test_a_step_is_not_spotted_for_the_recogniser_knows_numbers_better() -> None:
    assert Listener(opinion=Witness({Command.GO_TO: 0.99}, "step nine")).wait(5.0) == []


def test_a_command_is_not_picked_out_of_a_long_sentence_unless_the_spotter_is_sure_of_it() -> None:
    sure = Witness({Command.NEXT: 0.96}, "next")
    assert Listener(opinion=sure).hear(final("[unk] [unk]", 5.0), 5.2) == []


def test_silence_is_heard_as_nothing() -> None:
    spotter = Spotter()
    spotter.push(np.zeros(16000 * 3, np.int16))
    assert spotter.chance(Command.STOP, 3.0) < 0.1
