"""Where things stand on the screen, for browser tests."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.walk import SLOW, main

Box = dict[str, float]


def box(page: Page, key: str) -> Box:
    """Where the visible element of a key stands in the window."""
    found = main(page).locator(f".st-key-{key}").locator("visible=true").first
    expect(found).to_be_visible(timeout=SLOW)
    return found.bounding_box()


def whole(page: Page, *keys: str) -> None:
    """Every one of these stands in the window with all of it, as it is: nothing is scrolled for that."""
    size = page.viewport_size
    for key in keys:
        place = box(page, key)
        within = place["y"] >= 0 and place["y"] + place["height"] <= size["height"]
        across = place["x"] >= 0 and place["x"] + place["width"] <= size["width"]
        assert within and across, f"{key} is not whole in {size}: {place}"


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
