"""`python -m reco_core.data SOURCE`: the process of subprocess_reader.py, which reads a source for a server."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from reco_core import data
from reco_core.data.own.progress import Watch
from reco_core.data.own.reading import ratings_of
from reco_core.data.own.record import is_dataset, read_record
from reco_core.errors import DataError

STEP = 0.01  # of the file, between two words about it


class Said(Watch):
    """How far the reading has come, printed now and then."""

    def report(self, share: float) -> None:
        if share >= self.share + STEP:
            self.share = share
            print(json.dumps(float(share)), flush=True)


def main() -> None:
    """Read the source that the command line names; print shares of it, then as JSON why it cannot be read, or ""."""
    source = sys.argv[1]
    try:
        if is_dataset(Path(source)):
            ratings_of(Path(source), read_record(Path(source)), Said())
        else:
            data.load(source)
        reason = ""
    except DataError as error:
        reason = str(error)
    print(json.dumps(reason))


if __name__ == "__main__":
    main()
