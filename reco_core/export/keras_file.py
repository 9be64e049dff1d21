"""A run as a `.keras` file of stock layers, with id tables: for use where nothing of this project is installed.

The file is made in a process of its own (`python -m reco_core.export.keras_file RUN_FOLDER FILE`): whoever asks for it
stays without TensorFlow.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reco_core.errors import RunError
from reco_core.models.spec import Scorer
from reco_core.ratings import Ratings
from reco_core.runs import RunReading, RunStore
from reco_core.runs.files import write_whole
from reco_core.spreadsheet import csv_bytes
from reco_core.storage import kept_in

MOST_SECONDS = 300


def write_keras(run: RunReading, ratings: Ratings, file: Path) -> list[Path]:
    """The files written: FILE.keras, and FILE.users.csv and FILE.items.csv, from index to id; raises RunError.

    The model takes user_index and item_index, int32 [batch] each, and gives stars [batch, 1], not clipped to the scale
    (a score where the run's model predicts none).
    """
    if file.suffix != ".keras":
        raise RunError(f"--keras needs a file that ends in .keras; got {file}.")
    run.require_result()
    if run.spec.members is not None:
        raise RunError(f"{run.name} is an ensemble, and a Keras file holds one run; export each of its runs.")
    if run.spec.fit is not None and run.scorer().item_vectors is None and run.scorer().item_bias is None:
        raise RunError(f"{run.name} consists of item-to-item weights, which no stock Keras layer holds.")
    with kept_in(file):
        file.parent.mkdir(parents=True, exist_ok=True)
    _in_a_process(run, file)
    written = [file]
    for side, table in (("users", user_ids(ratings)), ("items", item_ids(ratings))):
        written.append(file.with_suffix(f".{side}.csv"))
        content = csv_bytes(table)
        write_whole(written[-1], lambda out, content=content: out.write(content))
    return written


def user_ids(ratings: Ratings) -> pd.DataFrame:
    """user_index and user_id."""
    return pd.DataFrame({"user_index": range(ratings.n_users), "user_id": ratings.users.ids})


def item_ids(ratings: Ratings) -> pd.DataFrame:
    """item_index, item_id, title, year and genres."""
    facts = ratings.item_table[["title", "year", "genres"]].reset_index(drop=True)
    return pd.DataFrame({"item_index": range(ratings.n_items), "item_id": ratings.items.ids}).join(facts)


def _in_a_process(run: RunReading, file: Path) -> None:
    """Have another process make the file; raises RunError with its last line where it fails."""
    command = [sys.executable, "-m", "reco_core.export.keras_file", str(run.folder.absolute()), str(file.absolute())]
    try:
        done = subprocess.run(
            command, env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}, timeout=MOST_SECONDS,
            capture_output=True, text=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise RunError(f"A Keras file must be made within {MOST_SECONDS} s; this one was abandoned.") from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise RunError(f"The Keras file of {run.name} could not be made: {said[:300]}.")


def make(folder: Path, file: Path) -> None:
    """Build the run's model from its settings, set its weights, and save it. Loads TensorFlow."""
    from reco_core.jobs.running.load_tensorflow import load

    load()
    run = RunStore(folder.parent).open(folder.name)
    model = _layers(run) if run.spec.build else _closed_form(run.scorer())
    partial = file.with_name(f".{os.getpid()}.{file.name}")
    try:
        model.save(partial)
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)


def _layers(run: RunReading) -> Any:
    """The run's Keras model with its weights, of stock layers, without what only training needs."""
    import keras

    from reco_core.training.program import named_weights

    spec, settings, arrays = run.spec, run.settings, run.arrays()
    if spec.plain is not None:
        spec, settings, arrays = spec.plain(arrays, run.shape, settings)
    bare = dict.fromkeys(settings.flagged("penalty") + settings.flagged("noise"), 0.0)
    built = spec.build(type(settings).model_validate(settings.model_dump() | bare), run.shape)
    model = keras.models.clone_model(built, clone_function=_stock)
    for name, variable in named_weights(model).items():
        variable.assign(arrays[name])
    return model


def _stock(layer: Any) -> Any:
    """The same layer as Keras itself has it: its nearest class of Keras, with first values that every Keras knows."""
    import keras

    for place in ("embeddings_initializer", "kernel_initializer"):
        if hasattr(layer, place):
            setattr(layer, place, keras.initializers.Zeros())
    kind = next(base for base in type(layer).__mro__ if base.__module__.startswith("keras."))
    return kind.from_config(layer.get_config())


def _closed_form(scorer: Scorer) -> Any:
    """A closed-form model as the dot product of two tables, or as the sum of two of one column."""
    return _biases(scorer) if scorer.item_vectors is None else _dot(scorer)


def _dot(scorer: Scorer) -> Any:
    import keras

    from reco_core.models.keras_parts import inputs

    user, item = inputs()
    vectors = []
    for name, values, index in (
        ("user_vectors", scorer.user_vectors, user),
        ("item_vectors", scorer.item_vectors, item),
    ):
        layer = keras.layers.Embedding(*values.shape, name=name, embeddings_initializer="zeros")
        vectors.append(layer(index))
        layer.embeddings.assign(values)
    return keras.Model([user, item], keras.layers.Dot(axes=1, name="score")(vectors))


def _biases(scorer: Scorer) -> Any:
    """A closed-form model as two tables of one column: offset + user bias + item bias."""
    import keras

    from reco_core.models.keras_parts import inputs

    user, item = inputs()
    offset = float(scorer.score(np.array([0]), np.array([0]))[0] - scorer.user_bias[0] - scorer.item_bias[0])
    terms = []
    for name, values, index in (("user_bias", scorer.user_bias, user), ("item_bias", scorer.item_bias, item)):
        layer = keras.layers.Embedding(len(values), 1, name=name, embeddings_initializer="zeros")
        terms.append(layer(index))
        layer.embeddings.assign(values[:, None])
    added = keras.layers.Add(name="add_biases")(terms)
    return keras.Model([user, item], keras.layers.Rescaling(1.0, offset, name="stars")(added))


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]))
