"""What a run will do: its parts, stages, learning rates and batch size, all known before it starts."""

from __future__ import annotations

from dataclasses import dataclass

from reco_core.models.spec import ModelSpec, Settings, Stage
from reco_core.models.stages import cut
from reco_core.training.optimizers import works_by_rows

_BATCH_LIMITS = (32, 65_536)
# Where a step costs the rows of its batch alone, larger ones save nothing and leave the processor's cache.
_MOST_BY_ROWS = 8_192


@dataclass(frozen=True)
class Part:
    """One model to train, with the stages it goes through; `first` is the number of its first stage, from 1."""

    spec: ModelSpec
    settings: Settings
    stages: tuple[Stage, ...]
    first: int


def parts_of(spec: ModelSpec, settings: Settings, has_tables: bool = False) -> tuple[Part, ...]:
    """One part; or two where the model reads another's tables and these are not given."""
    stages = spec.stages(settings) if spec.stages else ()
    if spec.before is None:
        return (Part(spec, settings, stages, 1),)
    own = tuple(stage for stage in stages if stage.trains != "tables")
    if has_tables:
        return (Part(spec, settings, own, 1),)
    first_spec, first_settings = spec.before(settings)
    before = tuple(stage for stage in stages if stage.trains == "tables")
    return Part(first_spec, first_settings, before, 1), Part(spec, settings, own, 1 + len(before))


def batch_size_for(settings: Settings, n_rows: int) -> int:
    """The batch size asked for, or a power of two that gives about the model's steps_per_epoch; at most the rows."""
    if settings.batch_size is not None:
        return min(settings.batch_size, n_rows)
    low, high = _BATCH_LIMITS
    if works_by_rows(settings.optimizer):
        high = _MOST_BY_ROWS
    high = max(high, getattr(settings, "largest_batch", 0))
    chosen = 1 << max(0, round(n_rows / settings.steps_per_epoch).bit_length() - 1)
    return min(max(low, min(high, chosen)), n_rows)


def compiling_pays(settings: Settings, batch_size: int, n_rows: int, epochs: int) -> bool:
    """Whether XLA saves more than the seconds it costs, by what was measured on two cores.

    It saves about 0.3 ms a batch and 0.4 µs a rating, and costs 0.6-1 s once; with dropout it is slower than without.
    """
    if getattr(settings, "dropout", 0) or getattr(settings, "embedding_dropout", 0):
        return False
    steps = n_rows / batch_size * epochs
    return steps * (3e-4 + 4e-7 * batch_size) > 1.5


def rate_at(stage: Stage, epoch: int, decay: float) -> float:
    """Learning rate of a stage's epoch 1..epochs: from the full rate down to decay times it, evenly."""
    share = (epoch - 1) / (stage.epochs - 1) if stage.epochs > 1 else 0.0
    return stage.learning_rate * (1.0 - (1.0 - decay) * share)


def refit_settings(spec: ModelSpec, settings: Settings, epochs_kept: tuple[int, ...]) -> Settings:
    """The settings that train each part for as many epochs as validation chose, without early stopping."""
    refit = cut(settings, epochs_kept[-1])
    if spec.before is None:
        return refit
    # Both parts share `decay`, so it stays as it was where both are cut.
    changed = {"decay": settings.decay} | ({"table_epochs": epochs_kept[0]} if len(epochs_kept) > 1 else {})
    return type(settings).model_validate(refit.model_dump() | changed)
