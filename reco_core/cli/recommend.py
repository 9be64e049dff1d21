"""`reco recommend`: lists for a known user, for somebody new, for a changed mind, and for everybody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reco_core.cli.options import AtEpoch, DataSource, RunName, RunsFolder, TopK, item_facts, item_index, store_at
from reco_core.cli.output import AsJson, err, print_json
from reco_core.cli.recommend_output import Shown, reasons, say_changed, say_list
from reco_core.errors import SettingsError
from reco_core.shown_text import visible

if TYPE_CHECKING:
    from reco_core.models.fitted import Fitted
    from reco_core.ratings import Ratings
    from reco_core.recommend.rerank import ListSettings
    from reco_core.runs import Run

MODES = "recommend needs --user ID, --rate ITEM=STARS, or --all with --out FILE"


def recommend(
    run: RunName,
    user: Annotated[str | None, typer.Option(metavar="ID", help="A user's id.")] = None,
    rate: Annotated[
        list[str] | None,
        typer.Option(metavar="ITEM=STARS", help="A new user's rating, by id or title; with --user: a changed rating."),
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Lists for all users, written to --out.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="For --all: the .parquet or .csv file to write.")
    ] = None,
    k: TopK = 10,
    why: Annotated[bool, typer.Option("--why", help="Explain each entry.")] = False,
    blend: Annotated[
        str | None,
        typer.Option(metavar="RUN=WEIGHT", help="Blend in a second run's scores, with weight 0 to 1: bpr-run=0.5."),
    ] = None,
    damping: Annotated[
        float, typer.Option(help="Penalise items with few ratings: pseudo-ratings at the mean added to each.")
    ] = 0.0,
    min_ratings: Annotated[int, typer.Option(help="Only items with at least this many ratings.")] = 0,
    genre: Annotated[
        list[str] | None, typer.Option(help="Only items of this genre; repeatable for any of several.")
    ] = None,
    years: Annotated[
        str | None, typer.Option(metavar="FIRST-LAST", help="Only items of these years: 1990-1999, 1990- or -1999.")
    ] = None,
    diversity: Annotated[float, typer.Option(help="0 to 1: how different the entries should be.")] = 0.0,
    seen: Annotated[bool, typer.Option("--seen", help="Include items already rated.")] = False,
    epoch: AtEpoch = None,
    data: DataSource = None,
    runs: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Recommend unrated items: to a known user, to a new one, or to all users."""
    from reco_core.jobs.results.run_data import ratings_of
    from reco_core.recommend.rerank import ListSettings

    second, weight = _blend(blend)
    wanted = ListSettings(k, weight, damping, min_ratings, tuple(genre or ()), _years(years), not seen, diversity)
    if everybody == bool(user or rate) or everybody != (out is not None):
        raise SettingsError(f"{MODES}; got {_given(user, rate, everybody, out)}.")
    store = store_at(runs)
    chosen = store.find(run)
    model = _fitted(chosen, epoch)
    ratings = ratings_of(chosen.info, data)
    shown = Shown(chosen, ratings, epoch, why, as_json)
    if everybody:
        _everybody(shown, model, wanted, out)
    elif user and rate:
        if wanted != ListSettings(k):
            raise SettingsError("A changed rating (--user with --rate) takes no filters or reranking, only -k.")
        _changed(shown, model, user, _rated(ratings, rate), k)
    else:
        other = _fitted(store.find(second), None) if second else None
        _one(shown, model, other, wanted, user, _rated(ratings, rate or []))


def _one(
    shown: Shown, model: Fitted, other: Fitted | None, wanted: ListSettings, user: str | None, rated: dict[int, float]
) -> None:
    """The list of one user, known or new."""
    from reco_core.models.folding import Person
    from reco_core.recommend.recommend_to import recommend_to

    ratings = shown.ratings
    person = Person.new(rated) if user is None else Person.known(ratings, ratings.users.index_of(user, "user"))
    made = recommend_to(model, ratings, person, wanted, other)
    because = reasons(shown, model, person, made) if shown.why else None
    say_list(shown, user, rated, made, because)


