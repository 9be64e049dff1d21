"""Times as people write them -> seconds since 1970; the form is found once for a column, by its values."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from statistics import median

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

YEARS = (1900, 2200)  # times outside are no times
_SPAN = (-2_208_988_800, 7_258_118_400)  # the same in seconds
UNITS = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
YEAR, DAY_NUMBER, ISO, NONE = "year", "yyyymmdd", "iso", "none"
NAMED = (*UNITS, YEAR, DAY_NUMBER, ISO, NONE)
_DAYS = (
    "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%Y.%m.%d", "%d-%m-%Y", "%m-%d-%Y", "%m %d, %Y", "%b %d, %Y",
    "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%d. %B %Y",
    "%a, %d %b %Y", "%a %b %d %Y", "%m/%d/%y", "%d.%m.%y", "%Y-%m", "%b %Y", "%B %Y",
)  # fmt: skip
_CLOCKS = (
    "", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", ", %H:%M:%S", ", %H:%M", " %I:%M:%S %p", " %I:%M %p",
    ", %I:%M:%S %p", ", %I:%M %p",
)  # fmt: skip
_OTHERS = (
    "%a %b %d %H:%M:%S %z %Y", "%a %b %d %H:%M:%S UTC %Y", "%a %b %d %H:%M:%S %Y", "%a, %d %b %Y %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S GMT", "%d/%b/%Y:%H:%M:%S %z", "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ", "%Y%m%d%H%M%S",
    "%Y%m%d %H:%M:%S", "%Y-%m-%d %I:%M:%S %p", "%H:%M:%S %d.%m.%Y", "%Y-%m-%d %H:%M:%S UTC",
    "%Y-%m-%d %H:%M:%S %Z",
)  # fmt: skip
PATTERNS = (*(day + clock for day in _DAYS for clock in _CLOCKS), *_OTHERS)
# Day and month change places: both can be right for the same text.
_TWINS = {"%d/%m": "%m/%d", "%m/%d": "%d/%m", "%d-%m": "%m-%d", "%m-%d": "%d-%m"}
_ISO = re.compile(
    r"\d{4}-\d\d?-\d\d?(?:[T ]+\d\d?:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:Z|[+-]\d\d(?::?\d\d)?))?)?", re.IGNORECASE
)
_NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?:[eE]\+?\d+)?")
MIXED = 3  # forms in one column
FINER = 10**11  # seconds; what is above this (year 5138) is counted in a finer unit
TRIED = 400  # values that a form must fit to be taken


def form_of(values: Sequence[str]) -> str:
    """The form that the values of a column have: one of NAMED, or a pattern as of strptime; "" where none is known.

    Blank values do not count. The form must fit at least nine of ten; where several are mixed, they are joined by "|".
    """
    texts = list(dict.fromkeys(text.strip() for text in values if text.strip()))
    texts = texts[:: max(1, len(texts) // TRIED)][:TRIED]
    if not texts:
        return ""
    numbers = [float(text) for text in texts if _NUMBER.fullmatch(text) and math.isfinite(float(text))]
    if len(numbers) >= 0.9 * len(texts):
        return _number_form(numbers, texts)
    forms: list[str] = []
    left = texts
    while left and len(forms) < MIXED:
        form = _text_form(left)
        if not form:
            break
        forms.append(form)
        left = [text for text in left if not _fits([text], form)]
    return "|".join(forms) if len(left) <= 0.1 * len(texts) else ""


def ambiguous(values: Sequence[str], form: str) -> str:
    """The form that fits these values as well, with day and month the other way round; "" where none does."""
    for one, other in _TWINS.items():
        if form.startswith(one):
            twin = form.replace(one, other, 1)
            return twin if _fits([text.strip() for text in values if text.strip()][:TRIED], twin) == 1 else ""
    return ""


def seconds(texts: pa.ChunkedArray, form: str) -> tuple[np.ndarray, np.ndarray]:
    """(whole seconds since 1970, UTC where no zone is written, int64 [n]; which are times, bool [n])."""
    n = len(texts)
    if form in ("", NONE):
        return np.zeros(n, np.int64), np.zeros(n, bool)
    if "|" in form:
        return _mixed(texts, form.split("|")[:MIXED])
    if form in UNITS:
        whole = _whole_units(texts, UNITS[form])
        if whole is not None:
            return whole, (whole >= _SPAN[0]) & (whole <= _SPAN[1])
        number = pd.to_numeric(_series(texts), errors="coerce").to_numpy(dtype=np.float64)
        found = np.floor(number / UNITS[form])
    elif form == YEAR:
        number = pd.to_numeric(_series(texts), errors="coerce").to_numpy(dtype=np.float64)
        number = np.where((number >= YEARS[0]) & (number < YEARS[1]) & (number == np.floor(number)), number, np.nan)
        starts = np.array([f"{int(year)}" if year == year else "NaT" for year in number], dtype="datetime64[s]")
        found = np.where(np.isnat(starts), np.nan, starts.astype(np.int64).astype(np.float64))
    else:
        pattern = {ISO: "ISO8601", DAY_NUMBER: "%Y%m%d"}.get(form, form)
        text = _series(texts)
        text = text.str.replace(r"\.0+$", "", regex=True) if form == DAY_NUMBER else text
        text = text.str.replace(",", ".") if form == ISO and text.str.contains(",").any() else text
        found = _parsed(text, pattern)
    fine = (found >= _SPAN[0]) & (found <= _SPAN[1])
    return np.where(fine, found, 0).astype(np.int64), fine


def _mixed(texts: pa.ChunkedArray, forms: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Each time by the first form that it has."""
    found, fine = seconds(texts, forms[0])
    for form in forms[1:]:
        others, good = seconds(texts, form)
        found, fine = np.where(fine, found, others), fine | good
    return found, fine


