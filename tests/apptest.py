"""What tests of pages share: a page opened without a worker, and runs in every state without TensorFlow."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from reco_core import data
from reco_core.events import EpochEnded, Failed, Finished, Started
from reco_core.jobs.running.training_job import train_run
from reco_core.models.spec import Arrays, Shape
from reco_core.models.weights import initial
from reco_core.runs import Run, RunRequest, RunStore, Sizes

PROJECT = Path(__file__).parents[1]


def open_page(name: str, **query: str) -> AppTest:
    """pages/<name>.py as app.py shows it, with these URL parameters, after its first run."""
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    if name != "home":
        app.switch_page(f"pages/{name}.py")
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def texts(app: AppTest) -> str:
    """Everything that the page says in words, one line each, without the escapes of Markdown."""
    kinds = (
        app.title,
        app.header,
        app.subheader,
        app.markdown,
        app.caption,
        app.warning,
        app.error,
        app.success,
        app.info,
    )
    return "\n".join(element.value.replace("\\", "") for kind in kinds for element in kind)


def grids(app: AppTest) -> dict[str, dict]:
    """What each poster grid on the page was given, by the label that a screen reader says."""
    given = [json.loads(e.proto.json) for e in app.get("bidi_component") if e.proto.component_name == "reco_posters"]
    return {one["label"]: one for one in given}


def requested(
    model: str = "mf_bias", dataset: str = "demo", name: str | None = None, seed: int = 0, **settings: object
) -> Run:
    """A run that nobody has trained."""
    request = RunRequest(
        source=dataset, dataset=dataset, model=model, name=name, seed=seed, settings=settings, recommended={}
    )
    return RunStore().create(request)


def closed_form_run(model: str = "popularity", name: str | None = None) -> Run:
    """A finished run of a closed-form model on the demo."""
    run = requested(model, name=name)
    train_run(run)
    return run


def finished_run(model: str = "mf_bias", name: str | None = None, seed: int = 0, **settings: object) -> Run:
    """A finished run of a Keras model on the demo, with its first weights instead of learned ones."""
    run = requested(model, name=name, seed=seed, **settings)
    ratings = data.load("demo")
    shape = Shape.of(ratings, float(ratings.rating.mean()))
    run.update(dataset_fingerprint=ratings.fingerprint, sizes=Sizes.of(shape).model_dump(mode="json"))
    arrays = initial(run.spec.layout(run.settings, shape), np.random.default_rng(0))
    if run.spec.context is not None:
        arrays |= run.spec.context(run.settings, ratings, np.arange(len(ratings)))
    with run.record() as recording:
        recording.emit(started(run))
        recording.emit(epoch(1))
        recording.save(arrays, 1)
        run.write_metrics({"test": {"rmse": 0.95, "ndcg@10": 0.1}, "baselines": {}, "protocol": "All unrated items."})
        recording.emit(Finished(time=time.time(), epochs=1, best_epoch=1, seconds={"total": 1.0}))
    return run


def failed_run(reason: str = "The loss was not a number after epoch 1.") -> Run:
    """A run that failed, with its reason."""
    run = requested()
    with run.record() as recording:
        recording.emit(started(run))
        recording.emit(Failed(reason))
    return run


@contextmanager
def running_run(epochs: int = 1, kept: tuple[int, ...] = ()) -> Iterator[Run]:
    """A run that trains as long as the context is open; some of its epochs are over, and weights of some were kept."""
    run = requested()
    weights = _weights(run, kept)
    with run.record() as recording:
        recording.emit(started(run))
        for number in range(1, epochs + 1):
            recording.emit(epoch(number))
        for number, arrays in weights.items():
            recording.snapshot(arrays, number, now=True)
            recording.save(arrays, number)
        yield run


def started(run: Run) -> Started:
    """The first event of a run of 20 epochs."""
    return Started(time.time(), pid=1, parameters=1_000, epochs=20, n_train=72_000, n_validation=8_000, n_test=20_000)


def epoch(number: int) -> EpochEnded:
    """The event of one epoch that is over."""
    return EpochEnded(number, 1, 0.9, 0.95, 0.93, 0.96, 0.5, 0.5 * number, 150_000.0, 0.01)


def query(app: AppTest, name: str) -> str | None:
    """One parameter of the page's URL."""
    value = app.query_params.get(name)
    return value[-1] if isinstance(value, list) else value


def run_with_snapshots(kept: tuple[int, ...] = (0, 1, 2, 3), result: int = 3, model: str = "mf_bias") -> Run:
    """A finished run of a Keras model on the demo that kept other weights at each of these epochs."""
    run = requested(model)
    weights = _weights(run, {*kept, result})
    with run.record() as recording:
        recording.emit(started(run))
        for number in kept:
            if number:
                recording.emit(epoch(number))
            recording.snapshot(weights[number], number, now=True)
        recording.save(weights[result], result)
        run.write_metrics({"test": {"rmse": 0.95, "ndcg@10": 0.1}, "baselines": {}, "protocol": "All unrated items."})
        recording.emit(Finished(time=time.time(), epochs=max(kept), best_epoch=result, seconds={"total": 1.0}))
    return run


def _weights(run: Run, epochs: Iterable[int]) -> dict[int, Arrays]:
    """Other weights for each epoch; the run gets the sizes of the demo."""
    ratings = data.load("demo")
    shape = Shape.of(ratings, float(ratings.rating.mean()))
    run.update(dataset_fingerprint=ratings.fingerprint, sizes=Sizes.of(shape).model_dump(mode="json"))
    layout = run.spec.layout(run.settings, shape)
    return {number: initial(layout, np.random.default_rng(number)) for number in epochs}
