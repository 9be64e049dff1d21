"""What a visitor rates, and the list that comes of it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui import cache
from pages.ui.movie import by_popularity
from pages.ui.posters import Card, card, poster_grid
from pages.ui.rating import Rated, rate, rate_grid, start_again
from pages.ui.reasons import ASK, show_why
from pages.ui.text import plural
from reco_core.inspect.neighbours import first_k
from reco_core.ratings import Ratings
from reco_core.recommend.choose import informative, to_rate
from reco_core.recommend.explain import Person
from reco_core.recommend.facts import ItemFacts
from reco_core.recommend.fold_in import CAUTION, Folded
from reco_core.runs import Run

ASKED = 15
SHOWN = 18
MOST = 10_000


def choose_movies(ratings: Ratings, rated: Rated) -> None:
    """The row of posters to rate, a box that finds any movie, what is rated so far, and the way to begin anew."""
    pages = f"asked_pages:{ratings.name}"
    asked = cache.table(_asked, ratings, page=st.session_state.get(pages, 0))
    with st.container(horizontal=True, vertical_alignment="bottom", key="your_controls"):
        _search(ratings, rated)
        if st.button("Other movies", key="other_movies", icon=":material/refresh:", help="Posters of other movies."):
            st.session_state[pages] = st.session_state.get(pages, 0) + 1
            st.rerun()
        if st.button("Start again", key="start_again", icon=":material/delete_sweep:", disabled=not rated):
            start_again(ratings)
            st.session_state.pop(pages, None)
            st.rerun()
    rate_grid(ratings, [card(ratings, item) for item in asked], rated, "rate_grid", "Rate what you know", keeps=True)
    if rated:
        with st.expander(f"You rated {plural(len(rated), 'movie')}", key="your_ratings", icon=":material/star:"):
            every = [card(ratings, item) for item in reversed(rated)]
            rate_grid(ratings, every, rated, "rated_grid", "Your ratings")


def your_list(ratings: Ratings, run: Run, folded: Folded, rated: Rated) -> str | None:
    """The best movies that are not rated, each with the places it moved by the last click; the id that was clicked."""
    scores = folded.score.copy()
    scores[np.fromiter(rated, dtype=np.int64)] = -np.inf
    order = first_k(scores, len(scores))
    best = order[:SHOWN]
    in_stars = run.spec.predicts_stars
    shown = ratings.scale.clip(scores[best]) if in_stars else scores[best]
    line = "★ {:.2f}" if in_stars else "score {:.3g}"
    moved = _moved(ratings, run, rated, order)
    drawn = [
        Card(**(card(ratings, int(item), line.format(value), rank=str(place)).__dict__ | {"moved": by}))
        for place, (item, value, by) in enumerate(zip(best, shown, moved, strict=False), start=1)
    ]
    person = Person.new(
        folded, np.fromiter(rated, dtype=np.int64), np.fromiter(rated.values(), dtype=np.float64), CAUTION
    )
    return poster_grid(
        ratings,
        drawn,
        key="your_grid",
        label="Recommended for you",
        ask=ASK,
        asked=lambda raw: show_why(ratings, run, None, person, int(ratings.items.index_of(raw)), new=True),
    )


def _moved(ratings: Ratings, run: Run, rated: Rated, order: np.ndarray) -> list[int | None]:
    """Places that each movie has risen since the ratings were last others; None where it has not, or at first."""
    key, now = "your_last_orders", (ratings.name, run.id)
    memory = st.session_state.get(key)
    if memory is None or memory["of"] != now:
        memory = {"of": now, "rated": dict(rated), "order": order, "before": None}
    elif memory["rated"] != rated:
        memory = {"of": now, "rated": dict(rated), "order": order, "before": memory["order"]}
    st.session_state[key] = memory
    if memory["before"] is None:
        return [None] * len(order)
    place = np.full(ratings.n_items, -1, dtype=np.int64)
    place[memory["before"]] = np.arange(len(memory["before"]))
    return [int(place[item]) - at or None if place[item] >= 0 else None for at, item in enumerate(order[:SHOWN])]


def _search(ratings: Ratings, rated: Rated) -> None:
    """A box that finds any movie; a choice adds it with the middle of the upper half, to be changed by its stars."""
    titles = cache.titles(ratings)
    options = [item for item in cache.table(by_popularity, ratings, most=MOST) if item not in rated]
    levels = ratings.scale.levels

    def found() -> None:
        chosen = st.session_state["rate_search"]
        if chosen is not None:
            rate(ratings, chosen, float(levels[-2]))
            st.session_state["rate_search"] = None

    st.selectbox(
        "Add a movie you like",
        options,
        index=None,
        key="rate_search",
        format_func=lambda index: titles[index],
        on_change=found,
        placeholder="Find by title",
        icon=":material/search:",
        help=f"It is added with {levels[-2]:g} stars, which you can change.",
        width=330,
    )


def _asked(ratings: Ratings, page: int) -> np.ndarray:
    """The posters of one page: the most informative first, unlike each other, none of an earlier page."""
    facts, worth = ItemFacts.of(ratings), informative(ratings)
    earlier: list[int] = []
    for _ in range(page):
        earlier += to_rate(ratings, facts.genres, ASKED, earlier, worth).tolist()
    found = to_rate(ratings, facts.genres, ASKED, earlier, worth)
    return found if len(found) else to_rate(ratings, facts.genres, ASKED, (), worth)
