"""Keras layers whose vectors are sums over constants of a run: over the items a user rated, and over side features."""

from __future__ import annotations

from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from reco_core.models.keras_parts import Penalty, first_values
from reco_core.models.rated_matrix import RatedMatrix
from reco_core.models.spec import Arrays
from reco_core.models.weights import Weight


class MeanPenalty(Penalty):
    """l2 * sum of squares / rows: the squared length of a row, on average, whatever the size of the table."""

    def __call__(self, x: Any) -> Any:
        from keras import ops

        return self.strength * ops.sum(ops.square(x)) / x.shape[0]


class RatedConstants:
    """The matrix of who rated what as TensorFlow holds it, shared by the layers of a model; filled by `take`.

    dense: a whole matrix of users x items, which XLA compiles; else as sparse as it is, for the plain function alone.
    """

    def __init__(self, dense: bool) -> None:
        self.dense = dense
        self._held: dict[str, Any] = {}
        self._kept: WeakKeyDictionary[Any, dict[bool, Any]] = WeakKeyDictionary()
        self._taken: Arrays | None = None

    def take(self, context: Arrays, n_items: int) -> None:
        """The constants of a run, once however many layers ask for it."""
        if context is self._taken:
            return
        matrix = RatedMatrix.of(context, n_items)
        shares, users = matrix.shares(), matrix.users
        found = {"user_share": shares[0], "item_share": shares[1]}
        if self.dense:
            for name, values in (("rated", 1.0), ("deviations", matrix.deviations)):
                found[name] = np.zeros((len(matrix.start) - 1, n_items), dtype=np.float32)
                found[name][users, matrix.items] = values
        else:
            found["index"] = np.stack([users, matrix.items], axis=1)
            found["rated"], found["deviations"] = np.ones(len(users), dtype=np.float32), matrix.deviations
        for name, array in found.items():
            self._hold(name, array)
        self._taken = context

    def _hold(self, name: str, array: np.ndarray) -> None:
        """A variable of any length, so that another run's constants need no new trace; of fixed sizes where dense."""
        import tensorflow as tf

        if name in self._held:
            self._held[name].assign(array)
            return
        shape = array.shape if self.dense or name.endswith("share") else (None, *array.shape[1:])
        self._held[name] = tf.Variable(array, trainable=False, shape=tf.TensorShape(shape))

    def sums(self, table: Any, side: str, deviating: bool) -> Any:
        """For each user (or item) the sum over what was rated (or over its raters), times its share: [n, dim]."""
        import tensorflow as tf

        share = self._held[f"{side}_share"][:, None]
        if self.dense:
            matrix = self._held["deviations" if deviating else "rated"]
            return share * tf.matmul(matrix, table, transpose_a=side == "item")
        matrix, turned = self._matrix(deviating), side == "item"
        times = tf.raw_ops.SparseMatrixMatMul

        @tf.custom_gradient
        def product(x: Any) -> tuple[Any, Any]:
            return times(a=matrix, b=x, transpose_a=turned), lambda g: times(a=matrix, b=g, transpose_a=not turned)

        return share * product(table)

    def _matrix(self, deviating: bool) -> Any:
        """The sparse matrix as rows, worked out once in each traced function."""
        import tensorflow as tf

        kept = {} if tf.executing_eagerly() else self._kept.setdefault(tf.compat.v1.get_default_graph(), {})
        if deviating not in kept:
            shape = [self._held[f"{side}_share"].shape[0] for side in ("user", "item")]
            kept[deviating] = tf.raw_ops.SparseTensorToCSRSparseMatrix(
                indices=self._held["index"].read_value(),
                values=self._held["deviations" if deviating else "rated"].read_value(),
                dense_shape=tf.constant(shape, tf.int64),
            )
        return kept[deviating]

    def own(self, users: Any, items: Any, side: str, deviating: bool) -> Any:
        """What each pair itself adds to the sum, of a user (or item), as a factor of its row: [batch].

        The pairs must be among those rated.
        """
        import tensorflow as tf

        share = tf.gather(self._held[f"{side}_share"], users if side == "user" else items)
        if not deviating:
            return share
        if self.dense:
            return share * tf.gather_nd(self._held["deviations"].read_value(), tf.stack([users, items], axis=1))
        n_items = self._held["item_share"].shape[0]
        index = self._held["index"]
        place = tf.searchsorted(
            index[:, 0] * n_items + index[:, 1], tf.cast(users, tf.int64) * n_items + tf.cast(items, tf.int64)
        )
        return share * tf.gather(self._held["deviations"], place)


