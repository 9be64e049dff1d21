"""A run as a folder that TensorBoard shows: curves, figures, settings, and the embedding projector's files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reco_core.errors import RunError
from reco_core.export.event_file import Scalar, Text, write_events
from reco_core.export.projector import write_projector
from reco_core.jobs.results.comparison import by_hand
from reco_core.posters import Posters
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.storage import new_folder

# Names as Keras's own callback has them, so that a team's other runs lie in the same charts.
LOSS, RMSE, NDCG = "epoch_loss", "epoch_rmse", "epoch_ndcg"
RATE, SPEED = "epoch_learning_rate", "epoch_ratings_per_second"


def write_tensorboard(run: RunReading, ratings: Ratings, folder: Path, posters: Posters | None = None) -> None:
    """Write the folder, which must not be there yet; raises RunError.

    One sub-folder for each curve of a chart: train, validation, and one for each baseline's line.
    """
    run.require_result()
    if folder.exists():
        raise RunError(f"--tensorboard needs a new folder; got {folder}.")
    began = run.started.time if run.started else run.info.created.timestamp()
    with new_folder(folder):
        for name, entries in _curves(run, began).items():
            if entries:
                (folder / name).mkdir()
                write_events(folder / name / f"events.out.tfevents.{int(began)}.reco", entries, began)
        write_projector(run, ratings, folder, posters)


def _curves(run: RunReading, began: float) -> dict[str, list[Scalar | Text]]:
    """What goes into each sub-folder."""
    epochs = run.epochs()
    end = began + (epochs[-1].elapsed if epochs else 0.0)
    curves: dict[str, list[Scalar | Text]] = {"train": [Text("run", _words(run), began)], "validation": []}
    for e in epochs:
        train = {LOSS: e.loss, RMSE: e.rmse, NDCG: e.ndcg, RATE: e.learning_rate, SPEED: e.ratings_per_second}
        curves["train"] += _scalars(train.items(), e.epoch, began + e.elapsed)
        held = {LOSS: e.val_loss, RMSE: e.val_rmse, NDCG: e.val_ndcg}
        curves["validation"] += _scalars(held.items(), e.epoch, began + e.elapsed)
    last = epochs[-1].epoch if epochs else 1
    goal = RMSE if run.spec.predicts_stars else NDCG
    for name, value in (run.started.lines if run.started else {}).items():
        curves[name] = [Scalar(goal, step, value, began) for step in dict.fromkeys((1, last))]
    test = (run.metrics or {}).get("test", {})
    curves["test"] = _scalars([(f"test/{name}", value) for name, value in test.items()], last, end)
    return curves


def _scalars(values: Iterable[tuple[str, float | None]], step: int, time: float) -> list[Scalar]:
    return [Scalar(name, step, float(value), time) for name, value in values if value is not None]


def _words(run: RunReading) -> str:
    """Everything that was chosen for the run, as a Markdown table."""
    info = run.info
    split = ", ".join(f"{name} {value}" for name, value in info.split.model_dump().items())
    facts = {"model": info.model, "dataset": info.dataset, "split": split, "seed": info.seed, "refit": info.refit}
    facts |= info.settings | {"changed by hand": "; ".join(by_hand(run)) or "nothing", "run": info.id}
    return "\n".join(["| setting | value |", "| --- | --- |", *(f"| {name} | {v} |" for name, v in facts.items())])
