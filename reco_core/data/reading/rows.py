"""Records -> rows of ratings: ids, stars and times, with every row that is left out counted under its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from reco_core.data.reading import times, values
from reco_core.data.reading.plan import Plan
from reco_core.data.reading.records import Batch, Refused
from reco_core.encode import IdEncoder, RatingScale
from reco_core.errors import DataError

NO_USER, NO_ITEM, OFF_SCALE, REPEATED, NOT_GIVEN = 11, 12, 13, 14, 15
REASONS = {
    NO_USER: "no user",
    NO_ITEM: "no item",
    values.ABSENT: "no rating",
    values.NO_NUMBER: "the rating is not a number",
    values.INFINITE: "the rating is infinite or too large",
    values.SENTINEL: "written as not rated",
    OFF_SCALE: "off the scale",
    REPEATED: "the same user and item again",
    NOT_GIVEN: "not above 0, so not used or liked",
}
MOST_KEPT = 100_000  # refused lines that are kept with their number and reason; all are counted
TRUSTED = 0.99  # share of the ratings that must lie on a known scale for the rest to count as errors


@dataclass
class Rows:
    """Rows that can be used, in file order, and the account of all others.

    line: the line of each row, int64. without_time: rows whose time is missing or not understood.
    """

    user_index: np.ndarray
    item_index: np.ndarray
    rating: np.ndarray
    timestamp: np.ndarray | None
    users: IdEncoder
    items: IdEncoder
    scale: RatingScale
    refused: list[Refused] = field(default_factory=list)
    why: Counter[str] = field(default_factory=Counter)
    empty: int = 0
    further: int = 0
    short: int = 0
    surplus: int = 0
    records: int = 0
    duplicates: int = 0
    filtered: int = 0
    with_time: int = 0
    without_time: int = 0


@dataclass
class _Columns:
    """What was read of all batches: codes of distinct texts, and times."""

    codes: dict[str, np.ndarray]
    texts: dict[str, list[str]]
    time: np.ndarray | None
    timed: np.ndarray | None
    line: np.ndarray


def rows_of(batches: Iterable[Batch], plan: Plan, scales: tuple[RatingScale, ...] = ()) -> Rows:
    """The rows of batches whose columns are named user, item, rating and perhaps time. Raises DataError.

    scales: those that the ratings of a known source can have. Every record is a row, merged, filtered or refused.
    """
    total = Rows(*[np.empty(0)] * 3, None, IdEncoder(np.empty(0, object)), IdEncoder(np.empty(0, object)), RatingScale(0, 1, 1))  # fmt: skip
    columns = _collect(batches, plan, total)
    total.records = len(columns.line)
    stars, reason = _stars(columns, plan)
    for name, code in (("user", NO_USER), ("item", NO_ITEM)):
        absent = values.absent_ids(columns.texts[name])
        if absent.any():
            reason[absent[columns.codes[name]]] = code
    total.scale, off = _scale(stars[reason == 0], scales)
    if off is not None:
        at = np.flatnonzero(reason == 0)[off]
        reason[at] = OFF_SCALE
    _encode(columns, reason, total)
    _merge(columns, stars, reason, plan, total)
    return total


def _collect(batches: Iterable[Batch], plan: Plan, total: Rows) -> _Columns:
    """All batches, each reduced to codes and seconds as it comes."""
    chunks: dict[str, list[pa.Array]] = {"user": [], "item": [], "rating": []}
    time, timed, line = [], [], []
    for batch in batches:
        total.refused += batch.refused[: MOST_KEPT - len(total.refused)]
        total.why.update(refused.reason for refused in batch.refused)
        total.empty, total.further = total.empty + batch.empty, total.further + batch.further
        total.short, total.surplus = total.short + batch.short, total.surplus + batch.surplus
        table, kept = _without_blank(batch.table, total)
        if table.num_rows == 0:
            continue
        for name, found in chunks.items():
            found += table.column(name).dictionary_encode().chunks
        if "time" in table.column_names:
            second, fine = times.seconds(table.column("time"), plan.time_form)
            time.append(second)
            timed.append(fine)
        line.append(batch.line if kept is None else batch.line[kept])
    if not line:
        raise DataError(f"A dataset needs at least one rating; {plan.file} has none.")
    codes, texts = {}, {}
    for name in tuple(chunks):
        codes[name], texts[name] = _unified(chunks.pop(name))
    return _Columns(
        codes,
        texts,
        np.concatenate(time) if time else None,
        np.concatenate(timed) if timed else None,
        np.concatenate(line),
    )


def _without_blank(table: pa.Table, total: Rows) -> tuple[pa.Table, np.ndarray | None]:
    """The table without rows all of whose cells are blank, which are counted as empty; which rows stay, if not all."""
    blank = np.ones(table.num_rows, dtype=bool)
    for column in table.columns:
        lengths = pa.compute.binary_length(column).to_numpy()
        blank &= lengths == 0
        if not blank.any():
            return table, None
    total.empty += int(blank.sum())
    return table.filter(pa.array(~blank)), ~blank


def _unified(chunks: list[pa.Array]) -> tuple[np.ndarray, list[str]]:
    """(code of each row int32, the distinct texts)."""
    one = pa.chunked_array(chunks).unify_dictionaries()
    texts = one.chunk(0).dictionary.to_pylist() if one.num_chunks else []
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in one.chunks]).astype(np.int32, copy=False)
    return codes, texts


def _stars(columns: _Columns, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """(rating of each row float32, why it cannot be used uint8)."""
    stars, why = values.ratings(columns.texts["rating"], plan.decimal, plan.missing)
    if plan.values != "ratings":
        why = np.where((why == 0) & (stars <= 0), NOT_GIVEN, why).astype(np.uint8)
        stars = np.ones_like(stars) if plan.values == "implicit" else np.log1p(np.maximum(stars, 0)).astype(np.float32)
    codes = columns.codes["rating"]
    return stars[codes], why[codes]


def _scale(stars: np.ndarray, scales: tuple[RatingScale, ...]) -> tuple[RatingScale, np.ndarray | None]:
    """The scale, and which ratings are off it: the first known one that holds all of them, the last if nearly all do."""
    if len(stars) == 0:
        raise DataError("A dataset needs at least one row with a user, an item and a rating; got none.")
    levels, place = np.unique(stars, return_inverse=True)
    count = np.bincount(place)
    for scale in scales:
        fits = np.abs(scale.round(levels.astype(np.float64)) - levels) < 1e-3
        if fits.all():
            return scale, None
        if scale == scales[-1] and count[fits].sum() >= TRUSTED * count.sum():
            return scale, ~fits[place]
    if len(levels) == 1 and levels[0] == 1:
        return RatingScale(0.0, 1.0, 1.0), None
    return RatingScale.infer(levels.astype(str).astype(np.float64)), None  # as written: 0.1, not 0.10000000149


def _encode(columns: _Columns, reason: np.ndarray, total: Rows) -> None:
    """Codes become indices: the type of an id is decided by the rows that stay, and by all of them."""
    for name in ("user", "item"):
        codes, texts = columns.codes[name], columns.texts[name]
        used = np.flatnonzero(np.bincount(codes[reason == 0], minlength=len(texts)))
        made, index = values.encoder([texts[at] for at in used.tolist()])
        table = np.full(len(texts), -1, np.int32)
        table[used] = index
        columns.codes[name] = table[codes]
        columns.texts[name] = []
        setattr(total, f"{name}s", made)


def _merge(columns: _Columns, stars: np.ndarray, reason: np.ndarray, plan: Plan, total: Rows) -> None:
    """Repeated pairs and rare users and items are taken care of as the plan says; fills in the rest of `total`."""
    user, item = columns.codes["user"], columns.codes["item"]
    rows = np.flatnonzero(reason == 0)
    user, item, stars = user[rows], item[rows], stars[rows]
    time = None if columns.time is None else columns.time[rows]
    timed = None if columns.timed is None else columns.timed[rows]
    order = None if time is None else np.where(timed, time, np.iinfo(np.int64).min)
    keep, repeated = _newest(user, item, len(total.items), order)
    if keep is not None and plan.duplicates == "refuse":
        reason[rows[repeated]] = REPEATED
        keep = np.flatnonzero(~repeated)
    elif keep is not None:
        total.duplicates = len(rows) - len(keep)
        if plan.duplicates == "mean":
            stars = _means(user, item, stars, len(total.items), repeated)
    keep = np.arange(len(rows)) if keep is None else keep
    if plan.core > 1:
        cored = _core(user, item, keep, plan.core)
        total.filtered, keep = len(keep) - len(cored), cored
    _note(columns.line, reason, total)
    if len(keep) == 0:
        raise DataError(f"A dataset needs at least one rating; with core={plan.core} and duplicates={plan.duplicates} none is left.")  # fmt: skip
    whole = len(keep) == len(rows)
    take = (lambda array: array) if whole else (lambda array: array[keep])
    total.user_index, total.item_index, total.rating = take(user), take(item), take(stars)
    if time is not None:
        good = take(timed)
        total.with_time = int(good.sum())
        total.without_time = len(keep) - total.with_time
        total.timestamp = take(time) if good.all() else None
    if len(keep) < len(rows) or plan.duplicates == "mean":
        _tighten(total, plan)


def _tighten(total: Rows, plan: Plan) -> None:
    """Ids without a row are dropped, and the scale follows what is left where ratings were averaged."""
    for name in ("user", "item"):
        index, made = getattr(total, f"{name}_index"), getattr(total, f"{name}s")
        there = np.bincount(index, minlength=len(made)) > 0
        if not there.all():
            setattr(total, f"{name}s", IdEncoder(made.ids[there]))
            setattr(total, f"{name}_index", (np.cumsum(there) - 1).astype(np.int32)[index])
    if plan.duplicates == "mean":
        total.scale = RatingScale.infer(np.unique(total.rating).astype(str).astype(np.float64))


def _newest(
    user: np.ndarray, item: np.ndarray, n_items: int, time: np.ndarray | None
) -> tuple[np.ndarray | None, np.ndarray]:
    """(the rows to keep so that each pair comes once, None where each does; which rows are of a pair that repeats)."""
    pair = user.astype(np.int64) * n_items + item
    ordered = np.sort(pair)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    if len(twice) == 0:
        return None, np.zeros(0, bool)
    repeated = np.isin(pair, twice)
    rows = np.flatnonzero(repeated)
    order = np.lexsort((rows, np.zeros(len(rows)) if time is None else time[rows], pair[rows]))
    last = np.append(np.diff(pair[rows][order]) != 0, True)
    keep = ~repeated
    keep[rows[order[last]]] = True
    return np.flatnonzero(keep), repeated


def _means(user: np.ndarray, item: np.ndarray, stars: np.ndarray, n_items: int, repeated: np.ndarray) -> np.ndarray:
    """Stars of each row, those of a repeated pair their mean."""
    _, place = np.unique(user[repeated].astype(np.int64) * n_items + item[repeated], return_inverse=True)
    mean = np.bincount(place, stars[repeated]) / np.bincount(place)
    stars = stars.copy()
    stars[repeated] = mean[place]
    return stars


def _core(user: np.ndarray, item: np.ndarray, keep: np.ndarray, least: int) -> np.ndarray:
    """Of the rows to keep those that stay when users and items with fewer ratings are left out, again and again."""
    while len(keep):
        enough = (np.bincount(user[keep])[user[keep]] >= least) & (np.bincount(item[keep])[item[keep]] >= least)
        if enough.all():
            return keep
        keep = keep[enough]
    return keep


def _note(line: np.ndarray, reason: np.ndarray, total: Rows) -> None:
    """The rows that were refused join the lines that were no records, in the order of the file."""
    at = np.flatnonzero(reason)
    total.why.update({REASONS[code]: int(count) for code, count in _counted(reason[at])})
    first = at[:MOST_KEPT]
    total.refused += [Refused(one, REASONS[why], "") for one, why in zip(line[first].tolist(), reason[first].tolist(), strict=True)]  # fmt: skip
    total.refused = sorted(total.refused, key=lambda refused: refused.line)[:MOST_KEPT]


def _counted(reasons: np.ndarray) -> Iterator[tuple[int, int]]:
    codes, counts = np.unique(reasons, return_counts=True)
    yield from zip(codes.tolist(), counts.tolist(), strict=True)
