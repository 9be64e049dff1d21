"""What the two-sided SVD++ has besides the other factorisations: its own settings, and its scorer."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from reco_core.models import fields
from reco_core.models.described import Needs
from reco_core.models.rated_matrix import EXPECTED, deviations
from reco_core.models.scorers import DotScorer, Finish, Tables
from reco_core.models.spec import Arrays, Settings


def _switch(title: str, description: str) -> object:
    return fields.described(title, description, "Model")


def _strength(title: str, description: str, needs: Needs | None = None) -> object:
    flags, limits = ("penalty",), {"ge": 0, "le": fields.MOST_L2, "allow_inf_nan": False}
    return fields.described(title, description, "Penalties", log=True, flags=flags, needs=needs, **limits)


_WHERE_KNOWN = " auto uses them if the dataset has them."
UserImplicit = Annotated[
    bool, _switch("Implicit feedback of users", "A user's vector includes a sum over the items the user rated.")
]
ItemImplicit = Annotated[
    bool, _switch("Implicit feedback of items", "An item's vector includes a sum over the users who rated it.")
]
Deviations = Annotated[
    bool,
    _switch(
        "Explicit deviations",
        "The sums also include a part proportional to each rating's deviation from the bias prediction.",
    ),
]
Use = Literal["auto", "yes", "no"]
ItemGenres = Annotated[
    Use, _switch("Genres", "An item's vector and bias include a part for its genres;" + _WHERE_KNOWN)
]
ItemYears = Annotated[Use, _switch("Years", "An item's vector and bias include a part for its years;" + _WHERE_KNOWN)]
UserFeatures = Annotated[
    Use,
    _switch("User features", "A user's vector and bias include a part for age, gender and occupation;" + _WHERE_KNOWN),
]
Sums = Annotated[
    Literal["auto", "dense", "sparse"],
    fields.described(
        "Sums over ratings",
        "dense multiplies by the whole user-item matrix (fast while it is small), sparse by its ratings alone; both "
        "give the same numbers, and auto chooses by size.",
        "Training",
        advanced=True,
    ),
]
SumL2 = Annotated[
    float,
    _strength("L2 of the whole vectors", "Weight of the squared length of the complete vectors, with all their parts."),
]
ImplicitL2 = Annotated[
    float, _strength("L2 of the implicit feedback", "Weight of the mean squared length of the vectors that are summed.")
]
DeviationL2 = Annotated[
    float,
    _strength(
        "L2 of the deviations",
        "The same for the vectors that are multiplied by a rating's deviation.",
        needs={"deviations": (True,)},
    ),
]
FeatureL2 = Annotated[
    float, _strength("L2 of the features", "Weight of the mean squared length of the feature vectors.")
]


class ImplicitSettings(Settings):
    """The terms of the model, each of which can be left out, and what they cost."""

    user_implicit: UserImplicit = True
    item_implicit: ItemImplicit = True
    deviations: Deviations = True
    item_genres: ItemGenres = "auto"
    item_years: ItemYears = "auto"
    user_features: UserFeatures = "auto"
    sum_l2: SumL2 = 0.02
    implicit_l2: ImplicitL2 = 0.05
    deviation_l2: DeviationL2 = 1.0
    feature_l2: FeatureL2 = 0.002
    sums: Sums = "auto"


class SvdppScorer(DotScorer):
    """Dot products and biases of vectors with all their parts; unknown ids take the mean of the known ones."""

    def __init__(self, tables: Tables, finish: Finish, arrays: Arrays) -> None:
        super().__init__(tables, finish)
        self._rated = {name: arrays.get(f"user_{name}") for name in ("implicit", "deviations")}
        self._expected = arrays[EXPECTED]

    def implied(self, item_index: np.ndarray, stars: np.ndarray | None = None) -> np.ndarray:
        """The part of a user's vector that tells what was rated, and how where stars are given: float32 [dim]."""
        items = np.asarray(item_index, dtype=np.int64)
        share = np.float32(1 / np.sqrt(max(len(items), 1)))
        vector = np.zeros(self.user_vectors.shape[1], dtype=np.float32)
        if self._rated["implicit"] is not None:
            vector += share * self._rated["implicit"][items].sum(axis=0)
        if self._rated["deviations"] is not None and stars is not None:
            vector += share * (deviations(self._expected[items], stars) @ self._rated["deviations"][items])
        return vector
