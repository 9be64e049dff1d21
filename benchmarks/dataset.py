"""The data that benches run on: ML-100K where it is, else the embedded demo."""

from __future__ import annotations

import os
from pathlib import Path

from reco_core import data
from reco_core.errors import DataError
from reco_core.ratings import Ratings


def rated() -> Ratings:
    """ML-100K from RECO_TEST_DATA or as downloaded; the demo, with a word about it, where neither is there."""
    folder = os.environ.get("RECO_TEST_DATA")
    if folder and (Path(folder) / "ml-100k.zip").is_file():
        return data.load(Path(folder) / "ml-100k.zip")
    try:
        return data.load("ml-100k")
    except DataError:
        print(
            "ML-100K is not here (set RECO_TEST_DATA or `reco data download ml-100k`): measuring on the demo instead."
        )
        return data.load("demo")
