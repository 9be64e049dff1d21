"""What ranking models minimise: a rated item against items that were not rated, in TensorFlow."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from reco_core.models.spec import Settings, Shape
from reco_core.training.negatives import Negatives, RatedBits


class PairLoss(Protocol):
    """model: what is called, whose `losses` are added. seed: a variable that each batch moves on, or None."""

    model: Any
    seed: Any

    def set_rated(self, users: np.ndarray, items: np.ndarray) -> None:
        """The pairs that are trained on: int32 [n], int32 [n]."""

    def __call__(self, users: Any, items: Any, weights: Any) -> Any:
        """Sum of the loss of a batch's rows times their weights, inside a traced function."""


class Bpr:
    """-log sigmoid(s_ui - s_uj), the mean over `negatives` items j that u did not rate, drawn anew for each row.

    Rendle, Freudenthaler, Gantner, Schmidt-Thieme: BPR: Bayesian personalized ranking from implicit feedback. UAI 2009.
    """

    def __init__(self, settings: Settings, shape: Shape, model: Any) -> None:
        self.model, self._number = model, settings.negatives
        self._negatives = Negatives(shape.n_users, shape.n_items)
        self.seed = self._negatives.seed

    def set_rated(self, users: np.ndarray, items: np.ndarray) -> None:
        self._negatives.rated.set_rated(users, items)

    def __call__(self, users: Any, items: Any, weights: Any) -> Any:
        import tensorflow as tf

        again = tf.tile(users, [self._number])
        others, valid = self._negatives.draw(again)
        both = [tf.concat([users, again], axis=0), tf.concat([items, others], axis=0)]
        scores = tf.reshape(self.model(both, training=True), [1 + self._number, -1])
        losses = tf.nn.softplus(scores[1:] - scores[:1]) * tf.reshape(valid, [self._number, -1])
        return tf.reduce_sum(weights * tf.reduce_mean(losses, axis=0))


class BatchSoftmax:
    """Cross-entropy of each row's item among the items of its batch, each score less log of its share of all ratings.

    A batch holds an item as often as it is rated, so that much rated items would be pushed down without this
    correction (logQ). The user's other rated items, and other rows of the same item, are left out.
    Yi et al.: Sampling-bias-corrected neural modeling for large corpus item recommendations. RecSys 2019.
    """

    seed = None

    def __init__(self, settings: Settings, shape: Shape, model: Any) -> None:
        import keras
        import tensorflow as tf

        towers = [model.get_layer(f"{side}_tower").output for side in ("user", "item")]
        self.model, self._temperature = keras.Model(model.inputs, towers), settings.temperature
        self._rated = RatedBits(shape.n_users, shape.n_items)
        self._log_share = tf.Variable(tf.zeros([shape.n_items]), trainable=False)

    def set_rated(self, users: np.ndarray, items: np.ndarray) -> None:
        self._rated.set_rated(users, items)
        counts = np.bincount(items, minlength=self._log_share.shape[0])
        self._log_share.assign(np.log(np.maximum(counts, 1) / len(items)).astype(np.float32))

    def __call__(self, users: Any, items: Any, weights: Any) -> Any:
        import tensorflow as tf

        user_vectors, item_vectors = self.model([users, items], training=True)
        scores = tf.matmul(user_vectors, item_vectors, transpose_b=True) / self._temperature
        scores -= tf.gather(self._log_share, items)[None]
        own = tf.eye(tf.shape(users)[0], dtype=tf.bool)
        out = tf.logical_or(self._rated.has(users[:, None], items[None]), weights[None] == 0)
        scores = tf.where(tf.logical_and(out, tf.logical_not(own)), -1e9, scores)
        losses = tf.reduce_logsumexp(scores, axis=1) - tf.linalg.diag_part(scores)
        return tf.reduce_sum(weights * losses)


PAIRS: dict[str, type] = {"bpr": Bpr, "softmax": BatchSoftmax}
