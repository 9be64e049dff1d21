"""Steering a run in a real browser: pause, one epoch, another rate, a reload and a second visitor in the middle."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.places import box, toolbar_is_aside, whole
from tests.browser.walk import SLOW, fits, main, ready, settle

pytestmark = pytest.mark.browser
WINDOW = ("train", "transport", "pace_choice", "change_learning_rate", "rmse_card", "loss_card")
# What stands in a window of each size without scrolling, in the order in which it is looked for.
WINDOWS = {(1366, 768): WINDOW, (1440, 900): (*WINDOW, "watch_neighbours"), (1920, 1080): (*WINDOW, "watch_neighbours")}
NUMBER = re.compile(r"\d+")
WATCH_ONLY = "You can watch this run; only its owner can control it."


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
    for (width, height), keys in WINDOWS.items():
        page.set_viewport_size({"width": width, "height": height})
        whole(page, *keys)
        fits(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    toolbar_is_aside(page, "rmse_card")
    shoot(page, "steering-paused")

    press(page, "continue")
    expect(button(page, "pause")).to_be_enabled(timeout=SLOW)
    expect(figure(page)).not_to_have_text(str(before + 2), timeout=SLOW)
    press(page, "stop")
    expect_status(page, "stopped")
    expect(main(page).get_by_role("heading", name="Compared with baselines")).to_be_visible(timeout=SLOW)
    settle(page)
    fits(page)
    choose_another_model(page)


def test_run_begun_on_a_phone_is_seen_and_its_rate_is_changed_while_it_runs(server, new_page) -> None:
    page = new_page(width=390)
    begin(page, server.url, epochs=2000)
    whole(page, "transport", "rmse_card")
    toolbar_is_aside(page, "rmse_card")
    rate = change_rate(page, "0.0004")
    expect(cell(page, "Learning rate")).to_have_text(rate, timeout=SLOW)
    press(page, "stop")
    expect_status(page, "stopped")


def test_reload_finds_the_run_again_and_may_still_steer_it(server, new_page) -> None:
    page = new_page()
    begin(page, server.url, epochs=2000)
    seen = epoch(page)
    page.reload()
    expect(figure(page)).to_have_text(NUMBER, timeout=SLOW)
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
    expect(figure(other)).to_have_text(NUMBER, timeout=SLOW)
    seen = epoch(other)
    expect(figure(other)).not_to_have_text(str(seen), timeout=SLOW)
    for key in ("pause", "stop", "step", "tuning"):
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
    page.goto(f"{url}/train")
    settle(page)
    fill(page, "set_mf_bias_epochs", str(epochs))
    fill(page, "set_mf_bias_patience", "")
    expect(main(page).get_by_text("Changed: Epochs, Patience.")).to_be_visible(timeout=SLOW)
    ready(page)
    settle(page)
    button(page, "train").click()
    # Another run may have been shown before, with figures of its own.
    expect(main(page).locator(".st-key-run_progress")).to_contain_text(
        re.compile(rf"Epoch \d+ of {epochs}"), timeout=SLOW
    )
    expect(figure(page)).to_have_text(NUMBER, timeout=SLOW)


def change_rate(page: Page, rate: str) -> str:
    """Asks for another learning rate in the form; gives back the rate as the page writes it."""
    field = main(page).locator(".st-key-change_learning_rate input")
    field.fill(rate)
    field.press("Enter")
    expect(field).to_have_value("", timeout=SLOW)
    expect(field).to_have_attribute("placeholder", rate, timeout=SLOW)
    return rate


def choose_another_model(page: Page) -> None:
    """Behind a button stand the cards of the others; a click anywhere on one chooses it, and nothing else changes."""
    before = box(page, "rmse_card")
    button(page, "other_models").click()
    cards = page.get_by_role("dialog")
    choices = cards.get_by_role("button", name=re.compile("^Ch(oose|osen) "))
    expect(choices.first).to_be_visible(timeout=SLOW)
    names = choices.all_inner_texts()
    assert len(names) == len(set(names)) > 3
    # By force, as what takes the click at this corner is the button that is spread over the card.
    cards.locator(".st-key-model_mf_nonneg").click(position={"x": 12, "y": 12}, force=True)
    expect(cards).to_have_count(0, timeout=SLOW)
    expect(main(page).locator(".st-key-model_row")).to_contain_text("Non-negative factorisation", timeout=SLOW)
    assert abs(box(page, "rmse_card")["y"] - before["y"]) <= 2


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
