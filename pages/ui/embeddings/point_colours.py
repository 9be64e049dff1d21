"""What colours the points of a map: classes with a legend, or a scale from low to high. No Streamlit in here.

Colours are given twice, for light and for dark pages. Classes: eight colours, found by a search for the largest least
distance (CIE Lab) between any two as seen by normal, protan, deutan and tritan eyes (Machado, Oliveira, Fernandes
2009), and grey for the rest. Scales: viridis without the end that would be faint; high values stand out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from pages.ui.charts.palette import MAP_DARK, MAP_LIGHT, REST_DARK, REST_LIGHT, STEPS_DARK, STEPS_LIGHT
from reco_core.ratings import genres_in
from reco_core.shown_text import GENRE, unlike

MOST_CLASSES = len(MAP_LIGHT)


@dataclass(frozen=True, eq=False)
class Look:
    """Colours of n points: codes uint8 [n]; labels of the classes in order, or of the two ends of a scale."""

    title: str
    kind: Literal["classes", "scale"]
    labels: tuple[str, ...]
    light: tuple[str, ...]
    dark: tuple[str, ...]
    codes: np.ndarray


def class_look(title: str, names: Sequence[str], rest: str = "other") -> Look:
    """A colour for each of the eight most frequent names, in that order; grey for the rest and where there is none."""
    named = pd.Series(list(names), dtype="object").where(lambda n: n.notna() & (n != ""))
    top = list(named.value_counts().sort_index(kind="stable").nlargest(MOST_CLASSES).index)
    code_of = {name: code for code, name in enumerate(top)}
    codes = named.map(code_of).fillna(len(top)).to_numpy(np.uint8)
    has_rest = bool((codes == len(top)).any())
    labels = (*unlike(top, GENRE), *([rest] if has_rest else []))
    light, dark = (*MAP_LIGHT[: len(top)], REST_LIGHT), (*MAP_DARK[: len(top)], REST_DARK)
    return Look(title, "classes", labels, light, dark, codes)


def scale_look(title: str, values: np.ndarray, form: str = "{:,.0f}", log: bool = False) -> Look:
    """Low to high over 0..255; ends at the 1st and 99th hundredth, so that a few far points do not wash out the rest.

    Values that are not known are shown as the lowest.
    """
    values = np.asarray(values, dtype=np.float64)
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, [0.01, 0.99]) if len(known) else (0.0, 1.0)
    bend = np.log1p if log else np.asarray
    share = (bend(np.clip(np.nan_to_num(values, nan=low), low, high)) - bend(low)) / ((bend(high) - bend(low)) or 1.0)
    labels = (form.format(low), form.format(high))
    return Look(title, "scale", labels, STEPS_LIGHT, STEPS_DARK, np.rint(share * 255).astype(np.uint8))


def first_genres(genres: Sequence[str]) -> list[str]:
    """The first genre of each "A|B|C"; empty where there is none."""
    return [next(iter(genres_in(text)), "") for text in genres]
