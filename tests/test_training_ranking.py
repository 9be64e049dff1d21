"""Training of ranking models: negatives that nobody rated, NDCG by epoch, the best epoch, closed-form fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reco_core.events import EpochEnded, Progress, Stopped
from reco_core.models import MODELS, get_model
from reco_core.training import negatives
from reco_core.training.loop import Training
from reco_core.training.negatives import Negatives, RatedBits
from reco_core.training.steering import Steering
from tests.planted import planted, planted_split
from tests.planted_runs import epochs, training

PAIRS = [spec.name for spec in MODELS if spec.pairs]
CLOSED = [spec.name for spec in MODELS if spec.fit and not spec.predicts_stars]


def rated_pairs(n_users: int = 7, n_items: int = 50) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A random matrix of who rated what, and its pairs."""
    rated = np.random.default_rng(0).random((n_users, n_items)) < 0.4
    users, items = np.nonzero(rated)
    return rated, users.astype(np.int32), items.astype(np.int32)


def test_the_bits_say_exactly_who_rated_what() -> None:
    rated, users, items = rated_pairs()
    bits = RatedBits(*rated.shape)
    bits.set_rated(users, items)
    every = np.indices(rated.shape).astype(np.int32)
    assert bits.exact
    assert np.array_equal(bits.has(every[0], every[1]).numpy(), rated)


def test_shared_bits_never_forget_a_rating(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negatives, "_MOST_BITS", 256)
    rated, users, items = rated_pairs()
    bits = RatedBits(*rated.shape)
    bits.set_rated(users[:20], items[:20])
    assert not bits.exact
    assert bits.has(users[:20], items[:20]).numpy().all()
    assert bits.has(*np.indices(rated.shape).astype(np.int32)).numpy().mean() < 0.2


@pytest.mark.parametrize("compiled", [False, True])
def test_negatives_are_unrated_items_and_all_of_them(compiled: bool) -> None:
    import tensorflow as tf

    rated, users, items = rated_pairs()
    drawn = Negatives(*rated.shape)
    drawn.rated.set_rated(users, items)
    drawn.seed.assign([3, 0])
    asked = np.repeat(np.arange(len(rated), dtype=np.int32), 400)
    found, valid = tf.function(drawn.draw, jit_compile=compiled, autograph=False)(asked)
    found, valid = found.numpy(), valid.numpy()
    assert not rated[asked, found][valid == 1].any()
    assert 0.9 < valid.mean() <= 1
    seen = np.zeros_like(rated)
    seen[asked, found] = True
    assert (seen | rated).mean() > 0.99


def test_the_same_negatives_are_drawn_compiled_or_not() -> None:
    import tensorflow as tf

    found = []
    for compiled in (False, True):
        drawn = Negatives(5, 30)
        drawn.seed.assign([8, 2])
        draw = tf.function(drawn.draw, jit_compile=compiled, autograph=False)
        found.append(np.stack([draw(np.arange(5, dtype=np.int32))[0].numpy() for _ in range(3)]))
    assert np.array_equal(*found)
    assert not np.array_equal(found[0][0], found[0][1])


@pytest.mark.parametrize("name", PAIRS)
def test_epochs_carry_ndcg_and_no_stars(name: str) -> None:
    made = training(name, epochs=4)
    told = epochs(list(made.events()))
    assert all(e.rmse is e.val_rmse is e.val_loss is None for e in told)
    assert all(0 <= e.val_ndcg <= 1 and 0 <= e.ndcg <= 1 and e.val_error == 1 - e.val_ndcg for e in told)
    assert told[-1].loss < told[0].loss
    assert made.lines.keys() == {"popularity"}


@pytest.mark.parametrize("name", PAIRS)
def test_the_epoch_with_the_highest_ndcg_is_kept(name: str) -> None:
    made = training(name, epochs=12, patience=3, learning_rate=0.05)
    told = epochs(list(made.events()))
    best = max(told, key=lambda e: (e.val_ndcg, -e.epoch))
    assert made.best_epoch == best.epoch
    kept = training(name, epochs=12, patience=None, learning_rate=0.05)
    for event in kept.events():
        if isinstance(event, EpochEnded) and event.epoch == best.epoch:
            there = kept.arrays()
            break
    assert np.array_equal(made.arrays()["user_vectors"], there["user_vectors"])


@pytest.mark.parametrize("name", CLOSED)
def test_a_closed_form_is_scored_without_the_validation_rows_and_kept_with_them(name: str) -> None:
    split = planted_split()
    made = training(name, split=split)
    (ended,) = epochs(list(made.events()))
    assert 0 < ended.val_ndcg <= 1 and ended.loss is None
    none = np.empty(0, dtype=np.int64)
    whole = training(name, split=replace(split, train=split.known, validation=none))
    (without,) = epochs(list(whole.events()))
    assert without.val_ndcg is None and without.ndcg is not None
    assert all(np.array_equal(array, whole.arrays()[key]) for key, array in made.arrays().items())


class Asked(Steering):
    """Somebody asked to stop."""

    def between_chunks(self) -> str:
        return "asked"


def test_a_closed_form_stops_when_it_is_asked_and_has_no_result() -> None:
    spec = get_model("implicit_als")
    made = Training(spec, spec.parse({"dim": 4}), planted(), planted_split(), 0, steering=Asked())
    events = list(made.events())
    assert isinstance(events[-1], Stopped) and not epochs(events)
    assert made.arrays() == {} and not made.complete


def test_a_long_closed_form_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reco_core.training.closed_form._PROGRESS_EVERY", 0.0)
    told = [e for e in training("implicit_als", iterations=5).events() if isinstance(e, Progress)]
    shares = [e.rows_done / e.rows_total for e in told]
    assert len(told) == 10 and shares == sorted(shares) and shares[-1] == 1
