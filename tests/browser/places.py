"""Where things stand on the screen, for browser tests."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.browser.walk import SLOW, main

Box = dict[str, float]
WHOLE = """keys => keys.every(key => {
  const found = [...document.querySelectorAll(`.stMainBlockContainer .st-key-${key}`)];
  const box = found.map(one => one.getBoundingClientRect()).find(one => one.height > 0);
  return box && box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
})"""


def box(page: Page, key: str) -> Box:
    """Where the visible element of a key stands in the window."""
    found = main(page).locator(f".st-key-{key}").locator("visible=true").first
    expect(found).to_be_visible(timeout=SLOW)
    return found.bounding_box()


def whole(page: Page, *keys: str) -> None:
    """Every one of these comes to stand in the window with all of it: nothing is scrolled for that."""
    try:
        page.wait_for_function(WHOLE, arg=keys, polling=300, timeout=60_000)
    except TimeoutError:
        pytest.fail(f"not all whole in {page.viewport_size}: { ({key: box(page, key) for key in keys}) }")


def apart(one: Box, other: Box) -> bool:
    """Whether two boxes have no point in common."""
    beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
    return beside or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]


def toolbar_is_aside(page: Page, card: str) -> None:
    """The toolbar of a chart, which comes with the pointer, lies over no switch and no button."""
    chart = main(page).locator(f".st-key-{card} [data-testid=stVegaLiteChart]")
    chart.hover()
    bar = main(page).locator(f".st-key-{card} [data-testid=stElementToolbar]")
    expect(bar).to_be_visible(timeout=SLOW)
    others: list[Locator] = main(page).locator("label:has([role=switch]):visible, .st-key-transport button").all()
    assert others
    for other in others:
        assert apart(bar.bounding_box(), other.bounding_box())
