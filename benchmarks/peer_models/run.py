"""Fits another library's model: `python run.py FOLDER`, under the Python that has the library.

FOLDER holds split.npz (train_users, train_items, train_stars, test_users, test_items, sizes = [n_users, n_items],
scale = [lowest, highest star]) and request.json: {"model": name, "fits": [settings, ...], "repeats": n,
"warm_up": bool, "scores": bool}. Left there: predicted-I.npy, float32 [n_test], stars as given, for models that
predict stars; scores-I.npy, float32 [n_users, n_items], nan where it has no answer, if asked for; and last answer.json:
{"fits": [{"seconds": [...]}, ...], "version": "..."}. No figure is computed here, and test stars are not handed over.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from factor_models import CornacMf, LensKitBiasedMf, SurpriseSvd, SurpriseSvdpp
from list_models import CornacBpr, ImplicitAls, ImplicitBm25, SurpriseKnnBaseline

MODELS = {
    model.name: model
    for model in (
        CornacMf,
        LensKitBiasedMf,
        SurpriseSvd,
        SurpriseSvdpp,
        SurpriseKnnBaseline,
        CornacBpr,
        ImplicitAls,
        ImplicitBm25,
    )
}


def main(folder: Path) -> None:
    """Answers the request in the folder."""
    request = json.loads((folder / "request.json").read_text())
    with np.load(folder / "split.npz") as archive:
        peer = MODELS[request["model"]](dict(archive))
    if request["warm_up"]:
        peer.fit(request["fits"][0])
    fits = []
    for number, settings in enumerate(request["fits"]):
        seconds = [_timed(peer, settings) for _ in range(request["repeats"])]
        fits.append({"seconds": seconds})
        if peer.predicts_stars:
            np.save(folder / f"predicted-{number}.npy", np.asarray(peer.predicted(), dtype=np.float32))
        if request["scores"]:
            np.save(folder / f"scores-{number}.npy", np.asarray(peer.scores(), dtype=np.float32))
    (folder / "answer.json").write_text(json.dumps({"fits": fits, "version": version(peer.library)}))


def _timed(peer: Any, settings: dict[str, Any]) -> float:
    """Seconds of one fit."""
    began = time.perf_counter()
    peer.fit(settings)
    return time.perf_counter() - began


if __name__ == "__main__":
    main(Path(sys.argv[1]))
