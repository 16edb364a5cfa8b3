"""Every error a person can meet: one sentence that says what, where and what to do.

The children are split by who must act; each carries the exit code of the command line.
"""

from __future__ import annotations


class CoachError(Exception):
    """Base of all errors that are shown to a person; its text is the whole message."""

    exit_code = 2


class UserError(CoachError):
    """What was typed or given cannot be used; the person at the keyboard can mend it."""


class AuthorError(CoachError):
    """A routine file breaks a rule; its author can mend it."""


class MachineError(CoachError):
    """The machine lacks something: a device, a voice, a speech model, a place to write."""

    exit_code = 3
