"""The map of the movies while a run learns: the points travel to where the last saved epoch has put them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.ui import cache
from pages.ui.links import switch
from pages.ui.maps import pack_points, point_map
from pages.ui.side import item_words, look_of
from reco_core.errors import RecoError
from reco_core.inspect.maps import pca
from reco_core.ratings import Ratings
from reco_core.runs import Run
from reco_core.runs.recording import WEIGHTS

TICK = 1.0
MOST = 20_000
KEY = "live_map"


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Where the movies of one run were at one moment: stamp of the weights, epoch, places, and the places packed."""

    run: str
    stamp: int
    epoch: int
    xy: np.ndarray
    points: bytes


def live_map(ratings: Ratings, run: Run) -> None:
    """The map under a switch, for models with vectors; looks for a newer epoch while the run trains."""
    if not run.spec.has_vectors or ratings.n_items > MOST or not (run.active or (run.folder / WEIGHTS).exists()):
        return
    shown = st.toggle("Map of the movies while it learns", value=True, key="show_live_map", persist_state="session")
    if not shown:
        return

    @st.fragment(run_every=TICK if run.active else None)
    def the_map() -> None:
        seen = _newest(ratings, run)
        if seen is None:
            st.caption("The map comes with the first epoch.")
            return
        things = f"{ratings.fingerprint} {run.id}"
        look = look_of(ratings, None, "items", "Genre" if ratings.genre_names else "Popularity")
        clicked = point_map(seen.points, look, key=KEY, things=things, label=f"After epoch {seen.epoch}", low=True)
        if clicked is not None and run.has_result:
            switch("embeddings", item=ratings.items.ids[clicked])

    the_map()


def _newest(ratings: Ratings, run: Run) -> Snapshot | None:
    """The places of the last saved epoch; the one drawn before where nothing is newer."""
    before: Snapshot | None = st.session_state.get(KEY + "_seen")
    before = before if before is not None and before.run == run.id else None
    try:
        stamp = (run.folder / WEIGHTS).stat().st_mtime_ns
        if before is not None and before.stamp == stamp:
            return before
        arrays, epoch = run.saved()
        xy = pca(run.spec.scorer(arrays, run.shape, run.settings).item_vectors).xy
    except (OSError, RecoError):
        return before
    xy = xy if before is None else turned(xy, before.xy)
    titles, captions = cache.table(item_words, ratings)
    seen = Snapshot(run.id, stamp, epoch, xy, pack_points(xy, titles, captions, ratings.item_counts))
    st.session_state[KEY + "_seen"] = seen
    return seen


def turned(xy: np.ndarray, before: np.ndarray) -> np.ndarray:
    """The map turned or mirrored so that its points move as little as possible: [n, 2], [n, 2] -> [n, 2].

    Principal components have no side that is up; the orthogonal matrix nearest to the old places (Schoenemann 1966)
    keeps the picture from tumbling.
    """
    left, _, right = np.linalg.svd(xy.T @ before)
    return xy @ (left @ right)
