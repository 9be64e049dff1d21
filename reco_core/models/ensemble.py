"""Finished runs combined: the weighted mean of what they score. A run of its own, which holds its members whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator

from reco_core.errors import SettingsError
from reco_core.models import fields
from reco_core.models.fitted import Fitted
from reco_core.models.folding import Folded, fold_in
from reco_core.models.spec import Arrays, ModelSpec, Scorer, Settings, Shape

_FACTS = "members"
_USERS_AT_ONCE = 512
_MOST_MEMBERS = 50

Runs = Annotated[
    tuple[Annotated[str, Field(max_length=100)], ...],
    fields.described("Runs", "Ids of the combined runs.", "Model", max_length=_MOST_MEMBERS),
]
Weights = Annotated[
    tuple[Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)], ...],
    fields.described("Weights", "The weight of each run; they sum to 1.", "Model"),
]


class EnsembleSettings(Settings):
    """Which runs, and with what weights."""

    runs: Runs = ()
    weights: Weights = ()

    @model_validator(mode="after")
    def _fit_together(self) -> EnsembleSettings:
        if len(self.runs) != len(self.weights) or (self.runs and abs(sum(self.weights) - 1) > 1e-3):
            raise ValueError(f"weights must be one for each of the {len(self.runs)} runs and sum to 1.")
        return self


@dataclass(frozen=True, eq=False)
class Member:
    """A run that is combined: its model, settings, mean training rating and arrays."""

    spec: ModelSpec
    settings: Settings
    mean: float
    arrays: Arrays

    def scorer(self, shape: Shape) -> Scorer:
        """The member in numpy."""
        return self.spec.scorer(self.arrays, replace(shape, mean=self.mean), self.settings)


def to_arrays(members: Sequence[Member]) -> Arrays:
    """The arrays of all members, their names after the member's number, and what the members are, as JSON in bytes."""
    facts = [
        {"model": one.spec.name, "settings": one.settings.model_dump(mode="json"), "mean": one.mean} for one in members
    ]
    arrays = {f"{number}/{name}": array for number, one in enumerate(members) for name, array in one.arrays.items()}
    return arrays | {_FACTS: np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)}


def members_of(arrays: Arrays) -> tuple[Member, ...]:
    """What to_arrays was given; raises ValueError, KeyError, TypeError or SettingsError for anything else."""
    from reco_core.models import MODELS

    known = {spec.name: spec for spec in MODELS}
    members = []
    for number, fact in enumerate(json.loads(arrays[_FACTS].astype(np.uint8).tobytes())):
        if fact["model"] not in known:
            raise SettingsError(f"A member must be a model of the catalogue; got {str(fact['model'])[:60]}.")
        spec, start = known[fact["model"]], f"{number}/"
        own = {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}
        members.append(Member(spec, spec.parse(fact["settings"]), float(fact["mean"]), own))
    return tuple(members)


class EnsembleScorer:
    """The weighted mean of the members' stars, an unknown id being one to each of them."""

    user_vectors = item_vectors = user_bias = item_bias = None

    def __init__(self, scorers: Sequence[Scorer], weights: Sequence[float]) -> None:
        if len(scorers) != len(weights):
            raise ValueError(f"an ensemble has a weight for each member; got {len(weights)} for {len(scorers)}")
        self._members = tuple(zip(scorers, map(np.float32, weights), strict=True))

    def score(self, user_index: np.ndarray, item_index: np.ndarray) -> np.ndarray:
        """Score of each pair, float32 [n]."""
        return sum(weight * scorer.score(user_index, item_index) for scorer, weight in self._members)

    def score_all(self, user_index: np.ndarray) -> np.ndarray:
        """Scores of all items for each user, float32 [n, n_items]."""
        return sum(weight * scorer.score_all(user_index) for scorer, weight in self._members)


