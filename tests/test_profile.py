"""What is remembered of a person, and only because they said so."""

from __future__ import annotations

import signal
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.session.playing import Play
from tests.session.routines import SHIPPED, routine
from voice_coach.cli import main
from voice_coach.cli.chosen import _spared, fitted
from voice_coach.cli.keeping import Memory, play_kept, play_remembered, unfinished
from voice_coach.commands import Command
from voice_coach.errors import UserError
from voice_coach.person import Person
from voice_coach.profile import FRESH, Profile, Remembered, lasts, load_profile, profile_file, save_profile
from voice_coach.reception.sparing import OFFERED, SMALLER, Sparing
from voice_coach.rehearsal import Rehearsal, hear
from voice_coach.routine.body import Area, Side
from voice_coach.routine.body_map import _REASONS, EASED, LONGEST, Spot, body_map
from voice_coach.routine.model import Routine
from voice_coach.session import own_questions, words
from voice_coach.session.events import Event, Heard
from voice_coach.session.session import begin
from voice_coach.session.state import Asking, Preparing
from voice_coach.settings import Settings
from voice_coach.stage import Line

TODAY = date(2026, 3, 1)


def kept(answer: bool, days: int = 0) -> Remembered:
    return Remembered(answer="yes" if answer else "no", when=TODAY - timedelta(days=days))


def asked(known: dict[str, bool], name: str = "leg-classic", remember: bool = False) -> list[str]:
    session, _ = begin(routine(name), known=known, remember=remember)
    assert isinstance(session.phase, Asking)
    return [question.name for question in session.phase.questions]


def test_a_lasting_answer_is_not_asked_again_for_a_month() -> None:
    content = routine("leg-classic")
    for days, used in ((0, True), (FRESH, True), (FRESH + 1, False), (-1, False)):
        profile = Profile(answers={"varicose-lower-leg": kept(True, days)})
        assert profile.known(content, TODAY) == ({"varicose-lower-leg": True} if used else {}), days


def test_what_can_change_is_asked_each_time() -> None:
    for name in SHIPPED:
        for question in routine(name).questions:
            changes = {"fever", "flare-up", "skin", "days", "knee", "calf-strain", "pregnancy", "agreement"}
            if changes & set(question.topics) or not question.topics:
                assert not lasts(question) or question.again, question.name
    everything = {question.name: kept(False) for name in SHIPPED for question in routine(name).questions}
    assert "fever" not in Profile(answers=everything).known(routine("leg-classic"), TODAY)


def test_what_is_known_is_said_and_fits_the_routine() -> None:
    assert "varicose-lower-leg" not in asked({"varicose-lower-leg": True})
    play = Play(routine("leg-classic"))
    play.session, effects = begin(routine("leg-classic"), known={"varicose-lower-leg": True})
    play._notice(effects)
    assert words.AS_LAST_TIME in play.said
    assert "The lower legs and knees get light strokes at most." in play.said
    while isinstance(play.session.phase, Asking):
        play.hear("no")
    assert isinstance(play.session.phase, Preparing)
    assert len(play.session.routine.steps) == 3


def test_of_a_question_about_both_only_what_can_change_is_asked_again() -> None:
    content = routine("leg-classic")
    asks = {}
    for known in ({}, {"conditions": False}, {"conditions": True}):
        session, _ = begin(content, known=known)
        assert isinstance(session.phase, Asking)
        (asks[str(known)],) = [question.ask for question in session.phase.questions if question.name == "conditions"]
    whole = "Is there cancer, osteoporosis or diabetes, or a pregnancy?"
    assert list(asks.values()) == [whole, "Is there a pregnancy?", whole]
    profile = Profile(answers={"conditions": kept(False, 3)})
    assert profile.with_answers(content, {"conditions": False}, TODAY) == profile, "the month is not made longer"
    pregnant = profile.with_answers(content, {"conditions": True}, TODAY)
    assert pregnant.answers["conditions"] == kept(True)


def test_a_spot_told_by_voice_is_spared_for_a_month_and_can_be_taken_back(tmp_path: Path) -> None:
    told = body_map("bruise on the left thigh, varicose veins on both calves")
    profile = Profile().with_spots(told, TODAY)
    save_profile(tmp_path / "me.yaml", profile)
    assert load_profile(tmp_path / "me.yaml") == profile
    for days, spots in ((0, told), (FRESH, told), (FRESH + 1, ()), (-1, ())):
        assert profile.spared(TODAY + timedelta(days=days)) == spots
    later = profile.with_spots(told[:1], TODAY + timedelta(days=5))
    assert later.spots == {"bruise on left thigh": TODAY}
    sparing = Sparing(routine("recovery-body"), told)
    assert sparing.reminded[1:] == ("I keep away from the left thigh.", "Light strokes at most on both calves.")
    back, _ = sparing.hear(Heard(Command.BACK, "back", "command"))
    assert back.spots == told[:1]


