"""Figures on the test rows: of a run, and of the baselines, which are computed once per split and kept."""

from __future__ import annotations

import hashlib
import json

import numpy as np

from reco_core import __version__
from reco_core.errors import RunError
from reco_core.evaluation import PROTOCOL, evaluate
from reco_core.evaluation.baselines import baseline_metrics
from reco_core.events import StageStarted
from reco_core.models.spec import Scorer
from reco_core.paths import home
from reco_core.ratings import Ratings
from reco_core.runs import Run
from reco_core.runs.files import read_json, write_json
from reco_core.runs.metrics import Figures, check_metrics
from reco_core.split import Split

TOP_K = 10
# Ties in a ranking are broken by the same numbers for every run of a split, so that runs with other seeds compare.
TIE_SEED = 0
# The stages of a second training, on train and validation rows together, have names that begin so.
REFIT = "refit: "


def test_figures(run: Run, scorer: Scorer, ratings: Ratings, split: Split) -> Figures:
    """Every metric of a trained run on the test rows."""
    rows = trained_rows(run, split)
    return evaluate(run.spec, scorer, ratings, split, TOP_K, TIE_SEED, trained_rows=rows)


def trained_rows(run: Run, split: Split) -> np.ndarray:
    """The rows that the run's weights have seen: a closed form and a refit see the validation rows too."""
    refit = any(isinstance(event, StageStarted) and event.name.startswith(REFIT) for event in run.events())
    return split.known if run.spec.fit is not None or refit else split.train


def baseline_figures(ratings: Ratings, split: Split) -> dict[str, Figures]:
    """Every metric of each baseline on the test rows; a kept file that is damaged is made anew."""
    key = json.dumps([ratings.fingerprint, split.fingerprint, TOP_K, TIE_SEED, PROTOCOL, __version__])
    path = home() / "baselines" / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"
    try:
        kept = read_json(path)
        if kept is not None:
            return check_metrics(kept, path.stem)["baselines"]
    except RunError:
        pass
    figures = baseline_metrics(ratings, split, TOP_K, TIE_SEED)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {"test": {}, "baselines": figures, "protocol": PROTOCOL})
    return figures
