"""From a model's scores to a list: blend, damping, filters and diversity, and what each of them changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reco_core.errors import SettingsError
from reco_core.recommend.diverse import most_diverse
from reco_core.recommend.item_features import ItemFacts

POOL = 10  # times the list's length: the best candidates, among which diversity chooses
LEAST_POOL = 100


@dataclass(frozen=True)
class ListSettings:
    """How a list is made of scores; the defaults give the model's own list.

    n: its length. blend: 0..1, the weight of a second run's scores. damping: ratings at the mean that are added to each
    item's own, so that a score that few ratings stand behind counts less. at_least: ratings that an item must have.
    genres: any of these (none: all). years: first and last, None for no limit. hide_seen: without the rated items.
    diversity: 0..1, see most_diverse. Raises SettingsError.
    """

    n: int = 10
    blend: float = 0.0
    damping: float = 0.0
    at_least: int = 0
    genres: tuple[str, ...] = ()
    years: tuple[int | None, int | None] = (None, None)
    hide_seen: bool = True
    diversity: float = 0.0

    def __post_init__(self) -> None:
        first, last = self.years
        for name, value, rule, fits in (
            ("n", self.n, "at least 1", self.n >= 1),
            ("blend", self.blend, "from 0 to 1", 0 <= self.blend <= 1),
            ("damping", self.damping, "0 or more", 0 <= self.damping < float("inf")),
            ("at_least", self.at_least, "0 or more", self.at_least >= 0),
            ("diversity", self.diversity, "from 0 to 1", 0 <= self.diversity <= 1),
            ("years", self.years, "the first one, then the last one", first is None or last is None or first <= last),
        ):
            if not fits:
                raise SettingsError(f"{name} must be {rule}; got {value}.")

    @property
    def filters(self) -> bool:
        """Whether some items are left out because of what they are."""
        return bool(self.at_least or self.genres or self.years != (None, None))


@dataclass(frozen=True)
class Step:
    """One control that was used: its name, and how many entries of the list before it are no longer in it."""

    name: str
    changed: int


@dataclass(frozen=True, eq=False)
class Reranked:
    """The list: item_index int64 [n], best first, and the model's own score float32 [n].

    steps: the model's own list, then each control that was used, in order. places: int64 [n_steps, n], where each entry
    of the list stood after each step, 1 for the top; 0 where it was not a candidate.
    """

    item_index: np.ndarray
    score: np.ndarray
    steps: tuple[Step, ...]
    places: np.ndarray

    def __len__(self) -> int:
        return len(self.item_index)

    @property
    def moved(self) -> np.ndarray:
        """Places that each entry has risen (or, below 0, fallen) from the model's own list: int64 [n]."""
        return self.places[0] - self.places[-1]


def rerank(
    scores: np.ndarray,
    settings: ListSettings,
    facts: ItemFacts,
    seen: np.ndarray,
    second: np.ndarray | None = None,
    features: np.ndarray | None = None,
) -> Reranked:
    """The best items by `scores` (float [n_items]) and `settings`, equal ones by index.

    seen: indices of the rated items. second: scores of another model for the blend. features: float [n_items, dim],
    what likeness is measured by; the genres where None. Scores that are not finite never come into the list.

    In order: blend, (1 - w) z(scores) + w z(second), with z the scores less their mean over their deviation, both over
    the candidates; damping, mean + (score - mean) n / (n + damping), with the mean over the candidates and n the item's
    ratings; the filters; diversity over the POOL * n best. Raises SettingsError for an unknown genre, or a blend
    without second scores.
    """
    own = np.asarray(scores, dtype=np.float64)
    candidates = _candidates(own, second, settings, seen)
    orders, names = [_order(own, candidates)], ["model"]
    worth = own

    def step(name: str, order: np.ndarray) -> None:
        orders.append(order)
        names.append(name)

    if settings.blend > 0:
        if second is None:
            raise SettingsError("A blend needs a second run; got none.")
        worth = (1 - settings.blend) * _standard(own, candidates) + settings.blend * _standard(second, candidates)
        step("blend", _order(worth, candidates))
    if settings.damping > 0:
        mean = worth[candidates].mean() if len(candidates) else 0.0
        worth = mean + (worth - mean) * (facts.counts / (facts.counts + settings.damping))
        step("damping", _order(worth, candidates))
    if settings.filters:
        candidates = candidates[allowed(facts, settings)[candidates]]
        step("filters", _order(worth, candidates))
    if settings.diversity > 0:
        step("diversity", _spread(worth, orders[-1], settings, facts.genres if features is None else features))
    return _listed(np.asarray(scores, dtype=np.float32), orders, names, settings.n)


def _candidates(own: np.ndarray, second: np.ndarray | None, settings: ListSettings, seen: np.ndarray) -> np.ndarray:
    usable = np.isfinite(own)
    if second is not None and settings.blend > 0:
        usable &= np.isfinite(second)
    if settings.hide_seen:
        usable[np.asarray(seen, dtype=np.int64)] = False
    return np.flatnonzero(usable)


def _order(worth: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """The candidates, best first, equal ones by index."""
    return candidates[np.argsort(-worth[candidates], kind="stable")]


def _standard(scores: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Scores less their mean, over their standard deviation, both over the candidates; 0 where they do not differ."""
    scores = np.asarray(scores, dtype=np.float64)
    among = scores[candidates]
    spread = among.std() if len(among) else 0.0
    return (scores - among.mean()) / spread if spread > 0 else np.zeros_like(scores)


def allowed(facts: ItemFacts, settings: ListSettings) -> np.ndarray:
    """Which items the filters let through: bool [n_items]; items without a year only where no years are asked for."""
    fits = facts.counts >= settings.at_least
    if settings.genres:
        unknown = [name for name in settings.genres if name not in facts.genre_names]
        if unknown:
            known = ", ".join(facts.genre_names) or "none"
            raise SettingsError(f"genre must be one of this dataset's ({known}); got {unknown[0]}.")
        fits &= facts.genres[:, [facts.genre_names.index(name) for name in settings.genres]].any(axis=1)
    first, last = settings.years
    with np.errstate(invalid="ignore"):
        if first is not None:
            fits &= facts.years >= first
        if last is not None:
            fits &= facts.years <= last
    return fits


def _spread(worth: np.ndarray, order: np.ndarray, settings: ListSettings, features: np.ndarray) -> np.ndarray:
    """The order with its first entries chosen for diversity, the rest as it was."""
    pool = order[: max(POOL * settings.n, LEAST_POOL)]
    chosen = pool[most_diverse(worth[pool], features[pool], settings.n, settings.diversity)]
    return np.concatenate([chosen, order[~np.isin(order, chosen)]])


def _listed(scores: np.ndarray, orders: list[np.ndarray], names: list[str], n: int) -> Reranked:
    final = orders[-1][:n]
    places = np.zeros((len(orders), len(final)), dtype=np.int64)
    for row, order in enumerate(orders):
        place = np.zeros(len(scores), dtype=np.int64)
        place[order] = np.arange(1, len(order) + 1)
        places[row] = place[final]
    steps = [Step(names[0], 0)]
    for name, before, after in zip(names[1:], orders, orders[1:], strict=False):
        steps.append(Step(name, len(np.setdiff1d(before[:n], after[:n]))))
    return Reranked(final, scores[final], tuple(steps), places)
