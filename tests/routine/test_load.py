"""What the author of a routine reads when something in the file is wrong."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.errors import UserError
from voice_coach.routine.load import RoutineError, find, load, shipped
from voice_coach.routine.source import LARGEST

GOOD = """\
version: 1
id: small
title: a small routine
about: Two strokes for a test.
people: [caregiver]
questions: [fever, flare-up, heart, skin, conditions]
steps:
  - id: begin
    title: stroking the forearm
    technique: stroking
    region: forearm
    sides: each
    from: wrist
    to: elbow
    duration: 1:30
    pressure: 1
    instruction: Flat palm, from the wrist up to the elbow.
  - id: knead
    title: kneading the forearm
    technique: kneading
    region: forearm
    sides: each
    duration: 90 s
    tempo: 30
    pressure: 2
    instruction: Gather the muscle softly, and let it go.
    cues:
      - {at: half, say: Half of it is done.}
  - id: end
    title: closing strokes
    technique: stroking
    region: forearm
    sides: each
    repetitions: 6
    tempo: 12
    pressure: 1
    instruction: Flat palm, softer and softer.
closing:
  - That was all.
"""


def faults(path: Path, text: str | bytes) -> list[str]:
    """The lines of the error, each without the file's name."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(RoutineError) as raised:
        load(path)
    lines = str(raised.value).splitlines()
    assert all(line.startswith(f"{path}:") for line in lines)
    return [line.removeprefix(f"{path}:") for line in lines]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mine.yaml"


def test_a_good_file_loads(path: Path) -> None:
    path.write_text(GOOD)
    routine = load(path)
    assert [step.seconds for step in routine.steps] == [90, 90, 30]
    assert routine.seconds == 420
    assert [rung.pressure for rung in routine.steps[1].ladder] == [1, 0]


TEN_FAULTS = """\
version: 2
id: My Routine
title: stop
about: Ten faults.
people: [nobody]
questions: [feber]
steps:
  - id: begin
    title: stroking the calf
    technique: strokin
    region: calv
    duration: an hour
    pressure: 1
    instruction: Flat palm.
  - id: begin
    title: kneading the kidneys
    technique: patting
    region: lower_back
    duration: 30
    pressure: 1
    instruction: Loose hands.
    temppo: 30
  - id: third
    title: rubbing
    technique: rubbing
    region: arm
    duration: 30
    pressure: 7
    instruction: Rub until it hurts.
  - id: fourth
    title: chopping the shin
    technique: chopping
    region: shin
    duration: 30
    tempo: 110
    pressure: 1
    instruction: Loose hands.
closing: [That was all.]
"""


def test_all_faults_are_shown_at_once_with_their_lines(path: Path) -> None:
    assert faults(path, TEN_FAULTS) == [
        "1:10: 'version' cannot be 2; write one of: 1",
        "2:5: 'id' cannot be 'My Routine'; write lower-case letters, digits and hyphens, beginning with a letter, "
        "40 at most",
        "3:8: the coach may not say 'stop', because it listens for that; say it differently",
        "5:10: an item of 'people' cannot be 'nobody'; write one of: alone, caregiver",
        "6:13: question 1: 'feber' is not among the questions; did you mean 'fever'?",
        "10:16: step 1 \"begin\": 'strokin' is not among the techniques; did you mean 'stroking'?",
        "11:13: step 1 \"begin\": 'calv' is not a region; did you mean 'calf'?",
        "12:15: step 1 \"begin\": 'an hour' is not a duration; write it like 90 s, 2 min or 1:30",
        '15:9: step 2 "begin": step 1 has the same id; give this one another',
        "22:5: step 2 \"begin\": 'temppo' is not a key here; did you mean 'tempo'?",
        "28:15: step 3 \"third\": 'pressure' cannot be 7; write 0 rest, 1 stroking, 2 light, 3 medium or 4 firm",
        "29:18: step 3 \"third\": the coach may not say 'hurts', because it listens for that; say it differently",
        "33:13: step 4 \"fourth\": 'chopping' on shin: the bone is close (R7); leave the step out, or stroke",
        "35:12: step 4 \"fourth\": 'chopping' at 110 a minute is too fast (R4); write at most 100",
    ]


