"""Names of traced functions that say what is traced, not what the process did before."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from reco_core.tuning import is_on

_made: Counter[str] = Counter()
_one_at_a_time = threading.Lock()


@contextmanager
def repeatable_names(key: str) -> Iterator[None]:
    """Within it TensorFlow numbers functions from a number that follows from the key.

    XLA finds kept code by a checksum of the program, in which the functions' names stand; TensorFlow ends these names
    with a count of all that the process has made, so that code would be found only by a process with the same past.
    A key that is traced again in the same process gets other numbers: two functions never share a name. Where a later
    TensorFlow counts elsewhere, this does nothing, and code is compiled as if none were kept.
    """
    if not is_on():
        yield
        return
    from tensorflow.python.framework import ops

    with _one_at_a_time:
        numbers, before = count(_first_number(key)), getattr(ops, "uid", None)
        if before is None:
            yield
            return
        ops.uid = lambda: next(numbers)
        try:
            yield
        finally:
            ops.uid = before


def _first_number(key: str) -> int:
    """A multiple of 2**20 between 2**40 and 2**62, far beyond what a process counts to."""
    _made[key] += 1
    digest = hashlib.sha256(f"{key}\n{_made[key]}".encode()).digest()
    return (2**20 + int.from_bytes(digest[:8], "big") % (2**42 - 2**20)) << 20
