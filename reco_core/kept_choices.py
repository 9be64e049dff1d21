"""What was chosen for datasets by their names, in a small JSON file that is written whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reco_core.storage import kept_in, write_whole


def read_choices(path: Path) -> dict[str, Any]:
    """Name -> what was chosen; empty where nothing was, or the file cannot be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def keep_choice(path: Path, name: str, choice: Any) -> None:
    """Keep what was chosen for one name; None forgets it. Raises StorageError."""
    choices = read_choices(path)
    choices.pop(name, None)
    if choice is not None:
        choices[name] = choice
    with kept_in(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, lambda file: file.write(json.dumps(choices, indent=1).encode()))
