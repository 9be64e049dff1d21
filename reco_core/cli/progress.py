"""A training on the terminal: the last epochs as a table above a bar; plain lines where there is no terminal."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from reco_core.cli.output import shown, table
from reco_core.events import Changed, Continued, EpochEnded, Evaluating, Event, Paused, StageStarted, Started, Stopped
from reco_core.events import Progress as ProgressEvent

if TYPE_CHECKING:
    from reco_core.runs import Run

EPOCHS_SHOWN = 8
COLUMNS = ("epoch", "loss", "val_loss", "rmse", "val_rmse", "seconds")
RANKING_COLUMNS = ("epoch", "loss", "ndcg", "val_ndcg", "seconds")


def columns_of(run: Run) -> tuple[str, ...]:
    """The columns of a table of epochs."""
    return COLUMNS if run.spec.predicts_stars else RANKING_COLUMNS


@contextmanager
def show_training(console: Console, run: Run) -> Iterator[Callable[[Event], None]]:
    """A listener that draws the events of a run as they come."""
    if not console.is_terminal:
        yield _Lines(console, run).hear
        return
    view = _View(run)
    # A copy of stderr: while TensorFlow loads, what goes to the original is dropped.
    with _copy_of_stderr() as terminal, Live(view, console=Console(file=terminal), refresh_per_second=8):
        yield view.hear


def _copy_of_stderr() -> IO[str]:
    return os.fdopen(os.dup(2), "w", encoding=sys.stderr.encoding, errors="replace")


class _View:
    """What is drawn: a table of the last epochs, and a bar over all epochs."""

    def __init__(self, run: Run) -> None:
        self._epochs: deque[EpochEnded] = deque(maxlen=EPOCHS_SHOWN)
        self._lines: dict[str, float] = {}
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[pace]}"),
            TimeElapsedColumn(),
        )
        self._earlier = run.epochs()
        self._task = self._bar.add_task(f"{run.name}: reading", total=None, pace="")
        self._name, self._goal, self._columns = run.name, run.spec.goal, columns_of(run)

    def hear(self, event: Event) -> None:
        """Take one event into the picture."""
        say = self._bar.update
        if isinstance(event, Started):
            self._lines = event.lines
            say(self._task, total=event.epochs, description=f"{self._name}: compiling")
        elif isinstance(event, StageStarted):
            say(self._task, description=f"{self._name}: {event.name}")
        elif isinstance(event, ProgressEvent):
            pace = f"{event.ratings_per_second:,.0f} ratings/s, {event.seconds_left:.0f} s left"
            done = event.epoch - 1 + event.rows_done / max(event.rows_total, 1)
            say(self._task, completed=done, pace=pace)
        elif isinstance(event, EpochEnded):
            self._epochs.append(event)
            say(self._task, completed=event.epoch, pace=f"{event.ratings_per_second:,.0f} ratings/s")
        elif isinstance(event, Continued):
            self._epochs.extend(epoch for epoch in self._earlier if epoch.epoch <= event.epoch)
            say(self._task, total=event.epochs, completed=event.epoch, description=f"{self._name}: resuming")
        elif isinstance(event, Changed):
            say(self._task, description=f"{self._name}: {_change(event)}")
        elif isinstance(event, (Stopped, Paused)):
            say(self._task, description=f"{self._name}: {_ended(event)}")
        elif isinstance(event, Evaluating):
            say(self._task, description=f"{self._name}: evaluating on the test rows")

    def __rich__(self) -> Group:
        rows = [tuple(getattr(epoch, key) for key in self._columns) for epoch in self._epochs]
        lines = "  ".join(f"{name} {value:.4f}" for name, value in self._lines.items())
        parts = [table(self._columns, rows)] if rows else []
        return Group(*parts, *([f"[dim]{self._goal} of {lines}[/]"] if lines and rows else []), self._bar)


class _Lines:
    """One line an epoch."""

    def __init__(self, console: Console, run: Run) -> None:
        self._console, self._columns = console, columns_of(run)
        console.print(f"{run.name} ({run.id})", markup=False)

    def hear(self, event: Event) -> None:
        """Print what is worth a line."""
        if isinstance(event, EpochEnded):
            figures = "  ".join(
                f"{key} {shown(getattr(event, key))}" for key in self._columns if getattr(event, key) is not None
            )
            self._console.print(figures, markup=False)
        elif isinstance(event, Continued):
            self._console.print(f"resumes after epoch {event.epoch}, to epoch {event.epochs}", markup=False)
        elif isinstance(event, Changed):
            self._console.print(_change(event), markup=False)
        elif isinstance(event, (Stopped, Paused)):
            self._console.print(_ended(event), markup=False)
        elif isinstance(event, Evaluating):
            self._console.print("evaluating on the test rows", markup=False)


def _change(event: Changed) -> str:
    return f"{event.setting} {event.before:g} -> {event.after:g} from epoch {event.epoch + 1} on"


def _ended(event: Stopped | Paused) -> str:
    if isinstance(event, Paused):
        return f"paused after epoch {event.epoch}"
    return f"stopped after epoch {event.epoch} ({event.reason})"
