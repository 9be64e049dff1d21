"""Long runs and a shape for tests of the manager."""

from __future__ import annotations

from pathlib import Path

from reco_core.encode import RatingScale
from reco_core.models.spec import Shape
from reco_core.runs import RunRequest
from tests.tiny import request_for

LONG = {"epochs": 2000, "patience": None, "batch_size": 1}

SHAPE = Shape(30, 20, RatingScale(1, 5, 1), 3.0)


def long_run(csv: Path, **values: object) -> RunRequest:
    return request_for(csv, model="mf", settings=LONG, **values)
