"""A run for other places: each form is read back by what it is for."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from reco_core import data
from reco_core.errors import RunError
from reco_core.events import Changed, Continued, EpochEnded, Finished, StageStarted, Stopped
from reco_core.export.event_file import Scalar, Text, write_events
from reco_core.export.keras_file import make, write_keras
from reco_core.export.projector import CONFIG
from reco_core.export.script import script_of
from reco_core.export.tensorboard import write_tensorboard
from reco_core.jobs.training_job import train_run
from reco_core.models import MODELS
from reco_core.models.spec import Shape
from reco_core.models.weights import initial
from reco_core.ratings import Ratings
from reco_core.runs import Run, RunStore, Sizes
from reco_core.runs.control import Change, Continue, Pause, Step, Stop
from tests.test_runs import STARTED, epoch
from tests.tiny import request_for, write_csv


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


@pytest.fixture
def ratings(source: Path) -> Ratings:
    return data.load(source)


def run_of(source: Path, model: str, *more: object, **values: object) -> Run:
    """A finished run with its first weights, or trained where its model is worked out; `more` are further events."""
    run = RunStore().create(request_for(source, model=model, **values))
    if run.spec.fit is not None:
        train_run(run)
        return run
    loaded = data.load(source)
    shape = Shape(loaded.n_users, loaded.n_items, loaded.scale, float(loaded.rating.mean()))
    run.update(dataset_fingerprint=loaded.fingerprint, sizes=Sizes.of(shape).model_dump(mode="json"))
    arrays = initial(run.spec.layout(run.settings, shape), np.random.default_rng(0))
    with run.record() as recording:
        recording.emit(STARTED)
        for event in more or [epoch(1), epoch(2)]:
            recording.emit(event)
        recording.save(lambda: arrays, 2, now=True)
        run.write_metrics({"test": {"rmse": 0.9, "ndcg@10": 0.1}, "baselines": {}, "protocol": "p"})
        recording.emit(Finished(time=1.0, epochs=2, best_epoch=None))
    return RunStore().open(run.id)


def own_lines(script: str) -> list[str]:
    """The lines of a script without its lists of steering events."""
    lines, inside = [], False
    for line in script.splitlines():
        inside = inside or "CHANGES = [" in line
        if not inside:
            lines.append(line)
        inside = inside and line != "]"
    return lines


def test_script_is_short_python_that_imports_nothing_but_reco_core(source: Path):
    base = run_of(source, "mf")
    refit = StageStarted(2, "refit: training", 1, 0.1)
    changed = [Changed(1.0, 1, "learning_rate", 0.003, 0.001), Changed(1.0, 1, "l2", 0.05, 0.1)]
    longest = run_of(source, "deep_regressor", epoch(1), *changed, epoch(2), refit, epoch(3), base_run=base.id)
    for run in (longest, *(run_of(source, spec.name) for spec in MODELS)):
        script = script_of(run)
        compile(script, "script.py", "exec")
        names = {
            (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
            for node in ast.walk(ast.parse(script))
            if isinstance(node, (ast.Import, ast.ImportFrom))
        }
        assert names <= {"json", "sys", "dataclasses", "reco_core"}
        assert len(own_lines(script)) < 40, script


def test_script_lists_what_was_changed_by_hand_and_ends_where_a_person_ended_it(source: Path):
    went_on = Continued(1.0, 7, 2, 4)
    changed = Changed(1.0, 2, "learning_rate", 0.003, 0.001)
    script = script_of(run_of(source, "mf", epoch(1), epoch(2), went_on, changed, epoch(3), epoch(4)))
    assert '    (2, "learning_rate", 0.001),\n' in script
    assert "steering=Replay(CHANGES, epochs=4)" in script
    stopped = script_of(run_of(source, "mf", epoch(1), Stopped(1, "asked")))
    assert "steering=Replay(epochs=1)" in stopped
    assert "Replay" not in script_of(run_of(source, "mf", epoch(1), Stopped(1, "patience")))


def test_name_of_a_run_is_never_code(source: Path):
    script = script_of(run_of(source, "bias", name='""" \\ \' import os; os.remove("x")'))
    tree = ast.parse(script)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "remove"]


