"""How long evaluation takes on this machine, told from a few users or rows."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from reco_core.evaluation.lists import ScoresAll
from reco_core.models.spec import Scorer
from reco_core.ratings import Ratings

TRIED_USERS, TRIED_ROWS = 32, 5_000
# To choose and judge the first k: seconds a score, as all figures of MovieLens 1M take 1.22 s for 22 million scores.
CHOOSING = 5e-8


def seconds_of_lists(scorer: ScoresAll, n_users: int, n_items: int, others: int = 0) -> float:
    """About how many seconds the lists of all users take, and those of so many other models without learning."""
    users = np.linspace(0, n_users - 1, min(n_users, TRIED_USERS)).astype(np.int64)
    begun = perf_counter()
    scorer.score_all(users)
    scoring = (perf_counter() - begun) / len(users)
    return n_users * (scoring + (1 + others) * n_items * CHOOSING)


def seconds_of_stars(scorer: Scorer, ratings: Ratings, n_rows: int) -> float:
    """About how many seconds the stars of so many rows take."""
    rows = np.linspace(0, len(ratings) - 1, min(n_rows, TRIED_ROWS)).astype(np.int64)
    begun = perf_counter()
    scorer.score(ratings.user_index[rows], ratings.item_index[rows])
    return n_rows * (perf_counter() - begun) / len(rows)
