"""The training step of one model shape, as plain TensorFlow and, once it is compiled, as XLA code."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np

from reco_core.models.spec import Arrays, ModelSpec, Settings, Shape
from reco_core.training.losses import LOSSES
from reco_core.training.optimizers import Optimizer
from reco_core.training.pairs import PAIRS
from reco_core.tuning.tf_names import repeatable_names

_CHUNK_ROWS = 131_072
_CHUNK_STEPS = (8, 512)


@dataclass(frozen=True)
class Chunk:
    """Rows for one call: int32, int32, float32 and float32 (1, or 0 for padding), each [steps * batch]."""

    users: np.ndarray
    items: np.ndarray
    stars: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class KeptCode:
    """One program's XLA code outside the process: its key, whether code is there, what to do while it is compiled."""

    key: str = ""
    known: bool = False
    compiling: Callable[[], AbstractContextManager] = nullcontext


def chunk_steps(batch_size: int) -> int:
    """Batches in one call: enough to hide its cost, few enough to stop soon."""
    low, high = _CHUNK_STEPS
    return max(low, min(high, _CHUNK_ROWS // batch_size))


class Program:
    """An ordinary Keras model with its optimiser, trained by one traced function that runs many batches a call.

    The function is traced in a tenth of a second; its XLA code costs most of a second more, once, and then runs twice
    as fast or better. Both work on the same variables. `compiled` says which is used; `kept` is where XLA code outlives
    the process. The model is built with a mean of 0: where a model adds the mean, it is passed in, so that another mean
    needs no new trace.
    """

    def __init__(
        self,
        spec: ModelSpec,
        settings: Settings,
        shape: Shape,
        batch_size: int,
        kept: KeptCode | None = None,
    ) -> None:
        self.batch_size, self.steps, self.traces = batch_size, chunk_steps(batch_size), 0
        self.model = spec.keras_model(settings, replace(shape, mean=0.0))
        self.model.name = "model"  # not a number that counts the models of the process: XLA reads it
        self.weights = named_weights(self.model)
        self.compiled = False
        self.is_exact = spec.xla_exact
        self._kept = KeptCode() if kept is None else kept
        self._known = self._kept.known
        self._can_compile = all(getattr(layer, "compiles", True) for layer in self.model.layers)
        self._optimizer = Optimizer(settings.optimizer, self.model.trainable_variables, batch_size)
        self.pairs = PAIRS[spec.pairs](settings, shape, self.model) if spec.pairs else None
        self._shape, self._loss = shape, None if spec.pairs else LOSSES[settings.loss]
        self._functions: dict[bool, Any] = {}

    @property
    def has_code(self) -> bool:
        """Whether XLA code is there, in this process or on disk."""
        return True in self._functions or self._known

    def use(self, compiled: bool | None) -> None:
        """From the next batch on: XLA code or the plain function; None takes the code where it is there and exact."""
        wanted = self.has_code and self.is_exact if compiled is None else compiled
        self.compiled = wanted and self.compile()

    def compile(self) -> bool:
        """XLA code made, by a call of no batches; False where this machine has no XLA or it fails."""
        import tensorflow as tf

        if True not in self._functions and self._can_compile and xla_works():
            rows = np.zeros(self.steps * self.batch_size, dtype=np.int32)
            stars = rows.astype(np.float32)
            try:
                with repeatable_names(self._kept.key):
                    function = self._traced(True)
                with self._kept.compiling():
                    function(rows, rows, stars, stars, np.int32(0), np.float32(0))
            except tf.errors.OpError:  # such as a damaged file of code kept from an earlier process
                self._known = self._can_compile = False
                return False
            self._functions[True] = function
        return True in self._functions

    def reset(self, settings: Settings, arrays: Arrays, rng: np.random.Generator) -> None:
        """Back to the first values given, a new optimiser, and this run's penalties and dropout seeds."""
        self.load(arrays)
        self._optimizer.reset()
        for layer in self.model.layers:
            for penalty in _penalties(layer):
                penalty.strength.assign(getattr(settings, penalty.setting))
        for state in self._seeds().values():
            state.assign(rng.integers(0, 2**31, 2))

    def set_context(self, context: Arrays) -> None:
        """The constants of a run, for the layers that work with them; their sizes need no new trace."""
        for layer in self.model.layers:
            if context and hasattr(layer, "take"):
                layer.take(context)

    def change(self, setting: str, strength: float) -> bool:
        """Sets a penalty from the next batch on; False where the program has none and must be another one."""
        found = [p for layer in self.model.layers for p in _penalties(layer) if p.setting == setting]
        for penalty in found:
            penalty.strength.assign(strength)
        return bool(found)

    def state(self) -> dict[str, Arrays]:
        """Copies of weights, optimiser and seeds: with the penalties, all that the next batch depends on."""
        return {
            "weights": self.arrays(),
            "optimizer": {str(n): variable.numpy() for n, variable in enumerate(self._optimizer.variables)},
            "seeds": {name: state.numpy() for name, state in self._seeds().items()},
        }

    def restore(self, weights: Arrays, optimizer: Arrays, seeds: Arrays) -> None:
        """Back to a state; raises KeyError or ValueError where it is that of another model."""
        self.load(weights)
        for n, variable in enumerate(self._optimizer.variables):
            variable.assign(optimizer[str(n)])
        for name, state in self._seeds().items():
            state.assign(seeds[name])

    def _seeds(self) -> dict[str, Any]:
        layers = (layer for layer in self.model.layers if hasattr(layer, "seed_generator"))
        seeds = {layer.name: layer.seed_generator.state for layer in layers}
        return seeds if self.pairs is None or self.pairs.seed is None else seeds | {"negatives": self.pairs.seed}

    def load(self, arrays: Arrays) -> None:
        """Sets every weight by its name."""
        for name, variable in self.weights.items():
            variable.assign(arrays[name])

    def arrays(self) -> Arrays:
        """Every weight by its name, float32, as copies."""
        return {name: variable.numpy() for name, variable in self.weights.items()}

    def set_rate(self, learning_rate: float) -> None:
        """The learning rate from the next batch on."""
        self._optimizer.set_rate(learning_rate)

    def run(self, chunk: Chunk, steps: int, mean: float) -> np.ndarray:
        """Trains on the first `steps` batches: sums of the loss and of the clipped squared error in stars, [2]."""
        function = self._functions.get(self.compiled)
        if function is None:
            function = self._functions[self.compiled] = self._traced(self.compiled)
        rows = (chunk.users, chunk.items, chunk.stars, chunk.weights)
        return function(*rows, np.int32(steps), np.float32(mean)).numpy()

    def _traced(self, compiled: bool) -> Any:
        import tensorflow as tf

        rows = [tf.TensorSpec([self.steps * self.batch_size], kind) for kind in (tf.int32, tf.float32)]
        signature = [rows[0], rows[0], rows[1], rows[1], tf.TensorSpec([], tf.int32), tf.TensorSpec([], tf.float32)]
        batches = partial(self._batches, compiled)
        function = tf.function(batches, input_signature=signature, jit_compile=compiled, autograph=False)
        return function.get_concrete_function()

    def _batches(self, compiled: bool, users: Any, items: Any, stars: Any, weights: Any, steps: Any, mean: Any) -> Any:
        """The traced function: `steps` batches, one after the other."""
        import tensorflow as tf

        self.traces += 1
        a_step = self._step if self.pairs is None else self._pair_step

        def batch(step: Any, totals: Any) -> tuple[Any, Any]:
            low = [step * self.batch_size]
            rows = (tf.slice(x, low, [self.batch_size]) for x in (users, items, stars, weights))
            return step + 1, totals + a_step(compiled, *rows, mean)

        return tf.while_loop(lambda step, _: step < steps, batch, [tf.constant(0), tf.zeros([2])])[1]

    def _step(self, compiled: bool, users: Any, items: Any, stars: Any, weights: Any, mean: Any) -> Any:
        """Trains on one batch: (sum of the loss, sum of the clipped squared error in stars)."""
        import tensorflow as tf

        scale = self._shape.scale
        with tf.GradientTape() as tape:
            predicted = tf.reshape(self.model([users, items], training=True), [-1]) + mean
            loss = tf.reduce_sum(weights * self._loss(predicted, stars, scale))
            rows = tf.reduce_sum(weights)
            goal = tf.add_n([loss / rows, *self.model.losses])
        self._optimizer.apply(tape.gradient(goal, self.model.trainable_variables), compiled, rows)
        missed = tf.clip_by_value(predicted, scale.min, scale.max) - stars
        return tf.stack([loss, tf.reduce_sum(weights * tf.square(missed))])

    def _pair_step(self, compiled: bool, users: Any, items: Any, stars: Any, weights: Any, mean: Any) -> Any:
        """The same for a ranking model: (sum of the loss, 0)."""
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss, rows = self.pairs(users, items, weights), tf.reduce_sum(weights)
            goal = tf.add_n([loss / rows, *self.pairs.model.losses])
        self._optimizer.apply(tape.gradient(goal, self.model.trainable_variables), compiled, rows)
        return tf.stack([loss, 0.0])


@cache
def xla_works() -> bool:
    """Whether this machine's TensorFlow can compile with XLA."""
    import tensorflow as tf

    try:
        return bool(tf.function(lambda x: x + 1, jit_compile=True)(tf.constant(1)) == 2)
    except (tf.errors.OpError, NotImplementedError, ValueError):
        return False


def named_weights(model: Any) -> dict[str, Any]:
    """The weights of a Keras model by the names of its layout."""
    named = {}
    for layer in model.layers:
        for variable in layer.weights:
            name = layer.name if variable.name == "embeddings" else f"{layer.name}_{variable.name}"
            named[name] = variable
    return named


def _penalties(layer: Any) -> list[Any]:
    places = ("embeddings_regularizer", "activity_regularizer", "kernel_regularizer")
    return [penalty for place in places if (penalty := getattr(layer, place, None)) is not None]
