"""What all pages share: the menu, choices in the URL, errors in one sentence, text that stays text."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.ui.movies.breadcrumbs import LONGEST, extended, shortened
from pages.ui.movies.poster_folders import poster_folders, set_poster_folder
from pages.ui.shell.markdown import genre_text, html, md, plural
from reco_core.shown_text import one_line
from tests.apptest import PROJECT, closed_form_run, finished_run, open_page, query, texts

PAGES = ("home", "data", "train", "evaluate", "compare", "embeddings", "similar", "recommend", "foryou")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_without_runs(name):
    assert not open_page(name).exception


@pytest.mark.parametrize("name", PAGES)
def test_page_is_short_and_reads_from_top_to_bottom(name):
    lines = (PROJECT / "pages" / f"{name}.py").read_text("utf-8").splitlines()
    assert len(lines) < 120
    assert not any(line.startswith(("def ", "class ")) for line in lines)


def test_dataset_and_run_are_put_into_the_url():
    run = closed_form_run()
    app = open_page("home")
    assert query(app, "dataset") == "demo"
    assert query(app, "run") == run.id


def test_link_to_a_run_chooses_it():
    first = closed_form_run("popularity")
    second = closed_form_run("item_mean")
    assert open_page("recommend").selectbox(key="run_choice").value == second.id
    assert open_page("recommend", run=first.id).selectbox(key="run_choice").value == first.id


def test_choice_in_the_sidebar_goes_into_the_url():
    first = closed_form_run("popularity")
    closed_form_run("item_mean")
    app = open_page("recommend")
    app.sidebar.selectbox(key="run_choice").set_value(first.id).run()
    assert query(app, "run") == first.id


def test_choice_is_remembered_where_a_click_in_the_menu_drops_the_url():
    first = closed_form_run("popularity")
    closed_form_run("item_mean")
    app = open_page("recommend", run=first.id)
    app.query_params.clear()
    app.switch_page("pages/similar.py").run()
    assert app.selectbox(key="run_choice").value == first.id


def test_unknown_dataset_in_the_url_gets_one_sentence_and_the_demo():
    app = open_page("home", dataset="no*such")
    assert not app.exception
    assert [warning.value.replace("\\", "") for warning in app.warning] == [
        "There is no dataset no*such on this computer (you can download some on the Data page); "
        "showing Demo: invented films with a known truth."
    ]
    assert query(app, "dataset") == "demo"


@pytest.mark.parametrize("wanted", ["20250101-000000-mf_bias-0000", "../../etc/passwd", "[x](y)"])
def test_unknown_run_in_the_url_gets_one_sentence_and_the_newest(wanted):
    run = closed_form_run(name="The newest")
    app = open_page("recommend", run=wanted)
    assert not app.exception
    assert [warning.value.replace("\\", "") for warning in app.warning] == [
        f"There is no run {wanted} of this dataset; showing The newest."
    ]
    assert query(app, "run") == run.id


def test_unknown_run_without_any_run_gets_one_sentence():
    app = open_page("similar", run="nothing")
    assert len(app.warning) == 1
    assert "There is no run nothing of this dataset." in texts(app)
    assert "run" not in app.query_params


def test_run_of_an_earlier_demo_is_left_out():
    run = finished_run()
    run.update(dataset_fingerprint="0123456789abcdef")
    app = open_page("similar")
    assert "1 run hidden: trained on an earlier version of the demo." in texts(app)
    assert "No trained model yet" in texts(app)


def test_pages_load_neither_tensorflow_nor_keras():
    code = (
        "import sys\n"
        "from tests.apptest import open_page\n"
        f"for name in {PAGES}:\n"
        "    assert not open_page(name).exception, name\n"
        "print([m for m in ('tensorflow', 'keras', 'umap', 'torch', 'sklearn') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "[]", done.stderr[-2000:]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("M*A*S*H", r"M\*A\*S\*H"),
        ("[REC]", r"\[REC\]"),
        ("Secret of My Succe$s", r"Secret of My Succe\$s"),
        ("Cry_Wolf", r"Cry\_Wolf"),
        (":red[no]", r"\:red\[no\]"),
        ("two\nlines", "two lines"),
    ],
)
def test_markdown_shows_titles_as_they_are(text, shown):
    assert md(text) == shown


@given(st.text())
def test_escaped_markdown_without_its_escapes_is_the_text_that_can_be_seen(text):
    import re

    assert re.sub(r"\\(.)", r"\1", md(text)).replace("\N{WORD JOINER}", "") == one_line(text)


@given(st.text())
def test_escaped_html_has_no_tag_and_no_quote(text):
    assert not set("<>\"'") & set(html(text))


def test_words_for_numbers_titles_and_genres():
    assert (plural(1, "run"), plural(1682, "rating")) == ("1 run", "1,682 ratings")
    assert (genre_text("Action|War|Drama"), genre_text("")) == ("Action · War", "")


@given(st.lists(st.integers(0, 9), max_size=30))
def test_trail_ends_at_the_item_and_never_repeats_one(items):
    way = ()
    for item in items:
        way = extended(way, item)
        assert way[-1] == item
        assert len(set(way)) == len(way) <= LONGEST


def test_trail_goes_back_to_an_item_on_it():
    assert extended((1, 2, 3), 2) == (1, 2)


@given(st.text(max_size=80))
def test_shortened_title_fits(title):
    assert len(shortened(title)) <= 28


def test_poster_folder_is_kept_for_its_dataset_alone(own_home):
    set_poster_folder("demo", " /some/where ", "ann")
    set_poster_folder("other", "/else/where", "ann")
    set_poster_folder("other", "", "ann")
    assert poster_folders() == {"demo": "/some/where"}


@pytest.mark.parametrize("content", ["", "[1]", "{"])
def test_damaged_file_of_poster_folders_counts_as_empty(own_home, content):
    (own_home / "posters").mkdir()
    (own_home / "posters" / "folders.json").write_text(content)
    assert poster_folders() == {}
