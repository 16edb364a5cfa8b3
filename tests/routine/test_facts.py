"""The figures of the craft, routine by routine: what each file has to hold, whatever else changes in it."""

from __future__ import annotations

import pytest

from voice_coach.routine.load import load, shipped_folder
from voice_coach.routine.model import Routine, Step
from voice_coach.routine.options import options

# Each line: a step, its technique and region, then what is fixed: seconds, x repetitions (from-to), p pressure,
# point (seconds on one point at most), hold (seconds named in the instruction), way from>to, or where it stands.
FACTS = """
foot-bath           soak        soaking foot            wait=600
foot-bath           dry         tending foot            says=between
foot-bath           ball        rubbing ball            before=sole
foot-bath           sole        rubbing sole            p2 before=heel
foot-bath           heel        kneading heel           p3 before=toes
foot-bath           toe-turns   turning toes            says=crunch
foot-bath           walk        walking leg             900s
self-leg            warm-hands  warming hand            first
self-leg            foot-stretch gliding foot           toes>heel
self-leg            heel-tap    tapping heel            p2
self-leg            calf-stroke stroking calf           ankle>back_of_knee x1-7
self-leg            toe-pads    kneading toes           before=toe-turns
self-leg            inner-glide gliding inner_thigh     p2
self-leg            outer-rub   rubbing outer_thigh     p3
self-leg            shake       vibration front_thigh   knee>hip
self-lymph          calf        waving calf             p1 ankle>knee
self-roller         calf-roll   rolling calf            x1-7
cast-leg            edge-press  pressing cast_edge      p2
cast-leg            near-knead  kneading near_cast      p2 cast_edge>near_cast
cast-leg            cast-tap    tapping cast            p1
cast-leg            healthy-knead kneading front_thigh  p2
fracture-simple     stroke      stroking near_cast      p1 before=rub
fracture-simple     rub         rubbing near_cast       p2 before=stroke-again
fracture-simple     knead-fists kneading near_cast      before=pat-cast
fracture-simple     pat-cast    patting cast            p1
post-cast-swelling  soak        soaking foot            wait=600
post-cast-swelling  up          stroking fracture_site  p1 fracture_site>knee
post-cast-swelling  down        stroking fracture_site  p1 fracture_site>toes
post-cast-moves     raises      moving front_thigh      hold=5
post-cast-moves     circles     moving hip              p1
leg-front           kneecap     rubbing kneecap         p1
leg-front           knead       kneading front_thigh    p4
leg-front           chop        chopping front_thigh    p2
leg-front           close       stroking thigh          p1 last
leg-back            hollow      stroking back_of_knee   p1
leg-back            part        gliding calf            ankle>back_of_knee
leg-back            bend        turning knee            p1
leg-classic         light       stroking calf           ankle>knee p1 first
leg-classic         knead       kneading calf           x1-7
leg-relaxing        ankle       turning ankle           before=knee
leg-relaxing        knee        turning knee            before=sole
foot-pedicure       stroke      stroking foot           ankle>toes p1
foot-pedicure       cream       tending foot            last
back-stages         whole       stroking back           sacrum>neck p1 first
back-stages         knead       kneading upper_back     lower_back>shoulder
back-stages         seat-knead  kneading buttock        p4
back-stages         neck        stroking neck           p1
back-stages         pinch       pinching upper_back     before=close
back-techniques     flat        stroking back           sacrum>neck first
back-techniques     palm-rub    rubbing beside_spine    p2 point=10 tempo=100
back-techniques     folds       kneading upper_back     lower_back>shoulder tempo=60
back-techniques     lie         resting body            180s last
recovery-body       bath        soaking body            wait=600
recovery-body       arm         stroking arm            hand>armpit
recovery-body       belly       stroking straight_belly breastbone>hip
recovery-body       belly-sides stroking oblique_belly  hip>chest
recovery-body       chest       stroking chest          breastbone>armpit
sport-prepare       calf-stretch stretching calf        p2
sport-prevent       calf-stroke stroking calf           p1
japanese-legs       calf-points pressing calf           point=10
japanese-legs       pinch       pinching outer_thigh    p2
egyptian-feet       foot        stroking foot           before=thigh
egyptian-feet       hip         gliding hip             thigh>hip
muscle-water        walk        walking leg             600s
muscle-water        knees       moving leg              x10-10
muscle-water        push-wide   moving arm              p2
muscle-body         squats      moving leg              x8-12
muscle-body         lunges      moving leg              x8-12
muscle-body         dips        moving triceps          x8-12
muscle-body         curls       moving belly            x8-12
muscle-body         walk        walking leg             600s
muscle-body         walk-far    walking leg             1800s
muscle-stretch      neck        stretching neck         15-30s
muscle-stretch      triceps     stretching triceps      15-30s
muscle-stretch      wrist       stretching wrist        15-30s
"""
OPTIONS = {
    "foot-bath": {
        "people": ["alone", "caregiver"],
        "additive": ["plain", "herbs", "salt", "conifer", "oak", "oatmeal"],
        "walk": ["rest", "slippers"],
    },
    "post-cast-swelling": {"people": ["alone", "caregiver"], "additive": ["salt", "herbs"]},
    "recovery-body": {"before": ["shower", "bath"]},
    "sport-prepare": {"people": ["alone", "caregiver"], "before": ["training", "splits"]},
    "sport-prevent": {"people": ["alone", "caregiver"], "after": ["training", "splits"]},
    "muscle-water": {"push-ups": ["full", "wide"]},
    "muscle-body": {"walk": ["short", "middle", "long"]},
}


