"""What happens in a run, as small frozen records; JSON lines out and in.

`serial` is the number of the request (runs/requests.py) that an event answers: all requests up to it are answered.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, get_args

from reco_core.errors import RunError


@dataclass(frozen=True)
class Started:
    """The worker took the run: sizes, and what each reference line reaches on the rows that the chart scores.

    lines: RMSE in stars; NDCG@10 where the model predicts no stars.
    """

    time: float
    pid: int
    parameters: int
    epochs: int
    n_train: int
    n_validation: int
    n_test: int
    lines: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class StageStarted:
    """A stage of the plan begins; refit: it is one of a second training, on train and validation rows together."""

    stage: int
    name: str
    epochs: int
    learning_rate: float
    refit: bool = False


@dataclass(frozen=True)
class Progress:
    """Within an epoch: rows done so far, speed, and the estimated seconds to the end of the plan."""

    epoch: int
    rows_done: int
    rows_total: int
    ratings_per_second: float
    seconds_left: float


@dataclass(frozen=True)
class EpochEnded:
    """One epoch over: loss is the data term without penalties; rmse and val_rmse are in stars.

    ndcg and val_ndcg are NDCG@10 of the training and of the validation rows, for models that predict no stars, whose
    rmse and val_rmse are None. Every val_ is None without validation rows.
    """

    epoch: int
    stage: int
    loss: float | None
    val_loss: float | None
    rmse: float | None
    val_rmse: float | None
    seconds: float
    elapsed: float
    ratings_per_second: float
    learning_rate: float
    ndcg: float | None = None
    val_ndcg: float | None = None

    @property
    def val_error(self) -> float | None:
        """What decides the best epoch, lower is better: val_rmse, or 1 - val_ndcg; None without validation rows."""
        if self.val_ndcg is not None:
            return 1.0 - self.val_ndcg
        return self.val_rmse


@dataclass(frozen=True)
class Evaluating:
    """Training is over; the held-out rows are being scored."""

    time: float


@dataclass(frozen=True)
class Stopped:
    """Training ended before its last planned epoch: reason is "asked" or "patience"."""

    epoch: int
    reason: str
    serial: int = 0


@dataclass(frozen=True)
class Paused:
    """The run left its process after so many whole epochs; its checkpoint waits for a Continue."""

    time: float
    epoch: int
    serial: int = 0


@dataclass(frozen=True)
class Continued:
    """The run goes on after `epoch` whole epochs, to `epochs` in all; what the log says of later epochs is void."""

    time: float
    pid: int
    epoch: int
    epochs: int
    serial: int = 0


@dataclass(frozen=True)
class Changed:
    """A setting was changed by hand after `epoch` whole epochs; it holds from the next one on.

    A learning rate stays until the next stage or change, a penalty (l2, bias_l2) until the model's last epoch.
    """

    time: float
    epoch: int
    setting: str
    before: float
    after: float
    serial: int = 0


@dataclass(frozen=True)
class Watched:
    """What a watched item and user look like after an epoch, by index; a side that is not watched is None.

    neighbours: item indices, nearest first; top: item indices, best first; held_out: [item index, true stars,
    predicted stars (None where the model predicts none)] of some rows of the user that were not trained on.
    """

    epoch: int
    item: int | None
    user: int | None
    neighbours: list[int] = field(default_factory=list)
    top: list[int] = field(default_factory=list)
    held_out: list[list[int | float | None]] = field(default_factory=list)


@dataclass(frozen=True)
class Failed:
    """The run ended without a result; diverged: since its loss was no longer a number."""

    reason: str
    serial: int = 0
    diverged: bool = False


@dataclass(frozen=True)
class Finished:
    """The run has its metrics; seconds: total, first_epoch, fit."""

    time: float
    epochs: int
    best_epoch: int | None
    seconds: dict[str, float] = field(default_factory=dict)
    serial: int = 0


Event = (
    Started
    | StageStarted
    | Progress
    | EpochEnded
    | Evaluating
    | Stopped
    | Paused
    | Continued
    | Changed
    | Watched
    | Failed
    | Finished
)
KINDS: dict[str, type] = {kind.__name__: kind for kind in get_args(Event)}


def counted(events: Iterable[Event]) -> list[Event]:
    """The events without those of epochs that a later Continued went back behind, and that were trained anew."""
    kept: list[Event] = []
    limit = math.inf
    for event in reversed(list(events)):
        if isinstance(event, _OF_EPOCHS) and event.epoch > limit:
            continue
        if isinstance(event, Continued):
            limit = min(limit, event.epoch)
        kept.append(event)
    return kept[::-1]


_OF_EPOCHS = (Progress, EpochEnded, Changed, Watched)


def finite(value: object) -> object:
    """The value with every number that is not finite, at any depth, as None (JSON has no NaN)."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(entry) for entry in value]
    return value


def to_line(event: Event) -> str:
    """One JSON line, newline included."""
    values = {"event": type(event).__name__} | asdict(event)
    return json.dumps(finite(values), allow_nan=False) + "\n"


def from_line(line: str) -> Event:
    """The event of one JSON line; fields that this version does not know are ignored. Raises RunError."""
    try:
        values = as_written_now(json.loads(line))
        kind = KINDS[values.pop("event")]
        known = {f.name for f in fields(kind)}
        return kind(**{key: value for key, value in values.items() if key in known})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError(f"An event must be a JSON line with a known kind and its fields; got {line[:80]!r}.") from error


def as_written_now(values: dict[str, Any]) -> dict[str, Any]:
    """An event's values as this version writes them: earlier ones told a refit, and a loss that is no number, in words.

    Only what lacks the field is read by its words.
    """
    if values["event"] == Failed.__name__ and "diverged" not in values:
        return values | {"diverged": str(values.get("reason")).startswith("The loss is no longer a number")}
    if values["event"] == StageStarted.__name__ and "refit" not in values:
        return values | {"refit": str(values.get("name")).startswith("refit: ")}
    return values


def read_events(lines: Iterable[str]) -> list[Event]:
    """All whole events; a last line that was cut off in writing is left out."""
    events = []
    for line in lines:
        if not line.endswith("\n"):
            break
        events.append(from_line(line))
    return events
