"""`python -m benchmarks [SECTION ...] [--data FOLDER]`: measures the named sections, or all; writes BENCHMARKS.md."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks import (
    folds,
    hundred,
    learning,
    likeness,
    ml1m,
    pages,
    peers,
    quality,
    ranking,
    scale,
    serving,
    settings,
)
from benchmarks.dataset import FOLDER
from benchmarks.section import NotMeasured, Section, save

# In the order of the report.
SECTIONS: dict[str, Callable[[], Section]] = {
    "learning": learning.run,
    "ml1m": ml1m.run,
    "scale": scale.run,
    "hundred": hundred.run,
    "quality": quality.run,
    "ranking": ranking.run,
    "folds": folds.run,
    "settings": settings.run,
    "likeness": likeness.run,
    "serving": serving.run,
    "pages": pages.run,
}


def main(words: list[str]) -> int:
    """One section in this process, several each in a process of its own; 1 where one failed."""
    chosen, folder = _arguments(words)
    if folder is not None:
        os.environ[FOLDER] = os.path.abspath(folder)
    if peers.missing():
        print(peers.missing(), flush=True)
    if len(chosen) == 1:
        return _measure(chosen[0])
    codes = [subprocess.run([sys.executable, "-m", "benchmarks", name]).returncode for name in chosen]
    failed = [name for name, code in zip(chosen, codes, strict=True) if code]
    if failed:
        print(f"Failed: {', '.join(failed)}; their earlier figures stay in the report.")
    return int(bool(failed))


def _arguments(words: list[str]) -> tuple[list[str], str | None]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--data", metavar="FOLDER", help="where ml-100k.zip and ml-1m-ratings.csv.gz are")
    given = parser.parse_args(words)
    unknown = [name for name in given.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"a section must be one of {', '.join(SECTIONS)}; got {' '.join(unknown)}")
    return given.sections or list(SECTIONS), given.data


def _measure(name: str) -> int:
    print(f"{name} ...", flush=True)
    began = time.perf_counter()
    try:
        section = SECTIONS[name]()
    except NotMeasured as error:
        section = Section(name, f"Not measured: {error}", [], [])
        print(section.text, flush=True)
    seconds = time.perf_counter() - began
    save(name, replace(section, seconds=seconds), tuple(SECTIONS))
    print(f"{name}: {seconds:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
