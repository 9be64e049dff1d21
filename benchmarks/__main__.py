"""`python -m benchmarks [NAME ...]`: runs the named benches (default: all) and writes BENCHMARKS.md."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks import learning, quality
from benchmarks.section import save

BENCHES = {"1-learning": learning.run, "2-quality": quality.run}


def main() -> None:
    """Runs the benches whose names contain one of the words given."""
    words = sys.argv[1:]
    chosen = {name: run for name, run in BENCHES.items() if not words or any(word in name for word in words)}
    if not chosen:
        sys.exit(f"error: a bench must be one of {', '.join(BENCHES)}; got {' '.join(words)}")
    for name, run in chosen.items():
        print(f"{name} ...", flush=True)
        save(name, run())


main()
