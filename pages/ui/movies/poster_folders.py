"""The poster folder of each dataset, with who set it, kept in a small file so that it is there again tomorrow."""

from __future__ import annotations

from pathlib import Path

from reco_core.kept_choices import keep_choice, read_choices
from reco_core.owners import check_may_change, may_change
from reco_core.paths import posters_home


def poster_folders() -> dict[str, str]:
    """Dataset name -> folder; empty where nothing was set or the file cannot be read."""
    return {name: entry["folder"] for name, entry in _entries().items() if "folder" in entry}


def folder_owner(dataset: str) -> str:
    """The visitor who set a dataset's folder; empty for nobody in particular."""
    return _entries().get(dataset, {}).get("owner", "")


def may_set_folder(dataset: str, visitor: str) -> bool:
    """Whether a visitor may set a dataset's folder: where none is set, anybody who may name folders at all."""
    return dataset not in _entries() or may_change(folder_owner(dataset), visitor)


def set_poster_folder(dataset: str, folder: str, visitor: str) -> None:
    """Keep the folder of one dataset; an empty text forgets it. Raises OwnerError for another's, StorageError."""
    if dataset in _entries():
        check_may_change(folder_owner(dataset), visitor, "This poster folder", "changed")
    keep_choice(_file(), dataset, {"folder": folder.strip(), "owner": visitor} if folder.strip() else None)


def _entries() -> dict[str, dict[str, str]]:
    """Dataset name -> its folder and owner; earlier versions kept the folder alone."""
    whole = read_choices(_file()).items()
    entries = {name: entry if isinstance(entry, dict) else {"folder": entry} for name, entry in whole}
    return {name: entry for name, entry in entries.items() if all(isinstance(text, str) for text in entry.values())}


def _file() -> Path:
    return posters_home() / "folders.json"
