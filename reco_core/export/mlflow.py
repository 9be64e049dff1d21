"""A run in MLflow, for teams that have it: `pip install 'reco-core[mlflow]'`. Nothing is sent unless asked for."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import ModuleType

from reco_core.errors import RunError
from reco_core.export.logged import artifacts, figures, parameters, points
from reco_core.runs import RunReading
from reco_core.storage import StorageError, kept_in

EXPERIMENT = "reco: {dataset}"
SQLITE = "sqlite:///"
MOST_AT_ONCE, MOST_LETTERS = 500, 500
NO_TELEMETRY = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "MLFLOW_LOGGING_LEVEL": "WARNING"}


def log_to_mlflow(run: RunReading, uri: str) -> str:
    """Log a run that is over to a tracking server, a database, or (where there is no "://") a folder; gives its new id.

    In a folder, MLflow keeps mlflow.db, a SQLite file, with the artifacts beside it. Each epoch is a step at its own
    time; settings are parameters, test figures metrics, the run's archive and script artifacts. Raises RunError.
    """
    run.require_result()
    mlflow = _library()
    try:
        return _log(mlflow, run, *_place(uri))
    except StorageError:
        raise
    except (mlflow.exceptions.MlflowException, OSError) as error:
        raise RunError(f"MLflow at {uri} did not accept the run: {str(error).splitlines()[0][:300]}") from error


def _library() -> ModuleType:
    """MLflow, silent about itself: it counts its users unless told not to."""
    for name, value in NO_TELEMETRY.items():
        os.environ.setdefault(name, value)
    try:
        import mlflow
    except ImportError as error:
        raise RunError("MLflow is not installed here; pip install 'reco-core[mlflow]' adds it.") from error
    return mlflow


def _place(uri: str) -> tuple[str, str | None]:
    """(tracking URI, where artifacts of a new experiment go; None where the server decides)."""
    if "://" not in uri:
        folder = Path(uri).expanduser().absolute()
        with kept_in(folder):
            folder.mkdir(parents=True, exist_ok=True)
        uri = f"sqlite:///{folder / 'mlflow.db'}"
    if uri.startswith(SQLITE):
        # MLflow's own default is a folder of the current directory, whatever that is.
        return uri, (Path(uri.removeprefix(SQLITE)).absolute().parent / "artifacts").as_uri()
    return uri, None


def _log(mlflow: ModuleType, run: RunReading, uri: str, artifacts_at: str | None) -> str:
    from mlflow.entities import Metric, Param

    client = mlflow.MlflowClient(tracking_uri=uri)
    name = EXPERIMENT.format(dataset=run.info.dataset)
    known = client.get_experiment_by_name(name)
    experiment = known.experiment_id if known else client.create_experiment(name, artifacts_at)
    began = points(run)
    start = int(1000 * began[0].time) if began else int(1000 * run.info.created.timestamp())
    tags = {"reco.run": run.id, "reco.split_fingerprint": run.info.split_fingerprint or ""}
    made = client.create_run(experiment, start_time=start, run_name=run.name, tags=tags).info.run_id
    client.log_batch(made, params=[Param(key, value[:MOST_LETTERS]) for key, value in parameters(run).items()])
    metrics = [Metric(_plain(p.name), p.value, int(1000 * p.time), p.step) for p in [*began, *figures(run)]]
    for low in range(0, len(metrics), MOST_AT_ONCE):
        client.log_batch(made, metrics=metrics[low : low + MOST_AT_ONCE])
    with tempfile.TemporaryDirectory() as folder:
        for path in artifacts(run, Path(folder)):
            client.log_artifact(made, str(path))
    end = metrics[-1].timestamp if metrics else start
    client.set_terminated(made, "FINISHED" if run.status == "finished" else "KILLED", end)
    return made


def _plain(name: str) -> str:
    """A name as MLflow takes it: it refuses @."""
    return name.replace("@", "_at_")