def whole(name: str) -> Routine:
    return load(shipped_folder() / f"{name}.yaml").whole


@pytest.mark.parametrize("line", FACTS.strip().splitlines(), ids=lambda line: " ".join(line.split()[:2]))
def test_a_step_holds_its_figures(line: str) -> None:
    name, step_id, technique, region, *facts = line.split()
    steps = list(whole(name).steps)
    step = next(step for step in steps if step.id == step_id)
    assert (step.technique.name, step.region) == (technique, region)
    assert facts
    for fact in facts:
        assert holds(step, steps, fact), f"{fact}: {step}"


def holds(step: Step, steps: list[Step], fact: str) -> bool:
    """Whether one figure of the table is in the step."""
    key, _, value = fact.partition("=")
    ids = [each.id for each in steps]
    match key:
        case "wait":
            return step.starts is not None and step.starts.length == float(value) and step.starts.longest <= 900
        case "says":
            return value in step.instruction
        case "hold":
            return value in step.instruction or {"5": "five"}[value] in step.instruction
        case "before":
            return ids.index(step.id) < ids.index(value)
        case "first" | "last":
            return steps[0 if key == "first" else -1] is step
        case "point":
            return step.seconds_per_point is not None and step.seconds_per_point <= float(value)
        case "tempo":
            return step.tempo is not None and step.tempo <= float(value)
    if ">" in fact:
        return (step.start, step.end) == tuple(fact.split(">"))
    if fact.startswith("p"):
        return step.pressure == int(fact[1:])
    least, _, most = fact.strip("xs").partition("-")
    figure = step.repetitions if fact.startswith("x") else step.seconds
    return figure is not None and float(least) <= figure <= float(most or least)


@pytest.mark.parametrize(("name", "offered"), OPTIONS.items())
def test_variants_are_options(name: str, offered: dict[str, list[str]]) -> None:
    assert {option.name: list(option.choices) for option in options(whole(name))} == offered


def test_the_salt_bath_has_its_hundred_grams() -> None:
    said = [item.say for item in whole("post-cast-swelling").preparation]
    assert any("litre" in line and "one hundred grams" in line for line in said)


@pytest.mark.parametrize(("name", "least", "most"), [("cast-leg", 4.5, 5.5), ("fracture-simple", 4.5, 5.5),
    ("foot-pedicure", 4.5, 6.5), ("muscle-stretch", 5, 10)])  # fmt: skip
def test_what_has_a_length_keeps_it(name: str, least: float, most: float) -> None:
    assert least <= whole(name).seconds / 60 <= most
