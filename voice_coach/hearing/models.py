"""Speech models on this machine: what can be had, what is installed, which one is used."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from voice_coach.errors import MachineError, UserError
from voice_coach.hearing.fetch import Progress, download, unpack
from voice_coach.hearing.vosk import check

CHOICE = "VOICE_COACH_MODEL"
"""Environment variable: the name or folder of the model to listen with."""

_PROJECT = Path(__file__).resolve().parents[2]
_PACKAGE = Path(__file__).resolve().parents[1]


class Entry(BaseModel):
    """One model that can be installed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    language: str
    url: str
    size: int = Field(gt=0)
    """Bytes of the ZIP file."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str
    about: str
    """Accuracy and cost in a sentence or two."""


class Catalogue(BaseModel):
    """The file models/catalogue.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=1, le=1)
    models: tuple[Entry, ...]


@dataclass(frozen=True)
class Model:
    """A model on this machine."""

    name: str
    path: Path


@cache
def catalogue() -> tuple[Entry, ...]:
    """The models that can be installed, the one to try first at the front."""
    # Beside the package when installed, at the top of the project when run from a checkout.
    places = [folder / "models" / "catalogue.yaml" for folder in (_PACKAGE, _PROJECT)]
    for place in places:
        if place.is_file():
            return Catalogue.model_validate(YAML(typ="safe").load(place)).models
    raise MachineError("The list of speech models (models/catalogue.yaml) is missing; install voice-coach again.")


def directory() -> Path:
    """Where installed models live; it need not exist yet."""
    folder = platformdirs.user_data_path("voice_coach", appauthor=False) / "models"
    if os.name == "nt" and not str(folder).isascii():
        # Vosk cannot open such a path on Windows.
        folder = platformdirs.site_data_path("voice_coach", appauthor=False) / "models"
    return folder


def installed(folder: Path | None = None) -> list[Model]:
    """The models in *folder* (default: directory()), in the catalogue's order, then others by name."""
    folder = directory() if folder is None else folder
    order = {entry.name: place for place, entry in enumerate(catalogue())}
    # A name that begins with a dot is a download or an unpacking under way.
    inside = (path for path in (folder.iterdir() if folder.is_dir() else ()) if not path.name.startswith("."))
    found = [Model(path.name, path) for path in inside if _usable(path)]
    return sorted(found, key=lambda model: (order.get(model.name, len(order)), model.name))


def _usable(folder: Path) -> bool:
    try:
        check(folder)
    except MachineError:
        return False
    return True


def path(name: str, folder: Path | None = None) -> Path:
    """Where the installed model *name* is; UserError when it is not installed."""
    folder = directory() if folder is None else folder
    models = installed(folder)
    for model in models:
        if model.name == name:
            return model.path
    have = ", ".join(model.name for model in models) or "none"
    raise UserError(
        f"The speech model “{name}” is not in {folder} (there: {have}); install one with “voice-coach models install "
        f"{catalogue()[0].name}”, or take the name out of --model, the settings or {CHOICE}, and one is chosen."
    )


def as_folder(name: str) -> Path | None:
    """The folder that *name* is, if it is one."""
    with suppress(OSError, RuntimeError):  # too long to be one, or in the home of nobody
        if (folder := Path(name).expanduser()).is_dir():
            return folder
    return None


def choose(folder: Path | None = None) -> Path | None:
    """The model to listen with: what the environment variable VOICE_COACH_MODEL names, else the first installed.

    None when nothing is installed. Raises UserError when the variable names nothing that is there.
    """
    wanted = os.environ.get(CHOICE, "").strip()
    if wanted:
        if found := as_folder(wanted):
            return found
        if re.search(r"[/\\]", wanted):
            raise UserError(f"{CHOICE} names the folder {wanted}, which does not exist; correct it or unset it.")
        return path(wanted, folder)
    return next((model.path for model in installed(folder)), None)


def install(name: str, progress: Progress, folder: Path | None = None, listed: tuple[Entry, ...] | None = None) -> Path:
    """Download, check and unpack the model *name* of the catalogue; where it is now.

    *progress* is called with bytes done and bytes in all. An interrupted download goes on where it
    stopped the next time; a model appears in its place whole or not at all. Raises UserError for a
    name that is unknown or installed already, MachineError for everything that goes wrong on the way.
    """
    folder = directory() if folder is None else folder
    listed = catalogue() if listed is None else listed
    entry = next((entry for entry in listed if entry.name == name), None)
    if entry is None:
        known = ", ".join(entry.name for entry in listed)
        raise UserError(f"There is no speech model called “{name}”; those that can be installed are {known}.")
    target = folder / name
    if target.exists():
        raise UserError(f"{name} is already installed in {target}; delete that folder first to install it anew.")
    archive = folder / ".partial" / f"{name}.zip"
    download(entry.url, archive, entry.size, entry.sha256, progress)
    unpack(archive, target, check)
    archive.unlink(missing_ok=True)
    return target
