"""Ranking models on the split of a table that others publish: ML-100K, 75/25 of each user's rows, k = 10."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks import peers
from benchmarks.dataset import ml_100k
from benchmarks.fitting import fit
from benchmarks.goals import Goal
from benchmarks.peer_settings import PEERS
from benchmarks.section import Section
from reco_core.errors import RecoError
from reco_core.jobs.runtime import load
from reco_core.models import MODELS
from reco_core.ratings import Ratings
from reco_core.split import Split, SplitSettings, make_split

SEEDS = (42, 43, 44, 45, 46)
SHARE = 0.75
FIGURES = ("ndcg@10", "map@10", "precision@10", "recall@10")
BASELINE = "popularity"
TEXT = (
    "The protocol of the comparison table of Microsoft's Recommenders: MovieLens 100K, each user's rows shuffled and "
    "the first 75 % trained on (a row trains where its place divided by the user's count is at most 0.75); every "
    "held-out item is relevant, whatever its stars; candidates are all items that the user has not rated in train; k "
    "= 10. The first seed is theirs, drawn as they draw it, so its rows are the table's. Mean and spread over seeds "
    f"{', '.join(map(str, SEEDS))}. Models with settings of their own for epochs choose them on a tenth of the "
    "training rows and learn anew from all of them. Published NDCG@10 there: BiVAE 0.475, BPR 0.442, LightGCN 0.420, "
    "NCF 0.396, SAR 0.382, ALS 0.044 (their MAP divides otherwise, so that column is not comparable). Seconds: "
    "median of fitting."
)


def run() -> Section:
    """Each of our ranking models, and other libraries' tuned ones, on five splits."""
    load()
    ratings = ml_100k()
    splits = [stratified(ratings, seed) for seed in SEEDS]
    rows, notes, ndcg = [], [], {}
    for spec in MODELS:
        if spec.predicts_stars:
            continue
        try:
            trained = [fit(spec, ratings, split, seed) for seed, split in zip(SEEDS, splits, strict=True)]
        except RecoError as error:
            notes.append(f"**{spec.name} is missing: {error}**")
            continue
        results = [one.figures(ratings) | {"seconds": one.seconds} for one in trained]
        ndcg[spec.name] = float(np.mean([result["ndcg@10"] for result in results]))
        rows.append([spec.name, *_cells(results)])
        print("  ".join(rows[-1]), flush=True)
    notes += [note for note in [peers.missing()] if note]
    for peer in () if peers.missing() else [peer for peer in PEERS if not peer.iterations and "tuned" in peer.rows]:
        if "surprise" in peer.name:
            continue
        rows.append([f"{peer.title}, tuned", *_cells(_of_peer(peer.name, peer.rows["tuned"], ratings, splits))])
        print("  ".join(rows[-1]), flush=True)
    columns = ["model", "NDCG@10", "MAP@10", "Precision@10", "Recall@10", "NDCG@10, seed 42", "seconds"]
    return Section("Ranking, on a published split", TEXT, columns, rows, goals(ndcg), notes)


def stratified(ratings: Ratings, seed: int) -> Split:
    """Recommenders' python_stratified_split: rows by user and by a random number, train where place/count <= 0.75."""
    drawn = np.random.RandomState(seed).rand(len(ratings))
    order = np.lexsort((drawn, ratings.user_index))
    starts = np.concatenate([[0], np.cumsum(ratings.user_counts)])[:-1]
    users = ratings.user_index[order]
    place = np.arange(len(ratings)) - starts[users] + 1
    trains = place / ratings.user_counts[users] <= SHARE
    base = make_split(ratings, SplitSettings(kind="user", test_size=1 - SHARE, val_size=0.0, seed=seed))
    return replace(base, train=np.sort(order[trains]), test=np.sort(order[~trains]))


def _of_peer(name: str, settings: dict, ratings: Ratings, splits: list[Split]) -> list[dict[str, float]]:
    results = []
    for split in splits:
        answer = peers.ask(name, ratings, split, [settings])
        results.append(peers.figures(answer.fits[0], ratings, split) | {"seconds": answer.fits[0].seconds[0]})
    return results


def _cells(results: list[dict[str, float]]) -> list[str]:
    found = {name: [result[name] for result in results] for name in FIGURES}
    spread = f"{np.mean(found['ndcg@10']):.4f} ± {np.std(found['ndcg@10']):.4f}"
    means = [f"{np.mean(found[name]):.4f}" for name in FIGURES[1:]]
    seconds = f"{np.median([result['seconds'] for result in results]):.2f}"
    return [spread, *means, f"{found['ndcg@10'][0]:.4f}", seconds]


def goals(ndcg: dict[str, float]) -> list[Goal]:
    """What EASE and the best of our models are to reach."""
    found = [Goal("ease, NDCG@10", 0.478, ndcg.get("ease"), digits=4, at_least=True, why="There is no such model yet.")]
    own = {name: value for name, value in ndcg.items() if name != BASELINE}
    best = max(own, key=own.get) if own else ""
    why = "" if best else "There is no ranking model yet."
    return [*found, Goal(f"the best ({best}), NDCG@10", 0.50, own.get(best), digits=4, at_least=True, why=why)]