def _whole_units(texts: pa.ChunkedArray, unit: int) -> np.ndarray | None:
    """Seconds of text that is whole numbers throughout; None where it is not."""
    try:
        return pc.cast(texts, pa.int64()).to_numpy() // unit
    except pa.ArrowInvalid:
        return None


def _series(texts: pa.ChunkedArray) -> pd.Series:
    return pd.Series(texts.to_pylist(), dtype=object).str.strip()


def _parsed(text: pd.Series, pattern: str) -> np.ndarray:
    """Seconds since 1970, float64 [n]; NaN for what is not of the pattern."""
    distinct = pd.Series(text.unique())
    try:
        times = pd.to_datetime(distinct, format=pattern, errors="coerce", utc=True)
    except (ValueError, OverflowError, re.error):
        return np.full(len(text), np.nan)
    since = times.dt.as_unit("s").to_numpy(dtype="datetime64[s]")
    values = np.where(np.isnat(since), np.nan, since.astype(np.int64).astype(np.float64))
    return text.map(dict(zip(distinct, values, strict=True))).to_numpy(dtype=np.float64)


def _number_form(numbers: list[float], texts: list[str]) -> str:
    """Years, dates written as a number, or the unit that puts the middle one between 1900 and 2200."""
    whole = [number for number in numbers if number == int(number)]
    if len(whole) == len(numbers) and all(YEARS[0] <= number < YEARS[1] for number in numbers):
        return YEAR
    if all(19_000_101 <= number <= 21_991_231 for number in numbers):
        plain = [text.partition(".")[0] for text in texts]
        if _fits(plain, "%Y%m%d") == 1:
            return DAY_NUMBER
    if all(len(text) == 14 for text in texts) and _fits(texts, "%Y%m%d%H%M%S") == 1:
        return "%Y%m%d%H%M%S"
    middle = median(numbers)
    return next((unit for unit, part in UNITS.items() if abs(middle / part) <= FINER), "")


def _text_form(texts: list[str]) -> str:
    """The form that fits most of the texts; the first of equally good ones, "" where none fits any."""
    if sum(bool(_ISO.fullmatch(text)) for text in texts) >= 0.5 * len(texts):
        return ISO
    likely = [pattern for pattern in PATTERNS if _fits(texts[:8], pattern)]
    shares = [(_fits(texts, pattern), -at) for at, pattern in enumerate(likely)]
    best = max(shares, default=(0.0, 0))
    return likely[-best[1]] if best[0] else ""


def _fits(texts: Sequence[str], form: str) -> float:
    """The share of the texts that are of the form and between the YEARS."""
    pattern = {ISO: "ISO8601", DAY_NUMBER: "%Y%m%d"}.get(form, form)
    found = _parsed(pd.Series(list(texts), dtype=object), pattern)
    return float(((found >= _SPAN[0]) & (found <= _SPAN[1])).mean()) if len(texts) else 0.0
