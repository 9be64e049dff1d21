"""The dataset of a run, found again: by its source, else by its name, and never another one; and its split."""

from __future__ import annotations

import os
from pathlib import Path

from reco_core import data
from reco_core.data import places
from reco_core.data.reading.plan import split_source, with_choices
from reco_core.errors import DataError, RunError
from reco_core.ratings import Ratings
from reco_core.runs import RunRequest, RunSpec
from reco_core.split import Split, make_split


def ratings_of(info: RunSpec | RunRequest, source: str | None = None) -> Ratings:
    """The ratings that a run was, or is to be, trained on: from `source` where given, else where the run found them.

    Raises RunError where they cannot be read or are others than the run's (their fingerprint tells).
    """
    if source is None and (ratings := places.kept(info.source, info.dataset_fingerprint)):
        return ratings
    reasons: list[str] = []
    for place in [source] if source else _places(info):
        try:
            ratings = data.load(place)
        except DataError as error:
            reasons.append(str(error))
            continue
        if info.dataset_fingerprint in (None, ratings.fingerprint):
            return ratings
        if place == data.demo.NAME:
            reasons.append("it was trained on an earlier version of the demo")
        else:
            reasons.append(f"{place} holds other ratings (fingerprint {ratings.fingerprint})")
    wanted = f" (fingerprint {info.dataset_fingerprint})" if info.dataset_fingerprint else ""
    name = f"Run {info.name}" if info.name else "The run"
    raise RunError(f"{name} needs its dataset {info.dataset}{wanted}; {reasons[0].rstrip('.')}.")


def split_of(info: RunSpec, ratings: Ratings) -> Split:
    """The split that a run was, or is to be, trained on; raises RunError where its settings give other rows now."""
    split = make_split(ratings, info.split)
    if info.split_fingerprint not in (None, split.fingerprint):
        raise RunError(
            f"Run {info.name} was trained and evaluated on other rows than its split gives now: it can neither be "
            "continued nor evaluated again."
        )
    return split


def _places(info: RunSpec | RunRequest) -> list[str]:
    """Where the dataset may be: its source, and what is known under its name."""
    return list(dict.fromkeys([info.source, info.dataset]))


def lasting_source(source: str) -> str:
    """A source that means the same in any folder, without a password: a path made absolute, a name as it is."""
    if places.is_place(source):
        return places.lasting(source)
    place, choices = split_source(source)
    if not Path(place).exists() or place in {entry.name for entry in data.known()}:
        return source
    return with_choices(os.path.abspath(place), choices)
