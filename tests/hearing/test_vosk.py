"""The real Vosk with a real model, and every way in which a model can be unfit."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.hearing.conftest import in_a_room, listen, room_noise
from voice_coach.commands import SESSION, table
from voice_coach.errors import MachineError
from voice_coach.hearing.builtin import builtin
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.vosk import VoskRecogniser, check
from voice_coach.session.events import Heard, Told
from voice_coach.sound.samples import HEARING_RATE, Samples, silence

Say = Callable[[str], Samples]


@pytest.fixture
def copied(model: Path, tmp_path: Path) -> Path:
    """A copy of the model that a test may damage."""
    copy = tmp_path / "my-model"
    shutil.copytree(model, copy, copy_function=shutil.copyfile)
    for folder in (copy, *(path for path in copy.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    return copy


@pytest.mark.parametrize("phrase", ["stop", "pain", "it hurts"])
def test_a_safety_word_is_heard_before_the_utterance_is_over(vosk: VoskRecogniser, say: Say, phrase: str) -> None:
    spoken = say(phrase)
    ((when, heard),) = listen(Ears(vosk), in_a_room(spoken))
    assert heard.path == "safety"
    # Within a breath of the word's end, while the recogniser would wait half a second more for a final.
    assert when < 0.5 + len(spoken) / 16000 + 0.25


@pytest.mark.parametrize("phrase", ["next", "repeat", "continue", "skip", "yes", "ready"])
def test_a_command_is_heard_when_the_utterance_is_over(vosk: VoskRecogniser, say: Say, phrase: str) -> None:
    spoken = say(phrase)
    ((when, heard),) = listen(Ears(vosk), in_a_room(spoken))
    assert (heard.phrase, heard.path) == (phrase, "command")
    assert heard.word_end is not None
    assert heard.word_end == pytest.approx(0.5 + len(spoken) / 16000, abs=0.2)
    assert when < heard.word_end + 1.0


def test_talk_is_no_command(vosk: VoskRecogniser, say: Say) -> None:
    talk = in_a_room(say("what would you like to eat this evening"), say("my sister bought a red bicycle"))
    assert [heard for _, heard in listen(Ears(vosk), talk) if heard.path == "command"] == []


def test_silence_is_no_utterance(vosk: VoskRecogniser) -> None:
    assert vosk.push(room_noise(12.0)) == []


def test_how_the_stream_is_cut_changes_nothing(model: Path, say: Say) -> None:
    sound = in_a_room(say("next"), say("stop"))
    whole = VoskRecogniser(model).push(sound)
    pieces = VoskRecogniser(model)
    cuts = np.cumsum(np.random.default_rng(5).integers(0, 900, size=2 * len(sound) // 900))
    found = [one for piece in np.split(sound, cuts) for one in pieces.push(piece)]
    # Vosk's partial results, and the frame at which a word ends, differ a little from run to run.
    over, expected = ([one for one in each if one.final] for each in (found, whole))
    assert [one.text for one in over] == [one.text for one in expected] == ["next", "stop"]
    assert all(one.end == pytest.approx(other.end, abs=0.05) for one, other in zip(over, expected, strict=True))


# Another conversation -----------------------------------------------------------------------------

OTHER = table([], ["volume up", "speed up"])


@pytest.fixture(params=["tiny", "built-in"])
def hearing(request: pytest.FixtureRequest) -> Ears:
    return Ears(VoskRecogniser(builtin() if request.param == "built-in" else request.getfixturevalue("model")))


def heard_by(ears: Ears, sound: Samples) -> list[str]:
    found = (one for at in range(0, len(sound), 480) for one in ears.push(sound[at : at + 480]))
    return [one.phrase for one in found if isinstance(one, Heard | Told)]


def test_each_conversation_hears_its_own_phrases_and_nothing_is_heard_twice(vosk: VoskRecogniser, say: Say) -> None:
    hearing = Ears(vosk)
    assert heard_by(hearing, in_a_room(say("repeat"))) == ["repeat"]
    hearing.listen_for(OTHER)
    assert heard_by(hearing, room_noise(1.5)) == []
    assert heard_by(hearing, in_a_room(say("volume up"), say("stop"))) == ["volume up", "stop"]
    hearing.listen_for(SESSION)
    assert heard_by(hearing, in_a_room(say("repeat"))) == ["repeat"]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_stop_is_heard_across_the_change_of_conversations(hearing: Ears, say: Say, share: float) -> None:
    word = say("stop")
    sound = in_a_room(say("repeat"), word)
    change = len(sound) - int(1.2 * HEARING_RATE) - int((1 - share) * len(word))
    before = heard_by(hearing, sound[:change])
    hearing.listen_for(OTHER)
    assert [*before, *heard_by(hearing, sound[change:])] == ["repeat", "stop"]


def test_the_times_of_a_faster_model_are_put_right_for_ever(copied: Path, say: Say) -> None:
    # As if the model ran 100 frames a second: Vosk's clock then goes three times too fast, which this file says.
    # The tiny model's own clock is right, so here its times come out at a third of each stretch.
    spoken = in_a_room(say("next"))
    plain = VoskRecogniser(copied).push(spoken)[-1]
    (copied / "voice_coach.json").write_text(json.dumps({"time_scale": 1 / 3}))
    scaled = VoskRecogniser(copied)
    first = scaled.push(spoken)[-1]
    assert plain.end is not None
    assert first.end == pytest.approx(plain.end / 3)
    # Vosk starts its count anew after 200 s of such frames; the recogniser does so itself before.
    quiet = room_noise(185.0)
    scaled.push(quiet)
    begun = (len(spoken) + len(quiet)) / 16000
    late = [one for one in scaled.push(spoken) if one.final][-1]
    assert late.text == "next"
    assert late.end is not None
    assert begun - 40 < late.end < begun + 2


def test_words_that_the_model_lacks_are_left_out_and_told(vosk: VoskRecogniser) -> None:
    assert "stop" in vosk.grammar.phrases
    assert "chest pain" not in vosk.grammar.phrases
    assert "chest" in vosk.grammar.missing
    known = vosk.grammar.missing
    assert not any(word in known for phrase in vosk.grammar.phrases for word in phrase.split())


def test_nothing_is_left_on_the_screen_not_even_at_the_end_of_the_program(model: Path, python: str) -> None:
    program = (
        "import sys; from pathlib import Path; from voice_coach.hearing.vosk import VoskRecogniser\n"
        "from voice_coach.sound.samples import silence\n"
        "r = VoskRecogniser(Path(sys.argv[1])); r.push(silence(32000)); print('done', file=sys.stderr)\n"
    )
    run = subprocess.run([python, "-c", program, str(model)], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("", "done\n")


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=r"There is no speech model at .*nowhere"):
        VoskRecogniser(tmp_path / "nowhere")


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=r"is not a whole speech model .*am/final.mdl.* missing or empty"):
        VoskRecogniser(tmp_path)


def test_a_model_with_one_fixed_graph_is_refused(copied: Path) -> None:
    (copied / "graph" / "HCLr.fst").rename(copied / "graph" / "HCLG.fst")
    with pytest.raises(MachineError, match=r"one fixed graph .* cannot be told which phrases"):
        VoskRecogniser(copied)


@pytest.mark.parametrize("name", ["am/final.mdl", "graph/HCLr.fst", "conf/model.conf"])
def test_a_file_cut_short_is_one_sentence_and_no_crash(copied: Path, name: str) -> None:
    whole = (copied / name).read_bytes()
    (copied / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MachineError, match="my-model cannot be loaded: one of its files is damaged or cut short"):
        VoskRecogniser(copied)


def test_an_empty_file_is_named(copied: Path) -> None:
    (copied / "graph" / "HCLr.fst").write_bytes(b"")
    with pytest.raises(MachineError, match=r"graph/HCLr\.fst missing or empty"):
        check(copied)


def test_a_model_that_does_not_know_stop_is_refused(copied: Path) -> None:
    words = copied / "graph" / "words.txt"
    words.write_text(words.read_text().replace("stop ", "stoat "))
    with pytest.raises(MachineError, match="knows none of the words for “stop”"):
        VoskRecogniser(copied)


def test_a_model_that_cannot_say_unknown_is_refused(copied: Path) -> None:
    words = copied / "graph" / "words.txt"
    words.write_text(words.read_text().replace("[unk] ", "unknown "))
    with pytest.raises(MachineError, match="cannot say “none of these”"):
        VoskRecogniser(copied)


@pytest.mark.parametrize("text", ["", "[]", '{"time_scale": "a third"}', '{"time_scale": 0}', "{"])
def test_settings_of_a_model_that_make_no_sense(copied: Path, text: str) -> None:
    (copied / "voice_coach.json").write_text(text)
    with pytest.raises(MachineError, match=r"voice_coach\.json cannot be used"):
        VoskRecogniser(copied)


def test_an_empty_push_is_nothing(vosk: VoskRecogniser) -> None:
    assert vosk.push(silence(0)) == []
