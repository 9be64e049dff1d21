"""The command line looks into runs: similar items, recommendations, out and in again."""

from __future__ import annotations

from pathlib import Path

import pytest

from reco_core.models import MODELS
from reco_core.runs import RunStore
from tests.commands import Answer


def test_similar_items_come_nearest_first(with_vectors: str):
    found = Answer("similar", with_vectors, 3, "-k", 4, "--json").json
    assert (found["item"], found["title"], found["year"]) == (3, "Film [3]", 1992)
    assert (found["by"], found["measure"]) == ("blend", None)
    scores = [row["score"] for row in found["similar"]]
    assert len(scores) == 4 and scores == sorted(scores, reverse=True)
    assert 3 not in [row["item"] for row in found["similar"]]
    farther = Answer("similar", with_vectors, "film [3]", "--measure", "euclidean", "--json").json["similar"]
    assert [row["score"] for row in farther] == sorted(row["score"] for row in farther)
    assert "Film [" in Answer("similar", with_vectors, 3).out
    lists = {by: Answer("similar", with_vectors, 3, "--by", by, "--json").json for by in ("learned", "raters")}
    lists["vectors"] = Answer("similar", with_vectors, 3, "--by", "vectors", "--json").json
    assert len({tuple(row["item"] for row in one["similar"]) for one in lists.values()}) == 3
    assert (lists["vectors"]["measure"], lists["raters"]["measure"]) == ("cosine", None)
    assert (
        "--measure goes with --by vectors"
        in Answer("similar", with_vectors, 3, "--by", "raters", "--measure", "dot").err
    )


@pytest.mark.parametrize("model", ["ease", "item_knn"])
def test_similar_items_of_a_model_without_vectors_are_those_of_its_weights(csv: Path, model: str):
    run = Answer("train", csv, "--model", model, "--json").json["run"]
    found = Answer("similar", run, 3, "-k", 4, "--by", "learned", "--min-ratings", 0, "--json").json["similar"]
    weights = RunStore().open(run).scorer().weights_between(2)
    assert [row["score"] for row in found] == pytest.approx(sorted(weights.tolist())[::-1][:4])
    assert "must be by one of blend, learned, raters; got vectors" in Answer("similar", run, 3, "--by", "vectors").err


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
