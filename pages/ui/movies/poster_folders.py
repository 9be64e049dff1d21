"""The poster folder of each dataset, kept in a small file so that it is there again tomorrow."""

from __future__ import annotations

import json
from pathlib import Path

from reco_core.paths import posters_home
from reco_core.runs.files import write_json
from reco_core.storage import kept_in


def poster_folders() -> dict[str, str]:
    """Dataset name -> folder; empty where nothing was set or the file cannot be read."""
    try:
        found = json.loads(_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(folder) for name, folder in found.items()} if isinstance(found, dict) else {}


def set_poster_folder(dataset: str, folder: str) -> None:
    """Keep the folder of one dataset; an empty text forgets it. Raises StorageError."""
    folders = poster_folders()
    folders.pop(dataset, None)
    if folder.strip():
        folders[dataset] = folder.strip()
    with kept_in(_file()):
        _file().parent.mkdir(parents=True, exist_ok=True)
    write_json(_file(), folders)


def _file() -> Path:
    return posters_home() / "folders.json"
