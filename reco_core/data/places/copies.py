"""Which parsed copy holds what a place gave: by the source, as last read, and by the fingerprint of the ratings."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from reco_core.data import cache
from reco_core.errors import DataError
from reco_core.paths import datasets_home
from reco_core.ratings import Ratings


def note(source: str, ratings: Ratings, parsed: Path) -> None:
    """Remember that the source has just given these ratings, whose parsed copy is there."""
    with suppress(OSError):  # a full or read-only disk costs the memory of it, not the dataset
        for name in (_of_source(source), ratings.fingerprint):
            place = _folder() / name
            place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_suffix(f".{parsed.name}.part")
            part.write_text(parsed.name, encoding="utf-8")
            part.replace(place)


def latest(source: str) -> Ratings | None:
    """What the source gave when it was last read; None where no copy of it is here."""
    return _opened(_of_source(source))


def of(fingerprint: str) -> Ratings | None:
    """The ratings with this fingerprint; None where no copy of them is here."""
    ratings = _opened(fingerprint)
    return ratings if ratings and ratings.fingerprint == fingerprint else None


def _opened(name: str) -> Ratings | None:
    try:
        parsed = (_folder() / name).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    if not parsed.isalnum():
        return None
    with suppress(DataError):
        return cache.parsed_copy(datasets_home() / "parsed" / parsed, _gone)
    return None


def _gone() -> Ratings:
    raise DataError("The copy is not here any more.")


def _folder() -> Path:
    return datasets_home() / "taken"


def _of_source(source: str) -> str:
    return "source-" + hashlib.sha256(source.encode()).hexdigest()[:32]
