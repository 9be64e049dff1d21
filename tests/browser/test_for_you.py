"""A visitor rates posters and sees the list follow; asks why; tunes a list; asks what if."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PROJECT
from tests.browser.walk import LOOKS, SLOW, expect_pictures, fits, main, posters, settle

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(serve):
    """A server whose home has a trained run of the demo, and one of a table in which two movies have the same title."""
    server = serve(RECO_NO_WORKER="1")
    titles = ["Amy (1997)"] * 2 + [f"Film {item} (1990)" for item in range(2, 12)]
    rows = [f"{user},{item},{1 + (user + item) % 5},{titles[item]}" for user in range(8) for item in range(12)]
    twins = server.home / "twins.csv"
    twins.write_text("\n".join(["user,item,rating,title", *rows]))
    for source, model in (("demo", "mf_bias"), (str(twins), "implicit_als")):
        subprocess.run(
            [sys.executable, "-m", "reco_core.cli", "train", source, "--model", model, "--json"],
            cwd=PROJECT,
            env={**os.environ, "RECO_HOME": str(server.home)},
            check=True,
            capture_output=True,
            timeout=240,
        )
    return server


def stars(page: Page, number: int, value: int):
    """One star of one poster in the row to rate."""
    poster = main(page).locator(".st-key-rate_grid .cell").nth(number)
    return poster.get_by_role("radio", name=f"{value} star", exact=False)


def shown(page: Page) -> list[str]:
    """The titles of the visitor's list, best first."""
    return posters(page, "your_grid").evaluate_all("all => all.map(b => b.querySelector('.title').textContent)")


def rate(page: Page, number: int, value: int, rated: int) -> None:
    """Clicks a star and waits until the list is made of so many ratings."""
    stars(page, number, value).check(force=True)
    expect(main(page).get_by_text(f"You rated {rated} movie")).to_be_visible(timeout=SLOW)
    settle(page)


def test_a_visitor_rates_and_the_list_follows_each_click_and_survives_a_reload(site, new_page, shoot) -> None:
    page = new_page()
    page.goto(f"{site.url}/foryou?dataset=demo")
    expect(main(page).get_by_text("Until you rate something")).to_be_visible(timeout=SLOW)
    expect_pictures(posters(page, "your_grid"))
    anybodys = shown(page)
    rate(page, 0, 5, 1)
    rate(page, 1, 1, 2)
    rate(page, 2, 5, 3)
    assert shown(page) != anybodys
    expect(posters(page, "your_grid").locator(".moved").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]rated="))
    canvas = main(page).locator(".st-key-your_place canvas.overlay")
    expect(canvas).to_be_visible(timeout=SLOW)

    mine = shown(page)
    page.reload()
    expect(main(page).get_by_text("You rated 3 movies")).to_be_visible(timeout=SLOW)
    settle(page)
    expect(stars(page, 0, 5)).to_be_checked()
    assert shown(page) == mine

    page.goto(f"{site.url}/foryou?dataset=demo")  # another visit, without the address: this browser remembers
    expect(main(page).get_by_text("You rated 3 movies")).to_be_visible(timeout=SLOW)
    settle(page)
    main(page).locator(".st-key-start_again button").click()
    expect(main(page).get_by_text("Until you rate something")).to_be_visible(timeout=SLOW)
    settle(page)
    assert shown(page) == anybodys
    page.goto(f"{site.url}/foryou?dataset=demo")
    expect(main(page).get_by_text("Until you rate something")).to_be_visible(timeout=SLOW)


def test_stars_are_given_and_taken_back_by_the_keyboard(site, new_page) -> None:
    page = new_page()
    page.goto(f"{site.url}/foryou?dataset=demo")
    expect(main(page).get_by_text("Until you rate something")).to_be_visible(timeout=SLOW)
    settle(page)
    stars(page, 0, 1).focus()
    page.keyboard.press("Space")
    expect(main(page).get_by_text("You rated 1 movie")).to_be_visible(timeout=SLOW)
    settle(page)
    stars(page, 0, 1).focus()
    page.keyboard.press("ArrowRight")
    expect(stars(page, 0, 2)).to_be_checked()
    expect(page).to_have_url(re.compile(r"rated=[^&]*~2"), timeout=SLOW)
    settle(page)
    main(page).locator(".st-key-rate_grid .cell").first.get_by_role("button", name="Remove the rating").press("Enter")
    expect(main(page).get_by_text("Until you rate something")).to_be_visible(timeout=SLOW)


