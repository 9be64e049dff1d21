"""What a visitor has chosen: dataset, run, item and user, shared by all pages and kept in the URL.

The URL wins; where it says nothing (a click in the menu drops its parameters) the session remembers. An id in the URL
that does not exist gets one sentence, and the page goes on with a sensible choice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import streamlit as st

from pages.ui.shell import cache
from pages.ui.shell.frame import errors_shown
from pages.ui.shell.markdown import md, plural
from reco_core.errors import RecoError, UnknownIdError
from reco_core.jobs.results.first_shown import first_shown
from reco_core.ratings import Ratings
from reco_core.runs import RunReading, RunView
from reco_core.shown_text import NAME, TITLE, shortened, unlike

DEFAULT_DATASET = "demo"


def dataset() -> Ratings:
    """The chosen dataset, loaded; draws its choice in the sidebar. Where it cannot be read, that is said."""
    choices = {choice.name: choice for choice in cache.datasets()}
    _dataset_of_run(choices)
    name = _chosen(
        "dataset",
        choices,
        cache.first_dataset(),
        "There is no dataset {got} on this computer (you can download some on the Data page)",
    )
    labels = dict(zip(choices, unlike(_short(choice.title) for choice in choices.values()), strict=True))
    _select("Dataset", "dataset", labels, name, drops=("run", "epoch", "item", "user"))
    with errors_shown():
        return cache.ratings(choices[name].source)
    if st.button("Use the demo instead", key="use_demo_instead", type="primary"):
        choose("dataset", DEFAULT_DATASET)
        st.rerun()
    st.stop()


def run(ratings: Ratings) -> RunView | None:
    """The chosen run of this dataset, else first_shown; None where there is none. Draws its choice in the sidebar."""
    runs = {run.id: run for run in cache.runs(dataset=ratings.name)}
    usable = {id_: r for id_, r in runs.items() if r.info.dataset_fingerprint in (None, ratings.fingerprint)}
    if len(usable) < len(runs):
        left = plural(len(runs) - len(usable), "run")
        demo = ratings.name == DEFAULT_DATASET
        other = "an earlier version of the demo" if demo else "other ratings under the same name"
        st.sidebar.caption(f"{left} hidden: trained on {other}.")
    if not usable:
        if "run" in st.query_params:
            _say(f"There is no run {md(st.query_params.pop('run'), NAME)} of this dataset.")
        return None
    best = first_shown(tuple(usable.values()))
    chosen = _chosen("run", usable, best.id if best else None, "There is no run {got} of this dataset", ratings.name)
    _select("Run", "run", run_labels(usable), chosen, drops=("epoch",))
    return None if chosen is None else usable[chosen]


def steered(ratings: Ratings) -> RunReading | None:
    """The chosen run, for a page that steers it and looks again and again: read anew whenever it is asked."""
    chosen = run(ratings)
    return None if chosen is None else cache.store().open(chosen.id)


def choose(name: str, value: object) -> None:
    """Put a choice ("run", "item", "user", "dataset") into the URL, where the next run of a page finds it."""
    if name == "run":
        st.query_params.pop("epoch", None)  # an epoch is one of its run
    st.query_params[name] = str(value)


def item(ratings: Ratings, fallback: int) -> int:
    """The chosen item's index: the one of ?item=, else the one last looked at, else `fallback`."""
    return _index("item", ratings, lambda raw: ratings.items.index_of(raw, "item"), fallback, ratings.items.ids)


def user(ratings: Ratings, fallback: int) -> int:
    """The chosen user's index: the one of ?user=, else the one last looked at, else `fallback`."""
    return _index("user", ratings, lambda raw: ratings.users.index_of(raw, "user"), fallback, ratings.users.ids)


def tmdb_key() -> str | None:
    """The key of The Movie Database: the one this visitor gave for the session, else that of RECO_TMDB_KEY."""
    return st.session_state.get("tmdb_key") or os.environ.get("RECO_TMDB_KEY") or None


def _chosen(name: str, options: Mapping[str, object], fallback: str | None, rule: str, scope: str = "") -> str | None:
    """The option that the URL or the memory of this session names, else the fallback, written back to both."""
    memory = f"last_{name}:{scope}"
    wanted = st.query_params.get(name)
    if wanted is not None and wanted not in options:
        _say(
            f"{rule.format(got=md(wanted, NAME))}"
            + (f"; showing {md(_label(options[fallback]), TITLE)}." if fallback else ".")
        )
    if wanted not in options:
        remembered = st.session_state.get(memory)
        wanted = remembered if remembered in options else fallback
    if wanted is None:
        st.query_params.pop(name, None)
        return None
    st.session_state[memory] = wanted
    if st.query_params.get(name) != wanted:
        st.query_params[name] = wanted
    return wanted


def _label(option: object) -> str:
    return getattr(option, "title", None) or getattr(option, "name", str(option))


def _select(label: str, name: str, labels: Mapping[str, str], chosen: str | None, drops: tuple[str, ...]) -> None:
    """The sidebar's choice; a change goes into the URL and takes the parameters in `drops` out of it."""
    key = f"{name}_choice"

    def picked() -> None:
        if st.session_state[key] not in labels:  # a label that the browser still had from before a rename
            return
        for other in drops:
            st.query_params.pop(other, None)
        choose(name, st.session_state[key])

    st.session_state[key] = chosen
    st.sidebar.selectbox(
        label, list(labels), key=key, format_func=lambda id_: labels.get(id_, id_), on_change=picked,
        index=None if chosen is None else 0, placeholder="Choose one",
    )  # fmt: skip


def _dataset_of_run(choices: Mapping[str, object]) -> None:
    """A link that names a run and no dataset means that run's dataset."""
    if "run" not in st.query_params or "dataset" in st.query_params:
        return
    try:
        name = cache.store().open(st.query_params["run"]).info.dataset
    except RecoError:
        return
    if name in choices:
        st.query_params["dataset"] = name


def _short(title: str) -> str:
    """A title without what follows a colon or a bracket, so that it fits the sidebar."""
    return shortened(title.partition(":")[0].partition(" (")[0], NAME)


def run_labels(runs: Mapping[str, RunReading]) -> dict[str, str]:
    """The name of each run, numbered where it is not the only one of that name.

    The browser sends labels, not ids: they must differ, and stay the same while a run goes on.
    """
    labels: dict[str, str] = {}
    for id_, run in reversed(runs.items()):
        same = sum(other.name == run.name for other in (runs[seen] for seen in labels))
        labels[id_] = f"{run.name} ({same + 1})" if same else run.name
        if run.info.pinned is not None:
            labels[id_] = f"📌 {labels[id_]}"
    return {id_: labels[id_] for id_ in runs}


def _index(name: str, ratings: Ratings, find: Callable[[str], int], fallback: int, ids: object) -> int:
    memory = f"last_{name}:{ratings.name}"
    wanted = st.query_params.get(name, st.session_state.get(memory))
    index = fallback
    if wanted is not None:
        try:
            index = find(wanted)
        except UnknownIdError as error:
            _say(md(error))
    raw = str(ids[index])
    st.session_state[memory] = raw
    if st.query_params.get(name) != raw:
        st.query_params[name] = raw
    return index


def _say(sentence: str) -> None:
    """One sentence at the top of the page about a choice that could not be used."""
    st.warning(sentence, icon=":material/link_off:")
