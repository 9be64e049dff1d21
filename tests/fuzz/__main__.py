"""`python -m tests.fuzz [TARGET ...]`: each target for some minutes by atheris, which looks for new paths.

Where atheris is not installed, the same inputs are drawn at random. Findings are written to the folder of --keep.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import time
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory

ARGUMENTS = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
ARGUMENTS.add_argument("target", nargs="*", help="names of functions of tests/fuzz/targets.py; by default, all")
ARGUMENTS.add_argument("--seconds", type=int, default=600, help="for each target")
ARGUMENTS.add_argument("--keep", type=Path, default=Path(".fuzz"), help="folder of corpora and findings")
ARGUMENTS.add_argument("--engine", choices=("atheris", "random"), help="by default atheris where it is installed")
ARGUMENTS.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
MOST_MB = 2048


def main() -> int:
    """Each target in a process of its own, as atheris ends its process; 1 where one found something."""
    given = ARGUMENTS.parse_args()
    if given.one:
        return _fuzz(given)
    from tests.fuzz.targets import TARGETS

    names = given.target or [target.__name__ for target in TARGETS]
    found = 0
    for name in names:
        print(f"== {name}, {given.seconds} s", flush=True)
        options = ["--seconds", str(given.seconds), "--keep", str(given.keep)]
        options += ["--engine", given.engine] if given.engine else []
        found += subprocess.call([sys.executable, "-m", "tests.fuzz", name, "--one", *options]) != 0
    print(f"{found} of {len(names)} targets found something", flush=True)
    return min(found, 1)


def _fuzz(given: argparse.Namespace) -> int:
    name = given.target[0]
    corpus = given.keep / name
    corpus.mkdir(parents=True, exist_ok=True)
    home = TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
    os.environ["RECO_HOME"] = home.name
    os.environ["TMPDIR"] = home.name
    atheris = _atheris() if given.engine != "random" else None
    if atheris is None and given.engine == "atheris":
        sys.exit("atheris is not installed: pip install 'reco-core[fuzz]'")
    if atheris is not None:
        with atheris.instrument_imports(include=["reco_core"]):
            import reco_core.data.read
            import reco_core.runs.store  # noqa: F401
    from tests.fuzz.targets import TARGETS, attempt, seeds

    target = next(target for target in TARGETS if target.__name__ == name)
    folder = Path(home.name) / "inputs"
    folder.mkdir()
    for number, seed in enumerate(seeds(target)):
        (corpus / f"seed-{number}").write_bytes(seed)
    slowest, runs = 0.0, 0

    def once(data: bytes) -> None:
        nonlocal slowest, runs
        took = attempt(target, data, folder)
        runs += 1
        if took > slowest:
            slowest = took
            print(f"slowest so far: {took:.2f} s of the processor, {len(data):,} bytes; {_memory()} MB", flush=True)

    if atheris is None:
        return _at_random(once, seeds(target), given)
    options = [
        f"-max_total_time={given.seconds}", "-timeout=60", f"-rss_limit_mb={MOST_MB}", "-print_final_stats=1",
        f"-artifact_prefix={corpus}/found-", "-max_len=65536", str(corpus),
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options], once)
    atheris.Fuzz()
    return 0


def _at_random(once: object, begin: list[bytes], given: argparse.Namespace) -> int:
    rng, runs, end = random.Random(0), 0, time.monotonic() + given.seconds
    while time.monotonic() < end:
        data = bytearray(rng.choice(begin) if rng.random() < 0.5 else rng.randbytes(rng.randrange(200)))
        for _ in range(rng.randrange(6)):
            if data:
                data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            once(bytes(data))
        except BaseException:
            (given.keep / given.target[0] / f"found-{runs}").write_bytes(bytes(data))
            traceback.print_exc()
            return 1
        runs += 1
    print(f"{runs:,} inputs, {_memory()} MB", flush=True)
    return 0


def _memory() -> int:
    """The most that this process has taken, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _atheris() -> object | None:
    try:
        import atheris
    except ImportError:
        return None
    return atheris


if __name__ == "__main__":
    sys.exit(main())
