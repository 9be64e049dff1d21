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
    pinned = [(run.info.pinned, run) for run in usable if run.info.pinned is not None]
    if pinned:
        return max(pinned, key=lambda one: one[0])[1]
    if not usable:
        return next(iter(sound), None)
    newest = usable[0]
    scored = [
        (run, error_of(score.goal, score.value))
        for run in usable
        if run.status in DONE
        and (run.spec.goal, run.info.split_fingerprint) == (newest.spec.goal, newest.info.split_fingerprint)
        and (score := score_of(run)) is not None
    ]
    return min(scored, key=lambda one: one[1])[0] if scored else newest
