"""Runs compared: whether they may be, in what they differ, and which differences are more than chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reco_core.evaluation.bootstrap import Interval, mean_difference, rmse_difference
from reco_core.evaluation.cold_start import cold_aware
from reco_core.evaluation.ranking import RankingByUser, ranking_by_user
from reco_core.jobs.results.figures import TIE_SEED, TOP_K, trained_rows
from reco_core.jobs.results.run_data import split_of
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.runs.chosen import usual_of

RMSE = "rmse"
RANKING = (f"ndcg@{TOP_K}", f"recall@{TOP_K}", f"precision@{TOP_K}", f"map@{TOP_K}")


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What a run does on each held-out row and for each user.

    users: int32 [n], who gave each test rating. squared: float64 [n], squared errors in stars, None where the model
    predicts none. ranking: what each user's list is worth.
    """

    users: np.ndarray
    squared: np.ndarray | None
    ranking: RankingByUser


@dataclass(frozen=True)
class Difference:
    """One figure of run A against run B. over_users, for RMSE only: the same with whole users drawn."""

    figure: str
    interval: Interval
    over_users: Interval | None = None

    @property
    def gain(self) -> float:
        """By how much A is better, in the figure's unit; below 0 where B is."""
        return self._better(self.interval.difference)

    @property
    def bounds(self) -> tuple[float, float]:
        """The 95 % interval of the gain."""
        return self._bounds(self.interval)

    @property
    def user_bounds(self) -> tuple[float, float] | None:
        """The 95 % interval of the gain in RMSE where whole users are drawn."""
        return None if self.over_users is None else self._bounds(self.over_users)

    @property
    def more_than_chance(self) -> bool:
        """Whether no interval holds 0: that over ratings and that over users, where there are both."""
        return self.interval.more_than_chance and (self.over_users is None or self.over_users.more_than_chance)

    def _better(self, difference: float) -> float:
        return 0.0 - difference if self.figure == RMSE else difference

    def _bounds(self, interval: Interval) -> tuple[float, float]:
        low, high = sorted((self._better(interval.low), self._better(interval.high)))
        return low, high


def unfair(runs: Sequence[RunReading]) -> list[str]:
    """Why these runs must not be ranked, one sentence for each reason; empty where they may."""
    reasons = []
    if len({run.info.dataset_fingerprint for run in runs}) > 1:
        reasons.append(f"They were trained on different datasets: {_each(runs, _dataset)}.")
    begun = [run for run in runs if run.info.split_fingerprint is not None]
    if not reasons and len({run.info.split_fingerprint for run in begun}) > 1:
        reasons.append(f"They were scored on different splits: {_each(begun, _split)}.")
    return reasons


def differing(runs: Sequence[RunReading]) -> dict[str, dict[str, Any]]:
    """Each setting whose value is not the same in all runs that have it: setting -> run id -> value.

    A setting that only some models have is listed where one of them was given another value than its model's default:
    else the model says it all.
    """
    settings = {run.id: _settings(run) for run in runs}
    defaults = {run.id: usual_of(run.info).model_dump(mode="json") for run in runs}
    found = {}
    for name in dict.fromkeys(name for values in settings.values() for name in values):
        row = {id_: values[name] for id_, values in settings.items() if name in values}
        chosen = any(value != defaults[id_].get(name, value) for id_, value in row.items())
        if len({repr(value) for value in row.values()}) > 1 or (len(row) < len(runs) and chosen):
            found[name] = row
    return found


def held_out(run: RunReading, ratings: Ratings) -> HeldOut:
    """The run on its test rows; raises RunError where it has no result or its split is another one now."""
    run.require_result()
    split = split_of(run.info, ratings)
    scorer = cold_aware(run.scorer(), ratings, trained_rows(run, split))
    users, items = ratings.user_index[split.test], ratings.item_index[split.test]
    squared = None
    if run.spec.predicts_stars:
        predicted = ratings.scale.clip(scorer.score(users, items).astype(np.float64))
        squared = np.square(predicted - ratings.rating[split.test])
    ranking = ranking_by_user(scorer, ratings, split.known, split.test, TOP_K, TIE_SEED)
    return HeldOut(users, squared, ranking)