CHANGED: list[tuple[str, str, str, str]] = [
    # what is replaced in the good file, by what, where the fault is, what is said
    ("id: small\n", "", "1:1", "'id' is missing; write lower-case letters"),
    ("    pressure: 2\n", "", "18:5", "'pressure' is missing; write 0 rest"),
    ("steps:", "stpes:", "7:1", "'stpes' is not a key here; did you mean 'steps'?"),
    ("duration: 1:30", "duration: 1:99", "15:15", "'1:99' is not a duration"),
    ("duration: 1:30", "duration: -5", "15:15", "'duration' cannot be -5; write it like 90 s"),
    ("duration: 1:30", "duration: .nan", "15:15", "'duration' cannot be nan"),
    ("duration: 1:30", "duration: .inf", "15:15", "'duration' cannot be inf"),
    ("duration: 1:30", "duration: 2 hours", "15:15", "'2 hours' is not a duration"),
    ("duration: 1:30", "duration: 61 min", "15:15", "'duration' cannot be 3660; write it"),
    ("duration: 1:30", "duration:", "8:5", "needs either 'duration' or 'repetitions'"),
    ("duration: 1:30", "duration: [1]", "15:15", "'duration' cannot be a list"),
    ("duration: 1:30", "duration: true", "15:15", "'duration' cannot be true"),
    ("duration: 1:30", "repetitions: 5", "8:5", "has repetitions, so it needs a 'tempo'"),
    ("duration: 1:30", "repetitions: 5.5", "15:18", "'repetitions' cannot be 5.5; write a whole number"),
    ("duration: 1:30", "tempo: 30", "8:5", "needs either 'duration' or 'repetitions'"),
    ("pressure: 2", "pressure: two", "25:15", "'pressure' cannot be 'two'; write 0 rest"),
    ("pressure: 2", "pressure: 99999999999999999999999", "25:15", "'pressure' cannot be"),
    ("sides: each", "sides: port", "12:12", "'sides' cannot be 'port'; write one of: left, right"),
    ("    to: elbow\n", "", "8:5", "needs 'from' and 'to' together"),
    ("title: a small routine", "title: 5", "3:8", "'title' needs text, not 5"),
    ("title: a small routine", "title: next", "3:8", "just 'next', because that is a command"),
    ("title: a small routine", f"title: {'long ' * 100}", "3:8", "'title' has 499 letters, at most 400"),
    ("title: a small routine", "title: {a: b}", "3:8", "'title' needs text, not keys with values"),
    ("Half of it is done.", "Half, it is done.", "28:31", "was cut off at the comma before it"),
    ("at: half", "at: middle", "28:14", "'at' is not 'middle'; write half, or the time"),
    ("at: half", "at: 95", "18:5", "lasts 90 s, so a cue at 95 s is never said"),
    ("people: [caregiver]", "people: []", "5:9", "'people' has 0 items; write [alone]"),
    ("people: [caregiver]", "people: caregiver", "5:9", "'people' needs a list, not 'caregiver'"),
    ("closing:\n  - That was all.", "closing: {}", "38:10", "'closing' needs a list, not keys"),
    ("from: wrist", "from: elbow", "14:9", "a stroke from elbow to elbow is not one the coach guides (R1)"),
    ("from: wrist\n    to: elbow", "from: elbow\n    to: wrist", "13:11", "(R1); turn it round: from wrist to elbow"),
    ("[fever, flare-up, heart,", "[fever, flare-up,", "6:12", "nobody asks about heart (H1)"),
    ("id: small", "id: small\nid: small", "3:1", "'id' was already given on line 2; keep one"),
    ("pressure: 2", "\tpressure: 2", "25:5", "a tab indents this line; use spaces"),
    ("title: a small routine", "title: small: routine", "3:13", "quote the text, or indent like the line above"),
    ("people: [caregiver]", "people: [caregiver", "6:10", "a bracket is not closed"),
    ("title: a small routine", "title: 'a small routine", "3:8", "a quotation mark is not closed"),
    ("title: a small routine", "title: @small", "3:8", "text cannot begin with this character"),
    ("title: a small routine", "title: *small", "3:8", "a * at the beginning means something"),
    ("title: a small routine", "title: !!python/object:os.system x", "3:8", "tag"),
    ("closing:", "---\nclosing:", "38:1", "a second document begins here"),
    ("title: a small routine", "title: a \x07 bell", "3:10", "an invisible character (number 7)"),
    ("title: a small routine", "title: a \x00 nul", "3:10", "an invisible character (number 0)"),
    ("closing:\n", " closing:\n", "38:2", "indent"),
    ("closing:\n", "? [a]\n: b\nclosing:\n", "38:3", "a key is one word"),
    ("closing:\n  - That was all.", "closing:\n  - That was all.\n   - And that.", "39:5", "a list item was swallowed"),
    ("version: 1\n", "version: 1\nabove: &a [x]\nbelow: *a\n", "2:8", "aliases are not understood"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "where", "said"), CHANGED, ids=[new.strip()[:30] or "deleted" for _, new, _, _ in CHANGED]
)
def test_each_mistake_is_named_where_it_is(path: Path, old: str, new: str, where: str, said: str) -> None:
    assert old in GOOD
    found = faults(path, GOOD.replace(old, new, 1))
    assert any(line.startswith(f"{where}: ") and said in line for line in found), "\n".join(found)
    assert not [line for line in found if re.search(r"pydantic|Input should|type=|Traceback|validat", line)]


