"""What a model is: its settings, size, plan of stages and numpy scorer, none of which needs TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict

from reco_core.encode import RatingScale

if TYPE_CHECKING:
    from reco_core.models.described import Flag
    from reco_core.models.fitted import Fitted
    from reco_core.models.folding import Folded, Person
    from reco_core.models.reasons import Why
    from reco_core.models.weights import Weight
    from reco_core.ratings import Ratings

Arrays: TypeAlias = dict[str, np.ndarray]
# What is best is lowest for val_rmse, and highest for val_ndcg.
Goal: TypeAlias = Literal["val_rmse", "val_ndcg"]

# The names of a model's constants among a run's arrays begin so.
CONTEXT = "context_"


@dataclass(frozen=True)
class Shape:
    """What a model must know of its data: sizes, the scale of the stars, and the mean training rating in stars.

    genres, years and user_features count the columns of the side features (models/side_features.py); 0 where a dataset
    has none.
    """

    n_users: int
    n_items: int
    scale: RatingScale
    mean: float
    genres: int = 0
    years: int = 0
    user_features: int = 0

    @classmethod
    def of(cls, ratings: Ratings, mean: float) -> Shape:
        """The shape of a dataset, with the mean training rating."""
        from reco_core.models.side_features import counts

        return cls(ratings.n_users, ratings.n_items, ratings.scale, mean, **counts(ratings))


class Settings(BaseModel):
    """Base of every model's settings: frozen, unknown names refused; range and help live with each field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def flagged(cls, flag: Flag) -> tuple[str, ...]:
        """The settings whose field has this flag (see models/described.py), in their order."""
        return tuple(name for name, info in cls.model_fields.items() if flag in _extra(info).get("flags", ()))

    @classmethod
    def label(cls, setting: str) -> str:
        """The title of a setting's field, for people; of one that the model does not have, its name."""
        info = cls.model_fields.get(setting)
        return setting if info is None else info.title or setting


def _extra(info: Any) -> Mapping[str, Any]:
    return info.json_schema_extra or {}


class Scorer(Protocol):
    """A trained model in numpy.

    Scores of models that predict stars are in stars, not clipped. Index -1 stands for an id never seen in training.
    """

    user_vectors: np.ndarray | None  # float32 [n_users, dim]
    item_vectors: np.ndarray | None  # float32 [n_items, dim]
    user_bias: np.ndarray | None  # float32 [n_users]
    item_bias: np.ndarray | None  # float32 [n_items]

    def score(self, user_index: np.ndarray, item_index: np.ndarray) -> np.ndarray:
        """Score of each pair: int [n], int [n] -> float32 [n]."""

    def score_all(self, user_index: np.ndarray) -> np.ndarray:
        """Scores of all items for each user: int [n] -> float32 [n, n_items]."""


@dataclass(frozen=True)
class Stage:
    """A part of the training plan: epochs at one learning rate; `trains` names the part of the model that learns."""

    name: str
    epochs: int
    learning_rate: float
    trains: str = "all"


@dataclass(frozen=True)
class Preset:
    """Settings of one notebook model (or of this project), as data."""

    name: str
    title: str
    settings: Mapping[str, Any]
    notebook: str = ""


