"""What a run said of the chosen item and user, epoch by epoch: its events, its snapshots, its newest weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.ui.shell import cache
from pages.ui.shell.epoch_slider import kept_epochs
from pages.ui.training.live_map import Newest
from reco_core.errors import RecoError
from reco_core.events import Continued
from reco_core.inspect.watch import Changes, Watched, changes, watch
from reco_core.jobs.server.permissions import may_steer
from reco_core.models.spec import Scorer
from reco_core.ratings import Ratings
from reco_core.runs import RunReading, Watch
from reco_core.split import make_split

SENT, LIVE = "watch_sent", "watch_live"


@dataclass(frozen=True)
class Choice:
    """The item and the user that are watched, by index."""

    item: int
    user: int


@dataclass(frozen=True)
class Moment:
    """What was seen after one epoch, and what changed since the one before it that was seen; None for the first."""

    epoch: int
    seen: Watched
    before: int | None = None
    changes: Changes | None = None
    seen_before: Watched | None = None


def moment(series: Mapping[int, Watched], epoch: int) -> Moment:
    """The moment of one epoch of a series."""
    before = max((other for other in series if other < epoch), default=None)
    if before is None:
        return Moment(epoch, series[epoch])
    return Moment(epoch, series[epoch], before, changes(series[epoch], series[before]), series[before])


def live_series(ratings: Ratings, run: RunReading, choice: Choice, newest: Newest | None) -> dict[int, Watched]:
    """What is known while the run is under way: its events, and for what they lack the newest weights."""
    series = _events(run, choice)
    if newest is not None and newest.epoch not in series:
        key = (run.id, choice)
        kept_key, kept = st.session_state.get(LIVE, (None, {}))
        kept = kept if kept_key == key else {}
        if newest.epoch not in kept:
            kept = kept | {newest.epoch: _look(ratings, run, newest.scorer, choice)}
            st.session_state[LIVE] = (key, kept)
        series = {epoch: seen for epoch, seen in kept.items() if epoch <= newest.epoch} | series
    return series


def whole_series(ratings: Ratings, run: RunReading, choice: Choice) -> dict[int, Watched]:
    """All that can be replayed of a run that rests or is over: its kept epochs, and those of its events."""
    options = {"run": run.id, "times": len(run.marks(Continued)), "item": choice.item, "user": choice.user}
    told = _events(run, choice)
    untold = [epoch for epoch in kept_epochs(run) if epoch not in told]
    seen = {epoch: cache.table(_at_epoch, ratings, epoch=epoch, **options) for epoch in untold}
    return told | {epoch: one for epoch, one in seen.items() if one is not None}


def tell(run: RunReading, choice: Choice, visitor: str) -> None:
    """Ask the training to report on the choice, once per choice and session; a run of somebody else is left alone.

    Two tabs with two choices do not outbid each other: each asks when its own choice changes, and the last one wins.
    """
    if run.spec.fit is not None or not may_steer(run, visitor):
        return
    if st.session_state.get(SENT) == (run.id, choice):
        return
    st.session_state[SENT] = (run.id, choice)
    asked = next((request for request in reversed(run.requests()) if isinstance(request, Watch)), None)
    if asked is None or (asked.item, asked.user) != (choice.item, choice.user):
        cache.manager().ask(run.id, Watch(item=choice.item, user=choice.user, by=visitor), visitor)


def held_rows(ratings: Ratings, run: RunReading) -> np.ndarray:
    """Validation rows of the run's split; none for a model that predicts no stars."""
    if not run.spec.predicts_stars:
        return np.empty(0, dtype=np.int64)
    return cache.table(_validation, ratings, split=run.info.split)


def _events(run: RunReading, choice: Choice) -> dict[int, Watched]:
    return {
        event.epoch: Watched(event.neighbours, event.top, [row for row in event.held_out if None not in row])
        for event in run.watched()
        if (event.item, event.user) == (choice.item, choice.user)
    }


def _look(ratings: Ratings, run: RunReading, scorer: Scorer, choice: Choice) -> Watched:
    try:
        return watch(scorer, ratings, choice.item, choice.user, held_rows(ratings, run))
    except RecoError:  # a split that this dataset no longer allows
        return watch(scorer, ratings, choice.item, choice.user, np.empty(0, dtype=np.int64))


def _at_epoch(ratings: Ratings, run: str, times: int, epoch: int, item: int, user: int) -> Watched | None:
    """None for a snapshot that cannot be read, so that the others can be replayed."""
    opened = cache.store().open(run)
    if epoch == cache.result_epoch(opened):
        return _look(ratings, opened, cache.scorer(opened), Choice(item, user))
    try:
        return _look(ratings, opened, cache.scorer(opened, epoch), Choice(item, user))
    except RecoError:
        return None


def _validation(ratings: Ratings, split: object) -> np.ndarray:
    return make_split(ratings, split).validation
