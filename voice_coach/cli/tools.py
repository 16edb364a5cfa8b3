"""The commands about the machine: devices, voices, say, hear, models."""

from __future__ import annotations

from argparse import Namespace

from rich.table import Table

from voice_coach.cli.hearing import ears
from voice_coach.cli.screen import OUT, notice, progress
from voice_coach.cli.speaker import speaker
from voice_coach.cli.staging import own_file
from voice_coach.hearing import models
from voice_coach.hearing.builtin import builtin
from voice_coach.session.events import Heard
from voice_coach.settings import load_settings
from voice_coach.sound.portaudio import devices
from voice_coach.sound.resampler import Resampler
from voice_coach.sound.samples import HEARING_RATE, block_frames
from voice_coach.sound.wav import WavMicrophone
from voice_coach.speaking.voice import voices

TAIL = 2.0
"""Seconds of silence after a file, so that its last words are recognised."""


def list_devices(args: Namespace) -> int:
    """`devices`"""
    table = Table(box=None, pad_edge=False)
    for heading in ("NAME", "MICROPHONE", "LOUDSPEAKER", "RATE"):
        table.add_column(heading, no_wrap=heading in ("NAME", "VOICE", "MODEL"), overflow="fold")
    found = devices()
    for device in found:
        inputs, outputs = ("yes" if count else "" for count in (device.inputs, device.outputs))
        table.add_row(device.name, inputs, outputs, f"{device.rate:g} Hz")
    if found:
        OUT.print(table)
        return 0
    notice("There is no microphone and no loudspeaker on this machine: plug one in, or use sound files.")
    return 3


def list_voices(args: Namespace) -> int:
    """`voices`"""
    table = Table(box=None, pad_edge=False)
    for heading in ("VOICE", "LANGUAGE", "NAME"):
        table.add_column(heading, no_wrap=heading in ("NAME", "VOICE", "MODEL"), overflow="fold")
    for voice in voices():
        if voice.english or args.all:
            table.add_row(voice.short, voice.language, voice.name)
    OUT.print(table)
    return 0


def say(args: Namespace) -> int:
    """`say TEXT`"""
    settings = load_settings(voice=args.voice, words_per_minute=args.rate, loudspeaker=args.loudspeaker)
    if args.output:
        own_file("the sound", args.output)
    with speaker(settings, args.output) as speak:
        speak(args.text)
    return 0


def hear(args: Namespace) -> int:
    """`hear FILE.wav`"""
    microphone = WavMicrophone(args.file)
    settings = load_settings(model=args.model)
    listening = ears(settings)
    resampler = Resampler(microphone.rate, HEARING_RATE)
    blocks = round((microphone.frames / microphone.rate + TAIL) * 100)
    nothing = True
    with progress("Listening") as done:
        for index in range(blocks):
            resampler.push(microphone.read(block_frames(microphone.rate, index)))
            for heard in listening.push(resampler.pull(block_frames(HEARING_RATE, index))):
                if not isinstance(heard, Heard):
                    continue
                nothing = False
                end = listening.seconds if heard.word_end is None else heard.word_end
                OUT.print(f"{end:8.2f}  {heard.command.value:10}  {heard.phrase}  ({heard.path})")
            if index % 100 == 0:
                done(index, blocks)
    if nothing:
        notice("No command was heard in it.")
    return 0


def list_models(args: Namespace) -> int:
    """`models list`"""
    table = Table(box=None, pad_edge=False)
    for heading in ("MODEL", "MB", "INSTALLED", "LICENCE", "ABOUT"):
        table.add_column(heading, no_wrap=heading in ("NAME", "VOICE", "MODEL"), overflow="fold")
    there = {model.name for model in models.installed()}
    for entry in models.catalogue():
        installed = "yes" if entry.name in there else ""
        table.add_row(entry.name, f"{entry.size / 1e6:.0f}", installed, entry.licence, entry.about)
    OUT.print(table)
    return 0


def build_model(args: Namespace) -> int:
    """`models build`"""
    with progress("Building the speech model") as done:
        path = builtin(done)
    notice("The built-in model is ready; it is used unless another one is installed or asked for.")
    OUT.print(str(path))
    return 0


def install_model(args: Namespace) -> int:
    """`models install NAME`"""
    with progress(f"Downloading {args.name}") as done:
        path = models.install(args.name, done)
    notice(f"{args.name} is installed in {path}; it is used from now on.")
    return 0


def model_path(args: Namespace) -> int:
    """`models path [NAME]`"""
    path = models.path(args.name) if args.name else models.directory()
    OUT.print(str(path))
    return 0
