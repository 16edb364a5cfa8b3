from __future__ import annotations

import csv
import io
import json

import pytest

from tests.journal.sessions import played
from tests.session.routines import SHIPPED, routine
from voice_coach.journal.report import COLUMNS, LeftOut, Visit, as_csv, as_json, by_area, place, visit
from voice_coach.journal.store import Kept
from voice_coach.session.state import turns
from voice_coach.stage import Line


def went(told: Visit) -> list[tuple[str, str, int, str]]:
    return [(work.step, work.side, work.rung, work.outcome) for work in told.work]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_whole_session_is_all_done_with_its_time_in_full(name: str) -> None:
    told = played(name)
    plan = turns(routine(name))
    assert told.reason == "finished"
    assert [(work.step, work.side, work.outcome) for work in told.work] == [
        (turn.step.id, turn.side.value, "done") for turn in plan
    ]
    for work, turn in zip(told.work, plan, strict=True):
        assert work.hands_on == pytest.approx(turn.step.seconds, abs=0.01)
        assert (work.title, work.region) == (turn.step.title, turn.step.region)
    assert not told.discomforts + told.left_out + told.faults


def test_what_was_too_strong_and_what_came_instead() -> None:
    told = played("calf", (30, "it hurts"), (200, "stop"))
    assert went(told)[:2] == [("stroke", "left", 0, "too strong"), ("stroke", "left", 1, "done")]
    (report,) = told.discomforts
    assert (report.region, report.side, report.phrase, report.title) == ("calf", "left", "hurts", "stroking the calf")
    assert report.second == pytest.approx(30 - told.work[0].begun - 23.5, abs=0.1)
    assert told.work[0].hands_on == pytest.approx(report.second, abs=0.01)
    assert told.work[-1].outcome == "broken off"


def test_skipped_moved_on_and_gentler_by_wish() -> None:
    told = played("calf", (20, "next"), (35, "skip"), (60, "softer"))
    outcomes = [work.outcome for work in told.work]
    assert outcomes[:4] == ["moved on", "skipped", "gentler", "done"]


def test_left_out_after_a_second_report() -> None:
    told = played("calf", (15, "ouch"), (20, "skip"))
    assert [(out.region, out.side, out.why) for out in told.left_out] == [("calf", "left", "asked")]
    assert isinstance(told.left_out[0], LeftOut)
    assert went(told)[1] == ("stroke", "right", 0, "done")
    assert by_area([told, told]) == {("calf", "left"): 2}


def test_pauses_do_not_count() -> None:
    whole, paused = played("calf"), played("calf", (20, "pause"), (300, "continue"))
    assert paused.hands_on == pytest.approx(whole.hands_on, abs=0.1)
    assert paused.seconds > whole.seconds


def test_a_stop_taken_back_is_no_end_and_an_undo_goes_on_with_the_step_before() -> None:
    told = played("calf", (20, "stop"), (25, "continue"))
    assert told.work[0].outcome == "done"
    assert told.work[0].hands_on == pytest.approx(30, abs=0.1)
    undone = played("calf", (20, "next"), (22, "undo"))
    assert went(undone)[2] == ("stroke", "left", 0, "done")
    assert undone.work[0].hands_on + undone.work[2].hands_on == pytest.approx(30, abs=0.1)


def test_a_session_that_was_killed_is_told_as_far_as_it_came() -> None:
    lines: list[Line] = [
        {"t": 0.0, "event": "start", "routine": "calf", "title": "calves"},
        {"t": 1.0, "event": "step", "index": 1, "id": "an-old-step", "side": "left"},
        {"t": 5.0, "event": "cue", "cue": "start"},
        {"t": 9.0, "event": "lost", "part": "microphone", "reason": "It was unplugged."},
    ]
    told = visit(Kept(3, 0.0, "calf", "calves", None, tuple(lines)))
    assert went(told) == [("an-old-step", "left", 0, "broken off")]
    assert (told.work[0].title, told.work[0].hands_on) == ("an old step", 4.0)
    assert [fault.part for fault in told.faults] == ["microphone"]
    assert visit(Kept(4, 0.0, "calf", "calves", None)).work == ()


def test_json_and_csv_hold_everything() -> None:
    visits = [played("calf", (30, "it hurts"), (75, "skip"), number=7), played("calf", number=8)]
    told = json.loads(as_json(visits))["sessions"]
    assert [session["number"] for session in told] == [7, 8]
    assert told[0]["discomforts"][0]["side"] == "left"
    rows = list(csv.DictReader(io.StringIO(as_csv(visits))))
    assert tuple(rows[0]) == COLUMNS
    assert {row["session"] for row in rows} == {"7", "8"}
    assert [row["what"] for row in rows if row["session"] == "7"][:3] == ["too strong", "report", "done"]
    assert rows[-1]["detail"] == "finished"


def test_places_are_named_as_they_are_said() -> None:
    assert place("calf", "left") == "left calf"
    assert place("calf", "both") == "both calves"
    assert place("", "none") == "no hands on"
    assert place("a region of the future", "left") == "a region of the future"
