"""The Embeddings page in each of its faces, and the map's packed points and colours."""

from __future__ import annotations

import json
import re
import struct

import numpy as np
import pytest

from pages.ui.charts.palette import MAP_DARK, MAP_LIGHT, STEPS_DARK, STEPS_LIGHT
from pages.ui.embeddings.maps import pack_points, pack_words
from pages.ui.embeddings.neighbours_panel import bars
from pages.ui.embeddings.point_colours import MOST_CLASSES, class_look, scale_look
from reco_core import data
from reco_core.inspect.neighbours import nearest, with_ratings
from tests.apptest import closed_form_run, finished_run, grids, open_page, query, texts


def given_to_map(app) -> dict:
    """What the map on the page was given."""
    return next(json.loads(e.proto.json) for e in app.get("bidi_component") if e.proto.component_name == "reco_map")


def test_model_without_vectors_has_a_face_of_its_own():
    run = closed_form_run("popularity")
    app = open_page("embeddings", run=run.id)
    assert not app.exception
    assert "learns no movie vectors" in texts(app)


def test_finished_run_shows_map_neighbours_and_statistics():
    run = finished_run("mf_bias")
    app = open_page("embeddings", run=run.id)
    assert not app.exception
    ratings = data.load("demo")
    given = given_to_map(app)
    assert given["picked"] == [int(ratings.item_counts.argmax())]
    assert len(given["near"]) == len(grids(app)["Nearest movies"]["items"])
    assert given["look"]["kind"] == "classes"
    assert len(app.dataframe[0].value) == run.settings.dim


def test_item_in_the_url_is_the_picked_point():
    run = finished_run("mf_bias")
    ratings = data.load("demo")
    app = open_page("embeddings", run=run.id, item=str(ratings.items.ids[7]))
    assert given_to_map(app)["picked"] == [7]


def test_users_have_a_map_without_posters():
    run = finished_run("mf_bias")
    app = open_page("embeddings", run=run.id)
    app.segmented_control(key="side").set_value("users").run()
    assert not app.exception
    assert not given_to_map(app)["withPosters"]
    assert query(app, "user") is not None


@pytest.mark.parametrize("name", ["Year", "Popularity", "Mean rating", "Bias"])
def test_every_colour_of_movies_is_a_scale_with_two_ends(name):
    app = open_page("embeddings", run=finished_run("mf_bias").id)
    app.segmented_control(key="colour_items").set_value(name).run()
    assert not app.exception
    assert given_to_map(app)["look"]["kind"] == "scale"
    assert len(given_to_map(app)["look"]["labels"]) == 2


def test_bias_is_no_colour_where_the_model_has_none():
    app = open_page("embeddings", run=finished_run("mf").id)
    assert "Bias" not in app.segmented_control(key="colour_items").options


def test_minimum_of_the_nonnegative_model_is_said_in_words():
    app = open_page("embeddings", run=finished_run("mf_nonneg").id)
    assert not app.exception
    assert re.search(r"Smallest value 0\.\d+: all values are non-negative, as promised\.", texts(app))


def test_measure_beside_the_map_changes_the_neighbours():
    app = open_page("embeddings", run=finished_run("mf_bias").id)
    by_cosine = given_to_map(app)["near"]
    app.segmented_control(key="near_measure").set_value("dot").run()
    assert given_to_map(app)["near"] != by_cosine


def test_neighbours_beside_the_map_are_movies_that_many_have_rated(demo):
    run = finished_run("mf_bias")
    app = open_page("embeddings", run=run.id)
    shown = [demo.items.index_of(item["id"]) for item in grids(app)["Nearest movies"]["items"]]
    assert (demo.item_counts[shown] >= 20).all() and given_to_map(app)["near"] == shown
    usable = with_ratings(demo.item_counts, 20, int(demo.item_counts.argmax()))
    assert shown == nearest(run.scorer().item_vectors, int(demo.item_counts.argmax()), 8, usable=usable)[0].tolist()


