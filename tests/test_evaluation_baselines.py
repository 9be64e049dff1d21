import numpy as np
import pytest

from reco_core.errors import DataError
from reco_core.evaluation import PROTOCOL, evaluate
from reco_core.evaluation.baselines import BASELINES, baseline_metrics, reference_lines
from reco_core.evaluation.cold_start import cold_aware
from reco_core.models import get_model
from reco_core.split import Split, SplitSettings, make_split
from tests.small_ratings import TableScorer, random_ratings, small_ratings

RANKING = {"precision@10", "recall@10", "ndcg@10", "map@10", "mrr@10", "hit_rate@10"}
RANKING |= {"coverage", "gini", "novelty", "popularity_lift"}
STARS = {"mse", "rmse", "mae", "rounded_mae"}


def split_of(train: list[int], validation: list[int], test: list[int]) -> Split:
    parts = (np.array(rows, dtype=np.int64) for rows in (train, validation, test))
    return Split(SplitSettings(), *parts, cold_users=0, cold_items=0, left_out=0)


def test_every_baseline_has_both_kinds_of_figure_and_popularity_no_stars() -> None:
    ratings = random_ratings(0)
    metrics = baseline_metrics(ratings, make_split(ratings, SplitSettings()))
    assert tuple(metrics) == BASELINES
    for name, figures in metrics.items():
        assert set(figures) == (RANKING if name == "popularity" else RANKING | STARS)


def test_the_global_mean_is_that_of_the_known_rows() -> None:
    ratings = small_ratings([(0, 0, 2), (1, 0, 4), (0, 1, 3), (1, 1, 5)], 2, 2)
    metrics = baseline_metrics(ratings, split_of([0], [1, 2], [3]))
    assert metrics["global_mean"]["rmse"] == pytest.approx(5 - 3)


def test_popularity_ranks_by_the_number_of_known_ratings() -> None:
    rows = [(0, 0, 1), (1, 0, 1), (2, 0, 1), (0, 1, 5), (1, 2, 5), (3, 2, 5), (3, 0, 3)]
    ratings = small_ratings(rows, 4, 3)
    metrics = baseline_metrics(ratings, split_of([0, 1, 2, 3, 4, 5], [], [6]), k=1)
    assert metrics["popularity"]["recall@1"] == 1


def test_reference_lines_score_validation_rows_with_what_train_rows_teach() -> None:
    ratings = small_ratings([(0, 0, 2), (1, 0, 4), (0, 1, 5), (1, 1, 1)], 2, 2)
    lines = reference_lines(ratings, split_of([0, 1], [2], [3]))
    assert lines["global_mean"] == pytest.approx(5 - 3)
    assert set(lines) == {"global_mean", "bias"}


def test_without_validation_rows_the_lines_score_the_train_rows() -> None:
    ratings = small_ratings([(0, 0, 2), (1, 0, 4), (1, 1, 1)], 2, 2)
    assert reference_lines(ratings, split_of([0, 1], [], [2]))["global_mean"] == pytest.approx(1)


def test_the_noise_floor_is_the_error_of_the_planted_truth_on_the_rows_scored() -> None:
    expected = np.array([2, 4, 4.5, 1], dtype=np.float32)
    ratings = small_ratings([(0, 0, 2), (1, 0, 4), (0, 1, 5), (1, 1, 1)], 2, 2, expected=expected)
    assert reference_lines(ratings, split_of([0, 1], [2], [3]))["noise_floor"] == pytest.approx(0.5)


def test_users_and_items_without_a_trained_row_are_scored_as_unknown_ids() -> None:
    ratings = small_ratings([(0, 0, 3), (1, 1, 3), (2, 2, 3)], 3, 3)
    table = np.arange(9, dtype=float).reshape(3, 3)
    scorer = cold_aware(TableScorer(table, unknown=-5), ratings, np.array([0, 1]))
    assert scorer.score(np.array([0, 0, 2, -1]), np.array([1, 2, 0, 0])).tolist() == [1, -5, -5, -5]
    assert scorer.score_all(np.array([0, 2])).tolist() == [[0, 1, -5], [-5, -5, -5]]


def test_a_scorer_without_cold_ids_is_passed_through() -> None:
    ratings = small_ratings([(0, 0, 3), (1, 1, 3)], 2, 2)
    table = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert cold_aware(TableScorer(table), ratings, np.array([0, 1])).score_all(np.array([1, 0])).tolist() == [
        [3, 4],
        [1, 2],
    ]


def test_validation_rows_teach_closed_forms_but_not_models_trained_in_epochs() -> None:
    ratings = small_ratings([(0, 0, 3), (0, 1, 3), (0, 2, 4)], 1, 3)
    split, scorer = split_of([0], [1], [2]), TableScorer(np.array([[1.0, 2.0, 3.0]]), unknown=5)
    closed, trained = get_model("item_mean"), get_model("mf")
    held_is_validation = split_of([0], [1], [1])
    assert evaluate(closed, scorer, ratings, held_is_validation)["mae"] == 1  # item 1 has its own score, 2
    assert evaluate(trained, scorer, ratings, held_is_validation)["mae"] == 2  # item 1 is unknown, 5
    assert evaluate(trained, scorer, ratings, split, trained_rows=np.array([0, 1, 2]))["mae"] == 1


def test_a_split_without_test_rows_is_refused_in_one_sentence() -> None:
    ratings = small_ratings([(0, 0, 3), (0, 1, 4)], 1, 2)
    with pytest.raises(DataError, match="at least one held-out rating"):
        evaluate(get_model("popularity"), TableScorer(np.zeros((1, 2))), ratings, split_of([0, 1], [], []))


def test_the_protocol_says_what_the_figures_depend_on() -> None:
    for word in ("test rows", "clipped", "relevant", "candidates", "train or validation", "mean over users", "random"):
        assert word in PROTOCOL
