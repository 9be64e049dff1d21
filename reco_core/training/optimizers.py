"""Update rules as single TensorFlow kernels: a step costs one operation per weight, compiled by XLA or not.

They compute what Keras's optimisers of the same name do with their defaults (rmsprop: at a batch of 1,000); on small
batches Keras's own, made of some fifteen operations per weight, take most of the time of a step. Rules that leave a row
without gradient as it is (sgd, rowwise_adagrad) work on the rows of the batch alone, whatever the size of the table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

EPSILON = 1e-7
_BETA_1, _BETA_2 = 0.9, 0.999  # Adam: Kingma, Ba, ICLR 2015
_RHO = 0.9  # RMSprop: share of the running mean of squares that is kept
# RMSprop: gradients are means over the batch, so this makes a rating count the same whatever the batch and the size of
# the data; rows with few ratings then move with care. Keras's 1e-7 is the same at a batch of 1,000.
_RMS_EPSILON = 0.1
_ADAGRAD_START = 0.1  # Adagrad: Duchi, Hazan, Singer, JMLR 12, 2011


@dataclass(frozen=True, eq=False)
class Now:
    """What a step is taken with: how many there were with it, the batch size, its rows, and whether XLA compiles it.

    rows: those that count; the last batch of an epoch has fewer of them than its size.
    """

    count: Any
    batch: int
    rows: Any
    compiled: bool


@dataclass(frozen=True)
class Rule:
    """step: (weight, slots, gradient, rate, now). starts: first value of a slot; scratch: slots that carry nothing.

    sparse: whether step takes the gradient of a table as rows and their numbers; by_row: slots hold a number a row.
    """

    starts: tuple[float, ...]
    step: Callable[[Any, list[Any], Any, Any, Now], None]
    scratch: int = 0
    sparse: bool = False
    by_row: bool = False

    def slot_shape(self, shape: Any) -> tuple[int, ...]:
        """The shape of the slots of a weight."""
        return (*shape[:-1], 1) if self.by_row and len(shape) > 1 else tuple(shape)


def works_by_rows(name: str) -> bool:
    """Whether a step of this optimiser costs the rows of its batch alone, whatever the size of the tables."""
    return _RULES[name].sparse


class Optimizer:
    """A rule with the slots of the weights it trains; the rate and the count of steps are variables."""

    def __init__(self, name: str, variables: list[Any], batch_size: int) -> None:
        import tensorflow as tf

        self._rule, self._variables, self._batch_size = _RULES[name], variables, batch_size
        starts = (*self._rule.starts, *(0.0,) * self._rule.scratch)
        self._slots = [
            [tf.Variable(tf.fill(self._rule.slot_shape(variable.shape), start), trainable=False) for start in starts]
            for variable in variables
        ]
        self._rate = tf.Variable(0.0, trainable=False)
        self._count = tf.Variable(0.0, trainable=False)

    @property
    def variables(self) -> list[Any]:
        """All that the next step depends on besides the rate, in a fixed order: what a checkpoint keeps."""
        kept = len(self._rule.starts)
        return [*(slot for slots in self._slots for slot in slots[:kept]), self._count]

    def set_rate(self, learning_rate: float) -> None:
        """The learning rate from the next step on."""
        self._rate.assign(learning_rate)

    def reset(self) -> None:
        """As before the first step."""
        import tensorflow as tf

        self._count.assign(0.0)
        for slots in self._slots:
            for slot, start in zip(slots, self._rule.starts, strict=False):
                slot.assign(tf.fill(slot.shape, start))

    def apply(self, gradients: list[Any], compiled: bool, rows: Any = None) -> None:
        """One step of every weight, then its constraint; compiled: whether this is being traced for XLA.

        gradients: of the mean over the batch; rows: how many of it count, all where it is not given.
        """
        import tensorflow as tf

        rows = float(self._batch_size) if rows is None else rows
        rate, now = self._rate.read_value(), Now(self._count.assign_add(1.0), self._batch_size, rows, compiled)
        for variable, slots, gradient in zip(self._variables, self._slots, gradients, strict=True):
            step = gradient if self._rule.sparse else tf.convert_to_tensor(gradient)
            self._rule.step(variable.value, slots, step, rate, now)
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value))


def _adam(weight: Any, slots: list[Any], gradient: Any, rate: Any, now: Now) -> None:
    import tensorflow as tf

    tf.raw_ops.ResourceApplyAdam(
        var=weight.handle,
        m=slots[0].handle,
        v=slots[1].handle,
        beta1_power=tf.pow(_BETA_1, now.count),
        beta2_power=tf.pow(_BETA_2, now.count),
        lr=rate,
        beta1=_BETA_1,
        beta2=_BETA_2,
        epsilon=EPSILON,
        grad=gradient,
    )


def _sgd(weight: Any, slots: list[Any], gradient: Any, rate: Any, now: Now) -> None:
    import tensorflow as tf

    if isinstance(gradient, tf.IndexedSlices):
        weight.scatter_sub(tf.IndexedSlices(rate * gradient.values, gradient.indices))
        return
    tf.raw_ops.ResourceApplyGradientDescent(var=weight.handle, alpha=rate, delta=gradient)


def _adagrad(weight: Any, slots: list[Any], gradient: Any, rate: Any, now: Now) -> None:
    import tensorflow as tf

    tf.raw_ops.ResourceApplyAdagradV2(var=weight.handle, accum=slots[0].handle, lr=rate, epsilon=EPSILON, grad=gradient)


def _rowwise_adagrad(weight: Any, slots: list[Any], gradient: Any, rate: Any, now: Now) -> None:
    """Adagrad with one sum of squares a row instead of one a number: Mudigere et al., ISCA 2022, section 4.1.

    A rating's gradient counts by itself and not as a share of its batch, so that batches of any size learn alike.
    """
    import tensorflow as tf

    (sums,) = slots
    if isinstance(gradient, tf.IndexedSlices):
        index, steps = gradient.indices, gradient.values * now.rows
        sums.scatter_add(tf.IndexedSlices(tf.reduce_mean(tf.square(steps), axis=-1, keepdims=True), index))
        weight.scatter_sub(tf.IndexedSlices(rate * steps * tf.math.rsqrt(tf.gather(sums, index)), index))
        return
    steps = gradient * now.rows
    squares = tf.square(steps)
    new = sums.assign_add(tf.reduce_mean(squares, axis=-1, keepdims=True) if len(weight.shape) > 1 else squares)
    weight.assign_sub(rate * steps * tf.math.rsqrt(new))


def _rmsprop(weight: Any, slots: list[Any], gradient: Any, rate: Any, now: Now) -> None:
    """The kernel also writes down each step, for a momentum of 0: left out where XLA makes one kernel of the rest."""
    import tensorflow as tf

    epsilon = _RMS_EPSILON / now.batch**2
    if now.compiled:
        mean = slots[0].assign_add((tf.square(gradient) - slots[0]) * (1 - _RHO))
        weight.assign_sub(rate * gradient * tf.math.rsqrt(mean + epsilon))
        return
    tf.raw_ops.ResourceApplyRMSProp(
        var=weight.handle,
        ms=slots[0].handle,
        mom=slots[1].handle,
        lr=rate,
        rho=_RHO,
        momentum=0.0,
        epsilon=epsilon,
        grad=gradient,
    )


_RULES = {
    "adam": Rule((0.0, 0.0), _adam),
    "sgd": Rule((), _sgd, sparse=True),
    "adagrad": Rule((_ADAGRAD_START,), _adagrad),
    "rmsprop": Rule((0.0,), _rmsprop, scratch=1),
    "rowwise_adagrad": Rule((_ADAGRAD_START,), _rowwise_adagrad, sparse=True, by_row=True),
}
