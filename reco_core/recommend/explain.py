"""Why an item is recommended to somebody: parts of its score that add up, and the ratings that stand behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from reco_core.errors import UnknownIdError
from reco_core.models.fitted import Fitted
from reco_core.models.implicit_feedback import are_positive
from reco_core.models.scorers import BiasScorer, NetScorer
from reco_core.ratings import Ratings
from reco_core.recommend.diverse import unit_rows
from reco_core.recommend.fold_in import Folded, fold_in
from reco_core.recommend.what_if import user_ratings

MOST_LEFT_OUT, NEAR = 24, 5

Method = Literal["parts", "contributions", "left out"]


@dataclass(frozen=True, eq=False)
class Person:
    """A user for whom something is explained: known from training, or folded in.

    items int64 [n] and stars float64 [n]: what the person rated. vector float32 [dim] and bias as in Folded; caution:
    that of the folding in.
    """

    items: np.ndarray
    stars: np.ndarray
    vector: np.ndarray | None = None
    bias: float | None = None
    caution: int = 0

    @classmethod
    def known(cls, model: Fitted, ratings: Ratings, user_index: int) -> Person:
        """A user of the training, with the row that was learned; raises UnknownIdError.

        For a model that keeps what it was made from, only those ratings are the person's; else all in the dataset.
        """
        items, stars = user_ratings(ratings, user_index)
        if "rated_start" in model.arrays:
            low, high = model.arrays["rated_start"][user_index : user_index + 2]
            learned = np.isin(items, model.arrays["rated_items"][low:high])
            items, stars = items[learned], stars[learned]
        vectors, bias = model.scorer.user_vectors, model.scorer.user_bias
        return cls(
            items,
            stars,
            None if vectors is None else vectors[user_index],
            None if bias is None else float(bias[user_index]),
        )

    @classmethod
    def new(cls, folded: Folded, items: np.ndarray, stars: np.ndarray, caution: int = 0) -> Person:
        """Somebody who was folded in with these ratings."""
        items, stars = np.asarray(items, dtype=np.int64), np.asarray(stars, dtype=np.float64)
        return cls(items, stars, folded.vector, folded.bias, caution)


@dataclass(frozen=True)
class Part:
    """One part of a score, in the score's units: of the user's or the item's bias, of a dimension, or of a rated item.

    index: of the dimension or of the rated item; -1 for a bias.
    """

    kind: Literal["user", "item", "dimension", "rated"]
    index: int
    value: float


@dataclass(frozen=True)
class Why:
    """The reasons for one item's score.

    parts and contributions: score = start + the sum of all values. left out: each value is how much the score would
    fall without that rating; they do not add up. near: (index, cosine) of the person's own liked items that are most
    like this one, most alike first.
    """

    item_index: int
    score: float
    start: float
    method: Method
    parts: tuple[Part, ...]
    near: tuple[tuple[int, float], ...] = field(default=())


def explain(model: Fitted, person: Person, item_index: int) -> Why:
    """The reasons for the score that the model gives this item for this person.

    Models of dot products: biases and p_k q_k of each dimension k; behind a link f, each part is scaled by
    (f(x) - f(0)) / x, x being their sum, so that they add up to the score from f(0). Models of rated items: the exact
    contribution of each. Networks: the change when a rating is left out, by folding in without it; of the ratings of
    the MOST_LEFT_OUT items most like this one. Baselines: their biases. Raises UnknownIdError.
    """
    if not 0 <= item_index < model.shape.n_items:
        raise UnknownIdError(f"item_index must be from 0 to {model.shape.n_items - 1}; got {item_index}.")
    near = nearest_liked(model, person, item_index)
    scorer = model.scorer
    if hasattr(scorer, "contributions"):
        return _contributions(model, person, item_index, near)
    if isinstance(scorer, BiasScorer):
        return _baseline(model, person, item_index)
    if not model.spec.predicts_stars and not are_positive(person.stars, model.settings).any():
        return _anybody(model, item_index)
    if isinstance(scorer, NetScorer) or person.vector is None or scorer.item_vectors is None:
        return _left_out(model, person, item_index, near)
    return _dimensions(model, person, item_index, near)


def nearest_liked(model: Fitted, person: Person, item_index: int, k: int = NEAR) -> tuple[tuple[int, float], ...]:
    """(index, cosine) of the items that the person rated at least as high as on average and that are most like this.

    By the model's item vectors; empty for a model without any. The item itself is left out.
    """
    vectors = model.scorer.item_vectors
    if vectors is None or len(person.items) == 0:
        return ()
    liked = person.items[(person.stars >= person.stars.mean()) & (person.items != item_index)]
    unit = unit_rows(vectors[np.append(liked, item_index)])
    alike = unit[:-1] @ unit[-1]
    order = np.argsort(-alike, kind="stable")[:k]
    return tuple((int(liked[place]), float(alike[place])) for place in order if alike[place] > 0)


def _dimensions(model: Fitted, person: Person, item: int, near: tuple[tuple[int, float], ...]) -> Why:
    scorer = model.scorer
    products = person.vector.astype(np.float64) * scorer.item_vectors[item].astype(np.float64)
    raw = [("dimension", k, float(value)) for k, value in enumerate(products)]
    if scorer.item_bias is not None:
        raw = [("item", -1, float(scorer.item_bias[item])), *raw]
    if scorer.user_bias is not None:
        raw = [("user", -1, float(person.bias or 0.0)), *raw]
    start, score, factor = _through(model, sum(value for _, _, value in raw))
    return Why(item, score, start, "parts", tuple(Part(kind, k, value * factor) for kind, k, value in raw), near)


def _through(model: Fitted, x: float) -> tuple[float, float, float]:
    """(f(0), f(x), (f(x) - f(0)) / x) of the model's last activation and scale, in float64."""
    finish = getattr(model.scorer, "finish", None)
    if finish is None:
        return 0.0, x, 1.0
    at = lambda raw: float(finish.scale * finish.activation(np.float64(raw)) + finish.offset)  # noqa: E731
    start, score = at(0.0), at(x)
    # Near 0 the quotient is the slope; any factor adds up there, as all parts together are next to nothing.
    return start, score, (score - start) / x if abs(x) > 1e-9 else (at(1e-6) - start) / 1e-6


