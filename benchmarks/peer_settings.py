"""Settings of other libraries: their defaults, and those that did best on validation rows of ML-100K's training rows.

Chosen on 8,000 rows drawn from the training rows of the random split (seed 0), never on test rows: a grid of 10 to 40
settings for each. `soonest` reaches the goal of the learning section in the shortest time there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Settings = dict[str, Any]


@dataclass(frozen=True)
class Peer:
    """A library's model: its name in peer_models, its title, and one row of settings per word.

    iterations: the name of its setting for epochs. ranks: it is made for lists, not for stars.
    """

    name: str
    title: str
    rows: dict[str, Settings]
    iterations: str = ""
    soonest: Settings = field(default_factory=dict)
    ranks: bool = False


_SEED = {"seed": 0}  # Cornac then uses one thread, which is faster on data of this size.
_DIM = 40

CORNAC_MF = Peer(
    "cornac_mf",
    "Cornac MF (C++)",
    {
        "defaults, dim 40": {"k": _DIM} | _SEED,
        "tuned": {"k": _DIM, "max_iter": 100, "learning_rate": 0.005, "lambda_reg": 0.08} | _SEED,
    },
    "max_iter",
    {"k": _DIM, "learning_rate": 0.05, "lambda_reg": 0.02} | _SEED,
)
SURPRISE_SVD = Peer(
    "surprise_svd",
    "Surprise SVD",
    {
        "defaults, dim 40": {"n_factors": _DIM},
        "tuned": {"n_factors": _DIM, "n_epochs": 60, "lr_all": 0.01, "reg_all": 0.12},
    },
    "n_epochs",
    {"n_factors": _DIM, "lr_all": 0.05, "reg_all": 0.08},
)
LENSKIT_BIASED_MF = Peer(
    "lenskit_biased_mf",
    "LensKit BiasedMF",
    {
        "defaults, dim 40": {"embedding_size": _DIM},
        "tuned": {"embedding_size": _DIM, "epochs": 10, "regularization": 0.15},
    },
    "epochs",
    {"embedding_size": _DIM, "regularization": 0.15},
)
FACTORS = (CORNAC_MF, SURPRISE_SVD, LENSKIT_BIASED_MF)

PEERS = (
    *FACTORS,
    Peer("surprise_svdpp", "Surprise SVD++", {"defaults": {}}),
    Peer(
        "surprise_knn_baseline",
        "Surprise KNNBaseline",
        {"defaults": {}, "tuned": {"sim_options": {"name": "pearson_baseline", "user_based": False}}},
    ),
    Peer(
        "cornac_bpr",
        "Cornac BPR",
        {
            "defaults": _SEED,
            "tuned": {"k": 100, "max_iter": 200, "learning_rate": 0.01, "lambda_reg": 0.01} | _SEED,
        },
        ranks=True,
    ),
    Peer(
        "implicit_als",
        "implicit ALS",
        {"defaults": {}, "tuned": {"factors": 20, "regularization": 10.0, "alpha": 4.0}},
        ranks=True,
    ),
    Peer("implicit_bm25", "implicit BM25", {"defaults": {}, "tuned": {"K": 400}}, ranks=True),
)
