"""The numbers of an embedding: a sentence about their range, statistics per dimension, histograms."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from pages.ui import cache
from pages.ui.side import Side, vectors_of
from reco_core.inspect.statistics import Histograms, histograms, table
from reco_core.models.spec import ModelSpec
from reco_core.ratings import Ratings
from reco_core.runs import Run

BINS = 40
ALL = "All dimensions"


@dataclass(frozen=True, eq=False)
class Numbers:
    """One row of statistics per dimension, the histograms, and the extremes of all values."""

    statistics: pd.DataFrame
    histograms: Histograms
    smallest: float
    largest: float


def numbers_of(ratings: Ratings, run: Run, side: Side, epoch: int | None = None) -> Numbers:
    """The numbers of one side of a run, at a kept epoch or (None) of its result, worked out once."""
    return cache.table(_numbers, ratings, run=run.id, events=len(run.events()), side=side, epoch=epoch)


def in_words(spec: ModelSpec, numbers: Numbers) -> None:
    """For a non-negative model, its smallest value and whether the promise holds."""
    if spec.name != "mf_nonneg":
        return
    if numbers.smallest >= 0:
        st.success(f"Smallest value {numbers.smallest:.3f}: non-negative holds.", icon=":material/verified:")
    else:
        st.error(f"Smallest value {numbers.smallest:.3g}: non-negative does not hold.", icon=":material/error:")


@st.fragment
def vector_tables(numbers: Numbers, side: Side) -> None:
    """Statistics and histograms of each dimension."""
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch", key="statistics"):
        st.subheader("Statistics per dimension", anchor=False)
        noun = "movies" if side == "items" else "users"
        st.caption(f"Over all {noun}; smallest value {numbers.smallest:.3f}, largest {numbers.largest:.3f}.")
        st.dataframe(numbers.statistics, key="statistics_table", width="stretch", height=320)
    with right, st.container(border=True, height="stretch", key="histograms"):
        st.subheader("Histograms", anchor=False)
        options = [ALL, *(f"Dimension {d}" for d in range(len(numbers.statistics)))]
        if st.session_state.get("dimension") not in options:
            st.session_state["dimension"] = ALL
        shown = st.selectbox("Dimension", options, key="dimension", label_visibility="collapsed")
        rows = histogram_table(numbers.histograms, options.index(shown) - 1)
        spec = json.loads(_heat_spec() if shown == ALL else _bar_spec())
        st.vega_lite_chart(rows, spec, key="histogram", width="stretch", alt="How often each value occurs")


def histogram_table(counted: Histograms, dimension: int) -> pd.DataFrame:
    """Columns dimension, low, high, count: the bins of one dimension, or of all (-1) that are not empty."""
    dims, bins = counted.counts.shape
    rows = pd.DataFrame(
        {
            "dimension": np.repeat(np.arange(dims), bins),
            "low": np.tile(counted.edges[:-1], dims),
            "high": np.tile(counted.edges[1:], dims),
            "count": counted.counts.ravel(),
        }
    )
    return rows[rows["count"] > 0] if dimension < 0 else rows[rows["dimension"] == dimension]


def _numbers(ratings: Ratings, run: str, events: int, side: Side, epoch: int | None) -> Numbers:
    vectors = vectors_of(cache.scorer(cache.store().open(run), epoch), side)
    statistics = table(vectors).T.rename_axis("Dimension").round(4).astype({"count": "int64"})
    return Numbers(statistics, histograms(vectors, BINS), float(vectors.min()), float(vectors.max()))


@lru_cache(maxsize=1)
def _heat_spec() -> str:
    """Dimension by value, the stronger the colour the more vectors."""
    y = alt.Y("dimension:O", title="Dimension", axis=alt.Axis(labelOverlap=True))
    return _bins("Value").mark_rect().encode(y=y, color=alt.Color("count:Q", legend=None)).to_json(indent=None)


@lru_cache(maxsize=1)
def _bar_spec() -> str:
    """One dimension's histogram."""
    return _bins("Value").mark_bar().encode(y=alt.Y("count:Q", title="Vectors")).to_json(indent=None)


def _bins(title: str) -> alt.Chart:
    tooltip = [
        alt.Tooltip("dimension:O", title="Dimension"),
        alt.Tooltip("low:Q", title="From", format=".3f"),
        alt.Tooltip("high:Q", title="To", format=".3f"),
        alt.Tooltip("count:Q", title="Vectors"),
    ]
    x = alt.X("low:Q", title=title, bin="binned")
    return alt.Chart().encode(x=x, x2=alt.X2("high"), tooltip=tooltip).properties(height=282)
