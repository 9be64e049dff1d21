"""A run repeated with other seeds: the one click that does it, and what it says about chance."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.ui.charts.interval_chart import seeds_chart
from pages.ui.shell import cache
from pages.ui.shell.markdown import plural
from pages.ui.shell.shown_table import shown_table
from pages.ui.shell.vega_chart import vega_chart
from pages.ui.shell.visitor import visitor
from reco_core.errors import RecoError
from reco_core.jobs.sweeps.repeat import MOST_SEEDS, Spread, alike, counts, repeat, spread
from reco_core.runs import RunView

# What was refused on this page, until it is said.
REFUSED = "compare_refused"

SHOWN = (("rmse", "RMSE in stars"), ("ndcg@10", "NDCG@10"))


def repeat_form(run: RunView) -> None:
    """A pop-over that queues the run again with other seeds; nothing for a model that learns nothing from its seed."""
    if run.spec.fit is not None:
        return
    with st.popover("Repeat", icon=":material/casino:", key=f"repeat_{run.id}"):
        st.markdown("The same run with other seeds, on the same split: how much its metrics vary by chance.")
        seeds = st.number_input("More seeds", 1, MOST_SEEDS, 4, key=f"seeds_{run.id}")
        st.button(
            f"Train {plural(int(seeds), 'run')} more", key=f"repeat_go_{run.id}", type="primary",
            on_click=_repeat, args=(run, int(seeds)),
        )  # fmt: skip


def _repeat(run: RunView, seeds: int) -> None:
    try:
        made = repeat(cache.manager(), run, seeds, visitor())
        st.session_state["said"] = f"{plural(len(made), 'run')} like {run.name} queued."
    except RecoError as error:
        st.session_state[REFUSED] = str(error)


def seeds_of(runs: Sequence[RunView]) -> None:
    """Mean and spread of each chosen run that was repeated."""
    groups: dict[str, list[RunView]] = {}
    for run in runs:
        group = alike(cache.runs(), run) if run.spec.fit is None else []
        if len(group) > 1 and not any(run.id in {other.id for other in known} for known in groups.values()):
            groups[run.name] = group
    if not groups:
        return
    st.header("Across seeds", anchor=False)
    _under_way(list(groups.values()))
    spreads = {name: spread(group) for name, group in groups.items()}
    if any(spreads.values()):
        st.dataframe(shown_table(_table(spreads)), key="seeds_table", hide_index=True, width="stretch", placeholder="–")
    columns = st.columns(2)
    for column, (figure, title) in zip(columns, SHOWN, strict=True):
        values = {name: points for name, group in groups.items() if len(points := _points(group, figure)) > 1}
        if values:
            with column, st.container(border=True, key=f"seeds_{figure.partition('@')[0]}"):
                chart = seeds_chart(values, title)
                vega_chart(chart, f"seeds_chart_{figure}", f"{title} of each seed")
    st.caption(
        "± is the sample standard deviation between seeds, on one split. Runs that were stopped or changed manually "
        "are excluded."
    )


def _points(group: Sequence[RunView], figure: str) -> list[tuple[int, float]]:
    by_seed = {run.info.seed: run.metrics["test"].get(figure) for run in group if counts(run)}
    return [(seed, value) for seed, value in sorted(by_seed.items()) if value is not None]


def _table(spreads: dict[str, dict[str, Spread]]) -> pd.DataFrame:
    rows = []
    for name, figures in spreads.items():
        row: dict[str, object] = {"Run": name, "Seeds": max((one.n for one in figures.values()), default=0)}
        for figure, title in SHOWN:
            one = figures.get(figure)
            row[title] = None if one is None else _text(one)
            row[f"{title.split()[0]} range"] = None if one is None else f"{one.low:.4f} – {one.high:.4f}"
        rows.append(row)
    return pd.DataFrame(rows)


def _text(one: Spread) -> str:
    return f"{one.mean:.4f}" + ("" if one.sd is None else f" ± {one.sd:.4f}")


def _under_way(groups: Sequence[Sequence[RunView]]) -> None:
    """How many repetitions still train; whoever draws the page looks again."""
    runs = [run for group in groups for run in group]
    left = sum(run.active for run in runs)
    if left:
        st.progress(1 - left / len(runs), text=f"{left} of {plural(len(runs), 'run')} still to finish.")
