"""A run's arrays, weights.npz: numbers only, sizes checked before memory is taken, nothing executed."""

from __future__ import annotations

import math
import re
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np

from reco_core.errors import RecoError, RunError
from reco_core.models.spec import CONTEXT, Arrays, ModelSpec, Settings, Shape
from reco_core.storage import write_whole

EPOCH = "__epoch__"
NAME = re.compile(r"[A-Za-z0-9_./@:-]{1,200}")
MOST_ARRAYS = 500
MOST_BYTES = 4 * 2**30


def write_arrays(path: Path, arrays: Arrays, epoch: int) -> None:
    """Write the arrays of one epoch as npz, whole or not at all."""
    whole: dict[str, Any] = {EPOCH: np.int64(epoch)} | arrays
    write_whole(path, lambda file: np.savez(file, **whole))


def read_arrays(file: Path | IO[bytes], label: str, most_bytes: int = MOST_BYTES) -> tuple[Arrays, int]:
    """(arrays by name, the epoch that they are from); raises RunError for anything but an npz of plain numbers."""
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(archive, most_bytes)
            arrays = {info.filename.removesuffix(".npy"): _read_member(archive, info) for info in archive.infolist()}
    except FileNotFoundError as error:
        raise RunError(f"{label} has no weights: it ended before its first epoch was complete.") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise RunError(f"The weights of {label} must be an npz of plain numbers; {error}.") from error
    epoch = int(arrays.pop(EPOCH, np.int64(0)))
    return arrays, epoch


def _check_members(archive: zipfile.ZipFile, most_bytes: int) -> None:
    members = archive.infolist()
    names = [info.filename for info in members]
    if len(members) > MOST_ARRAYS or len(set(names)) < len(names):
        raise ValueError(f"it has {len(members)} arrays, {len(set(names))} of them with a name of their own")
    for name in names:
        if not name.endswith(".npy") or not NAME.fullmatch(name):
            raise ValueError(f"it holds {name[:60]!r}")
    total = sum(info.file_size for info in members)
    if total > most_bytes:
        raise ValueError(f"its {total:,} bytes are over the {most_bytes:,} allowed")


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray:
    """One array; the size that its header claims is checked against the bytes that are there."""
    with archive.open(info) as file:
        major, _ = np.lib.format.read_magic(file)
        read_header = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
        shape, _, dtype = read_header(file)
        if dtype.kind not in "fiub" or dtype.itemsize > 8:
            raise ValueError(f"{info.filename[:60]} holds {dtype}")
        if math.prod(shape) * dtype.itemsize != info.file_size - file.tell():
            raise ValueError(f"{info.filename[:60]} says {list(shape)} and has {info.file_size:,} bytes")
    with archive.open(info) as file:
        array = np.lib.format.read_array(file, allow_pickle=False)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{info.filename[:60]} holds numbers that are not finite")
    return array


def check_arrays(spec: ModelSpec, settings: Settings, shape: Shape, arrays: Arrays, label: str) -> None:
    """Raises RunError unless the arrays make a scorer of this model, for this many users and items."""
    if spec.layout is not None:
        wanted = {weight.name: tuple(weight.shape) for weight in spec.layout(settings, shape)}
        weights = {name: array for name, array in arrays.items() if not (spec.context and name.startswith(CONTEXT))}
        _check_shapes(wanted, weights, spec, label)
    try:
        scorer = spec.scorer(arrays, shape, settings)
        corners = np.array([-1, 0, shape.n_users - 1]), np.array([0, shape.n_items - 1, -1])
        fits = np.isfinite(scorer.score(*corners)).all()
        fits &= scorer.score_all(np.array([shape.n_users - 1])).shape == (1, shape.n_items)
        for table, rows in (
            (scorer.user_vectors, shape.n_users),
            (scorer.item_vectors, shape.n_items),
            (scorer.user_bias, shape.n_users),
            (scorer.item_bias, shape.n_items),
        ):
            fits &= table is None or len(table) == rows
    except (KeyError, ValueError, IndexError, TypeError, AttributeError, RecoError) as error:
        raise RunError(f"The weights of {label} must fit {spec.name} with its settings; got {error}.") from error
    if not fits:
        raise RunError(
            f"The weights of {label} must fit {spec.name} with {shape.n_users} users, {shape.n_items} items."
        )


def _check_shapes(wanted: dict[str, tuple[int, ...]], arrays: Arrays, spec: ModelSpec, label: str) -> None:
    for name in sorted(wanted.keys() | arrays.keys()):
        want, got = wanted.get(name), arrays[name].shape if name in arrays else None
        if want != got:
            rule = f"{name[:60]} must be {list(want) if want is not None else 'left out'}"
            raise RunError(
                f"The weights of {label} must fit {spec.name} with its settings: {rule};"
                f" got {list(got) if got is not None else 'none'}."
            )
