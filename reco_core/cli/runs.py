"""`reco runs`, `show`, `evaluate` and `import`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reco_core.cli import removing
from reco_core.cli.options import DataSource, RunName, RunsFolder, TopK, store_at, trained
from reco_core.cli.output import AsJson, err, is_wide, out, print_json, table
from reco_core.cli.show import beside_baselines, figures_table, print_run, run_json, run_row
from reco_core.errors import SettingsError

if TYPE_CHECKING:
    from reco_core.runs import RunStore

WIDE_COLUMNS = ("run", "name", "model", "dataset", "split", "seed", "status", "epochs", "rmse", "ndcg@10")
NARROW_COLUMNS = ("run", "dataset", "status", "rmse", "ndcg@10")


def runs(
    folder: RunsFolder = None,
    as_json: AsJson = False,
    damaged: Annotated[
        bool, typer.Option("--damaged", help="List the runs that cannot be used, and why; reads all their files.")
    ] = False,
    deleted: Annotated[bool, typer.Option("--deleted", help="List the runs that can be restored.")] = False,
    delete: Annotated[
        str | None, typer.Option(metavar="RUN", help="Delete a run; it can be restored for some days.")
    ] = None,
    set_aside: Annotated[
        str | None, typer.Option(metavar="RUN", help="Take a run out of the list and keep its files.")
    ] = None,
    restore: Annotated[
        str | None, typer.Option(metavar="RUN", help="Bring back a run that was deleted or set aside; or: last.")
    ] = None,
    empty_trash: Annotated[bool, typer.Option("--empty-trash", help="Remove deleted runs for good.")] = False,
) -> None:
    """List all runs, newest first; or delete, set aside and restore them."""
    store = store_at(folder)
    acts: list[Callable[[], str]] = []
    acts += [lambda: removing.delete(store, delete)] if delete is not None else []
    acts += [lambda: removing.set_aside(store, set_aside)] if set_aside is not None else []
    acts += [lambda: removing.restore(store, restore)] if restore is not None else []
    acts += [lambda: removing.empty_trash(store)] if empty_trash else []
    if len(acts) + damaged + deleted > 1:
        raise SettingsError(
            "`reco runs` does one thing at a time: --damaged, --deleted, --delete, --set-aside, --restore or "
            "--empty-trash."
        )
    if acts:
        said = acts[0]()
        print_json({"done": said}) if as_json else out().print(said, markup=False)
    elif damaged:
        removing.list_damaged(store, as_json)
    elif deleted:
        removing.list_removed(store, as_json)
    else:
        _list(store, as_json)


def _list(store: RunStore, as_json: bool) -> None:
    now = store.survey()
    rows = [run_row(run) for run in now.views]
    for reason in now.damaged.values():
        err().print(f"left out: {reason}", markup=False)
    if now.damaged:
        err().print("`reco runs --damaged` says what can be done.", markup=False)
    if as_json:
        print_json({"runs": rows})
    elif not rows:
        out().print("No runs yet: `reco train demo` trains one.")
    else:
        console = out()
        columns = WIDE_COLUMNS if is_wide(console) else NARROW_COLUMNS
        console.print(table(columns, [tuple(row[key] for key in columns) for row in rows]))


def show(run: RunName, folder: RunsFolder = None, as_json: AsJson = False) -> None:
    """Show a run: settings, curve, and figures beside the baselines."""
    chosen = store_at(folder).find(run)
    if as_json:
        print_json(run_json(chosen))
    else:
        print_run(out(), chosen)


def evaluate(
    run: RunName,
    k: TopK = 10,
    relevant_from: Annotated[
        float | None,
        typer.Option(
            metavar="STARS", help="Held-out items with at least this many stars count as relevant; by default, all do."
        ),
    ] = None,
    data: DataSource = None,
    folder: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Evaluate a run on its test rows again, beside the baselines, for lists of any length."""
    from reco_core.jobs.results.figures import test_and_baselines
    from reco_core.jobs.results.run_data import ratings_of

    chosen = store_at(folder).find(run)
    scorer = trained(chosen)
    ratings = ratings_of(chosen.info, data)
    found = test_and_baselines(chosen, scorer, ratings, k, relevant_from)
    if as_json:
        facts = {"run": chosen.id, "model": chosen.info.model, "dataset": ratings.name}
        facts |= {"k": k, "relevant_from": relevant_from, "metrics": found.pop("test")}
        print_json(facts | found)
        return
    columns = beside_baselines(chosen.info.model, found["test"], found["baselines"])
    out().print(figures_table(columns, f"{chosen.name} on the test rows of {ratings.name}"))
    out().print(found["protocol"], style="dim", markup=False)


def import_run(
    archive: Annotated[Path, typer.Argument(metavar="ZIP", help="A zip or folder written by `reco export`.")],
    folder: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Import an exported run; nothing in it is executed."""
    from reco_core.runs import RunStore

    run = RunStore(folder).import_(archive)
    if as_json:
        print_json(run_json(run))
    else:
        out().print(f"{run.name} is here as {run.id}", markup=False)
