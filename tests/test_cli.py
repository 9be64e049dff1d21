"""`reco`: every command, its JSON, and one line for what a person can mend."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reco_core import __version__
from reco_core.cli import app
from reco_core.cli.choose import item_index, parse_settings
from reco_core.cli.output import plain, print_json, shown
from reco_core.errors import SettingsError, UnknownIdError
from reco_core.models import MODELS
from reco_core.runs import RunStore
from tests.small_ratings import small_ratings
from tests.test_runs import STARTED, epoch, record, request
from tests.tiny import wait_until, write_csv

RANKING = {f"{name}@10" for name in ("ndcg", "recall", "precision", "map", "mrr", "hit_rate", "diversity")}
RANKING |= {"coverage", "gini", "novelty", "popularity_lift"}


class Answer:
    """What a command printed and how it ended."""

    def __init__(self, *arguments: object) -> None:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


@pytest.fixture
def trained(csv: Path) -> str:
    """The id of a finished run."""
    return Answer("train", csv, "--model", "bias", "--json").json["run"]


@pytest.fixture
def with_vectors(csv: Path) -> str:
    """The id of a run of mf with its first weights, as a killed one would leave it."""
    from reco_core import data
    from reco_core.models.spec import Shape
    from reco_core.models.weights import initial
    from reco_core.runs import Sizes
    from reco_core.runs.arrays import write_arrays

    ratings = data.load(csv)
    run = record(RunStore().create(request(source=str(csv), dataset="tiny", settings={"dim": 3})), STARTED, epoch(1))
    shape = Shape(ratings.n_users, ratings.n_items, ratings.scale, 3.0)
    run.update(sizes=Sizes.of(shape).model_dump(), dataset_fingerprint=ratings.fingerprint)
    import numpy as np

    arrays = initial(run.spec.layout(run.settings, shape), np.random.default_rng(0))
    write_arrays(run.folder / "weights.npz", arrays, 1)
    return run.id


def test_help_and_version_need_nothing():
    assert "train" in Answer().out and Answer().code == 0
    assert "--set" in Answer("train", "--help").out
    assert Answer("data").code == 0
    assert Answer("--version").out == f"reco {__version__}\n"


def test_datasets_are_listed_with_their_licence():
    found = {entry["name"]: entry for entry in Answer("data", "list", "--json").json["datasets"]}
    assert found["demo"]["available"] is True and found["ml-100k"]["available"] is False
    assert all(entry["licence"] for entry in found.values())
    assert "MovieLens 100K" in Answer("data", "list").out


def test_data_info_states_sizes_and_quality(csv: Path):
    found = Answer("data", "info", csv, "--json").json
    keys = (
        "ratings users items filled sparsity rating_min rating_max rating_step time_from time_to duplicates missing top"
    )
    assert set(keys.split()) <= set(found)
    assert (found["users"], found["items"], found["rating_min"], found["rating_max"]) == (30, 20, 1, 5)
    assert found["filled"] + found["sparsity"] == pytest.approx(1)
    assert len(found["top"]) == 15
    assert "Film [" in Answer("data", "info", csv).out


def test_every_model_is_listed_with_ranges_defaults_and_presets():
    found = {model["name"]: model for model in Answer("models", "--json").json["models"]}
    assert list(found) == [spec.name for spec in MODELS]
    dim = next(s for s in found["mf"]["settings"] if s["name"] == "dim")
    assert (dim["default"], dim["min"], dim["max"]) == (40, 1, 512) and dim["help"]
    assert found["mf"]["presets"]
    assert "1 to 512" in Answer("models", "mf").out
    assert "mf_bias" in Answer("models").out


def test_training_prints_one_document_and_its_progress_beside_it(csv: Path):
    answer = Answer("train", csv, "--model", "bias", "--set", "item_damping=3", "--seed", "4", "--json")
    run = answer.json
    assert {"run", "model", "parameters", "epochs", "metrics", "seconds"} <= set(run)
    assert set(run["epochs"][0]) >= {"epoch", "loss", "val_loss", "rmse", "val_rmse", "seconds"}
    assert set(run["seconds"]) == {"total", "first_epoch", "fit"}
    assert set(run["metrics"]) == {"mse", "rmse", "mae", "rounded_mae"} | RANKING
    assert run["settings"]["item_damping"] == 3 and run["split"]["seed"] == run["seed"] == 4
    assert "epoch 1" in answer.err and run["run"] in answer.err
    assert RunStore().open(run["run"]).status == "finished"


def test_a_model_without_stars_shows_none(csv: Path):
    run = Answer("train", csv, "--model", "popularity", "--json").json
    assert set(run["metrics"]) == RANKING


def test_training_for_people_prints_figures_beside_the_baselines(csv: Path):
    out = Answer("train", csv, "--model", "bias", "--split", "time", "--val-size", "0").out
    assert "rmse" in out and "popularity" in out and "candidates are all items" in out


def test_runs_go_where_they_are_told_to(csv: Path, tmp_path: Path):
    run = Answer("train", csv, "--model", "bias", "--runs", tmp_path / "here", "--name", "mine", "--json").json
    assert run["name"] == "mine" and (tmp_path / "here" / run["run"] / "run.json").exists()
    assert Answer("runs", "--json").json == {"runs": []}
    (row,) = Answer("runs", "--runs", tmp_path / "here", "--json").json["runs"]
    assert row["run"] == run["run"] and row["status"] == "finished"
    assert "No runs yet" in Answer("runs").out


def test_split_seed_keeps_the_split_while_the_seed_changes(csv: Path):
    first, second = (
        Answer("train", csv, "--model", "bias", "--seed", seed, "--split-seed", 0, "--json").json for seed in (0, 1)
    )
    assert first["split_fingerprint"] == second["split_fingerprint"] and second["seed"] == 1


def test_a_run_is_shown_listed_and_scored_again_the_same(trained: str):
    shown_run = Answer("show", "last", "--json").json
    assert shown_run["run"] == trained and shown_run["status"] == "finished"
    assert Answer("evaluate", trained, "--json").json["metrics"] == shown_run["metrics"]
    assert trained in Answer("runs").out
    assert "bias" in Answer("show", trained).out
    assert "ndcg@10" in Answer("evaluate", trained).out


def test_comparing_says_what_differs_and_whether_figures_compare(csv: Path, trained: str):
    other = Answer("train", csv, "--model", "bias", "--set", "item_damping=9", "--json").json["run"]
    found = Answer("compare", trained, other, "--json").json
    assert found["comparable"] is True and found["warnings"] == []
    assert list(found["differing"]) == ["item_damping"]
    assert found["differing"]["item_damping"] == {trained: 5.0, other: 9.0}
    third = Answer("train", csv, "--model", "bias", "--seed", 1, "--json").json["run"]
    answer = Answer("compare", trained, third, "--json")
    assert answer.json["comparable"] is False and "different splits" in answer.err
    assert "item_damping" in Answer("compare", trained, other).out


def test_similar_items_come_nearest_first(with_vectors: str):
    found = Answer("similar", with_vectors, 3, "-k", 4, "--json").json
    assert (found["item"], found["title"], found["year"], found["measure"]) == (3, "Film [3]", 1992, "cosine")
    scores = [row["score"] for row in found["similar"]]
    assert len(scores) == 4 and scores == sorted(scores, reverse=True)
    assert 3 not in [row["item"] for row in found["similar"]]
    farther = Answer("similar", with_vectors, "film [3]", "--measure", "euclidean", "--json").json["similar"]
    assert [row["score"] for row in farther] == sorted(row["score"] for row in farther)
    assert "Film [" in Answer("similar", with_vectors, 3).out


def test_recommendations_are_in_order_unseen_and_beside_what_was_liked(trained: str, csv: Path):
    found = Answer("recommend", trained, "--user", 7, "-k", 5, "--json").json
    rated = {int(line.split(",")[1]) for line in csv.read_text().splitlines()[1:] if line.startswith("7,")}
    stars = [row["stars"] for row in found["recommended"]]
    assert stars == sorted(stars, reverse=True) and all(1 <= star <= 5 for star in stars)
    assert not rated & {row["item"] for row in found["recommended"]}
    assert {row["item"] for row in found["rated_highest"]} <= rated
    assert [row["rating"] for row in found["rated_highest"]] == sorted(
        (row["rating"] for row in found["rated_highest"]), reverse=True
    )
    out = Answer("recommend", trained, "--user", 7).out
    assert "rated highest" in out and "predicted stars" in out


def test_a_model_without_stars_recommends_by_score(csv: Path):
    run = Answer("train", csv, "--model", "popularity", "--json").json["run"]
    found = Answer("recommend", run, "--user", 1, "--json").json["recommended"]
    assert found[0]["stars"] is None and found[0]["score"] >= found[-1]["score"]


@pytest.mark.parametrize("model", [spec.name for spec in MODELS if spec.fit is not None])
def test_a_closed_form_goes_out_and_comes_in(csv: Path, tmp_path: Path, model: str):
    run = Answer("train", csv, "--model", model, "--json").json
    Answer("export", "last", "--to", tmp_path / "out")
    back = Answer("import", tmp_path / "out", "--json").json
    assert (back["metrics"], back["epochs"]) == (run["metrics"], run["epochs"])


def test_a_run_goes_out_and_comes_in_and_finds_its_dataset(trained: str, csv: Path, tmp_path: Path):
    assert Answer("export", trained, "--to", tmp_path / "out.zip").code == 0
    back = Answer("import", tmp_path / "out.zip", "--json").json
    assert back["run"] != trained and back["metrics"] == Answer("show", trained, "--json").json["metrics"]
    answer = Answer("recommend", back["run"], "--user", 1)
    assert answer.code == 2 and "needs its dataset tiny" in answer.err
    assert Answer("recommend", back["run"], "--user", 1, "--data", csv).code == 0


MISTAKES: dict[str, tuple[list[str], str]] = {
    "command": (["dance"], "No such command 'dance'"),
    "missing source": (["train"], "reco train needs a SOURCE"),
    "option": (["train", "demo", "--colour", "red"], "No such option"),
    "source": (["train", "no-such"], "got no-such"),
    "model": (["train", "demo", "--model", "no"], "model must be one of mf_bias"),
    "setting": (["train", "demo", "--set", "size=3"], "mf_bias has no setting size; it has dim"),
    "setting's range": (["train", "demo", "--set", "dim=0"], "dim must be between 1 and 512; got 0"),
    "setting's form": (["train", "demo", "--set", "dim"], "--set takes name=value"),
    "preset": (["train", "demo", "--preset", "no"], "preset of mf_bias must be one of"),
    "split": (["train", "demo", "--split", "odd"], "A split must be one of random"),
    "fold": (["train", "demo", "--split", "fold:u9"], "got u9"),
    "test size": (["train", "demo", "--test-size", "2"], "test_size must be above 0 and below 1; got 2"),
    "seed": (["train", "demo", "--seed", "-1"], "--seed"),
    "base run": (["train", "demo", "--base-run", "none"], "There is no run 'none'"),
    "run": (["show", "20250131-093000-mf-1a2b"], "There is no run 20250131-093000-mf-1a2b"),
    "no runs": (["evaluate", "last"], "none yet"),
    "runs folder": (["runs", "--runs", "/no/such/folder"], "/no/such/folder is none"),
    "archive": (["import", "gone.zip"], "gone.zip is not there"),
    "one run": (["compare", "last"], "There is no run"),
    "dataset": (["data", "info", "no-such"], "got no-such"),
    "download": (["data", "download", "no-such"], "got no-such"),
    "model's name": (["models", "no"], "model must be one of"),
    "host": (["app", "--host", "192.0.2.1", "--no-browser"], "--host must be an address of this computer"),
    "first dataset": (["app", "--dataset", "no-such", "--no-browser"], "got no-such"),
    "port": (["app", "--port", "0", "--no-browser"], "--port"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_and_exit_2(name: str):
    arguments, words = MISTAKES[name]
    answer = Answer(*arguments)
    assert answer.code == 2 and answer.out == ""
    assert answer.err.startswith("error: ") and answer.err.count("\n") == 1 and words in answer.err
    assert RunStore().list() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["similar", "RUN", "1"], "bias has none"),
        (["recommend", "RUN", "--user", "999"], "user must be one of the 30 in this dataset (1, 2, 3, ...); got 999"),
        (["recommend", "RUN"], "Missing option '--user'"),
        (["recommend", "RUN", "--user", "1", "-k", "0"], "-k"),
        (["export", "RUN", "--to", "."], "a folder that is not there yet"),
        (["compare", "RUN", "RUN"], "two different runs"),
        (["train", "demo", "--base-run", "RUN"], "Only a model in two stages"),
    ],
)
def test_a_mistake_about_a_run_is_one_line_and_exit_2(trained: str, arguments: list[str], words: str):
    answer = Answer(*(trained if argument == "RUN" else argument for argument in arguments))
    assert answer.code == 2 and answer.err.count("\n") == 1 and words in answer.err, answer.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["similar", "RUN", "999"], "item must be one of the 20 in this dataset"),
        (["similar", "RUN", "film"], "'film' is in 20 titles"),
        (["similar", "RUN", "1", "--measure", "taxi"], "measure must be one of cosine, dot, euclidean; got taxi"),
    ],
)
def test_a_mistake_about_an_item_is_one_line_and_exit_2(with_vectors: str, arguments: list[str], words: str):
    answer = Answer(*(with_vectors if argument == "RUN" else argument for argument in arguments))
    assert answer.code == 2 and answer.err.count("\n") == 1 and words in answer.err, answer.err


def test_a_run_that_failed_ends_the_command_with_its_reason(csv: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("reco_core.jobs.training_job.reference_lines", fail)
    answer = Answer("train", csv, "--model", "bias")
    assert answer.code == 2 and "failed: Memory ran out" in answer.err.splitlines()[-1]


def test_a_damaged_run_is_mentioned_beside_the_list(trained: str):
    (RunStore().root / trained / "run.json").write_text("{")
    answer = Answer("runs", "--json")
    assert answer.json == {"runs": []} and "left out" in answer.err


def test_settings_are_pairs():
    assert parse_settings(["dim=3", "layers=100,50", "a = b=c "]) == {"dim": "3", "layers": "100,50", "a": "b=c"}
    for bad in ("dim", "=3", ""):
        with pytest.raises(SettingsError, match="name=value"):
            parse_settings([bad])


def test_an_item_is_meant_by_id_title_or_the_only_title_with_a_part():
    ratings = small_ratings([(0, 0, 3), (0, 1, 4), (0, 2, 5), (0, 3, 1)], 1, 4)
    ratings.item_table["title"] = ["Alien", "Aliens", "2", "M*A*S*H"]
    assert item_index(ratings, "2") == 2
    assert item_index(ratings, "alien") == 0
    assert item_index(ratings, "a*s") == 3
    with pytest.raises(UnknownIdError, match="in 2 titles"):
        item_index(ratings, "lien")


def test_numbers_are_plain_and_finite_in_json(capsys: pytest.CaptureFixture):
    import numpy as np

    print_json({"a": np.float32(0.5), "b": [math.nan, np.int64(3)], "c": np.array([1, 2]), "ü": None})
    assert json.loads(capsys.readouterr().out) == {"a": 0.5, "b": [None, 3], "c": [1, 2], "ü": None}
    assert plain((np.bool_(True),)) == [True]


def test_values_for_people():
    assert [shown(v) for v in (None, True, 1234567, 0.123456, 1234.5, "[x]")] == [
        "", "yes", "1,234,567", "0.1235", "1,234", "[x]",
    ]  # fmt: skip


def reco(*arguments: object, **options: Any) -> subprocess.Popen:
    """`reco` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "reco_core.cli", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_a_keras_model_trains_from_the_command_line(csv: Path):
    process = reco(
        "train", csv, "--model", "deep_regressor", "--set", "layers=4", "--set", "epochs=2", "--refit", "--json"
    )
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    run = json.loads(out)
    assert run["status"] == "finished" and run["refit"] is True and run["parameters"] > 0
    assert "oneDNN" not in err and "Traceback" not in err


def _interrupt(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGINT)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a whole console")
@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_stops_a_training_and_keeps_it_and_twice_breaks_off(csv: Path, presses: int):
    endless = ("--set", "epochs=2000", "--set", "patience=none", "--set", "batch_size=1")
    process = reco("train", csv, "--model", "mf", *endless, "--json")
    store = RunStore()
    wait_until(lambda: store.list() and len(store.list()[0].epochs()) > 1, "epochs are over")
    (run,) = store.list()
    process.send_signal(signal.SIGINT)
    if presses == 2:
        assert any("Ctrl-C again breaks off" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    if presses == 1:
        assert process.returncode == 0, err
        assert json.loads(out)["status"] == "stopped"
    # The second press may come after the scoring is over.
    assert run.status == "stopped" or (presses == 2 and run.status == "interrupted")
    assert run.has_result and run.scorer() is not None
