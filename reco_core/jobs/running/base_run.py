"""The earlier run whose vectors a two-stage model reads."""

from __future__ import annotations

from reco_core.errors import RunError, SettingsError
from reco_core.models import get_model
from reco_core.models.spec import Arrays
from reco_core.ratings import Ratings
from reco_core.runs import Run, RunStore
from reco_core.split import Split


def tables_of(run: Run, ratings: Ratings, split: Split) -> Arrays | None:
    """The arrays of the run's base run, or None where it has none; raises what check_base raises."""
    if run.info.base_run is None:
        return None
    base = RunStore(run.folder.parent).open(run.info.base_run)
    check_base(base, run.info.model, ratings, split)
    return base.arrays()


def check_base(base: Run, model: str, ratings: Ratings, split: Split) -> None:
    """Raises RunError or SettingsError unless the base is a finished run of the first stage's model on this split.

    Another split would let the tables see rows that are test rows here.
    """
    spec = get_model(model)
    if spec.before is None:
        raise SettingsError(f"Only a two-stage model (deep_regressor) has a base run; got {model}.")
    wanted = spec.before(spec.parse())[0].name
    if base.info.model != wanted:
        raise RunError(f"The base run of {model} must be a run of {wanted}; {base.name} is one of {base.info.model}.")
    if base.status not in ("finished", "stopped") or not base.has_result:
        raise RunError(f"A base run must be finished; {base.name} is {base.status}.")
    if base.info.dataset_fingerprint != ratings.fingerprint:
        raise RunError(f"A base run must have the same dataset; {base.name} was trained on {base.info.dataset}.")
    if base.info.split_fingerprint != split.fingerprint:
        raise RunError(
            f"A base run must have the same split (kind, sizes and seed); {base.name} has"
            f" {base.info.split.kind}, seed {base.info.split.seed}."
        )
