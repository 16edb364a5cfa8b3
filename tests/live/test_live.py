"""The whole coach over a real sound server: real voice, real PortAudio, real recogniser, a person who speaks."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.faults import FROZEN, INTERRUPTED, shows
from tests.journal.test_privacy import network_calls, watching, without_network
from tests.live.room import WORDS_PER_MINUTE, Coach, Person, answer, coached
from tests.pulse import RATE, Pulse, pulse
from voice_coach.speaking.voice import SystemVoice

EVENING = str(Path(__file__).with_name("evening.yaml"))
QUICK = ("--rate", str(WORDS_PER_MINUTE))


@pytest.fixture(scope="module")
def server() -> Iterator[Pulse]:
    with pulse() as running:
        yield running


@pytest.fixture
def person(server: Pulse) -> Iterator[Person]:
    with SystemVoice("en-us+f2") as voice:
        someone = Person(server, voice)
        yield someone
        someone.leave()


def answer_questions(coach: Coach, person: Person) -> None:
    """A healthy person, who waits for each question to be asked."""
    line = coach.wait_for("fever")
    for upcoming in ("flared", "heart", "wound", "fungus", "cancer", "gout", "Sit down"):
        line = answer(coach, person, line, upcoming, ("no", "no thanks", "nope"))
    answer(coach, person, line, "Begin now", ("i am ready", "ready"))


@pytest.mark.timeout(400)
def test_a_spoken_session_from_the_first_question_to_stop(server: Pulse, person: Person, tmp_path: Path) -> None:
    with server.recording() as heard, coached(server, tmp_path, EVENING, *QUICK) as coach:
        answer_questions(coach, person)
        line = coach.shown[-1]
        answer(coach, person, line, "noted: discomfort, left calf", ("that hurts", "it hurts", "ouch"))
        line = coach.wait_for("Something gentler")
        answer(coach, person, line, "(gentler)", ("yes", "yes please", "continue"))
        line = coach.wait_for("Begin now")
        answer(coach, person, line, "end: stopped", ("stop", "stop it", "please stop"))
        coach.process.send_signal(signal.SIGINT)
        assert coach.process.wait(15) == 0
    events = coach.events()
    assert [e["reason"] for e in events if e["event"] == "end"] == ["stopped"]
    pain = next(e for e in events if e["event"] == "pain")
    assert (pain["region"], pain["side"]) == ("calf", "left")
    hushes = [float(str(e["t"])) for e in events if e["event"] == "hush"]
    assert any(0 <= float(str(pain["t"])) - hush < 1 for hush in hushes), "hushed at the first sight of it"
    assert np.abs(heard.samples.astype(int)).max() > 3000, f"nothing was audible in {len(heard.samples) / RATE} s"


@pytest.mark.timeout(400)
def test_a_routine_is_chosen_by_voice_alone(server: Pulse, person: Person, tmp_path: Path) -> None:
    choosing = ("-m", "voice_coach", "run", "--no-preflight", "--no-ask-body", "--no-remember")
    with coached(server, tmp_path, *choosing, *QUICK) as coach:
        line = coach.wait_for("What would you like?", limit=120)
        line = answer(coach, person, line, "Number one is", ("feet", "my feet", "foot massage"))
        line = answer(
            coach, person, line, "Shall we start?", ("front of the leg", "classic leg massage", "the last one")
        )
        answer(coach, person, line, "can say stop to end", ("yes", "yes please", "start"))
        coach.end()


@shows(FROZEN)
@pytest.mark.timeout(240)
def test_a_microphone_that_goes_silent_pauses_the_session_and_its_return_is_told(
    server: Pulse, person: Person, tmp_path: Path
) -> None:
    with coached(server, tmp_path, EVENING, *QUICK) as coach:
        coach.wait_for("fever")
        server.freeze_microphone()
        coach.wait_for(FROZEN.told, limit=15)
        coach.wait_for(FROZEN.aloud)
        server.freeze_microphone(False)
        line = coach.wait_for("I can hear you again", limit=20)
        answer(coach, person, line, "fever", ("continue", "carry on", "keep going", "resume"))


@shows(INTERRUPTED)
@pytest.mark.timeout(60)
def test_ctrl_c_is_a_stop_and_twice_leaves_at_once(server: Pulse, person: Person, tmp_path: Path) -> None:
    with coached(server, tmp_path, EVENING, *QUICK) as coach:
        coach.wait_for("fever")
        coach.process.send_signal(signal.SIGINT)
        coach.wait_for(INTERRUPTED.told)
        coach.process.send_signal(signal.SIGINT)
        assert coach.process.wait(15) == 0
    assert coach.events()[-1]["event"] in ("say", "end", "hush", "heard", "said")


@pytest.mark.timeout(240)
def test_a_whole_session_without_network_makes_no_network_call_but_to_the_sound_server_of_this_machine(
    server: Pulse, person: Person, tmp_path: Path
) -> None:
    trace = tmp_path / "trace.txt"
    with coached(server, tmp_path, EVENING, *QUICK, before=[*without_network(), *watching(trace)]) as coach:
        coach.wait_for("fever", limit=60)
        for about in ("flared", "heart", "wound", "fungus", "cancer", "gout", "Sit down"):
            coach.press("x")
            coach.wait_for(about)
        coach.press("\n")
        coach.wait_for("-- step 1: stroke, left")
        coach.press("\n")
        line = coach.wait_for("Begin now")
        answer(coach, person, line, "noted: discomfort, left calf", ("that hurts", "it hurts", "ouch"))
        coach.press("y")
        coach.wait_for("(gentler)")
        coach.press("n")
        coach.wait_for("stroke, right")
        coach.press("\n")
        coach.wait_for("Begin now")
        coach.press("n")
        coach.wait_for("end: finished")
        assert coach.process.wait(30) == 0
    assert "AF_UNIX" in trace.read_text()
    sent = ("send", "shutdown")  # without an address: over one of the sockets, all of which are known
    assert not [call for call in network_calls(trace) if not call.startswith(sent) or "AF_" in call]