def _anybody(model: Fitted, item: int) -> Why:
    """Nothing of this person is known to the model: the score is the one of an unknown user, in one piece."""
    score = float(model.scorer.score_all(np.array([-1], dtype=np.int32))[0, item])
    return Why(item, score, score, "parts", ())


def _baseline(model: Fitted, person: Person, item: int) -> Why:
    start, user, of_item = float(model.arrays["offset"][0]), person.bias or 0.0, float(model.scorer.item_bias[item])
    return Why(item, start + user + of_item, start, "parts", (Part("user", -1, user), Part("item", -1, of_item)))


def _contributions(model: Fitted, person: Person, item: int, near: tuple[tuple[int, float], ...]) -> Why:
    scorer = model.scorer
    values = np.asarray(scorer.contributions(person.items, person.stars, item), dtype=np.float64)
    parts = tuple(Part("rated", int(i), float(value)) for i, value in zip(person.items, values, strict=True))
    # Where no rating counts as liked, the score is what it would be for anybody.
    start = 0.0 if values.any() else float(scorer.scores_from(person.items, person.stars)[item])
    return Why(item, start + float(values.sum()), start, "contributions", parts, near)


def _left_out(model: Fitted, person: Person, item: int, near: tuple[tuple[int, float], ...]) -> Why:
    """By folding in: with all ratings, and without each of those that are most likely to matter."""
    score = float(fold_in(model, person.items, person.stars, person.caution).score[item])
    parts = []
    for place in _most_alike(model, person, item):
        kept = np.arange(len(person.items)) != place
        without = float(fold_in(model, person.items[kept], person.stars[kept], person.caution).score[item])
        parts.append(Part("rated", int(person.items[place]), score - without))
    return Why(item, score, 0.0, "left out", tuple(parts), near)


def _most_alike(model: Fitted, person: Person, item: int) -> np.ndarray:
    """Places of the person's ratings whose items are most like this one; the first ones without vectors."""
    vectors, rated = model.scorer.item_vectors, np.flatnonzero(person.items != item)
    if vectors is None or len(rated) <= MOST_LEFT_OUT:
        return rated[:MOST_LEFT_OUT]
    unit = unit_rows(vectors[np.append(person.items[rated], item)])
    return rated[np.argsort(-np.abs(unit[:-1] @ unit[-1]), kind="stable")[:MOST_LEFT_OUT]]
