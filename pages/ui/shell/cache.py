"""What pages keep in the server; each cached function depends on its arguments alone.

Big things are passed as `_name` beside a short key that names their content (fingerprint, run id and event count).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd
import streamlit as st

from reco_core import data
from reco_core.data.background_download import Fetcher
from reco_core.data.labels import labels_of, titles_of
from reco_core.errors import RunError
from reco_core.jobs.server.background import Aside
from reco_core.jobs.server.manager import Manager, shared_manager
from reco_core.models.fitted import Fitted
from reco_core.models.spec import Scorer
from reco_core.paths import runs_home
from reco_core.posters import Posters
from reco_core.posters.ahead import MOST, draw_ahead
from reco_core.posters.links import Links
from reco_core.ratings import Ratings
from reco_core.runs import RunReading, RunStore, RunView
from reco_core.runs.soundness import Survey

RunKey: TypeAlias = tuple[str, int, str, tuple[data.Stamp, ...]]
LOOKED, CHOICES = "runs_looked_at", "datasets_looked_at"


def store() -> RunStore:
    """The run store of this computer."""
    return _store(str(runs_home()))


def look_anew() -> None:
    """A page begins to be drawn: runs and datasets are looked at once more, then stay as they are until the next."""
    st.session_state.pop(LOOKED, None)
    st.session_state.pop(CHOICES, None)


def runs(dataset: str | None = None) -> tuple[RunView, ...]:
    """The runs of this computer, newest first, from the one look of this drawing; `dataset` as of RunStore.list."""
    found = _survey().views
    return tuple(run for run in found if dataset in (None, run.info.dataset, run.info.dataset_fingerprint))


def damaged() -> dict[str, str]:
    """Why each run that runs() leaves out is damaged, by id, from the same look."""
    return _survey().damaged


def _survey() -> Survey:
    if LOOKED not in st.session_state:
        st.session_state[LOOKED] = store().survey()
    return st.session_state[LOOKED]


def look(run_id: str) -> RunView:
    """One run as it stands now, for what is drawn again and again without its page; raises RunError."""
    return store().open(run_id).look()


def looks(run_ids: Iterable[str]) -> tuple[RunView, ...]:
    """These runs as they stand now, without those that are gone."""
    found = []
    for run_id in run_ids:
        with suppress(RunError):
            found.append(look(run_id))
    return tuple(found)


def manager() -> Manager:
    """The one job manager of this server, which `reco app` has started; RECO_NO_WORKER=1 leaves its worker out."""
    return _manager(str(runs_home()), os.environ.get("RECO_NO_WORKER") != "1")


def fetcher() -> Fetcher:
    """What fetches datasets in this server: one for all visitors."""
    return _fetcher(os.environ.get("RECO_HOME", ""))


def aside() -> Aside:
    """What works out things that take long: one for all visitors."""
    return _aside(os.environ.get("RECO_HOME", ""))


def ratings(source: str, name: str = "") -> Ratings:
    """The dataset of a name or path, on request under another name.

    Read again when a file of it has changed, or the name stands for another.
    """
    return _ratings(source, data.stamp(source), os.environ.get("RECO_HOME", ""), name)


def forget_ratings() -> None:
    """Loaded datasets are dropped: after an upload or a removal, a name may mean something else."""
    _ratings.clear()
    st.session_state.pop(CHOICES, None)


def table(function: Callable[..., Any], ratings: Ratings, **options: Any) -> Any:
    """function(ratings, **options), computed once for all that the dataset holds, titles and genres included."""
    key = (
        function.__module__,
        function.__qualname__,
        ratings.name,
        ratings.identity,
        tuple(sorted(options.items())),
    )
    return _table(key, function, ratings)


def titles(ratings: Ratings) -> list[str]:
    """`Title (year)` of each item index."""
    return table(titles_of, ratings)


def labels(ratings: Ratings) -> list[str]:
    """What each item index is called in a box that chooses one: its title, told apart where titles are equal.

    A browser sends the label of a choice, not its id, so no two may be equal.
    """
    return table(labels_of, ratings)


def scorer(run: RunReading, epoch: int | None = None) -> Scorer:
    """The run's model in numpy, as it was after a kept epoch or (None) its result; made again on more events."""
    return fitted(run, epoch).scorer


