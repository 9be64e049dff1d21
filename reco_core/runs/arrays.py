"""A run's arrays, weights.npz: numbers only, sizes checked before memory is taken, nothing executed."""

from __future__ import annotations

import lzma
import math
import os
import re
import struct
import tokenize
import zipfile
import zlib
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

import numpy as np

from reco_core.errors import RecoError, RunError
from reco_core.models.spec import CONTEXT, Arrays, ModelSpec, Scorer, Settings, Shape
from reco_core.runs.plain_files import open_plain
from reco_core.runs.zip_directory import check_directory
from reco_core.storage import write_whole

EPOCH = "__epoch__"
NAME = re.compile(r"[A-Za-z0-9_./@:-]{1,200}")
MOST_ARRAYS = 500
MOST_BYTES = 4 * 2**30
MOST_DIRECTORY_BYTES = MOST_ARRAYS * 512
MOST_EPOCH = 1_000_000
# The product of two such numbers, summed over a vector, is still one that single precision holds.
LARGEST = 1e15


# What zipfile and numpy raise for bytes that are no archive, or no array.
UNREADABLE = (
    OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError,
    struct.error, OverflowError, SyntaxError, TypeError, LookupError, MemoryError,
    tokenize.TokenError,
)  # fmt: skip


def write_arrays(path: Path, arrays: Arrays, epoch: int) -> None:
    """Write the arrays of one epoch as npz, whole or not at all."""
    whole: dict[str, Any] = {EPOCH: np.int64(epoch)} | arrays
    write_whole(path, lambda file: np.savez(file, **whole))


def read_arrays(
    file: Path | IO[bytes], label: str, most_bytes: int = MOST_BYTES, largest: float = LARGEST
) -> tuple[Arrays, int]:
    """(arrays by name, the epoch that they are from); raises RunError for anything but an npz of plain numbers.

    largest: what no number with a fraction may exceed, either side of 0.
    """
    try:
        with open_plain(file, most_bytes) if isinstance(file, Path) else nullcontext(file) as opened:
            size = opened.seek(0, os.SEEK_END)
            check_directory(opened, MOST_DIRECTORY_BYTES)
            with zipfile.ZipFile(opened) as archive:
                members = archive.infolist()
                _check_members(members, size)
                arrays = {info.filename.removesuffix(".npy"): _read_member(archive, info, largest) for info in members}
        return arrays, _epoch(arrays.pop(EPOCH, np.int64(0)))
    except FileNotFoundError as error:
        raise RunError(f"{label} has no weights: it ended before its first epoch was complete.") from error
    except UNREADABLE as error:
        raise RunError(f"The weights of {label} must be an npz of plain numbers; {str(error)[:200]}.") from error


def _epoch(value: np.ndarray | np.generic) -> int:
    if value.shape != () or value.dtype.kind not in "iu" or not 0 <= int(value) <= MOST_EPOCH:
        raise ValueError(f"its epoch must be one whole number up to {MOST_EPOCH:,}")
    return int(value)


def _check_members(members: list[zipfile.ZipInfo], size: int) -> None:
    """Raises ValueError unless these are arrays stored as they are, together no larger than the file."""
    names = [info.filename for info in members]
    if len(members) > MOST_ARRAYS or len(set(names)) < len(names):
        raise ValueError(f"it has {len(members)} arrays, {len(set(names))} of them with a name of their own")
    for info in members:
        if not info.filename.endswith(".npy") or not NAME.fullmatch(info.filename):
            raise ValueError(f"it holds {info.filename[:60]!r}")
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            raise ValueError(f"{info.filename[:60]} is packed; arrays are stored as they are")
    total = sum(info.file_size for info in members)
    if total > size:
        raise ValueError(f"its arrays claim {total:,} bytes, and the file has {size:,}")


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, largest: float) -> np.ndarray:
    """One array; the size that its header claims is checked against the bytes that are there."""
    with archive.open(info) as file:
        major, _ = np.lib.format.read_magic(file)
        read_header = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
        shape, _, dtype = read_header(file)
        if dtype.kind not in "fiub" or dtype.itemsize > 8:
            raise ValueError(f"{info.filename[:60]} holds {str(dtype)[:60]}")
        if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != info.file_size - file.tell():
            raise ValueError(f"{info.filename[:60]} says {str(list(shape))[:60]} and has {info.file_size:,} bytes")
    with archive.open(info) as file:
        array = np.lib.format.read_array(file, allow_pickle=False)
    if array.dtype.kind == "f" and array.size:
        far = max(float(array.max()), -float(array.min()))
        if not math.isfinite(far):
            raise ValueError(f"{info.filename[:60]} holds numbers that are not finite")
        if far > largest:
            raise ValueError(
                f"{info.filename[:60]} holds {far:.0e}, and {largest:.0e} is the most: it grew without bound"
            )
    return array


def check_arrays(spec: ModelSpec, settings: Settings, shape: Shape, arrays: Arrays, label: str) -> None:
    """Raises RunError unless the arrays make a scorer of this model, for this many users and items."""
    if spec.layout is not None:
        wanted = {weight.name: tuple(weight.shape) for weight in spec.layout(settings, shape)}
        weights = {name: array for name, array in arrays.items() if not (spec.context and name.startswith(CONTEXT))}
        _check_shapes(wanted, weights, spec, label)
    try:
        with np.errstate(all="ignore"):
            fits = _fits(spec.scorer(arrays, shape, settings), shape)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, MemoryError, RecoError) as error:
        raise RunError(
            f"The weights of {label} must fit {spec.name} with its settings; got {str(error)[:200]}."
        ) from error
    if not fits:
        raise RunError(
            f"The weights of {label} must fit {spec.name} with {shape.n_users} users, {shape.n_items} items."
        )


def _fits(scorer: Scorer, shape: Shape) -> bool:
    """Whether the scores of the corners, and of the user and item with the largest numbers, are finite; tables fit."""
    users, items = [-1, 0, shape.n_users - 1, 0], [0, shape.n_items - 1, -1, 0]
    tables = (
        (scorer.user_vectors, shape.n_users, users),
        (scorer.item_vectors, shape.n_items, items),
        (scorer.user_bias, shape.n_users, users),
        (scorer.item_bias, shape.n_items, items),
    )
    for table, rows, chosen in tables:
        if table is not None and len(table) != rows:
            return False
        if table is not None and table.ndim > 1:
            chosen[-1] = int(np.abs(table).reshape(rows, -1).max(axis=1, initial=0).argmax())
    everything = scorer.score_all(np.array([shape.n_users - 1]))
    scores = scorer.score(np.array(users), np.array(items))
    fits = everything.shape == (1, shape.n_items) and np.isfinite(everything).all()
    return bool(fits and np.isfinite(scores).all())


def _check_shapes(wanted: dict[str, tuple[int, ...]], arrays: Arrays, spec: ModelSpec, label: str) -> None:
    for name in sorted(wanted.keys() | arrays.keys()):
        if name in arrays and arrays[name].dtype.kind != "f":
            raise RunError(
                f"The weights of {label} must fit {spec.name}: {name[:60]} must hold numbers with a fraction."
            )
        want, got = wanted.get(name), arrays[name].shape if name in arrays else None
        if want != got:
            rule = f"{name[:60]} must be {list(want) if want is not None else 'left out'}"
            raise RunError(
                f"The weights of {label} must fit {spec.name} with its settings: {rule};"
                f" got {list(got) if got is not None else 'none'}."
            )
