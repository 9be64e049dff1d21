"""What happens in a run, as small frozen records; JSON lines out and in.

`serial` is the number of the request (runs/requests.py) that an event answers: all requests up to it are answered.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Annotated, Any, get_args

from pydantic import BaseModel, Field, ValidationError

from reco_core import strict_json
from reco_core.errors import RunError
from reco_core.event_fields import (
    LARGEST,
    LONGEST,
    Count,
    Epoch,
    HeldOut,
    Index,
    Indices,
    Moment,
    Number,
    Seconds,
    Text,
    Word,
    check_of,
)
from reco_core.strict_json import finite


@dataclass(frozen=True)
class Started:
    """The worker took the run: sizes, and what each reference line reaches on the rows that the chart scores.

    lines: RMSE in stars; NDCG@10 where the model predicts no stars.
    """

    time: Moment
    pid: Count
    parameters: Count
    epochs: Epoch
    n_train: Count
    n_validation: Count
    n_test: Count
    lines: Annotated[dict[Word, Number], Field(max_length=100)] = field(default_factory=dict)


@dataclass(frozen=True)
class StageStarted:
    """A stage of the plan begins; refit: it is one of a second training, on train and validation rows together."""

    stage: Epoch
    name: Word
    epochs: Epoch
    learning_rate: Number
    refit: bool = False


@dataclass(frozen=True)
class Progress:
    """Within an epoch: rows done so far, speed, and the estimated seconds to the end of the plan."""

    epoch: Epoch
    rows_done: Count
    rows_total: Count
    ratings_per_second: Number
    seconds_left: Seconds


@dataclass(frozen=True)
class EpochEnded:
    """One epoch over: loss is the data term without penalties; rmse and val_rmse are in stars.

    ndcg and val_ndcg are NDCG@10 of the training and of the validation rows, for models that predict no stars, whose
    rmse and val_rmse are None. Every val_ is None without validation rows.
    """

    epoch: Epoch
    stage: Epoch
    loss: Number | None
    val_loss: Number | None
    rmse: Number | None
    val_rmse: Number | None
    seconds: Seconds
    elapsed: Seconds
    ratings_per_second: Number
    learning_rate: Number
    ndcg: Number | None = None
    val_ndcg: Number | None = None

    @property
    def val_error(self) -> float | None:
        """What decides the best epoch, lower is better: val_rmse, or 1 - val_ndcg; None without validation rows."""
        if self.val_ndcg is not None:
            return 1.0 - self.val_ndcg
        return self.val_rmse


@dataclass(frozen=True)
class Evaluating:
    """Training is over; the held-out rows are being scored."""

    time: Moment


@dataclass(frozen=True)
class Stopped:
    """Training ended before its last planned epoch: reason is "asked" or "patience"."""

    epoch: Epoch
    reason: Text
    serial: Count = 0


@dataclass(frozen=True)
class Paused:
    """The run left its process after so many whole epochs; its checkpoint waits for a Continue."""

    time: Moment
    epoch: Epoch
    serial: Count = 0


@dataclass(frozen=True)
class Continued:
    """The run goes on after `epoch` whole epochs, to `epochs` in all; what the log says of later epochs is void."""

    time: Moment
    pid: Count
    epoch: Epoch
    epochs: Epoch
    serial: Count = 0


@dataclass(frozen=True)
class Changed:
    """A setting was changed by hand after `epoch` whole epochs; it holds from the next one on.

    A learning rate stays until the next stage or change, a penalty (l2, bias_l2) until the model's last epoch.
    """

    time: Moment
    epoch: Epoch
    setting: Word
    before: Number
    after: Number
    serial: Count = 0


@dataclass(frozen=True)
class Watched:
    """What a watched item and user look like after an epoch, by index; a side that is not watched is None.

    neighbours: item indices, nearest first; top: item indices, best first; held_out: [item index, true stars,
    predicted stars (None where the model predicts none)] of some rows of the user that were not trained on.
    """

    epoch: Epoch
    item: Index | None
    user: Index | None
    neighbours: Indices = field(default_factory=list)
    top: Indices = field(default_factory=list)
    held_out: HeldOut = field(default_factory=list)


@dataclass(frozen=True)
class Failed:
    """The run ended without a result; diverged: since its loss was no longer a number."""

    reason: Text
    serial: Count = 0
    diverged: bool = False


@dataclass(frozen=True)
class Finished:
    """The run has its metrics; seconds: total, first_epoch, fit."""

    time: Moment
    epochs: Epoch
    best_epoch: Epoch | None
    seconds: Annotated[dict[Word, Seconds], Field(max_length=100)] = field(default_factory=dict)
    serial: Count = 0


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


def to_line(event: Event) -> str:
    """One JSON line, newline included; a number beyond LARGEST is written as one that is not finite is: as null."""
    values = {"event": type(event).__name__} | asdict(event)
    values = {key: _within(value) for key, value in values.items()}
    return json.dumps(finite(values), allow_nan=False) + "\n"


def _within(value: object) -> object:
    if isinstance(value, str):
        return value[:LONGEST]
    return None if isinstance(value, float) and abs(value) > LARGEST else value


def from_line(line: str) -> Event:
    """The event of one JSON line, each field of its type and within its bounds; other fields are ignored.

    The same for a run's own log and for one that is imported. Raises RunError.
    """
    try:
        values = as_written_now(strict_json.loads(line))
        kind = values.pop("event")
        checked = _check(kind).model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))[:60]
        raise RunError(
            f"An event must be a JSON line with a known kind and its fields; {where} of {kind}: {first['msg'][:200]}."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError(f"An event must be a JSON line with a known kind and its fields; got {line[:80]!r}.") from error
    return KINDS[kind](**dict(checked))


@cache
def _check(name: str) -> type[BaseModel]:
    """The check of a kind of event, made when the first one is read; raises KeyError."""
    return check_of(KINDS[name])


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
