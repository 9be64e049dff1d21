"""A section of BENCHMARKS.md: what was measured, as a table; kept as JSON so that benches can be run one at a time."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks.goals import Goal

RESULTS = Path(__file__).parent / "results"
REPORT = Path(__file__).parent.parent / "BENCHMARKS.md"
HEAD = (
    "# Benchmarks\n\n"
    "Written by `make bench`, each section also by `python -m benchmarks SECTION`. Other libraries are measured in "
    "the same run on the same rows, in turn with this project; repeated figures are medians. Machines differ and are "
    "noisy: read the ratios rather than the seconds. All quality figures, also those of other libraries, are "
    "computed by the same code from their predictions and scores. Settings of this project's models are the defaults "
    "in the repository, those of other libraries stand in benchmarks/peer_settings.py; both were chosen on "
    "validation rows taken from the "
    "training rows.\n"
)


class NotMeasured(Exception):
    """Why a section cannot be measured here, in one sentence."""


@dataclass(frozen=True)
class Section:
    """One table with the text above it; its goals and remarks stand below. seconds: how long the section took."""

    title: str
    text: str
    columns: list[str]
    rows: list[list[str]]
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    machine: str = field(default_factory=lambda: machine())
    seconds: float = 0.0


def machine() -> str:
    """What the figures were measured on, in one line."""
    parts = [f"Python {platform.python_version()}", f"TensorFlow {version('tensorflow')}", f"NumPy {version('numpy')}"]
    return f"{os.cpu_count()} cores, {platform.system()}, {', '.join(parts)}"


def save(name: str, section: Section, order: Sequence[str], results: Path = RESULTS, report: Path = REPORT) -> None:
    """Keeps a section's figures and writes the report anew, its sections in the given order."""
    results.mkdir(exist_ok=True)
    text = json.dumps(asdict(section), indent=1, ensure_ascii=False)
    (results / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    kept = [read(results / f"{name}.json") for name in order if (results / f"{name}.json").is_file()]
    report.write_text("\n".join([HEAD, *map(markdown, kept)]), encoding="utf-8")


def read(path: Path) -> Section:
    """A section that was kept."""
    values = json.loads(path.read_text(encoding="utf-8"))
    return Section(**values | {"goals": [Goal(**goal) for goal in values["goals"]]})


def markdown(section: Section) -> str:
    """The section as Markdown."""
    took = f" The section took {section.seconds:.0f} s." if section.seconds else ""
    parts = [f"## {section.title}", section.text, *section.notes, f"Measured on: {section.machine}.{took}"]
    if section.rows:
        parts.append(table(section.columns, section.rows))
    if section.goals:
        parts.append(table(["goal", "limit", "measured", ""], [goal.row for goal in section.goals]))
        parts += ["\n".join(f"- {goal.words}" for goal in section.goals if goal.words)]
    return "\n\n".join(part for part in parts if part) + "\n"


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
