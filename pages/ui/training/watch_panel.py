"""Watching a run learn: one item's neighbours, one user's list and held-out stars, and the map, epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from pages.ui.charts.stars_chart import MOST as MOST_STARS
from pages.ui.charts.stars_chart import mean_miss, stars_chart
from pages.ui.embeddings.entities import look_of, packed_map, packed_words
from pages.ui.embeddings.maps import point_map
from pages.ui.movies.movie_picker import search
from pages.ui.movies.poster_grid import card, poster_grid
from pages.ui.movies.user_picker import choose_user
from pages.ui.shell import cache, selection
from pages.ui.shell.frame import errors_shown
from pages.ui.shell.markdown import md, plural
from pages.ui.shell.vega_chart import vega_chart
from pages.ui.training.live_map import MOST, forget_newest, newest
from pages.ui.training.watched import Choice, Moment, live_series, moment, tell, whole_series
from reco_core.data.item_words import words_of
from reco_core.data.labels import id_text
from reco_core.inspect.watch import AT_LEAST
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.stars_text import stars_word

STYLE = Path(__file__).parent / "watch.css"
QUICK_TICK, TICK = 0.5, 2.0
QUICK_SECONDS = 8.0  # a small run is over by then
MAP = "watch_map"


def nothing() -> None:
    """Draws nothing."""


def watch_panel(
    ratings: Ratings, run: RunReading | None, visitor: str = "", between: Callable[[], None] = nothing
) -> None:
    """The panel of a run, or of none yet: choose what to watch, see it change; after the run a slider replays it.

    visitor: who looks; only the owner of a run can make its training report on another item and user. between: drawn
    below the two lists, and above the stars and the map.
    """
    with st.container(key="watch_panel"):
        choice = _choose(ratings)
        if run is None:
            st.caption(
                f"Choose {words_of(ratings).an} and a user: while a run trains, you see what it thinks of them "
                "after each epoch."
            )
        elif run.active:
            tell(run, choice, visitor)
            _live(ratings, run, choice)
        elif run.has_result:
            _replay(ratings, run, choice, between)
        else:
            st.caption("This run kept no weights, so there is nothing to replay.")
            between()


def _choose(ratings: Ratings) -> Choice:
    item = selection.item(ratings, fallback=int(ratings.item_counts.argmax()))
    with st.container(horizontal=True, vertical_alignment="bottom", key="watch_choice"):
        st.header("Watch what it learns", anchor=False, width="content")
        search(ratings, item)
        user = choose_user(ratings)
    return Choice(item, user)


def _live(ratings: Ratings, run: RunReading, choice: Choice) -> None:
    """Looks again and again; what has not changed is neither worked out nor drawn anew."""
    age = (datetime.now(UTC) - run.info.created).total_seconds()

    @st.fragment(run_every=QUICK_TICK if age < QUICK_SECONDS else TICK)
    def look() -> None:
        with errors_shown():
            _look_now(ratings, run, choice)

    look()


def _look_now(ratings: Ratings, run: RunReading, choice: Choice) -> None:
    weights = newest(ratings, run)
    series = live_series(ratings, run, choice, weights)
    if not series:
        st.caption("Results appear after the first epoch.")
        return
    points = weights.points if weights is not None else None
    label = f"After epoch {weights.epoch}" if weights is not None else ""
    things = f"{ratings.fingerprint} {run.id} live"
    now = moment(series, max(series))
    _lists(ratings, run, choice, now)
    _looks(ratings, run, choice, now, points, things, label)


def _replay(ratings: Ratings, run: RunReading, choice: Choice, between: Callable[[], None]) -> None:
    """The epochs that were kept or reported on, on a slider of their own."""
    forget_newest()

    @st.fragment
    def look() -> None:
        with errors_shown():
            _look_back(ratings, run, choice, between)

    look()


def _look_back(ratings: Ratings, run: RunReading, choice: Choice, between: Callable[[], None]) -> None:
    series = whole_series(ratings, run, choice)
    epochs = sorted(series)
    result = cache.result_epoch(run)
    lists = st.container(gap="small")
    epoch = result if len(epochs) < 2 else _slider(run, epochs, result)
    points, label = _kept_points(ratings, run, epoch)
    now = moment(series, epoch)
    with lists:
        _lists(ratings, run, choice, now)
    between()
    _looks(ratings, run, choice, now, points, f"{ratings.fingerprint} {run.id}", label)


def _slider(run: RunReading, epochs: Sequence[int], result: int) -> int:
    """The chosen epoch; a run that has gone on, by a step or further epochs, begins again with its newest weights."""
    key, seen = f"watch_epoch_{run.id}", f"watch_result_{run.id}"
    if st.session_state.get(key) not in epochs or st.session_state.get(seen) != result:
        st.session_state[key] = st.session_state[seen] = result
    word = "newest" if run.status == "paused" else "result"
    return st.select_slider(
        "After epoch", epochs, key=key, format_func=lambda epoch: f"{epoch} ({word})" if epoch == result else str(epoch)
    )


def _kept_points(ratings: Ratings, run: RunReading, epoch: int) -> tuple[bytes | None, str]:
    """The map of the last kept epoch up to this one, and what to write on it."""
    if not run.spec.has_vectors or ratings.n_items > MOST:
        return None, ""
    drawn = packed_map(ratings, run, "items", epoch, nearest_kept=True)
    return drawn.points, f"After epoch {drawn.epoch}"


def _lists(ratings: Ratings, run: RunReading, choice: Choice, now: Moment) -> None:
    """The two rows of posters."""
    st.html(STYLE)
    words = words_of(ratings)
    with st.container(key="watch_lists"):
        if run.spec.has_vectors:
            about = f"By cosine, among {words.many} with at least {AT_LEAST} ratings."
            _posters(ratings, f"Nearest to {cache.titles(ratings)[choice.item]}", about, now, "neighbours")
        about = f"{words.Many} this user has not rated and would like best, by the model after this epoch."
        _posters(ratings, f"Top list of user {id_text(ratings.users.ids[choice.user], choice.user)}", about, now, "top")


def _looks(
    ratings: Ratings, run: RunReading, choice: Choice, now: Moment, points: bytes | None, things: str, label: str
) -> None:
    """The stars and the map, side by side."""
    with st.container(key="watch_looks"):
        if run.spec.predicts_stars:
            with st.container(key="watch_held"):
                _stars(ratings, now)
        if points is not None:
            with st.container(key="watch_moving"):
                _map(ratings, choice, now, points, things, label)


def _posters(ratings: Ratings, title: str, about: str, now: Moment, part: str) -> None:
    """One list as small posters; those that were not in it the epoch before are marked."""
    shown: list[int] = getattr(now.seen, part)
    before = set(getattr(now.seen_before, part)) if now.seen_before else set(shown)
    with st.container(key=f"watch_{part}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", key=f"watch_{part}_head"):
            st.markdown(f"**{md(title)}**", width="content", help=about)
            if now.changes is not None:
                st.markdown(_changed(getattr(now.changes, part), now.before), width="content")
        cards = [card(ratings, index, rank="" if index in before else "new") for index in shown]
        picked = poster_grid(ratings, cards, key=f"watch_{part}_posters", label=title, layout="strip", follow=False)
    if picked:
        selection.choose("item", picked)
        st.rerun()


def _changed(new: int, before: int) -> str:
    if new == 0:
        return f":gray-badge[same as after epoch {before}]"
    return f":orange-badge[{new} new since epoch {before}]"


def _stars(ratings: Ratings, now: Moment) -> None:
    """Predicted against given stars of ratings that the training has not seen."""
    st.markdown("**Held-out ratings**")
    held = now.seen.held_out
    miss = mean_miss(held)
    if miss is None:
        st.caption("No validation ratings for this user. Choose another user or a larger validation share.")
        return
    drawn = stars_chart(held, cache.titles(ratings), ratings.scale, words_of(ratings).One)
    vega_chart(drawn, "watch_stars", f"Actual and predicted ratings by {words_of(ratings).one}")
    before = mean_miss(now.seen_before.held_out) if now.seen_before else None
    beside = f"; {before:.2f} after epoch {now.before}" if before is not None else ""
    some = f", {MOST_STARS} of them shown" if len(held) > MOST_STARS else ""
    off = f"{miss:.2f} {stars_word(ratings.scale)}"
    st.caption(f"Off by {off} on average over {plural(len(held), 'validation rating')}{some}{beside}.")


def _map(ratings: Ratings, choice: Choice, now: Moment, points: bytes, things: str, label: str) -> None:
    clicked = point_map(
        points,
        packed_words(ratings, "items"),
        look_of(ratings, None, "items", "Genre" if ratings.genre_names else "Popularity"),
        key=MAP,
        things=things,
        picked=[choice.item],
        near=now.seen.neighbours,
        label=label,
        low=True,
    )
    if clicked is not None and clicked != choice.item:
        selection.choose("item", ratings.items.ids[clicked])
        st.rerun()
