"""The poster folder of each dataset, kept in a small file so that it is there again tomorrow."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from reco_core.paths import posters_home


def poster_folders() -> dict[str, str]:
    """Dataset name -> folder; empty where nothing was set or the file cannot be read."""
    try:
        found = json.loads(_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(folder) for name, folder in found.items()} if isinstance(found, dict) else {}


def set_poster_folder(dataset: str, folder: str) -> None:
    """Keep the folder of one dataset; an empty text forgets it."""
    folders = poster_folders()
    folders.pop(dataset, None)
    if folder.strip():
        folders[dataset] = folder.strip()
    _file().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=_file().parent, encoding="utf-8", delete=False) as file:
        json.dump(folders, file, indent=1)
    os.replace(file.name, _file())


def _file() -> Path:
    return posters_home() / "folders.json"