def _added(layer: Any, name: str, weight: Weight, penalty: Any) -> Any:
    """A table of a layer, by its entry in the layout."""
    return layer.add_weight(shape=weight.shape, initializer=first_values(weight), regularizer=penalty, name=name)


@cache
def _rated_sum() -> type:
    import keras
    import tensorflow as tf

    class RatedSum(keras.layers.Layer):
        """[batch], [batch] -> [batch, dim]: the sum for a user over what was rated, or for an item over its raters.

        In training a pair's own part is left out: nothing may be told of a rating by that rating.
        """

        def __init__(self, weight: Weight, rated: RatedConstants, penalty: Any, n_items: int) -> None:
            super().__init__(name=weight.name)
            self._weight, self._rated, self._n_items = weight, rated, n_items
            self._side = weight.name.partition("_")[0]
            self._deviating = weight.name.endswith("deviations")
            self.embeddings_regularizer, self.compiles = penalty, rated.dense

        def build(self, *_: Any) -> None:
            self.embeddings = _added(self, "embeddings", self._weight, self.embeddings_regularizer)

        def take(self, context: Arrays) -> None:
            """The constants of a run."""
            self._rated.take(context, self._n_items)

        def call(self, inputs: list[Any], training: bool = False) -> Any:
            users, items = inputs
            mine, others = (users, items) if self._side == "user" else (items, users)
            table = tf.convert_to_tensor(self.embeddings)
            found = tf.gather(self._rated.sums(table, self._side, self._deviating), mine)
            if training:
                own = self._rated.own(users, items, self._side, self._deviating)
                found -= own[:, None] * tf.gather(table, others)
            return found

        def compute_output_shape(self, input_shape: Any) -> tuple[Any, int]:
            return input_shape[0][0], self._weight.shape[1]

    return RatedSum


@cache
def _feature_sum() -> type:
    import keras
    import tensorflow as tf

    class FeatureSum(keras.layers.Layer):
        """[batch] -> [batch, width]: the features of a user or item, constants of a run, times a kernel."""

        def __init__(self, weight: Weight, source: str, penalty: Any) -> None:
            super().__init__(name=weight.name.removesuffix("_kernel"))
            self._weight, self._source, self._held = weight, source, {}
            self.kernel_regularizer = penalty

        def build(self, *_: Any) -> None:
            self.kernel = _added(self, "kernel", self._weight, self.kernel_regularizer)

        def take(self, context: Arrays) -> None:
            """The constants of a run."""
            if "features" in self._held:
                self._held["features"].assign(context[self._source])
            else:
                self._held["features"] = tf.Variable(context[self._source], trainable=False)

        def call(self, index: Any) -> Any:
            return tf.gather(tf.matmul(self._held["features"], tf.convert_to_tensor(self.kernel)), index)

        def compute_output_shape(self, input_shape: Any) -> tuple[Any, int]:
            return input_shape[0], self._weight.shape[1]

    return FeatureSum


def rated_sum(weight: Weight, rated: RatedConstants, penalty: Any, n_items: int) -> Any:
    """The layer that adds up the rows of a table for what was rated."""
    return _rated_sum()(weight, rated, penalty, n_items)


def feature_sum(weight: Weight, source: str, penalty: Any) -> Any:
    """The layer that turns side features, the constants named `source`, into vectors or biases."""
    return _feature_sum()(weight, source, penalty)
