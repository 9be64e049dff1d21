"""Posters that somebody put into a folder as <item id>.jpg."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from reco_core.posters.image import MAX_BYTES, safe_image

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".JPG", ".JPEG", ".PNG", ".WEBP")
_FORBIDDEN = frozenset('/\\:*?"<>|')
_DEVICES = re.compile("(CON|PRN|AUX|NUL|(COM|LPT)[0-9])([.].*)?", re.IGNORECASE)  # no files on Windows


def is_file_name(name: str) -> bool:
    """Whether the text can be one file's name on every system, and nothing that leads out of its folder."""
    plain = name.isprintable() and name.strip(" .") == name and not _FORBIDDEN & set(name)
    return 0 < len(name) <= 120 and plain and not _DEVICES.fullmatch(name)


def poster_in(folder: Path, item_id: object) -> tuple[bytes, str] | None:
    """(bytes, mime type) of the item's picture in the folder; None where there is none that can be shown."""
    name = str(item_id)
    if not is_file_name(name):
        return None
    for suffix in SUFFIXES:
        path = folder / (name + suffix)
        try:
            found = path.is_file() and path.resolve().is_relative_to(folder.resolve()) and path.stat()
            if found and 0 < found.st_size <= MAX_BYTES:
                image = _read(str(path), found.st_mtime_ns, found.st_size)
                if image is not None:
                    return image
        except OSError:  # no right to read it, or gone since
            continue
    return None


@lru_cache(maxsize=512)
def _read(path: str, changed: int, size: int) -> tuple[bytes, str] | None:
    """The checked picture; the time of its last change and its size are part of the key, so an edit is seen."""
    with Path(path).open("rb") as file:
        return safe_image(file.read(MAX_BYTES + 1))
