"""Choosing a routine, told as conversations: > is what somebody says, the rest is what the coach answers."""

from __future__ import annotations

import pytest

from tests.reception.test_dialogue import spoken
from tests.session.routines import SHIPPED, routine
from voice_coach.commands import KEYS, Command, find_safety
from voice_coach.reception import words
from voice_coach.reception.dialogue import Dialogue, open_dialogue
from voice_coach.reception.menu import Menu
from voice_coach.reception.vocabulary import Ask, Catalogue, Named, Opted, Picked, catalogue, names
from voice_coach.reception.wishes import Wish, fitting, for_healing, share
from voice_coach.rehearsal import Rehearsal, understood
from voice_coach.routine.declined import DECLINED
from voice_coach.routine.model import Option
from voice_coach.session.events import Spoken
from voice_coach.stage import Line, converse

OFFERED = catalogue(routine(name) for name in SHIPPED)


class Visit:
    """Somebody in front of the coach, who lets it finish before they speak."""

    def __init__(self, offered: Catalogue = OFFERED) -> None:
        self.dialogue: Dialogue[Menu]
        self.dialogue, effects = open_dialogue(Menu(offered))
        self.answer = spoken(list(effects))

    def say(self, *texts: str) -> list[str]:
        """What the coach answers to the last of *texts*."""
        for text in texts:
            if self.dialogue.saying:
                self.dialogue, _ = self.dialogue.advance(Spoken(self.dialogue.says), 0.0)
            heard = understood(text, self.dialogue.phrases)
            assert heard, f"{text!r} is nothing one can say"
            self.dialogue, effects = self.dialogue.advance(heard, 0.0)
            self.answer = spoken(list(effects))
        return self.answer

    def settle(self) -> list[str]:
        """Take the first choice of every option; the proposal that comes then."""
        while self.answer[-1] != words.SHALL_WE_START:
            self.say("one")
        return self.answer

    @property
    def menu(self) -> Menu:
        return self.dialogue.topic

    @property
    def listed(self) -> list[str]:
        return [one.id for one in self.menu.listed]

    @property
    def proposed(self) -> str | None:
        return self.menu.proposed.id if self.menu.proposed else None


@pytest.fixture
def visit() -> Visit:
    return Visit()


def test_a_name_and_a_yes_are_enough(visit: Visit) -> None:
    assert visit.answer == [words.WHAT]
    assert visit.say("japanese legs") == [
        "Leg massage in the Japanese style. It takes about 14 minutes, with a helper.",
        "Shall we start?",
    ]
    visit.say("yes")
    assert visit.menu.chosen == routine("japanese-legs")
    assert visit.dialogue.ended == "chosen"
    assert visit.dialogue.over(0.0)


def test_who_does_not_know_is_told_five_at_a_time_until_all_were_named(visit: Visit) -> None:
    first = visit.say("what do you have")
    assert first[:2] == ["Number one is", "relaxing back massage in stages, which takes about 11 minutes."]
    assert first[-1] == words.WHICH_OR_MORE
    named = [line for line in first if "which takes" in line]
    assert len(named) == 5
    while words.NO_MORE not in (more := visit.say("more")):
        assert more[0] == "Number one is"
        named += [line for line in more if "which takes" in line]
    assert len(named) == len(set(named)) == len(SHIPPED)


def test_something_for_tired_calves_ten_minutes(visit: Visit) -> None:
    assert visit.say("something for tired calves ten minutes")[-1] == words.WHICH
    assert visit.listed == ["sport-prevent", "self-lymph", "sport-prepare"]
    assert visit.say("the second one")[0].startswith("Self-massage for the flow of lymph.")
    visit.say("no", "one")
    assert visit.proposed == "sport-prevent"
    visit.say("with a helper")
    visit.settle()
    visit.say("yes please")
    assert visit.menu.chosen
    assert (visit.menu.chosen.id, visit.menu.chosen.people) == ("sport-prevent", ("caregiver",))


