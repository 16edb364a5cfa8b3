"""`profile`: what is remembered of a person, and forgetting it."""

from __future__ import annotations

import sys
from argparse import Namespace

from voice_coach.cli.screen import OUT, notice
from voice_coach.errors import UserError
from voice_coach.profile import load_profile, profile_file


def show(args: Namespace) -> int:
    """`profile`"""
    path = profile_file(args.person)
    if not path.exists():
        notice("Nothing is remembered of that person; a session remembers when you say so, or with --remember.")
        return 0
    profile = load_profile(path)
    OUT.print(f"{path}", markup=False)
    if profile.body:
        OUT.print(f"  always spared: {profile.body}", markup=False)
    for text, when in profile.spots.items():
        OUT.print(f"  spared: {text}, on {when}", markup=False)
    for name, kept in sorted(profile.answers.items()):
        OUT.print(f"  {name}: {kept.answer}, on {kept.when}", markup=False)
    return 0


def forget(args: Namespace) -> int:
    """`profile forget`"""
    path = profile_file(args.person)
    if not path.exists():
        notice("Nothing is remembered of that person.")
        return 0
    if not args.yes:
        if not sys.stdin.isatty():
            raise UserError("There is nobody to ask whether to forget; give --yes to do it unasked.")
        if OUT.input(f"Forget the profile {path}, for good? [y/N] ").strip().lower() not in ("y", "yes"):
            notice("Nothing was forgotten.")
            return 0
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"{path} cannot be deleted ({error.strerror}); check its permissions.") from error
    notice("Forgotten.")
    return 0