def differences(a: HeldOut, b: HeldOut) -> list[Difference]:
    """RMSE, where both predict stars, and each ranking figure of A against B, with intervals. Same split for both."""
    found = []
    if a.squared is not None and b.squared is not None:
        by_user = rmse_difference(a.squared, b.squared, a.users)
        found.append(Difference(RMSE, rmse_difference(a.squared, b.squared), by_user))
    for figure in RANKING:
        found.append(Difference(figure, mean_difference(a.ranking.figures[figure], b.ranking.figures[figure])))
    return found


def best_first(runs: Sequence[RunReading], figure: str) -> list[RunReading]:
    """The runs that have the figure, the best first; none where they must not be ranked."""
    if unfair(runs):
        return []
    known = [run for run in runs if run.info.dataset_fingerprint and run.info.split_fingerprint]
    scored = {run.id: value for run in known if (value := (run.metrics or {}).get("test", {}).get(figure)) is not None}
    have = [run for run in known if run.id in scored]
    return sorted(have, key=lambda run: scored[run.id], reverse=figure != RMSE)


def verdict(difference: Difference, a: str, b: str) -> str:
    """The difference in a sentence, for runs called a and b."""
    if difference.gain < 0:
        return verdict(_turned(difference), b, a)
    title = difference.figure.upper()
    unit = "stars of RMSE" if difference.figure == RMSE else title
    figures = f"{difference.interval.a:.4f} against {difference.interval.b:.4f}"
    if difference.gain == 0 and difference.bounds == (0.0, 0.0):
        return f"{a} and {b} have the same {title}, {difference.interval.a:.4f}."
    sure = difference.more_than_chance
    chance = "is statistically significant" if sure else f"is not statistically significant{_only_users(difference)}"
    verb = "is better than" if sure else "is ahead of"
    return (
        f"{a} {verb} {b} by {difference.gain:.4f} {unit} ({figures}), {_interval(difference)}: the difference {chance}."
    )


def _interval(difference: Difference) -> str:
    low, high = difference.bounds
    return f"95 % interval [{low:.4f}, {high:.4f}]"


def _only_users(difference: Difference) -> str:
    """Where ratings drawn one by one would say otherwise."""
    if not difference.interval.more_than_chance:
        return ""
    low, high = difference.user_bounds
    return f", when whole users are resampled instead of single ratings ([{low:.4f}, {high:.4f}])"


def _turned(difference: Difference) -> Difference:
    """B against A."""
    turned = [one and _swapped(one) for one in (difference.interval, difference.over_users)]
    return Difference(difference.figure, *turned)


def _swapped(one: Interval) -> Interval:
    return Interval(one.b, one.a, -one.high, -one.low, 1 - one.share_below, one.unit, one.n, one.resamples)


def _settings(run: RunReading) -> dict[str, Any]:
    """Everything that was chosen for a run: what it was asked, and what was changed by hand while it trained."""
    info = run.info
    split = {f"split {key}": value for key, value in info.split.model_dump(mode="json").items()}
    around = {"seed": info.seed, "refit": info.refit, "base_run": info.base_run, "changed by hand": by_hand(run)}
    return {"model": info.model, "dataset": info.dataset} | info.settings | split | around


def by_hand(run: RunReading) -> list[str]:
    """What was changed while the run trained, such as "learning_rate 0.001 after epoch 4"."""
    return [f"{change.setting} {change.after:g} after epoch {change.epoch}" for change in run.changes()]


def _dataset(run: RunReading) -> str:
    return run.info.dataset


def _split(run: RunReading) -> str:
    split = run.info.split
    return f"{split.kind}, {split.test_size:g} test, {split.val_size:g} validation, seed {split.seed}"


def _each(runs: Sequence[RunReading], words: Callable[[RunReading], str]) -> str:
    return "; ".join(f"{run.name} ({words(run)})" for run in runs)
