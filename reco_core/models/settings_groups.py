"""Groups of settings that models are put together from.

In a form they stand in the order of the bases, last first; a group that inherits another comes after it.
"""

from __future__ import annotations

from typing import ClassVar

from reco_core.models import fields
from reco_core.models.spec import Settings


class Vectors(Settings):
    """The length of the vectors."""

    dim: fields.Dim = 40


class Output(Settings):
    """From the raw output to stars."""

    output: fields.Output = "linear"
    units: fields.Units = None


class Centred(Output):
    """Whether the mean rating is added."""

    center: fields.Center = True


class Start(Settings):
    """How the tables begin."""

    init: fields.Init = "normal"
    init_sd: fields.InitSd = 0.01
    oov_row: fields.OovRow = False


class Penalties(Settings):
    """What large vectors cost."""

    l2: fields.L2 = 0.05
    l2_on: fields.L2On = "rows"


class Biases(Penalties):
    """The two bias tables."""

    bias_init: fields.BiasInit = "zeros"
    bias_l2: fields.BiasL2 = 0.005


class Training(Settings):
    """How a model learns, in epochs."""

    # About so many batches an epoch, where no batch size is given, let Adam settle in a few epochs at any size of data.
    steps_per_epoch: ClassVar[int] = 140
    # A model whose steps cost much whatever their size has larger batches than others, where the data is large.
    largest_batch: ClassVar[int] = 0

    loss: fields.Loss = "mse"
    optimizer: fields.Optimizer = "adam"
    learning_rate: fields.LearningRate = 0.003
    decay: fields.Decay = 0.1
    schedule: fields.Schedule = ()
    batch_size: fields.BatchSize = None
    epochs: fields.Epochs = 16
    patience: fields.Patience = 3
