"""docs/evaluation.md names every figure and every alarm, with the thresholds that the code has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pages.ui.evaluation.alarm_list import ICONS
from reco_core.evaluation.alarms import NORM_POPULARITY, OUTSIDE, OVERLAP
from reco_core.evaluation.catalogue import FIGURES, figure_of, figure_text, figures_in
from reco_core.evaluation.evidence import ALIVE, USERS

DOC = (Path(__file__).parents[1] / "docs" / "evaluation.md").read_text("utf-8")
FOUND = [re.match(r"\| `([\w@]+)` \|", row) for row in DOC.splitlines()]
ROWS = {match[1]: match.string for match in FOUND[::-1] if match}


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_every_figure_has_a_row_that_says_what_it_misses(figure):
    row = ROWS[figure.at("k").name]
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
    assert len(cells) >= 4 and all(cells[1:2] + cells[-1:])


@pytest.mark.parametrize("name", ICONS)
def test_every_alarm_has_a_row(name):
    assert name in ROWS


def test_thresholds_are_those_of_the_code():
    assert f"> {OVERLAP}" in ROWS["collapse"] and f"at most {USERS} users" in ROWS["collapse"]
    assert f"above {NORM_POPULARITY}" in ROWS["norm_follows_popularity"]
    assert f"{OUTSIDE:.0%}".replace("%", " %") in ROWS["outside_scale"]
    assert f"{ALIVE:.0%}".replace("%", " %") in ROWS["dead_dimensions"]


def test_figures_are_found_by_name_and_put_in_order():
    assert figure_of("ndcg@20").title == "NDCG@20" and figure_of("hit_rate@5").better == "more"
    assert figure_of("ndcg") is None and figure_of("nothing@10") is None
    names = ["gini", "ndcg@100", "ndcg@20", "unknown", "rmse", "gini"]
    assert [figure.name for figure in figures_in(names)] == ["rmse", "ndcg@20", "ndcg@100", "gini"]


@pytest.mark.parametrize(
    ("value", "text", "difference"),
    [
        (0.9512, "0.9512", "+0.9512"),
        (57_676.2296, "57,676", "+57,676"),
        (0.0, "0.0000", "+0.0000"),
        (3.21e-7, "3.21e-07", "+3.21e-07"),
    ],
)
def test_a_figure_of_any_scale_is_written_so_that_it_can_be_read(value, text, difference):
    assert (figure_text(value), figure_text(value, "+")) == (text, difference)
