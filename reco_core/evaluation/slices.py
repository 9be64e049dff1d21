"""Where predicted stars are wrong: by what was predicted, by what was given, by how much is known of user and item."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from reco_core.encode import RatingScale
from reco_core.rating_bins import RatingBins
from reco_core.ratings import Ratings

TENTHS = 10
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
COLD_ITEM = "cold item"
COLD = ("both known", "cold user", COLD_ITEM, "both cold")
BINS = 41


def calibration(predicted: np.ndarray, actual: np.ndarray, parts: int = TENTHS) -> pd.DataFrame:
    """Mean predicted against mean given stars in tenths of the predictions: predicted, actual, count, low, high.

    Equal predictions stay in one part, so there may be fewer than ten. A calibrated model has actual = predicted in
    every row. Raises ValueError where both are not [n] with n of 1 or more.
    """
    predicted, actual = _pair(predicted, actual)
    part = tenths(predicted, parts)
    table = pd.DataFrame({"part": part, "predicted": predicted, "actual": actual})
    found = table.groupby("part").agg(
        predicted=("predicted", "mean"),
        actual=("actual", "mean"),
        count=("actual", "size"),
        low=("predicted", "min"),
        high=("predicted", "max"),
    )
    return found.reset_index(drop=True)


def calibration_error(table: pd.DataFrame) -> float:
    """Mean distance of predicted from given stars over the parts of a calibration, weighted by their rows."""
    return float(np.average((table["predicted"] - table["actual"]).abs(), weights=table["count"]))


def residuals_by_star(predicted: np.ndarray, actual: np.ndarray, scale: RatingScale) -> pd.DataFrame:
    """Predicted minus given stars for each star given, or each bin of a continuous scale.

    Columns: stars (the middle of a bin), name, count, mean, rmse, and quantiles q10 q25 q50 q75 q90.
    """
    predicted, actual = _pair(predicted, actual)
    bins, rows = RatingBins.of(scale), []
    errors, place, names = predicted - actual, bins.place(actual), bins.names
    for one in np.unique(place):
        error = errors[place == one]
        quantiles = {
            f"q{q:.0%}".rstrip("%"): value for q, value in zip(QUANTILES, np.quantile(error, QUANTILES), strict=True)
        }
        about = {"stars": bins.middle[one], "name": names[one], "count": len(error)}
        rows.append(about | {"mean": error.mean(), "rmse": _rmse(error)} | quantiles)
    return pd.DataFrame(rows)


def error_distribution(predicted: np.ndarray, actual: np.ndarray, scale: RatingScale, bins: int = BINS) -> pd.DataFrame:
    """Share of the rows by predicted minus given stars, in equal steps over what can be: error (middle), share."""
    predicted, actual = _pair(predicted, actual)
    widest = scale.max - scale.min
    share, edges = np.histogram(predicted - actual, bins=bins, range=(-widest, widest))
    return pd.DataFrame({"error": (edges[:-1] + edges[1:]) / 2, "share": share / len(actual)})


def error_by_tenths(predicted: np.ndarray, actual: np.ndarray, unit: np.ndarray, known: np.ndarray) -> pd.DataFrame:
    """RMSE and MAE by how many known ratings the row's user (or item) has, in tenths of the users (or items).

    unit: int [n], the user or item of each row; known: int [n units], its known ratings. Columns: tenth (1 has least),
    low and high (known ratings), units, count (rows), rmse, mae, mean (predicted minus given). Units with equally many
    ratings stay together, so there may be fewer than ten. Units without a known rating are the row with tenth 0.
    """
    predicted, actual = _pair(predicted, actual)
    part = unit_tenths(unit, known)
    table = pd.DataFrame({"tenth": part[unit], "unit": unit, "known": known[unit], "error": predicted - actual})
    table = table.assign(square=table["error"] ** 2, size=table["error"].abs())
    found = table.groupby("tenth").agg(
        low=("known", "min"), high=("known", "max"), units=("unit", "nunique"), count=("error", "size"),
        rmse=("square", "mean"), mae=("size", "mean"), mean=("error", "mean"),
    )  # fmt: skip
    found["rmse"] = np.sqrt(found["rmse"])
    return found.reset_index()


def share_by_tenths(hits: np.ndarray, wanted: np.ndarray, known: np.ndarray) -> pd.DataFrame:
    """Share of what was wanted that was found, by known ratings in tenths: hits, wanted [n units] -> low, high, share.

    For items: in how many lists an item is that should be; for users: recall. Columns as of error_by_tenths.
    """
    some = np.flatnonzero(wanted > 0)
    part = unit_tenths(some, known)[some]
    table = pd.DataFrame({"tenth": part, "known": known[some], "hits": hits[some], "wanted": wanted[some]})
    found = table.groupby("tenth").agg(
        low=("known", "min"),
        high=("known", "max"),
        units=("known", "size"),
        hits=("hits", "sum"),
        count=("wanted", "sum"),
    )
    return found.assign(share=found["hits"] / found["count"]).reset_index()


def mean_by_tenths(values: np.ndarray, unit: np.ndarray, known: np.ndarray) -> pd.DataFrame:
    """Mean of a figure that each unit has, such as a user's NDCG, by known ratings in tenths.

    values: float [n], unit: int [n], known: int [n units]. Columns: tenth, low, high, units, mean.
    """
    part = unit_tenths(unit, known)[unit]
    table = pd.DataFrame({"tenth": part, "known": known[unit], "value": values})
    found = table.groupby("tenth").agg(
        low=("known", "min"), high=("known", "max"), units=("value", "size"), mean=("value", "mean")
    )
    return found.reset_index()


def cold_rows(
    predicted: np.ndarray, actual: np.ndarray, user_known: np.ndarray, item_known: np.ndarray
) -> pd.DataFrame:
    """The test rows by whether their user and item have a trained row: kind (COLD), count, share, rmse, mae.

    user_known, item_known: bool [n]. A kind without rows has a count of 0 and no error.
    """
    predicted, actual = _pair(predicted, actual)
    kind = np.where(user_known, 0, 1) + np.where(item_known, 0, 2)
    rows: list[dict[str, Any]] = []
    for code, name in enumerate(COLD):
        error = (predicted - actual)[kind == code]
        errors = {"rmse": _rmse(error), "mae": float(np.abs(error).mean())} if len(error) else {}
        rows.append({"kind": name, "count": len(error), "share": len(error) / len(actual)} | errors)
    return pd.DataFrame(rows, columns=["kind", "count", "share", "rmse", "mae"])


def known_counts(ratings: Ratings, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(ratings per user int64 [n_users], per item int64 [n_items]) in these rows."""
    users = np.bincount(ratings.user_index[rows], minlength=ratings.n_users)
    return users, np.bincount(ratings.item_index[rows], minlength=ratings.n_items)


def tenths(values: np.ndarray, parts: int = TENTHS) -> np.ndarray:
    """The part 0..parts-1 of each value when sorted into equal parts; equal values stay together: [n] -> int64 [n]."""
    edges = np.percentile(values, np.linspace(0, 1, parts + 1) * 100)[1:-1]
    return np.searchsorted(edges, values, side="left")


def unit_tenths(unit: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Tenth 1..10 of each unit that occurs and has a known rating, 0 for the rest: int [n], int [m] -> int64 [m]."""
    occurs = np.zeros(len(known), dtype=bool)
    occurs[unit] = True
    counted = np.flatnonzero(occurs & (known > 0))
    part = np.zeros(len(known), dtype=np.int64)
    if len(counted):
        part[counted] = tenths(known[counted].astype(np.float64)) + 1
    return part


def _pair(predicted: np.ndarray, actual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    predicted, actual = np.asarray(predicted, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    if predicted.shape != actual.shape or predicted.ndim != 1 or len(actual) == 0:
        raise ValueError(f"both must be [n] with n of 1 or more; got {predicted.shape} and {actual.shape}")
    return predicted, actual


def _rmse(error: np.ndarray) -> float:
    return float(np.sqrt(np.mean(error**2)))
