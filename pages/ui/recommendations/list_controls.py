"""How a list is made of a model's scores: the controls of the Recommend page, and what each of them changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui.movies.poster_grid import Card, card
from pages.ui.shell import cache, dataset_choices, selection
from pages.ui.shell.markdown import md
from reco_core.data.item_words import words_of
from reco_core.kinds import ItemKind
from reco_core.ratings import Ratings
from reco_core.recommend.item_features import ItemFacts
from reco_core.recommend.rerank import ListSettings, Reranked
from reco_core.runs import RunReading
from reco_core.shown_text import GENRE, unlike
from reco_core.stars_text import number, predicted

DAMPINGS = (0, 5, 10, 20, 50, 100, 200)
HOW_MANY = (6, 12, 21, 30, 42, 50)
AT_LEAST = (0, 5, 10, 20, 50, 100, 200)
NAMES = {"blend": "Blend", "damping": "Few ratings", "filters": "Filters", "diversity": "Diversity"}
KEYS = ("genres", "damping", "diversity", "at_least_list", "years", "hide_seen", "blend_run", "blend_weight")


@dataclass(frozen=True)
class Tuned:
    """What was chosen: the settings, and the run whose scores are blended in."""

    settings: ListSettings
    second: RunReading | None = None


def tune(ratings: Ratings, run: RunReading, n: int | None = None) -> Tuned:
    """What is chosen; draws a popover in the current row. n: the length of the list, None to let it be chosen."""
    facts: ItemFacts = cache.table(ItemFacts.of, ratings)
    words = words_of(ratings)
    with st.popover("Tune the list", icon=":material/tune:", key="tune"):
        if n is None:
            usual = HOW_MANY.index(21)
            n = st.selectbox("Show", HOW_MANY, index=usual, key="recommend_n", persist_state="session")
        genres = _genres(facts)
        damping = st.select_slider(
            f"Penalise {words.many} with few ratings",
            DAMPINGS,
            value=0,
            key="damping",
            persist_state="session",
            help=DAMPED.format(one=words.one),
        )
        diversity = _diversity(run, facts, words)
        second, weight = _blend(ratings, run)
        at_least = st.select_slider(
            f"Minimum ratings per {words.one}", AT_LEAST, value=0, key="at_least_list", persist_state="session"
        )
        years = _years(facts)
        hide = st.toggle(f"Hide rated {words.many}", True, key="hide_seen", persist_state="session")
        st.button("Reset to the model's own list", key="untune", icon=":material/restart_alt:", on_click=_untune)
    settings = ListSettings(n, weight, damping, at_least, tuple(genres), years, hide, diversity)
    return Tuned(settings, second)


DAMPED = (
    "Adds this many ratings at the mean score to each {one}, so that scores backed by few ratings shrink towards the "
    "mean of all candidates."
)
SPREAD = (
    "Maximal marginal relevance: {many} are picked one by one, by score minus similarity to those already picked, "
    "among the best candidates."
)


def figure(ratings: Ratings, value: float, in_stars: bool) -> str:
    """What stands below a poster of a list: the predicted rating, or the score of a model that ranks."""
    return predicted(ratings.scale, value) if in_stars else f"score {value:.3g}"


def cards(ratings: Ratings, made: Reranked, shown: np.ndarray, in_stars: bool, rated: dict[int, float]) -> list[Card]:
    """The cards of a list with rank, figure and the places moved; a rated item says so."""
    names = [NAMES.get(step.name, "Model alone") for step in made.steps]
    drawn = []
    for place, (item, value) in enumerate(zip(made.item_index, shown, strict=True)):
        path = [f"{name}: {_place(at)}" for name, at in zip(names, made.places[:, place], strict=True)]
        line1 = figure(ratings, value, in_stars)
        if int(item) in rated:
            line1 += f" · rated {number(ratings.scale, rated[int(item)])}"
        one = card(ratings, int(item), line1, rank=str(place + 1))
        moved = int(made.moved[place]) if made.places[0, place] else "new"
        note = "\n".join(path) if len(path) > 1 else ""
        drawn.append(Card(**(one.__dict__ | {"moved": moved or None, "note": note})))
    return drawn


def say_steps(made: Reranked, n: int, words: ItemKind, arrows: bool = True) -> None:
    """One quiet line of what each control changed, and what arrows mean; nothing where no control is used."""
    if len(made.steps) == 1:
        return
    badges = [f":violet-badge[{NAMES[step.name]} replaced {step.changed} of {n}]" for step in made.steps[1:]]
    with st.container(key="list_steps"):
        st.markdown(" ".join(badges))
        arrow = "▲ ▼ places moved relative to the model's own list. " if arrows else ""
        st.caption(f"{arrow}Hover over {words.an} to see how each step moved it.")


def _place(at: int) -> str:
    return f"#{at:,}" if at else "not a candidate"


def _genres(facts: ItemFacts) -> Sequence[str]:
    if not facts.genre_names:
        return ()
    labels = dict(zip(facts.genre_names, unlike(facts.genre_names, GENRE), strict=True))
    return st.multiselect(
        "Genres", facts.genre_names, key="genres", placeholder="Any", persist_state="session",
        format_func=lambda name: labels.get(name, name),
    )  # fmt: skip


def _diversity(run: RunReading, facts: ItemFacts, words: ItemKind) -> float:
    """How unlike the entries are to be; no control where nothing tells what is alike."""
    if not run.spec.has_vectors and not facts.genre_names:
        return 0.0
    about = SPREAD.format(many=words.many)
    return st.slider("Diversity", 0.0, 1.0, 0.0, 0.05, key="diversity", persist_state="session", help=about)


def other_runs(ratings: Ratings, run: RunReading) -> dict[str, RunReading]:
    """The other runs of this dataset that have a result, by id, newest first."""
    same, _ = dataset_choices.runs_of(ratings)
    return {one.id: one for one in same if one.id != run.id and one.has_result}


def _blend(ratings: Ratings, run: RunReading) -> tuple[RunReading | None, float]:
    """(second run, its weight); without another run there is no such control."""
    others = other_runs(ratings, run)
    if not others:
        return None, 0.0
    ranking = next((id_ for id_, one in others.items() if not one.spec.predicts_stars), next(iter(others)))
    chosen = st.session_state.get("blend_run")
    labels = selection.run_labels(others)
    chosen = st.selectbox(
        "Blend with",
        list(others),
        index=list(others).index(chosen if chosen in others else ranking),
        format_func=labels.__getitem__,
        key="blend_run",
        help="Both runs' scores are standardised over this user's candidates, then mixed.",
    )
    weight = st.slider("Weight of the second run", 0.0, 1.0, 0.0, 0.05, key="blend_weight", persist_state="session")
    return (others[chosen], weight) if weight else (None, 0.0)


def _years(facts: ItemFacts) -> tuple[int | None, int | None]:
    known = facts.years[np.isfinite(facts.years)]
    if len(known) == 0 or known.min() == known.max():
        return None, None
    low, high = int(known.min()), int(known.max())
    first, last = st.slider("Years", low, high, (low, high), key="years", persist_state="session")
    return (None if first <= low else first), (None if last >= high else last)


def _untune() -> None:
    for key in KEYS:
        st.session_state.pop(key, None)


def rated_of(ratings: Ratings, user_index: int) -> dict[int, float]:
    """item index -> stars of one user."""
    rows = ratings.rows_of_user(user_index)
    table = pd.Series(ratings.rating[rows], index=ratings.item_index[rows])
    return {int(item): float(stars) for item, stars in table.items()}


def by(run: RunReading, tuned: Tuned) -> str:
    """The runs that made the list, as Markdown."""
    if tuned.second is None:
        return md(run.name)
    return f"{md(run.name)} and {tuned.settings.blend:.0%} {md(tuned.second.name)}"
