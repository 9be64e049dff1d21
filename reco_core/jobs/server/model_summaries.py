"""Summaries of Keras models before any training, asked of a worker once each and kept."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from reco_core.errors import RunError
from reco_core.jobs.server.protocol import Describe, Described
from reco_core.models import get_model
from reco_core.models.spec import Settings, Shape
from reco_core.runs import Sizes
from reco_core.training.describe import Description

KEPT = 64


class Descriptions:
    """Descriptions by model, settings and shape; `ask` puts a question to a worker. Safe for threads."""

    def __init__(self, ask: Callable[[Describe], Future[Described]]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Description] = OrderedDict()

    def get(self, model: str, settings: Settings | Mapping[str, Any], shape: Shape, timeout: float) -> Description:
        """The description; raises SettingsError for the model or its settings, RunError without an answer in time."""
        spec = get_model(model)
        values = settings.model_dump(mode="json") if isinstance(settings, Settings) else dict(settings)
        values = spec.parse(values).model_dump(mode="json")
        sizes = Sizes.of(shape)
        key = json.dumps([spec.name, values, sizes.model_dump(mode="json")], sort_keys=True)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        answer = self._ask(Describe(key, spec.name, values, sizes))
        try:
            described = answer.result(timeout)
        except FutureTimeout as error:
            raise RunError(f"The model's summary took longer than {timeout:g} seconds; try again.") from error
        if described.description is None:
            raise RunError(described.error)
        return self._keep(key, described.description)

    def _keep(self, key: str, description: Description) -> Description:
        """The description that is kept under the key: the first one, where two were asked for at once."""
        with self._lock:
            description = self._kept.setdefault(key, description)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return description
