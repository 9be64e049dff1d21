"""How light the pages are: memory of the page process, clicks while a run trains, seconds to a useful first page."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import pages_browser as visitor
from benchmarks.app_server import AppServer
from benchmarks.dataset import FOLDER
from benchmarks.goals import Goal
from benchmarks.section import NotMeasured, Section

STARTS, ROUNDS = 3, 8
# A run that lasts for minutes.
LONG = {"dim": "256", "epochs": "2000", "patience": ""}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
TEXT = (
    "`reco app` with MovieLens 100K and a headless Chromium on the same machine. Start: from the start of the "
    f"process until the Data page shows sparsity and the posters of the top movies, median of {STARTS - 1} starts "
    "after one that warms the files; the worker loads TensorFlow meanwhile. Memory: the page process (the worker is "
    "another) after a run each on the demo and on MovieLens 100K and every page of both opened, first idle, then in "
    "a second tab while a long run trains; rss is what it holds, pss divides pages that it shares with other "
    "processes. Clicks: from a click to the new content, on posters and numbers of Similar and users of Recommend, "
    "in another tab than the one that follows the training."
)


def run() -> Section:
    """Starts, trains, opens, clicks."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise NotMeasured("playwright is not installed (`pip install 'reco-core[test]'`).") from error
    path = os.environ.get("RECO_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise NotMeasured("no Chromium found (install one or set RECO_CHROMIUM).")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            found = _measured(_home(Path(folder)), browser)
        finally:
            browser.close()
    rows = [[what, found[name]] for what, name in ROWS.items() if name in found]
    return Section("Pages", TEXT, ["what", "measured"], [[what, _shown(value)] for what, value in rows], goals(found))


ROWS = {
    "start to a useful Data page, s": "start",
    "Train pressed to the first point, MovieLens 100K, s": "first_point",
    "page process, every page opened, rss MB": "rss",
    "the same, pss MB": "pss",
    "page process, training, two tabs, every page opened, rss MB": "training_rss",
    "the same, pss MB ": "training_pss",
    "click to new content, idle, median s": "idle_median",
    "click to new content, idle, p95 s": "idle_p95",
    "click to new content, training, median s": "training_median",
    "click to new content, training, p95 s": "training_p95",
}


def goals(found: dict[str, float]) -> list[Goal]:
    """What is to be reached, with what was."""
    modules = "Streamlit, pandas, PyArrow and plotly hold about 170 MB of it before there is a dataset."
    drawing = (
        f"With no training it is {found['idle_p95'] * 1e3:,.0f} ms. The browser that follows the training takes half a "
        "core of two to draw, and the training what is left."
    )
    return [
        Goal("start to a useful Data page", 4, found["start"], "s"),
        Goal("page process while training, every page opened, rss", 220, found["training_rss"], "MB", 0, why=modules),
        Goal("the same, shared pages divided (pss)", 220, found["training_pss"], "MB", 0, why=modules),
        Goal("click in another tab while training, p95", 600, found["training_p95"] * 1e3, "ms", 0, why=drawing),
    ]


def _home(folder: Path) -> Path:
    """A home folder with MovieLens 100K; raises NotMeasured where that is not here."""
    source = Path(os.environ.get(FOLDER) or ".no-folder") / "ml-100k.zip"
    if not source.is_file():
        raise NotMeasured("ml-100k.zip is not here (`--data FOLDER`).")
    (folder / "datasets").mkdir()
    shutil.copy(source, folder / "datasets" / source.name)
    return folder


def _measured(home: Path, browser: Any) -> dict[str, float]:
    def new_page() -> Any:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(visitor.SLOW)
        return page

    new_page().goto("about:blank")
    starts = [_start(home, new_page) for _ in range(STARTS)]
    print("starts", starts, flush=True)
    server = AppServer(home)
    try:
        server.wait()
        return {"start": float(np.median(starts[1:]))} | _used(server, new_page)
    finally:
        server.end()


def _start(home: Path, new_page: Callable[[], Any]) -> float:
    server = AppServer(home)
    try:
        server.wait()
        page = new_page()
        seconds = visitor.first_page(page, server.url, server.began)
        page.context.close()
        return seconds
    finally:
        server.end()


def _used(server: AppServer, new_page: Callable[[], Any]) -> dict[str, float]:
    """Memory and clicks, first idle, then while a run trains."""
    follows, other, url, found = new_page(), new_page(), server.url, {}
    visitor.train(follows, url, "demo")
    runs = {"demo": visitor.finished(follows, server.store)}
    found["first_point"] = visitor.train(follows, url, "ml-100k")
    runs["ml-100k"] = visitor.finished(follows, server.store)
    _open_all(other, url, runs)
    found |= server.memory()
    found |= _clicks("idle", visitor.interactions(other, url, "ml-100k", runs["ml-100k"], ROUNDS))
    visitor.train(follows, url, "ml-100k", LONG)
    found |= _clicks("training", visitor.interactions(other, url, "ml-100k", runs["ml-100k"], ROUNDS))
    _open_all(other, url, runs)
    if not any(run.status == "running" for run in server.store.list()):
        raise RuntimeError("the long run ended before the clicks did; what was measured is no load")
    return found | {f"training_{name}": value for name, value in server.memory().items()}


def _open_all(page: Any, url: str, runs: dict[str, str]) -> None:
    for dataset, run in runs.items():
        for path in visitor.PAGES:
            visitor.visit(page, url, path, dataset, run)


def _clicks(name: str, times: list[float]) -> dict[str, float]:
    print(name, [round(one, 3) for one in times], flush=True)
    return {f"{name}_median": float(np.median(times)), f"{name}_p95": float(np.quantile(times, 0.95))}


def _shown(value: float) -> str:
    return f"{value:.0f}" if value > 50 else f"{value:.2f}"
