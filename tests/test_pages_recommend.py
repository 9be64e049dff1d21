"""Recommend in its five faces, and that its lists are those of the core."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pandas as pd

from pages.ui.movies import poster_grid, user_picker
from pages.ui.recommendations.list_controls import rated_of
from pages.ui.shell.table_export import recommendations_csv
from reco_core.jobs.results.two_lists import held_of, two_lists
from reco_core.jobs.running.training_job import train_run
from reco_core.recommend.rerank import ListSettings
from reco_core.recommend.top import rated_highest
from reco_core.recommend.what_if import what_if
from reco_core.runs import RunRequest, RunStore
from tests.apptest import closed_form_run, finished_run, grids, open_page, query, texts
from tests.lists import top_n


def test_lists_are_those_of_the_core_in_their_order(demo):
    run = finished_run()
    app = open_page("recommend", user=str(demo.users.ids[3]))
    best, (liked, stars) = top_n(run.scorer(), demo, 3, 21), rated_highest(demo, 3, 12)
    drawn = grids(app)
    assert [item["id"] for item in drawn["Recommended"]["items"]] == [str(i) for i in demo.items.ids[best.item_index]]
    assert [item["id"] for item in drawn["Rated highest"]["items"]] == [str(i) for i in demo.items.ids[liked]]
    assert drawn["Rated highest"]["items"][0]["line1"] == f"★ {stars[0]:g}"


def test_predicted_stars_stay_within_the_scale(demo):
    finished_run()
    items = grids(open_page("recommend"))["Recommended"]["items"]
    stars = [float(item["line1"].removeprefix("★ ")) for item in items]
    assert all(1 <= star <= 5 for star in stars)
    assert stars == sorted(stars, reverse=True)


def test_model_without_stars_shows_scores_and_says_so():
    closed_form_run("popularity")
    app = open_page("recommend")
    assert "its scores are not stars" in texts(app)
    assert all(item["line1"].startswith("score ") for item in grids(app)["Recommended"]["items"])


def test_user_can_be_chosen_and_is_kept_in_the_url(demo):
    closed_form_run()
    app = open_page("recommend")
    app.selectbox(key="user_choice").set_value(11).run()
    assert query(app, "user") == str(demo.users.ids[11])
    assert f"age {demo.user_table['age'].iloc[11]}" in texts(app)


def test_random_user_is_one_of_the_dataset(demo):
    closed_form_run()
    app = open_page("recommend")
    app.button(key="random_user").click().run()
    assert not app.exception
    assert 0 <= demo.users.index_of(query(app, "user")) < demo.n_users


def test_unknown_user_in_the_url_gets_one_sentence_and_another_user():
    closed_form_run()
    app = open_page("recommend", user="nobody")
    assert not app.exception
    assert len(app.warning) == 1
    assert len(grids(app)["Recommended"]["items"]) == 21


def test_click_on_a_poster_leads_to_similar(monkeypatch):
    finished_run()
    wanted = grids(open_page("recommend"))["Recommended"]["items"][4]["id"]
    picked = iter([None, wanted])
    monkeypatch.setattr(
        poster_grid, "_component", lambda: lambda **_: type("Result", (), {"picked": next(picked, None)})
    )
    app = open_page("recommend")
    assert (app.title[0].value, query(app, "item")) == ("Similar", wanted)


def test_csv_has_one_row_per_recommendation_and_no_formula(demo):
    items, shown = np.array([3, 1]), np.array([4.5, 4.25], dtype=np.float32)
    demo.item_table.loc[3, "title"] = "=HYPERLINK(1)"
    table = pd.read_csv(BytesIO(recommendations_csv(demo, items, shown, in_stars=True)), encoding="utf-8-sig")
    assert list(table.columns) == ["rank", "item_id", "title", "year", "genres", "predicted_stars"]
    assert table["title"][0] == "'=HYPERLINK(1)"
    assert table["predicted_stars"].tolist() == [4.5, 4.25]


def test_csv_of_a_model_without_stars_has_scores(demo):
    table = pd.read_csv(BytesIO(recommendations_csv(demo, np.array([3]), np.array([0.1]), in_stars=False)))
    assert "score" in table.columns
    assert "predicted_stars" not in table.columns


def test_controls_change_the_list_and_say_so():
    finished_run()
    app = open_page("recommend")
    before = [item["id"] for item in grids(app)["Recommended"]["items"]]
    app.select_slider(key="damping").set_value(50).run()
    app.slider(key="diversity").set_value(0.5).run()
    assert not app.exception
    drawn = grids(app)["Recommended"]["items"]
    assert [item["id"] for item in drawn] != before
    assert any(item["moved"] for item in drawn)
    assert "Model alone: #" in drawn[0]["note"]
    assert "Few ratings replaced" in texts(app) and "Diversity replaced" in texts(app)
    app.button(key="untune").click().run()
    assert [item["id"] for item in grids(app)["Recommended"]["items"]] == before


def test_filters_that_nothing_passes_are_said(demo):
    finished_run()
    app = open_page("recommend")
    app.multiselect(key="genres").set_value([demo.genre_names[0]]).run()
    assert all(demo.genre_names[0].split()[0] for _ in grids(app)["Recommended"]["items"])
    app.select_slider(key="at_least_list").set_value(200).run()
    low = int(demo.item_table["year"].min())
    app.slider(key="years").set_value((low, low)).run()
    assert not app.exception


def test_seen_movies_can_be_shown_and_say_their_rating(demo):
    finished_run()
    app = open_page("recommend", user=str(demo.users.ids[demo.user_counts.argmax()]))
    app.toggle(key="hide_seen").set_value(False).run()
    assert "including rated movies" in texts(app)
    assert any("rated" in item["line1"] for item in grids(app)["Recommended"]["items"])


def test_another_run_can_be_blended_in(demo):
    finished_run("mf", name="second", seed=1)
    finished_run()
    app = open_page("recommend")
    app.slider(key="blend_weight").set_value(1.0).run()
    assert not app.exception
    assert "100% second" in texts(app)


def test_what_if_draws_both_lists(demo):
    run = finished_run()
    app = open_page("recommend", user=str(demo.users.ids[3]))
    item = app.selectbox(key="what_if_item_3").value
    given = rated_of(demo, 3)[item]
    change = what_if(run.fitted(), demo, 3, {item: 1.0 if given >= 3 else 5.0}, 10)
    drawn = grids(app)
    assert [i["id"] for i in drawn["Actual rating"]["items"]] == [
        str(i) for i in demo.items.ids[change.before.best.item_index]
    ]
    expected = [str(i) for i in demo.items.ids[change.after.best.item_index]]
    assert [i["id"] for i in drawn["With this rating"]["items"]] == expected
    app.select_slider(key=f"what_if_stars_3_{item}").set_value(given).run()
    drawn = grids(app)
    assert [i["id"] for i in drawn["Actual rating"]["items"]] == [i["id"] for i in drawn["With this rating"]["items"]]
    assert "only the user's part is fitted" in texts(app)


def test_two_runs_stand_side_by_side_for_one_person_and_in_the_url(demo):
    first, second = finished_run(name="first"), closed_form_run("popularity", name="second")
    app = open_page("recommend", run=first.id, user=str(demo.users.ids[3]))
    assert "Overlap@10" not in texts(app)
    app.selectbox(key="recommend_beside").set_value(second.id).run()
    assert not app.exception
    assert query(app, "beside") == second.id
    drawn, held = grids(app), [held_of(run, demo, 3) for run in (first, second)]
    both = two_lists((first.fitted(), second.fitted()), held, demo, 3, ListSettings())
    for label, one in (("First list", both.first), ("Second list", both.second)):
        items = drawn[label]["items"]
        assert [item["id"] for item in items] == [str(i) for i in demo.items.ids[one.item_index]]
        assert sum(item["marked"] for item in items) == both.hits(one)
    assert f"Overlap@10: {both.shared} of 10" in texts(app)
    assert f"{both.hits(both.second)} of {len(both.held_out)} held-out ratings hit" in texts(app)
    assert "Recommended" not in drawn
    app.selectbox(key="recommend_beside").set_value(None).run()
    assert query(app, "beside") is None and "Recommended" in grids(app)


def test_what_tells_who_a_user_is_is_shown_when_asked_only(demo, monkeypatch):
    closed_form_run()
    monkeypatch.setattr(user_picker, "identifies", lambda name: name == "age")
    app = open_page("recommend", user=str(demo.users.ids[11]))
    age = f"age {demo.user_table['age'].iloc[11]}"
    assert age not in texts(app) and "gender" in texts(app)
    app.toggle(key="personal_details").set_value(True).run()
    assert age in texts(app)


def test_equal_titles_have_labels_of_their_own_in_every_box(monkeypatch, tmp_path):
    rows = [
        f"{user},{item},{3 + (user + item) % 3},{'Amy (1997)' if item < 2 else f'Film {item} (1990)'}"
        for user in range(8)
        for item in range(12)
        if (user * item) % 5 < 3
    ]
    table = tmp_path / "twins.csv"
    table.write_text("\n".join(["user,item,rating,title", *rows]))
    monkeypatch.setenv("RECO_DATASET", str(table))
    train_run(RunStore().create(RunRequest(source=str(table), dataset="twins", model="implicit_als")))
    for page, key in (("similar", "item_search"), ("foryou", "rate_search"), ("recommend", "what_if_item_2")):
        app = open_page(page, user="2")
        options = app.selectbox(key=key).options
        amies = [option for option in options if option.startswith("Amy")]
        assert len(amies) == 2 and len(set(options)) == len(options), page
        assert all("id 0" in option or "id 1" in option for option in amies)
