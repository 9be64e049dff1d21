"""What if this user had rated an item differently: two lists, both by folding in."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui.movies.poster_grid import Card, card, poster_grid
from pages.ui.recommendations.list_controls import figure
from pages.ui.shell import cache
from pages.ui.shell.markdown import md, plural
from reco_core.data.item_words import words_of
from reco_core.ratings import Ratings
from reco_core.recommend.what_if import Side, what_if
from reco_core.runs import RunReading
from reco_core.stars_text import given

SHOWN = 10
MOST_TICKS = 100
NOT_RATED = "not rated"


def what_if_section(ratings: Ratings, run: RunReading, epoch: int | None, user: int, rated: dict[int, float]) -> None:
    """Draws the choice of an item and its stars, and the lists before and after."""
    labels = cache.labels(ratings)
    item, stars = _choose(ratings, labels, user, rated)
    if len(rated) == ratings.n_items:
        st.caption(f"This user has rated every {words_of(ratings).one}, so there is no list to change.")
        return
    change = what_if(cache.fitted(run, epoch), ratings, user, {item: stars}, SHOWN)
    before, after = _shown(ratings, run, change.before), _shown(ratings, run, change.after)
    alike = f"counts all ratings alike, whereas low ones count against {words_of(ratings).an} here"
    above = "may differ a little" if run.spec.predicts_stars else alike
    st.caption(
        "Both lists come from folding this user in: the model is unchanged; only the user's part is fitted, to the "
        "actual and to the changed ratings. So nothing but this rating differs. "
        f"(The list above is what training found for this user; it {above}.)"
    )
    st.markdown(f"**Actual rating**, {md(labels[item])} {given(ratings.scale, rated[item])}")
    old = [card(ratings, index, line, rank=str(place)) for place, (index, line) in enumerate(before, start=1)]
    poster_grid(ratings, old, key="what_if_before", label="Actual rating", layout="row", clickable=False)
    st.markdown(
        f"**With this rating**, {md(labels[item])} {NOT_RATED if stars is None else given(ratings.scale, stars)}"
    )
    elsewhere = sum(int(was) != place for place, was in enumerate(change.places, start=1))
    st.caption(
        f"Changing one of {plural(len(rated), 'rating')} moved or replaced {elsewhere} of these {len(after)}; "
        f"no {'prediction' if run.spec.predicts_stars else 'score'} in the list changed by more than "
        f"{change.most_moved:.3f}."
    )
    new = []
    for place, ((index, line), was) in enumerate(zip(after, change.places, strict=True), start=1):
        moved = "new" if was == 0 else int(was) - place or None
        new.append(Card(**(card(ratings, index, line, rank=str(place)).__dict__ | {"moved": moved})))
    poster_grid(ratings, new, key="what_if_after", label="With this rating", layout="row", clickable=False)


def _choose(ratings: Ratings, labels: list[str], user: int, rated: dict[int, float]) -> tuple[int, float | None]:
    """The chosen item and what it is given instead; None for not rated."""
    options = sorted(rated, key=lambda item: (-rated[item], labels[item]))
    with st.container(horizontal=True, vertical_alignment="bottom", key="what_if_controls"):
        item = st.selectbox(
            "If this user had given",
            options,
            key=f"what_if_item_{user}",
            format_func=lambda index: f"{labels[index]} · {given(ratings.scale, rated[index])}",
            icon=f":material/{words_of(ratings).icon}:",
        )
        scale = ratings.scale
        words = {float(level): given(scale, level) for level in scale.ticks(MOST_TICKS)} | {NOT_RATED: NOT_RATED}
        stars = st.select_slider(
            "instead",
            list(words),
            value=_opposite(ratings, rated[item]),
            key=f"what_if_stars_{user}_{item}",
            format_func=words.__getitem__,
            width=300,
        )
    return item, None if stars == NOT_RATED else stars


def _opposite(ratings: Ratings, stars: float) -> float:
    """The end of the scale that is farther from a rating: what changes most."""
    low, high = ratings.scale.min, ratings.scale.max
    return float(low if stars - low >= high - stars else high)


def _shown(ratings: Ratings, run: RunReading, side: Side) -> list[tuple[int, str]]:
    """(item index, its figure) of a list."""
    in_stars = run.spec.predicts_stars
    values = ratings.scale.clip(side.best.score) if in_stars else side.best.score
    pairs = zip(side.best.item_index, np.asarray(values), strict=True)
    return [(int(index), figure(ratings, value, in_stars)) for index, value in pairs]
