"""Where this machine keeps datasets, caches and runs; nothing is created by asking."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

from reco_core.errors import SettingsError

HOME, RUNS = "RECO_HOME", "RECO_RUNS"
FOLDERS = "RECO_FOLDERS"  # "1" or "0" from `reco app`: whether visitors may name folders of this computer


def folders_may_be_named(local: bool) -> bool:
    """Whether visitors may name folders of this computer: as `reco app` decided, else only where the app is local.

    Elsewhere any visitor could find out which folders there are.
    """
    return {"1": True, "0": False}.get(os.environ.get(FOLDERS, ""), local)


def home() -> Path:
    """The product's folder: RECO_HOME, else the platform's place for application data.

    Raises SettingsError where that is a file, or where this user has no home to keep it in.
    """
    return _named(HOME) or _folder(user_data_path("reco", appauthor=False), HOME)


def datasets_home() -> Path:
    """Downloaded and added datasets, and their parsed copies."""
    return home() / "datasets"


def runs_home() -> Path:
    """Run folders: RECO_RUNS, else `runs` in the product's folder; raises as home() does."""
    return _named(RUNS) or home() / "runs"


def posters_home() -> Path:
    """Posters fetched from TMDB and folders named in the settings."""
    return home() / "posters"


def _named(variable: str) -> Path | None:
    """The folder that a variable of the environment names, None where it is not set."""
    chosen = os.environ.get(variable)
    return _folder(Path(chosen), variable) if chosen else None


def _folder(path: Path, variable: str) -> Path:
    place = os.path.expanduser(path)
    if place.startswith("~"):
        raise SettingsError(f"{variable} must name a folder, as this user has no home folder; {path} has no place.")
    if os.path.isfile(place):
        raise SettingsError(f"{variable} must be a folder; {place} is a file.")
    return Path(place)
