"""Names in the picture of stars against lists cover neither one another nor a point, at any width."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from pages.ui.charts.label_places import LETTER, LINE, Picture, Place, covers, places
from pages.ui.charts.rmse_vs_ndcg_chart import NO_STARS, TURN, lesson_chart, picture

BASELINES = {
    "Global mean": {"rmse": 1.125, "ndcg@10": 0.015},
    "User mean": {"rmse": 1.039, "ndcg@10": 0.015},
    "Item mean": {"rmse": 1.049, "ndcg@10": 0.001},
    "Damped biases": {"rmse": 0.956, "ndcg@10": 0.034},
    "Popularity": {"ndcg@10": 0.216},
}


def six_runs(close: float, seed: int) -> dict[str, dict[str, float]]:
    """Four runs of stars and two of rankings; the smaller `close`, the nearer to each other."""
    rng = np.random.default_rng(seed)
    stars = {
        f"Biased MF, dim {dim}, l2 0.0{dim % 7}": {"rmse": 0.9 + close * a, "ndcg@10": 0.08 + close * b}
        for dim, (a, b) in zip((8, 20, 40, 64), rng.random((4, 2)), strict=True)
    }
    lists = {f"{name} · 23:39": {"ndcg@10": 0.39 + close * rng.random()} for name in ("EASE", "BPR, dim 64")}
    return stars | lists


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("close", [0.01, 0.05, 0.2])
def test_six_runs_and_the_baselines_have_names_that_do_not_collide(close: float, seed: int) -> None:
    table = lesson_chart(six_runs(close, seed), BASELINES).table
    assert len(table) == 11
    for width in (230, 300, 380, TURN + 100, 640, 760, 900, 1_200, 1_500):
        shown = picture(table, width)
        before, column = ("number_", "number") if width < TURN else ("", "label")
        boxes = [
            Place(row[f"{before}align"], row[f"{before}dx"], row[f"{before}dy"]).box(point, row[column])
            for point, (_, row) in zip(shown.points, table.iterrows(), strict=True)
        ]
        for one, other in combinations([*boxes, *shown.words], 2):
            assert not covers(one, other), (width, one, other)


def test_a_name_without_a_free_place_is_its_number() -> None:
    same = {f"A run with a long name {n}": {"rmse": 0.9, "ndcg@10": 0.1} for n in range(12)}
    table = lesson_chart(same, {}).table
    assert set(table["label"]) & set(table["number"])


def test_words_of_the_strip_are_kept_free() -> None:
    shown = picture(lesson_chart({}, {"Popularity": {"ndcg@10": 0.2}}).table, 760)
    assert len(shown.words) == 1 and shown.words[0][2] - shown.words[0][0] == LETTER * len(NO_STARS)


def test_the_nearest_free_place_is_taken() -> None:
    alone = Picture([(100.0, 100.0)], 200, 200)
    assert places([alone], ["name"]) == [Place("center", 0, -16)]
    above = Picture([(100.0, 100.0)], 200, 200, [(80, 100 - 16 - LINE, 120, 100 - 10)])
    assert places([above], ["name"]) == [Place("center", 0, 17)]
    assert places([Picture([(1.0, 1.0)], 2, 2)], ["name"]) == [None]
