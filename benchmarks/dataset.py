"""The data that benches run on: from the folder of RECO_TEST_DATA (`--data FOLDER`), else as downloaded."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.section import NotMeasured
from reco_core import data
from reco_core.errors import DataError
from reco_core.ratings import Ratings

FOLDER = "RECO_TEST_DATA"


def rated() -> Ratings:
    """ML-100K; the demo, with a word about it, where it is not here."""
    try:
        return _first("ml-100k", "ml-100k.zip")
    except NotMeasured as error:
        print(f"{error} Measuring on the demo instead.")
        return data.load("demo")


def ml_100k() -> Ratings:
    """ML-100K; raises NotMeasured where it is not here."""
    return _first("ml-100k", "ml-100k.zip")


def ml_1m() -> Ratings:
    """All of ML-1M; raises NotMeasured where it is not here."""
    return _first("ml-1m", "ml-1m.zip", "ml-1m-ratings.csv.gz")


def _first(name: str, *files: str) -> Ratings:
    """The first of the files that is in the folder, else the downloaded dataset of that name."""
    folder = Path(os.environ.get(FOLDER) or ".no-folder")
    for file in files:
        if (folder / file).is_file():
            return data.load(folder / file)
    try:
        return data.load(name)
    except DataError as error:
        raise NotMeasured(
            f"{name} is not here (`--data FOLDER` with {' or '.join(files)}, or `reco data download {name}`)."
        ) from error