def test_what_a_routine_leaves_open_is_asked_unless_it_was_said(visit: Visit) -> None:
    assert visit.say("foot bath")[:2] == ["Foot bath, then foot massage it is.", "Are you alone, or with a helper?"]
    assert visit.say("yes") == []
    visit.say("by myself")
    assert visit.settle() == [
        "Foot bath, then foot massage. It takes about 26 minutes, for you alone.",
        words.SHALL_WE_START,
    ]
    assert visit.say("no") == [words.WHAT_ELSE]
    assert "Are you alone, or with a helper?" not in visit.say("foot bath alone")
    visit.settle()
    visit.say("yes")
    assert visit.menu.chosen
    assert visit.menu.chosen.people == ("alone",)


def test_an_option_that_can_be_declined_is_answered_with_yes_or_no() -> None:
    walk = Option(name="walk", ask="Is there a walk at the end?", choices={"rest": "no walk", "walk": "a short walk"})
    calf = routine("leg-classic").whole.model_copy(update={"options": (walk,)})
    for answer, choice in (("yes", "walk"), ("no", "rest"), ("a short walk", "walk"), ("two", "walk")):
        visit = Visit(catalogue([calf]))
        assert visit.say("leg classic")[1] == "Is there a walk at the end?"
        assert visit.say(answer)[-1] == words.SHALL_WE_START
        assert dict(visit.menu.choices)["walk"] == choice


def test_what_can_be_declined_is_answered_in_a_word_and_listed_only_for_who_wants_it(visit: Visit) -> None:
    assert visit.say("foot bath alone") == ["Does anything go into the water?"]
    assert visit.say("no") == [
        "Foot bath, then foot massage. It takes about 26 minutes, for you alone.",
        words.SHALL_WE_START,
    ]
    visit.say("no", "foot bath alone")
    assert visit.say("help") == visit.say("yes")
    assert visit.answer == ["A brew of herbs, sea salt, conifer, oak bark, or oatmeal?"]
    visit.say("two")
    assert dict(visit.menu.choices)["additive"] == "salt"
    visit.say("oatmeal")
    assert dict(visit.menu.choices)["additive"] == "oatmeal", "another one can be named until it starts"
    visit.say("slippers")
    assert visit.answer[0] == "Foot bath, then foot massage. It takes about 41 minutes, for you alone."
    visit.say("yes")
    assert visit.menu.chosen
    assert dict(visit.menu.chosen.choices) == {"additive": "oatmeal", "people": "alone", "walk": "slippers"}


def test_options_are_asked_one_after_another_and_chosen_by_name_or_number() -> None:
    additive = Option(
        name="additive", ask="What goes into the water?",
        choices={"oil": "oil", "salt": "sea salt", "herbs": "herbs"},
    )  # fmt: skip
    bath = routine("foot-bath").whole.model_copy(update={"options": (additive,)})
    visit = Visit(catalogue([bath, routine("leg-classic")]))
    assert visit.say("foot bath alone") == ["What goes into the water?", "Oil, sea salt, or herbs?"]
    assert visit.say("sea salt")[-1] == words.SHALL_WE_START
    assert visit.menu.choices == (("people", "alone"), ("additive", "salt"))
    visit.say("no", "foot bath", "two")
    assert visit.say("repeat") == ["What goes into the water?", "Oil, sea salt, or herbs?"]
    visit.say("three")
    assert visit.menu.choices == (("people", "caregiver"), ("additive", "herbs"))
    assert {*visit.answer} <= {*words.repertoire([bath], [])}


