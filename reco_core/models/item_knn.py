"""Item neighbours: an item is as good for a user as it is alike to what the user rated."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from reco_core.models import fields
from reco_core.models.implicit_feedback import Ranking, positives
from reco_core.models.item_scorer import ItemScorer, SparseWeights, fold_rated_items
from reco_core.models.progressive_fit import drained
from reco_core.models.reasons import by_rated_items
from reco_core.models.spec import Arrays, ModelSpec, Shape
from reco_core.rated_lists import Rated, blocks, starts

_BLOCK = 4_000_000  # similarities at once: 16 MB
_K1, _B = 1.2, 0.75  # BM25's usual constants


class ItemKnnSettings(Ranking):
    """Settings of the item neighbours."""

    similarity: Annotated[
        Literal["cosine", "jaccard", "bm25"],
        fields.described(
            "Likeness",
            "Similarity of two items by the users they share: cosine, jaccard, or bm25, where very active users "
            "count less.",
            "Model",
        ),
    ] = "bm25"
    neighbours: Annotated[
        int,
        fields.described(
            "Neighbours", "Number of most similar items that count for each item.", "Model", ge=1, le=5000
        ),
    ] = 200
    shrinkage: Annotated[
        float,
        fields.described(
            "Shrinkage",
            "Similarity is multiplied by n / (n + shrinkage), where n is the number of shared users.",
            "Model",
            ge=0,
            le=10_000,
            allow_inf_nan=False,
        ),
    ] = 30.0
    min_support: Annotated[
        int,
        fields.described(
            "Minimum shared users", "Pairs of items with fewer users in common are ignored.", "Model", ge=1, le=1000
        ),
    ] = 2


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Some items against all: shared users and the product of their weights, both float32 [b, n_items]."""

    shared: np.ndarray
    product: np.ndarray
    own: np.ndarray  # users of each item of the block, float32 [b, 1]
    counts: np.ndarray  # users of each item, float32 [n_items]


_SIMILARITY: dict[str, Callable[[_Pairs], np.ndarray]] = {
    "cosine": lambda pairs: pairs.shared / np.sqrt(np.maximum(pairs.own * pairs.counts, 1)),
    "jaccard": lambda pairs: pairs.shared / np.maximum(pairs.own + pairs.counts - pairs.shared, 1),
    "bm25": lambda pairs: pairs.product,
}


def fit_item_knn(
    user_index: np.ndarray, item_index: np.ndarray, rating: np.ndarray, shape: Shape, settings: ItemKnnSettings
) -> Generator[float, None, Arrays]:
    """For each item the `neighbours` most alike ones with their weights, found in blocks of items.

    Yields the share done; returns neighbour_start int64 [n_items + 1], neighbour_items int32 and neighbour_weights
    float32 (from each item to those that it speaks for), who rated what, and popularity.
    """
    rated = positives(user_index, item_index, rating, shape, settings)
    matrix, weighted = rated.matrix(), _bm25(rated) if settings.similarity == "bm25" else None
    turned = matrix.T.tocsr()
    counts = np.bincount(rated.items, minlength=shape.n_items).astype(np.float32)
    sources, targets, weights = [], [], []
    for part in blocks(shape.n_items, max(1, _BLOCK // shape.n_items)):
        shared = (turned[part] @ matrix).toarray()
        product = shared if weighted is None else (weighted[part] @ weighted.T).toarray()
        alike = _alike(_Pairs(shared, product, counts[part, None], counts), settings)
        alike[np.arange(len(alike)), np.arange(part.start, part.stop)] = 0
        row, source = _strongest(alike, settings.neighbours)
        sources.append(source.astype(np.int32))
        targets.append((row + part.start).astype(np.int32))
        weights.append(alike[row, source])
        yield part.stop / shape.n_items
    return _by_source(*map(np.concatenate, (sources, targets, weights)), shape.n_items) | {
        **rated.to_arrays(),
        "popularity": rated.popularity(),
    }


def _alike(pairs: _Pairs, settings: ItemKnnSettings) -> np.ndarray:
    """similarity * n / (n + shrinkage), 0 below min_support: float32 [b, n_items]."""
    trust = pairs.shared / np.maximum(pairs.shared + np.float32(settings.shrinkage), 1)
    alike = _SIMILARITY[settings.similarity](pairs) * trust
    alike[pairs.shared < settings.min_support] = 0
    return alike


def _bm25(rated: Rated) -> object:
    """Each item as a document of its users, weighted by BM25: csr [n_items, n_users].

    idf(u) (K1 + 1) / (K1 (1 - B + B n_i / mean n) + 1), idf(u) = log(n_items / (1 + items of u)), at least 0.
    """
    from scipy.sparse import diags_array

    lengths = np.bincount(rated.items, minlength=rated.n_items)
    idf = np.maximum(np.log(rated.n_items / (1.0 + np.diff(rated.start))), 0)
    mean = max(lengths.mean(), 1e-9)
    length = (_K1 + 1) / (_K1 * (1 - _B + _B * lengths / mean) + 1)
    weighted = diags_array(length) @ rated.matrix().T @ diags_array(idf)
    return weighted.tocsr().astype(np.float32)


def _strongest(alike: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """(row, column) of the k largest positive entries of each row."""
    if k < alike.shape[1]:
        columns = np.argpartition(alike, alike.shape[1] - k, axis=1)[:, -k:]
        kept = np.take_along_axis(alike, columns, axis=1) > 0
        return np.nonzero(kept)[0], columns[kept]
    return np.nonzero(alike > 0)


def _by_source(source: np.ndarray, target: np.ndarray, weight: np.ndarray, n_items: int) -> Arrays:
    order = np.lexsort((target, source))
    return {
        "neighbour_start": starts(source, n_items),
        "neighbour_items": target[order],
        "neighbour_weights": weight[order].astype(np.float32),
    }


def item_knn_scorer(arrays: Arrays, shape: Shape, settings: ItemKnnSettings) -> ItemScorer:
    """The fitted model in numpy."""
    lists = (arrays[f"neighbour_{name}"] for name in ("start", "items", "weights"))
    return ItemScorer(arrays, SparseWeights(*lists, shape.n_items), shape)


ITEM_KNN = ModelSpec(
    name="item_knn",
    title="Item neighbours",
    family="ranking",
    sentence="Items rated by the same users are neighbours; a list holds the neighbours of what the user rated.",
    equation=r"\begin{aligned} s_{ui} = &\sum_{j \in R_u \cap N(i)} \mathrm{sim}(i, j) \\ "
    r"&\times \frac{n_{ij}}{n_{ij} + \lambda} \end{aligned}",
    symbols=("score", "rated_by", "neighbours", "similarity", "shared", "shrinkage"),
    reference="Sarwar, Karypis, Konstan, Riedl: Item-based collaborative filtering recommendation algorithms. "
    "WWW 2001; shrinkage: Bell, Koren: Improved neighborhood-based collaborative filtering. KDD Cup 2007; "
    "BM25: Robertson, Zaragoza: The probabilistic relevance framework. 2009.",
    settings=ItemKnnSettings,
    scorer=item_knn_scorer,
    parameters=lambda settings, shape: shape.n_items * min(settings.neighbours, shape.n_items - 1),
    predicts_stars=False,
    has_weights=True,
    fit=drained(fit_item_knn),
    fit_parts=fit_item_knn,
    fold_in=fold_rated_items,
    explain=by_rated_items,
)
