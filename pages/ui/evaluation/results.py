"""What a run reached, beside the models without learning on the same rows, and the ways on from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd
import streamlit as st

from pages.ui.evaluation.alarm_list import alarm_list
from pages.ui.shell.glossary import help_on
from pages.ui.shell.markdown import md
from pages.ui.shell.navigation import go
from pages.ui.shell.neighbour_cache import test_figures
from pages.ui.shell.shown_table import shown_table
from reco_core.evaluation.catalogue import Figure, figure_text, figures_in
from reco_core.kinds import ItemKind
from reco_core.models import get_model
from reco_core.runs import RunReading
from reco_core.shown_text import shortened
from reco_core.stars_text import stars_word

# The models without learning that stand beside every figure.
BESIDE = ("global_mean", "bias", "popularity")
LONGEST_NAME = 32  # of a run, over its column


def headline(run: RunReading, words: ItemKind) -> None:
    """The two figures to look at first, what they cost, and the next steps; nothing where there is no result."""
    metrics = run.metrics
    if run.diverged:  # said first: the figures mean nothing
        alarm_list(run)
    if metrics:
        _cards(run, metrics["test"], metrics["baselines"])
    if run.has_result:
        if not run.diverged:
            alarm_list(run)
        with st.container(horizontal=True, key="next_steps"):
            go("evaluate", "Evaluate", key="next_evaluate", icon=":material/troubleshoot:")
            if run.spec.has_vectors:
                go("embeddings", "See its map", key="next_embeddings", icon=":material/bubble_chart:")
            if run.spec.has_neighbours:
                go("similar", f"Similar {words.many}", key="next_similar", icon=":material/join_inner:")
            go("recommend", "Recommendations", key="next_recommend", icon=":material/recommend:")


def beside_baselines(run: RunReading, words: ItemKind) -> None:
    """All figures of a run that was scored, in one table with the models without learning, and their protocol."""
    metrics = run.metrics
    if metrics:
        st.header("Compared with baselines", anchor=False)
        figures_beside(run.name, test_figures(run), metrics["baselines"], metrics["protocol"], words)


def figures_beside(
    name: str,
    test: Mapping[str, float | None],
    baselines: Mapping[str, Mapping[str, float | None]],
    protocol: str,
    words: ItemKind,
) -> None:
    """One table, a figure a row: those of a run, and those of the models without learning on the same test rows.

    So it is as wide as the few models are many, and no number is cut.
    """
    table = figure_table({shortened(name, LONGEST_NAME): test} | titled(baselines))
    about = "\n\n".join(f"**{figure.title}**: {_help(figure)}" for figure in _figures(table.columns))
    config = {"_index": st.column_config.Column("Metric", help=about)}
    height = 35 * (len(table.columns) + 1) + 3
    turned = styled(shown_table(table.T.rename_axis("Metric")))
    st.dataframe(turned, key="figures", placeholder="–", column_config=config, height=height)
    st.caption(md(protocol))
    if "raters_overlap" in test:
        st.caption(neighbours_in_words(test, words))


def neighbours_in_words(test: Mapping[str, float | None], words: ItemKind) -> str:
    """How much sense the neighbours of a run make."""
    overlap, raters = test.get("genre_overlap"), test["raters_overlap"]
    genres = (
        ""
        if overlap is None
        else f"the genres of {words.an} and its 10 nearest overlap {overlap:.2f} times as much as by chance; "
    )
    return (
        f"Neighbours: {genres}{raters:.0%} of the 10 nearest of {words.an} are also nearest by who rated both. "
        "Vectors trained to predict stars are not always good for similarity, so the Similar page counts who rated "
        "both, too."
    )


def draw_figures(table: pd.DataFrame, key: str, ranked: bool = True) -> None:
    """A figure_table with the best of each column marked where models may be ranked, and what each figure means.

    Errors and hits stand in one table, what lists and neighbours are like in another: so no number is cut at the edge.
    """
    about = _figures(table.columns)
    config = {figure.title: st.column_config.Column(help=_help(figure)) for figure in about}
    like = [figure.title for figure in about if figure.kind in ("lists", "neighbours")]
    for part, columns in ((key, [name for name in table.columns if name not in like]), (f"{key}_lists", like)):
        if columns:
            some = shown_table(table[columns])
            shown = styled(some) if ranked else some.style.format(figure_text, na_rep="–")
            st.dataframe(shown, key=part, width="stretch", placeholder="–", column_config=config)


def figure_table(figures: Mapping[str, Mapping[str, float | None]]) -> pd.DataFrame:
    """One row per model, one column per figure that any of them has."""
    known = figures_in(name for row in figures.values() for name in row)
    table = pd.DataFrame(
        [{figure.title: row.get(figure.name) for figure in known} for row in figures.values()],
        index=pd.Index(list(figures), name="Model"),
        dtype="float64",
    )
    return table.dropna(axis="columns", how="all")


def styled(table: pd.DataFrame):
    """The table with four digits, the best of each figure (a column or a row) in bold on the accent colour."""
    in_rows = table.index.name == "Metric"
    better = {figure.title: figure.better for figure in _figures(table.index if in_rows else table.columns)}

    def best(column: pd.Series) -> list[str]:
        if better.get(column.name, "neither") == "neither" or column.nunique() == 1:
            return [""] * len(column)
        mark = "background-color: rgb(124 104 240 / 0.2); font-weight: 650"
        top = column.min() if better[column.name] == "less" else column.max()
        return [mark if value == top else "" for value in column]

    return table.style.format(figure_text, na_rep="–").apply(best, axis=1 if in_rows else 0)


def titled(baselines: Mapping[str, Mapping[str, float | None]]) -> dict[str, Mapping[str, float | None]]:
    """The figures of baselines by their titles."""
    return {get_model(name).title: row for name, row in baselines.items()}


def _figures(titles: Iterable[str]) -> list[Figure]:
    """The figures of these titles, such as Hit rate@10."""
    return figures_in(title.lower().replace(" ", "_") for title in titles)


def _help(figure: Figure) -> str:
    better = {"less": "Lower is better.", "more": "Higher is better.", "neither": "Higher is not always better."}
    return f"{figure.says} {better[figure.better]} Range: {figure.span}."


def _cards(
    run: RunReading, test: Mapping[str, float | None], baselines: Mapping[str, Mapping[str, float | None]]
) -> None:
    """The two figures to look at first, each against its baseline, and what they cost."""
    with st.container(horizontal=True, key="cards_result"):
        word = stars_word(run.shape.scale) if run.info.sizes else "stars"
        _metric(f"RMSE in {word}", test.get("rmse"), baselines.get("bias", {}).get("rmse"), "bias", "inverse")
        _metric("NDCG@10", test.get("ndcg@10"), baselines.get("popularity", {}).get("ndcg@10"), "popularity", "normal")
        started, finished = run.started, run.finished
        if started and finished:
            st.metric("Parameters", f"{started.parameters:,}", border=True, height="stretch")
            seconds = finished.seconds.get("fit") or finished.seconds.get("total")
            best = f"epoch {finished.best_epoch} kept" if finished.best_epoch else None
            st.metric(
                "Training time", f"{seconds:.2f} s" if seconds is not None else "–", border=True, height="stretch",
                delta=best, delta_color="off", delta_arrow="off",
            )  # fmt: skip


def _metric(label: str, value: float | None, rival: float | None, rival_name: str, colour: str) -> None:
    if value is None:
        return
    delta = (
        None
        if rival is None
        else f"{value - rival:+.3f} vs {rival_name}"
        if abs(value) < 1000
        else f"{value - rival:+,.0f} vs {rival_name}"
    )
    about = help_on(label.partition(" in ")[0], "Test")
    st.metric(label, figure_text(value), delta=delta, delta_color=colour, help=about, border=True, height="stretch")
