"""Data in every tab, with real columns, and the ways a dataset comes and goes."""

from __future__ import annotations

import base64
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pages.ui.charts import data_charts
from pages.ui.shell import cache
from reco_core import data
from reco_core.data import quality
from reco_core.data.catalogue import zip_path
from reco_core.data.demo import SCALE as WHOLE_STARS
from reco_core.errors import DataError
from reco_core.jobs.running.training_job import train_run
from reco_core.paths import datasets_home
from reco_core.runs import RunRequest, RunStore
from reco_core.runs.chosen import command_of
from tests.apptest import grids, open_page, query, texts
from tests.data_files import MOVIELENS_100K, folder, table, zipped

CASES = Path(__file__).parent / "cases"
TABS = ("Overview", "Movies", "Matrix", "Rows", "Datasets", "Posters")


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_opens_by_its_link(tab):
    app = open_page("data", data_tab=tab)
    assert not app.exception
    assert not app.error


def test_head_of_the_page_states_sizes_and_both_shares_of_the_matrix():
    app = open_page("data")
    assert {metric.label: metric.value for metric in app.metric} == {
        "Ratings": "100,000",
        "Users": "943",
        "Movies": "1,682",
        "Mean rating": f"{data.load('demo').rating.mean():.2f}",
        "Density": "6.30%",
        "Sparsity": "93.70%",
    }
    assert "1 to 5 stars in steps of 1" in texts(app)


def test_overview_draws_four_charts_and_the_licence():
    app = open_page("data")
    assert len(app.get("plotly_chart")) == 4
    assert "Licence and citation" in texts(app)


def test_movies_shows_eighteen_posters_with_counts_and_bars():
    app = open_page("data", data_tab="Movies")
    top = grids(app)["Most rated movies"]
    assert (top["layout"], len(top["items"])) == ("grid", 18)
    assert top["items"][0]["share"] == 1.0
    assert all(item["image"].startswith("data:image/") for item in top["items"])
    assert [item["rank"] for item in top["items"]] == [str(n) for n in range(1, 19)]


def test_rows_show_the_quality_and_the_first_ratings():
    app = open_page("data", data_tab="Rows")
    assert [metric.label for metric in app.metric][-4:] == ["Rows read", "Refused", "Duplicates", "Blank lines"]
    assert list(app.dataframe[-1].value.columns) == ["user", "item", "title", "rating", "time"]
    assert "The first 200 of 100,000 rows." in texts(app)


def test_datasets_not_here_have_a_download_button_and_the_others_can_be_used():
    app = open_page("data", data_tab="Datasets")
    keys = {button.key for button in app.button}
    assert "download_ml-100k" in keys
    assert not {"use_demo", "download_demo"} & keys


def test_offline_a_card_says_where_the_zip_goes_and_finds_it_there():
    app = open_page("data", data_tab="Datasets")
    assert str(zip_path("ml-100k")) in [code.value for code in app.code]
    zipped(zip_path("ml-100k"), MOVIELENS_100K)
    app.button(key="look_ml-100k").click().run()
    app.button(key="use_ml-100k").click().run()
    assert query(app, "dataset") == "ml-100k"
    assert app.metric[0].value == "4"


def test_quality_lists_what_is_odd_and_makes_another_dataset_of_the_same_file(tmp_path):
    rows = [(u, i, 1 + (u + i) % 5) for u in range(1, 9) for i in range(1, 7)] + [(50, i, 4) for i in range(1, 6)]
    path = table(tmp_path / "own.csv", "user,item,rating\n60,99,3\n" + "".join(f"{u},{i},{r}\n" for u, i, r in rows))
    data.add(path)
    app = open_page("data", dataset="own", data_tab="Rows")
    labels = [one.label for one in app.expander]
    assert "Fewer than 5 ratings: 1 user and 1 item" in labels
    assert "Users whose ratings are all equal: 1, 9.3% of all ratings" in labels
    assert "Users who may not be people: 0" in labels
    assert "Leaves 53 ratings of 6 items by 9 users." in texts(app)
    app.button(key="derive_make").click().run()
    assert not app.exception
    assert query(app, "dataset") == "own-5-core"
    assert (app.metric[0].value, app.metric[1].value) == ("53", "9")


