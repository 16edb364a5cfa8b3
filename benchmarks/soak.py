"""Hours of session, with talk, noise and random commands: `python -m benchmarks.soak --hours 8 --live 30 --json FILE`.

One process coaches a synthetic person through one session after another, in audio time and then live over a sound
server of its own. While somebody else talks and things rattle, the person answers, and now and then says a command, in
the midst of the coach's sentences too, and again when it is not understood. Counted are:

- memory: megabytes an hour, the median of the slopes between all pairs of samples, one a minute, in the second half,
  when all that is kept for later has been seen once; a step now and then is the allocator's. Judged from two hours on
- late frames: blocks of 10 ms of which the ears, by their processor time, came to the end more than LATE seconds after
  their last sample; live, the buffers that PortAudio found empty or overfull as well
- false ends: sessions that ended in any way but at their own end; nobody ever says an ending word. And steps that ended
  by a report that nobody made
- commands answered: of those understood, how many the session answered at once; of those said, how many were
  understood at the first, second or third time
- the journal: every session is kept in one, and all its lines are there afterwards

The exit code is 1 when anything of this was not as it should be, and the last lines tell what.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.common import SYNTHETIC, keep, show, versions
from voice_coach.commands import Command, Phrases
from voice_coach.hearing.builtin import builtin
from voice_coach.hearing.ears import Ears
from voice_coach.hearing.echo import LinearEcho
from voice_coach.hearing.spotter import Spotter
from voice_coach.hearing.vosk import VoskRecogniser
from voice_coach.journal.store import Store
from voice_coach.journal.writer import Journal
from voice_coach.live import LiveStage
from voice_coach.person import Person
from voice_coach.recorded import Nowhere, PersonInRoom, RecordedStage
from voice_coach.rehearsal import hear
from voice_coach.routine.load import find, load
from voice_coach.routine.model import Routine
from voice_coach.session.events import Effect, Event, Spoken
from voice_coach.session.repertoire import repertoire
from voice_coach.sound.resampler import Resampler
from voice_coach.sound.room import Echo
from voice_coach.sound.samples import BLOCK_SECONDS, HEARING_RATE, Samples, saturate, silence
from voice_coach.speaking.mouth import Lines
from voice_coach.speaking.voice import SystemVoice, Voice
from voice_coach.stage import UNFINISHED, Line, Stage, play

ROUTINES = ("foot-bath", "leg-classic", "self-leg")
SAYINGS = (
    "how long", "louder", "quieter", "repeat", "slower", "faster", "what did you hear", "what can i say", "next",
    "softer", "more time", "skip", "pause", "go back",
)  # fmt: skip
"""What is said now and then; never an ending word, and no reports."""
TALK = (
    "I saw your sister at the market this morning, she sends her love.", "The trains were late again on Tuesday.",
    "Could you put the kettle on when we are done here?", "My neighbour has bought a blue bicycle for his son.",
    "They say it will rain all through the weekend.", "I have been reading that long book about the sea.",
    "We might paint the kitchen yellow in the spring.", "The cat has found a warm place behind the stove.",
)  # fmt: skip
WAIT = 7.0
"""Seconds after which what was not understood is said again."""
TRIES = 3
TALK_LEVEL, RATTLE = 0.25, 900.0
LATE = 1.0
"""Seconds behind the microphone from which on the ears are late."""
GROWTH = 1.0
"""Megabytes an hour that may be the noise of measuring."""
UNHEARD = 0.1
"""Of the wishes, how many need not be understood; benchmarks/hearing is where that is measured."""
JUDGED = 2.0
"""Hours from which on growth can be told from filling up."""


@dataclass
class Count:
    """What happened."""

    said: int = 0
    """Wishes, each said up to TRIES times."""
    understood: Counter[int] = field(default_factory=Counter)
    """Wishes by the try at which they were understood."""
    heard: int = 0
    answered: int = 0
    heard_at: float | None = None
    ends: Counter[str] = field(default_factory=Counter)
    reports: list[str] = field(default_factory=list)
    """What was understood where nobody had reported a discomfort or said "stop", and what was really said."""
    overheard: str = ""
    """What was said last."""
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Hours, megabytes."""
    lines: int = 0
    """Of the transcript."""
    missing: int = 0
    """Lines that are not in the journal."""
    late: int = 0
    behind: float = 0.0
    """Seconds, at the worst."""
    blocks: int = 0
    processor: float = 0.0
    """Seconds of the ears."""
    ahead: float = 0.0
    """Seconds that the ears had heard before this session began, from which they count on."""
    reactions: list[float] = field(default_factory=list)
    """Seconds from the end of a word to its being heard."""

    def tell(self, line: Line) -> None:
        """Take in a line of the transcript."""
        self.lines += 1
        t = float(str(line["t"]))
        if self.heard_at is not None:
            self.answered += t <= self.heard_at + BLOCK_SECONDS
            self.heard_at = None
        match line:
            case {"event": "heard", "word_end": end}:
                self.heard, self.heard_at = self.heard + 1, t
                if line.get("command") == Command.STOP.value:
                    self.reports.append(f"“stop” of “{self.overheard}”")
                if isinstance(end, float):
                    self.reactions.append(self.ahead + t - end)
            case {"event": "pain", "phrase": phrase}:
                self.reports.append(f"“{phrase}” of “{self.overheard}”")
            case {"event": "end", "reason": reason}:
                self.ends[str(reason)] += 1

    def sample(self, hours: float) -> None:
        """Look at the memory of this process."""
        pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
        self.memory.append((hours, pages * os.sysconf("SC_PAGE_SIZE") / 1e6))

    @property
    def slope(self) -> float:
        """Megabytes an hour."""
        steady = self.memory[len(self.memory) // 2 :]
        if len(steady) < 3:
            return float("nan")
        hours, megabytes = np.array(steady).T
        first, second = np.triu_indices(len(steady), 1)
        return float(np.median((megabytes[second] - megabytes[first]) / (hours[second] - hours[first])))

    @property
    def false_ends(self) -> int:
        """Sessions that ended otherwise than at their end, but for the last, which ends with the time."""
        ended = sum(count for reason, count in self.ends.items() if reason not in ("finished", UNFINISHED))
        return ended + max(0, self.ends[UNFINISHED] - 1)

    @property
    def failures(self) -> list[str]:
        """What happened that must not."""
        long = bool(self.memory) and self.memory[-1][0] >= JUDGED
        told = {
            f"memory grew by {self.slope:.2f} MB an hour": long and not self.slope <= GROWTH,
            f"{self.late} late frames": self.late,
            f"{self.false_ends} false ends of sessions": self.false_ends,
            f"{len(self.reports)} false reports": self.reports,
            f"{self.heard - self.answered} commands heard and not answered": self.answered < self.heard - 1,
            f"{self.understood[0]} of {self.said} wishes never understood": self.understood[0] > UNHEARD * self.said,
            f"{self.missing} lines missing in the journal": self.missing,
        }
        return [failure for failure, happened in told.items() if happened]

    def record(self) -> dict[str, Any]:
        """For JSON."""
        memory = [megabytes for _, megabytes in self.memory] or [0.0]
        return {
            "wishes": self.said,
            "understood at try": dict(sorted(self.understood.items())),
            "commands heard": self.heard,
            "commands answered": self.answered,
            "sessions": dict(self.ends),
            "false ends of sessions": self.false_ends,
            "false reports": self.reports,
            "memory, MB: first, most, last": [round(mb, 1) for mb in (memory[0], max(memory), memory[-1])],
            "memory, MB an hour": round(self.slope, 3),
            "late frames": self.late,
            "frames": self.blocks,
            "behind at the worst, s": round(self.behind, 3),
            "lines": self.lines,
            "lines missing in the journal": self.missing,
            "ears, processor seconds": round(self.processor, 1),
            "reaction, s": [round(float(np.percentile(self.reactions, p)), 3) for p in (50, 95) if self.reactions],
        }


class Wishful(Person):
    """Answers as a willing person, and says random things of their own accord, again when they are not understood."""

    def __init__(self, routine: Routine, count: Count, dice: random.Random, now: float = 0.0) -> None:
        super().__init__(routine)
        self._count, self._dice = count, dice
        self._wish, self._tried, self._say_at = "", 0, now + dice.uniform(20, 40)

    def speak(self, now: float) -> str | None:
        """An answer, or else a wish when its time has come."""
        if answer := super().speak(now):
            self.overhear(answer)
            return answer
        if now < self._say_at:
            return None
        if self._tried == TRIES:
            self._leave(now, 0)
            return None
        if not self._tried:
            self._wish = self._dice.choice(SAYINGS)
            self._count.said += 1
        self._tried, self._say_at = self._tried + 1, now + WAIT
        self.overhear(self._wish)
        return self._wish

    def overhear(self, said: str) -> None:
        """Note what somebody begins to say."""
        self._count.overheard = said

    def understood(self, line: Line) -> None:
        """See what the coach has understood."""
        meant = hear(self._wish) if self._tried else None
        if line["event"] == "heard" and meant and line["command"] == meant.command.value:
            self._leave(float(str(line["t"])), self._tried)

    def _leave(self, now: float, at: int) -> None:
        self._count.understood[at] += 1
        self._tried, self._say_at = 0, now + self._dice.uniform(8, 40)


class Household(PersonInRoom):
    """That person's room, where others talk and things rattle; it is never over."""

    def __init__(
        self,
        person: Wishful,
        voice: Voice,
        talk: Iterator[tuple[str, Samples]],
        dice: random.Random,
        begun: float = 0.0,
    ) -> None:
        super().__init__(person, voice)
        self._position = round(begun * self.rate)
        self._overhear, self._talk, self._dice = person.overhear, talk, dice
        self._others = silence(0)
        self._noises = np.random.default_rng(dice.randrange(2**32))

    @property
    def ended(self) -> bool:
        """Never."""
        return False

    def read(self, frames: int) -> Samples:
        """The next *frames* samples."""
        if not len(self._others):
            pause = silence(round(self._dice.uniform(5, 40) * self.rate))
            said, sound = next(self._talk)
            self._overhear(said)
            self._others = np.concatenate([sound, self._rattle(), pause])
        others, self._others = self._others[:frames], self._others[frames:]
        return saturate(super().read(frames) + np.pad(others, (0, frames - len(others))).astype(float))

    def _rattle(self) -> Samples:
        """A dish that is set down, a door, a tap: a burst of noise that dies away."""
        seconds = self._dice.uniform(0.05, 1.5)
        fade = np.exp(-np.linspace(0, 6, round(seconds * self.rate)))
        return saturate(self._noises.normal(0, self._dice.uniform(0.1, 1) * RATTLE, len(fade)) * fade)


def talk(voices: list[SystemVoice], folder: Path | None, dice: random.Random) -> Iterator[tuple[str, Samples]]:
    """What others say, for ever: synthetic voices, or sound files of a folder; in letters or the file's name, too."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".wav", ".flac")) if folder else []
    lines = [Lines(voice, HEARING_RATE) for voice in voices]
    while True:
        if files:
            file = dice.choice(files)
            sound, rate = soundfile.read(str(file), dtype="int16", always_2d=True, frames=60 * 48000)
            bring = Resampler(rate, HEARING_RATE)
            bring.push(np.ascontiguousarray(sound[:, 0]))
            yield file.name, saturate(bring.pull(bring.ready) * TALK_LEVEL)
        else:
            said = dice.choice(TALK)
            yield said, saturate(dice.choice(lines).render(said) * TALK_LEVEL)


class TimedEars(Ears):
    """Ears whose processor time is counted, and what would have come too late live."""

    def __init__(self, count: Count) -> None:
        super().__init__(VoskRecogniser(builtin()), LinearEcho(), Spotter())
        self._count, self._behind = count, 0.0

    def push(self, block: Samples, reference: Samples | None = None) -> Any:
        """The same as ever."""
        began = time.thread_time()
        found = super().push(block, reference)
        took = time.thread_time() - began
        count = self._count
        count.processor += took
        count.blocks += 1
        self._behind = max(0.0, self._behind + took - BLOCK_SECONDS)
        count.behind = max(count.behind, self._behind)
        count.late += self._behind > LATE
        if count.blocks % round(60 / BLOCK_SECONDS) == 0:
            count.sample(count.blocks * BLOCK_SECONDS / 3600)
        return found


class Cast:
    """The voices of everybody, and what is the same in audio time and live."""

    def __init__(self, parts: ExitStack, folder: Path | None, seed: int, routines: Sequence[str] = ROUTINES) -> None:
        self.dice = random.Random(seed)
        self.coach = parts.enter_context(SystemVoice(None, 300))
        self.person = parts.enter_context(SystemVoice("en-us+f2"))
        others = [parts.enter_context(SystemVoice(name)) for name in ("en-gb+m3", "en-gb-scotland+f4")]
        self.talk = talk(others, folder, self.dice)
        self.routines = [load(find(name)) for name in routines]
        for routine in self.routines:
            self.coach.prepare(repertoire(routine))


def recorded(cast: Cast, hours: float, so_far: Callable[[Count], None] = lambda count: None) -> Count:
    """Session after session in audio time; *so_far* is told of each."""
    count = Count()
    ears = TimedEars(count)
    while (left := hours * 3600 - count.blocks * BLOCK_SECONDS) > 1:
        routine = cast.dice.choice(cast.routines)
        person = Wishful(routine, count, cast.dice)
        count.ahead = ears.seconds
        stage = RecordedStage(
            Household(person, cast.person, cast.talk, cast.dice), Nowhere(), ears, cast.coach,
            echo=Echo(-20.0, HEARING_RATE, 0.02, 0.2), person=person, until=left,
        )  # fmt: skip
        journalled(routine, stage, count, person)
        print(f"{count.blocks * BLOCK_SECONDS / 3600:.2f} h: {count.record()}", flush=True)
        so_far(count)
    return count


def journalled(routine: Routine, stage: Stage, count: Count, person: Wishful) -> None:
    """Play a session that is kept in a journal; the person notices what was understood."""
    told = count.lines
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite3"
        with Journal(path, print) as journal:

            def tell(line: Line) -> None:
                count.tell(line)
                person.understood(line)
                journal.tell(line)

            play(routine, stage, tell, keep=journal.keep)
        with closing(Store(path)) as store:
            kept = store.session(1)
    count.missing += count.lines - told - (len(kept.lines) if kept else 0)


class Attended:
    """The live stage, with the person who listens to it."""

    def __init__(self, stage: LiveStage, until: float) -> None:
        self._stage, self._until = stage, until
        self.person: Wishful | None = None

    @property
    def now(self) -> float:
        """Seconds since it began."""
        return self._stage.now

    @property
    def quiet(self) -> bool:
        """A person who lives here is never through."""
        return False

    def listen_for(self, phrases: Phrases) -> None:
        """As the stage does."""
        self._stage.listen_for(phrases)

    def wait(self, due: float | None) -> tuple[Event, float] | None:
        """As the stage does, until the time is over."""
        if self.now >= self._until:
            return None
        arrived = self._stage.wait(self._until if due is None else min(due, self._until))
        if arrived and isinstance(arrived[0], Spoken) and self.person:
            self.person.spoken_to(arrived[1])
        return arrived

    def act(self, effect: Effect) -> None:
        """As the stage does; the person notices."""
        self._stage.act(effect)
        if self.person:
            self.person.notice(effect, self.now)


def live(cast: Cast, minutes: float) -> Count:
    """Session after session over a real sound server, in real time."""
    from tests.pulse import pulse

    count = Count()
    with pulse() as server, LiveStage(cast.coach, lambda: TimedEars(count)) as stage:
        attended = Attended(stage, minutes * 60)
        while attended.now < minutes * 60:
            routine = cast.dice.choice(cast.routines)
            person = attended.person = Wishful(routine, count, cast.dice, attended.now)
            with living(Household(person, cast.person, cast.talk, cast.dice, attended.now), server.environment):
                journalled(routine, attended, count, person)
        count.late += stage.late
    return count


@contextmanager
def living(room: Household, environment: dict[str, str]) -> Iterator[None]:
    """While the block runs, the microphone hears the *room*."""
    import subprocess

    command = ["pacat", "--playback", "--device=air", "--format=s16le", f"--rate={HEARING_RATE}", "--channels=1"]
    leaving = threading.Event()
    with subprocess.Popen([*command, "--latency-msec=30"], env=environment, stdin=subprocess.PIPE, bufsize=0) as player:
        assert player.stdin is not None
        pipe = player.stdin

        def breathe() -> None:
            while not leaving.is_set():
                pipe.write(room.read(320).astype("<i2").tobytes())

        thread = threading.Thread(target=breathe, daemon=True)
        thread.start()
        yield
        leaving.set()
        thread.join(5)
        player.kill()


def main() -> int:
    """Soak, show and keep; 1 when something happened that must not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=8.0, help="in audio time (8)")
    parser.add_argument("--live", type=float, default=0.0, metavar="MINUTES", help="over a sound server (0)")
    parser.add_argument("--speech", type=Path, metavar="FOLDER", help="WAV or FLAC files of other people's talk")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep all figures")
    args = parser.parse_args()
    told: dict[str, Count] = {}
    audio, real = f"{args.hours:g} hours of audio", f"{args.live:g} minutes live"

    def write(quiet: bool = True) -> None:
        soaks = {
            name: count.record() | {"failures": count.failures, "samples, hours and MB": count.memory}
            for name, count in told.items()
        }
        note = "Talk from files." if args.speech else SYNTHETIC
        keep(args.json, {"note": note, "versions": versions(), "soaks": soaks}, quiet)

    def so_far(count: Count) -> None:
        told[audio] = count
        write()  # hours are not lost when it is broken off

    with ExitStack() as parts:
        cast = Cast(parts, args.speech, args.seed)
        if args.hours:
            told[audio] = recorded(cast, args.hours, so_far)
        if args.live:
            told[real] = live(cast, args.live)
    for name, count in told.items():
        show(name, ("what", "count"), [(what, str(value)) for what, value in count.record().items()])
    write(quiet=False)
    failures = [f"{name}: {failure}" for name, count in told.items() for failure in count.failures]
    print("\n".join(failures) or "All was as it should be.")
    return bool(failures)


if __name__ == "__main__":
    raise SystemExit(main())
