"""`python -m reco_core.data SOURCE`: the process of subprocess_reader.py, which reads a source for a server."""

from __future__ import annotations

import json
import sys

from reco_core import data
from reco_core.errors import DataError


def main() -> None:
    """Read the source that the command line names; print as JSON why it cannot be read, or ""."""
    try:
        data.load(sys.argv[1])
        reason = ""
    except DataError as error:
        reason = str(error)
    print(json.dumps(reason))


if __name__ == "__main__":
    main()
