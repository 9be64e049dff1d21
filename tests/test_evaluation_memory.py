"""Evaluation in bounded memory, however many users there are."""

import tracemalloc

import numpy as np
import pytest

from reco_core.evaluation import lists
from reco_core.evaluation.ranking import ranking_metrics
from tests.small_ratings import small_ratings

N_ITEMS = 1_000


class Drawn:
    """Scores that are drawn when they are asked for, so that no table of them lies in memory."""

    def score_all(self, user_index: np.ndarray) -> np.ndarray:
        return np.random.default_rng(len(user_index)).random((len(user_index), N_ITEMS), dtype=np.float32)


def peak(n_users: int) -> float:
    """Megabytes that an evaluation of so many users needs at once."""
    rows = [(user, user % N_ITEMS, 3.0) for user in range(n_users)]
    ratings = small_ratings(rows, n_users, N_ITEMS)
    known = np.empty(0, dtype=np.int64)
    tracemalloc.start()
    ranking_metrics(Drawn(), ratings, known, np.arange(n_users))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def test_memory_does_not_grow_with_users_times_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "BLOCK_SCORES", 100 * N_ITEMS)
    few, many = peak(1_000), peak(8_000)
    assert many < 3 * few
    assert many < 8_000 * N_ITEMS * 4 / 1e6  # not even one table of scores
