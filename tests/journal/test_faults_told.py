"""The README's table of faults: each row has tests that make it happen."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]

MADE_TO_HAPPEN = {
    "the microphone goes silent or away": ["live/test_live.py::test_a_microphone_that_goes_silent_pauses_the_session"],
    "the recogniser throws, or its model is gone": [
        "live/test_faults.py::test_a_recogniser_that_throws_and_a_model_that_is_gone"
    ],
    "the voice's process dies or hangs": [
        "live/test_faults.py::test_a_voice_process_that_dies_or_hangs_is_replaced",
        "speaking/test_voice.py::test_",
    ],
    "the program is killed": [
        "journal/test_killed.py::test_a_killed_session_is_there_but_for_the_last_half_second",
        "live/test_faults.py::test_what_was_broken_off_is_taken_up_again_and_again",
    ],
    "it is ended politely, or with Ctrl-C": [
        "journal/test_ended.py::test_nothing_is_lost",
        "live/test_live.py::test_ctrl_c_is_a_stop_and_twice_leaves_at_once",
    ],
    "the journal is locked by another program": ["journal/test_writer.py::test_locked_by_another_program"],
    "the disk is full, or files may not grow": [
        "journal/test_writer.py::test_the_disk_is_full_and_then_is_not",
        "journal/test_writer.py::test_files_may_not_grow_any_more",
    ],
    "the journal is damaged": [
        "journal/test_writer.py::test_damaged_while_it_is_written",
        "journal/test_damaged.py::test_it_is_told_in_one_sentence_and_the_next_session_is_kept",
    ],
    "the journal is removed meanwhile": ["journal/test_writer.py::test_removed_while_it_is_written"],
    "the folder cannot be written": ["journal/test_writer.py::test_a_place_that_cannot_be_written"],
    "the clock is set back or forward": ["journal/test_writer.py::test_the_clock_is_set"],
    "a second session is started": [
        "journal/test_commands.py::test_the_second_session_says_which_is_going_on_and_leaves_it_alone"
    ],
}


def test_every_fault_in_the_readme_is_made_to_happen() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme.partition("### When something breaks")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| .+ \| .+ \|$", table, re.M)
    assert set(rows) - {"breaks", "---"} == set(MADE_TO_HAPPEN)


def test_these_tests_exist() -> None:
    for tests in MADE_TO_HAPPEN.values():
        for test in tests:
            file, _, name = test.partition("::")
            assert f"def {name}" in (ROOT / "tests" / file).read_text("utf-8"), test
