"""Fitting a model that is worked out directly: its progress, and one epoch with its figures."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass

from reco_core.events import EpochEnded, Event, Progress, Stopped
from reco_core.models.spec import Arrays, ModelSpec, Settings, Shape
from reco_core.training.rows import Rows
from reco_core.training.steering import Steering
from reco_core.training.validation_ndcg import RankedRows

_PROGRESS_EVERY = 0.25  # seconds


@dataclass(frozen=True, eq=False)
class Fitting:
    """A model with the rows that it is fitted on, and its constants made from them."""

    spec: ModelSpec
    settings: Settings
    shape: Shape
    rows: Rows
    context: Arrays
    steering: Steering

    def events(self, first: Fitting | None, ranked: RankedRows | None) -> Generator[Event, None, Arrays]:
        """Progress, then EpochEnded; returns the arrays, none where it was asked to stop.

        first: the same without the validation rows, fitted before for the figures on them. No loss is minimised that
        models share, so loss is the mean squared error in stars, None for a model without stars.
        """
        began, share = time.perf_counter(), 0.5 if first else 1.0
        ndcg = val_ndcg = loss = rmse = None
        if first is not None:
            arrays = yield from first._fit(began, 0.0, share)
            if not arrays:
                return arrays
            ndcg, val_ndcg = ranked.figures(self.spec.scorer(arrays, self.shape, self.settings))
        arrays = yield from self._fit(began, 1.0 - share, share)
        if not arrays:
            return arrays
        scorer = self.spec.scorer(arrays, self.shape, self.settings)
        if self.spec.predicts_stars:
            loss, rmse = self.rows.errors(scorer, "mse", self.shape.scale)
        elif first is None:
            ndcg, val_ndcg = ranked.figures(scorer)
        seconds = max(time.perf_counter() - began, 1e-9)
        speed = len(self.rows) / seconds
        yield EpochEnded(1, 1, loss, None, rmse, None, seconds, seconds, speed, 0.0, ndcg, val_ndcg)
        return arrays

    def _fit(self, began: float, done: float, share: float) -> Generator[Event, None, Arrays]:
        """The fit's Progress, from `done` to `done + share` of the whole; returns the arrays with the constants."""
        rows = self.rows
        given = (rows.users, rows.items, rows.stars, self.shape, self.settings)
        given += (self.context,) if self.spec.context else ()
        if self.spec.fit_parts is None:
            return self.spec.fit(*given) | self.context
        parts, told = self.spec.fit_parts(*given), began
        while True:
            try:
                part = next(parts)
            except StopIteration as over:
                return over.value | self.context
            if self.steering.between_chunks() == "asked":
                yield Stopped(0, "asked")
                return {}
            now = time.perf_counter()
            if now - told >= _PROGRESS_EVERY:
                told = now
                yield self._progress(done + part * share, now - began)

    def _progress(self, done: float, seconds: float) -> Progress:
        total = len(self.rows)
        return Progress(1, int(done * total), total, done * total / seconds, seconds * (1 - done) / max(done, 1e-9))
