"""The numbers of an embedding: a sentence about their range, statistics per dimension, histograms."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from pages.ui.side import Side
from reco_core.inspect.statistics import Histograms, histograms, table
from reco_core.models.spec import ModelSpec
from reco_core.runs import Run

BINS = 40


def in_words(run: Run, vectors: np.ndarray) -> None:
    """The smallest value, and for a non-negative model whether its promise holds."""
    smallest = float(vectors.min())
    if not keeps_positive(run.spec):
        return
    if smallest >= 0:
        st.success(f"Smallest value {smallest:.3f}: non-negative holds.", icon=":material/verified:")
    else:
        st.error(f"Smallest value {smallest:.3g}: non-negative does not hold.", icon=":material/error:")


def keeps_positive(spec: ModelSpec) -> bool:
    """True for the model whose numbers must all be 0 or above."""
    return spec.name == "mf_nonneg"


def vector_tables(vectors: np.ndarray, side: Side) -> None:
    """Statistics and histograms of each dimension."""
    noun = "movies" if side == "items" else "users"
    numbers, spread = st.columns(2, gap="medium")
    with numbers, st.container(border=True, height="stretch", key="statistics"):
        st.subheader("Statistics per dimension", anchor=False)
        st.caption(f"Over all {noun}; smallest value {vectors.min():.3f}, largest {vectors.max():.3f}.")
        st.dataframe(statistics_table(vectors), key="statistics_table", width="stretch", height=320)
    with spread, st.container(border=True, height="stretch", key="histograms"):
        st.subheader("Histograms", anchor=False)
        counted = histograms(vectors, BINS)
        options = ["All", *range(len(counted.counts))]
        key = f"dimension_{side}"
        if st.session_state.get(key) not in options:
            st.session_state[key] = "All"
        shown = st.selectbox(
            "Dimension", options, key=key, format_func=lambda d: "All dimensions" if d == "All" else f"Dimension {d}",
            label_visibility="collapsed",
        )  # fmt: skip
        chart = heat_chart(counted) if shown == "All" else bar_chart(counted, shown)
        st.altair_chart(chart, key="histogram", width="stretch", alt="How often each value occurs in a dimension")


def statistics_table(vectors: np.ndarray) -> pd.DataFrame:
    """One row per dimension: count, mean, std, min, quartiles, max."""
    numbers = table(vectors).T
    numbers["count"] = numbers["count"].astype("int64")
    return numbers.rename_axis("Dimension").round(4)


def heat_chart(counted: Histograms) -> alt.Chart:
    """Dimension by value, as dark as there are vectors."""
    dims, bins = counted.counts.shape
    rows = pd.DataFrame(
        {
            "dimension": np.repeat(np.arange(dims), bins),
            "low": np.tile(counted.edges[:-1], dims),
            "high": np.tile(counted.edges[1:], dims),
            "count": counted.counts.ravel(),
        }
    )
    rows = rows[rows["count"] > 0]
    return (
        alt.Chart(rows)
        .mark_rect()
        .encode(
            x=alt.X("low:Q", title="Value", bin="binned"),
            x2="high",
            y=alt.Y("dimension:O", title="Dimension", axis=alt.Axis(labelOverlap=True)),
            color=alt.Color("count:Q", title="Vectors", legend=None),
            tooltip=["dimension", alt.Tooltip("low", title="From", format=".3f"), "count"],
        )
        .properties(height=282)
    )


def bar_chart(counted: Histograms, dimension: int) -> alt.Chart:
    """One dimension's histogram."""
    rows = pd.DataFrame({"low": counted.edges[:-1], "high": counted.edges[1:], "count": counted.counts[dimension]})
    return (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            x=alt.X("low:Q", title=f"Value of dimension {dimension}", bin="binned"),
            x2="high",
            y=alt.Y("count:Q", title="Vectors"),
            tooltip=[alt.Tooltip("low", title="From", format=".3f"), "count"],
        )
        .properties(height=282)
    )
