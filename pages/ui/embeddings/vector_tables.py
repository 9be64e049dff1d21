"""The numbers of an embedding: a sentence about their range, statistics per dimension, histograms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui.charts.vega import Drawing, Spec, mark, quantity
from pages.ui.embeddings.entities import Side, vectors_of
from pages.ui.shell import cache
from pages.ui.shell.vega_chart import vega_chart
from reco_core.inspect.statistics import Histograms, histograms, table
from reco_core.kinds import ItemKind
from reco_core.models.spec import ModelSpec
from reco_core.ratings import Ratings
from reco_core.runs import RunReading

BINS = 40
ALL = "All dimensions"


@dataclass(frozen=True, eq=False)
class Numbers:
    """One row of statistics per dimension, the histograms, and the extremes of all values."""

    statistics: pd.DataFrame
    histograms: Histograms
    smallest: float
    largest: float


def numbers_of(ratings: Ratings, run: RunReading, side: Side, epoch: int | None = None) -> Numbers:
    """The numbers of one side of a run, at a kept epoch or (None) of its result, worked out once."""
    return cache.table(_numbers, ratings, run=run.id, events=len(run.events()), side=side, epoch=epoch)


def in_words(spec: ModelSpec, numbers: Numbers) -> None:
    """For a non-negative model, its smallest value and whether the promise holds."""
    if not spec.nonnegative:
        return
    if numbers.smallest >= 0:
        st.success(
            f"Smallest value {numbers.smallest:.3f}: all values are non-negative, as promised.",
            icon=":material/verified:",
        )
    else:
        st.error(
            f"Smallest value {numbers.smallest:.3g}: some values are negative, which this model rules out.",
            icon=":material/error:",
        )


@st.fragment
def vector_tables(numbers: Numbers, side: Side, words: ItemKind) -> None:
    """Statistics and histograms of each dimension."""
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch", key="statistics"):
        st.header("Statistics per dimension", anchor=False)
        noun = words.many if side == "items" else "users"
        st.caption(f"Over all {noun}; smallest value {numbers.smallest:.3f}, largest {numbers.largest:.3f}.")
        st.dataframe(numbers.statistics, key="statistics_table", width="stretch", height=320)
    with right, st.container(border=True, height="stretch", key="histograms"):
        st.header("Histograms", anchor=False)
        options = [ALL, *(f"Dimension {d}" for d in range(len(numbers.statistics)))]
        if st.session_state.get("dimension") not in options:
            st.session_state["dimension"] = ALL
        shown = st.selectbox("Dimension", options, key="dimension", label_visibility="collapsed")
        rows = histogram_table(numbers.histograms, options.index(shown) - 1)
        spec = _heat() if shown == ALL else _bars()
        vega_chart(Drawing(rows, spec), "histogram", "How often each value occurs")


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


def _heat() -> Spec:
    """Dimension by value, the stronger the colour the more vectors."""
    down = {"field": "dimension", "type": "ordinal", "title": "Dimension", "axis": {"labelOverlap": True}}
    return _bins("rect", y=down, color=quantity("count", legend=None))


def _bars() -> Spec:
    """One dimension's histogram."""
    return _bins("bar", y=quantity("count", "Vectors"))


def _bins(kind: str, **more: Spec) -> Spec:
    tooltip = [
        {"field": "dimension", "type": "ordinal", "title": "Dimension"},
        quantity("low", "From", format=".3f"),
        quantity("high", "To", format=".3f"),
        quantity("count", "Vectors"),
    ]
    where = {"x": quantity("low", "Value", bin="binned"), "x2": {"field": "high"}, "tooltip": tooltip}
    return {"height": 282} | mark(kind, where | more)
