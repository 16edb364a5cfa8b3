"""The coach never obeys itself: its sentences, played in the room, are heard by the real recogniser."""

from __future__ import annotations

import numpy as np

from voice_coach.hearing.builtin import builtin
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.echo import WebRtcEcho
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.routine.load import find, load
from voice_coach.session.events import Heard
from voice_coach.session.words import TEACH, TEACH_TWO, repertoire
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import HEARING_RATE, saturate, silence
from voice_coach.speaking.mouth import Lines
from voice_coach.speaking.voice import SystemVoice

BLOCK = HEARING_RATE // 100
ECHO = -12.0
"""Decibels at which the microphone hears the loudspeaker."""


def test_no_sentence_of_the_foot_bath_is_taken_for_a_command() -> None:
    ears = Ears(VoskRecogniser(builtin()), WebRtcEcho())
    room, noise = Echo(ECHO, HEARING_RATE, 0.02, 0.2), np.random.default_rng(0)
    mistaken = []
    with SystemVoice() as voice:
        lines = Lines(voice, HEARING_RATE)
        # The teaching sentence comes first, as in a session: the canceller is cold then.
        for sentence in dict.fromkeys((TEACH, TEACH_TWO, *repertoire(load(find("foot-bath"))))):
            played = np.concatenate([lines.render(sentence), silence(HEARING_RATE)])
            for at in range(0, len(played) - BLOCK + 1, BLOCK):
                block = played[at : at + BLOCK]
                heard = ears.push(saturate(room.through(block) + noise.normal(0, 15, BLOCK)), block)
                mistaken += [(one.phrase, sentence) for one in heard if isinstance(one, Heard)]
    assert mistaken == []
