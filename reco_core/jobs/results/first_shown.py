"""The run that is shown where nobody has chosen one."""

from __future__ import annotations

from collections.abc import Sequence

from reco_core.jobs.results.validation_scores import error_of, score_of
from reco_core.runs import RunView

DONE = ("finished", "stopped")


def first_shown(runs: Sequence[RunView]) -> RunView | None:
    """Of the runs of one dataset, newest first: the one pinned last; else the best; else the newest; else None.

    The best is that of the best figure on validation rows among the finished runs which have the newest one's goal and
    split, as other figures do not compare. A run that diverged is never shown unasked.
    """
    sound = [run for run in runs if not run.diverged]
    usable = [run for run in sound if run.has_result]
    pinned = [run for run in usable if run.info.pinned is not None]
    if pinned:
        return max(pinned, key=lambda run: run.info.pinned)
    scored = [(run, score) for run in usable if run.status in DONE and (score := score_of(run)) is not None]
    if scored:
        newest, goal = scored[0][0].info, scored[0][1].goal
        alike = [
            (run, score)
            for run, score in scored
            if score.goal == goal and run.info.split_fingerprint == newest.split_fingerprint
        ]
        return min(alike, key=lambda one: error_of(goal, one[1].value))[0]
    return next(iter(usable or sound), None)
