"""A second run's list for the same person beside the first: what they share, what moved, what the person did rate."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.ui.movies.poster_grid import Card, card, poster_grid
from pages.ui.recommendations.list_controls import Tuned, figure, other_runs
from pages.ui.shell import cache, selection
from pages.ui.shell.epoch_slider import after
from pages.ui.shell.markdown import md
from reco_core.jobs.results.two_lists import LENGTH, Held, OneList, TwoLists, held_of, two_lists
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.stars_text import given

NAME = "beside"
TERMS = (
    "Both lists leave out training ratings and may contain held-out ones. Those are hits: a green frame and ✓ with "
    "the stars that this user gave. ▲ ▼ places moved relative to the other list; new: not in it."
)


def choose_beside(ratings: Ratings, run: RunReading) -> RunReading | None:
    """The run whose list stands beside, None for none; draws its choice, which is kept in the URL as ?beside=."""
    others = other_runs(ratings, run)
    if not others:
        return None
    key, labels = "recommend_beside", selection.run_labels(others)

    def picked() -> None:
        chosen = st.session_state[key]
        if chosen is None:
            st.query_params.pop(NAME, None)
        else:
            st.query_params[NAME] = chosen

    wanted = st.query_params.get(NAME)
    st.session_state[key] = wanted if wanted in others else None
    chosen = st.selectbox(
        "Second list from",
        list(others),
        index=None,
        key=key,
        format_func=lambda id_: labels.get(id_, id_),
        on_change=picked,
        placeholder="Another run",
        icon=":material/compare_arrows:",
        help="Shows another run's list for this person below the first, and which held-out ratings each list hits.",
    )
    return others.get(chosen)


def lists_beside(
    ratings: Ratings, run: RunReading, epoch: int | None, other: RunReading, user: int, tuned: Tuned
) -> str | None:
    """Draws both lists with their figures; gives back the item id that was clicked."""
    held = tuple(cache.table(_held, ratings, run=one.id, user=user) for one in (run, other))
    models = cache.fitted(run, epoch), cache.fitted(other)
    both = two_lists(models, held, ratings, user, tuned.settings)
    st.header("Two lists for one person", anchor=False)
    st.markdown(
        f":violet-badge[Overlap@{LENGTH}: {both.shared} of {LENGTH} in both lists] "
        f":gray-badge[{both.same_place} at the same rank]"
    )
    if not both.held_out:
        st.caption("No rating of this user was held out in both runs, so neither list can have hits.")
    moved = [int(at) - place or None if at else "new" for place, at in enumerate(both.places, start=1)]
    picked = _line(ratings, run, after(epoch), both, both.first, [None] * len(both.first.item_index), "First list")
    picked = _line(ratings, other, "", both, both.second, moved, "Second list") or picked
    st.caption(TERMS)
    return picked


def _line(
    ratings: Ratings,
    run: RunReading,
    when: str,
    both: TwoLists,
    one: OneList,
    moved: list[int | str | None],
    label: str,
) -> str | None:
    """One of the lists under its run's name and hits."""
    hits = f" :green-badge[✓ {both.hits(one)} of {len(both.held_out)} held-out ratings hit]" if both.held_out else ""
    st.markdown(f"**{md(run.name)}**{when}{hits}")
    in_stars = run.spec.predicts_stars
    shown = ratings.scale.clip(one.score) if in_stars else one.score
    drawn: list[Card] = []
    for place, (item, value) in enumerate(zip(one.item_index.tolist(), shown, strict=True), start=1):
        own, stars = figure(ratings, value, in_stars), both.held_out.get(item)
        said = "" if stars is None else given(ratings.scale, stars)
        made = card(ratings, item, own if stars is None else f"✓ {said}", rank=str(place))
        note = "" if stars is None else f"Held out; rated {said} by this user; {own} by this model"
        drawn.append(replace(made, moved=moved[place - 1], marked=stars is not None, note=note))
    key = f"beside_{label.split()[0].lower()}"
    return poster_grid(ratings, drawn, key=key, label=label, layout="ten")


def _held(ratings: Ratings, run: str, user: int) -> Held:
    return held_of(cache.store().open(run), ratings, user)
