"""Ensembles: what goes together, how it is weighted, and that the run holds its members whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reco_core import data
from reco_core.errors import RunError, SettingsError
from reco_core.export.script import script_of
from reco_core.jobs.results.comparison import differing, unfair
from reco_core.jobs.results.ensembling import combine, least_squares, weights_of
from reco_core.jobs.running.training_job import train_run
from reco_core.models import MODELS, get_model
from reco_core.models.ensemble import Member, members_of, to_arrays
from reco_core.runs import Run, RunStore
from reco_core.split import make_split
from reco_core.storage import StorageError
from tests.closed_folders import room_for
from tests.exporting import run_of
from tests.tiny import request_for, write_csv


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


def learned(source: Path, seed: int, **more: object) -> Run:
    """A finished run that has not seen the validation rows, with the first weights of its seed."""
    run = run_of(source, "mf_bias", settings={"dim": 3, "init_sd": 0.3 + seed}, **more)
    run.update(split_fingerprint=make_split(data.load(source), run.info.split).fingerprint)
    return run


def stars_of(run: Run, users: np.ndarray, items: np.ndarray) -> np.ndarray:
    return run.scorer().score(users, items)


def test_an_ensemble_predicts_the_weighted_mean_of_its_members(source: Path) -> None:
    members = [learned(source, 0), learned(source, 1)]
    run = combine(RunStore(), members)
    users, items = np.arange(4), np.array([0, 1, 2, -1])
    expected = sum(w * stars_of(m, users, items) for m, w in zip(members, run.settings.weights, strict=True))
    assert run.status == "finished"
    assert np.allclose(stars_of(run, users, items), expected, atol=1e-5)
    whole = run.scorer().score_all(np.array([0, 1]))
    assert np.allclose(whole[1, :3], stars_of(run, np.full(3, 1), np.arange(3)), atol=1e-5)


def test_it_needs_nothing_of_its_members_once_it_is_there(source: Path, tmp_path: Path) -> None:
    members = [learned(source, 0), learned(source, 1)]
    run = combine(RunStore(), members, name="both")
    before = stars_of(run, np.arange(4), np.arange(4))
    for member in members:
        RunStore().delete(member.id)
    RunStore().export(run.id, tmp_path / "both.zip")
    RunStore().delete(run.id)
    again = RunStore().import_(tmp_path / "both.zip")
    assert again.name == "both"
    assert np.array_equal(stars_of(again, np.arange(4), np.arange(4)), before)
    assert again.metrics["test"]["rmse"] > 0


def test_an_ensemble_that_does_not_fit_on_the_disk_is_not_there(source: Path) -> None:
    members = [learned(source, seed) for seed in (0, 1)]
    store = RunStore()
    before = sorted(store.root.rglob("*"))
    with pytest.raises(StorageError, match="needs room to write"), room_for(2000):
        combine(store, members)
    assert sorted(store.root.rglob("*")) == before


def test_weights_come_from_validation_rows_alone(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    members, ratings = [learned(source, 0), learned(source, 1)], data.load(source)
    split = make_split(ratings, members[0].info.split)
    asked = []
    score = type(members[0].scorer()).score
    monkeypatch.setattr(
        type(members[0].scorer()), "score", lambda self, u, i: asked.append(len(u)) or score(self, u, i)
    )
    weights = weights_of(members, ratings, split)
    assert set(asked) <= {len(split.validation), 4}  # four: the pairs that every scorer is checked with
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()


def test_a_member_that_saw_the_validation_rows_makes_all_weights_equal(source: Path) -> None:
    closed = RunStore().create(request_for(source, model="bias"))
    train_run(closed)
    run = combine(RunStore(), [RunStore().open(closed.id), learned(source, 0)])
    assert run.settings.weights == (0.5, 0.5)


def test_least_squares_finds_the_planted_weights_and_leaves_noise_out() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=4000)
    a, b = truth + rng.normal(size=4000), truth + rng.normal(size=4000) * 2
    weights = least_squares(np.stack([a, b, rng.normal(size=4000) * 9], axis=1), truth)
    assert weights.sum() == pytest.approx(1)
    assert weights[0] == pytest.approx(0.8, abs=0.03)
    assert weights[2] == pytest.approx(0, abs=0.02)


def test_least_squares_is_never_worse_than_the_best_member() -> None:
    rng = np.random.default_rng(1)
    truth = rng.normal(size=300)
    members = np.stack([truth + rng.normal(size=300) * s for s in (0.5, 1, 2)], axis=1)
    error = np.square(members @ least_squares(members, truth) - truth).mean()
    assert error <= np.square(members - truth[:, None]).mean(axis=0).min() + 1e-9


def test_rankings_are_combined_as_standard_scores(source: Path) -> None:
    members = []
    for model in ("popularity", "popularity"):
        members.append(RunStore().create(request_for(source, model=model)))
        train_run(members[-1])
    run = combine(RunStore(), [RunStore().open(member.id) for member in members])
    scores = run.scorer().score_all(np.array([0, 1]))
    assert run.info.model == "ranking_ensemble"
    assert np.allclose(scores.mean(axis=1), 0, atol=1e-5)
    assert np.allclose(scores.std(axis=1), 1, atol=1e-4)
    alone = members[0].scorer().score_all(np.array([0]))[0]
    assert np.allclose(scores[0], (alone - alone.mean()) / alone.std(), atol=1e-4)
    assert run.scorer().score(np.array([1]), np.array([2]))[0] == pytest.approx(scores[1, 2], abs=1e-5)


def test_what_does_not_go_together_is_refused_in_one_sentence(source: Path) -> None:
    one, other = learned(source, 0), learned(source, 1)
    store = RunStore()
    with pytest.raises(RunError, match="two or more different runs"):
        combine(store, [one, one])
    ranks = store.create(request_for(source, model="popularity"))
    with pytest.raises(RunError, match="finished"):
        combine(store, [one, ranks])
    train_run(ranks)
    with pytest.raises(RunError, match="all predict stars, or all rank"):
        combine(store, [one, store.open(ranks.id)])
    both = combine(store, [one, other])
    with pytest.raises(RunError, match="single runs"):
        combine(store, [one, both])


def test_runs_on_other_test_rows_are_refused(source: Path) -> None:
    one, other = learned(source, 0), learned(source, 1)
    other.update(split_fingerprint="0" * 16)
    one.update(split_fingerprint="1" * 16)
    with pytest.raises(RunError, match="on one split"):
        combine(RunStore(), [one, RunStore().open(other.id)])


def test_an_ensemble_is_not_trained_and_has_no_script(source: Path) -> None:
    assert not [spec for spec in MODELS if spec.family == "ensemble"]
    run = combine(RunStore(), [learned(source, 0), learned(source, 1)])
    with pytest.raises(RunError, match="is an ensemble"):
        script_of(run)
    with pytest.raises(SettingsError, match="combines finished runs"):
        get_model("ensemble").fit()


def test_members_survive_their_arrays_and_strange_ones_are_refused() -> None:
    spec = get_model("mf")
    member = Member(spec, spec.parse({"dim": 2}), 3.5, {"user_vectors": np.ones((2, 2), np.float32)})
    (again,) = members_of(to_arrays([member]))
    assert (again.spec, again.settings, again.mean) == (spec, member.settings, 3.5)
    assert np.array_equal(again.arrays["user_vectors"], member.arrays["user_vectors"])
    with pytest.raises(SettingsError, match="model of the catalogue"):
        members_of({"members": np.frombuffer(b'[{"model": "os", "settings": {}, "mean": 1}]', dtype=np.uint8)})


def test_an_ensemble_stands_beside_other_runs_in_a_comparison(source: Path) -> None:
    members = [learned(source, 0), learned(source, 1)]
    run = combine(RunStore(), members)
    assert "weights" in differing([*members, run])
    assert not unfair([*members, run])
