"""`reco similar` and `reco recommend`: what a run learned, for one item and for one user."""

from __future__ import annotations

from typing import Annotated

import typer

from reco_core.cli.choose import (
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
    from reco_core.jobs.dataset import ratings_of

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
    heading = f"Most similar to {titled(asked)}{_after(epoch)}"
    out().print(table(("item", "title", "genres", measure), cells, title=heading))


def recommend(
    run: RunName,
    user: Annotated[str, typer.Option(metavar="ID", help="A user's id.")],
    k: TopK = 10,
    epoch: AtEpoch = None,
    data: DataSource = None,
    runs: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """What a user has not rated and would like best, beside what the user rated highest."""
    from reco_core.jobs.dataset import ratings_of
    from reco_core.recommend.top import rated_highest, top_n

    chosen = store_at(runs).find(run)
    scorer = trained(chosen, epoch)
    ratings = ratings_of(chosen.info, data)
    user_index = ratings.users.index_of(user, "user")
    liked = [
        item_facts(ratings, i) | {"rating": float(rating)}
        for i, rating in zip(*rated_highest(ratings, user_index, k), strict=True)
    ]
    top = top_n(scorer, ratings, user_index, k)
    stars = ratings.scale.clip(top.score) if chosen.spec.predicts_stars else [None] * len(top)
    best = [
        item_facts(ratings, i) | {"rank": rank, "score": float(score), "stars": star if star is None else float(star)}
        for rank, (i, score, star) in enumerate(zip(top.item_index, top.score, stars, strict=True), start=1)
    ]
    if as_json:
        facts = {"run": chosen.id, "model": chosen.info.model, "epoch": epoch, "user": ratings.users.ids[user_index]}
        print_json(facts | {"rated_highest": liked, "recommended": best})
        return
    console = out()
    cells = [(str(row["item"]), titled(row), ", ".join(row["genres"]), f"{row['rating']:g}") for row in liked]
    console.print(table(("item", "title", "genres", "rated"), cells, title=f"User {user} rated highest"))
    column = "predicted stars" if chosen.spec.predicts_stars else "score"
    cells = [
        (row["rank"], str(row["item"]), titled(row), ", ".join(row["genres"]), _shown(row["stars"], row["score"]))
        for row in best
    ]
    heading = f"{chosen.name} recommends{_after(epoch)}"
    console.print(table(("", "item", "title", "genres", column), cells, title=heading))


def _after(epoch: int | None) -> str:
    return "" if epoch is None else f", after epoch {epoch}"


def _shown(stars: float | None, score: float) -> str:
    return f"{score if stars is None else stars:.2f}"
