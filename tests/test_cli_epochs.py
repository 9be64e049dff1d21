"""`reco similar` and `reco recommend` with --epoch."""

from __future__ import annotations

import pytest

from reco_core.inspect.neighbours import nearest, with_ratings
from tests.apptest import finished_run, run_with_snapshots
from tests.lists import top_n
from tests.test_cli import Answer


def test_similar_items_are_those_of_the_epoch(demo):
    run = run_with_snapshots((0, 1, 3))
    found = Answer("similar", run.id, demo.items.ids[5], "-k", 4, "--epoch", 1, "--by", "vectors", "--json").json
    assert found["epoch"] == 1
    usable = with_ratings(demo.item_counts, 20, 5)
    expected = demo.items.ids[nearest(run.scorer(epoch=1).item_vectors, 5, 4, usable=usable)[0]]
    assert [row["item"] for row in found["similar"]] == expected.tolist()
    assert Answer("similar", run.id, demo.items.ids[5], "--json").json["epoch"] is None
    assert "after epoch 1" in " ".join(Answer("similar", run.id, demo.items.ids[5], "--epoch", 1).out.split())


def test_recommendations_are_those_of_the_epoch(demo):
    run = run_with_snapshots((0, 1, 3))
    found = Answer("recommend", run.id, "--user", demo.users.ids[3], "-k", 4, "--epoch", 0, "--json").json
    assert found["epoch"] == 0
    expected = demo.items.ids[top_n(run.scorer(epoch=0), demo, 3, 4).item_index]
    assert [row["item"] for row in found["recommended"]] == expected.tolist()


@pytest.mark.parametrize("command", [("similar", "RUN", "1"), ("recommend", "RUN", "--user", "1")])
def test_an_epoch_that_was_not_kept_is_one_sentence_that_lists_the_kept_ones(command):
    run = run_with_snapshots((0, 1, 3))
    answer = Answer(*(run.id if word == "RUN" else word for word in command), "--epoch", 2)
    assert answer.code == 2
    assert answer.err.startswith("error: ")
    assert answer.err.count("\n") == 1
    assert "0, 1, 3" in answer.err


def test_a_run_without_snapshots_says_so():
    answer = Answer("similar", finished_run().id, "1", "--epoch", 2)
    assert answer.code == 2
    assert "none" in answer.err


@pytest.mark.parametrize("wanted", ["-1", "x", "1.5"])
def test_an_epoch_is_a_whole_number(wanted):
    answer = Answer("similar", finished_run().id, "1", "--epoch", wanted)
    assert answer.code == 2
    assert "--epoch" in answer.err
