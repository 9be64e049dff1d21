"""Records -> rows of ratings: ids, stars and times, with every row that is left out counted under its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from reco_core.data.reading import times, values
from reco_core.data.reading.account import MOST_KEPT, Account
from reco_core.data.reading.batch import Batch, Refused
from reco_core.data.reading.merging import Triples, merged
from reco_core.data.reading.plan import NEEDED, Plan
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
TRUSTED = 0.99  # share of the ratings that must lie on a known scale for the rest to count as errors


@dataclass(frozen=True)
class Rows:
    """Rows that can be used, in file order, and the account of all other lines.

    user_index, item_index: int32 [n]; rating: float32 [n]; timestamp: int64 [n], None where a row has no time.
    """

    user_index: np.ndarray
    item_index: np.ndarray
    rating: np.ndarray
    timestamp: np.ndarray | None
    users: IdEncoder
    items: IdEncoder
    scale: RatingScale
    account: Account


@dataclass
class _Columns:
    """What was read of all batches: codes of distinct texts, and times; `lines` the line numbers of each batch."""

    codes: dict[str, np.ndarray]
    texts: dict[str, list[str]]
    time: np.ndarray | None
    timed: np.ndarray | None
    lines: list[np.ndarray | range]

    def line_of(self, rows: np.ndarray) -> np.ndarray:
        """The lines of these rows, int64."""
        starts = np.cumsum([0, *(len(lines) for lines in self.lines)])
        batch = np.searchsorted(starts, rows, side="right") - 1
        pairs = zip(batch.tolist(), (rows - starts[batch]).tolist(), strict=True)
        return np.array([self.lines[at][place] for at, place in pairs], dtype=np.int64)


@dataclass
class _Chunks:
    """The columns as they come, batch by batch."""

    codes: dict[str, list[pa.Array]] = field(default_factory=lambda: {name: [] for name in NEEDED})
    time: list[np.ndarray] = field(default_factory=list)
    timed: list[np.ndarray] = field(default_factory=list)
    lines: list[np.ndarray | range] = field(default_factory=list)


def rows_of(batches: Iterable[Batch], plan: Plan, scales: tuple[RatingScale, ...] = ()) -> Rows:
    """The rows of batches whose columns are named user, item, rating and perhaps time. Raises DataError.

    scales: those that the ratings of a known source can have. Every record is a row, merged, filtered or refused.
    """
    account = Account()
    columns = _collect(batches, plan, account)
    stars, reason = _stars(columns, plan)
    for name, code in (("user", NO_USER), ("item", NO_ITEM)):
        absent = values.absent_ids(columns.texts[name])
        if absent.any():
            reason[absent[columns.codes[name]]] = code
    scale, off = _scale(stars, reason, columns.codes.pop("rating"), scales)
    if off is not None:
        reason[(reason == 0) & off] = OFF_SCALE
    users, items = (_encoder(columns, name, reason) for name in ("user", "item"))
    codes = columns.codes
    given = Triples(codes.pop("user"), codes.pop("item"), stars, columns.time, columns.timed)
    columns.time = columns.timed = None
    kept = np.flatnonzero(reason == 0) if reason.any() else None
    result, repeated = merged(given if kept is None else given.at(kept), len(items), plan, account)
    if repeated is not None:
        reason[repeated if kept is None else kept[repeated]] = REPEATED
    _note(columns, reason, account)
    return _finished(result, users, items, scale, plan, account)


def _collect(batches: Iterable[Batch], plan: Plan, account: Account) -> _Columns:
    """All batches, each reduced to codes and seconds as it comes."""
    chunks = _Chunks()
    for batch in batches:
        account.add(batch)
        table, line = batch.table, batch.line
        if table.num_rows == 0:
            continue
        for name, found in chunks.codes.items():
            found += table.column(name).dictionary_encode().chunks
        if "time" in table.column_names:
            second, fine = times.seconds(table.column("time"), plan.time_form)
            chunks.time.append(second)
            chunks.timed.append(fine)
        in_a_row = bool((line[1:] - line[:-1] == 1).all())
        chunks.lines.append(range(int(line[0]), int(line[-1]) + 1) if in_a_row else line)
    if not chunks.lines:
        raise DataError(f"A dataset needs at least one rating; {plan.file} has none.")
    time = np.concatenate(chunks.time) if chunks.time else None
    timed = np.concatenate(chunks.timed) if chunks.timed else None
    columns = _Columns({}, {}, time, timed, chunks.lines)
    chunks.time.clear()
    for name in NEEDED:
        columns.codes[name], columns.texts[name] = _unified(chunks.codes.pop(name))
    return columns


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


def _scale(
    stars: np.ndarray, reason: np.ndarray, codes: np.ndarray, scales: tuple[RatingScale, ...]
) -> tuple[RatingScale, np.ndarray | None]:
    """(the scale, which rows are off it): the first known scale that holds all ratings, the last if nearly all do.

    codes: one for each distinct text of a rating.
    """
    usable = codes if not reason.any() else codes[reason == 0]
    if len(usable) == 0:
        raise DataError("A dataset needs at least one row with a user, an item and a rating; got none.")
    count = np.bincount(usable, minlength=int(codes.max()) + 1)
    level = np.zeros(len(count), np.float32)
    level[codes] = stars
    used = np.flatnonzero(count)
    levels, place = np.unique(level[used], return_inverse=True)
    shares = np.bincount(place, count[used])
    for scale in scales:
        fits = np.abs(scale.round(levels.astype(np.float64)) - levels) < 1e-3
        if fits.all():
            return scale, None
        if scale == scales[-1] and shares[fits].sum() >= TRUSTED * shares.sum():
            return scale, np.isin(stars, levels[~fits])
    if len(levels) == 1 and levels[0] == 1:
        return RatingScale(0.0, 1.0, 1.0), None
    return RatingScale.infer(_as_written(levels)), None


def _encoder(columns: _Columns, name: str, reason: np.ndarray) -> IdEncoder:
    """The ids of a column, whose codes become indices: all rows that stay decide their type, and nothing else."""
    codes, texts = columns.codes[name], columns.texts[name]
    staying = codes[reason == 0] if reason.any() else codes
    used = np.flatnonzero(np.bincount(staying, minlength=len(texts)))
    encoder, index = values.encoder([texts[at] for at in used.tolist()])
    table = np.full(len(texts), -1, np.int32)
    table[used] = index
    columns.codes[name] = table[codes]
    columns.texts[name] = []
    return encoder


def _note(columns: _Columns, reason: np.ndarray, account: Account) -> None:
    """The rows that were refused join the lines that were no records."""
    at = np.flatnonzero(reason)
    codes, counts = np.unique(reason[at], return_counts=True)
    account.why.update({REASONS[code]: count for code, count in zip(codes.tolist(), counts.tolist(), strict=True)})
    first = at[:MOST_KEPT]
    lines, whys = columns.line_of(first).tolist(), reason[first].tolist()
    account.refuse([Refused(line, REASONS[why], "") for line, why in zip(lines, whys, strict=True)])


def _finished(
    rows: Triples, users: IdEncoder, items: IdEncoder, scale: RatingScale, plan: Plan, account: Account
) -> Rows:
    """The rows with the ids that they still have, and their times if all of them have one."""
    n = len(rows.rating)
    if n == 0:
        asked = f"core={plan.core} and duplicates={plan.duplicates}"
        raise DataError(f"A dataset needs at least one rating; with {asked} none is left of {plan.file}.")
    users, user = _still_there(users, rows.user)
    items, item = _still_there(items, rows.item)
    if plan.duplicates == "mean" and account.duplicates:
        scale = RatingScale.infer(_as_written(np.unique(rows.rating)))
    timestamp = None
    if rows.time is not None and rows.timed is not None:
        account.with_time = int(rows.timed.sum())
        account.without_time = n - account.with_time
        timestamp = rows.time if account.without_time == 0 else None
    return Rows(user, item, rows.rating, timestamp, users, items, scale, account)


def _still_there(ids: IdEncoder, index: np.ndarray) -> tuple[IdEncoder, np.ndarray]:
    """Without the ids that no row has."""
    there = np.bincount(index, minlength=len(ids)) > 0
    if there.all():
        return ids, index
    return IdEncoder(ids.ids[there]), (np.cumsum(there) - 1).astype(np.int32)[index]


def _as_written(levels: np.ndarray) -> np.ndarray:
    """Ratings as the decimal numbers that they were written as: 0.1, not 0.10000000149."""
    return levels.astype(str).astype(np.float64)
