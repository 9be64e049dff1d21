"""What every tracker is told of a run: parameters, points of curves, test figures, and files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reco_core.export.script import script_of
from reco_core.jobs.results.comparison import by_hand
from reco_core.runs import RunReading
from reco_core.runs.archive import pack

CURVES = ("loss", "val_loss", "rmse", "val_rmse", "ndcg", "val_ndcg", "learning_rate", "ratings_per_second", "elapsed")


@dataclass(frozen=True)
class Point:
    """One value of one figure at an epoch; time in seconds since 1970."""

    name: str
    step: int
    value: float
    time: float


def parameters(run: RunReading) -> dict[str, str]:
    """Everything that was chosen for the run, as text."""
    info = run.info
    split = {f"split_{name}": value for name, value in info.split.model_dump().items()}
    around = {"model": info.model, "dataset": info.dataset, "dataset_fingerprint": info.dataset_fingerprint}
    around |= {"split_fingerprint": info.split_fingerprint, "seed": info.seed, "refit": info.refit} | split
    versions = {f"version_{package}": version for package, version in info.versions.items()}
    changed = {"changed_by_hand": "; ".join(by_hand(run)) or "nothing"}
    return {name: str(value) for name, value in (around | info.settings | changed | versions).items()}


def points(run: RunReading) -> list[Point]:
    """The curves, epoch by epoch."""
    began = began_at(run)
    return [
        Point(name, e.epoch, float(value), began + e.elapsed)
        for e in run.epochs()
        for name in CURVES
        if (value := getattr(e, name)) is not None
    ]


def figures(run: RunReading) -> list[Point]:
    """The figures on the test rows, as of the last epoch; their names begin with test_."""
    epochs = run.epochs()
    step, time = (epochs[-1].epoch, began_at(run) + epochs[-1].elapsed) if epochs else (0, began_at(run))
    values = (run.metrics or {}).get("test", {})
    return [Point(f"test_{name}", step, float(value), time) for name, value in values.items() if value is not None]


def began_at(run: RunReading) -> float:
    """When the run began, in seconds since 1970."""
    return run.started.time if run.started else run.info.created.timestamp()


def artifacts(run: RunReading, folder: Path) -> list[Path]:
    """Write the run's archive, which `reco import` takes, and its script into a folder."""
    archive, script = folder / f"{run.id}.zip", folder / f"{run.id}.py"
    pack(run, archive)
    script.write_text(script_of(run), encoding="utf-8")
    return [archive, script]
