"""Repeated pairs of user and item, and users and items with too few ratings: what the plan says becomes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reco_core.data.reading.account import Account
from reco_core.data.reading.plan import Plan


@dataclass(frozen=True)
class Triples:
    """Rows of ratings: indices int32 [n], rating float32 [n]; time int64 [n] where `timed`, both None without times."""

    user: np.ndarray
    item: np.ndarray
    rating: np.ndarray
    time: np.ndarray | None
    timed: np.ndarray | None

    def at(self, rows: np.ndarray) -> Triples:
        """These rows, in their order."""
        time = None if self.time is None else self.time[rows]
        timed = None if self.timed is None else self.timed[rows]
        return Triples(self.user[rows], self.item[rows], self.rating[rows], time, timed)


def merged(rows: Triples, n_items: int, plan: Plan, account: Account) -> tuple[Triples, np.ndarray | None]:
    """(rows in which each pair comes once, of users and items that have enough; which rows are refused, or None)."""
    keep, repeated = _newest(rows, n_items)
    refused = None
    if keep is not None and plan.duplicates == "refuse":
        keep, refused = np.flatnonzero(~repeated), repeated
    elif keep is not None:
        account.duplicates = len(rows.rating) - len(keep)
        if plan.duplicates == "mean":
            rows = replace(rows, rating=_means(rows, n_items, repeated))
    if plan.core > 1:
        keep = np.arange(len(rows.rating)) if keep is None else keep
        cored = _core(rows.user, rows.item, keep, plan.core)
        account.filtered, keep = len(keep) - len(cored), cored
    return rows if keep is None else rows.at(keep), refused


def _newest(rows: Triples, n_items: int) -> tuple[np.ndarray | None, np.ndarray]:
    """(the rows to keep so that each pair comes once, None where each does; which rows are of a pair that repeats).

    Of equal times, and of rows without one, the last stays.
    """
    pair = rows.user.astype(np.int64) * n_items + rows.item
    if (pair[1:] > pair[:-1]).all():
        return None, np.zeros(0, bool)
    ordered = np.sort(pair)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    if len(twice) == 0:
        return None, np.zeros(0, bool)
    repeated = np.isin(pair, twice)
    some = np.flatnonzero(repeated)
    when = np.zeros(len(some), np.int64)
    if rows.time is not None and rows.timed is not None:
        when = np.where(rows.timed[some], rows.time[some], np.iinfo(np.int64).min)
    order = np.lexsort((some, when, pair[some]))
    last = np.append(np.diff(pair[some][order]) != 0, True)
    keep = ~repeated
    keep[some[order[last]]] = True
    return np.flatnonzero(keep), repeated


def _means(rows: Triples, n_items: int, repeated: np.ndarray) -> np.ndarray:
    """Stars of each row, those of a repeated pair their mean."""
    pair = rows.user[repeated].astype(np.int64) * n_items + rows.item[repeated]
    _, place = np.unique(pair, return_inverse=True)
    mean = np.bincount(place, rows.rating[repeated]) / np.bincount(place)
    stars = rows.rating.copy()
    stars[repeated] = mean[place]
    return stars


def _core(user: np.ndarray, item: np.ndarray, keep: np.ndarray, least: int) -> np.ndarray:
    """Of the rows to keep those that stay when users and items with fewer ratings are left out, again and again."""
    while len(keep):
        enough = (np.bincount(user[keep])[user[keep]] >= least) & (np.bincount(item[keep])[item[keep]] >= least)
        if enough.all():
            return keep
        keep = keep[enough]
    return keep
