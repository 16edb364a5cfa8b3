"""Before oil is on the hands: the check over a real sound server, with somebody who speaks, and with nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

from tests.live.room import WORDS_PER_MINUTE, Coach, Person, answer, coached
from tests.pulse import Pulse, pulse
from voice_coach.preflight import words
from voice_coach.speaking.voice import SystemVoice

CHECKED = (str(Path(__file__).with_name("evening.yaml")), "--preflight", "--rate", str(WORDS_PER_MINUTE))
FIRST, SECOND = ("stop", "stop it", "please stop"), ("pain", "that hurts", "ouch")
"""The two words, and what else somebody says who was not heard."""


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


@pytest.fixture(autouse=True)
def _never_checked_before(server: Pulse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own, with the models and voices of the real one: whoever is checked is checked once a day only."""
    real = Path(platformdirs.user_cache_dir("voice_coach", appauthor=False))
    cache = tmp_path / "cache" / "voice_coach"
    cache.mkdir(parents=True)
    for kept in ("models", "voice"):
        (real / kept).mkdir(parents=True, exist_ok=True)
        (cache / kept).symlink_to(real / kept)
    monkeypatch.setitem(server.environment, "XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.timeout(240)
def test_who_is_heard_is_told_so_and_later_that_day_only_the_room_is_listened_to(
    server: Pulse, person: Person, tmp_path: Path
) -> None:
    with coached(server, tmp_path, *CHECKED) as coach:
        coach.wait_for(words.BE_QUIET)
        answer(coach, person, coach.wait_for(words.FIRST_WORD), words.SECOND_WORD, FIRST)
        answer(coach, person, coach.shown[-1], (words.FINE, words.NOT_AT_FIRST), SECOND)
        coach.wait_for("fever")
        coach.end()
    found = preflight(coach)
    assert (found["trusted"], found["heard"]) == (True, ["pain", "stop"])
    assert float(str(found["voice"])) > float(str(found["noise"])) + 20
    with coached(server, tmp_path, *CHECKED) as coach:
        coach.wait_for(words.BE_QUIET)
        coach.wait_for("fever")
        coach.end()
    assert not [line for line in coach.shown if words.FIRST_WORD in line]
    again = preflight(coach)
    assert again["voice"] == found["voice"], "it is remembered"
    assert again["noise"] == pytest.approx(found["noise"], abs=3)


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("person")
def test_who_is_not_heard_is_told_so_and_asked_whether_to_go_on_with_the_keys(server: Pulse, tmp_path: Path) -> None:
    with coached(server, tmp_path, *CHECKED) as coach:
        for line in (words.FIRST_WORD, words.AGAIN, words.AGAIN, words.NO_VOICE):
            told = coach.wait_for(line)
        assert words.USE_KEYS in told
        assert words.WITH_KEYS in told
        coach.pause(3)
        coach.press("y")
        coach.wait_for("fever")
        coach.end()
    found = preflight(coach)
    assert (found["trusted"], found["heard"], found["missed"], found["voice"]) == (False, [], 3, None)


def preflight(coach: Coach) -> dict[str, object]:
    """What was found, as the transcript has it."""
    return next(event for event in coach.events() if event["event"] == "preflight")
