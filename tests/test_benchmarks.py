"""The harness of the benches: sections and goals, splits, trainings; peers are in test_benchmarks_peers.py."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import dataset, learning, section
from benchmarks.fitting import carved, fit
from benchmarks.folds import random_folds
from benchmarks.goals import Goal
from benchmarks.ranking import stratified
from benchmarks.section import NotMeasured, Section, markdown, read, save
from reco_core.evaluation import evaluate
from reco_core.models import get_model
from reco_core.split import SplitSettings, make_split
from tests.small_ratings import random_ratings

RANDOM = SplitSettings(kind="random", test_size=0.2, val_size=0.0, seed=3)


def a_section(**values) -> Section:
    return Section(**{"title": "Speed", "text": "How fast.", "columns": ["what", "s"], "rows": [["a", "1"]]} | values)


def test_a_goal_that_is_met_needs_no_words():
    assert Goal("time", 0.8, 0.5, "s").words == ""
    assert Goal("NDCG", 0.4, 0.41, at_least=True).met


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (
            Goal("time", 0.8, 1.2, "s", why="It compiles."),
            "measured here is 1.20 s, 50.0% above the goal of 0.80 s. It",
        ),
        (Goal("NDCG", 0.5, 0.4, digits=3, at_least=True), "measured here is 0.400, 20.0% below the goal of 0.500."),
        (Goal("fold", 1, None, why="There is no model."), "fold: not measured. There is no model."),
    ],
)
def test_a_missed_goal_says_its_limit_from_the_numbers(goal, words):
    assert words in goal.words
    assert goal.row[-1] in ("**missed**", "not measured")


def test_a_section_comes_back_as_it_was_kept(tmp_path):
    kept = a_section(goals=[Goal("time", 0.8, 1.2, "s")], notes=["A note."], seconds=3.0)
    save("speed", kept, ("speed",), tmp_path / "results", tmp_path / "REPORT.md")
    assert read(tmp_path / "results" / "speed.json") == kept


def test_the_report_keeps_its_order_whatever_is_measured_last(tmp_path):
    for name in ("second", "first"):
        save(name, a_section(title=name), ("first", "second"), tmp_path / "results", tmp_path / "REPORT.md")
    text = (tmp_path / "REPORT.md").read_text()
    assert text.index("## first") < text.index("## second")


def test_goals_stand_beside_the_figures_and_missed_ones_are_said():
    text = markdown(a_section(goals=[Goal("time", 0.8, 1.2, "s"), Goal("memory", 2, 1, "GB")]))
    assert "| time | ≤ 0.80 s | 1.20 s | **missed** |" in text
    assert "| memory | ≤ 2.00 GB | 1.00 GB | met |" in text
    assert text.count("\n- ") == 1


def test_an_unknown_section_is_refused_with_the_names(capsys):
    with pytest.raises(SystemExit):
        command.main(["nonsense"])
    assert "a section must be one of learning" in capsys.readouterr().err


def test_a_section_that_cannot_be_measured_says_so_in_the_report(monkeypatch, tmp_path):
    def cannot():
        raise NotMeasured("there is no data")

    kept = {}
    monkeypatch.setattr(command, "SECTIONS", {"speed": cannot})
    monkeypatch.setattr(command, "save", lambda name, section, order: kept.update({name: section}))
    assert command.main(["speed"]) == 0
    assert kept["speed"].text == "Not measured: there is no data"


def test_data_that_is_not_here_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv(dataset.FOLDER, str(tmp_path))
    with pytest.raises(
        NotMeasured, match=r"ml-1m is not here \(`--data FOLDER` with ml-1m.zip or ml-1m-ratings.csv.gz"
    ):
        dataset.ml_1m()


@pytest.mark.parametrize("by", ["item", "user"])
def test_the_published_split_trains_three_quarters_of_each_items_or_users_rows(by):
    ratings = random_ratings(1)
    split, groups = stratified(ratings, 42, by), getattr(ratings, f"{by}_index")
    assert np.array_equal(np.sort(np.concatenate([split.train, split.test])), np.arange(len(ratings)))
    trained = np.bincount(groups[split.train], minlength=groups.max() + 1)
    assert np.array_equal(trained, np.floor(0.75 * np.bincount(groups)))


@pytest.mark.parametrize("by", ["item", "user"])
def test_the_published_split_orders_the_rows_of_each_by_numpys_numbers(by):
    ratings = random_ratings(1)
    drawn = np.random.RandomState(42).rand(len(ratings))
    split, groups = stratified(ratings, 42, by), getattr(ratings, f"{by}_index")
    for one in range(groups.max() + 1):
        own = np.flatnonzero(groups == one)
        assert max(drawn[np.intersect1d(own, split.train)], default=0) < min(drawn[np.intersect1d(own, split.test)])


def test_random_folds_are_fifths_and_the_first_is_the_random_split():
    ratings = random_ratings(2)
    folds = random_folds(ratings)
    tested = np.concatenate([split.test for split in folds.values()])
    assert np.array_equal(np.sort(tested), np.arange(len(ratings)))
    random = make_split(ratings, SplitSettings(kind="random", test_size=0.2, val_size=0.0, seed=0))
    assert abs(len(random.test) - len(folds["random 1"].test)) <= 1
    assert len(np.intersect1d(random.test, folds["random 1"].test)) >= len(random.test) - 1


def test_validation_rows_are_drawn_as_the_split_draws_them():
    ratings = random_ratings(3)
    whole = make_split(ratings, RANDOM)
    asked = make_split(ratings, RANDOM.model_copy(update={"val_size": 0.1}))
    assert carved(whole, 3).fingerprint == asked.fingerprint


def test_a_fit_learns_from_all_rows_outside_the_test():
    ratings = random_ratings(4)
    split = make_split(ratings, RANDOM.model_copy(update={"val_size": 0.1}))
    found = fit(get_model("bias"), ratings, split)
    assert np.array_equal(found.trained_rows, split.known)
    whole = replace(split, train=split.known, validation=split.validation[:0])
    assert found.figures(ratings) == evaluate(found.spec, found.scorer, ratings, whole)


def test_learning_is_held_against_its_goals():
    ours = {"goal": 0.02, "epochs": 2, "final": 0.905}
    medians = {
        "warm": ours,
        "cold": ours | {"goal": 0.6},
        "notebook": {"goal": 6.0},
        "Cornac MF (C++) 3|defaults": {"goal": 0.01},
        "Surprise SVD 1|defaults": {"goal": 1.2},
    }
    goals = {goal.what: goal for goal in learning.goals(medians)}
    assert goals["shape never seen / model.fit"].measured == pytest.approx(0.1)
    assert goals["shape trained before / Cornac MF (C++) 3, defaults"].measured == pytest.approx(2.0)
    assert "2 epoch(s) take 20.0 ms" in goals["shape trained before / Cornac MF (C++) 3, defaults"].words
    assert goals["shape never seen / Surprise SVD 1, defaults"].met


def test_the_report_names_no_path_of_this_machine():
    assert not [line for line in section.REPORT.read_text().splitlines() if "/home" in line or "/tmp" in line]
