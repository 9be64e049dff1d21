"""What a trained model is worth on held-out rows: star errors, and the quality of its top-k lists."""

from __future__ import annotations

import numpy as np

from reco_core.evaluation.cold_start import cold_aware
from reco_core.evaluation.ranking import ranking_metrics
from reco_core.evaluation.rating import rating_metrics
from reco_core.models.spec import ModelSpec, Scorer
from reco_core.ratings import Ratings
from reco_core.split import Split


def protocol(relevant_from: float | None = None) -> str:
    """The sentences printed beside the figures."""
    relevant = "every held-out item of a user is relevant"
    if relevant_from is not None:
        relevant = f"held-out items that the user gave {relevant_from:g} stars or more are relevant"
    return (
        f"Scored once, on held-out test rows. Stars: predictions clipped to the scale. Ranking: {relevant}; candidates "
        "are all items the user has not rated in train or validation; mean over users with a "
        f"{'held-out row' if relevant_from is None else 'relevant item'}; ties broken at random by the seed."
    )


PROTOCOL = protocol()


def evaluate(
    spec: ModelSpec,
    scorer: Scorer,
    ratings: Ratings,
    split: Split,
    k: int = 10,
    seed: int = 0,
    trained_rows: np.ndarray | None = None,
    relevant_from: float | None = None,
) -> dict[str, float]:
    """Every metric of a trained model on the test rows; star errors are absent where the model predicts no stars.

    trained_rows are the rows it was trained on: by default all known rows for a closed-form model, else the train
    rows. A user or item with none of them is scored as an unknown id (index -1), not by a row nobody trained.
    relevant_from: the stars from which a held-out item is relevant, None for all. Raises DataError where the split has
    no test rows, or none that is relevant.
    """
    if trained_rows is None:
        trained_rows = split.known if spec.fit is not None else split.train
    aware = cold_aware(scorer, ratings, trained_rows)
    metrics: dict[str, float] = {}
    if spec.predicts_stars:
        predicted = aware.score(ratings.user_index[split.test], ratings.item_index[split.test])
        metrics |= rating_metrics(predicted, ratings.rating[split.test], ratings.scale)
    return metrics | ranking_metrics(aware, ratings, split.known, split.test, k, seed, relevant_from)
