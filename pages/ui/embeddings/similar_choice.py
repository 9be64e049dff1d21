"""What similar items are chosen by: who rated both, what the model learned, or both; in controls and in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.ui.shell import cache, neighbour_cache
from pages.ui.shell.markdown import md
from reco_core.data.item_words import words_of
from reco_core.inspect.likeness import NEAREST
from reco_core.inspect.neighbours import with_ratings
from reco_core.jobs.results.neighbours import VECTORS, choices_of, neighbours
from reco_core.kinds import ItemKind
from reco_core.ratings import Ratings
from reco_core.runs import RunReading

TITLES = {"blend": "Both", "learned": "Learned", "raters": "Raters", VECTORS: "Vectors"}
MEASURES = {
    "cosine": ("Cosine", "direction alone, whatever the length", "{:.2f}"),
    "dot": ("Dot product", "direction and length, which favours strong tastes", "{:.2f}"),
    "euclidean": ("Distance", "the straight-line distance; smaller is nearer", "distance {:.2f}"),
}
_HELP = (
    "**Raters**: {many} rated by the same people, whatever the stars. **Learned**: by this model alone. Vectors "
    "trained to predict stars are not always good for similarity, so **Both** weights raters two thirds and the model "
    "one third. **Vectors**: the model's own, unchanged."
)
_GENRES = " Genres play no part, unless the model is trained on them."


@dataclass(frozen=True)
class Choice:
    """What items are near by, and the measure of distance where that is the vectors as they are."""

    by: str
    measure: str = "cosine"

    @property
    def form(self) -> str:
        """How a score is written."""
        return MEASURES[self.measure][2]


def choose_likeness(ratings: Ratings, run: RunReading) -> Choice:
    """The controls, kept in the session as the page's others are."""
    options = choices_of(run)
    if st.session_state.get("similar_by") not in options:
        st.session_state.pop("similar_by", None)
    by = st.segmented_control(
        "Similarity",
        options,
        default=options[0],
        required=True,
        key="similar_by",
        format_func=TITLES.__getitem__,
        help=_HELP.format(many=words_of(ratings).many) + (_GENRES if ratings.genre_names else ""),
        persist_state="session",
    )
    if by != VECTORS:
        return Choice(by)
    measure = st.segmented_control(
        "Measure",
        list(MEASURES),
        default="cosine",
        required=True,
        key="similar_measure",
        format_func=lambda name: MEASURES[name][0],
        persist_state="session",
    )
    return Choice(by, measure)


def nearest_items(
    ratings: Ratings, run: RunReading, epoch: int | None, item: int, choice: Choice, at_least: int, k: int
) -> list[tuple[int, float]]:
    """(item index, score) of the k nearest items with so many ratings; any, where no other has as many."""
    by = neighbour_cache.alike(run, ratings, choice.by, epoch)
    usable = with_ratings(ratings.item_counts, at_least, item)
    found, scores = neighbours(cache.scorer(run, epoch), by, item, k, choice.measure, usable)
    return list(zip(np.asarray(found).tolist(), np.asarray(scores).tolist(), strict=True))


def choice_in_words(words: ItemKind, run: RunReading, choice: Choice, after: str = "") -> str:
    """One sentence on what the choice means; after: ` after epoch 3`, where it is not the run's result."""
    name = md(run.name) + after
    if choice.by == VECTORS:
        title, meaning, _ = MEASURES[choice.measure]
        return f"{title} of the vectors of {name}, unchanged: {meaning}."
    if choice.by == "raters":
        return f"{words.Many} rated by the same people, whatever the stars; {name} plays no part."
    if choice.by == "blend":
        return f"Two thirds by who rated both, one third by what {name} learned."
    if run.spec.has_weights:
        return f"The weights of {name} between two {words.many}: how much a rating of one counts for the other."
    each = f"the vector of each {words.one} and the mean vector of its raters"
    return f"What {name} learned: {each}, minus what all {words.many} share."


def sense_in_words(ratings: Ratings, run: RunReading, epoch: int | None, choice: Choice) -> str:
    """One sentence on how much sense the neighbours by this choice make; empty where that cannot be told."""
    found = neighbour_cache.likeness_of(run, ratings, choice.by, epoch)
    if found is None:
        return ""
    words = words_of(ratings)
    drawn = f" (a sample of {found.asked:,} of {words.counted(found.n_items)})" if found.sampled else ""
    by_raters = f"{found.raters_overlap:.0%} of these are also nearest by who rated both"
    if found.genre_overlap is None:
        return f"The {NEAREST} nearest {words.many}: {by_raters}{drawn}."
    return (
        f"The genres of {words.an} and its {NEAREST} nearest overlap **{found.genre_overlap:.2f} times** as much as by "
        f"chance; {by_raters}{drawn}."
    )
