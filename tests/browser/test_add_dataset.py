"""One's own file in a real browser: its plan is wrong, is corrected, and a model learns from what was shown."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.walk import EVERY_LOOK, fits, main, ready, settle, train

pytestmark = pytest.mark.browser
WAIT = 60_000


@pytest.fixture(scope="module")
def server(serve):
    return serve()


def written(path: Path) -> Path:
    """Ratings from 1,5 to 4,5 in the column `verdict`; another column of numbers has a name that ratings often have."""
    lines = ["user;film;weight;verdict;title"]
    for user in range(1, 61):
        for item in range(1, 21):
            if (user * item) % 3:
                lines.append(f"{user};{item};{user * item};{1 + (user + item) % 4},5;Film {item}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_wrong_guess_is_corrected_before_training(server, new_page, shoot, tmp_path: Path) -> None:
    page = new_page()
    page.goto(f"{server.url}/data?data_tab=Datasets")
    upload(page, written(tmp_path / "Wine Evening.csv"))
    expect(box(page, "Separator")).to_have_value("semicolon")
    expect(box(page, "Rating column")).to_have_value("weight")
    expect(counts(page).nth(3)).to_have_text("1 to 1,180")
    choose(page, "Rating column", "verdict")
    expect(counts(page).nth(3)).to_have_text("1.5 to 4.5", timeout=WAIT)
    expect(counts(page).nth(0)).to_have_text("560")
    expect(main(page).locator(".reco-preview th.role-rating")).to_have_text(re.compile("verdict"))
    settle(page)
    fits(page)
    shoot(page, "add-dataset")
    main(page).get_by_role("button", name="Add dataset").click()
    expect(main(page).get_by_text("Wine Evening is here, from Wine Evening.csv.")).to_be_visible(timeout=WAIT)
    expect(page).to_have_url(re.compile("dataset=wine-evening"))
    shoot(page, "add-dataset-done")
    main(page).locator(".st-key-train_on_it a, .st-key-train_on_it button").first.click()
    ready(page)
    run = train(page)
    expect(page).to_have_url(re.compile(f"run={run}"))
    assert (server.home / "datasets" / "own" / "wine-evening" / "dataset.json").is_file()


def books(path: Path) -> Path:
    """Ratings of books as Book-Crossing gives them, with links to their covers that lead nowhere."""
    ratings = ['"User-ID";"ISBN";"Book-Rating"']
    ratings += [f'"{user}";"00000{book:04}X";"{(user + book) % 10 + 1}"' for user in range(1, 31) for book in range(12)]
    table = ['"ISBN";"Book-Title";"Year-Of-Publication";"Image-URL-M"']
    table += [
        f'"00000{book:04}X";"Novel {book}";"199{book % 10}";"http://covers.invalid/{book}.jpg"' for book in range(12)
    ]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("BX-Book-Ratings.csv", "\n".join(ratings))
        archive.writestr("BX-Books.csv", "\n".join(table))
    return path


def test_books_with_links_to_their_covers(server, new_page, shoot, tmp_path: Path) -> None:
    page = new_page()
    page.goto(f"{server.url}/data?data_tab=Datasets")
    upload(page, books(tmp_path / "My books.zip"))
    settle(page)
    main(page).get_by_role("button", name="Add dataset").click()
    expect(page).to_have_url(re.compile("dataset=my-books"), timeout=WAIT)
    page.goto(f"{server.url}/data?dataset=my-books&data_tab=Books")
    expect(main(page).get_by_role("heading", name="Most rated books")).to_be_visible(timeout=WAIT)
    expect(main(page).get_by_text("Novel 3").first).to_be_visible(timeout=WAIT)
    page.get_by_role("tab", name="Images").click()
    switch = main(page).get_by_text("Show images from links: 12 links, at covers.invalid")
    expect(switch).to_be_visible(timeout=WAIT)  # asked of nobody before it is switched on
    switch.click()
    settle(page)
    page.get_by_role("tab", name="Books").click()
    expect(main(page).get_by_text("Novel 3").first).to_be_visible(timeout=WAIT)  # drawn, as no cover comes
    settle(page)
    fits(page)
    shoot(page, "books")


@pytest.mark.parametrize(("width", "scheme"), EVERY_LOOK[2:])
def test_the_plan_fits_a_phone(server, new_page, shoot, tmp_path: Path, width: int, scheme: str) -> None:
    page = new_page(width, scheme)
    page.goto(f"{server.url}/data?data_tab=Datasets")
    upload(page, written(tmp_path / "Another.csv"))
    settle(page)
    fits(page)
    shoot(page, f"add-dataset-{width}-{scheme}")


def upload(page: Page, path: Path) -> None:
    """The file in the uploader, and its plan on the page."""
    field = main(page).locator(".st-key-incoming input[type=file]")
    expect(field).to_be_attached(timeout=WAIT)
    settle(page)
    field.set_input_files(path)
    expect(main(page).locator(".st-key-finish")).to_be_visible(timeout=WAIT)


def box(page: Page, label: str):
    return main(page).get_by_role("combobox", name=label).first


def choose(page: Page, label: str, option: str) -> None:
    settle(page)
    box(page, label).click()
    page.get_by_role("option", name=option, exact=True).click()


def counts(page: Page):
    """The figures of the preview."""
    return main(page).locator(".st-key-cards_preview").get_by_test_id("stMetricValue")