@pytest.mark.parametrize("why", [*_REASONS])
def test_every_spot_that_can_be_told_is_read_as_it_was_written(why: str) -> None:
    for region in (*OFFERED, *SMALLER):
        for area in (Area(region), Area(region, Side.LEFT), Area(region, Side.BOTH)):
            spot = Spot(area, why, why in EASED)
            read = body_map(str(spot))
            assert read == (spot,) or area.side is Side.NONE, str(spot)


def test_an_answer_that_declines_or_wants_a_doctor_is_asked_again() -> None:
    assert "heart" in asked({"heart": True})
    assert "heart" not in asked({"heart": False})
    assert "small-joints" in asked({"small-joints": True}, "foot-bath")


def test_it_is_asked_last_whether_to_remember() -> None:
    assert asked({}, remember=True)[-1] == "remember"
    assert "remember" not in asked({})


def remembered(path: Path, remember: bool | None, *said: tuple[float, str]) -> list[str]:
    """The lines of a session of somebody who is well; asked once whether to remember, they say yes."""
    content, told = routine("leg-classic"), list[Line]()
    person = Person(content, replies={own_questions.REMEMBER.ask: ("yes",)})
    memory = Memory(path, load_profile(path), remember)
    assert play_remembered(content, Rehearsal((), person), told.append, False, memory) == "finished"
    return [str(line["text"]) for line in told if line["event"] == "say"]


def test_nothing_is_kept_but_what_was_agreed_to(tmp_path: Path) -> None:
    path = tmp_path / "profiles" / "me.yaml"
    remembered(path, False)
    assert not path.exists()
    said = remembered(path, None)
    assert any(own_questions.REMEMBER.ask in line for line in said)
    assert set(load_profile(path).answers) == {"heart", "conditions", "varicose-lower-leg"}
    again = remembered(path, None)
    assert not any(own_questions.REMEMBER.ask in line for line in again), "all of it is known already"
    assert any(words.AS_LAST_TIME in line for line in again)
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0


class Leaving(Rehearsal):
    """Ended from outside at a time, as a signal does it; it knows whether a file was there by then."""

    def __init__(self, at: float, file: Path, *script: tuple[float, str], person: Person) -> None:
        heard = ((when, hear(said)) for when, said in script)
        super().__init__([(when, each) for when, each in heard if each], person)
        self.at, self.file, self.there = at, file, False

    def wait(self, due: float | None) -> tuple[Event, float] | None:
        arrived = super().wait(due)
        if arrived is None or self.now >= self.at:
            self.there = self.file.exists()
            raise SystemExit(128 + signal.SIGTERM)
        return arrived


