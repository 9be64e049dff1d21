"""TensorFlow in the processes that train: loaded at a moment of our choice, and quietly."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

LEVEL = "TF_CPP_MIN_LOG_LEVEL"


def load() -> None:
    """Import TensorFlow and Keras now (seconds and 600 MB), so that no clock of a training counts it.

    What they write about missing GPUs is left out; TF_CPP_MIN_LOG_LEVEL=0 in the environment shows it.
    """
    if os.environ.setdefault(LEVEL, "3") == "0":
        _load()
        return
    with _without_stderr():
        _load()


def _load() -> None:
    import keras  # noqa: F401
    import tensorflow as tf

    tf.config.list_physical_devices()  # says what it finds, once


@contextmanager
def _without_stderr() -> Iterator[None]:
    """What C++ libraries write to file descriptor 2 is dropped meanwhile."""
    kept = os.dup(2)
    with tempfile.TemporaryFile() as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
