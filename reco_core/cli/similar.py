"""`reco similar`: the items that are most alike to one."""

from __future__ import annotations

from typing import Annotated

import typer

from reco_core.cli.options import (
    AtEpoch,
    DataSource,
    RunName,
    RunsFolder,
    TopK,
    genres_text,
    item_facts,
    item_index,
    store_at,
    titled,
    trained,
)
from reco_core.cli.output import AsJson, out, print_json, table
from reco_core.errors import SettingsError


def similar(
    run: RunName,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="An item's id, or its title.")],
    k: TopK = 10,
    by: Annotated[
        str | None,
        typer.Option(
            help="blend (the default): two thirds who rated both, one third what the model learned; learned or "
            "raters: one of the two alone; vectors: the model's vectors as they are."
        ),
    ] = None,
    measure: Annotated[
        str | None, typer.Option(help="Similarity of the vectors: cosine, dot or euclidean; implies --by vectors.")
    ] = None,
    min_ratings: Annotated[
        int, typer.Option(help="Leave out items with fewer ratings, unless too few remain.", min=0)
    ] = 20,
    epoch: AtEpoch = None,
    data: DataSource = None,
    runs: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Find the items most similar to one: by who rated both, by what a run learned, or by both."""
    from reco_core.inspect.neighbours import with_ratings
    from reco_core.jobs.results.neighbours import VECTORS, alike_of, choices_of, neighbours, raters_of
    from reco_core.jobs.results.run_data import ratings_of

    chosen = store_at(runs).find(run)
    by = by or (choices_of(chosen)[0] if measure is None else VECTORS)
    if measure is not None and by != VECTORS:
        raise SettingsError(f"--measure goes with --by {VECTORS}; got --by {by} --measure {measure}.")
    scorer = trained(chosen, epoch)
    ratings = ratings_of(chosen.info, data)
    index = item_index(ratings, item)
    alike = alike_of(chosen, scorer, raters_of(chosen, ratings), by)
    measure = measure or ("cosine" if by == VECTORS else None)
    usable = with_ratings(ratings.item_counts, min_ratings, index, wanted=k)
    found, scores = neighbours(scorer, alike, index, k, measure or "", usable)
    rows = [item_facts(ratings, i) | {"score": float(score)} for i, score in zip(found, scores, strict=True)]
    asked = item_facts(ratings, index)
    if as_json:
        facts = {"run": chosen.id, "model": chosen.info.model, "epoch": epoch, "by": by, "measure": measure}
        print_json({**facts, **asked, "similar": rows})
        return
    cells = [(str(row["item"]), titled(row), genres_text(row), row["score"]) for row in rows]
    heading = f"Most similar to {titled(asked)}{after(epoch)}"
    out().print(table(("item", "title", "genres", measure or by), cells, title=heading))


def after(epoch: int | None) -> str:
    """`, after epoch 3`, for a heading; nothing for a result."""
    return "" if epoch is None else f", after epoch {epoch}"
