"""The datasets that can be chosen, no two by the same name; and which runs are of one of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

import streamlit as st

from pages.ui.shell import cache
from reco_core import data
from reco_core.data.reading.plan import split_source
from reco_core.jobs.results.run_data import is_of
from reco_core.ratings import Ratings
from reco_core.runs import RunReading, RunView

FIRST = "RECO_DATASET"


@dataclass(frozen=True)
class Choice:
    """A dataset that can be loaded now: its name, its title for people, and what `data.load` takes."""

    name: str
    title: str
    source: str


def datasets() -> tuple[Choice, ...]:
    """Datasets that can be loaded without a download, the one of `reco app --dataset`, and those of runs here.

    No two have the same name: what else is called as one of them bears a longer name. One look for each drawing.
    """
    if cache.CHOICES not in st.session_state:
        st.session_state[cache.CHOICES] = _choices()
    return st.session_state[cache.CHOICES]


def _choices() -> tuple[Choice, ...]:
    known = data.known()
    choices = {entry.name: Choice(entry.name, entry.title, entry.name) for entry in known if entry.available}
    if first := os.environ.get(FIRST):
        _offer(choices, first_dataset(), first)
    for run in cache.runs():
        if _is_there(run.info.source):
            _offer(choices, run.info.dataset, run.info.source)
    return tuple(choices.values())


def _offer(choices: dict[str, Choice], name: str, source: str) -> None:
    """Put a source among the choices, unless it is there already."""
    if source in choices or any(choice.source == source for choice in choices.values()):
        return
    place = Path(split_source(source)[0])
    longer = (name, place.name, f"{place.name} ({place.resolve().parent.name})") if os.path.exists(place) else (name,)
    numbered = (f"{longer[-1]} {number}" for number in count(2))
    free = next(one for one in chain(longer, numbered) if one not in choices)
    choices[free] = Choice(free, free, source)


def _is_there(source: str) -> bool:
    """Whether a source is a file or folder that exists; a name that no file can have is none."""
    return os.path.exists(split_source(source)[0])


def dataset_of(run: RunReading) -> str:
    """The name under which a run's dataset can be chosen; the run's own word for it where it is not here."""
    info = run.info
    by_source = {choice.source: choice.name for choice in datasets()}
    return by_source.get(info.source, info.dataset)


def runs_of(ratings: Ratings) -> tuple[tuple[RunView, ...], int]:
    """(the runs on exactly these ratings, newest first, how many others bear the dataset's name)."""
    same, others = [], 0
    for run in cache.runs():
        called = dataset_of(run) == ratings.name
        if is_of(run.info, ratings) and (called or run.info.dataset_fingerprint is not None):
            same.append(run)
        elif called:
            others += 1
    return tuple(same), others


def source_of(ratings: Ratings) -> str:
    """What data.load takes for this dataset."""
    return next((choice.source for choice in datasets() if choice.name == ratings.name), ratings.name)


def first_dataset() -> str:
    """The name of the dataset to begin with: the one of `reco app --dataset`, else the demo."""
    first = os.environ.get(FIRST)
    return cache.ratings(first).name if first else "demo"
