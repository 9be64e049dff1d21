"""How far a run is and how long it still takes, in words."""

from __future__ import annotations

from collections.abc import Sequence

from pages.ui.shell.duration import duration
from reco_core.events import Continued, EpochEnded, Evaluating, Event, Progress, StageStarted
from reco_core.runs.status import last_of

RECENT = 10


def how_far(events: Sequence[Event], planned: int, pace: float = 0.0) -> tuple[float, str]:
    """(share done 0..1, sentence) of a run that trains, from the events since it began or last went on.

    pace: seconds for which it stands still between two epochs, which count as time left and in no event.
    """
    if any(isinstance(event, Evaluating) for event in events):
        return 1.0, "Scoring the held-out rows."
    epoch, progress, stage = last_of(EpochEnded, events), last_of(Progress, events), last_of(StageStarted, events)
    went_on = last_of(Continued, events)
    done = epoch.epoch if epoch else went_on.epoch if went_on else 0
    within = progress.rows_done / max(progress.rows_total, 1) if progress and progress.epoch > done else 0.0
    if not epoch and not progress:
        return (
            done / planned,
            "Resuming." if went_on else "Preparing: loading the ratings and compiling the first epoch.",
        )
    words = [f"Epoch {min(done + 1, planned)} of {planned}"]
    if stage and stage.stage > 1:
        words.append(stage.name)
    if (left := _seconds_left(events, planned - done - within)) is not None:
        still = pace * max(planned - done - 1, 0)
        words.append(f"{duration(left + still)} left")
    return min((done + within) / planned, 1.0), " · ".join(words)


def _seconds_left(events: Sequence[Event], epochs_left: float) -> float | None:
    """By the last epochs with all that comes between them; before there are two, as the training estimates it."""
    clocks = [event.elapsed for event in events if isinstance(event, EpochEnded)][-RECENT:]
    if len(clocks) > 1:
        return max(epochs_left, 0.0) * (clocks[-1] - clocks[0]) / (len(clocks) - 1)
    progress = last_of(Progress, events)
    return progress.seconds_left if progress else None
