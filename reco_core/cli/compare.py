"""`reco compare`: runs ranked where they may be, else side by side with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reco_core.cli.options import DataSource, RunsFolder, store_at
from reco_core.cli.output import AsJson, err, out, print_json, setting, table
from reco_core.cli.show import figures_table, run_row
from reco_core.errors import RunError

if TYPE_CHECKING:
    from reco_core.jobs.results.comparison import Difference
    from reco_core.runs import RunReading

RANKED_BY = ("rmse", "ndcg@10")
BESIDE = ("global_mean", "bias", "popularity")


def compare(
    names: Annotated[list[str], typer.Argument(metavar="RUN RUN ...", help="Two or more runs.")],
    data: DataSource = None,
    folder: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Compare the figures and settings of several runs, and say which differences are significant."""
    from reco_core.jobs.results.comparison import best_first, differing, unfair

    store = store_at(folder)
    chosen = list({run.id: run for run in map(store.find, names)}.values())
    if len(chosen) < 2:
        raise RunError("A comparison needs at least two different runs.")
    warnings = unfair(chosen)
    for warning in warnings:
        err().print(f"warning: these figures are not comparable. {warning}", style="yellow", markup=False)
    ranked = {figure: best_first(chosen, figure) for figure in RANKED_BY}
    found = {} if warnings else _differences(chosen, data)
    settings = differing(chosen)
    if as_json:
        rows = [run_row(run) | {"metrics": (run.metrics or {}).get("test")} for run in chosen]
        facts = {"comparable": not warnings, "warnings": warnings, "runs": rows}
        facts["ranked"] = {figure: [run.id for run in runs] for figure, runs in ranked.items() if runs}
        facts["baselines"] = _baselines(chosen, bool(warnings))
        facts["differing"] = {name: {run.id: values.get(run.id) for run in chosen} for name, values in settings.items()}
        pairs = [_json(a, b, difference) for (a, b), several in found.items() for difference in several]
        print_json(facts | {"differences": pairs})
        return
    _print(chosen, ranked, found, settings, _baselines(chosen, bool(warnings)))


def _baselines(chosen: Sequence[RunReading], unfair: bool) -> dict[str, dict[str, Any]]:
    """The figures of the models without learning on the rows of all these runs; none where those differ."""
    kept = [] if unfair else [run.metrics["baselines"] for run in chosen if run.metrics]
    return {name: kept[0][name] for name in BESIDE if kept and name in kept[0]}


def _differences(chosen: Sequence[RunReading], data: str | None) -> dict[tuple[str, str], list[Difference]]:
    """The differences of every two runs that have a result, by their ids; none where the dataset is not here."""
    from reco_core.jobs.results.comparison import differences, held_out
    from reco_core.jobs.results.run_data import ratings_of

    scored = [run for run in chosen if run.has_result]
    if len(scored) < 2:
        return {}
    try:
        ratings = ratings_of(scored[0].info, data)
    except RunError as error:
        err().print(f"warning: no intervals. {error}", style="yellow", markup=False)
        return {}
    held = {run.id: held_out(run, ratings) for run in scored}
    return {(a, b): differences(held[a], held[b]) for a, b in combinations(held, 2)}


def _json(a: str, b: str, difference: Difference) -> dict[str, Any]:
    """A against b; `low` and `high` bound difference = a - b in the figure's own unit."""
    facts = {"a": a, "b": b, "figure": difference.figure, "more_than_chance": difference.more_than_chance}
    for name, interval in (("interval", difference.interval), ("over_users", difference.over_users)):
        if interval is not None:
            kept = ("a", "b", "difference", "low", "high", "share_below", "unit", "n", "resamples")
            facts[name] = {key: getattr(interval, key) for key in kept}
    return facts


def _print(
    chosen: Sequence[RunReading],
    ranked: dict[str, list[RunReading]],
    found: dict[tuple[str, str], list[Difference]],
    settings: dict[str, dict[str, Any]],
    baselines: dict[str, dict[str, Any]],
) -> None:
    """Figures beside the baselines, settings that differ, and the best run against each of the others, in sentences."""
    from reco_core.jobs.results.figures import alarms_now

    console = out()
    figures = {run.name: (run.metrics or {}).get("test", {}) for run in chosen}
    console.print(figures_table(figures | {name.replace("_", "\n"): row for name, row in baselines.items()}))
    for run in chosen:
        for alarm in alarms_now(run) or ():
            console.print(f"{run.name}: {alarm['sentence']}", style="yellow", markup=False)
    if settings:
        cells = [
            (name, *("" if run.id not in values else setting(values[run.id]) for run in chosen))
            for name, values in settings.items()
        ]
        console.print(table(("differs", *(run.name for run in chosen)), cells))
    for figure, runs in ranked.items():
        for other in runs[1:]:
            sentence = _sentence(runs[0], other, figure, found)
            if sentence:
                console.print(f"· {sentence}", markup=False)


def _sentence(best: RunReading, other: RunReading, figure: str, found: dict[tuple[str, str], list[Difference]]) -> str:
    from reco_core.jobs.results.comparison import verdict

    for (a, b), several in found.items():
        if {a, b} == {best.id, other.id}:
            names = (best.name, other.name) if a == best.id else (other.name, best.name)
            return next((verdict(one, *names) for one in several if one.figure == figure), "")
    return ""