def test_the_second_of_two_equal_titles_is_the_one_that_opens(site, new_page) -> None:
    page = new_page()
    page.goto(f"{site.url}/similar?dataset=twins&item=5")
    expect(main(page).get_by_role("heading", name="Film 5 (1990)")).to_be_visible(timeout=SLOW)
    settle(page)
    for wanted in ("1", "0"):
        main(page).locator(".st-key-item_search input").fill("Amy")
        same = page.get_by_role("option", name=re.compile("^Amy"))
        expect(same).to_have_count(2)
        same.filter(has_text=f"id {wanted}").click()
        expect(page).to_have_url(re.compile(rf"[?&]item={wanted}(&|$)"), timeout=SLOW)
        settle(page)


def test_why_this_opens_with_bars_that_add_up(site, new_page, shoot) -> None:
    page = new_page()
    page.goto(f"{site.url}/recommend?dataset=demo")
    expect_pictures(posters(page, "best_grid"))
    settle(page)
    predicted = posters(page, "best_grid").first.locator(".line1").inner_text().removeprefix("★ ")
    main(page).locator(".st-key-best_grid").get_by_role("button", name=re.compile("^Why")).first.click()
    dialog = page.get_by_role("dialog")
    table = dialog.locator(".reco-why")
    expect(table).to_be_visible(timeout=SLOW)
    figures = [float(t.replace("−", "-")) for t in table.locator("tr td:last-child").all_inner_texts()]
    assert sum(figures[:-1]) == pytest.approx(figures[-1], abs=0.01 * len(figures))
    assert min(figures[-1], 5) == pytest.approx(float(predicted), abs=0.006)
    shoot(page, "why")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_control_moves_the_list_and_what_if_shows_two(site, new_page, shoot) -> None:
    page = new_page()
    page.goto(f"{site.url}/recommend?dataset=demo")
    expect_pictures(posters(page, "best_grid"))
    settle(page)
    main(page).locator(".st-key-tune button").click()
    diversity = page.locator(".st-key-diversity").get_by_role("slider")
    diversity.focus()
    for _ in range(10):
        diversity.press("ArrowRight")
    expect(main(page).get_by_text(re.compile(r"Diversity replaced \d+ of 21"))).to_be_visible(timeout=SLOW)
    expect(main(page).locator(".st-key-best_grid .moved").first).to_be_visible(timeout=SLOW)
    page.keyboard.press("Escape")
    settle(page)
    main(page).locator(".st-key-what_if summary").click()
    expect_pictures(posters(page, "what_if_after"))
    shoot(page, "recommend-tuned-what-if")


def first_poster_ends(page: Page, key: str) -> float:
    """Where on the screen the first poster of a grid ends, in pixels from its top, before anybody scrolls."""
    box = main(page).locator(f".st-key-{key} .frame").first.bounding_box()
    return box["y"] + box["height"]


def test_the_first_recommended_poster_is_on_a_phones_first_screen(site, new_page) -> None:
    page = new_page(390)
    page.goto(f"{site.url}/recommend?dataset=demo")
    expect_pictures(posters(page, "best_grid"))
    settle(page)
    assert first_poster_ends(page, "best_grid") <= 844
    fits(page)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_nothing_scrolls_sideways(site, new_page, shoot, width: int, scheme: str) -> None:
    page = new_page(width, scheme)
    page.goto(f"{site.url}/foryou?dataset=demo")
    expect_pictures(posters(page, "your_grid"))
    settle(page)
    fits(page)
    assert first_poster_ends(page, "your_grid") <= page.viewport_size["height"], "on the first screen"
    rate(page, 0, 5, 1)
    rate(page, 1, 2, 2)
    fits(page)
    shoot(page, f"for-you-{width}-{scheme}")
    posters(page, "your_grid").first.locator("xpath=..").get_by_role("button", name=re.compile("^Why")).click()
    expect(page.get_by_role("dialog").locator(".reco-why")).to_be_visible(timeout=SLOW)
    page.wait_for_timeout(500)
    if folder := os.environ.get("RECO_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/why-{width}-{scheme}.png")
