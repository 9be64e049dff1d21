"""The newest weights of a run while it learns, and where they have put the items on a map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.ui.embeddings.maps import pack_points
from reco_core.errors import RecoError
from reco_core.inspect.moving import LiveMap, follow
from reco_core.models.spec import Scorer
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.runs.recording import WEIGHTS

MOST = 20_000
KEY = "live_map_seen"


@dataclass(frozen=True, eq=False)
class Newest:
    """A run's last saved weights: their stamp and epoch, the model, and its items on the map and packed for it.

    live and points are None where the model has no vectors, or more items than a live map shows.
    """

    run: str
    stamp: int
    epoch: int
    scorer: Scorer
    live: LiveMap | None = None
    points: bytes | None = None


def newest(ratings: Ratings, run: RunReading) -> Newest | None:
    """The newest weights of a run under way; those read before where none are newer, None before the first ones."""
    before: Newest | None = st.session_state.get(KEY)
    before = before if before is not None and before.run == run.id else None
    try:
        stamp = (run.folder / WEIGHTS).stat().st_mtime_ns
        if before is not None and before.stamp == stamp:
            return before
        arrays, epoch = run.saved()
        scorer = run.spec.scorer(arrays, run.shape, run.settings)
        placed = _placed(ratings, scorer, epoch, before)
    except (OSError, RecoError):
        return before
    seen = Newest(run.id, stamp, epoch, scorer, *placed)
    st.session_state[KEY] = seen
    return seen


def forget_newest() -> None:
    """Let go of the model that was last looked at: its run is over."""
    st.session_state.pop(KEY, None)


def _placed(ratings: Ratings, scorer: Scorer, epoch: int, before: Newest | None) -> tuple[LiveMap | None, bytes | None]:
    vectors: np.ndarray | None = scorer.item_vectors
    if vectors is None or ratings.n_items > MOST:
        return None, None
    live = follow(vectors, epoch, before.live if before else None)
    return live, pack_points(live.map.xy, ratings.item_counts)
