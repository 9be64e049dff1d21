"""Comparing in a real browser: verdict, exports that download, more seeds with one click."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reco_core import data
from reco_core.runs import Run
from reco_core.split import make_split
from tests.apptest import finished_run
from tests.browser.walk import fits, main, settle

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(serve):
    """A server, and so its worker, without any of reco_core/tuning: pages, training and exports work all the same."""
    return serve(RECO_NO_TUNING="1")


@pytest.fixture
def two_runs(server, monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Two finished runs of biased factorisation on the same split, in the server's folder."""
    monkeypatch.setenv("RECO_HOME", str(server.home))
    runs = [finished_run(name=name, dim=dim, epochs=3) for name, dim in (("small", 4), ("large", 16))]
    for run in runs:
        run.update(split_fingerprint=make_split(data.load("demo"), run.info.split).fingerprint)
    return runs


def test_two_runs_are_told_apart_exported_and_repeated(server, two_runs, new_page, shoot, tmp_path: Path) -> None:
    page = new_page()
    small, large = two_runs
    page.goto(f"{server.url}/compare?dataset=demo&runs={small.id},{large.id}")
    expect(main(page).get_by_text("Significance")).to_be_visible(timeout=60_000)
    expect(main(page).get_by_text("95 % interval [").first).to_be_visible()
    settle(page)
    fits(page)
    script = downloaded(page, large, "py", tmp_path).read_text(encoding="utf-8")
    assert 'get_model("mf_bias")' in script
    with zipfile.ZipFile(downloaded(page, large, "keras", tmp_path)) as archive:
        assert {Path(name).suffix for name in archive.namelist()} == {".keras", ".csv"}
    repeat(page, small, 1)
    expect(main(page).get_by_text("Across seeds")).to_be_visible(timeout=60_000)
    expect(main(page).locator(".st-key-seeds_rmse canvas, .st-key-seeds_rmse svg").first).to_be_visible(timeout=120_000)
    shoot(page, "compare")
    narrow = new_page(390, "dark")
    narrow.goto(page.url)
    expect(main(narrow).get_by_text("Significance")).to_be_visible(timeout=60_000)
    settle(narrow)
    fits(narrow)
    shoot(narrow, "compare-390-dark")


def downloaded(page: Page, run: Run, kind: str, folder: Path) -> Path:
    """The file that a button of the run's Export gives."""
    button = main(page).page.locator(f".st-key-export_{kind}_{run.id} button").first
    if not button.is_visible():
        main(page).locator(f".st-key-export_{run.id} button").first.click()
    with page.expect_download(timeout=120_000) as download:
        button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def repeat(page: Page, run: Run, seeds: int) -> None:
    """Queue the run with more seeds."""
    page.keyboard.press("Escape")
    main(page).locator(f".st-key-repeat_{run.id} button").first.click()
    field = page.locator(f".st-key-seeds_{run.id} input")
    field.fill(str(seeds))
    field.press("Enter")
    go = page.locator(f".st-key-repeat_go_{run.id} button").first
    expect(go).to_contain_text(f"Train {seeds} run")
    go.click()
