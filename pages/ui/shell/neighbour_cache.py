"""What is alike by a run, and whether that makes sense: worked out once and kept, as shell/cache.py keeps the rest."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import cache
from reco_core.errors import RunError
from reco_core.inspect.alike import Alike, ByVectors
from reco_core.inspect.likeness import Likeness, likeness
from reco_core.inspect.raters import Raters
from reco_core.jobs.results.figures import sees_validation, with_neighbours
from reco_core.jobs.results.neighbours import alike_of, raters_of
from reco_core.jobs.results.run_data import ratings_of
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.runs.metrics import Figures


def alike(run: RunReading, ratings: Ratings, by: str, epoch: int | None = None) -> Alike | None:
    """The likeness of a run's items by one of its choices; None for its vectors as they are."""
    return _alike(cache.key_of(run, epoch), epoch, by, run, ratings)


def likeness_of(run: RunReading, ratings: Ratings, by: str, epoch: int | None = None) -> Likeness | None:
    """How much sense the neighbours by this choice make, by cosine where it is the vectors as they are."""
    return _likeness(cache.key_of(run, epoch), epoch, by, run, ratings)


def test_figures(run: RunReading) -> Figures:
    """The figures of a run that was scored, with those of its neighbours; an earlier version kept none of these."""
    return _test_figures(cache.key_of(run), run)


def _raters_of(run: RunReading, ratings: Ratings) -> Raters:
    return _raters(ratings.fingerprint, run.info.split.model_dump_json(), sees_validation(run), run, ratings)


@st.cache_resource(max_entries=4, show_spinner="Comparing who rated what ...")
def _raters(fingerprint: str, split: str, sees_validation: bool, _run: RunReading, _ratings: Ratings) -> Raters:
    return raters_of(_run, _ratings)


@st.cache_resource(max_entries=12, show_spinner="Comparing who rated what ...")
def _alike(key: cache.RunKey, epoch: int | None, by: str, _run: RunReading, _ratings: Ratings) -> Alike | None:
    return alike_of(_run, cache.scorer(_run, epoch), _raters_of(_run, _ratings), by)


@st.cache_resource(max_entries=200, show_spinner=False)
def _likeness(key: cache.RunKey, epoch: int | None, by: str, _run: RunReading, _ratings: Ratings) -> Likeness | None:
    found = alike(_run, _ratings, by, epoch) or ByVectors.of(cache.scorer(_run, epoch).item_vectors)
    return likeness(found, _ratings, _raters_of(_run, _ratings))


@st.cache_resource(max_entries=200, show_spinner=False)
def _test_figures(key: cache.RunKey, _run: RunReading) -> Figures:
    kept = _run.metrics["test"]
    try:
        return with_neighbours(_run, kept, ratings_of(_run.info)) if _run.spec.has_neighbours else kept
    except RunError:  # its dataset is gone: what was kept is all there is
        return kept
