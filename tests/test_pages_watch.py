"""The watch panel: before a run, while it trains, and as a replay; and its chart of stars."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager

import pytest

from pages.ui.charts.stars_chart import COLUMNS, MOST, mean_miss, stars_chart, stars_table
from pages.ui.shell import cache
from pages.ui.training.watched import Choice, held_rows, live_series, moment, tell, whole_series
from reco_core import data
from reco_core.encode import RatingScale
from reco_core.errors import RunError
from reco_core.events import Watched as WatchedEvent
from reco_core.events import to_line
from reco_core.inspect.watch import Changes, Watched, watch
from reco_core.models.spec import Shape
from reco_core.runs import RunRequest, RunStore, Sizes, Watch
from reco_core.runs.arrays import write_arrays
from reco_core.split import make_split
from tests.apptest import (
    closed_form_run,
    epoch,
    finished_run,
    grids,
    open_page,
    query,
    run_with_snapshots,
    running_run,
    texts,
)

SCALE = RatingScale(1, 5, 1)


@pytest.fixture
def choice(demo):
    """What the panel chooses by itself: the most rated movie and a user of middling activity."""
    app = open_page("train")
    return Choice(demo.items.index_of(query(app, "item")), demo.users.index_of(query(app, "user")))


def drawn(app, start: str) -> list[dict]:
    return next(grid["items"] for label, grid in grids(app).items() if label.startswith(start))


def ids(app, demo, start: str) -> list[int]:
    return [demo.items.index_of(item["id"]) for item in drawn(app, start)]


@contextmanager
def watched_run(choice: Choice, *seen: Watched):
    """A run that trains and has reported this of the choice, after epochs 1, 2, ..."""
    run = RunStore().create(RunRequest(source="demo", dataset="demo", model="mf_bias"))
    ratings = data.load("demo")
    sizes = Sizes.of(Shape.of(ratings, float(ratings.rating.mean())))
    run.update(dataset_fingerprint=ratings.fingerprint, sizes=sizes.model_dump(mode="json"))
    with run.record() as recording:
        for number, one in enumerate(seen, start=1):
            recording.emit(epoch(number))
            event = WatchedEvent(number, choice.item, choice.user, one.neighbours, one.top, one.held_out)
            recording.emit(event)
        yield run


def test_before_a_run_movie_and_user_can_be_chosen_and_are_kept_in_the_url(demo):
    app = open_page("train")
    assert not app.exception
    assert "Choose a movie and a user" in texts(app)
    app.selectbox(key="item_search").set_value(7).run()
    app.selectbox(key="user_choice").set_value(11).run()
    assert (query(app, "item"), query(app, "user")) == (str(demo.items.ids[7]), str(demo.users.ids[11]))


def test_live_lists_are_those_of_the_newest_event_with_what_is_new_marked(demo, choice):
    first, second = Watched([1, 2, 3], [4, 5, 6]), Watched([3, 9, 1], [4, 5, 6], [[2, 4.0, 3.5]])
    with watched_run(choice, first, second) as run:
        app = open_page("train", run=run.id)
        assert not app.exception
        assert ids(app, demo, "Nearest to") == [3, 9, 1]
        assert [item["rank"] for item in drawn(app, "Nearest to")] == ["", "new", ""]
        assert ids(app, demo, "Top list") == [4, 5, 6]
        assert "1 new since epoch 1" in texts(app)
        assert "as after epoch 1" in texts(app)
        assert "Off by 0.50 stars on average over 1 validation rating." in texts(app)


def test_another_choice_in_a_running_run_is_asked_for_once(demo, choice):
    with watched_run(choice, Watched([1], [2])) as run:
        app = open_page("train", run=run.id)
        app.selectbox(key="item_search").set_value(7).run()
        app.run()
        asked = [request for request in run.requests() if isinstance(request, Watch)]
        assert [(request.item, request.user) for request in asked] == [(choice.item, choice.user), (7, choice.user)]


def test_events_of_another_choice_are_not_shown(demo, choice):
    other = Choice(choice.item + 1, choice.user)
    with watched_run(other, Watched([1], [2])) as run:
        app = open_page("train", run=run.id)
        assert not app.exception
        assert "Results appear after the first epoch." in texts(app)


def test_newest_weights_stand_in_for_events_that_are_not_there_yet(demo):
    run = run_with_snapshots()
    chosen = Choice(3, 4)
    scorer = run.scorer()

    class Seen:
        epoch = 3

    Seen.scorer = scorer
    assert live_series(demo, run, chosen, Seen) == {3: watch(scorer, demo, 3, 4, held_rows(demo, run))}


def test_run_of_another_visitor_is_left_alone():
    with running_run() as run:
        run.update(owner="somebody")
        tell(run, Choice(1, 2), "me")
        assert run.requests() == []
        with pytest.raises(RunError, match="another visitor"):
            cache.manager().ask(run.id, Watch(item=1, user=2), "me")


def test_replay_shows_what_each_kept_epoch_said(demo, choice):
    run = run_with_snapshots((0, 1, 3))
    app = open_page("train", run=run.id)
    assert not app.exception
    slider = app.select_slider(key=f"watch_epoch_{run.id}")
    assert (slider.value, slider.options) == (3, ["0", "1", "3 (result)"])
    slider.set_value(1).run()
    assert not app.exception
    rows = make_split(demo, run.info.split).validation
    expected = watch(run.scorer(epoch=1), demo, choice.item, choice.user, rows)
    assert ids(app, demo, "Nearest to") == expected.neighbours
    assert ids(app, demo, "Top list") == expected.top
    before = watch(run.scorer(epoch=0), demo, choice.item, choice.user, rows)
    new = len(set(expected.top) - set(before.top))
    assert re.search(rf"{new} new since epoch 0|as after epoch 0", texts(app))


def test_replay_follows_a_run_that_has_gone_on():
    run = run_with_snapshots((0, 1, 3))
    app = open_page("train", run=run.id)
    app.select_slider(key=f"watch_epoch_{run.id}").set_value(1).run()
    arrays = run.arrays(epoch=0)
    write_arrays(run.folder / "weights.npz", arrays, 4)
    with (run.folder / "events.jsonl").open("a") as log:
        log.write(to_line(epoch(4)))
    app.run()
    assert app.select_slider(key=f"watch_epoch_{run.id}").value == 4


def test_a_snapshot_that_cannot_be_read_leaves_the_others():
    run = run_with_snapshots((0, 1, 3))
    (run.folder / "snapshots" / "epoch-0001.npz").write_bytes(b"broken")
    app = open_page("train", run=run.id)
    assert not app.exception
    assert app.select_slider(key=f"watch_epoch_{run.id}").options == ["0", "3 (result)"]
    app = open_page("embeddings", run=run.id, epoch="0")
    assert not app.exception
    assert not app.error
    app.select_slider(key="epoch_choice").set_value(1).run()
    assert not app.exception
    assert len(app.error) == 1


def test_map_of_an_epoch_without_snapshot_is_the_last_kept_one(demo, choice):
    run = run_with_snapshots((0, 1, 3))
    series = whole_series(demo, run, choice)
    assert sorted(series) == [0, 1, 3]
    app = open_page("train", run=run.id)
    app.select_slider(key=f"watch_epoch_{run.id}").set_value(1).run()
    given = [json.loads(e.proto.json) for e in app.get("bidi_component") if e.proto.component_name == "reco_map"]
    assert given[-1]["label"] == "After epoch 1"
    assert given[-1]["picked"] == [choice.item]


def test_models_without_vectors_or_stars_show_what_they_have(demo):
    app = open_page("train", run=closed_form_run("popularity").id)
    assert not app.exception
    labels = list(grids(app))
    assert any(label.startswith("Top list") for label in labels)
    assert not any(label.startswith("Nearest to") for label in labels)
    assert "held-out ratings" not in texts(app)


def test_run_without_snapshots_shows_its_result(demo):
    run = finished_run("mf_bias")
    app = open_page("train", run=run.id)
    assert not app.exception
    assert ids(app, demo, "Top list")
    assert not [slider for slider in app.select_slider if slider.key == f"watch_epoch_{run.id}"]


def test_user_without_validation_rows_is_told_so():
    run = run_with_snapshots()
    ratings = data.load("demo")
    with_rows = set(ratings.user_index[make_split(ratings, run.info.split).validation].tolist())
    bare = next((user for user in range(ratings.n_users) if user not in with_rows), None)
    if bare is None:
        pytest.skip("every user of the demo has a validation row")
    app = open_page("train", run=run.id, user=str(ratings.users.ids[bare]))
    assert "No validation ratings for this user" in texts(app)


def test_moments_compare_with_the_epoch_before_that_was_seen():
    series = {1: Watched([1, 2], [3]), 5: Watched([2, 4], [3])}
    assert moment(series, 1).changes is None
    assert (moment(series, 5).before, moment(series, 5).changes) == (1, Changes(neighbours=1, top=0))


def test_stars_have_a_row_per_rating_the_highest_first():
    table = stars_table([[0, 2.0, 3.0], [1, 5.0, 4.5]], ["A", "B"])
    assert list(table.columns) == list(COLUMNS)
    assert table["item"].tolist() == ["B", "A"]
    assert table["place"].tolist() == [0, 1]


def test_titles_that_are_cut_to_the_same_text_stay_apart():
    titles = ["A very long title of a series, part one", "A very long title of a series, part two"]
    assert stars_table([[0, 4.0, 3.0], [1, 4.0, 3.0]], titles)["item"].is_unique


def test_the_chart_stands_still_while_predictions_change():
    titles = [f"Film {n}" for n in range(30)]
    one, two = ([[n, 4.0, guess] for n in range(30)] for guess in (1.0, 3.0))
    assert stars_chart(one, titles, SCALE).spec == stars_chart(two, titles, SCALE).spec
    assert len(stars_chart(one, titles, SCALE).table) == MOST


def test_mean_miss_is_the_mean_distance():
    assert mean_miss([[0, 4.0, 3.0], [1, 2.0, 2.5]]) == pytest.approx(0.75)
    assert mean_miss([]) is None
