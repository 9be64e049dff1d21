"""Ranking models on the split of a table that others publish: ML-100K, 75/25 of each user's rows, k = 10."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks import peers
from benchmarks.dataset import ml_100k
from benchmarks.fitting import Fit, fit
from benchmarks.goals import Goal
from benchmarks.peer_settings import PEERS, Peer
from benchmarks.section import Section
from reco_core.errors import RecoError
from reco_core.evaluation import evaluate
from reco_core.jobs.runtime import load
from reco_core.models import MODELS
from reco_core.models.ensemble import RANKING_ENSEMBLE, RankingEnsembleScorer
from reco_core.ratings import Ratings
from reco_core.split import Split, SplitSettings, make_split

SEEDS = (42, 43, 44, 45, 46)
SHARE = 0.75
FIGURES = ("ndcg@10", "map@10", "precision@10", "recall@10")
BASELINE = "popularity"
# Of the pairs and triples of our ranking models, the one that did best on validation rows of seed 42's training rows.
BLEND = ("ease", "implicit_als", "neural_ranking")
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
    notes = [note for note in [peers.missing()] if note]
    own = _own(ratings, splits, notes)
    rows = [[name, *_cells(results)] for name, results in own.items()]
    for peer in () if peers.missing() else [peer for peer in PEERS if peer.ranks]:
        rows.append([f"{peer.title}, tuned", *_cells(_of_peer(peer, ratings, splits))])
        print("  ".join(rows[-1]), flush=True)
    ndcg = {name: float(np.mean([result["ndcg@10"] for result in results])) for name, results in own.items()}
    columns = ["model", "NDCG@10", "MAP@10", "Precision@10", "Recall@10", "NDCG@10, seed 42", "seconds"]
    return Section("Ranking, on a published split", TEXT, columns, rows, goals(ndcg), notes)


def _own(ratings: Ratings, splits: list[Split], notes: list[str]) -> dict[str, list[dict[str, float]]]:
    """The figures of our ranking models by name, one of each split, and of the ensemble; what is missing is noted."""
    fits, found = {}, {}
    for spec in MODELS:
        if spec.predicts_stars:
            continue
        try:
            fits[spec.name] = [fit(spec, ratings, split, seed) for seed, split in zip(SEEDS, splits, strict=True)]
        except RecoError as error:
            notes.append(f"**{spec.name} is missing: {error}**")
            continue
        found[spec.name] = [one.figures(ratings) | {"seconds": one.seconds} for one in fits[spec.name]]
        print(spec.name, *_cells(found[spec.name]), flush=True)
    if set(BLEND) <= set(fits):
        members = zip(*(fits[name] for name in BLEND), strict=True)
        found[f"ensemble of {', '.join(BLEND)}"] = [blended(ratings, of_split) for of_split in members]
    return found


def blended(ratings: Ratings, members: Sequence[Fit]) -> dict[str, float]:
    """The figures of the members' equally weighted ensemble; seconds of all their fits."""
    scorer = RankingEnsembleScorer([one.scorer for one in members], [1 / len(members)] * len(members))
    first = members[0]
    found = evaluate(RANKING_ENSEMBLE, scorer, ratings, first.split, trained_rows=first.trained_rows)
    return found | {"seconds": sum(one.seconds for one in members)}


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


def _of_peer(peer: Peer, ratings: Ratings, splits: list[Split]) -> list[dict[str, float]]:
    results = []
    for split in splits:
        answer = peers.ask(peer.name, ratings, split, [peer.rows["tuned"]])
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
    own = {name: value for name, value in ndcg.items() if name != BASELINE}
    best = max(own, key=own.get) if own else ""
    why = "There is no such model yet."
    return [
        Goal("ease, NDCG@10", 0.478, ndcg.get("ease"), digits=4, at_least=True, why="" if "ease" in ndcg else why),
        Goal(f"the best ({best}), NDCG@10", 0.50, own.get(best), digits=4, at_least=True, why="" if best else why),
    ]
