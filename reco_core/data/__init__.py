"""Datasets: by name, from a folder, a zip or a CSV file; each becomes a `Ratings`."""

from __future__ import annotations

from pathlib import Path

from reco_core.data import demo
from reco_core.errors import DataError
from reco_core.ratings import Ratings


def load(source: str | Path) -> Ratings:
    """The ratings of a dataset's name, a folder, a zip or a CSV file. Raises DataError."""
    if str(source) == "demo":
        return demo.demo()
    raise DataError(f"A source must be a dataset name, a folder, a zip or a CSV file; got {source}.")
