"""EASE: each item predicted from all others by one ridge regression, solved in closed form.

Beside who rated what, the regression may use when (what was rated at once belongs together) and genres and years.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated

import numpy as np

from reco_core.errors import SettingsError
from reco_core.models import fields, side_features
from reco_core.models.implicit_feedback import Ranking, are_positive, positives
from reco_core.models.item_scorer import DenseWeights, ItemScorer, fold_rated_items
from reco_core.models.progressive_fit import drained
from reco_core.models.reasons import by_rated_items
from reco_core.models.spec import CONTEXT, Arrays, ModelSpec, Preset, Shape
from reco_core.rated_lists import Rated, blocks
from reco_core.ratings import Ratings

SECONDS, FEATURES = f"{CONTEXT}seconds", f"{CONTEXT}item_features"
_ROWS = 512  # of the matrix that are made dense at once
_DENSE_BYTES = 256 * 2**20
_NEIGHBOURS = 50  # ratings after each one, in the order of time, that it is paired with


class EaseSettings(Ranking):
    """Settings of EASE."""

    l2: Annotated[
        float,
        fields.described(
            "L2",
            "Ridge penalty: higher values trust only pairs of items that many users share.",
            "Model",
            log=True,
            ge=1e-6,
            le=1e6,
            allow_inf_nan=False,
        ),
    ] = 500.0
    together: Annotated[
        float,
        fields.described(
            "Same-sitting weight",
            "Extra weight of two items that a user rated at the same moment; 0 ignores times. It finds what is rated "
            "in one sitting, not what is liked later. Without times in the data it has no effect.",
            "Model",
            ge=0,
            le=100,
            allow_inf_nan=False,
        ),
    ] = 0.0
    minutes: Annotated[
        float,
        fields.described(
            "Minutes",
            "Minutes between two ratings at which the extra weight is halved; at three times as many it is a quarter.",
            "Model",
            log=True,
            ge=0.01,
            le=1e6,
            allow_inf_nan=False,
        ),
    ] = 5.0
    item_features: Annotated[
        float,
        fields.described(
            "Genres and years",
            "Items that share genres and years count as rated together by this many more users; 0 ignores them.",
            "Model",
            ge=0,
            le=10_000,
            allow_inf_nan=False,
        ),
    ] = 10.0
    max_items: Annotated[
        int,
        fields.described(
            "Most items",
            "Refuses datasets with more items: memory grows with their square (4 bytes x items x items, twice).",
            "Model",
            advanced=True,
            ge=2,
            le=40_000,
        ),
    ] = 10_000


def ease_context(settings: EaseSettings, ratings: Ratings, rows: np.ndarray) -> Arrays:
    """When was rated what counts, and the items' features; each only where it is asked for and known.

    context_seconds int64 [n], in the order of rated_items; context_item_features float32 [n_items, columns].
    """
    made: Arrays = {}
    if settings.together and ratings.timestamp is not None:
        kept = rows[are_positive(ratings.rating[rows], settings)]
        pairs = ratings.user_index[kept].astype(np.int64) * ratings.n_items + ratings.item_index[kept]
        made[SECONDS] = ratings.timestamp[kept[np.unique(pairs, return_index=True)[1]]]
    features = np.concatenate([side_features.item_genres(ratings), side_features.item_years(ratings)], axis=1)
    if settings.item_features and features.shape[1]:
        made[FEATURES] = features
    return made


def fit_ease(
    user_index: np.ndarray,
    item_index: np.ndarray,
    rating: np.ndarray,
    shape: Shape,
    settings: EaseSettings,
    context: Arrays | None = None,
) -> Generator[float, None, Arrays]:
    """B = I - P diag(P)^-1 with P = (G + l2 I)^-1, which has the least squares error of X B with diag(B) = 0.

    G = X'X, with what `context` adds to it. Yields the share done; returns item_weights float32 [n_items, n_items],
    who rated what, and popularity. Raises SettingsError above max_items.
    """
    from scipy.linalg.lapack import spotrf, spotri

    n = shape.n_items
    if n > settings.max_items:
        raise SettingsError(
            f"ease takes up to {settings.max_items:,} items (max_items), as its memory grows with their square:"
            f" {8 * n * n / 2**30:.1f} GB here; got {n:,}. item_knn and implicit_als have no such limit."
        )
    rated = positives(user_index, item_index, rating, shape, settings)
    gram = shared_users(rated)
    _add_context(gram, rated, settings, context or {})
    yield 0.3
    gram.flat[:: n + 1] += settings.l2
    factor, failed = spotrf(gram, lower=1, overwrite_a=1, clean=0)
    yield 0.6
    if not failed:
        factor, failed = spotri(factor, lower=1, overwrite_c=1)
    if failed:
        raise SettingsError(f"The Gram matrix of ease cannot be inverted; try an l2 above {settings.l2:g}.")
    yield 0.9
    return {"item_weights": _weights(factor), **rated.to_arrays(), "popularity": rated.popularity()}


def shared_users(rated: Rated) -> np.ndarray:
    """How many users two items share: float32 [n_items, n_items] in Fortran order; the diagonal counts each item's."""
    n = rated.n_items
    shared = np.zeros((n, n), dtype=np.float32, order="F")
    matrix = rated.matrix()
    if 4 * rated.n_users * n <= _DENSE_BYTES:
        dense = matrix.toarray()
        shared[:] = dense.T @ dense
        return shared
    turned = matrix.T.tocsr()
    for part in blocks(n, _ROWS):
        shared[part] = (turned[part] @ matrix).toarray()
    return shared


