"""The person's settings: one frozen object, from the settings file and the command line.

The file is `settings.yaml` in the platform's configuration folder; everything in it is optional.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from voice_coach.errors import UserError
from voice_coach.files import Replacement
from voice_coach.routine.source import reason
from voice_coach.speaking.voice import FASTEST, SLOWEST

LARGEST_FILE = 64_000
"""Bytes."""


class Settings(BaseModel):
    """How the coach speaks and listens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    voice: Annotated[str | None, Field(description="a voice's name")] = None
    """A voice's name or id; None for the system's usual English one."""
    words_per_minute: Annotated[
        int, Field(ge=SLOWEST, le=FASTEST, description=f"a whole number from {SLOWEST} to {FASTEST}")
    ] = 160
    microphone: Annotated[str | None, Field(description="a device's name")] = None
    """A device's name, or part of it; None for the system's default."""
    loudspeaker: Annotated[str | None, Field(description="a device's name")] = None
    model: Annotated[str | None, Field(description="a model's name or folder")] = None
    """A Vosk model's name or folder; None chooses by itself."""
    headphones: Annotated[bool, Field(description="true or false")] = False
    """Switches echo cancelling off."""
    volume: Annotated[float, Field(ge=-20, le=12, description="a number of decibels from -20 to 12")] = 0.0
    """How much louder than normal the coach speaks, decibels; `voice-coach preflight --save` chooses it."""
    body: Annotated[str | None, Field(description="a body map, such as: bruise on the right thigh")] = None
    """What is always spared, as after --body: "bruise on the right thigh"."""


def settings_file() -> Path:
    """Where the settings are looked for."""
    return Path(platformdirs.user_config_dir("voice_coach", appauthor=False)) / "settings.yaml"


def load_settings(path: Path | None = None, **changes: Any) -> Settings:
    """The settings file, if there is one, with *changes* (those that are not None) over it.

    Raises UserError in one sentence for each fault.
    """
    path = path or settings_file()
    values: Any = {}
    try:
        if path.exists():
            if path.stat().st_size > LARGEST_FILE:
                raise UserError(f"{path} is too large for a settings file; move it away.")
            values = YAML(typ="safe", pure=True).load(path.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError, YAMLError, RecursionError, ValueError, LookupError, TypeError) as error:
        raise UserError(f"{path} cannot be read ({reason(error, path)}); mend it or move it away.") from error
    if not isinstance(values, dict):
        raise UserError(f"{path} must hold settings like 'words_per_minute: 160'; mend it or move it away.")
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return Settings.model_validate(values | given)
    except ValidationError as error:
        faults = []
        for fault in error.errors(include_url=False):
            name = ".".join(map(str, fault["loc"]))
            where = "the command line" if name in given else str(path)
            if field := Settings.model_fields.get(name.partition(".")[0]):
                faults.append(f"{where}: {name} must be {field.description}.")
            else:
                faults.append(f"{where}: there is no setting {name}; there are {', '.join(Settings.model_fields)}.")
        raise UserError("\n".join(faults)) from error


def save_settings(path: Path | None = None, **changes: Any) -> Path:
    """Write *changes* into the settings file, leaving everything else in it as it is, comments too; where it is.

    Raises UserError when the file cannot be read, or nothing can be written there.
    """
    path = path or settings_file()
    load_settings(path, **changes)  # whatever is wrong with it is said before it is touched
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = _changed(path.read_text("utf-8") if path.exists() else "", changes)
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}); check the folder's permissions.") from error
    with Replacement(path) as file:
        file.write(text.encode())
    return path


def _changed(text: str, changes: dict[str, Any]) -> str:
    """A settings file's *text* with *changes* in it."""
    yaml, written = YAML(), io.StringIO()
    yaml.preserve_quotes, yaml.width = True, LARGEST_FILE  # no line is wrapped
    if values := yaml.load(text):
        values.update(changes)
    else:  # of a file without settings the comments stay
        written.writelines(f"{comment}\n" for comment in re.findall("#.*", text))
    yaml.dump(values or changes, written)
    return written.getvalue()
