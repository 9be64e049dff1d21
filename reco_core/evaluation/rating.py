"""How far predicted stars are from the stars that were given."""

from __future__ import annotations

import numpy as np

from reco_core.encode import RatingScale
from reco_core.errors import DataError


def rating_metrics(predicted: np.ndarray, actual: np.ndarray, scale: RatingScale) -> dict[str, float]:
    """mse (stars squared), rmse, mae and rounded_mae (stars) of predictions, which are clipped to the scale first.

    predicted, actual: [n] in stars. rounded_mae is the mae after rounding each prediction to a rating that can be
    given. A prediction that is not a number makes every figure nan. Raises DataError where n is 0.
    """
    predicted = np.asarray(predicted, dtype=np.float64)
    actual = np.asarray(actual, dtype=np.float64)
    if predicted.shape != actual.shape or predicted.ndim != 1:
        raise ValueError(f"predicted and actual must both be [n]; got {predicted.shape} and {actual.shape}")
    if len(actual) == 0:
        raise DataError("Evaluation needs at least one held-out rating; got none.")
    clipped = scale.clip(predicted)
    error = clipped - actual
    mse = float(np.mean(error**2))
    return {
        "mse": mse,
        "rmse": float(np.sqrt(mse)),
        "mae": float(np.mean(np.abs(error))),
        "rounded_mae": float(np.mean(np.abs(scale.round(clipped) - actual))),
    }
