"""Why a model scores an item so for somebody: parts that add up to the score, or what a rating's absence changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from reco_core.models.fitted import Fitted
from reco_core.models.folding import Person
from reco_core.models.folding.folded import unknown
from reco_core.models.implicit_feedback import opinions
from reco_core.tuning.one_thread import one_thread

MOST_LEFT_OUT = 24

Method = Literal["parts", "contributions", "left out"]


@dataclass(frozen=True)
class Part:
    """One part of a score, in the score's units: of the user's or the item's bias, of a dimension, or of a rated item.

    index: of the dimension or of the rated item; -1 for all else. interest: what the ratings that are no likes add in a
    model that was trained on who rated what, whatever the stars.
    """

    kind: Literal["user", "item", "dimension", "rated", "interest"]
    index: int
    value: float


@dataclass(frozen=True)
class Why:
    """The reasons for one item's score.

    parts and contributions: score = start + the sum of all values. left out: each value is how much the score would
    fall without that rating; they do not add up. An item that the person disliked is never a reason for another, only
    one against it. near: (index, cosine) of the person's own liked items that are most like this one, most alike first.
    """

    item_index: int
    score: float
    start: float
    method: Method
    parts: tuple[Part, ...]
    near: tuple[tuple[int, float], ...] = field(default=())


def opinions_of(model: Fitted, person: Person) -> np.ndarray:
    """How much each of the person's ratings says, above 0 liked and below 0 disliked: float64 [n]."""
    return opinions(person.stars, model.shape.scale, model.settings)


def by_dimensions(model: Fitted, person: Person, item: int) -> Why:
    """Of a dot product: biases and p_k q_k of each dimension k.

    Behind a link f, each part is scaled by (f(x) - f(0)) / x, x being their sum, so that they add up to the score.
    """
    scorer, row = model.scorer, person.of(model)
    products = row.vector.astype(np.float64) * scorer.item_vectors[item].astype(np.float64)
    raw = [("dimension", k, float(value)) for k, value in enumerate(products)]
    if scorer.item_bias is not None:
        raw = [("item", -1, float(scorer.item_bias[item])), *raw]
    if scorer.user_bias is not None:
        raw = [("user", -1, float(row.bias or 0.0)), *raw]
    start, score, factor = _through(model, sum(value for _, _, value in raw))
    return Why(item, score, start, "parts", tuple(Part(kind, k, value * factor) for kind, k, value in raw))


def by_ranked_dimensions(model: Fitted, person: Person, item: int) -> Why:
    """The same of a ranking model, whose score of a user without a positive rating is the order of popularity."""
    user = person.user_index
    known = person.of(model).known if user is None else model.scorer.knows(user)
    return by_dimensions(model, person, item) if known else in_one_piece(model, item)


def _through(model: Fitted, x: float) -> tuple[float, float, float]:
    """(f(0), f(x), (f(x) - f(0)) / x) of the model's last activation and scale, in float64."""
    finish = getattr(model.scorer, "finish", None)
    if finish is None:
        return 0.0, x, 1.0
    at = lambda raw: float(finish.scale * finish.activation(np.float64(raw)) + finish.offset)  # noqa: E731
    start, score = at(0.0), at(x)
    # Near 0 the quotient is the slope; any factor adds up there, as all parts together are next to nothing.
    return start, score, (score - start) / x if abs(x) > 1e-9 else (at(1e-6) - start) / 1e-6


def in_one_piece(model: Fitted, item: int) -> Why:
    """Nothing of the person is known to the model: the score is the one of an unknown user, in one piece."""
    score = float(unknown(model).score[item])
    return Why(item, score, score, "parts", ())


def by_biases(model: Fitted, person: Person, item: int) -> Why:
    """Of a baseline: what the user's and the item's bias add to the mean."""
    start, of_item = float(model.arrays["offset"][0]), float(model.scorer.item_bias[item])
    score = float(person.of(model).score[item])
    return Why(item, score, start, "parts", (Part("user", -1, score - start - of_item), Part("item", -1, of_item)))


def by_rated_items(model: Fitted, person: Person, item: int) -> Why:
    """Of a sum over rated items: the exact contribution of each.

    A trained user's ratings all count as interest, whatever their stars: what those that are disliked add is told as
    one part, so that no movie is credited that was not liked.
    """
    scorer = model.scorer
    if person.user_index is None:
        items = person.items
        if not person.of(model).known:
            return in_one_piece(model, item)
        values = np.asarray(scorer.contributions(items, opinions_of(model, person), item), dtype=np.float64)
    else:
        items = np.asarray(scorer.learned(person.user_index), dtype=np.int64)
        values = np.asarray(scorer.learned_contributions(person.user_index, item), dtype=np.float64)
        if len(items) == 0:
            return in_one_piece(model, item)
    credited = np.isin(items, person.items[opinions_of(model, person) < 0]) & (values > 0)
    parts = [Part("rated", int(i), float(value)) for i, value in zip(items[~credited], values[~credited], strict=True)]
    parts += [Part("interest", -1, float(values[credited].sum()))] if credited.any() else []
    return Why(item, float(values.sum()), 0.0, "contributions", tuple(parts))


def by_leaving_out(model: Fitted, person: Person, items: Sequence[int]) -> list[Why]:
    """Of each item, by folding in: with all ratings, and without each of the MOST_LEFT_OUT most likely to matter.

    A rating that matters to several items is left out once.
    """
    visitor, items = replace(person, user_index=None), list(items)
    opinion, places = opinions_of(model, person), [_most_alike(model, person, item) for item in items]
    with one_thread():
        whole = visitor.of(model)
        # Only the scores of these items are kept, not those of all.
        without = {place: visitor.without(place).of(model, whole).score[items] for place in set().union(*places)}
    reasons = []
    for column, (item, own) in enumerate(zip(items, places, strict=True)):
        score = float(whole.score[item])
        values = [(place, score - float(without[place][column])) for place in own]
        told = [(place, value) for place, value in values if value <= 0 or opinion[place] >= 0]
        parts = tuple(Part("rated", int(person.items[place]), value) for place, value in told)
        reasons.append(Why(item, score, 0.0, "left out", parts))
    return reasons


def _most_alike(model: Fitted, person: Person, item: int) -> list[int]:
    """Places of the person's ratings whose items are most like this one; the first ones without vectors."""
    vectors, rated = model.scorer.item_vectors, np.flatnonzero(person.items != item)
    if vectors is None or len(rated) <= MOST_LEFT_OUT:
        return rated[:MOST_LEFT_OUT].tolist()
    alike = cosines(vectors[person.items[rated]], vectors[item])
    return rated[np.argsort(-np.abs(alike), kind="stable")[:MOST_LEFT_OUT]].tolist()


def cosines(vectors: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """Cosine of each row [n, dim] with a vector [dim], float64 [n]; 0 where either has no length."""
    vectors, vector = vectors.astype(np.float64), vector.astype(np.float64)
    length = np.linalg.norm(vectors, axis=1) * np.linalg.norm(vector)
    return np.divide(vectors @ vector, length, out=np.zeros(len(vectors)), where=length > 0)
