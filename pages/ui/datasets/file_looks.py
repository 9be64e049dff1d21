"""What a file that came in looks like with some choices, kept: each change of a choice draws the page again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from reco_core.data.files import open_files
from reco_core.data.reading import Guess, Preview, guess, preview

PREVIEW_BYTES = 2 * 1024**2  # of a file that a preview counts: what answers within a second


def reading(path: Path, choices: Mapping[str, Any], without: frozenset[str]) -> tuple[Guess, Preview]:
    """(guess, preview) of a file that came in, with these choices, and no column in the roles `without`."""
    return _reading(str(path), json.dumps(choices, sort_keys=True), without, dict(choices))


@st.cache_resource(max_entries=32, show_spinner="Looking at the file ...")
def _reading(path: str, key: str, without: frozenset[str], _choices: dict[str, Any]) -> tuple[Guess, Preview]:
    files = open_files(Path(path))
    found = guess(files, _choices)
    if without:
        columns = {role: name for role, name in found.plan.columns.items() if role not in without}
        found = replace(found, plan=found.plan.changed(columns=columns))
    return found, preview(files, found, PREVIEW_BYTES)
