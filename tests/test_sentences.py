"""What the coach says is heard with closed eyes: short sentences, in the present tense, that promise nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest

from voice_coach.preflight import conversation as preflight
from voice_coach.routine.load import library, load, shipped, shipped_folder
from voice_coach.routine.model import Routine
from voice_coach.session import own_questions, words

LONGEST = 12
"""Words of a sentence: about one breath."""
LONGER = {words.TEACH_TWO}
"""As long as it takes to say who may end it, and how."""
FUTURE = r"\b(will|going to|won't|(?:you|it|we|i)'ll)\b"
PROMISES = (
    r"\b(cur(?:e|es|ing)|heal(?:s|ed)?|reliev\w*|relief|treats|detox\w*|toxins?|immun\w+|slim\w*|cellulite|"
    r"tumou?rs?|guarantee\w*|makes? you (?:well|better|healthy))\b"
)
MEDICINES = r"\b(medicines?|ointments?|painkillers?|tablets?|pills?|drugs?|gels?|anaesthetics?|paracetamol|ibuprofen)\b"
FRIGHTENING = r"\b(danger\w*|die[sd]?|death|agony|terrible|severe|harm(?:s|ful)?|burn(?:s|ing)?|break(?:s)? your)\b"
BANNED = {"future tense": FUTURE, "a promise": PROMISES, "a medicine": MEDICINES, "a fright": FRIGHTENING}

FIXED = (*words.FIXED, *words.HELP.values(), own_questions.DOCTOR.ask, own_questions.REMEMBER.ask)
DIRECTED = ("stroking", "kneading", "rubbing", "gliding", "waving", "squeezing")
"""The techniques whose ways are told where they have one."""


def of(routine: Routine) -> Iterator[str]:
    """Everything the routine has the coach say, in all its forms."""
    for question in (*routine.questions, *routine.red_flags):
        yield question.ask
        yield from filter(None, [question.because])
    yield from (ready.say for ready in routine.preparation)
    for step in routine.steps:
        yield from (step.title, step.instruction, *(cue.say for cue in step.cues))
        yield from filter(None, [step.starts and step.starts.out])
        for rung in step.ladder:
            yield from (rung.title, rung.instruction)
    yield from (each.say for each in routine.closing)


TEXTS: dict[str, Iterable[str]] = {"fixed": FIXED, "preflight": preflight.repertoire()}
TEXTS |= {path.stem: [*of(load(path).whole)] for path in shipped()}
TEXTS |= {"techniques": [rung.instruction for t in library(shipped_folder()).techniques.values() for rung in t.gentler]}


@pytest.mark.parametrize("place", [place for place in TEXTS if place != "preflight"])
def test_a_sentence_is_said_in_one_breath(place: str) -> None:
    for text in TEXTS[place]:
        for sentence in re.split(r"(?<=[.?!:;]) ", text):
            assert len(sentence.split()) <= LONGEST or text in LONGER, sentence


@pytest.mark.parametrize("place", TEXTS)
def test_nothing_is_promised_prescribed_or_put_into_the_future(place: str) -> None:
    for text in TEXTS[place]:
        for what, banned in BANNED.items():
            found = re.search(banned, text.lower())
            assert not found, f"{what}, {found[0] if found else ''!r}: {text}"


@pytest.mark.parametrize("name", [path.stem for path in shipped()])
def test_an_instruction_says_what_moves(name: str) -> None:
    """Hands, or what they hold or do, are named, and a way that the file has is told."""
    hands = (
        r"\b(hands?|handed|palms?|fingers?|fingertips?|thumbs?|fists?|knuckles?|clasp|hold|pads?|heels? of|edges?|"
        r"roller?|roll|embrace|float|pinches|fold)\b"
    )
    for step in load(shipped_folder() / f"{name}.yaml").whole.steps:
        if step.technique.kind in ("moving", "resting"):
            continue
        said = step.instruction.lower()
        assert re.search(hands, said), f"{step.id}: with what? {said}"
        if step.start and step.technique.name in DIRECTED:
            told = r"\b(from|up|upwards?|down|downwards?|towards?|away|to the|to below|to just|outwards?|out over)\b"
            assert re.search(told, said), f"{step.id}: which way? {said}"


@pytest.mark.parametrize("text", ["This heals the knee.", "It will be warm.", "Take painkillers first.", "Danger!"])
def test_the_rules_find_what_they_are_for(text: str) -> None:
    assert any(re.search(banned, text.lower()) for banned in BANNED.values())
