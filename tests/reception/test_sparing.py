"""The body map by voice, told as small conversations."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.session.routines import SHIPPED, routine
from voice_coach.cli.chosen import spare
from voice_coach.commands import Command, find_safety
from voice_coach.reception import sparing_words as words
from voice_coach.reception.sparing import AT_A_TIME, COMMANDS, Sparing, repertoire
from voice_coach.rehearsal import Rehearsal, understood
from voice_coach.routine.body import Side
from voice_coach.routine.model import Routine
from voice_coach.routine.rules import check
from voice_coach.session.events import Heard, Told
from voice_coach.stage import Line


def tell(name: str, *said: str) -> tuple[Sparing, str]:
    """The topic after *said*, and what the coach says last."""
    topic, lines = Sparing(routine(name)), tuple[str, ...]()
    for phrase in said:
        heard = understood(phrase, topic.phrases)
        assert heard is not None, f"{phrase!r} cannot be heard"
        topic, lines = topic.hear(heard)
    return topic, " ".join((*lines, *topic.asks))


def spots(topic: Sparing) -> list[str]:
    return [f"{spot.area}: {spot.why}" for spot in topic.spots]


def test_nothing_is_one_word() -> None:
    topic, said = tell("self-leg")
    assert said == "Is there anything to keep away from today?"
    topic, said = tell("self-leg", "no")
    assert (topic.settled, said) == ("spared", "")
    assert topic.tailored
    assert topic.tailored.routine is topic.routine


def test_yes_what_where_and_which_side() -> None:
    story = ["yes", "bruise", "thigh", "left"]
    assert tell("self-leg", *story[:1])[1] == words.WHAT
    assert tell("self-leg", *story[:2])[1] == (
        "Where is it? I know the foot, the lower leg, the thigh, the arm or the hand."
    )
    assert tell("self-leg", *story[:3])[1] == words.WHICH_SIDE
    topic, said = tell("self-leg", *story)
    assert said == "I keep away from the left thigh. Anything else?"
    assert spots(topic) == ["left thigh: bruise"]
    topic, said = tell("self-leg", *story, "yes", "sore", "foot", "right", "no")
    assert topic.settled == "spared"
    assert said == (
        "I leave out the left thigh, because of the bruise. I leave out the right foot, because of the soreness."
    )
    assert topic.tailored
    assert check(topic.tailored.routine) == []


def test_all_of_it_in_one_breath() -> None:
    assert spots(tell("self-leg", "bruise on the left thigh")[0]) == ["left thigh: bruise"]
    assert spots(tell("self-leg", "left knee")[0]) == ["left knee: asked"]
    assert spots(tell("self-leg", "veins both calves")[0]) == ["both calves: varicose veins"]
    assert tell("self-leg", "veins both calves")[1] == "Light strokes at most on both calves. Anything else?"


def test_what_is_in_the_middle_has_no_side() -> None:
    assert spots(tell("back-stages", "yes", "sore", "neck")[0]) == ["neck: soreness"]


def test_a_cry_is_taken_for_something_sore() -> None:
    topic, said = tell("self-leg", "it hurts")
    assert said.startswith("So something is sore. Where is it?")
    assert spots(topic.hear(Told("left calf"))[0]) == ["left calf: soreness"]


def test_places_are_offered_five_at_a_time() -> None:
    topic, said = tell("recovery-body", "yes", "bruise")
    assert said.count("the ") == AT_A_TIME
    assert said.endswith("and more.")
    assert tell("recovery-body", "yes", "bruise", "more")[1] != said
    pages = -(-len(topic.places) // AT_A_TIME)
    assert tell("recovery-body", "yes", "bruise", *["more"] * pages)[1] == said


def test_back_takes_back_a_word_and_then_a_spot() -> None:
    assert tell("self-leg", "yes", "bruise", "thigh", "back")[1].startswith("Where is it?")
    assert tell("self-leg", "yes", "bruise", "back")[1] == words.WHAT
    assert tell("self-leg", "yes", "back")[1] == words.ANYTHING
    topic, said = tell("self-leg", "left knee", "right foot", "back")
    assert spots(topic) == ["left knee: asked"]
    assert said == "I have taken that back. Anything else?"


def test_where_too_little_is_left_it_says_so() -> None:
    topic, said = tell("foot-pedicure", "yes", "wound", "foot", "both", "no")
    assert (topic.settled, said) == ("declined", words.TOO_LITTLE)


def test_two_reasons_at_once_are_not_guessed_at() -> None:
    topic, said = tell("self-leg", "bruise cast")
    assert topic == Sparing(routine("self-leg"))
    assert said == f"{words.CAN_SAY_YES} {words.ANYTHING}"


@pytest.mark.parametrize("name", SHIPPED)
def test_only_what_the_routine_touches_is_offered_and_no_sentence_answers_itself(name: str) -> None:
    topic = Sparing(routine(name))
    assert topic.places or name == "fracture-simple"
    for line in (*words.FIXED, *repertoire(topic.routine)):
        assert find_safety(line) is None
        for sentence in line.replace("?", ".").split("."):
            assert understood(sentence, topic.phrases) is None, sentence


@given(
    st.sampled_from(SHIPPED),
    st.lists(st.integers(0, 10_000) | st.sampled_from([*COMMANDS, Command.PAIN]), max_size=15),
)
@settings(max_examples=300, deadline=None)
def test_whatever_is_said_it_ends_with_no_and_what_is_left_is_safe(name: str, said: list[int | Command]) -> None:
    topic = Sparing(routine(name))
    own = sorted(topic.phrases.own)
    for each in said:
        heard = Told(own[each % len(own)]) if isinstance(each, int) else Heard(each, each.value)
        before = topic
        topic, lines = topic.hear(heard)
        assert topic != before or lines
        if topic.settled:
            break
    for _ in range(2):
        topic = topic if topic.settled else topic.hear(Heard(Command.NO, "no"))[0]
    assert topic.settled == ("spared" if topic.tailored else "declined")
    if topic.tailored:
        assert check(topic.tailored.routine) == []


def on_stage(*said: str) -> tuple[Routine | None, list[str]]:
    """What `run` goes on with after the conversation, and what the coach said."""
    content, told = routine("self-leg"), list[Line]()
    script = [(8.0 * (number + 1), heard(phrase)) for number, phrase in enumerate(said)]
    ended, left, _ = spare(content, Rehearsal(script), told.append)
    routine_left = left.routine if left and ended == "spared" else None
    return routine_left, [str(line["text"]) for line in told if line["event"] == "say"]


def heard(phrase: str) -> Heard | Told:
    found = understood(phrase, Sparing(routine("self-leg")).phrases)
    assert found
    return found


def test_a_session_goes_on_with_what_was_spared() -> None:
    left, said = on_stage("yes", "bruise", "thigh", "left", "no")
    assert left
    assert not any(step.region == "front_thigh" and step.sides is Side.EACH for step in left.steps)
    assert said[-1] == "I leave out the left thigh, because of the bruise."
    assert on_stage("no")[0] == routine("self-leg")


def test_stop_ends_it_and_no_session_follows() -> None:
    left, said = on_stage("yes", "stop")
    assert left is None
    assert said[-1] == "We end here. Say continue within a minute to take that back."
    left, said = on_stage("lower legs both", "thighs both", "foot both", "no")
    assert (left, said[-1]) == (None, words.TOO_LITTLE)
