"""Caches of what runs do on held-out rows; like those of shell/cache.py, each depends on its arguments alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.ui.shell.cache import RunKey, key_of
from reco_core.jobs.results.comparison import Difference, HeldOut, held_out
from reco_core.jobs.results.comparison import differences as compared
from reco_core.jobs.results.figures import figures_of
from reco_core.jobs.results.predictions import Corner, ListsOfRun, Predictions
from reco_core.jobs.results.predictions import corner as corner_of
from reco_core.jobs.results.predictions import lists_of as lists_of_run
from reco_core.jobs.results.predictions import predictions as predictions_of
from reco_core.jobs.results.run_data import ratings_of
from reco_core.runs import RunReading


def differences(a: RunReading, b: RunReading, held: Mapping[str, HeldOut]) -> list[Difference]:
    """Run A against run B of the same split, with intervals; held: what they do on held-out rows, by id, if known."""
    first, second = key_of(a), key_of(b)
    of_a, of_b = held.get(a.id) or _held_out(first, a), held.get(b.id) or _held_out(second, b)
    return _differences(first, second, of_a, of_b)


def figures(run: RunReading, k: int, relevant_from: float | None) -> dict[str, Any]:
    """metrics.json's test, baselines and protocol, for lists of k and what is relevant."""
    return _figures(key_of(run), k, relevant_from, run)


def predictions(run: RunReading) -> Predictions:
    """The run's stars on rows held out and learned from."""
    return _predictions(key_of(run), run)


def lists_of(run: RunReading, k: int, relevant_from: float | None) -> ListsOfRun:
    """What the run's lists are worth, user by user, beside popularity's."""
    return _lists_of(key_of(run), k, relevant_from, run)


def corner(run: RunReading) -> Corner:
    """Given and predicted stars of the busiest users and items."""
    return _corner(key_of(run), run)


@st.cache_resource(max_entries=16, show_spinner=False)
def _held_out(key: RunKey, _run: RunReading) -> HeldOut:
    return held_out(_run, ratings_of(_run.info))


@st.cache_resource(max_entries=200, show_spinner=False)
def _differences(a: RunKey, b: RunKey, _a: HeldOut, _b: HeldOut) -> list[Difference]:
    return compared(_a, _b)


@st.cache_resource(max_entries=64, show_spinner="Scoring the held-out rows ...")
def _figures(key: RunKey, k: int, relevant_from: float | None, _run: RunReading) -> dict[str, Any]:
    return figures_of(_run, ratings_of(_run.info), k, relevant_from)


@st.cache_resource(max_entries=8, show_spinner="Predicting the held-out rows ...")
def _predictions(key: RunKey, _run: RunReading) -> Predictions:
    return predictions_of(_run, ratings_of(_run.info))


@st.cache_resource(max_entries=16, show_spinner="Making everyone's list ...")
def _lists_of(key: RunKey, k: int, relevant_from: float | None, _run: RunReading) -> ListsOfRun:
    return lists_of_run(_run, ratings_of(_run.info), k, relevant_from)


@st.cache_resource(max_entries=16, show_spinner=False)
def _corner(key: RunKey, _run: RunReading) -> Corner:
    return corner_of(_run, ratings_of(_run.info))
