"""Each update rule does what Keras's optimiser of the same name does."""

from __future__ import annotations

import numpy as np
import pytest

from reco_core.training.optimizers import Optimizer

GRADIENTS = [np.array(values, dtype=np.float32) for values in ([0.5, -2, 0], [0.1, 1, 0], [-3, 0.2, 1e-4])]


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("name", ["adam", "sgd", "adagrad", "rmsprop"])
def test_three_steps_equal_those_of_keras(name: str, compiled: bool) -> None:
    import keras
    import tensorflow as tf

    ours, theirs = (keras.Variable(np.array([1, -1, 0.5], dtype=np.float32)) for _ in range(2))
    optimizer, reference = Optimizer(name, [ours], 1000), keras.optimizers.get(name)
    optimizer.set_rate(0.01)
    reference.learning_rate.assign(0.01)
    for _ in range(2):
        for gradient in GRADIENTS:
            optimizer.apply([tf.constant(gradient)], compiled)
            reference.apply([tf.constant(gradient)], [theirs])
        assert ours.numpy() == pytest.approx(theirs.numpy(), abs=1e-5)


@pytest.mark.parametrize("name", ["adam", "adagrad", "rmsprop"])
def test_after_a_reset_the_same_step_is_taken_again(name: str) -> None:
    import keras
    import tensorflow as tf

    weight = keras.Variable(np.zeros(3, dtype=np.float32))
    optimizer = Optimizer(name, [weight], 1000)
    optimizer.set_rate(0.1)
    moved = []
    for _ in range(2):
        optimizer.reset()
        weight.assign(np.zeros(3, dtype=np.float32))
        for gradient in GRADIENTS:
            optimizer.apply([tf.constant(gradient)], compiled=False)
        moved.append(weight.numpy())
    assert np.array_equal(*moved)
    assert np.abs(moved[0]).max() > 0


@pytest.mark.parametrize("name", ["sgd", "rowwise_adagrad"])
def test_a_step_by_rows_equals_the_step_by_the_whole_table_and_leaves_other_rows_alone(name: str) -> None:
    import keras
    import tensorflow as tf

    by_rows, whole = (keras.Variable(np.ones((4, 2), dtype=np.float32)) for _ in range(2))
    rows = np.array([[0.5, -2], [0.1, 1]], dtype=np.float32)
    table = np.zeros((4, 2), dtype=np.float32)
    table[[3, 1]] = rows
    for weight, gradient in ((by_rows, tf.IndexedSlices(tf.constant(rows), tf.constant([3, 1]))), (whole, table)):
        optimizer = Optimizer(name, [weight], 10)
        optimizer.set_rate(0.1)
        for _ in range(3):
            optimizer.apply([gradient if weight is by_rows else tf.constant(gradient)], compiled=False)
    assert by_rows.numpy() == pytest.approx(whole.numpy(), abs=1e-6)
    assert (by_rows.numpy()[[0, 2]] == 1).all()


def test_rowwise_adagrad_divides_by_the_root_of_a_row_s_mean_squares_each_rating_by_itself() -> None:
    import keras
    import tensorflow as tf

    weight = keras.Variable(np.zeros((2, 2), dtype=np.float32))
    optimizer = Optimizer("rowwise_adagrad", [weight], 10)
    optimizer.set_rate(0.5)
    rows = np.array([[0.3, 0.1], [0.2, 0.0]], dtype=np.float32)  # of a mean over 2 ratings, both of row 1
    gradient = tf.IndexedSlices(tf.constant(rows), tf.constant([1, 1]))
    optimizer.apply([gradient], compiled=False, rows=tf.constant(2.0))
    of_each = 2 * rows.astype(float)
    sums = 0.1 + np.square(of_each).mean(axis=1).sum()
    assert weight.numpy()[1] == pytest.approx(-0.5 * of_each.sum(axis=0) / sums**0.5, abs=1e-6)


def test_a_constraint_holds_after_every_step() -> None:
    import keras
    import tensorflow as tf

    weight = keras.Variable(np.ones(2, dtype=np.float32))
    weight.constraint = keras.constraints.NonNeg()
    optimizer = Optimizer("sgd", [weight], 1000)
    optimizer.set_rate(1.0)
    optimizer.apply([tf.constant([5.0, 0.5])], compiled=False)
    assert weight.numpy().tolist() == [0.0, 0.5]
