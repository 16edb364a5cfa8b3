"""Every phase answers every command: the whole table, each phase reached through what people say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.session.playing import Play
from tests.session.routines import routine
from voice_coach.commands import Command
from voice_coach.session.events import Effect, End, Hush, Say, Sound, Tempo, Volume
from voice_coach.session.state import (
    PHASES,
    Asking,
    Changing,
    Closing,
    Doing,
    Ended,
    Offering,
    Paused,
    Phase,
    Preparing,
    Waiting,
)

PLACES: dict[str, Callable[[], Play]] = {
    "asking": lambda: Play(routine("screened")).story(3.0, "no", 3.0),
    "preparing": lambda: Play(routine("screened")).story("no", "no", "no", 3.0),
    "doing": lambda: Play(routine("calf")).story("step two", 3.0, 45.0),
    "changing": lambda: Play(routine("calf")).story(2.0, "next", 3.0),
    "waiting": lambda: Play(routine("bath")).story(120.0),
    "offering": lambda: Play(routine("calf")).story(2.0, 15.0, "pain", 5.0),
    "left out": lambda: Play(routine("calf")).story(2.0, 15.0, "pain", 5.0, "pain", 5.0),
    "flags": lambda: Play(routine("screened")).story("no", "no", "no", "ready", "ready", 5.0, "pain", 5.0),
    "paused": lambda: Play(routine("calf")).story("step two", 3.0, 45.0, "pause", 3.0),
    "closing": lambda: Play(routine("calf")).story("step three", "next", 1.0),
    "stopped": lambda: Play(routine("calf")).story("step two", 3.0, 45.0, "stop", 5.0),
    "finished": lambda: Play(routine("calf")).story("step three", "next", 2.0, 1.0),
}

# What is said or done, and where that leads. A word in brackets is an earcon; "=" stays in the phase.
TABLE = """
command    | asking               | preparing              | doing               | changing        | waiting                    | offering              | left out        | flags                 | paused              | closing             | stopped              | finished
-----------|----------------------|------------------------|---------------------|-----------------|----------------------------|-----------------------|-----------------|-----------------------|---------------------|---------------------|----------------------|---------
stop       | We end > Ended       | We end > Ended         | We end > Ended      | We end > Ended  | We end > Ended             | We end > Ended        | We end > Ended  | We end > Ended        | We end > Ended      | We end > Ended      | hush =               | hush =
pain       | Hands off =          | anything numb > Asking | light kneading > Offering | lighter stroke > Offering | Lift the feet > Offering   | left calf out = | We end > Ended | the calf out = | light kneading > Offering | noted > Paused | We end =          | Goodbye =
red_flag   | a doctor now > Ended | a doctor now > Ended   | a doctor now > Ended | a doctor now > Ended | a doctor now > Ended       | a doctor now > Ended | a doctor now > Ended | a doctor now > Ended | a doctor now > Ended | a doctor now > Ended | a doctor now =  | a doctor now =
next       | need a yes =         | Warm your hands =      | Change sides > Changing | Begin now > Doing | Step 3 > Doing             | lighter stroke > Doing | Change sides > Changing | need a yes =  | Change sides > Changing | Goodbye > Ended | (nothing) =          | (nothing) =
repeat     | pregnancy =          | cushion =              | Lift the muscle =   | Change sides =  | Rest until =               | lighter stroke =      | Say ready to go on = | numb =           | Paused =            | That was the calf = | We end =             | Goodbye =
back       | fever =              | cushion =              | Step 1 of 3 =       | left side > Doing | right side > Doing         | first one =         | first one =     | numb =                | Step 1 of 3 > Doing | Step 3 > Doing      | (nothing) =          | (nothing) =
pause      | Paused > Paused      | Paused > Paused        | Paused > Paused     | Paused > Paused | goes on meanwhile > Paused | Paused > Paused       | Paused > Paused | Paused > Paused       | (nothing) =         | Paused > Paused     | (nothing) =          | (nothing) =
continue   | need a yes =         | Warm your hands =      | (nothing) =         | Begin now > Doing | Step 3 > Doing             | lighter stroke > Doing | Change sides > Changing | need a yes =  | On we go > Doing    | (nothing) =         | Taken back > Doing   | (nothing) =
softer     | (nothing) =          | (nothing) =            | Light kneading =    | (nothing) =     | (nothing) =                | lighter stroke > Doing | Change sides > Changing | (nothing) =   | Light kneading > Doing | (nothing) =      | (nothing) =          | (nothing) =
slower     | no beat =            | no beat =              | (heard) =           | no beat =       | no beat =                  | no beat =             | no beat =       | no beat =             | (heard) =           | no beat =           | (nothing) =          | (nothing) =
faster     | no beat =            | no beat =              | (heard) =           | no beat =       | no beat =                  | no beat =             | no beat =       | no beat =             | (heard) =           | no beat =           | (nothing) =          | (nothing) =
louder     | volume 3 =           | volume 3 =             | volume 3 =          | volume 3 =      | volume 3 =                 | volume 3 =            | volume 3 =      | volume 3 =            | volume 3 =          | volume 3 =          | volume 3 =           | volume 3 =
quieter    | volume -3 =          | volume -3 =            | volume -3 =         | volume -3 =     | volume -3 =                | volume -3 =           | volume -3 =     | volume -3 =           | volume -3 =         | volume -3 =         | volume -3 =          | volume -3 =
how_long   | in all =             | in all =               | seconds here =      | in all =        | minutes here =             | seconds here =        | in all =        | seconds here =        | seconds here =      | at the end =        | (nothing) =          | (nothing) =
help       | yes, no =            | ready, repeat =        | softer, pause =     | ready, skip =   | next, back =               | yes, skip =           | yes, skip =     | yes, no =             | continue, next =    | repeat or back. That = | We end =          | Goodbye =
more_time  | Take your time =     | Take your time =       | Half a minute more = | Take your time = | Half a minute more =       | Take your time =    | Take your time = | Take your time =     | Half a minute more = | (nothing) =        | (nothing) =          | (nothing) =
skip       | need a yes =         | This one matters =     | Step 3 > Doing      | Step 2 > Doing  | Step 3 > Doing             | out from now on > Changing | Change sides > Changing | need a yes = | Step 3 > Doing      | Goodbye > Ended     | (nothing) =          | (nothing) =
yes        | doctor has to agree = | Warm your hands =     | (nothing) =         | Begin now > Doing | Step 3 > Doing             | lighter stroke > Doing | Change sides > Changing | a doctor now > Ended | On we go > Doing | (nothing) =  | (nothing) =          | (nothing) =
no         | strained =           | (nothing) =            | (nothing) =         | (nothing) =     | (nothing) =                | out from now on > Changing | Change sides > Changing | toes blue =  | (nothing) =         | (nothing) =         | (nothing) =          | (nothing) =
ready      | need a yes =         | Warm your hands =      | (nothing) =         | Begin now > Doing | Step 3 > Doing             | lighter stroke > Doing | Change sides > Changing | need a yes =  | On we go > Doing    | (nothing) =         | (nothing) =          | (nothing) =
go_to      | need a yes =         | First this =           | Step 3 =            | Step 3 > Doing  | Step 3 > Doing             | Step 3 > Doing        | Step 3 > Doing  | need a yes =          | Step 3 > Doing      | Step 3 > Doing      | (nothing) =          | (nothing) =
start_over | fever =              | From the beginning =   | Step 1 =            | Step 1 > Doing  | Step 1 > Doing             | Step 1 > Doing        | right side > Doing | numb =             | Step 1 > Doing      | Step 1 > Doing      | (nothing) =          | (nothing) =
undo       | Taken back =         | Taken back > Asking    | Taken back =        | Taken back > Doing | nothing to take back =     | Taken back > Doing | Taken back =    | Taken back > Doing    | Taken back > Doing  | Taken back > Doing  | Taken back > Doing   | (nothing) =
what_heard | heard: no =          | heard: no =            | heard: step two =   | heard: next =   | heard nothing =            | heard discomfort =    | heard discomfort = | heard discomfort =  | heard: pause =      | heard: next =       | word for ending =    | heard: next =
sleep      | safety words only =  | safety words only =    | safety words only = | safety words only = | safety words only =        | safety words only = | safety words only = | safety words only = | safety words only = | safety words only = | (nothing) =          | (nothing) =
wake       | (nothing) =          | (nothing) =            | (nothing) =         | (nothing) =     | (nothing) =                | (nothing) =           | (nothing) =     | (nothing) =           | (nothing) =         | (nothing) =         | (nothing) =          | (nothing) =
"""  # noqa: E501


def read_table() -> dict[tuple[str, Command], str]:
    head, _, *rows = ([cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines())
    return {(place, Command(row[0])): cell for row in rows for place, cell in zip(head[1:], row[1:], strict=True)}


CELLS = read_table()


def say(play: Play, command: Command) -> list[Effect]:
    return play.hear("step three" if command is Command.GO_TO else command)


@pytest.mark.parametrize(("place", "command"), CELLS, ids=lambda value: str(value))
def test_answer(place: str, command: Command) -> None:
    play = PLACES[place]()
    before = type(play.session.phase)
    answer, stays, leads = (
        CELLS[place, command].rpartition("=") if "=" in CELLS[place, command] else _leads(place, command)
    )
    effects = say(play, command)
    _check_answer(play, effects, answer.strip())
    assert type(play.session.phase) is (before if stays == "=" else _phase(leads.strip()))


def _leads(place: str, command: Command) -> tuple[str, str, str]:
    return CELLS[place, command].rpartition(">")


def _phase(name: str) -> type[Phase]:
    return next(phase for phase in PHASES if phase.__name__ == name)


def _check_answer(play: Play, effects: list[Effect], answer: str) -> None:
    assert effects
    match answer.split():
        case ["hush"]:
            assert effects == [Hush()]
        case ["volume", decibels]:
            assert Volume(float(decibels)) in effects
            assert any(isinstance(effect, Sound) for effect in effects)
        case [earcon] if earcon.startswith("("):
            assert [f"({effect.earcon})" for effect in effects if isinstance(effect, Sound)] == [earcon]
            assert not play.said
        case _:
            assert answer.lower() in play.said.lower()


def test_the_table_is_whole_and_every_phase_is_in_it() -> None:
    reached = {type(PLACES[place]().session.phase) for place, _ in CELLS}
    assert reached == set(PHASES)
    assert {command for _, command in CELLS} == set(Command)
    assert len(CELLS) == len(PLACES) * len(Command)


@pytest.mark.parametrize("place", PLACES)
def test_the_places_are_what_they_are_called(place: str) -> None:
    wanted: dict[str, type[Phase]] = {
        "asking": Asking, "preparing": Preparing, "doing": Doing, "changing": Changing, "offering": Offering,
        "left out": Offering, "flags": Asking, "waiting": Waiting, "paused": Paused, "closing": Closing,
        "stopped": Ended, "finished": Ended,
    }  # fmt: skip
    assert type(PLACES[place]().session.phase) is wanted[place]


@pytest.mark.parametrize("place", PLACES)
def test_stop_ends_at_once_with_silence_first(place: str) -> None:
    play = PLACES[place]()
    effects = play.hear("stop")
    assert effects[0] == Hush()
    assert isinstance(play.session.phase, Ended)
    if place not in ("stopped", "finished"):
        assert [effect.reason for effect in effects if isinstance(effect, End)] == ["stopped"]


@pytest.mark.parametrize("place", PLACES)
def test_pain_hushes_and_no_clock_runs_on(place: str) -> None:
    play = PLACES[place]()
    effects = play.hear("ouch")
    assert effects[0] == Hush()
    assert not any(isinstance(effect, Tempo) and effect.per_minute for effect in effects)
    assert not isinstance(play.session.phase, Doing | Changing)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("command", Command)
def test_nothing_is_left_hanging(place: str, command: Command) -> None:
    """After any command, the willing go on to the end: no phase waits for words that nobody speaks."""
    play = PLACES[place]()
    say(play, command)
    play.hear("wake up")
    for _ in range(200):
        play.wait(5.0)
        match play.session.phase:
            case Ended():
                return
            case Asking():
                play.hear("no")
            case Paused():
                play.hear("continue")
            case Preparing() | Offering():
                play.hear("ready")
    pytest.fail(f"never ends; still {play.session.phase}")


def test_one_command_makes_one_say_at_most() -> None:
    for place, command in CELLS:
        effects = say(PLACES[place](), command)
        assert sum(isinstance(effect, Say) for effect in effects) <= 1, (place, command)
