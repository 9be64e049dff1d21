"""Events as JSON lines: what goes out comes in again, and only whole, known lines do."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reco_core.errors import RunError
from reco_core.event_fields import LARGEST
from reco_core.events import (
    KINDS,
    Changed,
    Continued,
    EpochEnded,
    Evaluating,
    Event,
    Failed,
    Finished,
    Paused,
    Progress,
    StageStarted,
    Started,
    Stopped,
    Watched,
    from_line,
    read_events,
    to_line,
)

numbers = st.floats(-LARGEST, LARGEST)
maybe = st.none() | numbers
moments, seconds = st.floats(0, 1e11), st.floats(-1e12, 1e12)
counts, epochs, indices = st.integers(0, 2**40), st.integers(0, 10**6), st.integers(0, 2**31 - 1)
words = st.text(max_size=8)
figures, times = st.dictionaries(words, numbers, max_size=3), st.dictionaries(words, seconds, max_size=3)
ids = st.lists(indices, max_size=3)
held = st.tuples(indices, numbers, maybe).map(list)
events = st.one_of(
    st.builds(Started, moments, counts, counts, epochs, counts, counts, counts, figures),
    st.builds(StageStarted, epochs, words, epochs, numbers, st.booleans()),
    st.builds(Progress, epochs, counts, counts, numbers, seconds),
    st.builds(EpochEnded, epochs, epochs, numbers, maybe, maybe, maybe, seconds, seconds, numbers, numbers),
    st.builds(Evaluating, moments),
    st.builds(Stopped, epochs, st.sampled_from(["asked", "patience"])),
    st.builds(Failed, st.text()),
    st.builds(Paused, moments, epochs, counts),
    st.builds(Continued, moments, counts, epochs, epochs, counts),
    st.builds(Changed, moments, epochs, st.sampled_from(["learning_rate", "l2"]), numbers, numbers, counts),
    st.builds(Watched, epochs, st.none() | indices, st.none() | indices, ids, ids, st.lists(held, max_size=3)),
    st.builds(Finished, moments, epochs, st.none() | epochs, times),
)


@given(events)
def test_an_event_comes_back_equal_from_its_line(event: Event):
    line = to_line(event)
    assert line.endswith("\n") and line.count("\n") == 1
    assert from_line(line) == event


@given(st.lists(events, max_size=5), st.data())
def test_the_events_of_a_part_of_a_log_are_the_first_of_all(all_events: list[Event], data: st.DataObject):
    text = "".join(map(to_line, all_events))
    part = text[: data.draw(st.integers(0, len(text)))]
    assert read_events(part.splitlines(keepends=True)) == all_events[: part.count("\n")]


def test_every_kind_has_its_own_name():
    assert set(KINDS) == {type_.__name__ for type_ in KINDS.values()} and len(KINDS) == 12


def test_numbers_that_are_not_finite_become_null():
    line = to_line(EpochEnded(1, 1, math.nan, math.inf, None, -math.inf, 1.0, 1.0, 1.0, 0.1))
    values = json.loads(line)
    assert [values[key] for key in ("loss", "val_loss", "rmse", "val_rmse")] == [None] * 4


def test_fields_of_a_later_version_are_ignored():
    assert from_line('{"event": "Failed", "reason": "x", "mood": "sad"}') == Failed("x")


@pytest.mark.parametrize(
    "line", ["", "{", "[]", "3", '{"reason": "x"}', '{"event": "Exploded"}', '{"event": "Failed"}']
)
def test_a_line_that_is_no_event_is_refused_in_one_sentence(line: str):
    with pytest.raises(RunError, match="must be a JSON line with a known kind"):
        from_line(line)


def test_a_stage_is_a_refit_by_its_field_and_only_in_logs_without_the_field_by_its_name():
    older = '{"event": "StageStarted", "stage": 2, "name": "%s", "epochs": 3, "learning_rate": 0.1%s}\n'
    assert from_line(older % ("refit: training", "")).refit
    assert not from_line(older % ("training", "")).refit
    assert not from_line(older % ("refit: training", ', "refit": false')).refit
