import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.decomposition import PCA

from reco_core.errors import DataError
from reco_core.inspect.maps import pca

RNG = np.random.default_rng(0)
CLOUD = (RNG.normal(size=(200, 6)) * [5, 3, 1, 0.5, 0.2, 0.1] + 7).astype(np.float32)


def test_points_on_a_line_have_one_axis() -> None:
    found = pca(np.array([[0, 0], [3, 4], [6, 8]], dtype=np.float32))
    assert found.xy.tolist() == [[-5, 0], [0, 0], [5, 0]]
    assert found.explained.tolist() == pytest.approx([1, 0])
    assert found.components.tolist() == [pytest.approx([0.6, 0.8]), [0, 0]]


def test_axes_and_shares_agree_with_scikit_learn() -> None:
    found, peer = pca(CLOUD), PCA(2).fit(CLOUD.astype(np.float64))
    assert found.explained == pytest.approx(peer.explained_variance_ratio_, rel=1e-6)
    assert np.abs(found.xy) == pytest.approx(np.abs(peer.transform(CLOUD)), abs=1e-4)
    assert (found.xy.dtype, found.xy.shape) == (np.float32, (200, 2))


def test_signs_do_not_depend_on_the_order_of_rows_or_of_mirrored_solvers() -> None:
    order = RNG.permutation(len(CLOUD))
    assert pca(CLOUD[order]).xy == pytest.approx(pca(CLOUD).xy[order], abs=1e-4)
    for component in pca(CLOUD).components:
        assert component[np.abs(component).argmax()] > 0


def test_projecting_the_same_vectors_gives_the_same_points() -> None:
    found = pca(CLOUD)
    assert (found.project(CLOUD) == found.xy).all()
    moved = found.project(CLOUD[:1] + found.components[0]) - found.xy[:1]
    assert moved == pytest.approx(np.array([[1, 0]]), abs=1e-4)


@pytest.mark.parametrize("vectors", [np.full((9, 4), 0.1), np.full((9, 1), 3e8), np.ones((1, 5))])
def test_vectors_that_do_not_differ_lie_at_the_origin(vectors: np.ndarray) -> None:
    found = pca(vectors)
    assert not found.xy.any()
    assert found.explained.tolist() == [0, 0]


def test_one_dimension_has_one_axis() -> None:
    found = pca(np.array([[1.0], [2.0], [6.0]]))
    assert found.xy.tolist() == [[-2, 0], [-1, 0], [3, 0]]
    assert found.explained.tolist() == [1, 0]


def test_small_differences_far_from_the_origin_are_found() -> None:
    found = pca(np.array([[1000.0, 0], [1000.001, 0], [1000.002, 0]]))
    assert found.xy[:, 0] == pytest.approx([-0.001, 0, 0.001], abs=1e-6)


@given(arrays(np.float32, st.tuples(st.integers(1, 12), st.integers(1, 5)), elements=st.floats(-100, 100, width=16)))
def test_shares_are_sorted_within_0_and_1_and_axes_are_orthonormal(vectors: np.ndarray) -> None:
    found = pca(vectors)
    assert 0 <= found.explained[1] <= found.explained[0] + 1e-12
    assert found.explained.sum() <= 1 + 1e-9
    gram = found.components @ found.components.T
    assert gram == pytest.approx(np.diag((found.explained > 0).astype(float)), abs=1e-9)
    assert np.isfinite(found.xy).all()


def test_vectors_must_be_finite_rows() -> None:
    with pytest.raises(DataError, match="finite numbers"):
        pca(np.array([[1.0, np.nan]]))
    with pytest.raises(ValueError, match="vectors must be"):
        pca(np.zeros((0, 3)))
