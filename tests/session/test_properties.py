"""What holds whatever people say and whatever breaks: random events over the shipped and the small routines."""

from __future__ import annotations

import pickle
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.session.playing import Play
from tests.session.routines import SHIPPED, SMALL, routine
from voice_coach.commands import Command
from voice_coach.person import Person
from voice_coach.rehearsal import Rehearsal
from voice_coach.routine.body import Area
from voice_coach.routine.model import Outcome, Rung, Step
from voice_coach.session.events import (
    Effect,
    Event,
    Heard,
    Hush,
    Lost,
    Returned,
    Say,
    Spoken,
    Suspected,
    Tempo,
    Tick,
    Withdrawn,
)
from voice_coach.session.moves import SHORTEST_RUNG
from voice_coach.session.pressure import RESTED
from voice_coach.session.session import advance, due, over
from voice_coach.session.state import (
    TAKEN_BACK,
    Asking,
    Changing,
    Closing,
    Doing,
    Ended,
    Offering,
    Paused,
    Preparing,
    Session,
    freeze,
)
from voice_coach.session.state import Phase as SessionPhase
from voice_coach.session.timeline import tempo
from voice_coach.stage import Line, play

QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

PARTS = ("microphone", "loudspeaker", "voice", "recogniser", "computer")
GROWS = {Command.MORE_TIME, Command.SLOWER, Command.UNDO, Command.BACK, Command.GO_TO, Command.START_OVER}
"""The commands after which more may be left of a turn than before."""

numbers = st.integers(min_value=1, max_value=29)
heard = st.builds(
    lambda command, number: Heard(command, command.value, "key", number if command is Command.GO_TO else None),
    st.sampled_from(Command),
    numbers,
)
broken = st.sampled_from([Lost(part, "It is gone.") for part in PARTS] + [Returned(part) for part in PARTS])
doubts = st.sampled_from([Suspected(Command.STOP, "stop"), Suspected(Command.PAIN, "ow"), Withdrawn()])
stray = st.sampled_from([Tick(), Spoken(1), Spoken(2), Spoken(10_000)])
"""Events that come early, late, twice, or for something that was never said."""
pauses = st.sampled_from([0.0, 0.001, 0.5, 1.7, 3.0, 6.1, 9.0, 20.0, 31.3, 61.0]) | st.floats(0, 120)
happenings = st.lists(st.tuples(pauses, heard | heard | heard | broken | doubts | stray), min_size=1, max_size=25)
routines = st.sampled_from(SMALL + SHIPPED)


def begun(name: str, step: int | None) -> Play:
    """A session of a routine, answered as one would who is well; hands on at *step*, or at its very beginning."""
    played = Play(routine(name))
    while step is not None and isinstance(played.session.phase, Asking | Preparing):
        match played.session.phase:
            case Asking(questions=questions, index=index):
                played.hear("no" if questions[index].no is Outcome.GO_ON else "yes")
            case _:
                played.hear("ready")
    if step is not None:
        played.happen(Heard(Command.GO_TO, "step", number=step))
        played.hear("ready")
    return played


places = st.tuples(routines, st.none() | st.integers(1, 20))


# Always -------------------------------------------------------------------------------------------


@QUICK
@given(places, happenings)
def test_whatever_happens(place: tuple[str, int | None], happening: list[tuple[float, Event]]) -> None:
    played = begun(*place)
    for seconds, event in happening:
        _pass_time(played, seconds)
        before, now = played.session, played.now
        effects = played.happen(event)
        _check(before, event, played.session, effects, now)
        _stop_ends(played.session, now)
        _pain_hushes(played.session, now)


def _pass_time(played: Play, seconds: float) -> None:
    before = played.session
    effects = played.wait(seconds)
    numbers = [effect.number for effect in effects if isinstance(effect, Say)]
    assert numbers == list(range(before.says + 1, before.says + 1 + len(numbers)))
    _consistent(played.session)
    wanted = due(played.session)
    if wanted is not None and not over(played.session, played.now):
        assert wanted > played.now, "everything that was due has been done"


def _check(before: Session, event: Event, after: Session, effects: list[Effect], now: float) -> None:
    _consistent(after)
    says = [effect.number for effect in effects if isinstance(effect, Say)]
    assert says == list(range(before.says + 1, after.says + 1))
    if isinstance(event, Heard) and (event.path == "key" or not before.asleep):
        assert effects, f"{event.command} gets no answer in {before.phase}"
    _left_never_grows(before, event, after, now)
    _offer_is_gentler(before, event, after)


