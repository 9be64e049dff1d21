"""Nets that were trained, and whether they tell people apart."""

from __future__ import annotations

import pytest

from reco_core.evaluation import evaluate
from reco_core.evaluation.alarms import OVERLAP, alarms
from reco_core.evaluation.baselines import baseline_metrics
from reco_core.evaluation.evidence import gather
from tests.planted import planted, planted_split
from tests.planted_runs import Trained, train


def raised(model: Trained) -> tuple[float, list[str]]:
    """(overlap, names of the alarms) of a model trained on the planted data."""
    ratings, split = planted(), planted_split()
    test = evaluate(model.spec, model.scorer, ratings, split)
    evidence = gather(model.spec, model.scorer, ratings, split, split.train, k=5)
    found = alarms(model.spec, test, baseline_metrics(ratings, split), evidence)
    return evidence.overlap, [alarm.name for alarm in found]


def test_a_net_that_joins_the_vectors_once_and_bends_nothing_gives_everyone_one_list() -> None:
    overlap, names = raised(train("neural", activation=("linear",)))
    assert overlap == pytest.approx(1, abs=0.02)
    assert "collapse" in names


def test_a_dot_product_of_the_vectors_tells_people_apart() -> None:
    overlap, names = raised(train("mf"))
    assert overlap < OVERLAP
    assert "collapse" not in names
