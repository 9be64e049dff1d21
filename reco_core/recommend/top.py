"""The best items that a user has not rated, and the ones the user rated highest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reco_core.errors import SettingsError, UnknownIdError
from reco_core.ratings import Ratings


@dataclass(frozen=True, eq=False)
class Recommendations:
    """Items for one user, best first: item_index int64 [n], score float32 [n] as the model gives it."""

    item_index: np.ndarray
    score: np.ndarray

    def __len__(self) -> int:
        return len(self.item_index)


def rated_highest(ratings: Ratings, user_index: int, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """(item_index int64 [<= n], rating float32 [<= n]) of the user: highest first, newest first among equals.

    Equal also in time, or without times: in the order of the file. Raises UnknownIdError for a user outside the
    dataset, SettingsError for n < 1.
    """
    if not 0 <= user_index < ratings.n_users:
        raise UnknownIdError(f"user_index must be from 0 to {ratings.n_users - 1}; got {user_index}.")
    if n < 1:
        raise SettingsError(f"n must be at least 1; got {n}.")
    rows = ratings.rows_of_user(user_index)
    age = np.zeros(len(rows), dtype=np.int64) if ratings.timestamp is None else -ratings.timestamp[rows]
    rows = rows[np.lexsort((age, -ratings.rating[rows]))][:n]
    return ratings.item_index[rows].astype(np.int64), ratings.rating[rows]
