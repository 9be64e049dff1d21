"""How recommendations are said: tables for people, rows for JSON, and the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reco_core.cli.options import genres_text, item_facts, titled
from reco_core.cli.output import out, print_json, table
from reco_core.shown_text import NAME, shortened
from reco_core.stars_text import number, stars_word

if TYPE_CHECKING:
    from reco_core.models.fitted import Fitted
    from reco_core.models.folding import Person
    from reco_core.models.reasons import Why
    from reco_core.ratings import Ratings
    from reco_core.recommend.rerank import Reranked
    from reco_core.recommend.what_if import Side, WhatIf
    from reco_core.runs import Run

MOST_PARTS = 6


@dataclass(frozen=True)
class Shown:
    """What is said, and how."""

    run: Run
    ratings: Ratings
    epoch: int | None
    why: bool
    as_json: bool

    @property
    def in_stars(self) -> bool:
        return self.run.spec.predicts_stars

    @property
    def facts(self) -> dict[str, Any]:
        """The run, for JSON."""
        return {"run": self.run.id, "model": self.run.info.model, "epoch": self.epoch}

    def row(self, item: int, score: float, rank: int) -> dict[str, Any]:
        """One entry of a list."""
        stars = float(self.ratings.scale.clip(score)) if self.in_stars else None
        return item_facts(self.ratings, item) | {"rank": rank, "score": float(score), "stars": stars}

    def title(self, item: int) -> str:
        return titled(item_facts(self.ratings, item))


def say_list(
    shown: Shown, user: str | None, rated: dict[int, float], made: Reranked, because: list[Why] | None
) -> None:
    """One user's list, beside what the user rated highest or has just rated."""
    rows = [
        shown.row(int(item), float(score), rank) | {"models_rank": int(own)}
        for rank, (item, score, own) in enumerate(zip(made.item_index, made.score, made.places[0], strict=True), 1)
    ]
    liked = _liked(shown, user, rated, len(rows))
    if shown.as_json:
        if because is not None:
            rows = [row | {"why": _why_json(shown, one)} for row, one in zip(rows, because, strict=True)]
        known = {"user": None if user is None else shown.ratings.users.ids[shown.ratings.users.index_of(user)]}
        print_json(shown.facts | known | {"rated_highest": liked, "recommended": rows})
        return
    from reco_core.data.item_words import words_of

    console, words = out(), words_of(shown.ratings)
    scale = shown.ratings.scale
    cells = [(str(row["item"]), titled(row), genres_text(row), number(scale, row["rating"])) for row in liked]
    heading = "A new user rated" if user is None else f"User {shortened(user, NAME)} rated highest"
    console.print(table(("item", "title", "genres", "rated"), cells, title=heading))
    after = "" if shown.epoch is None else f", after epoch {shown.epoch}"
    moved = len(made.steps) > 1
    columns = ["", "item", "title", "genres", f"predicted {stars_word(scale)}" if shown.in_stars else "score"]
    cells = [
        [row["rank"], str(row["item"]), titled(row), genres_text(row), _figure(row)]
        + ([f"was {row['models_rank']:,}"] if moved else [])
        for row in rows
    ]
    title = f"{shown.run.name} recommends{after}"
    console.print(table((*columns, "model's own rank") if moved else columns, cells, title=title))
    if not rows:
        console.print(f"No recommendations: every {words.one} is already rated or filtered out.")
    for row, one in zip(rows, because or (), strict=False):
        console.print(f"{row['rank']}. {titled(row)}", style="bold", markup=False)
        console.print(f"   {_why_text(shown, one)}", markup=False)


def say_changed(shown: Shown, user: str, rated: dict[int, float], change: WhatIf) -> None:
    """Two lists beside each other: as it is, and with the changed ratings."""
    if shown.as_json:
        lists = {"before": _side_rows(shown, change.before), "after": _side_rows(shown, change.after)}
        changed = [item_facts(shown.ratings, item) | {"rating": stars} for item, stars in rated.items()]
        ids = shown.ratings.users
        print_json(shown.facts | {"user": ids.ids[ids.index_of(user)], "changed": changed} | lists)
        return
    what = ", ".join(f"{shown.title(item)} = {number(shown.ratings.scale, stars)}" for item, stars in rated.items())
    before, after = (_side_rows(shown, side) for side in (change.before, change.after))
    cells = [
        (old["rank"], titled(old), _figure(old), titled(new), _figure(new), f"was {place}" if place else "new")
        for old, new, place in zip(before, after, change.places, strict=True)
    ]
    person = f"User {shortened(user, NAME)} with {what}"
    heading = f"{person}; both lists are folded in from the ratings, so that nothing else differs"
    out().print(table(("", "actual rating", "", "with this rating", " ", "  "), cells, title=heading))


def reasons(shown: Shown, model: Fitted, person: Person, made: Reranked) -> list[Why]:
    """Why each entry of a list is in it."""
    from reco_core.recommend.explain import explain_all

    return explain_all(model, person, made.item_index.tolist())


def _liked(shown: Shown, user: str | None, rated: dict[int, float], k: int) -> list[dict[str, Any]]:
    from reco_core.recommend.top import rated_highest

    if user is None:
        pairs = sorted(rated.items(), key=lambda pair: -pair[1])
    else:
        pairs = zip(*rated_highest(shown.ratings, shown.ratings.users.index_of(user), max(k, 1)), strict=True)
    return [item_facts(shown.ratings, int(item)) | {"rating": float(stars)} for item, stars in pairs]


def _side_rows(shown: Shown, side: Side) -> list[dict[str, Any]]:
    pairs = zip(side.best.item_index, side.best.score, strict=True)
    return [shown.row(int(item), float(score), rank) for rank, (item, score) in enumerate(pairs, start=1)]


def _figure(row: dict[str, Any]) -> str:
    return f"{row['score'] if row['stars'] is None else row['stars']:.2f}"


def _why_json(shown: Shown, why: Why) -> dict[str, Any]:
    ids = shown.ratings.items.ids
    parts = [
        {"kind": part.kind, "value": part.value}
        | ({"dimension": part.index} if part.kind == "dimension" else {})
        | ({"item": ids[part.index]} if part.kind == "rated" else {})
        for part in why.parts
    ]
    near = [{"item": ids[item], "cosine": cosine} for item, cosine in why.near]
    return {"method": why.method, "start": why.start, "score": why.score, "parts": parts, "nearest_liked": near}


def _why_text(shown: Shown, why: Why) -> str:
    """The largest parts in words; what is left of them as one."""
    ranked = sorted(why.parts, key=lambda part: -abs(part.value))
    from reco_core.data.item_words import words_of

    kind = words_of(shown.ratings)
    interest = f"low-rated {kind.many}, which still count as interest"
    names = {"user": "this user", "item": f"this {kind.one}", "interest": interest}
    words = [
        f"{part.value:+.3f} "
        + (names.get(part.kind) or (f"dimension {part.index}" if part.kind == "dimension" else shown.title(part.index)))
        for part in ranked[:MOST_PARTS]
    ]
    rest = sum(part.value for part in ranked[MOST_PARTS:])
    near = ", ".join(shown.title(item) for item, _ in why.near[:3])
    liked = f"; similar liked {kind.many}: {near}" if near else ""
    if why.method == "left out":
        return f"change if a rating were removed: {', '.join(words) or 'nothing'}{liked}"
    if len(ranked) > MOST_PARTS:
        words.append(f"{rest:+.3f} from the other {len(ranked) - MOST_PARTS}")
    return f"{why.start:.3f} to start with, {', '.join(words)} = {why.score:.3f}{liked}"
