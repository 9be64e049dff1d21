"""The main path in a real browser: data, train, embeddings, click, similar, recommend."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.walk import LOOKS, expect_pictures, fits, go, main, posters, settle, train

pytestmark = pytest.mark.browser
PAGES = ("data", "train", "compare", "embeddings", "similar", "recommend")


@pytest.fixture(scope="module")
def demo_server(serve):
    return serve()


@pytest.fixture(scope="module")
def real_server(serve, data_folder):
    return serve("--dataset", str(data_folder / "ml-100k.zip"))


def test_demo_from_data_to_recommendations(demo_server, new_page, shoot) -> None:
    page = new_page()
    page.goto(demo_server.url)
    expect(main(page).get_by_text("100,000").first).to_be_visible(timeout=60_000)
    run = walk(page)
    for width, scheme in LOOKS:
        look_around(new_page(width, scheme), demo_server.url, run, "demo", shoot, f"{width}-{scheme}")


def test_ml_100k_with_its_own_posters(real_server, data_folder, new_page, shoot) -> None:
    page = new_page()
    page.goto(real_server.url)
    go(page, "Data")
    expect(main(page).get_by_text("93.70%")).to_be_visible(timeout=60_000)
    page.get_by_role("tab", name="Posters").click()
    folder = main(page).locator("[class*=st-key-poster_folder_] input").first
    folder.fill(str(data_folder / "posters"))
    folder.press("Enter")
    settle(page)
    page.get_by_role("tab", name="Movies").click()
    expect(posters(page, "top_movies").first).to_contain_text("Star Wars")
    sizes = posters(page, "top_movies").evaluate_all("all => all.map(b => b.querySelector('img').naturalWidth)")
    assert set(sizes) == {92}, "these are the posters of the folder, not drawn ones"
    walk(page)
    shoot(page, "ml-100k-recommend")


def walk(page: Page) -> str:
    """Train, look at the map, click a movie, go on to Similar and Recommend; gives back the run's id."""
    go(page, "Data")
    fits(page)
    go(page, "Train")
    run = train(page)
    page.reload()
    expect(main(page).get_by_role("heading", name="Beside the baselines")).to_be_visible(timeout=60_000)

    go(page, "Embeddings")
    click_the_map(page)
    expect_pictures(posters(page, "near"))
    main(page).locator(".st-key-to_similar button").click()
    expect(main(page).get_by_role("heading", name="Similar", level=1)).to_be_visible()
    settle(page)
    expect(page).to_have_url(re.compile(r"[?&]item="))

    grid = posters(page, "similar_grid")
    expect_pictures(grid)
    title = grid.nth(1).inner_text().splitlines()[0]
    grid.nth(1).click()
    expect(main(page).get_by_text(f"Nearest to {title}")).to_be_visible()

    go(page, "Recommend")
    expect_pictures(posters(page, "liked_grid"))
    expect_pictures(posters(page, "best_grid"))
    with page.expect_download() as download:
        main(page).locator(".st-key-recommend_csv button").click()
    assert len(download.value.path().read_text("utf-8").splitlines()) > 5
    fits(page)
    return run


def click_the_map(page: Page) -> None:
    """Clicks near the middle of the map until a movie is hit."""
    canvas = main(page).locator("canvas.overlay").first
    expect(canvas).to_be_visible(timeout=60_000)
    near = posters(page, "near")
    box = canvas.bounding_box()
    for step in range(60):
        across, down = 0.5 + 0.02 * (step % 8 - 4), 0.5 + 0.02 * (step // 8 - 4)
        page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
        try:
            expect(near.first).to_be_visible(timeout=1_500)
            return
        except AssertionError:
            continue
    pytest.fail("no movie was found near the middle of the map")


def look_around(page: Page, url: str, run: str, dataset: str, shoot, look: str) -> None:
    """Every page by its own address, as a fresh visitor: it opens, and nothing scrolls sideways."""
    page.goto(url)
    settle(page)
    shoot(page, f"{dataset}-home-{look}")
    for name in PAGES:
        page.goto(f"{url}/{name}?dataset={dataset}&run={run}")
        expect(main(page).get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
        settle(page)
        fits(page)
        shoot(page, f"{dataset}-{name}-{look}")
