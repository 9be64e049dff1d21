"""`reco similar`: what a run learned of one item."""

from __future__ import annotations

from typing import Annotated

import typer

from reco_core.cli.options import (
    AtEpoch,
    DataSource,
    RunName,
    RunsFolder,
    TopK,
    item_facts,
    item_index,
    store_at,
    titled,
    trained,
)
from reco_core.cli.output import AsJson, out, print_json, table
from reco_core.errors import RunError


def similar(
    run: RunName,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="An item's id, or its title.")],
    k: TopK = 10,
    measure: Annotated[str, typer.Option(help="cosine, dot or euclidean.")] = "cosine",
    epoch: AtEpoch = None,
    data: DataSource = None,
    runs: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """The items whose vectors are nearest to one item's."""
    from reco_core.inspect.neighbours import nearest
    from reco_core.jobs.results.run_data import ratings_of

    chosen = store_at(runs).find(run)
    vectors = trained(chosen, epoch).item_vectors
    if vectors is None:
        raise RunError(f"Similar items need a model with item vectors; {chosen.info.model} has none.")
    ratings = ratings_of(chosen.info, data)
    index = item_index(ratings, item)
    found, scores = nearest(vectors, index, k, measure)
    rows = [item_facts(ratings, i) | {"score": float(score)} for i, score in zip(found, scores, strict=True)]
    asked = item_facts(ratings, index)
    if as_json:
        facts = {"run": chosen.id, "model": chosen.info.model, "epoch": epoch, "measure": measure}
        print_json({**facts, **asked, "similar": rows})
        return
    cells = [(str(row["item"]), titled(row), ", ".join(row["genres"]), row["score"]) for row in rows]
    heading = f"Most similar to {titled(asked)}{after(epoch)}"
    out().print(table(("item", "title", "genres", measure), cells, title=heading))


def after(epoch: int | None) -> str:
    """`, after epoch 3`, for a heading; nothing for a result."""
    return "" if epoch is None else f", after epoch {epoch}"
