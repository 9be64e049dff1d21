"""EASE: each item predicted from all others by one ridge regression, solved in closed form."""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated

import numpy as np

from reco_core.errors import SettingsError
from reco_core.models import fields
from reco_core.models.fitting import drained
from reco_core.models.item_scorer import DenseWeights, ItemScorer
from reco_core.models.positives import Ranking, positives
from reco_core.models.rated_lists import Rated, blocks
from reco_core.models.spec import Arrays, ModelSpec, Shape

_ROWS = 512  # of the matrix that are made dense at once
_DENSE_BYTES = 256 * 2**20


class EaseSettings(Ranking):
    """Settings of EASE."""

    l2: Annotated[
        float,
        fields.described(
            "L2",
            "Weight of the squared weights: higher trusts only pairs of items that many users share.",
            "Model",
            log=True,
            ge=1e-6,
            le=1e6,
            allow_inf_nan=False,
        ),
    ] = 500.0
    max_items: Annotated[
        int,
        fields.described(
            "Most items",
            "Refuses datasets with more items: memory grows with the square, 4 bytes x items x items, twice.",
            "Model",
            advanced=True,
            ge=2,
            le=40_000,
        ),
    ] = 10_000


def fit_ease(
    user_index: np.ndarray, item_index: np.ndarray, rating: np.ndarray, shape: Shape, settings: EaseSettings
) -> Generator[float, None, Arrays]:
    """B = I - P diag(P)^-1 with P = (X'X + l2 I)^-1, which has the least squares error of X B with diag(B) = 0.

    Yields the share done; returns item_weights float32 [n_items, n_items], who rated what, and popularity.
    Raises SettingsError above max_items.
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
    yield 0.3
    gram.flat[:: n + 1] += settings.l2
    factor, failed = spotrf(gram, lower=1, overwrite_a=1, clean=0)
    yield 0.6
    if not failed:
        factor, failed = spotri(factor, lower=1, overwrite_c=1)
    if failed:
        raise SettingsError(f"The sums of ease cannot be inverted; try an l2 above {settings.l2:g}.")
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
    return ItemScorer(arrays, DenseWeights(arrays["item_weights"], shape.n_items), shape, settings)


EASE = ModelSpec(
    name="ease",
    title="EASE",
    family="ranking",
    sentence="One weight from every item to every other, so that what a user rated speaks for or against all the rest.",
    equation=r"s_{ui} = \sum_{j \in R_u} B_{ji},\quad B = I - P\,\mathrm{diag}(P)^{-1},"
    r"\quad P = (X^\top X + \lambda I)^{-1}",
    reference="Steck: Embarrassingly shallow autoencoders for sparse data. WWW 2019.",
    settings=EaseSettings,
    scorer=ease_scorer,
    parameters=lambda settings, shape: shape.n_items * (shape.n_items - 1),
    predicts_stars=False,
    fit=drained(fit_ease),
    fit_parts=fit_ease,
)
