"""Presets as data: one per model and notebook, with the settings used there, and what larger data ask for."""

from __future__ import annotations

from typing import Any

from reco_core.models.spec import Preset

# What all notebooks leave at Keras's defaults, or do not have.
_KERAS = {"init": "uniform", "l2": 0.0, "l2_on": "table", "decay": 1.0, "patience": None}
_ADAM = {"optimizer": "adam", "learning_rate": 1e-3}
_BARE = {**_KERAS, **_ADAM, "output": "linear"}
_PLAIN = {**_BARE, "center": False}
_SIGMOID = {**_PLAIN, "output": "sigmoid"}
_BIASES = {"bias_init": "init", "bias_l2": 1e-6}

_A_MF = {"dim": 40, "l2": 1e-6, "batch_size": 64, "epochs": 10}
_C_MF = {"dim": 50, "init": "he_normal", "l2": 1e-6, "batch_size": 64, "epochs": 5}
_D_MF = {"dim": 50, "l2": 1e-4, "batch_size": 64, "learning_rate": 1e-2, "epochs": 4, "schedule": ((4, 1e-3),)}
_E_MF = {"dim": 3, "oov_row": True, "batch_size": 32}

_NOTEBOOKS: dict[str, dict[str, dict[str, Any]]] = {
    "mf": {
        "a": {**_PLAIN, **_A_MF},
        "b": {**_PLAIN, "dim": 4, "units": "share", "learning_rate": 2e-3, "batch_size": 40_960, "epochs": 10},
        "c": {**_PLAIN, **_C_MF},
        "d": {**_PLAIN, **_D_MF},
        # Patience as long as the run: all epochs train, and the best of them is kept where there are validation rows.
        "e": {**_PLAIN, **_E_MF, "epochs": 100, "patience": 100},
    },
    "mf_nonneg": {"a": {**_BARE, **_A_MF}, "e": {**_BARE, **_E_MF, "epochs": 10}},
    "mf_bias": {
        "a": {
            **_SIGMOID,
            **_BIASES,
            "dim": 40,
            "l2": 1e-6,
            "batch_size": 128,
            "epochs": 5,
        },
        "c": {**_SIGMOID, **_C_MF, **_BIASES},
        "d": {**_PLAIN, **_D_MF, "bias_l2": 0.0},
    },
    "neural_bias": {
        "a": {
            **_SIGMOID,
            **_BIASES,
            "dim": 2,
            "init": "he_normal",
            "l2": 1e-6,
            "layers": (32,),
            "activation": ("linear",),
            "embedding_dropout": 0.5,
            "dropout": 0.5,
            "batch_size": 128,
            "epochs": 3,
        }
    },
    "neural": {
        "c": {
            **_SIGMOID,
            "dim": 50,
            "init": "he_normal",
            "l2": 1e-6,
            "layers": (10,),
            "activation": ("relu",),
            "embedding_dropout": 0.05,
            "dropout": 0.5,
            "batch_size": 64,
            "epochs": 5,
        }
    },
    "neural_wide": {
        "d": {
            **_PLAIN,
            "dim": 50,
            "l2": 1e-4,
            "layers": (70,),
            "activation": ("relu",),
            "embedding_dropout": 0.3,
            "dropout": 0.75,
            "batch_size": 64,
            "learning_rate": 1e-3,
            "epochs": 4,
            "schedule": ((4, 1e-4),),
        }
    },
    "deep_mlp": {
        "e": {
            **_PLAIN,
            "oov_row": True,
            "user_dim": 5,
            "item_dim": 8,
            "layers": (100, 50, 20),
            "activation": ("linear", "linear", "relu"),
            "embedding_dropout": 0.2,
            "dropout": 0.0,
            "output": "relu",
            "loss": "mae",
            "learning_rate": 5e-3,
            "batch_size": 32,
            "epochs": 250,
        }
    },
    "mf_bce": {
        "c": {
            **_KERAS,
            **_ADAM,
            **_BIASES,
            "dim": 50,
            "init": "he_normal",
            "l2": 1e-6,
            "batch_size": 64,
            "epochs": 5,
        }
    },
    "deep_regressor": {
        "b": {
            **_KERAS,
            "dim": 4,
            "table_epochs": 10,
            "table_learning_rate": 2e-3,
            "table_l2": 0.0,
            "layers": (16, 4),
            "unit_norm": True,
            "dropout": 0.0,
            "units": "share",
            "learning_rate": 1e-4,
            "batch_size": 40_960,
            "epochs": 20,
        }
    },
}

_TITLES = {
    "a": "Notebook A: Matrix Factorisation workshop",
    "b": "Notebook B: Embeddings and deep regressor",
    "c": "Notebook C: RecommenderNet",
    "d": "Notebook D: Collaborative filtering in Keras",
    "e": "Notebook E: Recommender systems in Keras",
}

# Chosen on validation rows of the dataset.
_OWN = {
    "mf_bias": (
        Preset(
            "ml-1m",
            "A million ratings: chosen on MovieLens 1M",
            {"optimizer": "adam", "learning_rate": 0.006, "decay": 0.05, "l2": 0.035, "epochs": 12},
        ),
    )
}


def of(model: str) -> tuple[Preset, ...]:
    """The presets of one model: the notebooks' in their order, then this project's own."""
    notebooks = tuple(
        Preset(f"notebook-{letter}", _TITLES[letter], settings, letter.upper())
        for letter, settings in _NOTEBOOKS.get(model, {}).items()
    )
    return notebooks + _OWN.get(model, ())
