"""Steering a run in a real browser: pause, one epoch, another rate, a reload and a second visitor in the middle."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.walk import SLOW, fits, go, main, ready, settle

pytestmark = pytest.mark.browser
WATCH_ONLY = "You can watch this run; only its owner steers it."


@pytest.fixture(scope="module")
def server(serve):
    return serve()


def test_run_is_paused_stepped_changed_and_goes_on(server, new_page, shoot) -> None:
    page = new_page()
    begin(page, server.url, epochs=2000)
    press(page, "pause")
    expect(button(page, "continue")).to_be_enabled(timeout=SLOW)
    expect(main(page).get_by_text(re.compile(r"Paused after epoch \d+ of 2000"))).to_be_visible()
    before = epoch(page)

    press(page, "step")
    expect(figure(page)).to_have_text(str(before + 1), timeout=SLOW)
    expect(button(page, "step")).to_be_enabled(timeout=SLOW)
    assert epoch(page) == before + 1, "one epoch, and no more"

    rate = change_rate(page, "0.0005")
    expect(main(page).get_by_text(f"From the next epoch on: Learning rate {rate}")).to_be_visible()
    press(page, "step")
    expect(figure(page)).to_have_text(str(before + 2), timeout=SLOW)
    expect(cell(page, "Learning rate")).to_have_text(rate)
    shoot(page, "steering-paused")

    press(page, "continue")
    expect(button(page, "pause")).to_be_enabled(timeout=SLOW)
    expect(figure(page)).not_to_have_text(str(before + 2), timeout=SLOW)
    press(page, "stop")
    expect_status(page, "stopped")
    expect(main(page).get_by_role("heading", name="Beside the baselines")).to_be_visible(timeout=SLOW)
    settle(page)
    fits(page)


def test_rate_is_changed_while_it_runs(server, new_page) -> None:
    page = new_page()
    begin(page, server.url, epochs=2000)
    rate = change_rate(page, "0.0004")
    expect(cell(page, "Learning rate")).to_have_text(rate, timeout=SLOW)
    press(page, "stop")
    expect_status(page, "stopped")


def test_reload_finds_the_run_again_and_may_still_steer_it(server, new_page) -> None:
    page = new_page()
    begin(page, server.url, epochs=2000)
    seen = epoch(page)
    page.reload()
    expect(figure(page)).to_be_visible(timeout=SLOW)
    assert epoch(page) >= seen
    second = page.context.new_page()
    second.goto(page.url)
    press(second, "pause")
    expect(button(page, "continue")).to_be_enabled(timeout=SLOW)
    press(page, "stop")
    expect_status(page, "stopped")
    expect_status(second, "stopped")


def test_another_visitor_watches_and_does_not_steer(server, new_page, shoot) -> None:
    page, other = new_page(), new_page(width=390, scheme="dark")
    begin(page, server.url, epochs=2000)
    other.goto(page.url)
    expect(main(other).get_by_text(WATCH_ONLY)).to_be_visible(timeout=SLOW)
    seen = epoch(other)
    expect(figure(other)).not_to_have_text(str(seen), timeout=SLOW)
    for key in ("pause", "stop", "step", "change"):
        expect(main(other).locator(f".st-key-{key}")).to_have_count(0)
    shoot(other, "steering-other-visitor")
    press(page, "pause")
    expect_status(other, "paused")
    expect(main(other).locator(".st-key-continue")).to_have_count(0)
    fits(other)
    press(page, "stop")
    expect_status(other, "stopped")


def begin(page: Page, url: str, epochs: int) -> None:
    """A run of so many epochs, without early stopping, is under way."""
    page.goto(url)
    go(page, "Train")
    fill(page, "set_mf_bias_epochs", str(epochs))
    fill(page, "set_mf_bias_patience", "")
    expect(main(page).get_by_text("Changed: Epochs, Patience.")).to_be_visible(timeout=SLOW)
    ready(page)
    settle(page)
    button(page, "train").click()
    expect(page).to_have_url(re.compile(r"[?&]run="), timeout=SLOW)
    expect(figure(page)).to_be_visible(timeout=SLOW)


def change_rate(page: Page, rate: str) -> str:
    """Asks for another learning rate in the form; gives back the rate as the page writes it."""
    opener = main(page).locator(".st-key-change button").first
    opener.click()
    field = page.locator(".st-key-change_learning_rate input")
    expect(field).to_be_visible(timeout=SLOW)
    field.fill(rate)
    page.locator(".st-key-apply_change button").first.click()
    expect(field).to_have_value("", timeout=SLOW)
    page.keyboard.press("Escape")
    expect(field).to_be_hidden(timeout=SLOW)
    return rate


def fill(page: Page, key: str, value: str) -> None:
    field = main(page).locator(f".st-key-{key} input")
    field.fill(value)
    field.press("Enter")


def button(page: Page, key: str) -> Locator:
    return main(page).locator(f".st-key-{key} button:visible").first


def press(page: Page, key: str) -> None:
    expect(button(page, key)).to_be_enabled(timeout=SLOW)
    button(page, key).click()


def figure(page: Page) -> Locator:
    """The epoch in the strip of figures."""
    return main(page).locator(".reco-strip b").first


def cell(page: Page, label: str) -> Locator:
    """The figure under a label of the strip."""
    return main(page).locator(".reco-strip > div", has=page.get_by_text(label, exact=True)).locator("b")


def epoch(page: Page) -> int:
    return int(figure(page).inner_text())


def expect_status(page: Page, status: str) -> None:
    expect(main(page).locator(".st-key-run_title")).to_contain_text(status, timeout=SLOW)
