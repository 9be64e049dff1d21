"""Where this machine keeps datasets, caches and runs; nothing is created by asking."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

FOLDERS = "RECO_FOLDERS"  # "1" or "0" from `reco app`: whether visitors may name folders of this computer


def folders_may_be_named(local: bool) -> bool:
    """Whether visitors may name folders of this computer: as `reco app` decided, else only where the app is local.

    Elsewhere any visitor could find out which folders there are.
    """
    return {"1": True, "0": False}.get(os.environ.get(FOLDERS, ""), local)


def home() -> Path:
    """The product's folder: RECO_HOME, else the platform's place for application data."""
    chosen = os.environ.get("RECO_HOME")
    return Path(chosen).expanduser() if chosen else user_data_path("reco", appauthor=False)


def datasets_home() -> Path:
    """Downloaded and added datasets, and their parsed copies."""
    return home() / "datasets"


def runs_home() -> Path:
    """Run folders: RECO_RUNS, else `runs` in the product's folder."""
    chosen = os.environ.get("RECO_RUNS")
    return Path(chosen).expanduser() if chosen else home() / "runs"


def posters_home() -> Path:
    """Posters fetched from TMDB and folders named in the settings."""
    return home() / "posters"
