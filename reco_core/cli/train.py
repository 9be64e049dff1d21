"""`reco train`: train here and now, with the curve on stderr and the figures on stdout."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from reco_core.cli.options import Columns, Reading, RunsFolder, chosen_source, parse_settings
from reco_core.cli.output import AsJson, err, out, print_json
from reco_core.cli.progress import show_training
from reco_core.cli.show import print_run, run_json
from reco_core.errors import RunError

if TYPE_CHECKING:
    from reco_core.ratings import Ratings
    from reco_core.runs import Run, RunRequest, RunStore


def train(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="A dataset's name, a folder, a zip or a CSV file.")
    ] = None,
    columns: Columns = None,
    read: Reading = None,
    model: Annotated[str, typer.Option(metavar="NAME", help="One of `reco models`.")] = "mf_bias",
    preset: Annotated[str | None, typer.Option(metavar="NAME", help="Start from a preset of the model.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="K=V", help="A setting, such as dim=20; repeatable.")
    ] = None,
    split: Annotated[
        str,
        typer.Option(metavar="KIND", help="random, user, time, leave-last, fold:NAME or fold:TRAIN_FILE,TEST_FILE."),
    ] = "random",
    test_size: Annotated[float, typer.Option(metavar="SHARE", help="Share of the rows held out for testing.")] = 0.2,
    val_size: Annotated[
        float, typer.Option(metavar="SHARE", help="Share of the remaining rows held out for validation; 0 for none.")
    ] = 0.1,
    refit: Annotated[
        bool,
        typer.Option(
            "--refit", help="Train again on train and validation rows, for the number of epochs that validation chose."
        ),
    ] = False,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the split and of the training.", min=0)] = 0,
    split_seed: Annotated[
        int | None, typer.Option(metavar="N", help="Seed of the split, if different from --seed.", min=0)
    ] = None,
    base_run: Annotated[
        str | None, typer.Option(metavar="RUN", help="deep_regressor: use the vectors of this mf run.")
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="A name for the run.")] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="RUN", help="Resume this run; SOURCE is then where its data is, if moved.")
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="With --resume: train this many more epochs instead of finishing the plan.", min=1
        ),
    ] = None,
    folder: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Train a model, evaluate it on the test rows and keep it as a run. Ctrl-C stops it and keeps what it has."""
    from reco_core import data
    from reco_core.jobs.results.run_data import lasting_source
    from reco_core.runs import RunStore
    from reco_core.split import SplitSettings

    store = RunStore(folder)
    source = source and chosen_source(source, columns, read)
    if resume is not None:
        _print(go_on(store.find(resume), epochs, source), as_json)
        return
    if source is None or epochs is not None:
        raise RunError("reco train needs a SOURCE, or --resume RUN; --epochs N is for --resume (else --set epochs=N).")
    chosen_split = SplitSettings(
        kind=split, test_size=test_size, val_size=val_size, seed=seed if split_seed is None else split_seed
    )
    # Before the data is read: a wrong name or setting is said at once.
    values = parse_settings(settings or [])
    _check_model(model, values, preset)
    base = store.find(base_run).id if base_run else None
    ratings = data.load(source)
    request = _request(
        source=lasting_source(source),
        dataset=ratings.name,
        dataset_fingerprint=ratings.fingerprint,
        model=model,
        preset=preset,
        settings=values,
        split=chosen_split,
        seed=seed,
        refit=refit,
        base_run=base,
        name=name,
    )
    _print(train_here(store, request, ratings), as_json)


def _print(run: Run, as_json: bool) -> None:
    if as_json:
        print_json(run_json(run))
    else:
        print_run(out(), run, curve=False)


def go_on(run: Run, epochs: int | None, source: str | None = None) -> Run:
    """The run, gone on with in this process: to the end of its plan, or for so many epochs; raises RunError."""
    from reco_core.jobs.results.run_data import ratings_of
    from reco_core.jobs.server.permissions import check_asked
    from reco_core.runs import Continue

    if run.active:
        raise RunError(f"Only a paused or ended run can be resumed; {run.name} is {run.status}.")
    check_asked(run, Continue(epochs))
    run.ask(Continue(epochs))
    return train_on(run, lambda info: ratings_of(info, source))


def train_here(store: RunStore, request: RunRequest, ratings: Ratings) -> Run:
    """A new run, trained in this process with its progress on stderr; raises RunError where it failed."""
    from reco_core.jobs.running.base_run import check_base
    from reco_core.split import make_split

    split = make_split(ratings, request.split)
    if request.base_run:
        check_base(store.open(request.base_run), request.model, ratings, split)
    return train_on(store.create(request), lambda _: ratings)


def train_on(run: Run, find_ratings: Callable[..., Ratings]) -> Run:
    """The run, trained in this process, from its beginning or as it was asked to go on; raises RunError."""
    from reco_core.jobs.running.training_job import train_run

    with show_training(err(), run) as listen, _stop_on_interrupt(run):
        train_run(run, find_ratings=find_ratings, listen=listen)
    if run.status in ("failed", "interrupted"):
        raise RunError(f"Run {run.id} {'was ' * (run.status != 'failed')}{run.status}: {run.reason}")
    return run


def _check_model(model: str, settings: dict[str, str], preset: str | None) -> None:
    from reco_core.models import get_model

    get_model(model).parse(settings, preset)


def _request(**values: object) -> RunRequest:
    """The request; raises RunError for a name or seed that no run can have."""
    from pydantic import ValidationError

    from reco_core.runs import RunRequest

    try:
        return RunRequest(**values)
    except ValidationError as error:
        first = error.errors()[0]
        raise RunError(f"The run's {first['loc'][0]} is invalid: {first['msg']}.") from error


@contextmanager
def _stop_on_interrupt(run: Run) -> Iterator[None]:
    """The first Ctrl-C asks the run to stop and be scored; the second breaks off."""

    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        err().print("Stopping; the training so far is evaluated and kept. Press Ctrl-C again to abort.")
        run.ask_stop()

    with _handler(stop):
        yield


@contextmanager
def _handler(handle: Callable[..., None]) -> Iterator[None]:
    try:
        before = signal.signal(signal.SIGINT, handle)
    except ValueError:  # not in the main thread: there is no Ctrl-C to handle
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