def _add_context(gram: np.ndarray, rated: Rated, settings: EaseSettings, context: Arrays) -> None:
    """Adds to the half of the sums below the diagonal what is known besides who rated what."""
    if SECONDS in context:
        _add_together(gram, rated, context[SECONDS], settings)
    if FEATURES in context:
        features = context[FEATURES]
        for part in blocks(rated.n_items, _ROWS):
            gram[part] += np.float32(settings.item_features) * (features[part] @ features.T)


def _add_together(gram: np.ndarray, rated: Rated, seconds: np.ndarray, settings: EaseSettings) -> None:
    """Adds together / (1 + gap / minutes) for each two ratings of a user, up to _NEIGHBOURS places apart in time."""
    users = np.repeat(np.arange(rated.n_users), np.diff(rated.start))
    order = np.lexsort((seconds, users))
    users, items, seconds = users[order], rated.items[order].astype(np.int64), seconds[order]
    cells = gram.reshape(-1, order="F")
    np.add.at(cells, items * (rated.n_items + 1), np.float32(settings.together))
    for apart in range(1, _NEIGHBOURS + 1):
        same = users[apart:] == users[:-apart]
        first, second = items[:-apart][same], items[apart:][same]
        gap = (seconds[apart:] - seconds[:-apart])[same] / (60 * settings.minutes)
        cell = np.minimum(first, second) * rated.n_items + np.maximum(first, second)
        np.add.at(cells, cell, (settings.together / (1 + gap)).astype(np.float32))


def _weights(inverse: np.ndarray) -> np.ndarray:
    """-P_ij / P_jj, 0 on the diagonal, from the lower half of P; P is overwritten."""
    n = len(inverse)
    scale = -1 / np.diag(inverse).copy()
    for part in blocks(n, _ROWS):
        # The half above the diagonal is whatever the factorisation left there.
        inverse[part, part] = np.tril(inverse[part, part]) + np.tril(inverse[part, part], -1).T
        inverse[part, part.stop :] = inverse[part.stop :, part].T
    inverse *= scale
    np.fill_diagonal(inverse, 0)
    return np.ascontiguousarray(inverse)


def ease_scorer(arrays: Arrays, shape: Shape, settings: EaseSettings) -> ItemScorer:
    """The fitted model in numpy."""
    return ItemScorer(arrays, DenseWeights(arrays["item_weights"], shape.n_items), shape)


# Chosen on validation rows of MovieLens 100K's training rows and on a thousand users of MovieLens 1M.
SITTINGS = Preset("sittings", "Rated in one sitting: rating times count too", {"together": 3.0, "l2": 1000.0})
EASE = ModelSpec(
    name="ease",
    title="EASE",
    family="ranking",
    sentence="A weight from every item to every other, so that each rated item counts for or against all the rest.",
    equation=r"\begin{aligned} s_{ui} &= \textstyle\sum_{j \in R_u} B_{ji} \\ "
    r"B &= I - P\,\mathrm{diag}(P)^{-1} \\ P &= (G + \lambda I)^{-1} \\ "
    r"G &= X^\top X + \beta F F^\top \end{aligned}",
    symbols=("score", "rated_by", "item_weights", "inverse", "gram", "ridge", "features"),
    reference="Steck: Embarrassingly shallow autoencoders for sparse data. WWW 2019; features as further rows: "
    "Jeunen, Van Balen, Goethals: Closed-form models for collaborative filtering with side-information. RecSys 2020.",
    settings=EaseSettings,
    scorer=ease_scorer,
    parameters=lambda settings, shape: shape.n_items * (shape.n_items - 1),
    predicts_stars=False,
    has_weights=True,
    context=ease_context,
    fit=drained(fit_ease),
    fit_parts=fit_ease,
    fold_in=fold_rated_items,
    explain=by_rated_items,
    presets=(SITTINGS,),
)
