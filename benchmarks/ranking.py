"""Ranking models on the split of a table that others publish: ML-100K, 75/25 of each item's rows, k = 10."""

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
from reco_core.jobs.running.load_tensorflow import load
from reco_core.models import MODELS
from reco_core.models.ensemble import RANKING_ENSEMBLE, RankingEnsembleScorer
from reco_core.models.spec import ModelSpec
from reco_core.ratings import Ratings
from reco_core.split import Split, SplitSettings, make_split

SEEDS = (42, 43, 44, 45, 46)
SHARE = 0.75
FIGURES = ("ndcg@10", "map@10", "precision@10", "recall@10")
BASELINE = "popularity"
# Equal weights: on validation rows of seed 42's training rows no others did better, nor did a third member.
BLEND = ("ease, sittings", "implicit_als")
BY_ITEM, BY_USER = "item", "user"
TEXT = (
    "The protocol of the comparison table of Microsoft's Recommenders: MovieLens 100K, 75/25 by its "
    'python_stratified_split; its notebook passes filter_by="item", so each item\'s rows are shuffled and the first 75 '
    "% trained on (a row trains where its place divided by the item's count is at most 0.75). Its README says that "
    "each user's rows are divided so; models that are worked out directly are measured that way too. Every held-out "
    "item is relevant, whatever its stars; candidates are all items that the user has not rated in train; k = 10; mean "
    "over users with a held-out row. The first seed is theirs, drawn as they draw it, so its rows are the table's. "
    f"Mean and spread over seeds {', '.join(map(str, SEEDS))}. Models with settings of their own for epochs choose "
    "them on a tenth of the training rows and learn anew from all of them. The ensemble is the mean of its members' "
    "scores, each user's scores of all items brought to mean 0 and deviation 1; its members, and the settings of ease, "
    "were chosen on validation rows drawn from seed 42's training rows (which overlap with other seeds' test rows) and "
    "on other data (MovieLens 1M). Its `ease` has the preset sittings: ratings that a user gave within minutes of each "
    "other count more, which finds rows held out at random from one sitting, and says little of what is rated later. "
    "Published NDCG@10 there: BiVAE 0.475, BPR 0.442, LightGCN 0.420, NCF 0.396, SAR 0.382, ALS 0.044 (their MAP "
    "divides otherwise, so that column is not comparable). Seconds: median of fitting."
)
COLUMNS = [
    "model",
    "NDCG@10",
    "MAP@10",
    "Precision@10",
    "Recall@10",
    "NDCG@10, seed 42",
    "NDCG@10, split by user",
    "seconds",
]
Results = list[dict[str, float]]


def run() -> Section:
    """Each of our ranking models, and other libraries' tuned ones, on five splits."""
    load()
    ratings, notes = ml_100k(), [note for note in [peers.missing()] if note]
    splits = [stratified(ratings, seed, BY_ITEM) for seed in SEEDS]
    own = _own(ratings, splits, MODELS, notes)
    closed = [spec for spec in MODELS if spec.fit is not None]
    by_user = _own(ratings, [stratified(ratings, seed, BY_USER) for seed in SEEDS], closed, notes)
    rows = [_row(name, results, by_user.get(name)) for name, results in own.items()]
    for peer in () if peers.missing() else [peer for peer in PEERS if peer.ranks]:
        rows.append(_row(f"{peer.title}, tuned", _of_peer(peer, ratings, splits)))
        print("  ".join(rows[-1]), flush=True)
    found = [{name: _mean(results) for name, results in one.items()} for one in (own, by_user)]
    return Section("Ranking, on a published split", TEXT, COLUMNS, rows, goals(*found), notes)


