"""Fixtures that every test shares: a home of its own, and the real data where it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def skip_or_fail(reason: str, required: str) -> None:
    """Skip visibly, or fail where the environment variable `required` says that the thing must be there."""
    if os.environ.get(required) == "1":
        pytest.fail(f"{reason} ({required}=1)")
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A RECO_HOME that no other test sees."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("RECO_HOME", str(home))
    monkeypatch.delenv("RECO_RUNS", raising=False)
    return home


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a server turns on in its process is off, and is off again after a test that plays one."""
    from reco_core.data import apart
    from reco_core.posters import ahead

    monkeypatch.setattr(apart, "_here", True)
    monkeypatch.setattr(ahead, "_on", False)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder with real data: RECO_TEST_DATA."""
    folder = os.environ.get("RECO_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        skip_or_fail(
            "real data not found: set RECO_TEST_DATA to the folder that holds ml-100k.zip", "RECO_REQUIRE_DATA"
        )
    return Path(folder).resolve()