def test_a_wish_can_be_told_bit_by_bit(visit: Visit) -> None:
    visit.say("feet")
    assert visit.listed[0] == "foot-pedicure"
    visit.say("alone")
    assert {*visit.listed} == {"foot-bath", "leg-relaxing", "self-leg"}
    visit.say("half an hour")
    assert visit.listed == ["foot-bath", "self-leg"]
    assert visit.say("back")[0] == words.NEAREST
    assert all("alone" in one.people for one in visit.menu.listed)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("my tired back", ["back-techniques", "back-stages", "recovery-body"]),
        ("whole body", ["muscle-stretch", "recovery-body"]),
        ("my cast", ["cast-leg", "fracture-simple", "post-cast-moves", "post-cast-swelling"]),
        ("foot massage", ["egyptian-feet", "foot-bath", "foot-pedicure"]),
        ("back massage", ["back-stages", "back-techniques"]),
        ("something long alone", ["foot-bath", "self-leg"]),
    ],
)
def test_by_area_by_length_and_by_names_that_several_share(visit: Visit, said: str, found: list[str]) -> None:
    visit.say(said)
    assert visit.listed == found


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("the foot bath", "foot-bath"),
        ("leg classic", "leg-classic"),
        ("classic leg massage", "leg-classic"),
        ("japanese legs", "japanese-legs"),
        ("i would like a japanese massage please", "japanese-legs"),
        ("pedicure", "foot-pedicure"),
        ("foot massage alone", "foot-bath"),
        ("leg in a cast", "cast-leg"),
    ],
)
def test_by_name(visit: Visit, said: str, meant: str) -> None:
    visit.say(said)
    assert visit.proposed == meant


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        ("relaxing massage stages", ["back-stages"]),
        ("the leg in a cast", ["cast-leg"]),
        ("caring cast", ["cast-leg"]),
        ("water exercises", ["muscle-water"]),
        ("fracture", ["fracture-simple"]),
        ("for the pedicure", ["foot-pedicure"]),
        ("self massage the legs", ["self-leg"]),
        ("massage my legs roller", ["self-roller"]),
    ],
)
def test_part_of_a_name_is_enough(visit: Visit, heard: str, found: list[str]) -> None:
    visit.say(heard)
    assert ([visit.proposed] if visit.proposed else visit.listed) == found


def test_words_that_belong_to_no_name_together_choose_nothing(visit: Visit) -> None:
    assert visit.say("japanese pedicure") == []
    assert visit.proposed is None


def test_numbers_are_taken_by_their_sound_and_the_last_one_without(visit: Visit) -> None:
    visit.say("feet", "for")
    assert visit.proposed == visit.listed[3]
    visit.say("no", "too")
    assert visit.proposed == visit.listed[1]
    visit.say("no", "the last one")
    assert visit.proposed == visit.listed[4]


def test_part_of_a_choice_is_enough_where_no_other_has_it(visit: Visit) -> None:
    visit.say("foot bath alone", "yes", "brew")
    assert dict(visit.menu.choices)["additive"] == "herbs"
    visit.say("the oak")
    assert dict(visit.menu.choices)["additive"] == "oak"


def test_what_differs_in_small_words_only_means_the_same() -> None:
    meant: dict[tuple[str, ...], object] = {}
    for phrase, meaning in OFFERED.meanings.items():
        if words_that_matter := OFFERED.phrases.bare(phrase):
            assert meant.setdefault(words_that_matter, meaning) == meaning, phrase


def test_where_nothing_fits_the_nearest_is_told_as_such(visit: Visit) -> None:
    assert visit.say("neck an hour")[0] == words.NEAREST
    assert all(share(one, "neck") > 0 for one in visit.menu.listed)


@pytest.mark.parametrize("treatment", DECLINED, ids=lambda one: one.id)
def test_what_is_not_guided_is_declined_with_its_reason(visit: Visit, treatment: object) -> None:
    named = [phrase for phrase, meaning in OFFERED.meanings.items() if meaning == treatment]
    assert len(named) >= 2
    for phrase in named:
        refusal, question = visit.say(phrase)
        assert refusal.startswith("I do not guide ")
        assert "ask a physiotherapist" in refusal
        assert question == words.WHAT_ELSE


