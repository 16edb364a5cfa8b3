"""Lines rendered ahead while a conversation goes on already."""

from __future__ import annotations

from pathlib import Path

from voice_coach.cli.run import prepare_meanwhile
from voice_coach.speaking.voice import SystemVoice


def test_what_the_coach_says_now_does_not_wait_for_what_it_may_say_later(tmp_path: Path) -> None:
    with SystemVoice(cache=tmp_path) as voice:
        working = prepare_meanwhile(voice, [f"Stroke the calf {number} times." for number in range(1000)])
        assert len(voice.render("Which towel?"))
        assert working.is_alive(), "it is rendered in between"
    working.join(20)
    assert not working.is_alive(), "it ends with the voice"
