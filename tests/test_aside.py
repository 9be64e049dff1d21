"""Work done aside: asked for once, one at a time, kept, and its errors given back."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from reco_core.errors import RunError
from reco_core.evaluation.time_estimate import CHOOSING, TRIED_ROWS, seconds_of_lists, seconds_of_stars
from reco_core.jobs.server.background import KEPT, Aside


def test_result_is_that_of_the_work_which_is_done_once():
    aside, times = Aside(), []
    first = aside.start("a", lambda: times.append(1) or "done")
    assert aside.start("a", lambda: pytest.fail("asked for twice")) is first is aside.find("a")
    assert first.result() == "done" and first.done and times == [1]
    assert aside.find("b") is None


def test_error_of_the_work_comes_back_and_can_be_forgotten():
    aside = Aside()

    def fails():
        raise RunError("Its split is another one now.")

    with pytest.raises(RunError, match="another one now"):
        aside.start("a", fails).result()
    aside.forget("a")
    assert aside.start("a", lambda: 2).result() == 2


def test_second_piece_waits_for_the_first():
    aside, go_on = Aside(), threading.Event()
    first = aside.start("a", lambda: go_on.wait(20))
    second = aside.start("b", lambda: first.done)
    assert not second.done and second.seconds == 0.0
    go_on.set()
    assert first.result() is True and second.result() in (True, False)


def test_only_the_last_results_are_kept_and_none_that_is_under_way():
    aside, go_on = Aside(), threading.Event()
    for key in range(KEPT):
        aside.start(key, lambda: None).result()
    under_way = [aside.start(("new", key), lambda: go_on.wait(20)) for key in range(3)]
    assert [aside.find(key) is None for key in range(KEPT)] == [True] * 3 + [False] * (KEPT - 3)
    assert all(aside.find(("new", key)) is task for key, task in enumerate(under_way))
    go_on.set()


def test_estimate_of_stars_tries_few_rows(demo):
    tried = []

    class Scorer:
        def score(self, users, items):
            tried.append(len(users))
            return np.zeros(len(users), dtype=np.float32)

    assert seconds_of_stars(Scorer(), demo, 10**9) > 0
    assert tried == [TRIED_ROWS]


def test_estimate_grows_with_users_and_with_models_beside():
    class Scorer:
        def score_all(self, users):
            return np.zeros((len(users), 100), dtype=np.float32)

    least = 1_000_000 * 100 * CHOOSING
    assert seconds_of_lists(Scorer(), 1_000_000, 100) >= least
    assert seconds_of_lists(Scorer(), 1_000_000, 100, others=5) >= 6 * least
