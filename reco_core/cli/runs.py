"""`reco runs`, `show`, `evaluate`, `compare`, `export` and `import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from reco_core.cli.choose import DataSource, RunName, RunsFolder, store_at, trained
from reco_core.cli.output import AsJson, err, is_wide, out, print_json, setting, table
from reco_core.cli.show import beside_baselines, figures_table, print_run, run_json, run_row
from reco_core.errors import RunError

WIDE_COLUMNS = ("run", "name", "model", "dataset", "split", "seed", "status", "epochs", "rmse", "ndcg@10")
NARROW_COLUMNS = ("run", "dataset", "status", "rmse", "ndcg@10")


def runs(folder: RunsFolder = None, as_json: AsJson = False) -> None:
    """All runs, newest first."""
    store = store_at(folder)
    rows = [run_row(run) for run in store.list()]
    for reason in store.damaged().values():
        err().print(f"left out: {reason}", markup=False)
    if as_json:
        print_json({"runs": rows})
    elif not rows:
        out().print("No runs yet: reco train demo makes one.")
    else:
        console = out()
        columns = WIDE_COLUMNS if is_wide(console) else NARROW_COLUMNS
        console.print(table(columns, [tuple(row[key] for key in columns) for row in rows]))


def show(run: RunName, folder: RunsFolder = None, as_json: AsJson = False) -> None:
    """One run: settings, curve, figures beside the baselines."""
    chosen = store_at(folder).find(run)
    if as_json:
        print_json(run_json(chosen))
    else:
        print_run(out(), chosen)


def evaluate(run: RunName, data: DataSource = None, folder: RunsFolder = None, as_json: AsJson = False) -> None:
    """Score a run's weights on its test rows again, beside the baselines."""
    from reco_core.evaluation import PROTOCOL
    from reco_core.jobs.dataset import ratings_of
    from reco_core.jobs.figures import baseline_figures, test_figures
    from reco_core.split import make_split

    chosen = store_at(folder).find(run)
    scorer = trained(chosen)
    ratings = ratings_of(chosen.info, data)
    split = make_split(ratings, chosen.info.split)
    if chosen.info.split_fingerprint not in (None, split.fingerprint):
        raise RunError(f"Run {chosen.name} was scored on other test rows than its split gives now; nothing was scored.")
    test = test_figures(chosen, scorer, ratings, split)
    baselines = baseline_figures(ratings, split)
    if as_json:
        facts = {"run": chosen.id, "model": chosen.info.model, "dataset": ratings.name}
        print_json(facts | {"metrics": test, "baselines": baselines, "protocol": PROTOCOL})
        return
    columns = beside_baselines(chosen.info.model, test, baselines)
    out().print(figures_table(columns, f"{chosen.name} on the test rows of {ratings.name}"))
    out().print(PROTOCOL, style="dim", markup=False)


def compare(
    names: Annotated[list[str], typer.Argument(metavar="RUN RUN ...", help="Two runs or more.")],
    folder: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Figures of several runs side by side, and the settings in which they differ."""
    store = store_at(folder)
    chosen = [store.find(name) for name in names]
    if len({run.id for run in chosen}) < 2:
        raise RunError("A comparison needs two different runs or more.")
    warnings = _warnings(chosen)
    for warning in warnings:
        err().print(f"warning: {warning}", style="yellow", markup=False)
    rows = [run_row(run) | {"metrics": (run.metrics or {}).get("test")} for run in chosen]
    differing = _differing({run.id: _settings(run) for run in chosen})
    if as_json:
        print_json({"comparable": not warnings, "warnings": warnings, "runs": rows, "differing": differing})
        return
    out().print(figures_table({row["name"]: row["metrics"] or {} for row in rows}))
    if differing:
        cells = [(name, *map(_shown_setting, values.values())) for name, values in differing.items()]
        out().print(table(("differs", *(run.name for run in chosen)), cells))


def export(
    run: RunName,
    to: Annotated[Path, typer.Option(metavar="DIR_OR_ZIP", help="A .zip file, or a folder that is not there yet.")],
    folder: RunsFolder = None,
) -> None:
    """Write a run as a zip or a folder that `reco import` takes in elsewhere."""
    store = store_at(folder)
    chosen = store.find(run)
    store.export(chosen.id, to)
    err().print(f"{chosen.name} is in {to}", markup=False)


def import_run(
    archive: Annotated[Path, typer.Argument(metavar="ZIP", help="A zip or folder that `reco export` wrote.")],
    folder: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Take in an exported run; nothing in it is executed."""
    from reco_core.runs import RunStore

    run = RunStore(folder).import_(archive)
    if as_json:
        print_json(run_json(run))
    else:
        out().print(f"{run.name} is here as {run.id}", markup=False)


def _warnings(chosen: list[Any]) -> list[str]:
    """Why the figures of the runs cannot be compared; empty where they can."""
    found = []
    if len({run.info.dataset_fingerprint for run in chosen}) > 1:
        found.append("the runs were trained on different datasets: their figures do not compare.")
    elif len({run.info.split_fingerprint for run in chosen}) > 1:
        found.append("the runs were scored on different splits: their figures do not compare.")
    return found


def _settings(run: Any) -> dict[str, Any]:
    info = run.info
    split = {f"split {key}": value for key, value in info.split.model_dump(mode="json").items()}
    rest = {"model": info.model, "dataset": info.dataset, "seed": info.seed, "refit": info.refit}
    return rest | {"base_run": info.base_run} | split | info.settings


def _differing(settings: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each setting whose value is not the same in all runs: setting -> run -> value (None where a model lacks it)."""
    names = list(dict.fromkeys(name for values in settings.values() for name in values))
    rows = {name: {run: values.get(name) for run, values in settings.items()} for name in names}
    return {name: row for name, row in rows.items() if len({repr(value) for value in row.values()}) > 1}


def _shown_setting(value: object) -> str:
    return "" if value is None else setting(value)
