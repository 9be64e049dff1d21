"""What the ranking models that learn by epochs share: settings, constants and the numpy scorer."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from reco_core.models import fields, settings_groups
from reco_core.models.implicit_feedback import Ranking, are_positive, popularity_of
from reco_core.models.ranking_scorer import RankedDot
from reco_core.models.scorers import Tables
from reco_core.models.spec import CONTEXT, Arrays, Settings, Shape
from reco_core.rated_lists import Rated
from reco_core.ratings import Ratings

POPULARITY, KNOWN = f"{CONTEXT}popularity", f"{CONTEXT}rated_users"

Patience = Annotated[
    int | None,
    fields.described(
        "Patience",
        "Epochs without a better NDCG on the validation rows before training stops and restores the best epoch; "
        "none trains all epochs.",
        "Training",
        flags=("number",),
        ge=1,
        le=500,
    ),
]


class PairTraining(Settings):
    """How a ranking model learns, in epochs; what it minimises is the model's own."""

    steps_per_epoch: ClassVar[int] = 140

    optimizer: fields.Optimizer = "adam"
    learning_rate: fields.LearningRate = 0.003
    decay: fields.Decay = 0.1
    schedule: fields.Schedule = ()
    batch_size: fields.BatchSize = None
    epochs: fields.Epochs = 30
    patience: Patience = 5


class PairSettings(PairTraining, settings_groups.Penalties, settings_groups.Start, settings_groups.Vectors, Ranking):
    """What all of them have."""


def pair_context(settings: PairSettings, ratings: Ratings, rows: np.ndarray) -> Arrays:
    """Popularity, and who has a positive rating, among the rows that are trained on."""
    kept = rows[are_positive(ratings.rating[rows], settings)]
    rated = Rated.of(ratings.user_index[kept], ratings.item_index[kept], ratings.n_users, ratings.n_items)
    return {POPULARITY: rated.popularity(), KNOWN: (np.diff(rated.start) > 0).astype(np.int32)}


def pair_scorer(tables: Tables, arrays: Arrays, shape: Shape) -> RankedDot:
    """The dot product of the vectors, in the order of popularity for users without a positive rating."""
    known = np.asarray(arrays[KNOWN])
    if known.shape != (shape.n_users,):
        raise ValueError(f"{KNOWN} must be [{shape.n_users}]; got {list(known.shape)}")
    return RankedDot(tables, known > 0, popularity_of(arrays, POPULARITY, shape.n_items))
