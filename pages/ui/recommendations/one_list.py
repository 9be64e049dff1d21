"""The list of one known user: what the model puts first, what each control changed, why, and the list as a file."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui.movies.poster_grid import poster_grid
from pages.ui.recommendations.list_controls import Tuned, by, cards, rated_of, say_steps
from pages.ui.recommendations.why_dialog import ASK, show_why
from pages.ui.shell import cache
from pages.ui.shell.epoch_slider import after
from pages.ui.shell.table_export import recommendations_csv
from reco_core.data.item_words import words_of
from reco_core.models.folding import Person
from reco_core.ratings import Ratings
from reco_core.recommend.item_features import ItemFacts
from reco_core.recommend.recommend_to import recommend_to
from reco_core.recommend.rerank import Reranked
from reco_core.runs import RunReading
from reco_core.shown_text import IDENTIFIER, file_name


def one_list(ratings: Ratings, run: RunReading, epoch: int | None, user: int, tuned: Tuned) -> str | None:
    """Draws the list under its heading; gives back the item id that was clicked."""
    person, rated = Person.known(ratings, user), rated_of(ratings, user)
    second = None if tuned.second is None else cache.fitted(tuned.second)
    facts = cache.table(ItemFacts.of, ratings)
    best = recommend_to(cache.fitted(run, epoch), ratings, person, tuned.settings, second, facts)
    in_stars, hidden = run.spec.predicts_stars, tuned.settings.hide_seen
    shown = ratings.scale.clip(best.score) if in_stars else best.score
    _heading(ratings, user, best, shown, in_stars)
    words = words_of(ratings)
    about = "Predicted stars" if in_stars else f"This model ranks {words.many}; its scores are not stars"
    of = f"among the {words.many} this user has not rated" if hidden else f"including rated {words.many}"
    st.caption(f"By {by(run, tuned)}{after(epoch)}, best first, {of}. {about}.")
    say_steps(best, tuned.settings.n, words)
    if len(best) == 0:
        everything = hidden and len(rated) == ratings.n_items
        nothing = f"This user has rated every {words.one}" if everything else f"No {words.one} passes these filters"
        st.info(f"{nothing}: there is nothing to recommend.", icon=":material/filter_alt:")
    return poster_grid(
        ratings,
        cards(ratings, best, shown, in_stars, rated),
        key="best_grid",
        label="Recommended",
        ask=ASK,
        asked=lambda raw: show_why(ratings, run, epoch, person, ratings.items.index_of(raw)),
    )


def _heading(ratings: Ratings, user: int, best: Reranked, shown: np.ndarray, in_stars: bool) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="best_head"):
        st.header("Recommended", anchor=False)
        st.download_button(
            "Download CSV",
            recommendations_csv(ratings, best.item_index, shown, in_stars),
            file_name=f"{file_name(ratings.name)}-user-{file_name(ratings.users.ids[user], IDENTIFIER)}.csv",
            mime="text/csv",
            key="recommend_csv",
            icon=":material/download:",
            on_click="ignore",
        )
