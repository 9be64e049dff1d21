"""The neighbours of a run's items: by what it learned, by who rated both in the rows it was trained on, or by both."""

from __future__ import annotations

import numpy as np

from reco_core.errors import RunError
from reco_core.inspect.alike import BASES, Alike, alike, near
from reco_core.inspect.neighbours import nearest
from reco_core.inspect.raters import Raters
from reco_core.jobs.results.figures import trained_rows
from reco_core.models.spec import Scorer
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.split import make_split

VECTORS = "vectors"  # the model's vectors as they are, by a measure of distance
CHOICES = (*BASES, VECTORS)


def raters_of(run: RunReading, ratings: Ratings) -> Raters:
    """Who rated what in the rows that the run was trained on."""
    return Raters.of(ratings, trained_rows(run, make_split(ratings, run.info.split)))


def choices_of(run: RunReading) -> tuple[str, ...]:
    """What neighbours of this run can be by: without vectors, weights from item to item take their place.

    Raises RunError for a model that has neither.
    """
    if not run.spec.has_neighbours:
        raise RunError(
            f"Similar items need a model with item vectors or weights, such as mf_bias or ease; "
            f"{run.info.model} has none."
        )
    return CHOICES if run.spec.has_vectors else BASES


def neighbours(
    scorer: Scorer, alike_by: Alike | None, item: int, k: int, measure: str = "cosine", usable: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """(indices, scores) of an item's k nearest: by a likeness, else (None) by the vectors as they are and `measure`.

    usable: bool [n_items], the items that may come back. Raises as `nearest` does.
    """
    if alike_by is None:
        return nearest(scorer.item_vectors, item, k, measure, usable)
    return near(alike_by, item, k, usable)


def alike_of(run: RunReading, scorer: Scorer, raters: Raters, by: str) -> Alike | None:
    """The likeness of a run's items by one of its choices; None for its vectors as they are. Raises RunError."""
    if by not in choices_of(run):
        raise RunError(f"Neighbours of {run.info.model} must be by one of {', '.join(choices_of(run))}; got {by}.")
    return None if by == VECTORS else alike(by, scorer, raters)