def test_run_without_result_is_refused(source: Path):
    run = RunStore().create(request_for(source))
    for export in (script_of, lambda r: write_tensorboard(r, data.load(source), source.parent / "tb")):
        with pytest.raises(RunError, match="has no result"):
            export(run)


def test_script_of_a_run_whose_base_run_is_gone_is_refused(source: Path):
    base = run_of(source, "mf")
    run = run_of(source, "deep_regressor", base_run=base.id)
    RunStore().delete(base.id)
    with pytest.raises(RunError, match="is gone"):
        script_of(run)


def test_script_of_a_closed_form_gives_the_same_figures(source: Path, tmp_path: Path):
    run = run_of(source, "bias", settings={"item_damping": 2.5})
    assert figures_of_script(run, tmp_path) == pytest.approx(run.metrics["test"], abs=1e-6)


@pytest.mark.parametrize("model", ["mf_bias", "neural"])
def test_script_gives_the_same_figures_as_the_run(source: Path, tmp_path: Path, model: str):
    """Trained in this process, then by the script in one of its own."""
    run = RunStore().create(request_for(source, model=model, settings={"dim": 4, "epochs": 3}, seed=5))
    train_run(run)
    assert run.status == "finished", run.reason
    assert figures_of_script(run, tmp_path) == pytest.approx(run.metrics["test"], abs=1e-6)


def test_script_replays_what_was_steered_by_hand(source: Path, tmp_path: Path):
    """Another rate after epoch 1, a pause after 2, one step, then further than planned with a higher penalty."""
    asks = {1: [Change("learning_rate", 0.02)], 2: [Pause()], 4: [Change("l2", 0.3)]}
    settings = {"dim": 4, "epochs": 4, "patience": 2}
    run = RunStore().create(request_for(source, model="neural_bias", settings=settings, seed=3))
    steered(run, asks)
    assert run.status == "paused"
    for going_on in (Step(), Continue(epochs=3)):
        run.ask(going_on)
        steered(run, asks)
    assert run.status == "finished" and len(run.epochs()) == 6
    script = script_of(run)
    assert [line for line in script.splitlines() if line.startswith("    (")] == [
        '    (1, "learning_rate", 0.02),',
        '    (4, "l2", 0.3),',
    ]
    assert figures_of_script(run, tmp_path) == pytest.approx(run.metrics["test"], abs=1e-6)


def test_script_of_a_refitted_and_a_stopped_run_gives_the_same_figures(source: Path, tmp_path: Path):
    base = RunStore().create(request_for(source, model="mf", settings={"dim": 4, "epochs": 4}))
    steered(base, {2: [Stop()]})
    assert base.status == "stopped" and len(base.epochs()) == 2
    settings = {"dim": 4, "epochs": 3, "layers": (4,)}
    run = RunStore().create(
        request_for(source, model="deep_regressor", settings=settings, base_run=base.id, refit=True)
    )
    steered(run, {})
    assert run.status == "finished", run.reason
    assert figures_of_script(run, tmp_path) == pytest.approx(run.metrics["test"], abs=1e-6)


def steered(run: Run, asks: dict[int, list[object]]) -> None:
    """Train a run as it is asked to; after so many epochs, ask more."""

    def listen(event: object) -> None:
        for request in asks.pop(event.epoch, []) if isinstance(event, EpochEnded) else []:
            run.ask(request)

    train_run(run, listen=listen)


def figures_of_script(run: Run, folder: Path) -> dict[str, float]:
    file = folder / "again.py"
    file.write_text(script_of(run), encoding="utf-8")
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=120, env=WITH_PROJECT)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


WITH_PROJECT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}

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
    assert curves["test"]["ndcg@10"] == pytest.approx([0.1])
    vectors = np.loadtxt(folder / "items" / "tensors.tsv", delimiter="\t")
    np.testing.assert_allclose(vectors, run.scorer().item_vectors, rtol=1e-6)
    facts = pd.read_csv(folder / "items" / "metadata.tsv", sep="\t")
    assert len(facts) == ratings.n_items and list(facts["item_id"]) == list(ratings.items.ids)
    assert len((folder / "users" / "metadata.tsv").read_text().splitlines()) == ratings.n_users + 1
    with pytest.raises(RunError, match="not there yet"):
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
