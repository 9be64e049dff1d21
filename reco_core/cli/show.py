"""Runs as tables and JSON: figures, curves, settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console

from reco_core.cli.output import facts, setting, table

if TYPE_CHECKING:
    from reco_core.runs import Run, RunReading


def run_row(run: RunReading) -> dict[str, Any]:
    """A run in a list: who it is, how it stands, its best known figures."""
    figures = (run.metrics or {}).get("test", {})
    epochs = run.epochs()
    return {
        "run": run.id,
        "name": run.name,
        "model": run.info.model,
        "dataset": run.info.dataset,
        "split": run.info.split.kind,
        "seed": run.info.seed,
        "status": run.word,
        "epochs": epochs[-1].epoch if epochs else 0,
        "rmse": figures.get("rmse"),
        "ndcg@10": figures.get("ndcg@10"),
        "created": run.info.created.isoformat(),
    }


def run_json(run: Run) -> dict[str, Any]:
    """Everything about a run, as `train --json` and `show --json` print it."""
    from reco_core.jobs.results.figures import alarms_now

    state, started, finished, metrics = run.state, run.started, run.finished, run.metrics or {}
    keys = ("epoch", "stage", "loss", "val_loss", "rmse", "val_rmse", "ndcg", "val_ndcg", "seconds")
    found = {
        "run": run.id,
        "name": run.name,
        "model": run.info.model,
        "status": state.name,
        "diverged": run.diverged and not run.active,
        "reason": state.reason,
        "parameters": started.parameters if started else None,
        "epochs": [{key: getattr(epoch, key) for key in keys} for epoch in run.epochs()],
        "epochs_planned": run.planned_epochs or None,
        "changes": [
            {key: getattr(change, key) for key in ("epoch", "setting", "before", "after")} for change in run.changes()
        ],
        "snapshots": run.snapshots(),
        "best_epoch": finished.best_epoch if finished else None,
        "metrics": metrics.get("test"),
        "baselines": metrics.get("baselines"),
        "protocol": metrics.get("protocol"),
        "alarms": alarms_now(run),
        "lines": started.lines if started else {},
        "seconds": finished.seconds if finished else None,
        "created": run.info.created.isoformat(),
    }
    return found | _asked_for(run)


def _asked_for(run: Run) -> dict[str, Any]:
    """What the run was set to, and on which rows."""
    from reco_core.runs.chosen import chosen, command_of

    info, started = run.info, run.started
    rows = None
    if started:
        rows = {"train": started.n_train, "validation": started.n_validation, "test": started.n_test}
    return {
        "settings": info.settings,
        "differs": {row.name: row.value for row in chosen(info) if row.differs},
        "command": command_of(info),
        "notes": list(notes_of(run)),
        "preset": info.preset,
        "dataset": info.dataset,
        "dataset_fingerprint": info.dataset_fingerprint,
        "split": info.split.model_dump(mode="json"),
        "split_fingerprint": info.split_fingerprint,
        "rows": rows,
        "seed": info.seed,
        "refit": info.refit,
        "base_run": info.base_run,
        "versions": info.versions,
    }


def figures_table(columns: dict[str, dict[str, Any]], title: str = "") -> Any:
    """Figures as rows, and who reached them as columns: name -> figures."""
    from reco_core.evaluation.catalogue import figures_in

    known = figures_in(name for figures in columns.values() for name in figures)
    rows = [(one.name, *(figures.get(one.name) for figures in columns.values())) for one in known]
    return table(("", *columns), rows, title=title)


def beside_baselines(model: str, test: dict[str, Any], baselines: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The columns of a figures_table: the model, then the baselines."""
    named = {name.replace("_", "\n"): figures for name, figures in baselines.items()}  # so that 80 columns are enough
    return {"this run" if model in baselines else model: test, **named}


def print_alarms(console: Console, alarms: Sequence[Mapping[str, str]] | None) -> None:
    """Each alarm with its remedy; that none was found, where somebody looked."""
    for alarm in alarms or ():
        console.print(f"alarm: {alarm['sentence']}", style="yellow", markup=False)
        console.print(f"       {alarm['remedy']}", style="dim", markup=False)
    if alarms is not None and not alarms:
        console.print("No issues found by the automatic checks.", style="dim")


def notes_of(run: Run) -> tuple[str, ...]:
    """What the run's settings came to on its data, in sentences."""
    known = run.info.sizes is not None and run.spec.notes is not None
    return run.spec.notes(run.settings, run.shape) if known else ()


def print_run(console: Console, run: Run, curve: bool = True) -> None:
    """A run for people: what it was, how it went, its figures beside the baselines."""
    from reco_core.cli.progress import columns_of

    values = run_json(run)
    split = values["split"]
    described = {
        "run": values["run"],
        "name": values["name"],
        "status": f"{run.word}. {values['reason']}" if values["reason"] else run.word,
        "dataset": values["dataset"],
        "split": "{kind}, test {test_size:g}, validation {val_size:g}, seed {seed}".format(**split),
        "parameters": values["parameters"],
        "note": " ".join(values["notes"]),
        "best epoch": values["best_epoch"],
        "by hand": "  ".join(
            f"{change['setting']} {change['before']:g} -> {change['after']:g} after epoch {change['epoch']}"
            for change in values["changes"]
        ),
        "snapshots": " ".join(map(str, values["snapshots"])),
        "differs": " ".join(f"{key}={value or '(empty)'}" for key, value in values["differs"].items())
        or "in nothing from the defaults",
        "settings": " ".join(f"{key}={setting(value)}" for key, value in values["settings"].items()),
        "again": values["command"],
        "seconds": "  ".join(f"{key} {value:.2f}" for key, value in (values["seconds"] or {}).items()),
    }
    console.print(facts((key, value) for key, value in described.items() if value not in (None, "")))
    if curve and values["epochs"]:
        columns = columns_of(run)
        rows = [tuple(epoch[key] for key in columns) for epoch in _thinned(values["epochs"])]
        console.print(table(columns, rows))
    if values["metrics"]:
        columns = beside_baselines(values["model"], values["metrics"], values["baselines"])
        console.print(figures_table(columns, "On the test rows"))
        console.print(values["protocol"], style="dim", markup=False)
    print_alarms(console, values["alarms"])


def _thinned(epochs: list[dict[str, Any]], most: int = 20) -> list[dict[str, Any]]:
    """At most so many epochs, evenly spread, the first and the last among them."""
    if len(epochs) <= most:
        return epochs
    last = len(epochs) - 1
    return [epochs[round(i * last / (most - 1))] for i in range(most)]
