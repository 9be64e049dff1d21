"""Side features: genres, years and what a user table says, as tables of numbers."""

from __future__ import annotations

import numpy as np

from reco_core.models import side_features
from reco_core.models.spec import Shape
from tests.featured import featured
from tests.planted import planted


def test_genres_are_rows_of_length_one_and_zero_for_an_item_without_any() -> None:
    table = side_features.item_genres(featured())
    assert table.shape == (40, 4)
    assert np.allclose(table[0], [0, 0, 1, 0])
    assert np.allclose(table[3], [0, 0.5**0.5, 0.5**0.5, 0])
    assert not table[4].any()


def test_years_fall_into_bins_of_about_as_many_items_each() -> None:
    table = side_features.item_years(featured())
    assert table.sum() == 39
    assert not table[4].any()
    assert table.sum(axis=0).min() >= 1
    assert table.sum(axis=0).max() <= 8
    years = featured().item_table["year"].to_numpy(dtype=float, na_value=np.nan)
    bins = table.argmax(axis=1)
    known = np.flatnonzero(np.isfinite(years))
    order = known[np.argsort(years[known], kind="stable")]
    assert (np.diff(bins[order]) >= 0).all()


def test_user_features_are_age_and_gender_and_no_postal_code() -> None:
    table = side_features.user_features(featured())
    ages = table.shape[1] - 2
    assert 2 <= ages <= side_features.MOST_BINS
    assert np.allclose(np.square(table).sum(axis=1), 1)
    assert np.array_equal(table[:, -1] > 0, featured().user_table["gender"] == "M")


def test_a_dataset_without_features_has_no_columns() -> None:
    assert side_features.counts(planted()) == {"genres": 0, "years": 0, "user_features": 0}
    assert Shape.of(planted(), 3.0) == Shape(60, 40, planted().scale, 3.0)


def test_a_shape_counts_the_features() -> None:
    shape = Shape.of(featured(), 3.0)
    assert (shape.genres, shape.years) == (4, side_features.item_years(featured()).shape[1])
    assert shape.user_features == side_features.user_features(featured()).shape[1]
