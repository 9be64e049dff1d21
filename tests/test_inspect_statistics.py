import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reco_core.inspect.statistics import histograms, table

VECTORS = np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [6.0, 8.0]], dtype=np.float32)
FINITE = arrays(np.float32, st.tuples(st.integers(1, 30), st.integers(1, 5)), elements=st.floats(-1000, 1000, width=32))


def test_the_table_has_the_eight_figures_of_each_dimension() -> None:
    found = table(VECTORS)
    assert list(found.index) == ["count", "mean", "std", "min", "25%", "50%", "75%", "max"]
    assert found[0].tolist() == pytest.approx([4, 3, np.std([1, 2, 3, 6], ddof=1), 1, 1.75, 2.5, 3.75, 6])
    assert found[1].tolist() == pytest.approx([4, 2, 4, 0, 0, 0, 2, 8])


def test_the_table_is_that_of_pandas_describe() -> None:
    vectors = np.random.default_rng(0).normal(size=(50, 3))
    pd.testing.assert_frame_equal(table(vectors), pd.DataFrame(vectors).describe())


def test_a_minimum_of_exactly_zero_stays_exact() -> None:
    assert (table(np.abs(VECTORS) * 0.1).loc["min"] >= 0).all()
    assert table(VECTORS).loc["min", 1] == 0


def test_histograms_share_their_bins_and_lose_no_value() -> None:
    found = histograms(VECTORS, bins=4)
    assert found.edges.tolist() == [0, 2, 4, 6, 8]
    assert found.counts.tolist() == [[1, 2, 0, 1], [3, 0, 0, 1]]


def test_histograms_of_equal_values_have_one_full_bin() -> None:
    found = histograms(np.full((7, 2), 0.3), bins=5)
    assert len(found.edges) == 6
    assert found.counts.max(axis=1).tolist() == [7, 7]


@given(FINITE, st.integers(1, 50))
def test_every_histogram_counts_every_row(vectors: np.ndarray, bins: int) -> None:
    found = histograms(vectors, bins)
    assert found.counts.shape == (vectors.shape[1], bins)
    assert (found.counts.sum(axis=1) == len(vectors)).all()
    assert (np.diff(found.edges) > 0).all()


@pytest.mark.parametrize("shape", [(3,), (0, 4)])
def test_vectors_need_two_axes_and_a_row(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="vectors must be"):
        table(np.zeros(shape))
