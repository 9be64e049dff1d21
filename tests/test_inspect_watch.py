import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core.errors import SettingsError, UnknownIdError
from reco_core.inspect.neighbours import nearest
from reco_core.inspect.watch import MOST_HELD, Changes, Watched, changes, new_in, watch
from tests.lists import top_n
from tests.small_ratings import TableScorer, random_ratings, small_ratings

RATINGS = small_ratings([(0, 1, 4), (0, 3, 5), (1, 0, 2), (0, 2, 1)], 2, 6)
NO_ROWS = np.empty(0, dtype=np.int64)


class VectorScorer(TableScorer):
    def __init__(self, vectors: np.ndarray, n_users: int = 2) -> None:
        super().__init__(np.zeros((n_users, len(vectors))))
        self.item_vectors = np.asarray(vectors, dtype=np.float32)


def test_neighbours_come_nearest_first_without_the_item_itself() -> None:
    vectors = [[1, 0], [1, 0.1], [0, 1], [1, 0.2], [-1, 0], [0.5, 0.5]]
    assert watch(VectorScorer(vectors), RATINGS, 0, 0, NO_ROWS, 3).neighbours == [1, 3, 5]


def test_items_that_few_have_rated_are_no_neighbours_where_enough_items_have_many() -> None:
    rows = [(user, item, 3) for user in range(20) for item in range(3)] + [(0, 3, 3), (1, 4, 3)]
    ratings = small_ratings(rows, 20, 5)
    scorer = VectorScorer([[1, 0], [0, 1], [1, 1], [1, 0], [1, 0]], 20)
    assert watch(scorer, ratings, 0, 0, NO_ROWS, 2).neighbours == [2, 1]
    assert watch(scorer, ratings, 4, 0, NO_ROWS, 2).neighbours == [0, 2]  # a watched item that few have rated
    assert watch(scorer, ratings, 0, 0, NO_ROWS, 4).neighbours == [3, 4, 2, 1]  # too few with many: any


def test_a_model_without_vectors_has_no_neighbours() -> None:
    assert watch(TableScorer(np.zeros((2, 6))), RATINGS, 0, 0, NO_ROWS).neighbours == []


@given(st.integers(0, 500), st.integers(1, 30))
@settings(max_examples=30, deadline=None)
def test_the_lists_are_those_of_the_pages(seed: int, k: int) -> None:
    ratings = random_ratings(seed, n_users=4, n_items=25)
    rng = np.random.default_rng(seed)
    scorer = TableScorer(rng.normal(size=(4, 25)))
    scorer.item_vectors = rng.normal(size=(25, 3)).astype(np.float32)
    seen = watch(scorer, ratings, 3, 1, NO_ROWS, k)
    assert seen.top == top_n(scorer, ratings, 1, k).item_index.tolist()
    assert seen.neighbours == nearest(scorer.item_vectors, 3, k)[0].tolist()


def test_held_out_ratings_are_those_of_the_user_in_their_order_clipped_to_the_scale() -> None:
    scorer = TableScorer(np.array([[0, 2.5, 9, -3, 0, 0], [4.0] * 6]))
    seen = watch(scorer, RATINGS, 0, 0, np.array([3, 2, 0, 1]))
    assert seen.held_out == [[2, 1.0, 5.0], [1, 4.0, 2.5], [3, 5.0, 1.0]]


def test_a_user_without_held_out_ratings_has_none() -> None:
    assert watch(TableScorer(np.zeros((2, 6))), RATINGS, 0, 1, np.array([0, 1])).held_out == []


def test_the_same_few_held_out_ratings_are_kept_of_a_user_with_many() -> None:
    ratings = small_ratings([(0, item, 3) for item in range(40)], 1, 41)
    seen = watch(TableScorer(np.full((1, 41), 3)), ratings, 0, 0, np.arange(40))
    assert [index for index, _, _ in seen.held_out] == list(range(MOST_HELD))


def test_what_is_watched_is_made_of_numbers_that_json_knows() -> None:
    scorer = VectorScorer(np.eye(6))
    seen = watch(scorer, RATINGS, 0, 0, np.array([0]), 2)
    kinds = {type(value) for value in (*seen.neighbours, *seen.top, *seen.held_out[0])}
    assert kinds <= {int, float}


def test_changes_count_new_entries_and_not_places() -> None:
    before, now = Watched([1, 2, 3], [4, 5]), Watched([3, 2, 9], [5, 4])
    assert changes(now, before) == Changes(neighbours=1, top=0)
    assert new_in([], [1]) == 0


@given(st.lists(st.integers(0, 9), unique=True), st.lists(st.integers(0, 9), unique=True))
def test_a_list_has_at_most_as_many_changes_as_entries_and_none_against_itself(a: list[int], b: list[int]) -> None:
    assert new_in(a, a) == 0
    assert 0 <= new_in(a, b) <= len(a)


@pytest.mark.parametrize(("item", "user", "said"), [(6, 0, "item must be from 0 to 5; got 6"), (0, -1, "user must be")])
def test_an_index_outside_the_data_is_refused_with_the_range(item: int, user: int, said: str) -> None:
    with pytest.raises(UnknownIdError, match=said):
        watch(TableScorer(np.zeros((2, 6))), RATINGS, item, user, NO_ROWS)


def test_what_is_not_watched_stays_empty() -> None:
    scorer = VectorScorer(np.eye(6))
    whole = watch(scorer, RATINGS, 0, 0, np.array([0]), 2)
    assert watch(scorer, RATINGS, 0, None, np.array([0]), 2) == Watched(whole.neighbours)
    assert watch(scorer, RATINGS, None, 0, np.array([0]), 2) == Watched([], whole.top, whole.held_out)


def test_a_list_needs_a_place() -> None:
    with pytest.raises(SettingsError, match="k must be at least 1; got 0"):
        watch(TableScorer(np.zeros((2, 6))), RATINGS, 0, 0, NO_ROWS, 0)
