"""The safety rules: a table of small checks that every routine keeps.

What a region holds counts: whoever kneads "leg" kneads the back of the knee too. R1 to R16 are
the rules of the craft; H1 to H9 keep the questions, the cast, the bath and the check-ins safe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from voice_coach.errors import UserError
from voice_coach.routine import routine_checks as on_all
from voice_coach.routine import step_checks as on_one
from voice_coach.routine.findings import Finding
from voice_coach.routine.model import Routine, Step


@dataclass(frozen=True)
class Rule:
    """One rule, with the check of a step alone, of a whole routine, or both."""

    number: str
    sentence: str
    source: str
    checked: str
    """What is looked at in a routine."""
    on_step: Callable[[Step], Iterator[Finding]] | None = None
    on_routine: Callable[[Routine], Iterator[Finding]] | None = None


def check(routine: Routine) -> list[Finding]:
    """Everything in a routine that breaks a rule."""
    found = [finding for index, step in enumerate(routine.steps) for finding in check_step(step, index)]
    for rule in RULES:
        if rule.on_routine:
            found += [replace(finding, rule=rule.number) for finding in rule.on_routine(routine)]
    return found


def check_step(step: Step, index: int) -> list[Finding]:
    """Everything in a step that breaks a rule, whatever stands around it."""
    return [
        replace(finding, rule=rule.number, step=index)
        for rule in RULES
        if rule.on_step
        for finding in rule.on_step(step)
    ]


def explain(number: str) -> str:
    """What a rule says, where it comes from and how it is checked, a line each. Raises UserError for no such rule."""
    rules = {rule.number: rule for rule in RULES}
    rule = rules.get(number.strip().upper())
    if rule is None:
        raise UserError(f"there is no rule {number!r}; the rules are {', '.join(rules)}.")
    return f"{rule.number}: {rule.sentence}\nSource: {rule.source}.\nChecked: {rule.checked}."


_GENERAL = "general rules of restorative massage"
RULES: tuple[Rule, ...] = (
    Rule(
        "R1",
        "Strokes go towards the nearest lymph nodes: hand to armpit, foot to groin, breastbone to armpit, hairline to "
        "collarbone, sacrum to neck, straight belly muscle downwards, oblique upwards; soothing strokes from ankle to "
        "toes and strokes away from a cast or fracture are the exceptions.",
        _GENERAL,
        checked="each step's `from` and `to` must lie in this order on one way of its region, and not cross a "
        "knee it does not name",
        on_step=on_one.direction,
    ),
    Rule(
        "R2",
        "Lymph nodes are never worked on, and where they lie there is no pressure.",
        _GENERAL,
        checked="no step has nodes as its region, `from` or `to`; on groin, armpit and neck, whose nodes lie "
        "there, pressure is 1 at most",
        on_step=on_one.nodes,
    ),
    Rule(
        "R3",
        "Hands begin and end with light stroking, and pressure changes by one level at a time.",
        "all massage parts",
        checked="the first and the last step with hands on are stroking with pressure 1; neighbouring steps with "
        "hands on differ by at most 1",
        on_routine=on_all.gradual,
    ),
    Rule(
        "R4",
        "Rubbing makes at most 100 circles a minute, kneading at most 60.",
        "back massage",
        checked="each step's tempo, its technique's `fastest` and its gentler ways' tempos are compared with the limit",
        on_step=on_one.tempo,
    ),
    Rule(
        "R5",
        "At most 10 seconds on one point.",
        "back massage",
        checked="each step's `seconds_per_point` is 10 at most, and pressing always has one",
        on_step=on_one.points,
    ),
    Rule(
        "R6",
        "Never on the spine itself, and nothing strong beside it.",
        "back massage",
        checked="no step has spine as its region; what holds the spine is only stroked; beside_spine gets "
        "pressure 2 at most",
        on_step=on_one.spine,
    ),
    Rule(
        "R7",
        "No tapping, patting or chopping over the kidneys, the knee, the shin, the back of the knee, or bones.",
        "back massage; front and back of the leg",
        checked="no tapping, patting or chopping has a region that is one of these, lies in one or holds one",
        on_step=on_one.percussion,
    ),
    Rule(
        "R8",
        "The back of the knee is only stroked, without pressure.",
        "back of the leg",
        checked="whatever region holds the back of the knee is only stroked, with pressure 1 at most",
        on_step=on_one.back_of_knee,
    ),
    Rule(
        "R9",
        "The kneecap is treated gently, and left out when the knee is injured.",
        "front of the leg",
        checked="whatever region holds the kneecap gets pressure 1 at most; who works on a knee asks about an "
        "injury, or leaves knees out",
        on_step=lambda step: on_one.most(step, "R9"),
        on_routine=on_all.injured_knee,
    ),
    Rule(
        "R10",
        "The inner thigh gets light techniques only, never percussion.",
        "front of the leg",
        checked="whatever region holds the inner thigh gets pressure 2 at most and no percussion",
        on_step=on_one.inner_thigh,
    ),
    Rule(
        "R11",
        "Where there are varicose veins nothing is pressed; they are asked about.",
        "back of the leg",
        checked="where a leg gets pressure 2 or more, a question about varicose veins declines, asks the doctor, "
        "leaves that region out or lets it be stroked lightly at most",
        on_routine=on_all.varicose,
    ),
    Rule(
        "R12",
        "The middle of the sole is treated carefully.",
        "foot massage",
        checked="whatever region holds the sole gets pressure 2 at most",
        on_step=lambda step: on_one.most(step, "R12"),
    ),
    Rule(
        "R13",
        "The shin is treated gently; firm pressure is for the heel, the front of the thigh, buttocks and sacrum.",
        "front of the leg; back massage",
        checked="pressure 4 only on those regions; whatever region holds the shin gets 2 at most",
        on_step=on_one.firm,
    ),
    Rule(
        "R14",
        "The lower leg is kneaded at most 7 times a leg.",
        "self-massage",
        checked="kneading that reaches a lower leg has `repetitions`, and they are added up for each side over "
        "the whole routine",
        on_routine=on_all.lower_leg,
    ),
    Rule(
        "R15",
        "A calf that was strained is stroked lightly at most, and never wrung; the strain is asked about.",
        "self-massage",
        checked="where a calf gets pressure 2 or more, or is moved, a question about a strain declines, "
        "leaves calves out or lets them be stroked lightly at most",
        on_routine=on_all.strain,
    ),
    Rule(
        "R16",
        "Every step with pressure has gentler ways out, strictly falling, ending in rest.",
        "no pain, ever",
        checked="the ladder of each step with pressure: each rung lower than what comes before it, the last one 0",
        on_step=on_one.ladder,
    ),
    Rule(
        "H1",
        "What makes massage unsafe is asked before the start, and an absolute reason declines.",
        "contraindications of all massage parts",
        checked="for what the routine touches, a question about each reason must be there, with an answer that "
        "declines or asks the doctor",
        on_routine=on_all.screening,
    ),
    Rule(
        "H2",
        "A red flag's question ends the session.",
        "leaflets for people with a cast",
        checked="each question under `red_flags` has an answer that leads to red_flag",
        on_routine=on_all.red_flags,
    ),
    Rule(
        "H3",
        "A healing leg is touched lightly; nothing goes under a cast, it stays dry, and red flags are asked about.",
        "leaflets for people with a cast",
        checked="pressure on and near a cast or break; red flags, the days and what must be said are looked for; "
        "no soaking with a cast",
        on_step=on_one.cast,
        on_routine=on_all.cast,
    ),
    Rule(
        "H4",
        "Nobody goes into a bath before the water is tested.",
        "house rule",
        checked="a routine with soaking has a preparation with `gate: true`",
        on_routine=on_all.bath_water,
    ),
    Rule(
        "H5",
        "Nobody alone is asked to reach their own upper back.",
        "house rule",
        checked="no step of a routine for people alone has hands on the upper back",
        on_routine=on_all.alone,
    ),
    Rule(
        "H6",
        "A step is one that hands can do: its sides exist, its pressure fits.",
        "house rule",
        checked="no sides in the middle of the body, no touch without pressure, no pressing while resting, at "
        "most 2 on the belly",
        on_step=on_one.sides,
    ),
    Rule(
        "H7",
        "Who is asked whether it is still comfortable has time to answer within the step.",
        "house rule",
        checked="each of a step's `check_ins` is at least 10 s before its end, and at least 10 s after the one before",
        on_step=on_one.check_ins,
    ),
    Rule(
        "H8",
        "A bath has an end: what runs beside the steps is waited for, and what lies in it is left in peace.",
        "house rule",
        checked="each `starts` has a later `waits_for`, one at a time, 20 minutes at most; no step between works where "
        "it runs",
        on_routine=on_all.waits,
    ),
    Rule(
        "H9",
        "Feet are dried after a bath, between the toes too, before hands work on them with oil.",
        "house rule",
        checked="after soaking that reaches the toes, a step of tending says to dry between the toes, before hands "
        "work on a foot",
        on_routine=on_all.dried,
    ),
)
"""Every rule, in order."""
