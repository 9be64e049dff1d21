"""Other libraries, measured in processes under a Python of their own, as their pins differ from ours."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reco_core.evaluation.ranking import ranking_metrics
from reco_core.evaluation.rating import rating_metrics
from reco_core.ratings import Ratings
from reco_core.split import Split

VARIABLE = "RECO_PEERS_PYTHON"
SCRIPT = Path(__file__).parent / "peer_models" / "run.py"
SECONDS = 600.0  # after which a library is given up
OWN = Path(__file__).parents[1] / ".venv-bench" / "bin" / "python"


@dataclass(frozen=True, eq=False)
class PeerFit:
    """One fit of another library: seconds of each repeat, stars of the test rows, scores of all users x items."""

    seconds: tuple[float, ...]
    predicted: np.ndarray | None
    scores: np.ndarray | None


@dataclass(frozen=True, eq=False)
class PeerAnswer:
    """What a library did with one request, and which version of it that was."""

    fits: tuple[PeerFit, ...]
    version: str


@dataclass(frozen=True, eq=False)
class MatrixScorer:
    """Scores that were computed before: float32 [n_users, n_items]."""

    scores: np.ndarray

    def score_all(self, user_index: np.ndarray) -> np.ndarray:
        """Scores of all items for each user: int [n] -> float32 [n, n_items]."""
        return self.scores[user_index]


def python() -> Path:
    """The peers' Python: RECO_PEERS_PYTHON, else that of .venv-bench, which `make bench` fills."""
    chosen = os.environ.get(VARIABLE)
    return Path(chosen) if chosen else OWN


def missing() -> str:
    """Why other libraries cannot be measured, in one sentence; empty where they can."""
    if python().is_file():
        return ""
    where = f"{VARIABLE} names no file" if os.environ.get(VARIABLE) else f"neither .venv-bench nor {VARIABLE} is there"
    return f"**Rows of other libraries are missing: {where} (`make bench` makes .venv-bench).**"


def ask(
    model: str,
    ratings: Ratings,
    split: Split,
    fits: list[dict[str, Any]],
    repeats: int = 1,
    warm_up: bool = False,
    scores: bool = True,
    script: Path = SCRIPT,
) -> PeerAnswer:
    """Fits the model with each of the settings on the training rows; raises RuntimeError with its last words."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_split(folder / "split.npz", ratings, split)
        request = {"model": model, "fits": fits, "repeats": repeats, "warm_up": warm_up, "scores": scores}
        (folder / "request.json").write_text(json.dumps(request))
        done = subprocess.run(
            [str(python()), str(script), str(folder)], capture_output=True, text=True, timeout=SECONDS
        )
        if done.returncode:
            raise RuntimeError(f"{model} failed: {done.stderr[-2000:]}")
        return read_answer(folder)


def write_split(path: Path, ratings: Ratings, split: Split) -> None:
    """The rows to train on, with stars, and the pairs to predict, without."""
    train, test = split.known, split.test
    np.savez(
        path,
        train_users=ratings.user_index[train],
        train_items=ratings.item_index[train],
        train_stars=ratings.rating[train],
        test_users=ratings.user_index[test],
        test_items=ratings.item_index[test],
        sizes=np.array([ratings.n_users, ratings.n_items]),
        scale=np.array([ratings.scale.min, ratings.scale.max], dtype=np.float64),
    )


def read_answer(folder: Path) -> PeerAnswer:
    """What the other process left in the folder."""
    answer = json.loads((folder / "answer.json").read_text())
    fits = tuple(
        PeerFit(
            tuple(fit["seconds"]), _array(folder / f"predicted-{number}.npy"), _array(folder / f"scores-{number}.npy")
        )
        for number, fit in enumerate(answer["fits"])
    )
    return PeerAnswer(fits, answer["version"])


def figures(fit: PeerFit, ratings: Ratings, split: Split) -> dict[str, float]:
    """Our metrics of another library's answers, by our code: stars where it predicts them, lists where it scores."""
    found: dict[str, float] = {}
    if fit.predicted is not None:
        found |= rating_metrics(fit.predicted, ratings.rating[split.test], ratings.scale)
    if fit.scores is not None:
        found |= ranking_metrics(MatrixScorer(fit.scores), ratings, split.known, split.test)
    return found


def _array(path: Path) -> np.ndarray | None:
    return np.load(path, allow_pickle=False) if path.is_file() else None