def test_every_file_that_a_run_learned_from_can_be_chosen_whatever_it_is_called(tmp_path, monkeypatch):
    for at, n_users in enumerate((4, 5)):
        text = "who,item,rating\n" + "".join(f"{u},{i},{1 + (u + i) % 5}\n" for u in range(n_users) for i in range(3))
        source = f"{table(folder(tmp_path / str(at), {}) / 'ratings.csv', text)}?user=who"
        run = RunStore().create(RunRequest(source=source, dataset=data.load(source).name, model="popularity"))
        train_run(run)
    monkeypatch.setenv("RECO_DATASET", str(CASES / "names" / "demo.csv"))
    app = open_page("data", dataset="demo.csv")
    choices = app.sidebar.selectbox[0]
    assert len(choices.options) == 4
    shown = []
    for name in ("demo", "demo.csv", "ratings", "ratings.csv"):
        app = open_page("evaluate", dataset=name)
        assert not app.exception
        app = open_page("data", dataset=name)
        shown.append((app.metric[1].value, len(app.sidebar.selectbox)))
    assert shown == [("943", 1), ("29", 1), ("5", 2), ("4", 2)]
    assert command_of(run.info).startswith(f"reco train '{tmp_path}/1/ratings.csv?user=who' --model popularity")


@pytest.fixture
def fetching(monkeypatch):
    """What `download` does is put in its place; gives back a function that puts it there."""

    def put(fake):
        monkeypatch.setattr("reco_core.data.download.download", fake)

    return put


def test_download_goes_on_beside_the_page_and_its_dataset_is_used_when_it_is_there(fetching):
    half, go_on = threading.Event(), threading.Event()

    def fake(name, progress):
        progress(1_000_000, 2_000_000)
        half.set()
        assert go_on.wait(30)
        zip_path(name).parent.mkdir(parents=True, exist_ok=True)
        zipped(zip_path(name), MOVIELENS_100K)

    fetching(fake)
    app = open_page("data", data_tab="Datasets")
    app.button(key="download_ml-100k").click().run()
    assert half.wait(30)
    app.run()
    assert not app.exception
    assert app.button(key="cancel_download")
    assert app.button(key="download_ml-1m").disabled
    go_on.set()
    cache.fetcher().wait(30)
    app.run()
    assert not app.exception
    assert query(app, "dataset") == "ml-100k"


def test_failed_download_says_why_in_one_sentence(fetching):
    def broken(name, progress):
        raise DataError("ml-100k could not be fetched: there is no network.")

    fetching(broken)
    app = open_page("data", data_tab="Datasets")
    app.button(key="download_ml-100k").click().run()
    cache.fetcher().wait(30)
    app.run()
    assert "ml-100k could not be fetched: there is no network." in texts(app)
    assert not app.button(key="download_ml-100k").disabled
    assert app.file_uploader(key="upload_file_0")


def test_dataset_that_cannot_be_read_is_said_and_the_page_stays():
    datasets_home().mkdir(parents=True)
    (datasets_home() / "ml-100k.zip").write_bytes(b"no zip")
    app = open_page("data", dataset="ml-100k")
    assert not app.exception
    assert len(app.error) == 1
    app.button(key="use_demo_instead").click().run()
    assert not app.error
    assert query(app, "dataset") == "demo"


def test_poster_folder_is_asked_for_per_dataset_and_used(tmp_path):
    from PIL import Image

    first = grids(open_page("data", data_tab="Movies"))["Most rated movies"]["items"][0]
    Image.new("RGB", (92, 138), (255, 0, 0)).save(tmp_path / f"{first['id']}.png")
    app = open_page("data", data_tab="Posters")
    app.text_input(key="poster_folder_demo").set_value(str(tmp_path)).run()
    assert "Posters in this folder are used from now on." in texts(app)
    image = grids(open_page("data", data_tab="Movies"))["Most rated movies"]["items"][0]["image"]
    assert base64.b64decode(image.partition(",")[2])[:4] == b"\x89PNG"


def test_poster_folder_that_does_not_exist_is_said():
    app = open_page("data", data_tab="Posters")
    app.text_input(key="poster_folder_demo").set_value("/no/such/folder").run()
    assert "There is no folder /no/such/folder." in texts(app)


def test_figures_keep_the_numbers_of_their_tables():
    ratings = data.load("demo")
    table = quality.rating_histogram(ratings)
    figure = data_charts.bars(table, "rating", "count", "Stars", "ratings")
    assert list(figure.data[0].x) == ["1", "2", "3", "4", "5"]
    assert list(figure.data[0].y) == table["count"].tolist()


def test_heat_map_leaves_unrated_cells_without_text():
    figure = data_charts.heat(pd.DataFrame([[4.0, np.nan]], index=[7], columns=["A", "B"]), WHOLE_STARS)
    assert [list(row) for row in figure.data[0].text] == [["4", ""]]


def test_dots_are_a_png_whose_opacity_is_the_matrix():
    from io import BytesIO

    from PIL import Image

    matrix = np.array([[0, 255], [40, 0]], dtype=np.uint8)
    image = np.asarray(Image.open(BytesIO(data_charts.dots(matrix))))
    assert image.shape == (2, 2, 4)
    assert (image[..., 3] == matrix).all()