def _consistent(session: Session) -> None:
    """The session neither hangs nor touches what is left out, and keeps its limits."""
    phase = session.phase
    if not isinstance(phase, Paused | Ended):
        assert session.saying or session.doubted is not None or getattr(phase, "since", None) is not None, (
            f"nothing will ever move {phase}"
        )
    assert not isinstance(phase, Paused) or not isinstance(phase.phase, Paused)
    area = _hands(session, phase)
    assert area is None or not session.leaves_out(area), f"{area} is left out"
    assert -18 <= session.volume <= 9
    assert 0.5 <= session.pace <= 1.5
    assert len(session.reports) < 3 or isinstance(phase, Ended)
    if isinstance(phase, Doing):
        step = session.turns[phase.turn].step
        work = session.turns[phase.turn].rung(phase.rung)
        fastest = step.technique.fastest if isinstance(work, Step) else work.tempo
        assert tempo(session) <= (fastest or 200) + 1e-9
        assert isinstance(work, Step) or work.pressure < step.pressure


def _hands(session: Session, phase: SessionPhase) -> Area | None:
    """Where hands are, or will be next."""
    match phase:
        case Doing(turn=turn) | Changing(turn=turn):
            return session.turns[turn].area
        case Offering(turn=turn, rung=rung):
            return None if rung is None else session.turns[turn].area
        case Asking(then=inner) | Paused(phase=inner):
            return _hands(session, inner)
    return None


def _doing(phase: SessionPhase) -> Doing | None:
    inner = phase.phase if isinstance(phase, Paused) else phase
    return inner if isinstance(inner, Doing) else None


def _left_never_grows(before: Session, event: Event, after: Session, now: float) -> None:
    was, became = _doing(before.phase), _doing(after.phase)
    if was is None or became is None or (was.turn, was.rung) != (became.turn, became.rung):
        return
    if isinstance(event, Heard) and event.command in GROWS:
        return
    assert became.length - became.elapsed(now) <= was.length - was.elapsed(now) + 1e-6


def _offer_is_gentler(before: Session, event: Event, after: Session) -> None:
    was = _doing(before.phase)
    if was is None or not isinstance(event, Heard) or event.command is not Command.PAIN:
        return
    offer = after.phase.then if isinstance(after.phase, Asking) else after.phase
    if isinstance(offer, Offering) and offer.rung is not None:
        hurt = before.turns[was.turn].rung(was.rung).pressure
        accepted, _ = advance(replace(after, phase=offer), Heard(Command.YES, "yes"), 1e6)
        assert isinstance(accepted.phase, Doing)
        gentler = accepted.turns[accepted.phase.turn].rung(accepted.phase.rung)
        assert isinstance(gentler, Rung)
        assert gentler.pressure < hurt


def _stop_ends(session: Session, now: float) -> None:
    after, effects = advance(session, Heard(Command.STOP, "stop", "safety"), now)
    assert effects[0] == Hush()
    assert isinstance(after.phase, Ended)
    assert tempo(after) == 0


def _pain_hushes(session: Session, now: float) -> None:
    after, effects = advance(session, Heard(Command.PAIN, "ow", "safety"), now)
    assert effects[0] == Hush()
    assert not any(isinstance(effect, Tempo) and effect.per_minute for effect in effects)
    assert isinstance(after.phase, Asking | Offering | Paused | Ended)


# A willing person ---------------------------------------------------------------------------------


@QUICK
@given(places, st.lists(st.tuples(pauses, heard), max_size=15))
def test_every_session_of_a_willing_person_ends(place: tuple[str, int | None], said: list[tuple[float, Heard]]) -> None:
    now, script = 0.0, []
    for seconds, each in [*said, (60.0, Heard(Command.CONTINUE, "continue"))]:
        now += seconds
        script.append((now, each))
    told: list[Line] = []
    content = routine(place[0])
    reason = play(content, Rehearsal(script, Person(content)), told.append)
    assert reason in ("finished", "stopped", "pain", "red_flag", "declined")
    assert [line["reason"] for line in told if line["event"] == "end"][-1] == reason
    times = [float(str(line["t"])) for line in told]
    assert times == sorted(times)


@pytest.mark.parametrize("name", SMALL + SHIPPED)
def test_both_sides_get_equal_time_when_nothing_interferes(name: str) -> None:
    told: list[Line] = []
    content = routine(name)
    assert play(content, Rehearsal((), Person(content)), told.append) == "finished"
    spans: dict[str, list[float]] = {}
    step, start = "", 0.0
    for line in told:
        match line:
            case {"event": "step", "id": str(name_of_step)}:
                coming = name_of_step
            case {"event": "cue", "cue": "start", "t": float(t)}:
                step, start = coming, t
            case {"event": "cue", "cue": "end", "t": float(t)}:
                spans.setdefault(step, []).append(t - start)
    assert list(spans) == [each.id for each in content.steps]
    for each in content.steps:
        assert spans[each.id] == pytest.approx([each.seconds] * len(spans[each.id]), abs=1.5), each.id
        assert max(spans[each.id]) - min(spans[each.id]) < 0.003


