"""Watching what a run learns, and looking back at its epochs, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.places import box
from tests.browser.walk import LOOKS, SLOW, expect_pictures, fits, main, posters, ready, settle

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(serve):
    return serve()


def test_a_run_is_watched_while_it_learns_and_looked_back_at_on_every_page(server, new_page, shoot) -> None:
    page = new_page()
    page.goto(f"{server.url}/train?dataset=demo")
    settle(page)
    expect(main(page).get_by_text("Choose a movie and a user")).to_be_visible(timeout=SLOW)
    ready(page)
    run = train_where_nothing_moves(page)
    watch(page, run)
    look_back_on_the_map(page, server.url, run)
    for name, grid in (("similar", "similar_grid"), ("recommend", "best_grid")):
        look_back_on_posters(page, f"{server.url}/{name}?dataset=demo&run={run}", grid)
    play(page, server.url, run)
    for width, scheme in LOOKS:
        other = new_page(width, scheme)
        for name in ("train", "embeddings", "similar", "recommend"):
            other.goto(f"{server.url}/{name}?dataset=demo&run={run}&epoch=1")
            settle(other)
            fits(other)
            shoot(other, f"epoch-1-{name}-{width}-{scheme}")


def train_where_nothing_moves(page: Page) -> str:
    """What is looked at while a run trains stands where it stood when the run is over: at most 2 px aside."""
    keys = ("transport", "change_learning_rate", "rmse_card", "loss_card", "watch_neighbours", "train")
    main(page).locator(".st-key-train button").first.click()
    expect(main(page).locator(".st-key-run_title")).to_contain_text(re.compile("Epoch [3-9]"), timeout=SLOW)
    during = {key: box(page, key) for key in keys}
    expect(main(page).locator(".st-key-run_title")).to_contain_text("finished", timeout=SLOW)
    expect(main(page).locator(".st-key-run_end")).to_be_visible(timeout=SLOW)
    settle(page)
    for key, before in during.items():
        after = box(page, key)
        assert max(abs(after[side] - before[side]) for side in before) <= 2, f"{key}: {before}, then {after}"
    return re.search(r"[?&]run=([a-z0-9_-]+)", page.url)[1]


def watch(page: Page, run: str) -> None:
    """The panel's lists, stars and map are there, and its slider leads back to the start."""
    expect_pictures(posters(page, "watch_neighbours"))
    expect_pictures(posters(page, "watch_top"))
    expect(main(page).locator(".st-key-watch_held canvas, .st-key-watch_held svg").first).to_be_visible(timeout=SLOW)
    last = drawn_map(page, ".st-key-watch_panel")
    slide(page, f"watch_epoch_{run}", -30)
    expect(main(page).locator(".st-key-watch_panel .map .label")).to_have_text("After epoch 0", timeout=SLOW)
    expect(main(page).locator(f'.map[data-ready="{last}"]')).to_have_count(0, timeout=SLOW)


def look_back_on_the_map(page: Page, url: str, run: str) -> None:
    """The slider of the Embeddings page changes the URL and moves the points."""
    page.goto(f"{url}/embeddings?dataset=demo&run={run}&epoch=1")
    settle(page)
    expect(main(page).get_by_text("Looking back")).to_be_visible(timeout=SLOW)
    first = drawn_map(page)
    slide(page, "epoch_choice", 1)
    expect(page).to_have_url(re.compile(r"[?&]epoch=2(&|$)"), timeout=SLOW)
    expect(main(page).locator(f'.map[data-ready="{first}"]')).to_have_count(0, timeout=SLOW)


def look_back_on_posters(page: Page, address: str, grid: str) -> None:
    """The posters of epoch 1 are others than those of the result."""
    page.goto(f"{address}&epoch=1")
    settle(page)
    expect(main(page).get_by_text("Looking back")).to_be_visible(timeout=SLOW)
    expect_pictures(posters(page, grid))
    early = ids(page, grid)
    page.goto(address)
    settle(page)
    expect_pictures(posters(page, grid))
    assert ids(page, grid) != early


def play(page: Page, url: str, run: str) -> None:
    """Epochs follow one another until they are paused."""
    page.goto(f"{url}/embeddings?dataset=demo&run={run}&epoch=0")
    settle(page)
    button = main(page).locator(".st-key-epoch_play button:visible")
    button.click()
    expect(page).to_have_url(re.compile(r"[?&]epoch=2(&|$)"), timeout=SLOW)
    button.click()
    expect(button).to_contain_text("Play", timeout=SLOW)


def slide(page: Page, key: str, steps: int) -> None:
    """Moves a slider by so many steps of the keyboard, to the right or (negative) to the left."""
    knob = main(page).locator(f".st-key-{key} input[type=range]")
    knob.focus()
    for _ in range(abs(steps)):
        knob.press("ArrowRight" if steps > 0 else "ArrowLeft")


def drawn_map(page: Page, within: str = "") -> str | None:
    """The address of the places that the map has drawn."""
    return main(page).locator(f"{within} .map[data-ready]".strip()).get_attribute("data-ready", timeout=SLOW)


def ids(page: Page, grid: str) -> list[str]:
    """Which movies a grid shows."""
    return posters(page, grid).evaluate_all("cards => cards.map(card => card.dataset.id)")
