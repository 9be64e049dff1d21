"""The plan of a run: its stages, each some epochs at one learning rate."""

from __future__ import annotations

from reco_core.models.spec import Settings, Stage


def stages_of(settings: Settings) -> tuple[Stage, ...]:
    """The first stage from `epochs` and `learning_rate`, then those of `schedule`."""
    pairs = ((settings.epochs, settings.learning_rate), *settings.schedule)
    return tuple(Stage(f"stage {n}" if n > 1 else "training", *pair) for n, pair in enumerate(pairs, start=1))


def cut(settings: Settings, epochs: int) -> Settings:
    """The same settings for exactly that many epochs in all, at the rates these had, and no early stopping."""
    pairs, left = [], epochs
    for length, rate in ((settings.epochs, settings.learning_rate), *settings.schedule):
        if left > 0:
            pairs.append((min(length, left), rate))
            left -= length
    first, *later = pairs
    decay = settings.decay
    if not later and settings.epochs > 1:
        # The rate falls evenly, so a stage cut short ends above its last rate.
        decay = 1.0 - (1.0 - decay) * (first[0] - 1) / (settings.epochs - 1)
    changed = {"epochs": first[0], "schedule": tuple(later), "decay": decay, "patience": None}
    return type(settings).model_validate(settings.model_dump() | changed)
