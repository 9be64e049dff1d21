"""The visitor as a dot among the users on the map of their vectors."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui.embeddings.maps import pack_points, pack_words, point_map
from pages.ui.embeddings.point_colours import Look, scale_look
from pages.ui.shell import cache
from pages.ui.shell.markdown import md, plural
from reco_core.data.labels import id_text
from reco_core.inspect.maps import Map, pca
from reco_core.inspect.neighbours import nearest
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.stars_text import stars_word

MOST = 20_000
NEAR = 8


def you_on_the_map(ratings: Ratings, run: RunReading, epoch: int | None, vector: np.ndarray, n_rated: int) -> None:
    """Draws the map of the users' vectors with one dot more, and says who is nearest."""
    plane: Map = cache.table(_plane, ratings, run=run.id, epoch=epoch, version=cache.version(run, epoch))
    users = _shown(ratings)
    xy = np.vstack([plane.xy[users], plane.project(vector[None])])
    low, high = plane.xy.min(axis=0), plane.xy.max(axis=0)
    box = np.minimum(low, xy[-1]), np.maximum(high, xy[-1])
    vectors = cache.scorer(run, epoch).user_vectors[users]
    near, _ = nearest(np.vstack([vectors, vector]), len(users), NEAR)
    importance = np.append(ratings.user_counts[users], ratings.user_counts.max() + 1)
    point_map(
        pack_points(xy, importance, box),
        cache.table(_words, ratings),
        cache.table(_look, ratings),
        key="your_map",
        things=f"{ratings.fingerprint} {run.id} {epoch} you",
        picked=[len(users)] if n_rated else [],
        near=near.tolist() if n_rated else [],
        titles=False,
        low=True,
    )
    alike = ", ".join(md(id_text(ratings.users.ids[users[row]], int(users[row]))) for row in near[:4])
    first, second = plane.explained
    st.caption(
        f"{plural(len(users), 'user')} by the first two principal components of their vectors ({first:.0%} and "
        f"{second:.0%} of the variance)." + (f" You are the ringed dot; the nearest users: {alike}." if n_rated else "")
    )


def _shown(ratings: Ratings) -> np.ndarray:
    """The users on the map: all, or the MOST most active, by index."""
    if ratings.n_users <= MOST:
        return np.arange(ratings.n_users)
    return np.sort(np.argsort(-ratings.user_counts, kind="stable")[:MOST])


def _plane(ratings: Ratings, run: str, epoch: int | None, version: int) -> Map:
    return pca(cache.scorer(cache.store().open(run), epoch).user_vectors)


def _words(ratings: Ratings) -> bytes:
    users = _shown(ratings)
    names = [f"User {ratings.users.ids[user]}" for user in users]
    captions = [plural(int(ratings.user_counts[user]), "rating") for user in users]
    return pack_words([*names, "You"], [*captions, "folded in"])


def _look(ratings: Ratings) -> Look:
    users = _shown(ratings)
    with np.errstate(invalid="ignore"):
        means = np.bincount(ratings.user_index, ratings.rating, ratings.n_users) / ratings.user_counts
    return scale_look(
        f"Mean rating in {stars_word(ratings.scale)}", np.append(means[users], np.nanmean(means)), "{:.1f}"
    )
