"""Which of the chosen runs is better, and whether by more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui.charts.interval_chart import interval_chart
from pages.ui.evaluation import result_cache
from pages.ui.evaluation.on_demand import held_when_asked
from pages.ui.shell.markdown import md
from pages.ui.shell.vega_chart import vega_chart
from reco_core.errors import RecoError
from reco_core.evaluation.bootstrap import RESAMPLES
from reco_core.jobs.results.comparison import RMSE, Difference, HeldOut, best_first, verdict
from reco_core.runs import RunReading

FIGURES = ((RMSE, "Stars"), ("ndcg@10", "Top ten"))
HOW = (
    f"95 % intervals from a paired bootstrap: the test rows are resampled with replacement {RESAMPLES:,} times, "
    "identically for both runs (Efron 1979, Koehn 2004). For stars, single ratings (thick line) and whole users (thin "
    "line) are resampled, as errors of one user are correlated; a difference is significant when neither interval "
    "contains 0. For lists, users are resampled. This measures chance in the test rows, not in the seed: repeat a run "
    "for that."
)


def verdicts(runs: Sequence[RunReading]) -> None:
    """The best run against each of the others, by stars and by lists; nothing where fewer than two have a result."""
    scored = [run for run in runs if run.has_result and run.metrics and run.info.split_fingerprint]
    ranked = [(best_first(scored, figure), figure, title) for figure, title in FIGURES]
    ranked = [one for one in ranked if len(one[0]) > 1]
    if not ranked:
        return
    st.header("Significance", anchor=False)
    try:
        held = held_when_asked(scored)
    except RecoError as error:
        st.caption(md(error))
        return
    if held is None:
        return
    with st.spinner("Bootstrapping test rows ..."):
        for column, one in zip(st.columns(len(ranked)), ranked, strict=True):
            with column:
                _verdict(*one, held)
    st.caption(HOW)


def _verdict(ranked: Sequence[RunReading], figure: str, title: str, held: Mapping[str, HeldOut]) -> None:
    best, *others = ranked
    found: dict[str, Difference] = {}
    with st.container(border=True, key=f"verdict_{figure.partition('@')[0]}", height="stretch"):
        st.markdown(f"**{title}** :small[:gray[{figure.upper()}, {'lower' if figure == RMSE else 'higher'} is better]]")
        for other in others:
            try:
                several = result_cache.differences(best, other, held)
            except RecoError as error:
                st.caption(md(error))
                continue
            found[other.name] = one = next(one for one in several if one.figure == figure)
            icon = ":green[:material/check_circle:]" if one.more_than_chance else ":orange[:material/help:]"
            st.markdown(f"{icon} {verdict(one, f'**{md(best.name)}**', f'**{md(other.name)}**')}")
        if found:
            chart = interval_chart(found)
            words = f"Intervals of {figure.upper()}"
            vega_chart(chart, f"intervals_{figure}", words)