def fitted(run: RunReading, epoch: int | None = None) -> Fitted:
    """The run's model with its settings, sizes and arrays, at a kept epoch or (None) its result."""
    return _fitted(run.id, version(run, epoch), str(run.folder), epoch, run)


def version(run: RunReading, epoch: int | None = None) -> int:
    """A number that changes when the weights of a run, or of a kept epoch of it, do: part of the key of what is kept.

    Of an epoch it stays the same while the run trains on.
    """
    return hash((len(run.events()), run.weights_stamp)) if epoch is None else run.snapshot_stamp(epoch)


def key_of(run: RunReading, epoch: int | None = None) -> RunKey:
    """(id, version, folder, stamps of where its dataset is): the key of whatever is worked out from run and dataset."""
    places = tuple(data.stamp(place) for place in dict.fromkeys((run.info.source, run.info.dataset)))
    return run.id, version(run, epoch), str(run.folder), places


def result_epoch(run: RunReading) -> int:
    """The epoch that the run's result is from: the best one or the last one."""
    return _result_epoch(run.id, version(run), str(run.folder), run)


def posters(dataset: str, folder: str | None, tmdb_key: str | None, with_links: bool = False) -> Posters:
    """The finder of posters for one dataset, with a visitor's own folder and key, and images from links or not."""
    return _posters(dataset, folder, tmdb_key, with_links, os.environ.get("RECO_HOME", ""))


def links() -> Links:
    """What fetches images from links: one for all visitors."""
    return _links(os.environ.get("RECO_HOME", ""))


@st.cache_resource(show_spinner=False)
def _store(root: str) -> RunStore:
    return RunStore(Path(root))


@st.cache_resource(show_spinner=False)
def _manager(root: str, start: bool) -> Manager:
    return shared_manager(_store(root), start=start)


@st.cache_resource(show_spinner=False)
def _fetcher(home: str) -> Fetcher:
    return Fetcher()


@st.cache_resource(show_spinner=False)
def _aside(home: str) -> Aside:
    return Aside()


@st.cache_resource(max_entries=4, show_spinner="Loading the ratings ...")
def _ratings(source: str, stamp: data.Stamp, home: str, name: str) -> Ratings:
    ratings = data.load(source)
    ratings = replace(ratings, name=name) if name else ratings
    most_rated = ratings.item_table.iloc[(-ratings.item_counts).argsort(kind="stable")[:MOST]]
    known = zip(most_rated["title"], most_rated["year"], most_rated["genres"], strict=True)
    drawing = ratings.item_kind.drawing
    draw_ahead(
        [(str(title), None if pd.isna(year) else int(year), str(genres), drawing) for title, year, genres in known]
    )
    return ratings


@st.cache_resource(max_entries=200, show_spinner=False)
def _table(key: tuple, _function: Callable[..., Any], _ratings: Ratings) -> Any:
    return _function(_ratings, **dict(key[-1]))


@st.cache_resource(max_entries=6, show_spinner="Loading the model ...")
def _fitted(run_id: str, version: int, folder: str, epoch: int | None, _run: RunReading) -> Fitted:
    return _run.fitted(epoch)


@st.cache_resource(max_entries=200, show_spinner=False)
def _result_epoch(run_id: str, version: int, folder: str, _run: RunReading) -> int:
    return _run.saved()[1]


@st.cache_resource(max_entries=16, show_spinner=False)
def _posters(dataset: str, folder: str | None, tmdb_key: str | None, with_links: bool, home: str) -> Posters:
    return Posters({dataset: Path(folder)} if folder else {}, tmdb_key, links=_links(home) if with_links else None)


@st.cache_resource(show_spinner=False)
def _links(home: str) -> Links:
    return Links()