def test_no_goes_back_to_the_list_and_then_to_the_question(visit: Visit) -> None:
    listed = visit.say("foot massage")
    visit.say("three")
    assert visit.proposed == "foot-pedicure"
    assert visit.say("no") == listed
    assert visit.say("go back") == [words.WHAT_ELSE]


def test_a_number_that_was_not_named_is_refused(visit: Visit) -> None:
    assert visit.say("foot massage", "five")[0] == words.NO_SUCH
    assert visit.proposed is None


def test_it_says_again_and_tells_what_can_be_said(visit: Visit) -> None:
    assert visit.say("help") == [words.CAN_SAY]
    assert visit.say("repeat") == [words.WHAT]
    listed = visit.say("foot massage")
    assert visit.say("help") == [words.WHICH]
    assert visit.say("repeat") == listed
    assert visit.say("one", "help") == [words.YES_OR_NO]


def test_yes_to_nothing_and_too_much_at_once_change_nothing(visit: Visit) -> None:
    for text in ("yes", "please", "one", "one two", "start"):
        assert visit.say(text) == []
    assert visit.menu == Menu(OFFERED)


def test_who_tells_of_discomfort_is_asked_where(visit: Visit) -> None:
    assert visit.say("pain") == [words.WHERE, words.WHAT_ELSE]
    visit.say("calves")
    assert visit.listed[0] == "leg-classic"


def test_stop_ends_it_without_a_routine(visit: Visit) -> None:
    visit.say("foot bath", "stop")
    assert visit.dialogue.ended == "stopped"
    assert visit.menu.chosen is None


def test_the_keys_choose_too() -> None:
    told: list[Line] = []
    keys = OFFERED.phrases.keys
    script = [(10.0, keys["w"]), (60.0, keys["2"]), (80.0, keys["n"]), (120.0, keys["1"]), (140.0, keys["y"])]
    events = [(at, understood(str(meant), OFFERED.phrases)) for at, meant in script]
    dialogue = converse(open_dialogue(Menu(OFFERED)), Rehearsal([(at, one) for at, one in events if one]), told.append)
    assert dialogue.topic.chosen == routine("back-stages")
    assert keys["s"] is Command.STOP
    assert {key for key, meant in KEYS.items() if meant is Command.STOP} <= set(keys)


# The tables ---------------------------------------------------------------------------------------


def test_every_phrase_means_something_and_none_is_a_command_or_holds_a_safety_word() -> None:
    for phrase, meaning in OFFERED.meanings.items():
        assert OFFERED.phrases.understand(phrase) is None, phrase
        assert find_safety(phrase) is None, phrase
        assert isinstance(meaning, Wish | Named | Picked | Opted | Ask) or meaning in DECLINED


def test_every_routine_has_a_name_that_is_its_own_or_is_narrowed_down_to_it() -> None:
    for one in OFFERED.routines:
        assert any(OFFERED.meanings[name] == Named(frozenset({one.id})) for name in names(one)), one.id
        assert len(one.aliases) >= 2, one.id


def test_every_routine_is_found_for_the_area_it_works_on_most() -> None:
    for one in OFFERED.routines:
        areas = {step.region for step in one.steps}
        assert for_healing(one) or any(one in fitting(Wish(area=area), OFFERED.routines)[0] for area in areas), one.id
        assert 0 <= share(one, "leg") <= 1


def test_the_coach_is_not_taken_at_its_own_word() -> None:
    for line in words.repertoire(OFFERED.routines, DECLINED):
        assert find_safety(line) is None, line
        assert understood(line, OFFERED.phrases) is None, line


def test_everything_that_is_said_is_in_the_repertoire(visit: Visit) -> None:
    ready = {*words.repertoire(OFFERED.routines, DECLINED)}
    for text in ("what do you have", "more", "two", "no", "no", "acupressure", "neck an hour", "help", "pain", "stop"):
        assert set(visit.say(text)) <= ready
