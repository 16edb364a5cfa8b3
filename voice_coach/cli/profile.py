"""`profile`: what is remembered of a person, and forgetting it."""

from __future__ import annotations

from argparse import Namespace

from voice_coach.cli.screen import OUT, notice, sure
from voice_coach.errors import UserError
from voice_coach.profile import load_profile, profile_file


def show(args: Namespace) -> int:
    """`profile`"""
    path = profile_file(args.person)
    if not path.exists():
        notice("Nothing is remembered of that person; a session remembers when you say so, or with --remember.")
        return 0
    profile = load_profile(path)
    OUT.print(f"{path}")
    if profile.body:
        OUT.print(f"  always spared: {profile.body}")
    for text, when in profile.spots.items():
        OUT.print(f"  spared: {text}, on {when}")
    for name, kept in sorted(profile.answers.items()):
        OUT.print(f"  {name}: {kept.answer}, on {kept.when}")
    return 0


def forget(args: Namespace) -> int:
    """`profile forget`"""
    path = profile_file(args.person)
    if not path.exists():
        notice("Nothing is remembered of that person.")
        return 0
    if not args.yes and not sure(f"Forget the profile {path}, for good?"):
        notice("Nothing was forgotten.")
        return 0
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"{path} cannot be deleted ({error.strerror}); check its permissions.") from error
    notice("Forgotten.")
    return 0