@pytest.mark.parametrize(("answer", "kept_then"), [("yes", True), ("no", False)])
def test_what_was_agreed_to_is_kept_at_the_stop_and_when_ended_from_outside(
    answer: str, kept_then: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, content = tmp_path / "me.yaml", routine("leg-classic")
    person = Person(content, replies={own_questions.REMEMBER.ask: (answer,)})
    for stops in ((), ((150.0, "stop"), (155.0, "continue"), (200.0, "stop"))):
        path.unlink(missing_ok=True)
        stage = Leaving(210.0, path, *stops, (999.0, "stop"), person=person)
        with pytest.raises(SystemExit):
            play_remembered(content, stage, print, False, Memory(path, Profile(), None))
        assert path.exists() is kept_then
        assert stage.there is (kept_then and bool(stops)), "it does not wait until it cannot be taken back"
        assert capsys.readouterr().err.count("Remembered in") == kept_then


def ended_early(content: Routine, person: str) -> list[str]:
    """What a session of *person* says that stops amid its steps."""
    told, stop = list[Line](), hear("stop")
    assert stop
    stage = Rehearsal([(200.0, stop)], Person(content))
    assert play_kept(content, stage, told.append, True, person=person) == "stopped"
    return [str(line["text"]) for line in told if line["event"] == "say"]


def test_where_one_ended_nobody_else_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    content = routine("leg-classic")
    ended_early(content, "anna")
    assert unfinished(content, "anna") is not None
    assert unfinished(content, "ben") is None
    assert unfinished(content) is None
    assert not any("Last time" in line for line in ended_early(content, "ben"))
    assert any("Last time" in line for line in ended_early(content, "anna"))


def test_what_was_heard_last_can_be_asked_for_the_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the journal, after a session that came to its end as well, and only by whoever said it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    content, slower, asked_then = routine("leg-classic"), hear("slower"), hear("what did you hear")
    assert slower
    assert asked_then
    stage = Rehearsal([(1200.0, slower)], Person(content))
    assert play_kept(content, stage, print, True, person="anna") == "finished"
    for person, answer in (("ben", "I have heard nothing yet."), ("anna", "Nothing yet. This was last time. I heard:")):
        told = list[Line]()
        play_kept(content, Rehearsal([(1.0, asked_then)], Person(content)), told.append, True, person=person)
        said = [str(line["text"]) for line in told if line["event"] == "say"]
        assert any(line.startswith(answer) for line in said), said[:4]
        assert any("This was last time" in line for line in said) is (person == "anna")


def test_where_an_answer_has_changed_since_it_is_asked_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    content = routine("leg-classic")
    ended_early(content, "anna")
    assert unfinished(content, "anna", {"heart": False}) is not None
    assert unfinished(content, "anna", {"heart": True}) is None


def test_a_profile_is_read_as_it_was_written(tmp_path: Path) -> None:
    for body in (None, "bruise on the left thigh", "the dog's bite"):
        profile = Profile(body=body, answers={"heart": kept(False), "varicose-thigh": kept(True, 3)})
        save_profile(tmp_path / "me.yaml", profile)
        text = (tmp_path / "me.yaml").read_text()
        assert 'heart: {answer: "no", when: 2026-03-01}' in text
        if body is None or "dog" not in body:
            assert load_profile(tmp_path / "me.yaml") == profile


ODD = [chr(code) for code in (*range(1, 48), *range(58, 65), *range(91, 97), *range(123, 192), 0x200B, 0x2028, 0xFEFF)]


@pytest.mark.parametrize("odd", [*ODD, "\U0001f600", "\ufffe", "'\"", ": ", " #", "\\t", "\r\n"])
def test_a_body_map_is_read_as_it_was_written_whatever_stands_between_its_words(odd: str, tmp_path: Path) -> None:
    for body in (f"bruise on the right thigh,{odd}sore neck", f"{odd}sore neck{odd}"):
        try:
            body_map(body)
        except UserError:
            continue
        save_profile(tmp_path / "me.yaml", Profile(body=body))
        assert load_profile(tmp_path / "me.yaml").body == body


def test_a_long_body_map_is_read_as_it_was_written(tmp_path: Path) -> None:
    for filling in (", sore neck", " \U0001f600"):
        body = "bruise on the right thigh" + filling * ((LONGEST - 25) // len(filling))
        save_profile(tmp_path / "me.yaml", Profile(body=body))
        assert load_profile(tmp_path / "me.yaml").body == body


def test_a_remembered_body_map_locks_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    content, body = routine("leg-classic"), 'bruise on the "right" thigh,\tit\'s a sore neck'
    memory = Memory.of(None, True)
    play_remembered(content, Rehearsal((), Person(content)), print, False, memory, body)
    assert Memory.of(None, None).profile.body == body
    assert main(["profile"]) == 0
    assert "a sore neck" in capsys.readouterr().out


def test_what_is_remembered_is_spared_however_much_it_is_together(tmp_path: Path) -> None:
    spots = {f"{why} on left {place}": date.today() for why in ("bruise", "scar") for place in ("foot", "calf", "knee")}
    body = "bruise on the right thigh" + ", sore neck" * 40
    memory = Memory(tmp_path / "me.yaml", Profile(body=body, spots=spots), None)
    told = memory.spares("cast on the left hand", asking=False)
    assert told
    assert len(told) > LONGEST
    content = fitted(routine("leg-classic"), Settings(body=told))
    assert {"cast", "bruise", "soreness", "scar"} <= {spot.why for spot in _spared(Settings(body=told))}
    assert content.spared


DAMAGED = {
    "empty": b"", "no profile": b"- 1\n", "no YAML": b"answers: {", "other keys": b"version: 1\nname: x\n",
    "another version": b"version: 9\n", "not UTF-8": b"\xff\xfe\x00", "an answer": b"answers: {heart: maybe}",
    "a date": b'answers: {heart: {answer: "no", when: soon}}', "a body map": b"body: bruise on the moon\n",
    "huge": b"#" * 100_000, "a null byte": b"version: \x001\n", "deep": b"[" * 20_000,
    "no truth value": b"body: !!bool maybe", "no number": b'version: !!int ""', "a list for a key": b"[[a, b]]: x",
    "a bomb": b"a: &a [x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (n, n, n - 1, n - 1) for n in b"bcdefghijk"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_profile_is_one_sentence_and_stays_as_it_is(name: str, tmp_path: Path) -> None:
    path = tmp_path / "me.yaml"
    path.write_bytes(DAMAGED[name])
    with pytest.raises(UserError) as raised:
        load_profile(path)
    told = str(raised.value)
    assert str(path) in told
    assert "move it away" in told
    assert "\n" not in told
    assert "Traceback" not in told
    assert path.read_bytes() == DAMAGED[name]


@pytest.mark.parametrize("name", ["../me", "a b", "x" * 50, "/etc/passwd", "é"])
def test_a_name_is_a_plain_word(name: str) -> None:
    with pytest.raises(UserError, match="cannot be a person's name"):
        profile_file(name)


def test_it_is_shown_and_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["profile"]) == 0
    assert "Nothing is remembered" in capsys.readouterr().err
    save_profile(profile_file("Anna"), Profile(answers={"heart": kept(False)}))
    save_profile(profile_file(), Profile(body="left knee"))
    assert main(["profile", "--person", "anna"]) == 0
    assert "heart: no, on 2026-03-01" in capsys.readouterr().out
    assert main(["profile", "forget"]) == 2, "nobody is there to ask"
    assert main(["profile", "forget", "--yes"]) == 0
    assert not profile_file().exists()
    assert profile_file("anna").exists()
    assert main(["profile", "--person", "anna", "forget", "--yes"]) == 0
    assert not profile_file("anna").exists()
