"""The catalogue of models."""

from __future__ import annotations

from reco_core.errors import SettingsError
from reco_core.models import (
    baselines,
    bpr,
    ease,
    ensemble,
    factorisation,
    implicit_als,
    item_knn,
    neural,
    neural_ranking,
    svdpp,
    two_stage,
)
from reco_core.models.spec import ModelSpec

MODELS: tuple[ModelSpec, ...] = (
    factorisation.MF_BIAS,
    factorisation.MF,
    factorisation.MF_NONNEG,
    factorisation.MF_BCE,
    svdpp.SVDPP,
    neural.NEURAL_BIAS,
    neural.NEURAL,
    neural.NEURAL_WIDE,
    neural.DEEP_MLP,
    two_stage.DEEP_REGRESSOR,
    ease.EASE,
    implicit_als.IMPLICIT_ALS,
    bpr.BPR,
    neural_ranking.NEURAL_RANKING,
    item_knn.ITEM_KNN,
    baselines.GLOBAL_MEAN,
    baselines.USER_MEAN,
    baselines.ITEM_MEAN,
    baselines.BIAS,
    baselines.POPULARITY,
)


def get_model(name: str) -> ModelSpec:
    """The model of that name, also of runs that combine others; raises SettingsError that lists the names."""
    for spec in (*MODELS, *ensemble.COMBINED):
        if spec.name == name:
            return spec
    raise SettingsError(f"model must be one of {', '.join(spec.name for spec in MODELS)}; got {name}.")
