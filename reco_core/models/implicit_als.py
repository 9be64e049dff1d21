"""Implicit ALS: vectors by least squares over all pairs, rated or not, one side at a time."""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated

import numpy as np

from reco_core.models import fields
from reco_core.models.fitted import Fitted
from reco_core.models.folding.folded import Folded, unknown
from reco_core.models.implicit_feedback import Ranking, opinions, popularity_of, positives
from reco_core.models.progressive_fit import drained
from reco_core.models.ranking_scorer import RankedDot
from reco_core.models.reasons import by_ranked_dimensions
from reco_core.models.scorers import Tables, with_mean_row
from reco_core.models.spec import Arrays, ModelSpec, Shape
from reco_core.rated_lists import Rated, blocks

_AT_ONCE = 4_000_000  # numbers in the matrices that are solved together


class ImplicitAlsSettings(Ranking):
    """Settings of implicit ALS."""

    dim: fields.Dim = 64
    l2: Annotated[
        float,
        fields.described(
            "L2",
            "Weight of the squared vectors, scaled by each one's number of ratings (all pairs counted by their "
            "weight).",
            "Model",
            log=True,
            ge=1e-6,
            le=100,
            allow_inf_nan=False,
        ),
    ] = 0.02
    unobserved: Annotated[
        float,
        fields.described(
            "Weight of unobserved pairs",
            "Weight of a pair without a rating, against 1 for a rated one: higher values recommend fewer, safer items.",
            "Model",
            log=True,
            ge=1e-6,
            le=10,
            allow_inf_nan=False,
        ),
    ] = 0.2
    iterations: Annotated[
        int, fields.described("Rounds", "Number of alternating solves of both sides.", "Training", ge=1, le=200)
    ] = 8


def fit_implicit_als(
    user_index: np.ndarray, item_index: np.ndarray, rating: np.ndarray, shape: Shape, settings: ImplicitAlsSettings
) -> Generator[float, None, Arrays]:
    """Both tables after `iterations` rounds, from the same first values each time.

    Minimises sum over rated (p q - 1)^2 + w sum over all (p q)^2 + l2 (sum_u (n_u + w n_items) |p_u|^2 + the same of
    items). Yields the share done; returns user_vectors, item_vectors, rated_start (who is known) and popularity.
    """
    rated = positives(user_index, item_index, rating, shape, settings)
    owner = np.repeat(np.arange(shape.n_users), np.diff(rated.start))
    raters = Rated.of(rated.items, owner, shape.n_items, shape.n_users)
    rng = np.random.default_rng(0)
    deviation = np.float32(0.1 / settings.dim**0.5)
    users = rng.standard_normal((shape.n_users, settings.dim), np.float32) * deviation
    for done in range(1, settings.iterations + 1):
        items = solved(raters, users, settings)
        users = solved(rated, items, settings)  # last, so that a user is what folding in the same ratings gives
        yield done / settings.iterations
    return {
        "user_vectors": users,
        "item_vectors": items,
        "rated_users": (np.diff(rated.start) > 0).astype(np.int32),
        "popularity": rated.popularity(),
    }


