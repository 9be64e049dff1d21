"""Two runs' lists for one user, by hand: what is hidden, what may be hit, what they share and what moved."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from reco_core.jobs.results.two_lists import LENGTH, Held, held_of, two_lists
from reco_core.recommend.rerank import ListSettings
from reco_core.split import make_split
from tests.apptest import closed_form_run
from tests.small_ratings import small_ratings

RATINGS = small_ratings([(0, item, 3 + item % 3) for item in range(14)], 1, 14)


def model(*best: int) -> SimpleNamespace:
    """A model that puts these items first, in this order, and then the others by index."""
    order = [*best, *(item for item in range(14) if item not in best)]
    score = np.zeros((1, 14), dtype=np.float32)
    score[0, order] = np.arange(14, 0, -1)
    return SimpleNamespace(scorer=SimpleNamespace(score_all=lambda row: score, item_vectors=None))


def test_what_either_run_knew_is_hidden_and_what_both_held_out_can_be_hit():
    held = Held(np.array([0, 1]), {2: 5.0, 3: 3.0, 13: 4.0}), Held(np.array([0, 3]), {1: 4.0, 2: 5.0, 13: 4.0})
    both = two_lists((model(2, 4, 5), model(13, 5, 4)), held, RATINGS, 0, ListSettings(3, hide_seen=False))
    assert both.first.item_index.tolist() == [2, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert both.second.item_index.tolist() == [13, 5, 4, 2, 6, 7, 8, 9, 10, 11]
    assert both.held_out == {2: 5.0, 13: 4.0}
    assert (both.hits(both.first), both.hits(both.second)) == (1, 2)
    assert (both.shared, both.same_place) == (9, 0)
    assert both.places.tolist() == [0, 3, 2, 1, 4, 5, 6, 7, 8, 9]


def test_equal_models_share_all_at_the_same_places():
    held = (Held(np.array([], dtype=np.int64), {}),) * 2
    both = two_lists((model(7, 3),) * 2, held, RATINGS, 0, ListSettings())
    assert (both.shared, both.same_place, both.places.tolist()) == (LENGTH, LENGTH, list(range(1, LENGTH + 1)))


@pytest.mark.parametrize("user", [0, 7])
def test_known_and_held_out_items_of_a_user_are_those_of_the_runs_split(demo, user):
    run = closed_form_run()
    split, held = make_split(demo, run.info.split), held_of(run, demo, user)
    test = split.test[demo.user_index[split.test] == user]
    known = split.known[demo.user_index[split.known] == user]
    assert held.held_out == dict(zip(demo.item_index[test].tolist(), demo.rating[test].tolist(), strict=True))
    assert sorted(held.known) == sorted(demo.item_index[known])
