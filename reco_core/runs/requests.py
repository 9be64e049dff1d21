"""What people ask of a run while it trains or rests: lines of control.jsonl, which whoever trains it reads."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, get_args

from reco_core.errors import RunError
from reco_core.events import Continued, Event, Failed, Finished, Paused, Stopped
from reco_core.models.parsing import limits
from reco_core.models.spec import ModelSpec, Settings
from reco_core.runs.files import LineLog
from reco_core.storage import kept_in

CONTROL = "control.jsonl"
MOST_EPOCHS = 2000
MOST_PACE = 10.0
MOST_BYTES = 2**22


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """by: who asked, a visitor's id, empty for the command line; serial: the number of the line, given on reading."""

    by: str = ""
    serial: int = 0


@dataclass(frozen=True)
class Pause(_Asked):
    """Leave the worker at the last whole epoch; the run can go on later."""


@dataclass(frozen=True)
class Continue(_Asked):
    """Go on: to the end of the plan, or for exactly so many epochs, with no early stop among them; then be scored."""

    epochs: int | None = None


@dataclass(frozen=True)
class Step(_Asked):
    """Go on for exactly one epoch, then pause."""


@dataclass(frozen=True)
class Stop(_Asked):
    """End at the last whole epoch, be scored and kept."""


@dataclass(frozen=True)
class Change(_Asked):
    """Another value of a setting whose field is flagged changeable, such as learning_rate, from the next epoch on."""

    setting: str
    value: float


@dataclass(frozen=True)
class Watch(_Asked):
    """Watch this item and this user, by index, from the next epoch on; None for neither."""

    item: int | None = None
    user: int | None = None


@dataclass(frozen=True)
class Pace(_Asked):
    """Stand still for so many seconds between two epochs, so that each can be looked at; 0 for full speed."""

    seconds: float


Request = Pause | Continue | Step | Stop | Change | Watch | Pace
KINDS: dict[str, type] = {kind.__name__: kind for kind in get_args(Request)}
_STEERING = (Pause, Continue, Step, Stop)
_ANSWERS = (Continued, Paused, Stopped, Failed, Finished)
Kind = TypeVar("Kind")


def to_line(request: Request) -> str:
    """One JSON line, newline included; the serial is left out, as its place in the file gives it."""
    values = {key: value for key, value in asdict(request).items() if key != "serial"}
    return json.dumps({"request": type(request).__name__, **values}, allow_nan=False) + "\n"


def from_line(line: str) -> Request | None:
    """The request of one JSON line; None for anything else, which must not stop a training."""
    try:
        values = json.loads(line)
        kind = KINDS[values.pop("request")]
        known = {f.name for f in fields(kind)} - {"serial"}
        request = kind(**{key: value for key, value in values.items() if key in known})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return request if not _wrong(request) else None


def check(request: Request) -> None:
    """Raises RunError unless every field has a value that makes sense."""
    reason = _wrong(request)
    if reason:
        raise RunError(reason)


def check_for(spec: ModelSpec, settings: Settings, request: Request) -> None:
    """Raises RunError unless the request makes sense, for a run of this model."""
    check(request)
    if reason := reason_against(spec, settings, request):
        raise RunError(reason)


def reason_against(spec: ModelSpec, settings: Settings, request: Request) -> str:
    """Why a run of this model cannot do what was asked, in a sentence; an empty text where it can."""
    if not isinstance(request, (Stop, Watch)) and spec.fit is not None:
        return f"{spec.title} is computed in closed form, in one step: it cannot be paused or steered."
    return _wrong_change(spec, settings, request) if isinstance(request, Change) else ""


def _wrong_change(spec: ModelSpec, settings: Settings, change: Change) -> str:
    """The rule of the setting's field that a change breaks, or an empty text."""
    changeable = settings.flagged("changeable")
    if change.setting not in changeable:
        return f"While a run of {spec.title} trains, you can change {', '.join(changeable)}; got {change.setting!r}."
    low, high = limits(spec.settings.model_fields[change.setting])
    if not low <= change.value <= high:
        return f"{change.setting} must be a number from {_plain(low)} to {_plain(high)}; got {change.value!r}."
    return ""


def _plain(value: float) -> str:
    """The number without an exponent: 0.000001."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _wrong(request: Request) -> str:
    """The rule that a request breaks, or an empty text."""
    if not isinstance(request.by, str) or len(request.by) > 64:
        return f"A requester's name has at most 64 characters; got {str(request.by)[:80]!r}."
    if isinstance(request, Continue) and not _is_count(request.epochs, 1, MOST_EPOCHS):
        return f"A run can be continued for 1 to {MOST_EPOCHS} more epochs; got {request.epochs!r}."
    if isinstance(request, Change):
        if not isinstance(request.setting, str) or len(request.setting) > 60:
            return f"A setting to change must be given by name; got {str(request.setting)[:60]!r}."
        if not _is_number(request.value):
            return f"{request.setting} must be a number; got {request.value!r}."
    if isinstance(request, Pace) and not (_is_number(request.seconds) and 0 <= request.seconds <= MOST_PACE):
        return f"The pause between two epochs is 0 to {MOST_PACE:g} seconds; got {request.seconds!r}."
    if isinstance(request, Watch):
        for name in ("item", "user"):
            if not _is_count(getattr(request, name), 0, 2**31):
                return f"A watched {name} must be given by index; got {getattr(request, name)!r}."
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_count(value: Any, low: int, high: int) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and low <= value <= high)


def append(path: Path, request: Request) -> None:
    """Add a request as one whole line, after one that was cut off too; raises RunError and StorageError."""
    with kept_in(path), path.open("a+b", buffering=0) as file:
        end = file.seek(0, 2)
        if end > MOST_BYTES:
            raise RunError(f"A run takes at most {MOST_BYTES:,} bytes of requests; this one has reached that.")
        cut_off = False
        if end:
            file.seek(end - 1)
            cut_off = file.read(1) != b"\n"
        file.write(b"\n" * cut_off + to_line(request).encode())


class Control:
    """The requests of one run, read from where the last reading ended; reading an unchanged file is one stat."""

    def __init__(self, folder: Path) -> None:
        self._log: LineLog[Request | None] = LineLog(folder / CONTROL, from_line)

    def read(self) -> list[Request]:
        """Every whole request so far, with its serial, oldest first."""
        numbered = enumerate(self._log.read(), start=1)
        return [type(request)(**asdict(request) | {"serial": n}) for n, request in numbered if request is not None]

    @property
    def lines(self) -> int:
        """How many lines there are; grows with each request."""
        return len(self._log)


def latest(kind: type[Kind] | tuple[type, ...], requests: Sequence[Request]) -> Kind | None:
    """The newest request of a kind."""
    return next((request for request in reversed(requests) if isinstance(request, kind)), None)


def answered(events: Sequence[Event]) -> int:
    """The serial up to which requests are answered."""
    return max((event.serial for event in events if isinstance(event, _ANSWERS)), default=0)


def open_request(requests: Sequence[Request], events: Sequence[Event]) -> Request | None:
    """The last Pause, Continue, Step or Stop, unless it is answered; an older one no longer counts."""
    last = latest(_STEERING, requests)
    return last if last is not None and last.serial > answered(events) else None
