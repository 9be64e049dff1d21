"""Datasets as they were added before they had folders: `own/name.csv` beside `own/name.json`, which open still."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reco_core.data.own.record import SLUG
from reco_core.paths import datasets_home

ENDINGS = (".csv.gz", ".tsv.gz", ".zip", ".csv", ".tsv", ".txt", ".dat")


@dataclass(frozen=True)
class OldDataset:
    """A dataset as it was kept before there were records: a file and the choices that were made for it."""

    name: str
    path: Path
    choices: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def home() -> Path:
    """The folder of the datasets that were added."""
    return datasets_home() / "own"


def old_datasets() -> list[OldDataset]:
    """Every dataset in the old layout, by name."""
    found = []
    try:
        paths = sorted(path for path in home().iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError:
        return []
    for path in paths:
        ending = next((ending for ending in ENDINGS if path.name.endswith(ending)), None)
        name = path.name.removesuffix(ending or "")
        if ending and re.fullmatch(SLUG, name):
            found.append(OldDataset(name, path, *_old_note(name)))
    return found


def find_old(name: str) -> OldDataset | None:
    """The dataset of this name in the old layout."""
    return next((one for one in old_datasets() if one.name == name), None) if re.fullmatch(SLUG, name) else None


def _old_note(name: str) -> tuple[dict[str, Any], dict[str, int]]:
    """(choices, counts) of the note beside a file of the old layout; nothing where it is damaged."""
    try:
        note = json.loads((home() / f"{name}.json").read_text(encoding="utf-8"))
        counts = {key: int(note[key]) for key in ("n_ratings", "n_users", "n_items")}
        return dict(note.get("choices", {})), counts
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}, {}