def _changed(shown: Shown, model: Fitted, user: str, rated: dict[int, float], k: int) -> None:
    from reco_core.recommend.what_if import what_if

    index = shown.ratings.users.index_of(user, "user")
    say_changed(shown, user, rated, what_if(model, shown.ratings, index, dict(rated), k))


def _everybody(shown: Shown, model: Fitted, wanted: ListSettings, out: Path) -> None:
    """All lists into a file, with a bar on stderr."""
    import time

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from reco_core.recommend.batch import top_of_all
    from reco_core.recommend.files import check_target, write_lists
    from reco_core.recommend.item_features import ItemFacts
    from reco_core.recommend.rerank import allowed

    if wanted.blend or wanted.damping or wanted.diversity or not wanted.hide_seen or shown.why:
        raise SettingsError("Lists for --all take -k and the filters (--min-ratings, --genre, --years) only.")
    ratings = shown.ratings
    check_target(out, ratings, wanted.n)
    began = time.perf_counter()
    may_come = allowed(ItemFacts.of(ratings), wanted) if wanted.filters else None
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=err(), transient=True) as bar:
        task = bar.add_task("users", total=ratings.n_users)
        blocks = top_of_all(model.scorer, ratings, wanted.n, may_come)
        in_stars = model.spec.predicts_stars
        rows = write_lists(out, ratings, blocks, in_stars, lambda users: bar.update(task, completed=users))
    seconds = time.perf_counter() - began
    if shown.as_json:
        facts = {"users": ratings.n_users, "rows": rows, "seconds": round(seconds, 3), "file": str(out)}
        print_json(shown.facts | facts)
    else:
        print(f"{rows:,} recommendations for {ratings.n_users:,} users in {seconds:.1f} s: {visible(str(out))}")


def _fitted(run: Run, epoch: int | None) -> Fitted:
    if epoch is None:
        run.require_result()
    return run.fitted(epoch)


def _rated(ratings: Ratings, pairs: list[str]) -> dict[int, float]:
    """ITEM=STARS texts as item index -> stars; raises SettingsError and UnknownIdError."""
    rated: dict[int, float] = {}
    for pair in pairs:
        item, equals, stars = pair.rpartition("=")
        try:
            value = float(stars)
        except ValueError:
            equals = ""
        if not equals or not item.strip():
            raise SettingsError(f"--rate takes ITEM=STARS, such as 50=5; got {pair!r}.")
        index = item_index(ratings, item.strip())
        if index in rated:
            title = item_facts(ratings, index)["title"]
            raise SettingsError(f"Each item can be rated once; {title} was rated more than once.")
        rated[index] = value
    return rated


def _blend(text: str | None) -> tuple[str | None, float]:
    """(run, weight) of RUN=WEIGHT."""
    if text is None:
        return None, 0.0
    run, equals, weight = text.rpartition("=")
    try:
        return (run, float(weight)) if equals and run else _wrong(text)
    except ValueError:
        return _wrong(text)


def _wrong(text: str) -> Any:
    raise SettingsError(f"--blend takes RUN=WEIGHT, such as last=0.5; got {text!r}.")


def _years(text: str | None) -> tuple[int | None, int | None]:
    """(first, last) of 1990-1999, 1990-, -1999 or 1990."""
    if text is None:
        return None, None
    first, dash, last = text.strip().partition("-")
    last = last if dash else first
    if not (first or last) or not all(part.isdecimal() or not part for part in (first, last)):
        raise SettingsError(f"--years takes FIRST-LAST, such as 1990-1999, 1990- or -1999; got {text!r}.")
    return (int(first) if first else None), (int(last) if last else None)


def _given(user: str | None, rate: list[str] | None, everybody: bool, out: Path | None) -> str:
    named = {"--user": user, "--rate": rate, "--all": everybody, "--out": out}
    return " and ".join(name for name, value in named.items() if value) or "none of them"
