"""Every figure that an evaluation gives: its name, title, range and what it says. Equations: docs/evaluation.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["stars", "ranking", "lists", "neighbours"]


@dataclass(frozen=True)
class Figure:
    """One figure. name and title hold {k} where it is one of the first k places.

    better: "less" or "more"; "neither" where it tells what the lists are like, and more of it is not simply better.
    span: the least and the greatest value, as text.
    """

    name: str
    title: str
    kind: Kind
    better: Literal["less", "more", "neither"]
    span: str
    says: str

    def at(self, k: int | str) -> Figure:
        """The figure of the first k places."""
        return replace(self, name=self.name.format(k=k), title=self.title.format(k=k))


def figure_text(value: float, sign: str = "") -> str:
    """A figure for people: four decimals, none from 1,000 on, three digits of what four decimals cannot show.

    sign: "+" for a difference, which is then written with its sign.
    """
    form = ",.0f" if abs(value) >= 1000 else ".4f" if abs(value) >= 1e-4 or value == 0 else ".3g"
    return f"{value:{sign}{form}}"


FIGURES = (
    Figure("rmse", "RMSE", "stars", "less", "0 .. scale", "Typical error in stars: root of the mean squared error."),
    Figure("mae", "MAE", "stars", "less", "0 .. scale", "Mean absolute error: how far predicted stars are off."),
    Figure("mse", "MSE", "stars", "less", "0 .. scale²", "Mean squared error: what most models minimise."),
    Figure("rounded_mae", "Rounded MAE", "stars", "less", "0 .. scale", "MAE after rounding to ratings on the scale."),
    Figure("ndcg@{k}", "NDCG@{k}", "ranking", "more", "0 .. 1", "How high held-out items rank: 1 is the ideal order."),
    Figure("recall@{k}", "Recall@{k}", "ranking", "more", "0 .. 1", "Share of the held-out items that are listed."),
    Figure("precision@{k}", "Precision@{k}", "ranking", "more", "0 .. 1", "Share of the list that was held out."),
    Figure("map@{k}", "MAP@{k}", "ranking", "more", "0 .. 1", "Mean precision at each hit: early hits count more."),
    Figure("mrr@{k}", "MRR@{k}", "ranking", "more", "0 .. 1", "One divided by the rank of the first hit."),
    Figure("hit_rate@{k}", "Hit rate@{k}", "ranking", "more", "0 .. 1", "Share of users with at least one hit."),
    Figure("coverage", "Coverage", "lists", "neither", "0 .. 1", "Share of all items that are in at least one list."),
    Figure("gini", "Gini", "lists", "neither", "0 .. 1", "Inequality of how often items are listed: 0 is even."),
    Figure("novelty", "Novelty", "lists", "neither", "0 .. log₂ users", "How little-known listed items are, in bits."),
    Figure("diversity@{k}", "Diversity@{k}", "lists", "neither", "0 .. 1", "How much the genres within a list differ."),
    Figure(
        "popularity_lift", "Popularity lift", "lists", "neither", "0 ..",
        "How popular the listed items are, relative to those the users had rated.",
    ),
    Figure(
        "genre_overlap", "Genre overlap", "neighbours", "more", "0 ..",
        "How much the genres of an item and its 10 nearest overlap, as a multiple of chance; vectors trained for stars "
        "need not be good for similarity, and a model that reads genres has an unfair advantage.",
    ),
    Figure(
        "raters_overlap", "Raters overlap", "neighbours", "neither", "0 .. 1",
        "Share of an item's 10 nearest that are also among its 10 nearest by who rated both.",
    ),
)  # fmt: skip


def figure_of(name: str) -> Figure | None:
    """The figure of a name such as ndcg@10; None for a name that is none."""
    stem, at, k = name.partition("@")
    wanted = f"{stem}@{{k}}" if at else stem
    return next((figure.at(k) for figure in FIGURES if figure.name == wanted), None)


def figures_in(names: Iterable[str]) -> list[Figure]:
    """The figures among these names, in the order of FIGURES; of one figure at several k, the least k first."""
    known = [figure for figure in map(figure_of, dict.fromkeys(names)) if figure is not None]
    order = {figure.name.partition("@")[0]: place for place, figure in enumerate(FIGURES)}
    return sorted(known, key=lambda figure: (order[figure.name.partition("@")[0]], _k(figure)))


def _k(figure: Figure) -> int:
    k = figure.name.partition("@")[2]
    return int(k) if k.isdecimal() else 0