@pytest.mark.parametrize("name", SHIPPED)
def test_cues_come_when_they_are_due(name: str) -> None:
    told: list[Line] = []
    content = routine(name)
    play(content, Rehearsal((), Person(content)), told.append)
    cues = [line for line in told if line["event"] == "cue"]
    for cue, following in pairwise(cues):
        if cue["cue"] == "ten_seconds":
            assert following["cue"] == "end"
            assert float(str(following["t"])) - float(str(cue["t"])) == pytest.approx(10, abs=1.5)


# Pauses, undo -------------------------------------------------------------------------------------


@QUICK
@given(places.filter(lambda place: place[1] is not None), st.floats(0, 100), st.floats(0, 5000))
def test_a_pause_keeps_what_is_left(place: tuple[str, int | None], until: float, long: float) -> None:
    played = begun(*place)
    played.wait(until)
    before = freeze(played.session.phase, played.now)
    if isinstance(before, Closing | Ended):
        return
    played.hear("pause")
    played.wait(long)
    played.hear("continue")
    after = freeze(played.session.phase, played.now)
    if isinstance(before, Doing) and isinstance(after, Doing) and long > RESTED - 5:  # then hands begin softly
        assert after.ease >= before.ease
        after = replace(after, ease=before.ease)
    assert after == before
    played.wait(2.0)
    after = played.session.phase
    if isinstance(before, Doing) and isinstance(after, Doing):
        assert after.done == pytest.approx(before.done, abs=0.001)
        assert after.since == played.now


@QUICK
@given(places, st.floats(0, 100), heard, st.floats(0, 59))
def test_undo_restores(place: tuple[str, int | None], until: float, said: Heard, later: float) -> None:
    played = begun(*place)
    played.wait(until)
    before, now = played.session, played.now
    if isinstance(before.phase, Ended):
        return
    played.happen(said)
    changed = freeze(played.session.phase, now) != freeze(before.phase, now)
    if not changed or over(played.session, now) or said.command is Command.UNDO:
        return
    after, _ = advance(played.session, Heard(Command.UNDO, "undo"), now + later)
    if isinstance(played.session.phase, Ended) and played.session.phase.reason not in TAKEN_BACK:
        assert after.phase == played.session.phase
        return
    assert freeze(after.phase, now) == freeze(before.phase, now)
    assert (after.reports, after.left_out, after.pace) == (before.reports, before.left_out, before.pace)


@QUICK
@given(places, st.floats(0, 100), st.floats(0, 120))
def test_stop_is_taken_back_within_a_minute_only(place: tuple[str, int | None], until: float, later: float) -> None:
    played = begun(*place)
    played.wait(until)
    if isinstance(played.session.phase, Ended):
        return
    before = freeze(played.session.phase, played.now)
    played.hear("stop")
    ended, now = played.session, played.now
    after, _ = advance(ended, Heard(Command.CONTINUE, "continue"), now + later)
    assert freeze(after.phase, now) == before if later <= 60 else isinstance(after.phase, Ended)


def test_a_session_grows_no_larger_with_what_is_said() -> None:
    played = begun("calf", 1)
    sizes = []
    for _ in range(300):
        played.story("pause", 1.0, "continue", 1.0)
        sizes.append(len(pickle.dumps(played.session)))
    assert isinstance(played.session.phase, Doing | Paused)
    assert max(sizes[100:]) < 1.1 * max(sizes[:20])


def test_undo_goes_back_command_by_command() -> None:
    played = begun("calf", 1)
    played.wait(29.0)
    first = freeze(played.session.phase, played.now)
    played.story("pause", 1.0, "stop", 1.0, "undo")
    assert isinstance(played.session.phase, Paused)
    played.story(1.0, "undo")
    assert freeze(played.session.phase, played.now) == first


def test_a_rung_is_long_enough_to_feel() -> None:
    played = begun("calf", 1)
    played.wait(29.0)
    played.hear("softer")
    assert isinstance(played.session.phase, Doing)
    assert played.session.phase.length == SHORTEST_RUNG


def test_two_suspicions_and_no_alarm_leave_nothing_unsaid() -> None:
    played = begun("calf", None)
    said = played.said
    played.happen(Suspected(Command.PAIN, "ow"))
    played.happen(Suspected(Command.STOP, "stop"))
    played.happen(Withdrawn())
    assert played.said == said
    played.wait(2.0)
    assert isinstance(played.session.phase, Doing)
    assert played.session.phase.since == played.now


def test_silence_is_silence() -> None:
    """After a hush without words nothing is waited for that will never be spoken."""
    played = begun("calf", 1).story(20.0, "pause", 3.0, "continue", 0.5, "ready")
    assert not played.session.saying
    assert played.wait(40.0)
    ended = begun("calf", 1).story("stop", 0.5, "stop")
    assert not ended.session.saying
    ended.wait(60.0)
    assert over(ended.session, ended.now)
