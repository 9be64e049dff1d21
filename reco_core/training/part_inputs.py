"""What one part of a plan is trained with, the compiled program it needs, and its state before the first epoch."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from reco_core.models.spec import Arrays, Shape
from reco_core.training.checkpoint import Checkpoint
from reco_core.training.plan import Part, batch_size_for, compiling_pays
from reco_core.training.program import Program
from reco_core.training.programs import Programs
from reco_core.training.rows import Rows
from reco_core.training.steering import Steering
from reco_core.training.validation_ndcg import RankedRows


class NotFinite(Exception):
    """The loss is no longer a number; the message says what may help."""


@dataclass(frozen=True, eq=False)
class Material:
    """What a part is trained with: rows, shape, random numbers, and where it stands in the whole run.

    is_last: whether no other part follows; epochs_kept: those of the parts before; others: weights of other parts;
    context: the constants of the part's model; ranked: what a ranking model is scored on.
    """

    train: Rows
    validation: Rows
    shape: Shape
    rng: np.random.Generator
    steering: Steering
    began: float
    epochs_before: int
    epochs_planned: int
    part: int = 0
    is_last: bool = True
    epochs_kept: tuple[int, ...] = ()
    others: Arrays = field(default_factory=dict)
    context: Arrays = field(default_factory=dict)
    ranked: RankedRows | None = None


def program_for(
    part: Part, material: Material, programs: Programs, penalties: dict[str, float], compiled: bool | None = None
) -> Program:
    """The program of a part; a penalty that is 0 in the settings, and was changed by hand, needs another one.

    compiled: whether it runs as XLA code, as a training that goes on did before; None decides it.
    """
    rows, settings = len(material.train), part.settings
    batch_size = batch_size_for(settings, rows)
    epochs = sum(stage.epochs for stage in part.stages)
    new = {name: value for name, value in penalties.items() if value and not getattr(settings, name)}
    program = programs.get(part.spec, settings.model_copy(update=new), material.shape, batch_size)
    if compiled is None and compiling_pays(settings, batch_size, rows, epochs):
        compiled = True
    program.set_context(material.context)
    if program.pairs is not None:
        program.pairs.set_rated(material.train.users, material.train.items)
    program.use(compiled)
    return program


def beginning(material: Material, program: Program) -> Checkpoint:
    """The state before the part's first epoch."""
    return Checkpoint(
        part=material.part,
        part_began=material.epochs_before,
        stage=0,
        stage_epochs=0,
        epoch=material.epochs_before,
        waited=0,
        best_epoch=None,
        best_error=None,
        epochs_kept=material.epochs_kept,
        rate=None,
        penalties={},
        rng=material.rng.bit_generator.state,
        elapsed=time.perf_counter() - material.began,
        ended=None,
        compiled=program.compiled,
        others={name: array for name, array in material.others.items() if name not in program.weights},
        **program.state(),
    )