def solved(rated: Rated, vectors: np.ndarray, settings: ImplicitAlsSettings) -> np.ndarray:
    """The best vector of each row of `rated`, with the other side fixed: float32 [n, dim]; 0 for an empty row.

    (w Q'Q + sum over rated q q' + l2 (n_u + w n) I)^-1 sum over rated q
    """
    from threadpoolctl import threadpool_limits

    dim = settings.dim
    every = np.float32(settings.unobserved) * (vectors.T @ vectors)
    found = np.zeros((rated.n_users, dim), dtype=np.float32)
    some = np.flatnonzero(np.diff(rated.start))
    # Thousands of products of small matrices: threads would only wait for each other.
    with threadpool_limits(1, "blas"):
        for part in blocks(len(some), max(1, _AT_ONCE // dim**2)):
            found[some[part]] = _solved_block(rated, some[part], vectors, every, settings)
    return found


def _solved_block(
    rated: Rated, rows: np.ndarray, vectors: np.ndarray, every: np.ndarray, settings: ImplicitAlsSettings
) -> np.ndarray:
    """The vectors of some rows that have items: float32 [b, dim]; every: the sum over all items."""
    dim = settings.dim
    sums = np.empty((len(rows), dim, dim), dtype=np.float32)
    right = np.empty((len(rows), dim, 1), dtype=np.float32)
    for place, row in enumerate(rows):
        own = vectors[rated.items[rated.start[row] : rated.start[row + 1]]]
        np.matmul(own.T, own, out=sums[place])
        right[place, :, 0] = own.sum(axis=0)
    sums += every
    pull = settings.l2 * (rated.counts(rows) + settings.unobserved * len(vectors))
    sums[:, np.arange(dim), np.arange(dim)] += pull[:, None].astype(np.float32)
    return np.linalg.solve(sums, right)[:, :, 0]


def fold_implicit_als(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """The vector of the same least squares on the fixed item vectors, with what was disliked near -1.

    (w Q'Q + sum |o_i| q_i q_i' + l2 (sum |o_i| + w n_items) I)^-1 sum o_i q_i, with o the opinions: 1 for all liked
    is what training solves. Anybody's answer where nothing was liked.
    """
    settings, vectors = model.settings, model.scorer.item_vectors.astype(np.float64)
    opinion = opinions(stars, model.shape.scale, settings)
    if not (opinion > 0).any():
        return unknown(model)
    own, size = vectors[items], np.abs(opinion)
    matrix = settings.unobserved * (vectors.T @ vectors) + (own.T * size) @ own
    matrix[np.diag_indices_from(matrix)] += settings.l2 * (size.sum() + settings.unobserved * len(vectors))
    vector = np.linalg.solve(matrix, opinion @ own).astype(np.float32)
    return Folded(model.scorer.item_vectors @ vector, vector)


def implicit_als_scorer(arrays: Arrays, shape: Shape, settings: ImplicitAlsSettings) -> RankedDot:
    """The fitted model in numpy."""
    users, items = (
        with_mean_row(arrays[name], n) for name, n in (("user_vectors", shape.n_users), ("item_vectors", shape.n_items))
    )
    warm = np.asarray(arrays["rated_users"])
    if warm.shape != (shape.n_users,):
        raise ValueError(f"rated_users must be [{shape.n_users}]; got {list(warm.shape)}")
    return RankedDot(Tables(users, items), warm > 0, popularity_of(arrays, "popularity", shape.n_items))


IMPLICIT_ALS = ModelSpec(
    name="implicit_als",
    title="Implicit ALS",
    family="ranking",
    sentence="Vectors whose dot product approximates 1 where there is a rating and 0 elsewhere, by alternating least "
    "squares.",
    equation=r"\begin{aligned} \min &\textstyle\sum_R (1 - p_u^\top q_i)^2 \\ "
    r"&+ w \textstyle\sum_{u,i} (p_u^\top q_i)^2 \\ "
    r"&+ \lambda \textstyle\sum_u n_u \|p_u\|^2 \\ "
    r"&+ \lambda \textstyle\sum_i n_i \|q_i\|^2 \end{aligned}",
    symbols=("dot", "rated_pairs", "unrated_weight", "ridge", "counts"),
    reference="Hu, Koren, Volinsky: Collaborative filtering for implicit feedback datasets. ICDM 2008; l2 by number "
    "of ratings: Rendle, Krichene, Zhang, Koren: Revisiting the performance of iALS. RecSys 2022.",
    settings=ImplicitAlsSettings,
    scorer=implicit_als_scorer,
    parameters=lambda settings, shape: settings.dim * (shape.n_users + shape.n_items),
    predicts_stars=False,
    has_vectors=True,
    fit=drained(fit_implicit_als),
    fit_parts=fit_implicit_als,
    fold_in=fold_implicit_als,
    explain=by_ranked_dimensions,
)
