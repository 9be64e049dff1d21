"""What takes long waits until it is asked for, goes on while the visitor is elsewhere, and is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.ui.evaluation import result_cache
from pages.ui.evaluation.scoring import Scoring
from pages.ui.shell import cache
from pages.ui.shell.duration import duration
from reco_core.evaluation.baselines import BASELINES
from reco_core.evaluation.time_estimate import seconds_of_lists, seconds_of_stars
from reco_core.jobs.results.comparison import HeldOut, held_out
from reco_core.jobs.results.figures import figures_of
from reco_core.jobs.results.predictions import MOST_TRAINED, ListsOfRun, Predictions, lists_of, predictions
from reco_core.jobs.server.background import Task
from reco_core.ratings import Ratings
from reco_core.runs import RunReading

# What takes no longer than so many seconds is worked out at once.
AT_ONCE = 5.0
# Below so many users x items, or rows, nothing takes long, and nothing is tried.
SMALL, FEW = 10_000_000, 500_000


def figures_when_asked(ratings: Ratings, run: RunReading, scoring: Scoring) -> dict[str, Any] | None:
    """result_cache.figures, once it was asked for where it takes long."""
    chosen = scoring.k, scoring.relevant_from
    kept = scoring == Scoring()  # with the run
    seconds = 0.0 if kept else _lists(ratings, run, others=len(BASELINES))
    return worked_out(
        ("figures", *cache.key_of(run), *chosen), "Metrics for these lists", seconds,
        lambda: result_cache.figures(run, *chosen), lambda: figures_of(run, ratings, *chosen),
    )  # fmt: skip


def lists_when_asked(ratings: Ratings, run: RunReading, scoring: Scoring) -> ListsOfRun | None:
    """result_cache.lists_of, once it was asked for where it takes long."""
    chosen = scoring.k, scoring.relevant_from
    return worked_out(
        ("lists", *cache.key_of(run), *chosen), "Lists for all users", _lists(ratings, run, others=1),
        lambda: result_cache.lists_of(run, *chosen), lambda: lists_of(run, ratings, *chosen),
    )  # fmt: skip


def predictions_when_asked(ratings: Ratings, run: RunReading) -> Predictions | None:
    """result_cache.predictions, once it was asked for where it takes long."""
    return worked_out(
        ("stars", *cache.key_of(run)), "Predictions for the held-out ratings", _stars(ratings, run),
        lambda: result_cache.predictions(run), lambda: predictions(run, ratings),
    )  # fmt: skip


def held_when_asked(runs: Sequence[RunReading]) -> dict[str, HeldOut] | None:
    """What runs of one split do on their held-out rows, by id, once it was asked for; empty where that is quick."""
    sizes = runs[0].info.sizes
    if sizes is None or sizes.n_users * sizes.n_items <= SMALL:
        return {}
    ratings = cache.ratings(runs[0].info.source)
    seconds = sum(_lists(ratings, run, others=0) for run in runs)
    return worked_out(
        ("intervals", *map(cache.key_of, runs)), "Confidence intervals for these runs", seconds,
        dict, lambda: {run.id: held_out(run, ratings) for run in runs},
    )  # fmt: skip


def worked_out(
    key: tuple[Any, ...], what: str, seconds: float, at_once: Callable[[], Any], work: Callable[[], Any]
) -> Any:
    """at_once() where that takes no longer than AT_ONCE; else the result of work() once it was asked for and is there.

    Until then None, and a card says how long it takes. key: the kind of work, then what it is for. Raises what the work
    raises.
    """
    if seconds <= AT_ONCE:
        return at_once()
    task = cache.aside().find(key)
    if task is not None and task.done:
        try:
            return task.result()
        except Exception:
            cache.aside().forget(key)  # so that it can be asked for again
            raise
    name = key[0]
    with st.container(border=True, key=f"aside_{name}"):
        if task is not None:
            _wait(task, what, seconds)
            return None
        st.markdown(f"**{what}** take about {duration(seconds)} on data of this size.")
        st.caption("You can leave this page; the result is kept while the app runs.")
        if st.button("Calculate", key=f"work_out_{name}", icon=":material/calculate:"):
            cache.aside().start(key, work)
            st.rerun()
    return None


@st.fragment(run_every=1.0)
def _wait(task: Task, what: str, seconds: float) -> None:
    """How far it is, by the clock; the page starts again when it is over."""
    if task.done:
        st.rerun()
    said = f"{task.seconds:.0f} s of about {duration(seconds)}" if task.seconds else "queued"
    st.progress(min(task.seconds / seconds, 0.97), text=f"{what}: {said}")


def _lists(ratings: Ratings, run: RunReading, others: int) -> float:
    if ratings.n_users * ratings.n_items <= SMALL:
        return 0.0
    return cache.table(_list_seconds, ratings, run=run.id, version=cache.version(run), others=others)


def _stars(ratings: Ratings, run: RunReading) -> float:
    begun = run.started
    rows = begun.n_test + min(begun.n_train, MOST_TRAINED) if begun else 0
    return (
        0.0 if rows <= FEW else cache.table(_star_seconds, ratings, run=run.id, version=cache.version(run), rows=rows)
    )


def _list_seconds(ratings: Ratings, run: str, version: int, others: int) -> float:
    scorer = cache.scorer(cache.store().open(run))
    return seconds_of_lists(scorer, ratings.n_users, ratings.n_items, others)


def _star_seconds(ratings: Ratings, run: str, version: int, rows: int) -> float:
    return seconds_of_stars(cache.scorer(cache.store().open(run)), ratings, rows)
