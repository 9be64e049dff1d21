"""The main path in a real browser: data, train, embeddings, click, similar, recommend."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import faults, listen
from tests.browser.walk import LOOKS, expect_pictures, fits, go, main, posters, settle, train
from tests.tiny import wait_until

pytestmark = pytest.mark.browser
PAGES = ("data", "train", "evaluate", "compare", "embeddings", "similar", "recommend", "foryou")
WIDTHS = (390, 1366, 1440, 1920)
# The equations that stand out of their boxes.
CUT = """all => all.filter(box => {
  const [drawn, room] = [box.querySelector('.katex-html'), box].map(e => e.getBoundingClientRect());
  const parts = [...box.querySelectorAll('.katex-html .base')].map(e => e.getBoundingClientRect());
  return parts.some(p => p.right > room.right + 0.5 || p.left < room.left - 0.5) || drawn.width > room.width + 0.5;
}).map(box => box.textContent)"""


@pytest.fixture(scope="module")
def demo_server(serve):
    return serve()


@pytest.fixture(scope="module")
def real_server(serve, data_folder):
    return serve("--dataset", str(data_folder / "ml-100k.zip"))


def test_no_equation_is_wider_than_its_box(demo_server, new_page) -> None:
    """Before the first run, when all cards are shown."""
    page = new_page()
    page.goto(f"{demo_server.url}/train?dataset=demo")
    families = main(page).locator(".st-key-family [role=radio]")
    expect(families.first).to_be_visible(timeout=60_000)
    for number in range(families.count()):
        families.nth(number).click()
        settle(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            expect(main(page).locator(".st-key-models .katex-display").first).to_be_visible()
            assert not main(page).locator(".st-key-models .katex-display").evaluate_all(CUT), (number, width)


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
    widths = "all => all.map(b => b.querySelector('img').naturalWidth)"
    shown = posters(page, "top_movies")
    wait_until(lambda: set(shown.evaluate_all(widths)) == {92}, "the posters are those of the folder, not drawn ones")
    walk(page)
    shoot(page, "ml-100k-recommend")


def walk(page: Page) -> str:
    """Train, look at the map, click a movie, go on to Similar and Recommend; gives back the run's id."""
    go(page, "Data")
    fits(page)
    go(page, "Train")
    run = train(page)
    page.reload()
    expect(main(page).get_by_role("heading", name="Compared with baselines")).to_be_visible(timeout=60_000)

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
    """Every page by its own address, as a fresh visitor: it opens, nothing scrolls sideways, everybody can use it, and
    it complains of nothing."""
    console = listen(page)
    for name in ("", *PAGES):
        page.goto(f"{url}/{name}?dataset={dataset}&run={run}")
        expect(main(page).get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
        settle(page)
        fits(page)
        assert not faults(page), name
        assert not console.lines, name
        shoot(page, f"{dataset}-{name or 'home'}-{look}")