def _own(ratings: Ratings, splits: list[Split], specs: Sequence[ModelSpec], notes: list[str]) -> dict[str, Results]:
    """The figures of our ranking models by name, one of each split, and of the ensemble; what is missing is noted."""
    fits, found = {}, {}
    for spec in (spec for spec in specs if not spec.predicts_stars):
        for preset in (None, *(preset.name for preset in spec.presets)):
            name = f"{spec.name}, {preset}" if preset else spec.name
            try:
                pairs = zip(SEEDS, splits, strict=True)
                fits[name] = [fit(spec, ratings, split, seed, preset=preset) for seed, split in pairs]
            except RecoError as error:
                notes.append(f"**{name} is missing: {error}**")
                continue
            found[name] = [one.figures(ratings) | {"seconds": one.seconds} for one in fits[name]]
            print("  ".join(_row(name, found[name])), flush=True)
    if set(BLEND) <= set(fits):
        members = zip(*(fits[name] for name in BLEND), strict=True)
        found[f"ensemble of {' and '.join(BLEND)}"] = [blended(ratings, of_split) for of_split in members]
    return found


def blended(ratings: Ratings, members: Sequence[Fit]) -> dict[str, float]:
    """The figures of the members' equally weighted ensemble; seconds of all their fits."""
    scorer = RankingEnsembleScorer([one.scorer for one in members], [1 / len(members)] * len(members))
    first = members[0]
    found = evaluate(RANKING_ENSEMBLE, scorer, ratings, first.split, trained_rows=first.trained_rows)
    return found | {"seconds": sum(one.seconds for one in members)}


def stratified(ratings: Ratings, seed: int, by: str = BY_ITEM) -> Split:
    """Recommenders' python_stratified_split, of the rows of each item or user.

    Rows in the order of a random number within their group train where place / count is at most 0.75.
    """
    groups = ratings.item_index if by == BY_ITEM else ratings.user_index
    order = np.lexsort((np.random.RandomState(seed).rand(len(ratings)), groups))
    counts = np.bincount(groups)
    starts = np.cumsum(counts) - counts
    of_row = groups[order]
    place = np.arange(len(ratings)) - starts[of_row] + 1
    trains = place / counts[of_row] <= SHARE
    base = make_split(ratings, SplitSettings(kind="user", test_size=1 - SHARE, val_size=0.0, seed=seed))
    return replace(base, train=np.sort(order[trains]), test=np.sort(order[~trains]))


def _of_peer(peer: Peer, ratings: Ratings, splits: list[Split]) -> Results:
    results = []
    for split in splits:
        answer = peers.ask(peer.name, ratings, split, [peer.rows["tuned"]])
        results.append(peers.figures(answer.fits[0], ratings, split) | {"seconds": answer.fits[0].seconds[0]})
    return results


def _row(name: str, results: Results, by_user: Results | None = None) -> list[str]:
    others = [f"{_mean(results, figure):.4f}" for figure in FIGURES[1:]]
    seconds = f"{np.median([result['seconds'] for result in results]):.2f}"
    return [name, _spread(results), *others, f"{results[0]['ndcg@10']:.4f}", _spread(by_user or []), seconds]


def _mean(results: Results, figure: str = "ndcg@10") -> float:
    return float(np.mean([result[figure] for result in results]))


def _spread(results: Results) -> str:
    return f"{_mean(results):.4f} ± {np.std([result['ndcg@10'] for result in results]):.4f}" if results else ""


def goals(by_item: dict[str, float], by_user: dict[str, float]) -> list[Goal]:
    """What EASE and the best of our models are to reach, on the rows of the table and split by user."""
    made = []
    for found, how in ((by_item, ""), (by_user, ", split by user")):
        own = {name: value for name, value in found.items() if name != BASELINE}
        best = max(own, key=own.get) if own else ""
        why = "" if own else "There is no such model yet."
        made.append(Goal(f"ease, NDCG@10{how}", 0.478, own.get("ease"), digits=4, at_least=True, why=why))
        made.append(Goal(f"the best ({best}), NDCG@10{how}", 0.50, own.get(best), digits=4, at_least=True, why=why))
    return made
