"""`reco sweep` and `reco repeat`: many runs from one command, and what they say together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reco_core.cli.options import Columns, Reading, RunName, RunsFolder, chosen_source, parse_settings, store_at
from reco_core.cli.output import AsJson, err, out, print_json, setting, shown, table
from reco_core.errors import RunError, SettingsError

if TYPE_CHECKING:
    from rich.table import Table

    from reco_core.jobs.server.manager import Manager
    from reco_core.jobs.sweeps.repeat import Spread
    from reco_core.jobs.sweeps.sweep import Sweep
    from reco_core.jobs.sweeps.sweep_request import SweepRequest
    from reco_core.runs import Run, RunStore

LOOK_SECONDS = 0.25


def sweep(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A dataset's name, a folder, a zip, a table, or an address (duckdb:, postgresql:, s3:).",
        ),
    ],
    over: Annotated[
        list[str],
        typer.Option(metavar="K=VALUES", help="dim=10,20,40, l2=0:0.1 or learning_rate=1e-3:1e-2:log; up to three."),
    ],
    columns: Columns = None,
    read: Reading = None,
    model: Annotated[str, typer.Option(metavar="NAME", help="One of `reco models`.")] = "mf_bias",
    preset: Annotated[str | None, typer.Option(metavar="NAME", help="Start from a preset of the model.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="K=V", help="A setting of all runs; repeatable.")
    ] = None,
    runs: Annotated[int, typer.Option(metavar="N", help="Maximum number of runs.", min=1, max=200)] = 12,
    method: Annotated[str, typer.Option(metavar="NAME", help="grid, or tpe (Optuna's).")] = "grid",
    seeds: Annotated[int, typer.Option(metavar="K", help="Runs per combination, each with another seed.", min=1)] = 1,
    prune: Annotated[bool, typer.Option(help="Stop a run early when it is behind the median of the others.")] = True,
    split: Annotated[str, typer.Option(metavar="KIND", help="As in `reco train`.")] = "random",
    test_size: Annotated[float, typer.Option(metavar="SHARE", help="Share of the rows held out for testing.")] = 0.2,
    val_size: Annotated[
        float, typer.Option(metavar="SHARE", help="Share of the remaining rows held out for validation.")
    ] = 0.1,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the split and of the first training.", min=0)] = 0,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="A name for the sweep.")] = None,
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the runs, instead of the default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Vary up to three settings and choose the best on validation rows. Ctrl-C stops it and keeps what is done."""
    from reco_core.jobs.sweeps.sweep_driver import start_sweep
    from reco_core.runs import RunStore

    asked = {"model": model, "preset": preset, "settings": parse_settings(settings or []), "seed": seed}
    split_asked = {"kind": split, "test_size": test_size, "val_size": val_size, "seed": seed}
    limits = {"method": method, "runs": runs, "seeds": seeds, "prune": prune, "name": name}
    request = _request(chosen_source(source, columns, read), over, asked, split_asked, limits)
    with _manager(RunStore(folder)) as manager:
        begun = start_sweep(manager, request)
        _follow(begun.name, lambda: _live(begun), lambda: begun.status == "running", begun.stop)
    if begun.status == "failed":
        raise RunError(begun.reason)
    if as_json:
        print_json(_json(begun))
    else:
        _print(begun)


