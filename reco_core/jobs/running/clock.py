"""Seconds that a run has taken, over all the times that it was trained."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping


class Clock:
    """total: with reading the data and loading; fit: training alone; first_epoch: from its begin to the first epoch.

    rested: the seconds so far in which the training stood still because somebody asked for it; they do not count.
    """

    def __init__(
        self, before: Mapping[str, float | None] | None = None, rested: Callable[[], float] = lambda: 0.0
    ) -> None:
        before = before or {}
        self._rested = rested
        self._began = self._now()
        self._total, self._fit = before.get("total") or 0.0, before.get("fit") or 0.0
        self._first_epoch = before.get("first_epoch")
        self._fit_began: float | None = None

    def fit_begins(self) -> None:
        """Training starts; what came before is no part of it."""
        self._fit_began = self._now()

    def fit_ends(self) -> None:
        """Training is over, or another one follows."""
        self._fit, self._fit_began = self._fit + self._fitting(), None

    def epoch_ended(self) -> None:
        """An epoch is over; the first one counts."""
        if self._first_epoch is None:
            self._first_epoch = self._fit + self._fitting()

    def seconds(self) -> dict[str, float | None]:
        """What Finished says."""
        total = self._total + self._now() - self._began
        return {"total": total, "first_epoch": self._first_epoch, "fit": self._fit + self._fitting()}

    def _fitting(self) -> float:
        return 0.0 if self._fit_began is None else self._now() - self._fit_began

    def _now(self) -> float:
        return time.monotonic() - self._rested()