@dataclass(frozen=True)
class ModelSpec:
    """One model of the catalogue.

    build: (settings, shape) -> keras.Model with inputs [user_index, item_index], or None for closed-form models.
    fit: (user_index, item_index, rating, shape, settings) -> Arrays for closed-form models, or None.
    fit_parts: the same as a generator for a fit that takes long: yields the share done, 0..1, and returns the Arrays.
    scorer: (arrays, shape, settings) -> Scorer.
    parameters: (settings, shape) -> number of weights, trainable and not, as Keras counts them.
    layout: (settings, shape) -> every weight of a Keras model by name, from the sizes alone.
    before: settings -> the model and settings whose tables the first stage trains, for models in two stages.
    pairs: what a ranking model that learns by epochs minimises (training/pairs.py), None for models of stars.
    context: (settings, ratings, rows trained on) -> constants that the model needs besides its weights, such as who
    rated what, made from these rows alone (never from validation or test rows); names begin with CONTEXT; int32, int64
    or float32. `fit` gets them as its last argument, layers by `take(context)`, and a scorer finds them in its arrays,
    because they are kept among the run's. None for a model without any.
    plain: (arrays, shape, settings) -> a model of stock layers, with settings and arrays, that predicts the same.
    symbols: what the letters of the equation are called in glossary.SYMBOLS, in their order.
    notes: (settings, shape) -> sentences on what these settings come to on this data, such as what is left out.
    xla_exact: whether XLA code gives the plain function's figures to 1e-6, and faster, so that it may take its place;
    with dropout XLA is slower, and a network's figures differ by more.
    nonnegative: whether every number of its vectors is 0 or above.
    fold_in: (fitted, items, stars, caution) -> what the model says of a visitor with these ratings (models/folding has
    the ways there are); None where nothing of a user is in the model, or where it takes nobody in.
    fold_near: the same from what was found for almost the same ratings on; None where that saves nothing.
    explain: (fitted, person, item) -> the parts of a score (models/reasons.py has the ways there are); None for the
    change when a rating is left out, which holds for every model that folds in.
    personal: whether the order of a list depends on whom it is for.
    members: fitted -> the models that it holds with their weights, for models made of others.
    """

    name: str
    title: str
    family: str
    sentence: str
    equation: str
    reference: str
    settings: type[Settings]
    scorer: Callable[[Arrays, Shape, Any], Scorer]
    parameters: Callable[[Any, Shape], int]
    symbols: tuple[str, ...] = ()
    predicts_stars: bool = True
    has_vectors: bool = False
    has_weights: bool = False  # from item to item
    xla_exact: bool = False
    nonnegative: bool = False
    personal: bool = True
    fold_in: Callable[[Fitted, np.ndarray, np.ndarray, int], Folded] | None = None
    fold_near: Callable[[Fitted, np.ndarray, np.ndarray, int, Folded], Folded] | None = None
    explain: Callable[[Fitted, Person, int], Why] | None = None
    members: Callable[[Fitted], tuple[tuple[Fitted, float], ...]] | None = None
    build: Callable[[Any, Shape], Any] | None = None
    fit: Callable[..., Arrays] | None = None
    fit_parts: Callable[..., Generator[float, None, Arrays]] | None = None
    stages: Callable[[Any], tuple[Stage, ...]] | None = None
    layout: Callable[[Any, Shape], tuple[Weight, ...]] | None = None
    before: Callable[[Any], tuple[ModelSpec, Any]] | None = None
    context: Callable[[Any, Ratings, np.ndarray], Arrays] | None = None
    plain: Callable[[Arrays, Shape, Any], tuple[ModelSpec, Any, Arrays]] | None = None
    notes: Callable[[Any, Shape], tuple[str, ...]] | None = None
    pairs: Literal["bpr", "softmax"] | None = None
    presets: tuple[Preset, ...] = field(default=())

    @property
    def has_neighbours(self) -> bool:
        """Whether the model says which items are alike, by vectors or by weights from item to item."""
        return self.has_vectors or self.has_weights

    @property
    def goal(self) -> Goal:
        """The figure on validation rows that training, sweeps and comparisons of settings look at."""
        return "val_rmse" if self.predicts_stars else "val_ndcg"

    def keras_model(self, settings: Settings, shape: Shape, context: Arrays | None = None) -> Any:
        """The untrained keras.Model, with these constants where the model has any (zeros where they are not given)."""
        model = self.build(settings, shape)
        for layer in model.layers:
            if context and hasattr(layer, "take"):
                layer.take(context)
        return model

    def parse(self, values: Mapping[str, Any] | None = None, preset: str | None = None) -> Settings:
        """Checked settings: the defaults, then the preset's, then `values`; raises SettingsError in one sentence."""
        from reco_core.models.parsing import parse_settings

        return parse_settings(self, values or {}, preset)