def repeat(
    run: RunName,
    seeds: Annotated[int, typer.Option(metavar="K", help="Number of other seeds.", min=1, max=20)] = 5,
    folder: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Repeat a run with other seeds on the same split, and show the mean and spread of each figure."""
    from reco_core.jobs.sweeps.repeat import alike, counts, spread
    from reco_core.jobs.sweeps.repeat import repeat as start_repeats

    store = store_at(folder)
    chosen = store.find(run)
    with _manager(store) as manager:
        begun = start_repeats(manager, chosen, seeds)

        def stop() -> None:
            for one in begun:
                manager.stop(one.id)

        _follow(f"{chosen.name}, repeated", lambda: _runs_table(begun), lambda: any(r.active for r in begun), stop)
    runs = alike(store.list(), chosen)
    figures = spread(runs)
    if as_json:
        facts = {name: vars(value) for name, value in figures.items()}
        print_json({"run": chosen.id, "runs": [r.id for r in runs if counts(r)], "figures": facts})
        return
    out().print(_spread_table(chosen, figures))


def _request(
    source: str, over: list[str], asked: dict[str, Any], split: dict[str, Any], limits: dict[str, Any]
) -> SweepRequest:
    """The sweep that the options ask for, checked before the data is read; raises SettingsError."""
    from pydantic import ValidationError

    from reco_core import data
    from reco_core.jobs.results.run_data import lasting_source
    from reco_core.jobs.sweeps.search_space import parse_axis
    from reco_core.jobs.sweeps.sweep_request import SweepRequest, checked_request
    from reco_core.models import get_model
    from reco_core.models.recommended import recommended
    from reco_core.runs import RunRequest
    from reco_core.split import SplitSettings

    spec = get_model(asked["model"])
    spec.parse(asked["settings"], asked["preset"])
    try:
        base = RunRequest(source=source, dataset="unread", split=SplitSettings(**split), **asked)
        axes = tuple(parse_axis(text, base, spec) for text in over)
        request = checked_request(SweepRequest(base=base, over=axes, **limits))
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"The sweep's {first['loc'][0]} is invalid: {first['msg']}.") from error
    ratings = data.load(source)
    found: dict[str, Any] = {
        "dataset": ratings.name,
        "dataset_fingerprint": ratings.fingerprint,
        "source": lasting_source(source),
    }
    own = None if base.preset else dict(recommended(spec, ratings).values)
    found |= {"settings": (own or {}) | base.settings, "recommended": own}
    return request.model_copy(update={"base": base.model_copy(update=found)})


@contextmanager
def _manager(store: RunStore) -> Iterator[Manager]:
    """Workers of this command's own."""
    from reco_core.jobs.server.manager import Manager

    manager = Manager(store, start=True)
    try:
        yield manager
    finally:
        manager.close()


def _follow(title: str, draw: Callable[[], Table], goes_on: Callable[[], bool], stop: Callable[[], object]) -> None:
    """Show the table on stderr, where that is a terminal, until it is over; the first Ctrl-C stops what is left."""
    from rich.live import Live

    console = err()
    console.print(f"{title}: Ctrl-C stops it", markup=False)
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        asked = False
        while goes_on():
            try:
                if console.is_terminal:
                    live.update(draw())
                time.sleep(LOOK_SECONDS)
            except KeyboardInterrupt:
                if asked:
                    raise
                asked = True
                stop()


def _live(begun: Sweep) -> Table:
    rows = begun.rows()
    columns = ["trial", "status", "seed", *begun.settings, "epoch", begun.goal]
    return table(columns, [_cells(row, columns, begun) for row in rows.to_dict("records")])


def _cells(row: dict[str, Any], columns: list[str], begun: Sweep) -> list[object]:
    return [_cell(row[name], name in begun.settings) for name in columns]


def _cell(value: Any, is_setting: bool) -> object:
    if value is None or (isinstance(value, float) and value != value):
        return "" if not is_setting else "none"
    return setting(value) if is_setting else value


def _print(begun: Sweep) -> None:
    """The combinations, best first, with the noise between seeds where it is known."""
    from reco_core.jobs.results.validation_scores import error_of

    tallies = sorted(
        begun.tallies(), key=lambda entry: (entry.pruned, entry.mean is None, error_of(begun.goal, entry.mean or 0.0))
    )
    rows = []
    for entry in tallies:
        mark = "best" if entry.best else "tie" if entry.tie else "pruned" if entry.pruned else ""
        values = [_cell(entry.values[name], True) for name in begun.settings]
        rows.append([*values, entry.n, shown(entry.mean), shown(entry.sd), mark])
    console = out()
    console.print(table([*begun.settings, "runs", begun.goal, "sd", ""], rows, f"{begun.name} ({begun.status})"))
    if begun.request.seeds == 1:
        console.print("One seed each; --seeds 3 shows which differences are significant.", style="dim")
    best = begun.best()
    if best is not None:
        figure = "rmse" if best.spec.predicts_stars else "ndcg@10"
        value = shown((best.metrics or {}).get("test", {}).get(figure))
        console.print(f"best: {best.id} ({best.name}), {figure} on the test rows {value}", markup=False)


def _json(begun: Sweep) -> dict[str, Any]:
    best = begun.best()
    rows = begun.rows()
    records = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return {
        "sweep": begun.id,
        "name": begun.name,
        "status": begun.status,
        "method": begun.request.method,
        "best": best.id if best is not None else None,
        "combinations": [vars(entry) for entry in begun.tallies()],
        "runs": records,
    }


def _runs_table(begun: list[Run]) -> Table:
    rows = [(run.id, run.info.seed, run.word, len(run.epochs())) for run in begun]
    return table(("run", "seed", "status", "epochs"), rows)


def _spread_table(run: Run, figures: dict[str, Spread]) -> Table:
    own = (run.metrics or {}).get("test", {})
    rows = [
        (
            name,
            shown(own.get(name)),
            spread.n,
            shown(spread.mean),
            shown(spread.sd),
            shown(spread.low),
            shown(spread.high),
        )
        for name, spread in figures.items()
    ]
    return table(("figure", "this run", "seeds", "mean", "sd", "lowest", "highest"), rows, f"{run.name} over seeds")
