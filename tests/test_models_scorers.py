"""Numpy scorers and closed-form fits against answers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from reco_core.encode import RatingScale
from reco_core.models import get_model, scorers
from reco_core.models.output_scale import sigmoid
from reco_core.models.spec import Shape
from reco_core.models.weights import Weight, draw, with_unseen_rows

SHAPE = Shape(2, 3, RatingScale(1, 5, 1), 3.0)
# Ratings of two users: (0, 0, 5), (0, 1, 4), (1, 0, 3); item 2 has none.
USERS, ITEMS, STARS = np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([5, 4, 3], dtype=np.float32)


def fitted(name: str, **settings: float) -> object:
    """The scorer of a closed-form model of the three ratings."""
    spec = get_model(name)
    parsed = spec.parse(settings)
    return spec.scorer(spec.fit(USERS, ITEMS, STARS, SHAPE, parsed), SHAPE, parsed)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("global_mean", [[4, 4, 4], [4, 4, 4], [4, 4, 4]]),
        ("user_mean", [[4.5, 4.5, 4.5], [3, 3, 3], [4, 4, 4]]),
        ("item_mean", [[4, 4, 4], [4, 4, 4], [4, 4, 4]]),
        ("popularity", [[2, 1, 0], [2, 1, 0], [2, 1, 0]]),
    ],
)
def test_baselines_by_hand(name: str, expected: list[list[float]]) -> None:
    assert fitted(name).score_all(np.array([0, 1, -1])).tolist() == expected


def test_damped_biases_by_hand() -> None:
    """mu = 4; b_item = (1 - 1)/(1 + 2) = 0 and 0/(1 + 1) = 0; b_user = (1 + 0)/(2 + 2) and -1/(2 + 1)."""
    scorer = fitted("bias", item_damping=1, user_damping=2)
    assert scorer.item_bias.tolist() == [0, 0, 0]
    assert scorer.user_bias == pytest.approx([1 / 4, -1 / 3])
    assert scorer.score(np.array([0, 1, -1]), np.array([2, 0, 0])) == pytest.approx([4.25, 4 - 1 / 3, 4])


def test_damping_of_zero_and_no_ratings_is_no_division_by_zero() -> None:
    assert np.isfinite(fitted("bias", item_damping=0, user_damping=0).score_all(np.array([0, 1, -1]))).all()


def test_dot_product_with_the_mean_by_hand() -> None:
    spec = get_model("mf")
    arrays = {
        "user_vectors": np.array([[1, 0], [0, 2]], dtype=np.float32),
        "item_vectors": np.array([[1, 1], [0, 1], [-1, 1]], dtype=np.float32),
    }
    scorer = spec.scorer(arrays, SHAPE, spec.parse({"dim": 2}))
    assert scorer.score_all(np.array([0, 1])).tolist() == [[4, 3, 2], [5, 5, 5]]
    assert scorer.score(np.array([-1]), np.array([0])) == pytest.approx(3 + 0.5 * 1 + 1 * 1)
    assert scorer.score(np.array([1]), np.array([-1])) == pytest.approx(3 + 2 * 1)


def test_a_row_for_unknown_ids_is_no_users_vector() -> None:
    spec = get_model("mf")
    arrays = {
        "user_vectors": np.array([[1], [3], [99]], dtype=np.float32),
        "item_vectors": np.array([[1], [1], [1], [99]], dtype=np.float32),
    }
    scorer = spec.scorer(arrays, SHAPE, spec.parse({"dim": 1, "oov_row": True, "center": False}))
    assert scorer.user_vectors.tolist() == [[1], [3]]
    assert scorer.score(np.array([-1]), np.array([-1])) == pytest.approx(2)


def test_sigmoid_output_in_each_unit_by_hand() -> None:
    spec = get_model("mf")
    arrays = {"user_vectors": np.zeros((2, 1), np.float32), "item_vectors": np.ones((3, 1), np.float32)}
    for units, stars in ((None, 3.0), ("unit", 3.0), ("share", 2.5)):
        settings = spec.parse({"dim": 1, "output": "sigmoid", "units": units})
        assert spec.scorer(arrays, SHAPE, settings).score(np.array([0]), np.array([1])) == pytest.approx(stars)


def test_sigmoid_has_no_overflow() -> None:
    with np.errstate(all="raise"):
        assert sigmoid(np.array([-1e4, 0.0, 1e4], dtype=np.float32)).tolist() == [0, 0.5, 1]


def test_scores_do_not_depend_on_the_size_of_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    spec, rng = get_model("neural"), np.random.default_rng(0)
    settings = spec.parse({"dim": 3, "layers": "5,4"})
    arrays = {w.name: rng.normal(size=w.shape).astype(np.float32) for w in spec.layout(settings, SHAPE)}
    users, items = rng.integers(0, 2, 50), rng.integers(0, 3, 50)
    whole = spec.scorer(arrays, SHAPE, settings)
    expected = whole.score(users, items), whole.score_all(users)
    monkeypatch.setattr(scorers, "_BLOCK", 40)
    assert np.allclose(whole.score(users, items), expected[0], atol=1e-6)
    assert np.allclose(whole.score_all(users), expected[1], atol=1e-6)


def test_a_network_without_hidden_layers_is_linear() -> None:
    spec = get_model("neural")
    settings = spec.parse({"dim": 1, "layers": "", "output": "linear", "center": False})
    arrays = {
        "user_vectors": np.array([[1], [2]], np.float32),
        "item_vectors": np.array([[1], [2], [3]], np.float32),
        "prediction_kernel": np.array([[10], [1]], np.float32),
        "prediction_bias": np.array([0.5], np.float32),
    }
    assert spec.scorer(arrays, SHAPE, settings).score_all(np.array([1])).tolist() == [[21.5, 22.5, 23.5]]


def test_only_rows_that_were_seen_count_in_the_mean() -> None:
    layout = (Weight("user_vectors", (4, 1), part="table"), Weight("hidden_1_kernel", (2, 2)))
    arrays = {"user_vectors": np.array([[1.0], [3.0], [50.0], [90.0]]), "hidden_1_kernel": np.ones((2, 2))}
    filled = with_unseen_rows(arrays, layout, {"user": np.array([True, True, False])})
    assert filled["user_vectors"].ravel().tolist() == [1, 3, 2, 2]
    assert arrays["user_vectors"].ravel().tolist() == [1, 3, 50, 90]


@pytest.mark.parametrize(
    ("init", "deviation"),
    [
        ("zeros", 0),
        ("uniform", 0.1 / 12**0.5),
        ("normal", 0.3),
        ("he_normal", (2 / 400) ** 0.5),
        ("glorot_uniform", (2 / 500) ** 0.5),
        ("glorot_normal", (2 / 500) ** 0.5),
    ],
)
def test_first_values_have_the_deviation_of_their_distribution(init: str, deviation: float) -> None:
    values = draw(Weight("w", (400, 100), init, 0.3), np.random.default_rng(0))
    assert values.dtype == np.float32
    assert values.std() == pytest.approx(deviation, rel=0.02)
    assert abs(values.mean()) <= 0.02 * deviation
    assert draw(Weight("w", (400, 100), init, 0.3, positive=True), np.random.default_rng(0)).min() >= 0
