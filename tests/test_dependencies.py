"""What pyproject.toml asks for: used, bounded and pinned; and whom it excuses from the check of types."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.test_imports import PROJECT, imported, sources

MODULES = {"pillow": "PIL", "scikit-learn": "sklearn"}
# What runs is numpy, which tests compare with scikit-learn (ARCHITECTURE.md).
ONLY_TESTS_USE = {"scikit-learn"}
# reco_core/tuning uses names of theirs that they do not document.
BOUNDED = ("keras", "streamlit", "tensorflow")


def pyproject() -> dict[str, Any]:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text())


def requirements(*extras: str) -> list[Requirement]:
    project = pyproject()["project"]
    lines = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [Requirement(line) for line in lines]


def packages(paths: list[Path]) -> set[str]:
    return {name.split(".")[0] for path in paths for name in imported(path)}


def test_every_dependency_is_imported_by_the_product():
    used = packages([*sources("reco_core"), *sources("pages"), PROJECT / "serve.py"])
    unused = {one.name for one in requirements() if MODULES.get(one.name, one.name) not in used}
    assert unused == ONLY_TESTS_USE
    assert {MODULES[name] for name in unused} <= packages(sources("tests"))


@pytest.mark.parametrize("name", BOUNDED)
def test_what_is_used_beyond_its_documentation_has_an_upper_bound(name: str):
    (one,) = (one for one in requirements() if one.name == name)
    assert "<" in {part.operator for part in one.specifier}


def test_every_pinned_version_is_one_that_is_asked_for():
    lines = [line for line in (PROJECT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    pinned = {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}
    for one in requirements("mlflow", "wandb", "test"):
        if one.name != "reco-core":
            assert pinned[canonicalize_name(one.name)] in one.specifier, one


def test_modules_that_are_excused_from_the_check_of_types_are_there():
    (excused,) = (entry["module"] for entry in pyproject()["tool"]["mypy"]["overrides"])
    folders = [PROJECT / module.replace(".", "/") for module in excused]
    assert [f for f in folders if not f.with_suffix(".py").is_file() and not (f / "__init__.py").is_file()] == []
    assert len(set(excused)) == len(excused)
