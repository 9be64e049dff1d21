"""Rows in chunks of a fixed size: each row once an epoch, padding without weight; and the plan's arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reco_core.models import get_model
from reco_core.models.spec import Stage
from reco_core.training.plan import batch_size_for, compiling_pays, parts_of, rate_at
from reco_core.training.rows import Rows
from tests.planted import SCALE, planted


def numbered(n: int) -> Rows:
    """n rows whose user is their number."""
    index = np.arange(n, dtype=np.int32)
    return Rows(index, index * 2, index.astype(np.float32))


@given(st.integers(1, 300), st.integers(1, 40), st.integers(1, 5), st.integers(0, 9))
def test_every_row_has_weight_one_once_an_epoch(n: int, batch_size: int, steps: int, seed: int) -> None:
    chunks = list(numbered(n).chunks(batch_size, steps, False, np.random.default_rng(seed)))
    assert {len(chunk.users) for chunk, _, _ in chunks} == {batch_size * steps}
    counted = np.concatenate([chunk.users[chunk.weights == 1] for chunk, _, _ in chunks])
    assert sorted(counted) == list(range(n))
    assert sum(real for _, _, real in chunks) == n
    assert sum(batches for _, batches, _ in chunks) == -(-n // batch_size)
    assert all(np.array_equal(chunk.items, chunk.users * 2) for chunk, _, _ in chunks)


@given(st.integers(1, 300), st.integers(1, 40), st.integers(1, 5))
def test_whole_batches_hold_no_padding(n: int, batch_size: int, steps: int) -> None:
    chunks = list(numbered(n).chunks(batch_size, steps, True, np.random.default_rng(0)))
    assert sum(batches for _, batches, _ in chunks) == n // batch_size
    assert all((chunk.weights[: batches * batch_size] == 1).all() for chunk, batches, _ in chunks)


def test_many_rows_come_in_blocks_of_neighbours_that_are_shuffled_once_before() -> None:
    rows = numbered(70_001)
    (chunk, _, real), *rest = rows.chunks(1000, 71, False, np.random.default_rng(0))
    assert not rest and sorted(chunk.users[:real]) == list(range(70_001))
    assert np.mean(np.diff(chunk.users[:real]) == 1) == pytest.approx(15 / 16, abs=0.01)
    mixed = rows.shuffled(np.random.default_rng(0))
    assert np.array_equal(mixed.items, mixed.users * 2) and np.array_equal(mixed.stars, mixed.users)
    assert not np.array_equal(mixed.users, rows.users)


def test_of_very_many_users_the_rows_of_some_thousand_come_together_in_another_order_each_epoch() -> None:
    rng = np.random.default_rng(0)
    users = rng.integers(0, 16_384, 300_005).astype(np.int32)
    rows = Rows(users, np.arange(300_005, dtype=np.int32), np.zeros(300_005, dtype=np.float32)).shuffled(rng, True)
    first, second = ([chunk for chunk, _, _ in rows.chunks(1000, 301, False, rng)] for _ in range(2))
    assert rows.parts == 4
    assert sorted(first[0].items[:300_005]) == list(range(300_005))
    assert not np.array_equal(first[0].users[:1000], second[0].users[:1000])
    assert len(np.unique(first[0].users[:60_000])) < 4300


def test_rows_come_in_another_order_in_every_epoch_and_the_same_for_the_same_seed() -> None:
    def order(rng: np.random.Generator) -> list[int]:
        return [int(u) for chunk, _, _ in numbered(40).chunks(8, 5, False, rng) for u in chunk.users]

    rng = np.random.default_rng(0)
    first, second = order(rng), order(rng)
    assert first != second
    assert first == order(np.random.default_rng(0))


def test_errors_clip_the_predictions_for_the_rmse_and_not_for_the_loss() -> None:
    class AlwaysSeven:
        def score(self, users: np.ndarray, items: np.ndarray) -> np.ndarray:
            return np.full(len(users), 7, dtype=np.float32)

    rows = Rows(*(np.zeros(2, dtype=np.int32),) * 2, np.array([5, 3], dtype=np.float32))
    loss, rmse = rows.errors(AlwaysSeven(), "mse", SCALE)
    assert (loss, rmse) == (pytest.approx((4 + 16) / 2), pytest.approx((0 + 4) ** 0.5 / 2**0.5))
    assert rows.errors(AlwaysSeven(), "mae", SCALE)[0] == pytest.approx(3)
    assert rows.errors(AlwaysSeven(), "bce", SCALE)[0] > 0


def test_rows_of_a_dataset_and_which_ids_they_show() -> None:
    ratings = planted()
    rows = Rows.of(ratings, np.flatnonzero(ratings.user_index == 2))
    seen = rows.seen(ratings.n_users, ratings.n_items)
    assert np.flatnonzero(seen["user"]).tolist() == [2]
    assert seen["item"].sum() == len(rows)


@pytest.mark.parametrize(
    ("n_rows", "chosen"), [(10, 10), (500, 32), (72_000, 512), (720_000, 4096), (14_400_000, 65_536)]
)
def test_the_batch_size_grows_with_the_data(n_rows: int, chosen: int) -> None:
    assert batch_size_for(get_model("mf").parse(), n_rows) == chosen


def test_a_rule_that_works_by_rows_keeps_to_batches_that_fit_the_cache() -> None:
    settings = get_model("mf_bias").parse()
    assert [batch_size_for(settings, n) for n in (72_000, 19_200_000)] == [1024, 8192]


def test_a_batch_size_that_is_asked_for_is_kept() -> None:
    assert batch_size_for(get_model("mf").parse({"batch_size": 77}), 72_000) == 77


def test_compiling_pays_for_long_runs_without_dropout_only() -> None:
    notebook = get_model("mf").parse(preset="notebook-e")
    assert compiling_pays(notebook, 32, 72_000, 100)
    assert not compiling_pays(notebook, 32, 72_000, 1)
    assert not compiling_pays(get_model("deep_mlp").parse(preset="notebook-e"), 32, 72_000, 250)


def test_the_rate_of_a_stage_of_one_epoch_does_not_fall() -> None:
    assert rate_at(Stage("training", 1, 0.1), 1, 0.01) == 0.1


def test_two_stages_are_two_parts_unless_the_tables_are_given() -> None:
    spec = get_model("deep_regressor")
    settings = spec.parse(preset="notebook-b")
    first, second = parts_of(spec, settings)
    assert (first.spec.name, first.first, second.spec.name, second.first) == ("mf", 1, "deep_regressor", 2)
    assert (first.settings.dim, first.settings.learning_rate, first.settings.units) == (4, 2e-3, "share")
    assert [(s.epochs, s.learning_rate) for s in (*first.stages, *second.stages)] == [(10, 2e-3), (20, 1e-4)]
    assert [part.spec.name for part in parts_of(spec, settings, has_tables=True)] == ["deep_regressor"]
