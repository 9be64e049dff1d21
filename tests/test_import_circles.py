"""Modules that import each other, also where an import stands in a function: there it only hides the circle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.test_imports import PROJECT, imported, sources

# This list grows shorter only.
KNOWN_CIRCLES = [{"reco_core.models", "reco_core.models.ensemble"}]


def test_no_modules_import_each_other_even_in_functions():
    assert circles({"reco_core", "pages"}) == KNOWN_CIRCLES


def circles(folders: set[str]) -> list[set[str]]:
    """The groups of modules each of which leads to itself again by imports."""
    names = {_dotted(path): path for folder in folders for path in sources(folder)}
    arrows = {name: {found for found in _modules(path, set(names)) if found != name} for name, path in names.items()}
    reached = {name: _reached(name, arrows) for name in names}
    groups = {frozenset(other for other in found if name in reached[other]) for name, found in reached.items()}
    return sorted((set(group) for group in groups if group), key=sorted)


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


def _modules(path: Path, known: set[str]) -> Iterator[str]:
    """Which of the known modules a file imports; what only a checker imports is left out."""
    for name in imported(path, for_checkers=False):
        for module in (name, name.rpartition(".")[0]):
            if module in known:
                yield module
                break


def _reached(start: str, arrows: dict[str, set[str]]) -> set[str]:
    """Every module that can be reached from one by following imports; itself only if in a circle."""
    found, ahead = set(), list(arrows[start])
    while ahead:
        module = ahead.pop()
        if module not in found:
            found.add(module)
            ahead.extend(arrows[module])
    return found