WHOLE: list[tuple[str, bytes, str]] = [
    ("empty", b"", "1:1: the file is empty"),
    ("only a comment", b"# hello\n", "1:1: the file is empty"),
    ("only a word", b"hello\n", "1:1: the file needs keys with values, not 'hello'"),
    ("a list", b"- 1\n", "1:1: the file needs keys with values, not a list"),
    ("not UTF-8", GOOD.encode().replace(b"small routine", b"small r\xf6utine"), "3:17: this is not UTF-8 text"),
    ("UTF-16", GOOD.encode("utf-16"), "1:1: this is not UTF-8 text"),
    ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "1:1: this is not UTF-8 text"),
    ("huge", GOOD.encode() + b"#" * LARGEST, "1:1: larger than 256 KB"),
    ("deep flow", b"a: " + b"[" * 100_000, "1:1: nested too deeply"),
    ("deep blocks", b"- " * 50_000, "1:1: nested too deeply"),
    ("deep but closed", b"a: " + b"[" * 20 + b"]" * 20, "nested too deeply"),
    ("itself", b"&a [*a]\n", "1:1: this repeats another place"),
    (
        "a bomb",
        b"a: &a [x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (n, n, n - 1, n - 1) for n in b"bcdefghijklmnopqr"),
        "this repeats another place with *",
    ),
    ("nothing but faults", b"".join(b"key%d: 1\n" % n for n in range(200)), "more faults follow; mend those"),
    ("a maybe", b"version: !!bool maybe\n", "is not a usable number"),
    ("an empty number", b'version: !!int ""\n', "is not a usable number"),
    ("a long number", b"version: " + b"9" * 100_000, "is not a usable number"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "said"), [case[1:] for case in WHOLE], ids=[case[0] for case in WHOLE])
@pytest.mark.timeout(10)
def test_what_is_no_routine_at_all_is_refused_in_a_sentence(path: Path, content: bytes, said: str) -> None:
    found = faults(path, content)
    assert any(said in line for line in found), found[:3]
    assert max(map(len, found)) < 500
    assert len(found) <= 101


def test_a_byte_order_mark_and_windows_lines_are_fine(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load(path).id == "small"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no file"):
        load(tmp_path / "nothing.yaml")
    with pytest.raises(UserError, match="is a folder"):
        load(tmp_path)
    with pytest.raises(UserError, match="cannot be read"):
        load(Path("a\0b.yaml"))


def test_routines_are_found_by_id_or_path(tmp_path: Path) -> None:
    assert find("foot-bath") in shipped()
    (tmp_path / "mine").write_text(GOOD)
    assert find(str(tmp_path / "mine")) == tmp_path / "mine"
    with pytest.raises(UserError, match="no routine 'foot-bat'; did you mean 'foot-bath'"):
        find("foot-bat")
    for name in ("", "x" * 5000, "a\0b"):
        with pytest.raises(UserError):
            find(name)


@given(at=st.integers(0, len(GOOD)), cut=st.integers(0, 30), put=st.text(max_size=12))
@settings(max_examples=300, deadline=None)
def test_however_a_file_is_spoilt_it_loads_or_is_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, put: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "spoilt.yaml"
    path.write_bytes((GOOD[:at] + put + GOOD[at + cut :]).encode("utf-8", "surrogatepass"))
    with suppress(RoutineError):
        load(path)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90", 90), ("90 s", 90), ("90s", 90), ("1:30", 90), ("1 min 30 s", 90), ("1.5 min", 90), ("2 minutes", 120)],
)
def test_durations_are_understood_as_people_write_them(path: Path, written: str, seconds: float) -> None:
    path.write_text(GOOD.replace("duration: 90 s", f"duration: {written}"))
    assert load(path).steps[1].seconds == seconds


@pytest.mark.parametrize("written", ["1:3", "1,5 min", "90 sek", "-1:30", "1 h", "90 s 1 min", "'90", "1:30:00", '""'])
def test_what_is_no_duration_is_refused_in_words(path: Path, written: str) -> None:
    found = faults(path, GOOD.replace("duration: 90 s", f"duration: {written}"))
    assert all(line.partition(" ")[2] for line in found)


IMPOSSIBLE = [
    (
        "region: forearm\n    sides: each\n    duration: 90 s",
        "region: spine\n    sides: left\n    duration: 90 s",
        "(H6)",
    ),
    ("    cues:", "    gentler:\n      - {title: a rub, pressure: 2, instruction: Rub softly.}\n    cues:", "(R16)"),
    ("    cues:", "    gentler: []\n    cues:", "(R16)"),
]


@pytest.mark.parametrize(("old", "new", "rule"), IMPOSSIBLE)
def test_sides_that_do_not_exist_and_ladders_that_do_not_fall_are_refused(
    path: Path, old: str, new: str, rule: str
) -> None:
    assert old in GOOD
    assert any(rule in line for line in faults(path, GOOD.replace(old, new, 1)))
