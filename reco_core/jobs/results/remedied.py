"""The run that an alarm's remedy asks for, made from the run that raised it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reco_core.models import get_model
from reco_core.runs import RunRequest
from reco_core.runs.reading import RunReading
from reco_core.runs.view import RunView


def is_another_model(run: RunReading, wanted: Mapping[str, Any]) -> bool:
    """Whether the remedy is another model, to be held beside the run."""
    return wanted["model"] != run.info.model


def remedied(run: RunReading, wanted: Mapping[str, Any], owner: str = "") -> RunRequest:
    """A run on the same rows with what the remedy sets: on top of the run's settings, or of another model's defaults.

    wanted: an alarm's `next`. Raises SettingsError where the model is not of this version's catalogue.
    """
    info, another = run.info, is_another_model(run, wanted)
    start = {} if another else dict(info.settings)
    settings = get_model(wanted["model"]).parse(start | dict(wanted["settings"]))
    kept = {name: getattr(info, name) for name in ("source", "dataset", "dataset_fingerprint", "split", "seed")}
    own = {} if another else {name: getattr(info, name) for name in ("refit", "base_run", "recommended")}
    return RunRequest(**kept, **own, model=wanted["model"], settings=settings.model_dump(mode="json"), owner=owner)


def trained_already(asked: RunRequest, runs: Iterable[RunView]) -> RunView | None:
    """The newest of the runs that is what is asked for, and has its figures; None where it is to be trained."""
    facts = ("dataset", "dataset_fingerprint", "split", "model", "settings", "refit", "base_run")
    return next(
        (
            run
            for run in runs
            if all(getattr(run.info, fact) == getattr(asked, fact) for fact in facts) and run.has_result and run.metrics
        ),
        None,
    )
