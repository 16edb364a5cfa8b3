"""Every state a session can be in: a report always leads to less or to rest, and there is always a way out.

All turns, rungs and phases of every shipped routine are visited, none drawn by lot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.session.routines import SHIPPED, routine
from voice_coach.commands import Command
from voice_coach.session import words
from voice_coach.session.events import Heard as HeardEvent
from voice_coach.session.events import Hush, Tempo
from voice_coach.session.session import advance, begin
from voice_coach.session.state import (
    EASE,
    Asking,
    Changing,
    Closing,
    Doing,
    Ended,
    Offering,
    Paused,
    Phase,
    Preparing,
    Report,
    Session,
)
from voice_coach.session.timeline import length

NOW = 1000.0


def phases(session: Session) -> Iterator[Phase]:
    """Every phase of every turn, at every rung, its clock running and standing, and paused."""
    yield from (Closing(), Preparing(), Asking(session.routine.questions, Preparing(), since=NOW - 1))
    flags = session.routine.red_flags
    for number, turn in enumerate(session.turns):
        for rung in range(len(turn.step.ladder) + 1):
            doing = Doing(number, length(session, number), rung, done=3.0)
            yield from (replace(doing, done=0.0), doing, replace(doing, since=NOW - 1))
            for levels in range(1, turn.rung(rung).pressure):
                yield replace(doing, since=NOW - 1, ease=EASE * levels)
            yield Paused(doing)
            if number + 1 < len(session.turns) and session.turns[number + 1].index == turn.index:
                yield from (Changing(number + 1, rung, NOW - 1), Paused(Changing(number + 1, rung)))
        for offered in (None, *range(1, len(turn.step.ladder) + 1)):
            offer = Offering(number, offered, 20.0, NOW - 1)
            yield from (offer, Paused(offer))
            if flags:
                yield from (Asking(flags, offer, at, since=NOW - 1) for at in range(len(flags)))


def states(name: str) -> Iterator[tuple[Session, int]]:
    """Every phase without a report, after one in the same place, after one elsewhere, and after two."""
    begun, _ = begin(routine(name))
    begun = replace(begun, saying=False)
    places = [turn.area for turn in begun.turns]
    for phase in phases(begun):
        turn = getattr(phase, "turn", 0)
        elsewhere = next((place for place in places if not place.overlaps(places[turn])), None)
        for before in ((), (places[turn],), (elsewhere,), (elsewhere, None)):
            reports = tuple(Report(10.0 * n, area, 1) for n, area in enumerate(before))
            yield replace(begun, phase=phase, reports=reports), len(reports)


def hear(session: Session, command: Command) -> Session:
    after, effects = advance(session, HeardEvent(command, command.value, "safety"), NOW)
    if command in (Command.PAIN, Command.STOP):
        assert effects[0] == Hush()
        assert not any(isinstance(effect, Tempo) and effect.per_minute for effect in effects)
    return after


def pressed(session: Session) -> tuple[int, int] | None:
    """The turn and the pressure of hands that are on."""
    phase = session.phase.phase if isinstance(session.phase, Paused) else session.phase
    if not isinstance(phase, Doing):
        return None
    easing = round(-(-phase.ease // EASE))
    return phase.turn, max(0, session.turns[phase.turn].rung(phase.rung).pressure - easing)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_report_leads_to_less_to_rest_or_to_the_end_from_everywhere(name: str) -> None:
    flagged = bool(routine(name).red_flags)
    seen = 0
    for state, reports in states(name):
        seen += 1
        was = pressed(state)
        after = hear(state, Command.PAIN)
        if reports == 2:
            assert isinstance(after.phase, Ended)
            assert not flagged or words.WATCH in after.phase.said
            continue
        if flagged:
            assert isinstance(after.phase, Asking), state.phase
            assert after.phase.questions == after.routine.red_flags
            assert after.phase.index == 0, "from the first flag on"
            assert isinstance(hear(after, Command.YES).phase, Ended), "a red flag ends it"
            for _ in after.routine.red_flags:
                after = hear(after, Command.NO)
        assert isinstance(after.phase, Offering | Paused), state.phase
        if was is None:
            continue
        assert isinstance(after.phase, Offering)
        turn, pressure = was
        if after.phase.rung is None and not after.leaves_out(after.turns[turn].area):
            bath, dried = after.turns[turn].step.starts, hear(after, Command.YES)
            assert isinstance(dried.phase, Doing)
            assert bath
            assert dried.turns[dried.phase.turn].step.waits_for == bath.name, "out of the water"
        elif after.phase.rung is not None:
            accepted = hear(after, Command.YES)
            assert isinstance(accepted.phase, Doing)
            assert accepted.turns[turn].rung(after.phase.rung).pressure < pressure
            assert (pressed(accepted) or (0, 9))[1] < pressure
    assert seen > 20 * len(routine(name).steps)


@pytest.mark.parametrize("name", SHIPPED)
def test_stop_ends_everything_from_everywhere(name: str) -> None:
    for state, _ in states(name):
        assert isinstance(hear(state, Command.STOP).phase, Ended), state.phase


@pytest.mark.parametrize("name", SHIPPED)
def test_there_is_a_way_past_everything(name: str) -> None:
    """Skip, no or pause: nobody has to do what is being done, or was offered."""
    for state, _ in states(name):
        phase = state.phase
        if isinstance(phase, Doing | Changing):
            index = state.turns[phase.turn].index
            past = hear(state, Command.SKIP)
            assert not isinstance(past.phase, Doing) or past.turns[past.phase.turn].index > index
        if isinstance(phase, Offering) and phase.rung is not None:
            assert hear(state, Command.NO).leaves_out(state.turns[phase.turn].area)
        assert isinstance(hear(state, Command.PAUSE).phase, Paused), phase
