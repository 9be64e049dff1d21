"""`reco ensemble`: finished runs on one split as one run, the weighted mean of what they score."""

from __future__ import annotations

from typing import Annotated

import typer

from reco_core.cli.options import DataSource, RunsFolder, store_at
from reco_core.cli.output import AsJson, out, print_json
from reco_core.cli.show import beside_baselines, figures_table, run_json


def ensemble(
    names: Annotated[list[str], typer.Argument(metavar="RUN RUN ...", help="Two or more finished runs.")],
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="Name of the new run.")] = None,
    data: DataSource = None,
    folder: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Combine finished runs on one split into a new run, with weights fitted on the validation rows only."""
    from reco_core.jobs.results.ensembling import HOW_WEIGHTED, combine
    from reco_core.jobs.results.run_data import ratings_of

    store = store_at(folder)
    chosen = [store.find(text) for text in names]
    made = combine(store, chosen, name, lambda info: ratings_of(info, data))
    if as_json:
        print_json(run_json(made))
        return
    for run, weight in zip(chosen, made.settings.weights, strict=True):
        out().print(f"{weight:.3f}  {run.name}", markup=False)
    out().print(HOW_WEIGHTED, style="dim", markup=False)
    figures = made.metrics
    columns = beside_baselines(made.info.model, figures["test"], figures["baselines"])
    out().print(figures_table(columns, f"{made.name} on the test rows"))
    out().print(f"Kept as {made.id}", markup=False)