class RankingEnsembleScorer(EnsembleScorer):
    """The weighted mean of standard scores: each member's scores of a user's items with mean 0 and deviation 1."""

    def score(self, user_index: np.ndarray, item_index: np.ndarray) -> np.ndarray:
        """Score of each pair, float32 [n]."""
        users, place = np.unique(np.asarray(user_index), return_inverse=True)
        total = np.zeros(len(place), dtype=np.float32)
        for scorer, weight in self._members:
            mean, deviation = self._spread(scorer, users)
            total += weight * (scorer.score(user_index, item_index) - mean[place]) / deviation[place]
        return total

    def score_all(self, user_index: np.ndarray) -> np.ndarray:
        """Scores of all items for each user, float32 [n, n_items]."""
        total = None
        for scorer, weight in self._members:
            scores = scorer.score_all(user_index)
            mean, deviation = _mean_and_deviation(scores)
            scores = weight * (scores - mean[:, None]) / deviation[:, None]
            total = scores if total is None else total + scores
        return total

    def _spread(self, scorer: Scorer, users: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and deviation of each user's scores, worked out in blocks of users."""
        parts = [
            _mean_and_deviation(scorer.score_all(users[low : low + _USERS_AT_ONCE]))
            for low in range(0, len(users), _USERS_AT_ONCE)
        ]
        return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def _mean_and_deviation(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each row, float32; a deviation of 0 counts as 1."""
    deviation = scores.std(axis=1, dtype=np.float64)
    return scores.mean(axis=1, dtype=np.float64).astype(np.float32), np.where(deviation > 0, deviation, 1).astype(
        np.float32
    )


def _scorer(kind: type[EnsembleScorer]) -> Any:
    def scorer(arrays: Arrays, shape: Shape, settings: EnsembleSettings) -> EnsembleScorer:
        return kind([member.scorer(shape) for member in members_of(arrays)], settings.weights)

    return scorer


def members(model: Fitted) -> tuple[tuple[Fitted, float], ...]:
    """The runs that an ensemble holds, each fitted, with its weight."""
    found = [
        Fitted.of(one.spec, one.settings, replace(model.shape, mean=one.mean), one.arrays, model.n_train)
        for one in members_of(model.arrays)
    ]
    return tuple(zip(found, model.settings.weights, strict=True))


def fold_members(
    model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int, near: Folded | None = None
) -> Folded:
    """The weighted mean of what the members say, of ranking models once their scores have mean 0 and deviation 1."""
    total, said = np.zeros(model.shape.n_items, dtype=np.float64), []
    for place, (member, weight) in enumerate(model.members):
        said.append(fold_in(member, items, stars, caution, near.members[place] if near is not None else None))
        score = said[-1].score.astype(np.float64)
        if not model.spec.predicts_stars:
            score = (score - score.mean()) / (score.std() or 1.0)
        total += weight * score
    return Folded(total.astype(np.float32), members=tuple(said))


def _fit(*_: Any) -> Arrays:
    raise SettingsError("An ensemble combines finished runs (reco ensemble RUN RUN); it is not trained.")


def _spec(name: str, kind: type[EnsembleScorer], **text: Any) -> ModelSpec:
    return ModelSpec(
        name=name,
        family="ensemble",
        settings=EnsembleSettings,
        scorer=_scorer(kind),
        parameters=lambda settings, shape: len(settings.weights),
        fit=_fit,
        fold_in=fold_members,
        fold_near=fold_members,
        members=members,
        reference="Breiman: Stacked regressions. Machine Learning 24, 1996 (non-negative weights).",
        **text,
    )


ENSEMBLE = _spec(
    "ensemble",
    EnsembleScorer,
    title="Ensemble of runs",
    sentence="The weighted mean of the predictions of several runs on the same split.",
    equation=r"\begin{aligned} \hat r_{ui} &= \textstyle\sum_m w_m \hat r^{(m)}_{ui} \\ "
    r"w_m &\ge 0,\ \textstyle\sum_m w_m = 1 \end{aligned}",
    symbols=("predicted", "run_weights", "run_prediction"),
)
RANKING_ENSEMBLE = _spec(
    "ranking_ensemble",
    RankingEnsembleScorer,
    title="Ensemble of rankings",
    sentence="The weighted mean of several ranking runs' scores, each standardised per user first.",
    equation=r"\begin{aligned} s_{ui} &= \sum_m w_m \frac{s^{(m)}_{ui} - \bar s^{(m)}_u}{\sigma^{(m)}_u} \\ "
    r"w_m &\ge 0,\ \textstyle\sum_m w_m = 1 \end{aligned}",
    symbols=("score", "run_weights", "ensemble_score", "run_spread"),
    predicts_stars=False,
)
COMBINED = (ENSEMBLE, RANKING_ENSEMBLE)
