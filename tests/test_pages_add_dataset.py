"""Bringing one's own ratings on the Data page: a file, its plan, its questions, and what is made of it."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest

from pages.ui.datasets.draft import Draft
from reco_core import data
from reco_core.data.own import sharing, store
from reco_core.data.own.incoming import take_in
from reco_core.events import Failed
from reco_core.runs import RunRequest, RunStore
from tests.apptest import open_page, query, texts
from tests.data_files import MOVIELENS_100K, zipped

CASES = Path(__file__).parent / "cases"
CSV = b"user,item,rating\n" + b"".join(
    b"%d,%d,%d\n" % (u, i, 1 + (u * i) % 5) for u in range(1, 9) for i in range(1, 7)
)
# A header that says nothing, and semicolons: user, item and rating must be named.
UNNAMED = b"who;what;how\n" + b"".join(
    b"u%d;i%d;%d,5\n" % (u, i, 1 + (u * i) % 4) for u in range(1, 9) for i in range(1, 7)
)


def uploaded(filename: str, content: bytes):
    """The Datasets tab with this file in the uploader."""
    app = open_page("data", data_tab="Datasets")
    app.file_uploader(key="upload_file_0").set_value((filename, content, "application/octet-stream")).run()
    assert not app.exception
    return app


def box(app, name: str):
    """The box of a plan's field or column."""
    key = f"{draft(app).id}_{name}"
    return next(one for one in (*app.selectbox, *app.text_input, *app.number_input) if one.key == key)


def draft(app) -> Draft:
    return app.session_state["draft"]


def metric(app, label: str) -> str:
    return next(one.value for one in reversed(app.metric) if one.label == label)


def test_a_wrong_guess_is_corrected_step_by_step_and_the_dataset_is_what_was_shown():
    app = uploaded("My_Ratings.CSV", UNNAMED)
    assert "Which column holds the user and the item and the rating?" in texts(app)
    app.button(key="upload_add").click().run()
    assert "Choose the column of the user and the item and the rating first" in texts(app)
    for role, column in (("user", "who"), ("item", "what"), ("rating", "how")):
        box(app, f"column_{role}").set_value(column).run()
    assert (metric(app, "Ratings"), metric(app, "Users"), metric(app, "Items"), metric(app, "Scale")) == (
        "48", "8", "6", "1.5 to 4.5",
    )  # fmt: skip
    box(app, "decimal").set_value(".").run()
    assert not app.exception
    box(app, "decimal").set_value(",").run()
    box(app, "core").set_value(7).run()
    assert any("none is left" in error.value for error in app.error)
    box(app, "core").set_value(0).run()
    assert box(app, "title").value == "My Ratings"
    app.button(key="upload_add").click().run()
    assert not app.exception
    assert query(app, "dataset") == "my-ratings"
    assert "My Ratings** is here" in texts(app)
    assert metric(app, "Lines") == "49"
    record = store.require("my-ratings")
    assert (record.filename, record.counts.ratings, record.plan.decimal) == ("My_Ratings.CSV", 48, ",")
    assert "draft" not in app.session_state


def test_a_question_waits_for_its_answer_and_an_answer_can_be_changed():
    app = uploaded("minus-one.csv", (CASES / "forms" / "minus-one.csv").read_bytes())
    answers = app.radio[0]
    assert answers.value is None
    assert metric(app, "Ratings") == "364"
    answers.set_value("-1 means not rated").run()
    assert (metric(app, "Ratings"), metric(app, "Scale")) == ("304", "3 to 10")
    app.radio[0].set_value("-1 is a rating").run()
    assert metric(app, "Ratings") == "364"


def test_a_choice_that_cannot_be_is_one_sentence_and_the_last_good_one_stays():
    app = uploaded("a.csv", CSV)
    draft(app).choose("delimiter", "no")  # a browser may send anything
    app.run()
    assert not app.exception
    assert len(app.error) == 1
    assert "delimiter must be one character" in app.error[0].value.replace("\\", "")
    assert metric(app, "Ratings") == "48"
    box(app, "delimiter").set_value(",").run()
    assert not app.error


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("u.data", MOVIELENS_100K["u.data"]),
        ("RATINGS", CSV),
        ("R.CSV.GZ", gzip.compress(CSV)),
        ("r.jsonl", b"".join(b'{"user": %d, "item": 1, "rating": %d}\n' % (u, 1 + u % 2) for u in range(4))),
    ],
)
def test_any_file_that_holds_ratings_comes_in_under_any_name(filename, content):
    app = uploaded(filename, content)
    app.button(key="upload_add").click().run()
    assert not app.exception
    assert not app.error
    assert store.survey().datasets[0].filename == filename


def test_a_file_that_is_no_table_is_called_what_it_is_and_nothing_is_kept():
    app = uploaded("ratings.csv", b"%PDF-1.7 ...")
    assert "ratings.csv is a PDF file" in app.error[0].value.replace("\\", "")
    assert not app.button_group
    assert data.known()[-1].own is None


