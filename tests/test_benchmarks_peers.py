"""Other libraries as processes: what they are handed, what they leave, and that their absence is said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import peers
from benchmarks.peer_settings import FACTORS, PEERS
from reco_core.evaluation import evaluate
from reco_core.models import get_model
from reco_core.models.spec import Shape
from reco_core.split import Split, SplitSettings, make_split
from tests.small_ratings import random_ratings

RATINGS = random_ratings(5)
SPLIT: Split = make_split(RATINGS, SplitSettings(kind="random", test_size=0.2, val_size=0.1, seed=0))
# A library of a few lines: the settings' stars for every pair, and items by how often they were rated in train.
FAKE = """
import json, sys
from pathlib import Path
import numpy as np
folder = Path(sys.argv[1])
asked, split = json.loads((folder / "request.json").read_text()), np.load(folder / "split.npz")
n_users, n_items = split["sizes"]
for number, settings in enumerate(asked["fits"]):
    if "fail" in settings:
        sys.exit("no such setting: fail")
    np.save(folder / f"predicted-{number}.npy", np.full(len(split["test_users"]), settings["stars"], np.float32))
    counts = np.bincount(split["train_items"], minlength=n_items).astype(np.float32)
    if asked["scores"]:
        np.save(folder / f"scores-{number}.npy", np.tile(counts, (n_users, 1)))
fits = [{"seconds": [0.25] * asked["repeats"]} for _ in asked["fits"]]
(folder / "answer.json").write_text(json.dumps({"fits": fits, "version": "1.0"}))
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(peers.VARIABLE, sys.executable)
    script = tmp_path / "fake.py"
    script.write_text(FAKE)
    return script


def test_a_peer_answers_from_a_process_of_its_own(fake):
    answer = peers.ask("any", RATINGS, SPLIT, [{"stars": 3}, {"stars": 4}], repeats=2, script=fake)
    assert answer.version == "1.0"
    assert [fit.seconds for fit in answer.fits] == [(0.25, 0.25)] * 2
    assert np.array_equal(answer.fits[1].predicted, np.full(len(SPLIT.test), 4, dtype=np.float32))


def test_a_peers_figures_are_computed_by_our_code(fake):
    answer = peers.ask("any", RATINGS, SPLIT, [{"stars": 3}], script=fake)
    found = peers.figures(answer.fits[0], RATINGS, SPLIT)
    assert found["rmse"] == pytest.approx(np.sqrt(np.mean((3 - RATINGS.rating[SPLIT.test]) ** 2)))
    spec, rows = get_model("popularity"), SPLIT.known
    shape = Shape(RATINGS.n_users, RATINGS.n_items, RATINGS.scale, float(RATINGS.rating[rows].mean()))
    fitted = spec.fit(RATINGS.user_index[rows], RATINGS.item_index[rows], RATINGS.rating[rows], shape, spec.parse())
    ours = evaluate(spec, spec.scorer(fitted, shape, spec.parse()), RATINGS, SPLIT)
    assert found["ndcg@10"] == pytest.approx(ours["ndcg@10"], abs=1e-9)


def test_a_peer_without_scores_has_star_figures_alone(fake):
    answer = peers.ask("any", RATINGS, SPLIT, [{"stars": 3}], scores=False, script=fake)
    assert set(peers.figures(answer.fits[0], RATINGS, SPLIT)) == {"mse", "rmse", "mae", "rounded_mae"}


def test_a_peer_that_fails_is_quoted(fake):
    with pytest.raises(RuntimeError, match="any failed: no such setting: fail"):
        peers.ask("any", RATINGS, SPLIT, [{"fail": 1}], script=fake)


def test_a_peer_is_handed_the_training_rows_and_never_the_test_stars(tmp_path):
    peers.write_split(tmp_path / "split.npz", RATINGS, SPLIT)
    with np.load(tmp_path / "split.npz") as archive:
        handed = dict(archive)
    assert np.array_equal(handed["train_stars"], RATINGS.rating[SPLIT.known])
    assert np.array_equal(handed["test_users"], RATINGS.user_index[SPLIT.test])
    assert not {name for name in handed if name.startswith("test") and "stars" in name}
    assert handed["sizes"].tolist() == [RATINGS.n_users, RATINGS.n_items]


def test_missing_peers_are_said(monkeypatch, tmp_path, capsys):
    monkeypatch.delenv(peers.VARIABLE, raising=False)
    monkeypatch.setattr(peers, "OWN", tmp_path / "python")
    assert "Rows of other libraries are missing" in peers.missing()
    monkeypatch.setattr(command, "_measure", lambda name: 0)
    command.main(["learning"])
    assert "Rows of other libraries are missing" in capsys.readouterr().out


def test_a_setting_that_names_no_python_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv(peers.VARIABLE, str(tmp_path / "none"))
    assert f"{peers.VARIABLE} names no file" in peers.missing()


def test_every_peer_with_settings_has_a_model_in_the_script():
    code = f"import sys; sys.path.insert(0, {str(peers.SCRIPT.parent)!r}); import run; print(*run.MODELS)"
    names = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {peer.name for peer in PEERS} == set(names)


def test_time_to_the_goal_is_asked_of_peers_that_count_epochs():
    assert all(peer.iterations and peer.soonest and peer.iterations not in peer.soonest for peer in FACTORS)
