"""Whether a training diverged, told by its losses: derived from its events, never stored."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reco_core.events import EpochEnded, Event, Finished, StageStarted, counted
from reco_core.models.spec import Settings, Shape
from reco_core.runs.status import last_of

# A model of rankings that does no better than drawing one of n items has a loss of about ln n.
GUESSES = 10.0


def kept_epoch(events: Sequence[Event]) -> EpochEnded | None:
    """The epoch that a run's weights are from: the best one once it is finished, else the last; None before one."""
    epochs = [event for event in counted(events) if isinstance(event, EpochEnded)]
    finished = last_of(Finished, events)
    refit = any(isinstance(event, StageStarted) and event.refit for event in events)
    if finished is not None and finished.best_epoch is not None and not refit:
        return next((one for one in reversed(epochs) if one.epoch == finished.best_epoch), None)
    return epochs[-1] if epochs else None


def has_diverged(settings: Settings, shape: Shape, epoch: EpochEnded | None) -> bool:
    """Whether the weights after this epoch miss by more than any prediction within the scale could.

    For models of stars: a mean squared (absolute) error above the square of the scale's width (the width). Such a
    model has left the scale on the whole; clipping hides it in RMSE, never in the loss. For models that rank: a loss
    above GUESSES times ln n.
    """
    if epoch is None or (loss := epoch.loss if epoch.val_loss is None else epoch.val_loss) is None:
        return False
    if epoch.val_ndcg is not None or epoch.ndcg is not None:
        return loss > GUESSES * math.log(max(shape.n_items, 2))
    width = shape.scale.max - shape.scale.min
    bounds = {"mae": width, "mse": width**2}
    return loss > bounds.get(getattr(settings, "loss", "mse"), math.inf)
