"""A table as pages show it: what a visitor sees, copies or downloads from it."""

from __future__ import annotations

import pandas as pd

from reco_core.shown_text import TITLE, shortened
from reco_core.spreadsheet import harmless_table, with_text


def shown_table(table: pd.DataFrame) -> pd.DataFrame:
    """The table for st.dataframe, whose toolbar writes it as CSV as it stands: no cell, name of a row or of a column is
    a formula to a spreadsheet, and long text is shortened."""
    return harmless_table(with_text(table, _shown))


def _shown(value: object) -> object:
    return shortened(value, TITLE) if isinstance(value, str) else value
