"""EASE with what is known besides who rated what: times of rating, genres and years."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reco_core.models import get_model, side_features
from reco_core.models.ease import FEATURES, SECONDS
from reco_core.models.spec import Arrays, Shape
from reco_core.ratings import Ratings
from tests.featured import featured
from tests.planted import ratings_of

EASE = get_model("ease")


def timed(seconds: np.ndarray, users: np.ndarray, items: np.ndarray) -> Ratings:
    """Ratings of three stars at the given times."""
    made = ratings_of(users, items, np.full(len(users), 3.0))
    return replace(made, timestamp=np.asarray(seconds, dtype=np.int64))


def fitted(ratings: Ratings, rows: np.ndarray | None = None, **values: object) -> tuple[Arrays, Arrays]:
    """The model's arrays, and the context that it was made with."""
    rows = np.arange(len(ratings)) if rows is None else rows
    settings = EASE.parse(values)
    context = EASE.context(settings, ratings, rows)
    given = ratings.user_index[rows], ratings.item_index[rows], ratings.rating[rows]
    return EASE.fit(*given, Shape.of(ratings, 3.0), settings, context), context


def by_hand(gram: np.ndarray, l2: float) -> np.ndarray:
    inverse = np.linalg.inv(gram + l2 * np.eye(len(gram)))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


def test_what_was_rated_at_once_counts_more_and_less_with_every_minute() -> None:
    # User 0 rated items 0, 1 at once and 2 ten minutes later; user 1 items 2, 3 five minutes apart, the later first.
    users, items = np.array([0, 0, 0, 1, 1]), np.array([0, 1, 2, 2, 3])
    ratings = timed(np.array([100, 100, 700, 400, 100]), users, items)
    arrays, context = fitted(ratings, together=2, minutes=5, l2=1.0, item_features=0)
    x = np.zeros((2, 4))
    x[users, items] = 1
    near = np.diag([1.0, 1, 2, 1])
    near[0, 1] = near[1, 0] = 1
    near[0, 2] = near[2, 0] = near[1, 2] = near[2, 1] = 1 / 3
    near[2, 3] = near[3, 2] = 1 / 2
    assert np.allclose(arrays["item_weights"], by_hand(x.T @ x + 2 * near, 1.0), atol=1e-5)
    assert context[SECONDS].tolist() == [100, 100, 700, 400, 100]


def test_times_stand_in_the_order_of_the_ratings_that_count() -> None:
    users, items = np.array([1, 0, 0, 1]), np.array([0, 1, 0, 1])
    ratings = replace(timed(np.array([40, 30, 20, 10]), users, items), rating=np.array([1, 5, 5, 5], dtype=np.float32))
    arrays, context = fitted(ratings, together=1, min_stars=3)
    assert arrays["rated_items"].tolist() == [0, 1, 1]
    assert context[SECONDS].tolist() == [20, 30, 10]


def test_genres_and_years_count_as_further_rows() -> None:
    ratings = featured()
    arrays, context = fitted(ratings, item_features=4, l2=2.0)
    x = np.zeros((ratings.n_users, ratings.n_items))
    x[ratings.user_index, ratings.item_index] = 1
    features = np.concatenate([side_features.item_genres(ratings), side_features.item_years(ratings)], axis=1)
    assert np.array_equal(context[FEATURES], features)
    assert np.allclose(arrays["item_weights"], by_hand(x.T @ x + 4 * features @ features.T, 2.0), atol=1e-4)


@pytest.mark.parametrize("values", [{"together": 3.0, "item_features": 0}, {"item_features": 0}])
def test_what_a_dataset_does_not_have_or_is_not_asked_for_is_left_out(values: dict[str, float]) -> None:
    ratings = ratings_of(np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 2, 0]), np.full(5, 3.0))
    arrays, context = fitted(ratings, **values)
    assert context == {}
    plain = EASE.fit(ratings.user_index, ratings.item_index, ratings.rating, Shape.of(ratings, 3.0), EASE.parse(values))
    assert np.array_equal(arrays["item_weights"], plain["item_weights"])


def test_only_the_rows_that_are_trained_on_tell_when() -> None:
    ratings = timed(np.arange(6), np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 2]))
    rows = np.array([0, 2, 4])
    late = replace(ratings, timestamp=np.where(np.isin(np.arange(6), rows), ratings.timestamp, 10**9))
    assert np.array_equal(
        fitted(ratings, rows, together=3)[0]["item_weights"], fitted(late, rows, together=3)[0]["item_weights"]
    )
