"""The vectors of an earlier run, fitted to the model that is to read them."""

from __future__ import annotations

import numpy as np

from reco_core.errors import SettingsError
from reco_core.models.scorers import with_mean_row
from reco_core.models.spec import Arrays, Settings, Shape


def fitted_tables(tables: Arrays, settings: Settings, shape: Shape) -> Arrays:
    """user_vectors and item_vectors with the rows that the settings ask for; raises SettingsError where they differ."""
    fitted = {}
    for name, n in (("user_vectors", shape.n_users), ("item_vectors", shape.n_items)):
        table = tables.get(name)
        if table is None or table.ndim != 2:
            raise SettingsError(f"The earlier run must have embedding tables; its model has no {name}.")
        if len(table) not in (n, n + 1):
            raise SettingsError(
                f"The earlier run must be of the same dataset, with {n:,} {name.replace('_', ' ')}; got {len(table):,}."
            )
        if table.shape[1] != settings.dim:
            raise SettingsError(
                f"dim must be {table.shape[1]}, as in the run whose tables are read; got {settings.dim}."
            )
        rows = with_mean_row(table, n)
        fitted[name] = np.ascontiguousarray(rows if settings.oov_row else rows[:n])
    return fitted
