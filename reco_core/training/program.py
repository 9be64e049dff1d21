"""The compiled training step of one model shape, and the cache that keeps such programs warm."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from reco_core.models.spec import Arrays, ModelSpec, Settings, Shape
from reco_core.training.optimizers import Optimizer

# Settings that only change numbers: a program is the same whatever they are.
_NUMBERS = {"learning_rate", "decay", "schedule", "epochs", "patience", "batch_size", "init", "init_sd", "bias_init"}
_PENALTIES = {"l2", "bias_l2"}
_ELSEWHERE = {"table_epochs", "table_learning_rate", "table_l2", "center"}
_CHUNK_ROWS = 65_536
_CHUNK_STEPS = (8, 512)


@dataclass(frozen=True)
class Chunk:
    """Rows for one call: int32, int32, float32 and float32 (1, or 0 for padding), each [steps * batch]."""

    users: np.ndarray
    items: np.ndarray
    stars: np.ndarray
    weights: np.ndarray


def chunk_steps(batch_size: int) -> int:
    """Batches in one call: enough to hide its cost, few enough to stop soon."""
    low, high = _CHUNK_STEPS
    return max(low, min(high, _CHUNK_ROWS // batch_size))


class Program:
    """An ordinary Keras model with its optimiser, trained by one traced function that runs many batches a call.

    The model is built with a mean of 0: where a model adds the mean, it is passed in, so that another mean
    needs no new trace.
    """

    def __init__(self, spec: ModelSpec, settings: Settings, shape: Shape, batch_size: int, compiled: bool) -> None:
        import tensorflow as tf

        self.batch_size, self.steps, self.traces = batch_size, chunk_steps(batch_size), 0
        self.model = spec.build(settings, replace(shape, mean=0.0))
        self.weights = named_weights(self.model)
        self._optimizer = Optimizer(settings.optimizer, self.model.trainable_variables)
        self._shape, self._loss = shape, _LOSSES[settings.loss]
        rows = self.steps * batch_size
        signature = [tf.TensorSpec([rows], kind) for kind in (tf.int32, tf.int32, tf.float32, tf.float32)]
        signature += [tf.TensorSpec([], tf.int32), tf.TensorSpec([], tf.float32)]
        self._function = tf.function(self._batches, input_signature=signature, jit_compile=compiled, autograph=False)
        self._run: Any = None

    def reset(self, settings: Settings, arrays: Arrays, rng: np.random.Generator) -> None:
        """Back to the first values given, a new optimiser, and this run's penalties and dropout seeds."""
        self.load(arrays)
        self._optimizer.reset()
        for layer in self.model.layers:
            for penalty in _penalties(layer):
                penalty.strength.assign(getattr(settings, penalty.setting))
        for state in self._seeds().values():
            state.assign(rng.integers(0, 2**31, 2))

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
        return {layer.name: layer.seed_generator.state for layer in layers}

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
        if self._run is None:
            self._run = self._function.get_concrete_function()
        return self._run(
            chunk.users, chunk.items, chunk.stars, chunk.weights, np.int32(steps), np.float32(mean)
        ).numpy()

    def _batches(self, users: Any, items: Any, stars: Any, weights: Any, steps: Any, mean: Any) -> Any:
        """The traced function: `steps` batches, one after the other."""
        import tensorflow as tf

        self.traces += 1

        def batch(step: Any, totals: Any) -> tuple[Any, Any]:
            low = [step * self.batch_size]
            rows = (tf.slice(x, low, [self.batch_size]) for x in (users, items, stars, weights))
            return step + 1, totals + self._step(*rows, mean)

        return tf.while_loop(lambda step, _: step < steps, batch, [0, tf.zeros([2])], parallel_iterations=1)[1]

    def _step(self, users: Any, items: Any, stars: Any, weights: Any, mean: Any) -> Any:
        """Trains on one batch: (sum of the loss, sum of the clipped squared error in stars)."""
        import tensorflow as tf

        scale = self._shape.scale
        with tf.GradientTape() as tape:
            predicted = tf.reshape(self.model([users, items], training=True), [-1]) + mean
            loss = tf.reduce_sum(weights * self._loss(predicted, stars, scale))
            goal = tf.add_n([loss / tf.reduce_sum(weights), *self.model.losses])
        self._optimizer.apply(tape.gradient(goal, self.model.trainable_variables))
        missed = tf.clip_by_value(predicted, scale.min, scale.max) - stars
        return tf.stack([loss, tf.reduce_sum(weights * tf.square(missed))])


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


def _squared(predicted: Any, stars: Any, scale: Any) -> Any:
    import tensorflow as tf

    return tf.square(predicted - stars)


def _absolute(predicted: Any, stars: Any, scale: Any) -> Any:
    import tensorflow as tf

    return tf.abs(predicted - stars)


def _cross_entropy(predicted: Any, stars: Any, scale: Any) -> Any:
    """Binary cross-entropy of the rating's place on the scale, with probabilities kept 1e-6 off 0 and 1."""
    import tensorflow as tf

    place, truth = ((x - scale.min) / (scale.max - scale.min) for x in (predicted, stars))
    place = tf.clip_by_value(place, 1e-6, 1 - 1e-6)
    return -(truth * tf.math.log(place) + (1 - truth) * tf.math.log(1 - place))


_LOSSES = {"mse": _squared, "mae": _absolute, "bce": _cross_entropy}


class Programs:
    """The compiled programs of the shapes last trained, so that a warm worker compiles none of them again."""

    def __init__(self, capacity: int = 8) -> None:
        self._kept: OrderedDict[tuple, Program] = OrderedDict()
        self._capacity, self._gone = capacity, 0

    @property
    def traces(self) -> int:
        """How often a function was traced, ever."""
        return self._gone + sum(program.traces for program in self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, spec: ModelSpec, settings: Settings, shape: Shape, batch_size: int, compiled: bool) -> Program:
        """The program of this shape, made where it is not kept yet; the one used longest ago makes room."""
        key = _key(spec, settings, shape, batch_size, compiled)
        program = self._kept.pop(key, None) or Program(spec, settings, shape, batch_size, compiled)
        self._kept[key] = program
        while len(self._kept) > self._capacity:
            self._gone += self._kept.popitem(last=False)[1].traces
        return program


def _key(spec: ModelSpec, settings: Settings, shape: Shape, batch_size: int, compiled: bool) -> tuple:
    """What decides the traced function: the model's structure, sizes and scale, not the numbers in its settings."""
    structure = tuple(
        (name, value > 0 if name in _PENALTIES else value)
        for name, value in settings
        if name not in _NUMBERS and name not in _ELSEWHERE
    )
    sizes = (shape.n_users, shape.n_items, shape.scale)
    return (spec.name, structure, sizes, batch_size, compiled)