def test_packed_points_keep_aspect_order_and_text():
    blob = pack_points(np.array([[0.0, 0.0], [4.0, 2.0]]), np.array([1, 9]))
    (n,) = struct.unpack("<I", blob[:4])
    numbers = np.frombuffer(blob, "<u2", 4, offset=4 + 4 * n)
    assert (n, list(np.frombuffer(blob, "<u4", n, offset=4))) == (2, [1, 0])
    assert list(numbers[:2]) == [0, 65535]
    assert (numbers[2], numbers[3]) == (49151, 16384)  # y downwards; half as high as it is wide
    assert len(blob) == 4 + 8 * n


def test_packed_words_have_a_line_for_each_row():
    assert pack_words(["A\tB\nC", "Été"], ["1", ""]).decode() == "A B C\t1\nÉté\t"


def test_a_box_keeps_the_places_of_two_epochs_comparable():
    box = np.array([-1.0, -1.0]), np.array([1.0, 1.0])
    small, large = (np.frombuffer(pack_points(xy, [1], box), "<u2", 2, offset=8) for xy in ([[0.1, 0]], [[0.9, 0]]))
    assert small[0] < large[0]
    assert small[1] == large[1] == 32768


def test_points_that_do_not_differ_lie_in_the_middle():
    numbers = np.frombuffer(pack_points(np.zeros((3, 2)), np.zeros(3)), "<u2", 6, offset=4 + 12)
    assert set(numbers) == {32768}


def test_most_frequent_classes_get_colours_and_the_rest_is_grey():
    names = [str(k) for k in range(12) for _ in range(12 - k)] + ["", None]
    look = class_look("Genre", names)
    assert look.labels == (*map(str, range(MOST_CLASSES)), "other")
    assert look.codes[-1] == look.codes[-2] == MOST_CLASSES
    assert len(look.light) == len(look.dark) == MOST_CLASSES + 1


def test_scale_ends_at_the_outer_hundredths_and_unknown_is_lowest():
    look = scale_look("Year", np.array([np.nan, *np.linspace(1900, 2000, 201)]))
    assert look.labels == ("1,901", "1,999")
    assert (look.codes[0], look.codes[1], look.codes[-1]) == (0, 0, 255)


def test_scale_of_equal_values_is_one_colour():
    assert set(scale_look("Year", np.full(5, 3.0)).codes) == {0}


# How protan, deutan and tritan eyes see linear RGB (Machado, Oliveira, Fernandes 2009, severity 1).
EYES = {
    "normal": np.eye(3),
    "protan": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]],
    "deutan": [[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
    "tritan": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]],
}
TO_XYZ = np.array([[0.4339, 0.3762, 0.1899], [0.2127, 0.7152, 0.0722], [0.0178, 0.1095, 0.8727]])  # white is 1, 1, 1


def linear(colours) -> np.ndarray:
    srgb = np.array([[int(c[k : k + 2], 16) / 255 for k in (1, 3, 5)] for c in colours])
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    f = np.cbrt(np.clip(rgb, 0.0, 1.0) @ TO_XYZ.T)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


@pytest.mark.parametrize("colours", [MAP_LIGHT, MAP_DARK], ids=["light", "dark"])
@pytest.mark.parametrize("eyes", EYES)
def test_classes_are_told_apart_by_every_eye(colours, eyes):
    seen = lab(linear(colours) @ np.array(EYES[eyes]).T)
    distance = np.linalg.norm(seen[:, None] - seen[None], axis=2)
    assert distance[np.triu_indices(len(colours), 1)].min() > 25


@pytest.mark.parametrize(
    ("colours", "page"), [(MAP_LIGHT, 1.0), (STEPS_LIGHT, 1.0), (MAP_DARK, 0.006), (STEPS_DARK, 0.006)]
)
def test_points_stand_out_from_the_page(colours, page):
    light = linear(colours) @ TO_XYZ[1]
    contrast = (np.maximum(light, page) + 0.05) / (np.minimum(light, page) + 0.05)
    assert contrast.min() > 1.6


def test_bars_are_longest_for_the_nearest():
    assert bars(np.array([0.9, 0.5, -0.2]), "cosine") == [0.9, 0.5, 0.0]
    assert bars(np.array([4.0, 2.0]), "dot") == [1.0, 0.5]
    assert bars(np.array([1.0, 2.0]), "euclidean") == [1.0, 0.5]
