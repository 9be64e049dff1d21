"""What a visitor does in a real browser, timed: a useful first page, a training, clicks on Similar and Recommend."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from reco_core.runs import RunStore

MAIN = "[data-testid=stMainBlockContainer]"
SLOW = 60_000
NUMBERS = ("12", "30", "42", "6", "21", "50")
PAGES = ("data?tab=Overview", "data?tab=Movies", "data?tab=Matrix", "data?tab=Rows", "train", "compare", "embeddings")
PAGES += ("similar", "recommend")
# The text below an element, shadow roots included: what changes when an answer arrives.
_TEXT = """(selector) => {
  const text = (node) => (node.shadowRoot ? text(node.shadowRoot) : "") +
    [...node.childNodes].map((child) => child.nodeType === 3 ? child.nodeValue : text(child)).join("");
  window.shown = () => { const found = document.querySelector(selector); return found ? text(found) : ""; };
  return window.shown();
}"""
_CHANGED = "(before) => window.shown() && window.shown() !== before"


def first_page(page: Any, url: str, began: float) -> float:
    """Seconds since `began` until the Data page shows the sparsity and the posters of the top movies."""
    page.goto(f"{url}/data?tab=Movies")
    page.get_by_text("Sparsity", exact=True).first.wait_for(timeout=SLOW)
    page.locator(f"{MAIN} .st-key-top button:has(img), {MAIN} .st-key-top img").first.wait_for(timeout=SLOW)
    return time.perf_counter() - began


def visit(page: Any, url: str, path: str, dataset: str, run: str = "") -> None:
    """Opens a page and waits until it stands still."""
    asked = f"dataset={dataset}" + (f"&run={run}" if run else "")
    page.goto(f"{url}/{path}{'&' if '?' in path else '?'}{asked}")
    page.locator(f"{MAIN} h1").first.wait_for(timeout=SLOW)
    settle(page)


def settle(page: Any) -> None:
    """Waits for the end of the page's script."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=SLOW)
    page.wait_for_timeout(500)


def train(page: Any, url: str, dataset: str, values: Mapping[str, str] | None = None) -> float:
    """Presses Train, with these values in the form's number fields; seconds until the first point of the curve."""
    visit(page, url, "train", dataset)
    page.locator(f"{MAIN} .st-key-train button:enabled").wait_for(timeout=SLOW)
    for key, value in (values or {}).items():
        box = page.locator(f"{MAIN} .st-key-set_mf_bias_{key} input")
        box.fill(value)
        box.press("Enter")
        settle(page)
    began = time.perf_counter()
    page.locator(f"{MAIN} .st-key-train button").click()
    page.wait_for_url(re.compile(r"[?&]run="), timeout=SLOW)
    page.locator(f"{MAIN} .st-key-rmse_card canvas, {MAIN} .st-key-rmse_card svg").first.wait_for(timeout=SLOW)
    return time.perf_counter() - began


def finished(page: Any, store: RunStore) -> str:
    """Waits for the end of the run in the address; its id. Raises RuntimeError where it did not finish."""
    run, deadline = store.open(re.search(r"[?&]run=([^&]+)", page.url)[1]), time.monotonic() + SLOW / 1000
    while run.status in ("queued", "running") and time.monotonic() < deadline:
        page.wait_for_timeout(200)
    if run.status != "finished":
        raise RuntimeError(f"the run on the Train page is {run.status} after a minute: {run.reason}")
    settle(page)
    return run.id


def interactions(page: Any, url: str, dataset: str, run: str, rounds: int) -> list[float]:
    """Seconds from a click to the new content: in each round a poster and a number on Similar, a user on Recommend."""
    times = []
    visit(page, url, "similar", dataset, run)
    grid = f"{MAIN} .st-key-similar_grid"
    for n in range(rounds):
        poster = page.locator(f"{grid} button:has(img)").nth(n % 6 + 1)
        poster.wait_for(timeout=SLOW)
        times.append(_timed(page, grid, poster.click))
        page.locator(f"{MAIN} .st-key-k [role=combobox]").first.click()
        number = page.locator("[role=option]").get_by_text(NUMBERS[n % len(NUMBERS)], exact=True).first
        times.append(_timed(page, grid, number.click))
    visit(page, url, "recommend", dataset, run)
    grid = f"{MAIN} .st-key-best_grid"
    page.locator(f"{grid} button:has(img)").first.wait_for(timeout=SLOW)
    for n in range(rounds):
        page.locator(f"{MAIN} [class*=st-key-user] [role=combobox]").first.click()
        page.wait_for_timeout(200)
        times.append(_timed(page, grid, page.locator("[role=option]").nth(n % 5 + 1).click))
    return times


def _timed(page: Any, selector: str, act: Callable[[], None]) -> float:
    """Seconds from an act to another text below the selector."""
    before = page.evaluate(_TEXT, selector)
    began = time.perf_counter()
    act()
    page.wait_for_function(_CHANGED, arg=before, polling="raf", timeout=SLOW)
    seconds = time.perf_counter() - began
    page.wait_for_timeout(250)
    return seconds
