"""The live program with parts that break while a file is in the working folder.

"throw": the recogniser throws. "slow": the computer takes longer to listen than there is to hear. "asleep": its clocks
have gone on by an hour, in which nothing else did.
"""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from pathlib import Path

from voice_coach.cli.keeping import play_kept
from voice_coach.cli.screen import notice, tell
from voice_coach.clock import Clock, ticking
from voice_coach.hearing.builtin import builtin
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.live import LiveStage
from voice_coach.routine.load import load
from voice_coach.sound.samples import BLOCK_SECONDS, Samples
from voice_coach.speaking.voice import SystemVoice

HOUR = 3600.0


class FaultyEars(Ears):
    """Real ears, until the file is there."""

    def push(self, block: Samples, reference: Samples | None = None):  # type: ignore[no-untyped-def]
        if Path("throw").exists():
            raise RuntimeError("The recogniser broke down.")
        time.sleep(5 * BLOCK_SECONDS * Path("slow").exists())
        return super().push(block, reference)


def listen() -> FaultyEars:
    folder = Path("model")
    return FaultyEars(VoskRecogniser(folder), None)


def slept() -> float:
    """What a computer's clock shows that slept for an hour while the file was laid down."""
    return ticking() + HOUR * Path("asleep").exists()


def main() -> None:
    routine = load(Path(sys.argv[1]))
    Path("model").symlink_to(builtin())
    with ExitStack() as parts:
        voice = parts.enter_context(SystemVoice(None, 300))
        stage = parts.enter_context(LiveStage(voice, listen, clock=lambda: Clock(slept)))
        notice("Ready.")
        play_kept(routine, stage, tell, journal=True)


if __name__ == "__main__":
    main()
