from __future__ import annotations

import pytest

from voice_coach.errors import UserError
from voice_coach.speaking.choose import VoiceInfo, choose

ESPEAK = (
    VoiceInfo("gmw/af", "Afrikaans", "af"),
    VoiceInfo("gmw/en", "English (Great Britain)", "en-gb"),
    VoiceInfo("gmw/en-us", "English (America)", "en-us"),
)
WINDOWS = (
    VoiceInfo(r"HKEY\Tokens\TTS_MS_DE-DE_HEDDA", "Microsoft Hedda Desktop - German", "de-DE"),
    VoiceInfo(r"HKEY\Tokens\TTS_MS_EN-US_ZIRA", "Microsoft Zira Desktop - English (United States)", "en-US"),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gmw/en-us", "gmw/en-us"),
        ("EN-US", "gmw/en-us"),
        ("en", "gmw/en"),
        ("en-gb", "gmw/en"),
        ("en_GB", "gmw/en"),
        ("english (america)", "gmw/en-us"),
        ("en-us+F3", "gmw/en-us+f3"),
        ("en-gb+alex", "gmw/en+Alex"),
    ],
)
def test_a_voice_answers_to_its_id_name_and_language(name: str, expected: str) -> None:
    assert choose(name, "gmw/en", ESPEAK, ("f3", "Alex")) == expected


def test_a_word_of_a_long_name_is_enough() -> None:
    assert choose("zira", WINDOWS[0].id, WINDOWS) == WINDOWS[1].id


def test_the_usual_voice_is_kept_when_it_speaks_english() -> None:
    assert choose(None, "gmw/en-us", ESPEAK) == "gmw/en-us"
    assert choose(None, WINDOWS[0].id, WINDOWS) == WINDOWS[1].id
    assert choose(None, "gmw/af", ESPEAK[:1]) == "gmw/af"


@pytest.mark.parametrize("name", ["", "xx", "en-usa", "en-us+f9", "+f3"])
def test_an_unknown_one_is_one_sentence_with_examples(name: str) -> None:
    with pytest.raises(UserError, match="such as") as caught:
        choose(name, "gmw/en", ESPEAK, ("f3", "Alex"))
    assert "\n" not in str(caught.value)


def test_the_nearest_names_come_first() -> None:
    with pytest.raises(UserError, match="such as en-us"):
        choose("en-usa", "gmw/en", ESPEAK)
