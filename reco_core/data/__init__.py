"""Datasets: by name, from a folder, a zip or a CSV file; each becomes a `Ratings`."""

from __future__ import annotations

from pathlib import Path

from reco_core.data import demo
from reco_core.data.files import open_files
from reco_core.data.readers import read
from reco_core.ratings import Ratings


def load(source: str | Path) -> Ratings:
    """The ratings of a dataset's name, a folder, a zip or a CSV file. Raises DataError."""
    if str(source) == "demo":
        return demo.demo()
    path = Path(source).expanduser()
    return read(open_files(path), path.name.split(".")[0])
