"""Steps that a person takes through the app, for browser tests."""

from __future__ import annotations

import os
import re

from playwright.sync_api import Locator, Page, expect

# Wide and narrow, light and dark: each once, and every pair where pictures are wanted to look at.
EVERY_LOOK = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
LOOKS = EVERY_LOOK if os.environ.get("RECO_SCREENSHOTS") else [(1440, "light"), (390, "dark")]
# The training process gives way to whatever else the machine does.
SLOW = LOADING = 180_000


def main(page: Page) -> Locator:
    """The part of the page beside the menu."""
    return page.get_by_test_id("stMainBlockContainer")


def settle(page: Page) -> None:
    """Waits until the script has run to its end, and checks that it raised nothing."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=SLOW)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def go(page: Page, label: str) -> None:
    """Follows a link of the menu."""
    settle(page)
    link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=label, exact=True)
    if not link.is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    link.click()
    expect(main(page).get_by_role("heading", name=label, level=1)).to_be_visible(timeout=SLOW)
    settle(page)


def posters(page: Page, key: str) -> Locator:
    """The posters of a grid."""
    return main(page).locator(f".st-key-{key} button:has(img)")


def expect_pictures(grid: Locator) -> None:
    """Every poster of the grid has arrived and is a picture."""
    expect(grid.first).to_be_visible(timeout=SLOW)
    widths = "buttons => buttons.map(b => b.querySelector('img')).map(i => i.complete ? i.naturalWidth : -1)"
    assert all(width > 0 for width in grid.evaluate_all(widths))


def fits(page: Page) -> None:
    """Nothing scrolls sideways."""
    wider = "() => document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
    assert page.evaluate(wider) <= 0


def ready(page: Page) -> None:
    """Waits on the Train page until the training process is there."""
    words = main(page).get_by_text("Training process ready").locator("visible=true")
    expect(words.first).to_be_visible(timeout=LOADING)


def train(page: Page) -> str:
    """Presses Train, sees the curve, waits for the figures; gives back the run's id."""
    main(page).locator(".st-key-train button").click()
    expect(page).to_have_url(re.compile(r"[?&]run="), timeout=SLOW)
    expect(main(page).locator(".st-key-rmse_card canvas, .st-key-rmse_card svg").first).to_be_visible(timeout=SLOW)
    expect(main(page).get_by_role("heading", name="Compared with baselines")).to_be_visible(timeout=120_000)
    settle(page)
    run = re.search(r"[?&]run=([^&]+)", page.url)[1]
    assert re.fullmatch(r"[a-z0-9_-]+", run), "an id, not a label"
    return run
