"""Every shipped routine, whatever people say while it runs: sessions by the thousand, drawn by lot.

The lot is the same each time. VOICE_COACH_SESSIONS sets how many sessions of each routine there are.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from tests.session.routines import SHIPPED, routine
from tests.session.wandering import wander
from voice_coach.commands import Command
from voice_coach.errors import UserError
from voice_coach.routine.body import REGIONS, Area, Side
from voice_coach.routine.body_map import EASED, Spot
from voice_coach.routine.options import chosen, forms
from voice_coach.routine.tailor import tailor
from voice_coach.session.events import Heard, Hush
from voice_coach.session.session import advance, begin
from voice_coach.session.state import Asking, Doing, Ended, Offering, Phase, Session
from voice_coach.session.timeline import length

SESSIONS = int(os.environ.get("VOICE_COACH_SESSIONS", "150"))
"""Of each routine, its forms in turn; all together 3450, and up to a third as many fitted to a body map."""


@pytest.mark.timeout(0)
@pytest.mark.parametrize("name", SHIPPED)
def test_whatever_is_said_every_session_ends_and_keeps_the_rules(name: str) -> None:
    ends: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    ways = [chosen(routine(name), choices) for choices in forms(routine(name))]
    for seed in range(SESSIONS):
        try:
            played = wander(ways[seed % len(ways)], seed)
        except AssertionError as error:
            raise AssertionError(f"session {seed} of {name}: {error}") from error
        assert isinstance(played.session.phase, Ended)
        ends[played.session.phase.reason] += 1
        seen += played.seen
    for judged in ("pain", "stop", "gentler after a report", "left out", "left out after two reports"):
        assert seen[judged] > 0, f"nobody ever tried: {judged}"
    if any(step.starts for way in ways for step in way.steps):
        assert seen["a bath"] > 100
        assert seen["a bath at its longest"] >= 10
        assert seen["waited for"]
    assert ends["finished"] > SESSIONS / 10
    assert ends["pain"]


@pytest.mark.timeout(0)
@pytest.mark.parametrize("name", SHIPPED)
def test_fitted_to_anybody_every_form_ends_and_keeps_the_rules(name: str) -> None:
    """With spots here and there to keep away from, or to touch lightly at most."""
    lot = Random(name)
    ways = [chosen(routine(name), choices) for choices in forms(routine(name))]
    guided = 0
    for seed in range(SESSIONS // 3):
        named = [
            Spot(Area(lot.choice(sorted(REGIONS)), lot.choice((Side.LEFT, Side.RIGHT))), why, why in EASED)
            for why in lot.choices(("bruise", "varicose veins", "cast", "strain"), k=lot.randint(1, 3))
        ]
        try:
            fitted = tailor(ways[seed % len(ways)], named)
        except UserError:
            continue
        try:
            played = wander(fitted.told, seed)
        except AssertionError as error:
            raise AssertionError(f"session {seed} of {name} without {named}: {error}") from error
        assert isinstance(played.session.phase, Ended)
        guided += 1
    assert guided > SESSIONS / 30


def test_the_lot_is_wide_enough_to_judge() -> None:
    """Otherwise the test above would say little about tempos and sides."""
    seen = sum((wander(routine(name), seed).seen for name in SHIPPED for seed in range(3)), Counter[str]())
    assert seen["tempos"] > 300
    assert seen["two sides"] > 100
    assert seen["eased"] > 100
    assert all(seen[command.value] for command in Command)


@pytest.mark.parametrize("name", SHIPPED)
def test_from_every_step_and_every_rung_there_is_a_gentler_way_or_one_out(name: str) -> None:
    begun, _ = begin(routine(name))
    for number, turn in enumerate(begun.turns):
        levels = [turn.rung(rung).pressure for rung in range(len(turn.step.ladder) + 1)]
        assert all(lower < higher for higher, lower in pairwise(levels)), turn.step.id
        assert levels[-1] == 0 or turn.step.technique.kind == "resting"
        for rung in range(len(levels)):
            hands_on = replace(
                begun, phase=Doing(number, length(begun, number), rung, done=3.0, since=100.0), saying=False
            )
            reported = _hear(hands_on, Command.PAIN)
            offer = _past_the_flags(reported)
            assert isinstance(offer.phase, Offering)
            if rung + 1 < len(levels):
                eased = _hear(offer, Command.YES)
                assert isinstance(eased.phase, Doing)
                assert (eased.phase.turn, eased.phase.rung) == (number, rung + 1)
                softer = _hear(hands_on, Command.SOFTER)
                assert isinstance(softer.phase, Doing)
                assert softer.phase.rung == rung + 1
            elif turn.step.starts:
                assert reported.said
                assert turn.step.starts.out in reported.said.lines
                continue
            else:
                assert offer.leaves_out(turn.area)
            for out in (_hear(offer, Command.SKIP), _hear(hands_on, Command.SKIP)):
                assert not isinstance(out.phase, Doing) or out.turns[out.phase.turn].index > turn.index
            assert _hear(offer, Command.NO).leaves_out(turn.area)


def _hear(session: Session, command: Command) -> Session:
    after, effects = advance(session, Heard(command, command.value, "safety"), 110.0)
    assert command is not Command.PAIN or effects[0] == Hush()
    return after


def _past_the_flags(session: Session) -> Session:
    """Every red flag is answered with no."""
    asked: list[Phase] = []
    while isinstance(session.phase, Asking):
        assert session.phase not in asked
        asked.append(session.phase)
        session = _hear(session, Command.NO)
    return session