def test_a_zip_with_two_tables_lets_one_choose(tmp_path):
    path = zipped(tmp_path / "two.zip", {"ratings.csv": CSV, "more_ratings.csv": CSV + b"9,1,5\n"})
    app = uploaded("two.zip", path.read_bytes())
    assert box(app, "file").value == "more_ratings.csv"
    assert "ratings.csv could be read as well" in texts(app)
    box(app, "file").set_value("ratings.csv").run()
    assert metric(app, "Ratings") == "48"


def test_a_zip_of_movielens_is_known_for_what_it_is(tmp_path):
    app = uploaded("small.zip", zipped(tmp_path / "small.zip", MOVIELENS_100K).read_bytes())
    assert box(app, "form").value == "ml-100k"
    assert (metric(app, "Ratings"), metric(app, "Items")) == ("4", "3")
    app.button(key="upload_add").click().run()
    assert data.load("small").item_table["title"].tolist()[0] == "The Matrix"


def test_a_column_that_was_guessed_wrong_can_be_left_out():
    app = uploaded("a.csv", b"user,item,rating,time\n1,1,3,100\n1,2,4,200\n2,1,5,300\n")
    assert box(app, "column_time").value == "time"
    box(app, "column_time").set_value("").run()
    app.button(key="upload_add").click().run()
    assert data.load("a").timestamp is None


def test_an_exported_dataset_comes_back_with_its_plan(tmp_path):
    (tmp_path / "a.csv").write_bytes(CSV)
    record = data.add(tmp_path / "a.csv", "First", {"core": 2}, "Made here.")
    out = io.BytesIO()
    sharing.export(record, out)
    app = uploaded("first.zip", out.getvalue())
    assert "An exported dataset" in texts(app)
    app.button(key="upload_add").click().run()
    assert not app.error
    back = store.require("first-2")
    assert (back.title, back.plan, back.description) == ("First (2)", record.plan, "Made here.")


def test_a_path_on_this_computer_will_do(tmp_path):
    (tmp_path / "big.csv").write_bytes(CSV)
    app = open_page("data", data_tab="Datasets")
    app.text_input(key="upload_path_0").set_value(str(tmp_path / "big.csv")).run()
    assert metric(app, "Ratings") == "48"
    app.button(key="upload_cancel").click().run()
    assert "draft" not in app.session_state
    assert not list(store.home().glob(".incoming-*"))


def test_without_a_title_the_form_says_so():
    app = uploaded("a.csv", CSV)
    box(app, "title").set_value(" ").run()
    app.button(key="upload_add").click().run()
    assert "The dataset needs a title." in texts(app)


def test_a_dataset_is_renamed_deleted_with_its_runs_and_restored(tmp_path):
    (tmp_path / "mine.csv").write_bytes(CSV)
    data.add(tmp_path / "mine.csv")
    run = RunStore().create(RunRequest(source="mine", dataset="mine", model="bias"))
    with run.record() as recording:
        recording.emit(Failed("It did."))
    app = open_page("data", dataset="mine", data_tab="Datasets")
    app.text_input(key="title_mine").set_value("Better")
    app.button(key="save_mine").click().run()
    assert store.require("mine").title == "Better"
    button = app.button(key="remove_mine_yes")
    assert button.label == "Delete with its 1 run"
    button.click().run()
    assert not app.exception
    assert query(app, "dataset") == "demo"
    assert "mine** is deleted, with 1 run" in texts(app)
    assert store.survey().datasets == ()
    app.button(key="undo_delete").click().run()
    assert query(app, "dataset") == "mine"
    assert [one.id for one in RunStore().list()] == [run.id]


def test_another_visitors_dataset_can_be_used_and_exported_but_not_changed(tmp_path):
    (tmp_path / "mine.csv").write_bytes(CSV)
    data.add(tmp_path / "mine.csv", owner="somebody-else")
    app = open_page("data", dataset="mine", data_tab="Datasets")
    assert not {"save_mine", "remove_mine_yes"} & {button.key for button in app.button}
    assert "It belongs to another visitor" in texts(app)


def test_a_damaged_dataset_is_listed_with_its_reason_and_can_be_deleted(tmp_path):
    (tmp_path / "mine.csv").write_bytes(CSV)
    data.add(tmp_path / "mine.csv")
    (store.home() / "mine" / "mine.csv").unlink()
    app = open_page("data", data_tab="Datasets")
    assert "mine** cannot be read: The file of mine, mine.csv, is missing." in texts(app)
    app.button(key="delete_damaged_mine").click().run()
    assert not app.exception
    assert store.survey().damaged == {}


def test_columns_chosen_for_another_separator_are_guessed_anew():
    made = Draft.of(take_in("a.csv", io.BytesIO(UNNAMED)))
    for role, column in (("user", "who"), ("item", "what"), ("rating", "how")):
        made.choose_column(role, column)
    assert made.look().preview.ratings == 48
    made.choose("delimiter", "|")
    assert made.look().preview.reason
    assert "columns" not in made.choices
    assert json.dumps(made.choices) == '{"delimiter": "|"}'
