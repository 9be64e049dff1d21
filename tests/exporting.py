"""What tests of exports share: a finished run of any model without its training."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from reco_core import data
from reco_core.events import Finished
from reco_core.jobs.running.training_job import train_run
from reco_core.models.spec import Shape
from reco_core.models.weights import initial
from reco_core.runs import Run, RunStore, Sizes
from tests.test_runs import STARTED, epoch
from tests.tiny import request_for


def run_of(source: Path, model: str, *more: object, **values: object) -> Run:
    """A finished run with its first weights, or trained where its model is worked out; `more` are further events."""
    run = RunStore().create(request_for(source, model=model, **values))
    if run.spec.fit is not None:
        train_run(run)
        return run
    loaded = data.load(source)
    shape = Shape.of(loaded, float(loaded.rating.mean()))
    run.update(dataset_fingerprint=loaded.fingerprint, sizes=Sizes.of(shape).model_dump(mode="json"))
    arrays = initial(run.spec.layout(run.settings, shape), np.random.default_rng(0))
    if run.spec.context is not None:
        arrays |= run.spec.context(run.settings, loaded, np.arange(len(loaded)))
    with run.record() as recording:
        recording.emit(STARTED)
        for event in more or [epoch(1), epoch(2)]:
            recording.emit(event)
        recording.save(arrays, 2)
        run.write_metrics({"test": {"rmse": 0.9, "ndcg@10": 0.1}, "baselines": {}, "protocol": "p"})
        recording.emit(Finished(time=1.0, epochs=2, best_epoch=None))
    return RunStore().open(run.id)
