"""What no page may have: faults that axe-core finds, headings that jump, complaints in the browser's console."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser.walk import SLOW

SERIOUS = ("serious", "critical")
# Streamlit's own, where a page of ours cannot reach: its menu is a list of groups, which are no list items; the
# dropzone of its uploader is hidden from assistive technology, and named all the same.
NOT_OURS = {
    "list": ("[data-testid=stSidebarNavItems]",),
    "listitem": ("[data-testid=stSidebarNavItems] li",),
}
# The browser's, not the page's: a first address below `/` is asked for its own health, which Streamlit serves at `/`
# only; and a machine without a graphics card says that it is slow.
NOT_OURS_IN_THE_CONSOLE = ("404 (Not Found)", "GL Driver Message")


@dataclass
class Console:
    """The warnings and errors that a page wrote since it was opened."""

    lines: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Keep a warning or an error, but for those that are not ours."""
        if message.type in ("warning", "error") and not any(known in message.text for known in NOT_OURS_IN_THE_CONSOLE):
            self.lines.append(f"{message.type}: {message.text}")


def listen(page: Page) -> Console:
    """Collects from now on what the page complains of."""
    console = Console()
    page.on("console", console.hear)
    page.on("pageerror", lambda error: console.lines.append(f"error: {error}"))
    return console


def faults(page: Page) -> list[str]:
    """Each serious or critical violation of our own making, with the element; and each jump of the headings."""
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=SLOW)
    expect(page.locator(".stVegaLiteChart:not(:has(svg, canvas))")).to_have_count(0, timeout=SLOW)
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary']}"
        for violation in found
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
        if not _not_ours(page, violation["id"], node)
    ] + _jumps(page)


def _not_ours(page: Page, rule: str, node: dict[str, Any]) -> bool:
    known = NOT_OURS.get(rule, ())
    matches = "([target, selectors]) => selectors.some(s => document.querySelector(target)?.matches(s))"
    return len(node["target"]) == 1 and page.evaluate(matches, [node["target"][0], list(known)])


def _jumps(page: Page) -> list[str]:
    """The headings of the page where they are not one h1, and below it no level that its parent lacks."""
    shown = "all => all.filter(h => h.checkVisibility()).map(h => [Number(h.tagName[1]), h.innerText])"
    headings = page.locator("h1, h2, h3, h4, h5, h6").evaluate_all(shown)
    levels = [level for level, _ in headings]
    right = levels[:1] == [1] and levels.count(1) == 1
    right &= all(after <= before + 1 for before, after in pairwise(levels))
    return [] if right else [f"headings: {headings}"]
