"""A run for other places: each form is read back by what it is for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from reco_core import data
from reco_core.errors import RunError
from reco_core.export.event_file import Scalar, Text, write_events
from reco_core.export.keras_file import make, write_keras
from reco_core.export.projector import CONFIG
from reco_core.export.script import script_of
from reco_core.export.tensorboard import write_tensorboard
from reco_core.ratings import Ratings
from reco_core.runs import RunStore
from tests.exporting import run_of
from tests.tiny import request_for, write_csv


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


@pytest.fixture
def ratings(source: Path) -> Ratings:
    return data.load(source)


def test_run_without_result_is_refused(source: Path):
    run = RunStore().create(request_for(source))
    for export in (script_of, lambda r: write_tensorboard(r, data.load(source), source.parent / "tb")):
        with pytest.raises(RunError, match="has no result"):
            export(run)


READ_KERAS = """
import json, sys
import keras, numpy as np
pairs = np.array(json.loads(sys.stdin.read()), dtype="int32")
for file in sys.argv[1:]:
    assert not [name for name in sys.modules if name.startswith("reco_core")]
    model = keras.models.load_model(file)
    print(json.dumps(model.predict([pairs[:, 0], pairs[:, 1]], verbose=0)[:, 0].tolist()))
"""


def test_keras_files_load_without_this_project_and_predict_the_same(source: Path, ratings: Ratings, tmp_path: Path):
    models = ("mf_bias", "bias", "mf_nonneg", "neural_bias", "deep_regressor")
    runs = [run_of(source, model) for model in models]
    files = [tmp_path / f"{run.info.model}.keras" for run in runs]
    written = write_keras(runs[0], ratings, files[0])
    assert [path.name for path in written] == ["mf_bias.keras", "mf_bias.users.csv", "mf_bias.items.csv"]
    for run, file in zip(runs[1:], files[1:], strict=True):
        make(run.folder, file)  # as the process does that write_keras starts
    pairs = [(u, i) for u in range(0, ratings.n_users, 4) for i in range(0, ratings.n_items, 3)]
    command = [sys.executable, "-c", READ_KERAS, *map(str, files)]
    done = subprocess.run(command, input=json.dumps(pairs), capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    users, items = np.array(pairs).T
    for run, line in zip(runs, done.stdout.splitlines(), strict=True):
        assert json.loads(line) == pytest.approx(run.scorer().score(users, items), abs=1e-5), run.info.model
    table = pd.read_csv(tmp_path / "mf_bias.items.csv", encoding="utf-8-sig")
    assert list(table.columns) == ["item_index", "item_id", "title", "year", "genres"]
    assert list(table["item_id"]) == list(ratings.items.ids)
    assert list(pd.read_csv(tmp_path / "mf_bias.users.csv")["user_id"]) == list(ratings.users.ids)


def test_keras_file_has_its_ending(source: Path, ratings: Ratings, tmp_path: Path):
    with pytest.raises(RunError, match=r"ends in \.keras"):
        write_keras(run_of(source, "bias"), ratings, tmp_path / "model.h5")


def test_event_files_are_read_by_tensorboard(tmp_path: Path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    long = "| setting | value |\n" + "| ä | 1 |\n" * 40
    entries = [Text("run", long, 5.0), *(Scalar("epoch_rmse", n, 1 / n, 10.0 + n) for n in (1, 2, 300, 70_000))]
    write_events(tmp_path / "events.out.tfevents.1.reco", entries, 5.0)
    found = accumulator.EventAccumulator(str(tmp_path))
    found.Reload()
    points = [(point.step, point.value, point.wall_time) for point in found.Scalars("epoch_rmse")]
    assert points == [(n, pytest.approx(1 / n), 10.0 + n) for n in (1, 2, 300, 70_000)]
    assert found.Tensors("run/text_summary")[0].tensor_proto.string_val[0].decode() == long


def test_tensorboard_folder_holds_curves_lines_and_the_projector(source: Path, ratings: Ratings, tmp_path: Path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    run = run_of(source, "mf_bias")
    folder = tmp_path / "logs"
    write_tensorboard(run, ratings, folder)
    curves = {}
    for path in sorted(folder.glob("*/*tfevents*")):
        found = accumulator.EventAccumulator(str(path.parent))
        found.Reload()
        curves[path.parent.name] = {tag: [p.value for p in found.Scalars(tag)] for tag in found.Tags()["scalars"]}
    assert curves["train"]["epoch_loss"] == pytest.approx([e.loss for e in run.epochs()])
    assert curves["validation"]["epoch_rmse"] == pytest.approx([e.val_rmse for e in run.epochs()])
    assert curves["test"]["test/ndcg@10"] == pytest.approx([0.1])
    vectors = np.loadtxt(folder / "items" / "tensors.tsv", delimiter="\t")
    np.testing.assert_allclose(vectors, run.scorer().item_vectors, rtol=1e-6)
    facts = pd.read_csv(folder / "items" / "metadata.tsv", sep="\t")
    assert len(facts) == ratings.n_items and list(facts["item_id"]) == list(ratings.items.ids)
    assert len((folder / "users" / "metadata.tsv").read_text().splitlines()) == ratings.n_users + 1
    with pytest.raises(RunError, match="needs a new folder"):
        write_tensorboard(run, ratings, folder)


def test_projector_config_is_read_by_tensorboard_and_its_sprite_has_a_place_for_each_item(
    source: Path, ratings: Ratings, tmp_path: Path
):
    plugin = pytest.importorskip("tensorboard.plugins.projector")
    text_format = pytest.importorskip("google.protobuf.text_format")
    write_tensorboard(run_of(source, "mf"), ratings, tmp_path / "logs")
    config = text_format.Parse((tmp_path / "logs" / CONFIG).read_text(), plugin.ProjectorConfig())
    items, users = config.embeddings
    assert (items.tensor_name, users.tensor_name) == ("items", "users")
    for path in (items.tensor_path, items.metadata_path, items.sprite.image_path, users.tensor_path):
        assert (tmp_path / "logs" / path).is_file()
    with Image.open(tmp_path / "logs" / items.sprite.image_path) as sprite:
        across, down = (size // side for size, side in zip(sprite.size, items.sprite.single_image_dim, strict=True))
        assert across * down >= ratings.n_items
        side = items.sprite.single_image_dim[0]
        last = ratings.n_items - 1
        corner = (last % across * side, last // across * side)
        tile = sprite.crop((*corner, corner[0] + side, corner[1] + side))
        assert tile.getchannel("A").getextrema()[1] == 255


def test_a_model_without_vectors_has_no_projector(source: Path, ratings: Ratings, tmp_path: Path):
    write_tensorboard(run_of(source, "bias"), ratings, tmp_path / "logs")
    assert not (tmp_path / "logs" / CONFIG).exists()
    assert (tmp_path / "logs" / "test").is_dir()


def test_exporting_for_tensorboard_and_scripts_needs_no_tensorflow():
    code = (
        "import sys; import reco_core.export.tensorboard, reco_core.export.keras_file, reco_core.export.script,"
        " reco_core.export.mlflow, reco_core.export.wandb;"
        "print(sorted({'tensorflow', 'keras', 'mlflow', 'wandb', 'tensorboard'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.stdout.strip() == "[]", done.stderr
