"""Runs that are sound, one a kind of model, as the files that they consist of: what a fuzzer begins with."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from reco_core import data
from reco_core.events import Changed, EpochEnded, Evaluating, Finished, Progress, StageStarted, Started, Watched
from reco_core.jobs.running.training_job import train_run
from reco_core.models.spec import Shape
from reco_core.models.weights import initial
from reco_core.runs import Run, RunStore, Sizes, Watch
from tests.tiny import request_for, write_csv

KERAS = ("mf_bias", "svdpp", "neural", "bpr")
CLOSED = ("popularity", "user_mean", "ease", "item_knn", "implicit_als")
NAMES = (*KERAS, *CLOSED)
FILES = (
    "run.json", "events.jsonl", "metrics.json", "weights.npz", "control.jsonl", "state.npz", "ended.txt",
    "snapshots/epoch-0001.npz",
)  # fmt: skip


@cache
def sound_runs() -> dict[str, dict[str, bytes]]:
    """Model -> the content of each file of a run of it; no TensorFlow is needed."""
    with TemporaryDirectory() as folder:
        csv = write_csv(Path(folder) / "tiny.csv")
        store = RunStore(Path(folder) / "runs")
        made = {}
        for name in NAMES:
            run = store.create(request_for(csv, model=name))
            if name in CLOSED:
                train_run(run)
            else:
                _recorded(run, csv)
            run.ask(Watch(item=1, user=2))
            run.note_end("It was killed.")
            made[name] = {f: path.read_bytes() for f in FILES if (path := run.folder / f).exists()}
        return made


def _recorded(run: Run, csv: Path) -> None:
    """What a training of a few epochs leaves, with first weights instead of learned ones."""
    ratings = data.load(str(csv))
    shape = Shape.of(ratings, float(ratings.rating.mean()))
    run.update(dataset_fingerprint=ratings.fingerprint, sizes=Sizes.of(shape).model_dump(mode="json"))
    arrays = initial(run.spec.layout(run.settings, shape), np.random.default_rng(0))
    if run.spec.context is not None:
        arrays |= run.spec.context(run.settings, ratings, np.arange(len(ratings)))
    stars = run.spec.predicts_stars
    with run.record() as recording:
        recording.emit(Started(1e9, 1, 14, 3, 10, 2, 3, {"bias": 0.9}))
        recording.emit(StageStarted(1, "training", 3, 0.1))
        recording.emit(Progress(1, 5, 10, 100.0, 1.0))
        for n in (1, 2):
            errors = (1.0, 1.1) if stars else (None, None)
            ranked = (None, None) if stars else (0.2, 0.1)
            recording.emit(EpochEnded(n, 1, 0.9, 0.95, *errors, 0.1, 0.1 * n, 1000.0, 0.01, *ranked))
            recording.emit(Watched(n, 1, 2, [2, 3], [4], [[1, 3.0, 3.5]] if stars else []))
        recording.emit(Changed(1e9, 2, "learning_rate", 0.01, 0.02))
        recording.emit(Evaluating(1e9))
        recording.save(arrays, 2)
        recording.checkpoint(arrays, 2)
        recording.snapshot(arrays, 1)
        alarm = {"name": "overfitting", "sentence": "It overfitted.", "remedy": "Train less."}
        alarm["next"] = {"model": run.info.model, "settings": {"epochs": 2}}
        run.write_metrics({"test": {"rmse": 1.0}, "baselines": {"bias": {"rmse": 1.1}}, "alarms": [alarm]})
        recording.emit(Finished(1e9, 2, 2, {"total": 1.0, "fit": 0.5}))
