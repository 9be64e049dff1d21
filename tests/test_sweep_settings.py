"""What a sweep varies, what it proposes next, and how it tells better from chance: no process, no training."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reco_core.errors import SettingsError
from reco_core.jobs.results.validation_scores import tally
from reco_core.jobs.sweeps.proposals import Tried, key, next_of_grid, next_of_tpe
from reco_core.jobs.sweeps.search_space import Axis, grid, parse_axis
from reco_core.jobs.sweeps.sweep_request import SweepRequest, checked_request
from reco_core.models import get_model
from reco_core.split import SplitSettings
from tests.tiny import request_for

BASE = request_for(Path("tiny.csv"), model="mf_bias")
DIM = Axis(setting="dim", values=(5, 10))
RATE = Axis(setting="learning_rate", low=0.001, high=0.1, log=True)


def axis(text: str) -> Axis:
    return parse_axis(text, BASE, get_model("mf_bias"))


def test_a_list_has_the_values_as_the_settings_have_them_each_once():
    assert axis("dim=10, 20,10").values == (10, 20)
    assert axis("patience=none,3").values == (None, 3)
    assert axis("optimizer=adam,sgd").values == ("adam", "sgd")


def test_a_range_is_linear_or_logarithmic_and_whole_where_the_setting_is():
    assert axis("l2=0:0.1").points(3) == (0.0, 0.05, 0.1)
    assert axis("learning_rate=1e-3:1e-1:log").points(3) == (0.001, 0.01, 0.1)
    assert axis("dim=1:3").points(9) == (1, 2, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dim", "name=value"),
        ("dim=0,3", "dim must be between 1 and 512; got 0"),
        ("depth=1", "has no setting depth"),
        ("dim=9:3", "from a lower to a higher"),
        ("dim=1.5:9", "whole number"),
        ("l2=0:1:log", "start above 0"),
        ("l2=0:1:exp", "low:high"),
        ("l2=a:b", "between two numbers"),
        ("l2=0:inf", "between two numbers"),
        ("optimizer=1:2", "one of adam"),
        ("dim=" + ",".join(map(str, range(1, 60))), "1 to 50 values"),
    ],
)
def test_what_cannot_be_varied_is_refused_in_one_sentence(text: str, words: str):
    with pytest.raises(SettingsError, match=words):
        axis(text)


@given(low=st.floats(1e-6, 1, allow_nan=False), factor=st.floats(1.01, 1000), n=st.integers(2, 10), log=st.booleans())
def test_the_points_of_a_range_stay_within_it_and_touch_both_ends(low: float, factor: float, n: int, log: bool):
    high = low * factor
    points = Axis(setting="x", low=low, high=high, log=log).points(n)
    assert len(points) == n and list(points) == sorted(points)
    assert points[0] == pytest.approx(low, rel=1e-5) and points[-1] == pytest.approx(high, rel=1e-5)


def test_a_grid_gives_ranges_as_many_points_as_there_is_room_for():
    assert len(grid([DIM, RATE], 12)) == 12
    assert len(grid([DIM, RATE], 13)) == 12
    assert grid([DIM], 2) == [{"dim": 5}, {"dim": 10}]
    with pytest.raises(SettingsError, match="4 combinations, and there is room for 3"):
        grid([DIM, RATE], 3)


def test_a_grid_is_tried_in_order_each_combination_once():
    tried: list[Tried] = []
    while (values := next_of_grid([DIM, RATE], tried, 4)) is not None:
        tried.append(Tried(values, 1.0))
    assert [trial.values for trial in tried] == grid([DIM, RATE], 4)


def test_tpe_finds_the_better_half_goes_on_after_a_break_and_never_repeats_itself():
    axes, tried = [Axis(setting="dim", values=(5, 10, 20)), RATE], []
    while (values := next_of_tpe(axes, tried, 25, seed=1)) is not None:
        assert next_of_tpe(axes, list(tried), 25, seed=1) == values
        assert 0.001 <= values["learning_rate"] <= 0.1
        score = abs(values["dim"] - 10) + abs(values["learning_rate"] - 0.05) * 10
        tried.append(Tried(values, None if len(tried) == 3 else score, pruned=len(tried) % 5 == 4))
    assert len(tried) == 25 and len({key(trial.values) for trial in tried}) == 25
    late = [trial.values["dim"] for trial in tried[10:]]
    assert late.count(10) > len(late) / 2


def test_tpe_ends_when_everything_was_tried():
    tried = [Tried({"dim": dim}, 1.0) for dim in (5, 10)]
    assert next_of_tpe([DIM], tried, 12, seed=0) is None


def test_without_seeds_only_equal_figures_tie():
    one, two, three = tally([({"a": 1}, [0.9], False), ({"a": 2}, [0.90004], False), ({"a": 3}, [0.91], False)])
    assert (one.best, two.tie, three.tie) == (True, True, False) and one.sd is None


def test_with_seeds_what_chance_may_explain_ties():
    best, close, far = tally(
        [({"a": 1}, [0.90, 0.92], False), ({"a": 2}, [0.91, 0.93], False), ({"a": 3}, [0.99, 1.01], False)]
    )
    assert (best.best, best.tie, close.tie, far.tie) == (True, False, True, False)
    assert best.mean == pytest.approx(0.91) and best.sd == pytest.approx(0.0141, abs=1e-4)


def test_a_pruned_combination_is_never_the_best():
    pruned, whole, empty = tally([({"a": 1}, [0.5], True), ({"a": 2}, [0.9], False), ({"a": 3}, [], False)])
    assert (pruned.best, whole.best, empty.best, empty.mean) == (False, True, False, None)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"base": request_for(Path("t.csv"), model="bias")}, "bias is neither"),
        ({"base": BASE.model_copy(update={"split": SplitSettings(val_size=0)})}, "validation rows"),
        ({"over": ()}, "1 to 3 different settings; got none"),
        ({"over": (DIM, DIM)}, "1 to 3 different settings"),
        ({"runs": 2, "seeds": 3}, "as many runs as seeds"),
        ({"runs": 3, "over": (DIM, RATE)}, "there is room for 3"),
        ({"over": (Axis(setting="output", values=("sigmoid", "linear")),)}, None),
    ],
)
def test_a_sweep_that_makes_no_sense_is_refused_before_it_begins(values: dict, words: str | None):
    request = SweepRequest(**{"base": BASE, "over": (DIM,), **values})
    if words is None:
        assert checked_request(request).over == request.over
        return
    with pytest.raises(SettingsError, match=words):
        checked_request(request)
