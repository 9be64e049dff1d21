"""What a visitor rates, and the list that comes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from pages.ui.movies.movie_picker import by_popularity
from pages.ui.movies.poster_grid import card, poster_grid
from pages.ui.movies.star_rating import Rated, rate, rate_grid, start_again
from pages.ui.recommendations.list_controls import Tuned, cards, say_steps, tune
from pages.ui.recommendations.why_dialog import ASK, show_why
from pages.ui.shell import cache
from reco_core.data.item_words import words_of
from reco_core.kinds import ItemKind
from reco_core.models.fitted import Fitted
from reco_core.models.folding import Folded, Person
from reco_core.ratings import Ratings
from reco_core.recommend.choose import informative, to_rate
from reco_core.recommend.item_features import ItemFacts
from reco_core.recommend.recommend_to import recommend_to
from reco_core.runs import RunReading

ASKED, SHOWN = 15, 12
MOST = 10_000


def choose_items(ratings: Ratings, run: RunReading, rated: Rated) -> Tuned:
    """A box that finds any item, other posters, the way to begin anew, and the row of posters to rate.

    Gives back how the list is to be made, whose controls stand in the same row.
    """
    pages = f"asked_pages:{ratings.fingerprint}"
    asked = cache.table(_asked, ratings, page=st.session_state.get(pages, 0))
    with st.container(horizontal=True, vertical_alignment="bottom", key="your_controls"):
        _search(ratings, rated)
        others = f"ther {words_of(ratings).many}"
        if st.button(f"O{others}", key="other_items", icon=":material/refresh:", help=f"Show o{others}."):
            st.session_state[pages] = st.session_state.get(pages, 0) + 1
            st.rerun()
        if st.button("Start over", key="start_again", icon=":material/delete_sweep:", disabled=not rated):
            start_again(ratings)
            st.session_state.pop(pages, None)
            st.rerun()
        tuned = tune(ratings, run, SHOWN)
    rate_grid(ratings, [card(ratings, item) for item in asked], rated, "rate_grid", "Rate what you know", keeps=True)
    return tuned


def your_ratings(ratings: Ratings, rated: Rated) -> None:
    """What is rated so far, to be changed; nothing before the first rating."""
    if not rated:
        return
    with st.expander(f"You rated {words_of(ratings).counted(len(rated))}", key="your_ratings", icon=":material/star:"):
        every = [card(ratings, item) for item in reversed(rated)]
        rate_grid(ratings, every, rated, "rated_grid", "Your ratings")


def your_list(ratings: Ratings, run: RunReading, epoch: int | None, rated: Rated, tuned: Tuned) -> str | None:
    """The visitor's list, each item with the places it moved by the last click; the id that was clicked."""
    facts = cache.table(ItemFacts.of, ratings)
    person, second = Person.new(rated), None if tuned.second is None else cache.fitted(tuned.second)
    best = recommend_to(cache.fitted(run, epoch), ratings, person, tuned.settings, second, facts)
    say_steps(best, tuned.settings.n, words_of(ratings), arrows=False)
    in_stars = run.spec.predicts_stars
    shown = ratings.scale.clip(best.score) if in_stars else best.score
    made_so = ratings.fingerprint, run.id, epoch, tuned.settings, tuned.second and tuned.second.id
    moved = _moved(made_so, rated, best.item_index.tolist())
    drawn = [
        replace(one, moved=by) for one, by in zip(cards(ratings, best, shown, in_stars, rated), moved, strict=True)
    ]
    return poster_grid(
        ratings,
        drawn,
        key="your_grid",
        label="Recommended for you",
        ask=ASK,
        asked=lambda raw: show_why(ratings, run, epoch, person, int(ratings.items.index_of(raw)), new=True),
    )


def what_counts(model: Fitted, folded: Folded, rated: Rated, words: ItemKind) -> str:
    """How the visitor's ratings enter the list, as the end of a sentence; empty while there are none."""
    if not model.stars_count:
        return "everybody gets this list, whatever they rate"
    if not rated:
        return ""
    if not folded.known:
        return f"you have not liked any {words.one} yet, so this is still everybody's list"
    if folded.vector is None:
        return f"the model is unchanged; likes count for {words.an}, dislikes against it"
    return "the model is unchanged; only your user vector is fitted"


def _moved(of: tuple[Any, ...], rated: Rated, now: list[int]) -> list[int | str | None]:
    """Places that each item has risen since the ratings were others, "new" for one that was not in the list then.

    None where it has not moved, and for all until a rating changes (or once the list is made otherwise).
    """
    key = "your_last_list"
    memory = st.session_state.get(key)
    if memory is None or memory["of"] != of:
        memory = {"of": of, "rated": dict(rated), "list": now, "before": None}
    elif memory["rated"] != rated:
        memory = {"of": of, "rated": dict(rated), "list": now, "before": memory["list"]}
    st.session_state[key] = memory
    if memory["before"] is None:
        return [None] * len(now)
    place = {item: at for at, item in enumerate(memory["before"])}
    return [(place[item] - at or None) if item in place else "new" for at, item in enumerate(now)]


def _search(ratings: Ratings, rated: Rated) -> None:
    """A box that finds any item; a choice adds it with the best stars but one, to be changed by its stars."""
    labels = cache.labels(ratings)
    options = [item for item in cache.table(by_popularity, ratings, most=MOST) if item not in rated]
    stars, liked = _liked(ratings), f"Add {words_of(ratings).an} you like"

    def found() -> None:
        chosen = st.session_state["rate_search"]
        if chosen is not None:
            rate(ratings, chosen, stars)
            st.session_state["rate_search"] = None

    st.selectbox(
        liked,
        options,
        index=None,
        key="rate_search",
        format_func=labels.__getitem__,
        on_change=found,
        placeholder=liked,
        label_visibility="collapsed",
        icon=":material/search:",
        width=330,
    )


def _liked(ratings: Ratings) -> float:
    """A good rating, not the best where there is one between it and the middle."""
    scale = ratings.scale
    if scale.is_continuous:
        return float(scale.round(scale.to_stars(np.array(0.8))))
    return float(scale.levels[-2 if len(scale.levels) > 3 else -1])


def _asked(ratings: Ratings, page: int) -> np.ndarray:
    """The posters of one page: the most informative first, unlike each other, none of an earlier page."""
    facts, worth = ItemFacts.of(ratings), informative(ratings)
    earlier: list[int] = []
    for _ in range(page):
        earlier += to_rate(ratings, facts.genres, ASKED, earlier, worth).tolist()
    found = to_rate(ratings, facts.genres, ASKED, earlier, worth)
    return found if len(found) else to_rate(ratings, facts.genres, ASKED, (), worth)
