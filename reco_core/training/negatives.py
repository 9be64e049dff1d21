"""Items that a user did not rate, drawn inside the compiled loop."""

from __future__ import annotations

from typing import Any

import numpy as np

TRIES = 4
_MOST_BITS = 2**30  # 128 MB
_MIX = 0x9E3779B97F4A7C15  # 2**64 / golden ratio: Knuth's multiplicative hashing


class RatedBits:
    """Whether a user rated an item, one bit a pair: exact for up to a billion pairs (users times items).

    Beyond that pairs share bits by hashing, so that some others, as many per million as there are ratings per million
    bits, count as rated too: never the other way round.
    """

    def __init__(self, n_users: int, n_items: int) -> None:
        import tensorflow as tf

        cells = n_users * n_items
        self._n_items, self.exact = n_items, cells <= _MOST_BITS
        self._n_bits = -(-cells // 32) * 32 if self.exact else _MOST_BITS
        self._words = tf.Variable(tf.zeros([self._n_bits // 32], tf.int32), trainable=False)

    def set_rated(self, users: np.ndarray, items: np.ndarray) -> None:
        """Sets the pairs that are rated: int32 [n] and int32 [n]."""
        key = users.astype(np.int64) * self._n_items + items
        place = key if self.exact else (key * np.int64(_MIX - 2**64)) & (self._n_bits - 1)
        bits = np.zeros(self._n_bits, dtype=bool)
        bits[place] = True
        self._words.assign(np.packbits(bits, bitorder="little").view("<i4"))

    def has(self, users: Any, items: Any) -> Any:
        """For each pair of two int32 tensors that broadcast: bool, inside a traced function."""
        import tensorflow as tf

        place = tf.cast(users, tf.int64) * self._n_items + tf.cast(items, tf.int64)
        if not self.exact:
            place = tf.bitwise.bitwise_and(place * (_MIX - 2**64), tf.constant(self._n_bits - 1, tf.int64))
        words = tf.gather(self._words, tf.cast(place // 32, tf.int32))
        shifted = tf.bitwise.right_shift(words, tf.cast(place % 32, tf.int32))
        return tf.equal(tf.bitwise.bitwise_and(shifted, 1), 1)


class Negatives:
    """Uniform draws of items that the user did not rate; `seed` int32 [2] is all that the next draw depends on."""

    def __init__(self, n_users: int, n_items: int) -> None:
        import tensorflow as tf

        self.rated, self._n_items = RatedBits(n_users, n_items), n_items
        self.seed = tf.Variable([0, 0], dtype=tf.int32, trainable=False)

    def draw(self, users: Any) -> tuple[Any, Any]:
        """(items int32, 1.0 or 0.0 float32), each of the users' shape, inside a traced function.

        0.0 where all of TRIES draws were rated, so that no item may count: rare but for who rated nearly everything.
        """
        import tensorflow as tf

        shape = tf.concat([[TRIES], tf.shape(users)], axis=0)
        draws = tf.random.stateless_uniform(shape, self.seed, 0, self._n_items, tf.int32, alg="philox")
        self.seed.assign_add([0, 1])
        refused = self.rated.has(users[None], draws)
        items, missed = draws[-1], refused[-1]
        for n in reversed(range(TRIES - 1)):
            items = tf.where(refused[n], items, draws[n])
            missed = tf.logical_and(missed, refused[n])
        return items, 1.0 - tf.cast(missed, tf.float32)
