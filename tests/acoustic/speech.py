"""Speech to try the model on: synthetic in several voices, human where there is any."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soxr

Samples = npt.NDArray[np.int16]

VOICES = ("en-us", "en-us+f2", "en-us+m3", "en-gb-x-rp")
_SYNCHRONOUS, _DO_NOT_EXIT, _UTF8 = 2, 0x8000, 1
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class _Espeak:
    """eSpeak NG, straight from its library; the calling thread waits until all is spoken."""

    def __init__(self) -> None:
        loader = pytest.importorskip("espeakng_loader", reason="eSpeak NG is needed to synthesise speech")
        self._library = ctypes.CDLL(str(loader.get_library_path()))
        data = str(loader.get_data_path()).encode()
        self.rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DO_NOT_EXIT)
        assert self.rate > 0
        self._parts: list[Samples] = []
        self._callback = _Callback(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def _take(self, wave: ctypes._Pointer[ctypes.c_short], count: int, events: object) -> int:
        if wave and count:
            self._parts.append(np.ctypeslib.as_array(wave, (count,)).copy())
        return 0

    def say(self, text: str, voice: str) -> Samples:
        assert self._library.espeak_SetVoiceByName(voice.encode()) == 0
        self._parts = []
        raw = text.encode()
        self._library.espeak_Synth(raw, ctypes.c_size_t(len(raw) + 1), 0, 1, 0, _UTF8, None, None)
        return np.concatenate(self._parts)


@cache
def _espeak() -> _Espeak:
    return _Espeak()


@cache
def say(text: str, voice: str) -> Samples:
    """*text* in *voice* at 16 kHz, between pauses, over a faint room."""
    engine = _espeak()
    spoken = soxr.resample(engine.say(text, voice), engine.rate, 16000) * 0.5
    still = np.random.default_rng(1).normal(0, 12, 12000 + len(spoken) + 16000)
    still[12000 : 12000 + len(spoken)] += spoken
    return np.clip(still, -32768, 32767).astype(np.int16)


def human(count: int) -> list[Path]:
    """Some recordings of people; skips the test where there are none."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "speech"
    folder = Path(os.environ.get("VOICE_COACH_SPEECH", beside))
    found = sorted(folder.glob("gsc_v2_test/stop/*.flac"))[:count]
    if len(found) < count:
        pytest.skip("no human speech here; set VOICE_COACH_SPEECH to a folder that has it")
    return found
