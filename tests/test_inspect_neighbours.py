import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reco_core.errors import SettingsError, UnknownIdError
from reco_core.inspect.neighbours import MEASURES, first_k, nearest

VECTORS = np.array([[1, 0], [3, 0], [1, 1], [0, 2], [-1, 0], [0, 0]], dtype=np.float32)


@pytest.mark.parametrize(
    ("measure", "indices", "scores"),
    [
        ("cosine", [1, 2, 3, 5, 4], [1, 2**-0.5, 0, 0, -1]),
        ("dot", [1, 2, 3, 5, 4], [3, 1, 0, 0, -1]),
        ("euclidean", [2, 5, 1, 4, 3], [1, 1, 2, 2, 5**0.5]),
    ],
)
def test_neighbours_of_six_points_are_those_worked_out_by_hand(
    measure: str, indices: list[int], scores: list[float]
) -> None:
    found, score = nearest(VECTORS, 0, 10, measure)
    assert found.tolist() == indices  # equal scores come by index
    assert score.tolist() == pytest.approx(scores)
    assert (found.dtype, score.dtype) == (np.int64, np.float32)


@pytest.mark.parametrize("measure", MEASURES)
def test_k_neighbours_are_the_first_of_all_neighbours(measure: str) -> None:
    vectors = np.random.default_rng(0).normal(size=(300, 7)).astype(np.float32)
    every, scores = nearest(vectors, 5, 299, measure)
    first, first_scores = nearest(vectors, 5, 10, measure)
    assert first.tolist() == every[:10].tolist()
    assert first_scores.tolist() == scores[:10].tolist()
    assert sorted([*every.tolist(), 5]) == list(range(300))


@pytest.mark.parametrize("measure", MEASURES)
def test_equal_vectors_come_in_the_order_of_their_index(measure: str) -> None:
    vectors = np.tile(np.random.default_rng(1).normal(size=(1, 37)).astype(np.float32), (101, 1))
    found, scores = nearest(vectors, 50, 100, measure)
    assert found.tolist() == [i for i in range(101) if i != 50]
    assert len(set(scores.tolist())) == 1


def test_a_vector_of_zeros_has_cosine_0_with_all_and_no_nan() -> None:
    found, scores = nearest(VECTORS, 5, 10, "cosine")
    assert found.tolist() == [0, 1, 2, 3, 4]
    assert scores.tolist() == [0] * 5


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_cosine_does_not_depend_on_the_length_of_a_vector(scale: float) -> None:
    _, scores = nearest(np.array([[1, 1], [scale, scale]], dtype=np.float32), 0, 1, "cosine")
    assert scores.tolist() == pytest.approx([1])


@pytest.mark.parametrize("measure", MEASURES)
def test_rows_that_are_not_finite_never_come_back(measure: str) -> None:
    vectors = VECTORS.copy()
    vectors[2], vectors[3] = np.nan, np.inf
    assert not {2, 3} & set(nearest(vectors, 0, 10, measure)[0].tolist())


@given(
    arrays(np.float32, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=st.floats(-10, 10, width=16)),
    st.integers(0, 11),
    st.integers(1, 15),
    st.sampled_from(MEASURES),
)
def test_neighbours_are_distinct_sorted_and_never_the_row_itself(
    vectors: np.ndarray, index: int, k: int, measure: str
) -> None:
    index %= len(vectors)
    found, scores = nearest(vectors, index, k, measure)
    assert len(found) == len(set(found.tolist())) == min(k, len(vectors) - 1)
    assert index not in found
    keys = list(zip(scores if measure == "euclidean" else -scores, found, strict=True))
    assert keys == sorted(keys)


def test_vectors_stay_as_they_are() -> None:
    vectors = VECTORS.copy()
    nearest(vectors, 0, 3, "euclidean")
    assert (vectors == VECTORS).all()


def test_errors_name_the_rule_and_what_was_received() -> None:
    with pytest.raises(SettingsError, match="measure must be one of cosine, dot, euclidean; got angle"):
        nearest(VECTORS, 0, 3, "angle")
    with pytest.raises(SettingsError, match="k must be at least 1; got 0"):
        nearest(VECTORS, 0, 0)
    with pytest.raises(UnknownIdError, match="index must be from 0 to 5; got 6"):
        nearest(VECTORS, 6)
    with pytest.raises(UnknownIdError, match="got -1"):
        nearest(VECTORS, -1)


@given(
    arrays(np.float32, st.integers(0, 30), elements=st.sampled_from([-np.inf, np.nan, -1, 0, 0.5, 2])),
    st.integers(1, 40),
)
def test_first_k_is_a_stable_sort_without_what_is_no_number(scores: np.ndarray, k: int) -> None:
    expected = sorted((i for i in range(len(scores)) if scores[i] > -np.inf), key=lambda i: -scores[i])[:k]
    assert first_k(scores, k).tolist() == expected
