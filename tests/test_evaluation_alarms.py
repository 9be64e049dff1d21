"""Each alarm rings for what it is for, and not otherwise."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from reco_core.evaluation.alarms import Alarm, alarms
from reco_core.evaluation.evidence import Course, Evidence, dead_dimensions, gather, norm_popularity
from reco_core.evaluation.remedies import Remedy
from reco_core.models import get_model
from reco_core.split import SplitSettings, make_split
from tests.small_ratings import TableScorer, random_ratings

GOOD = Evidence(overlap=0.2, norm_popularity=0.1, dead=0, dim=8, outside=0.0, least=1.0, most=5.0)
BASELINES = {"bias": {"rmse": 0.95, "ndcg@10": 0.08}, "popularity": {"ndcg@10": 0.21}}
FINE = {"rmse": 0.9, "ndcg@10": 0.3}
NET, DOT = get_model("neural"), get_model("mf_bias")


def names(evidence: Evidence = GOOD, test: dict | None = None, spec=DOT) -> list[str]:
    return [alarm.name for alarm in alarms(spec, FINE if test is None else test, BASELINES, evidence)]


def test_a_good_model_raises_none() -> None:
    assert names() == []


@pytest.mark.parametrize(
    ("evidence", "name"),
    [
        ({"overlap": 0.81}, "collapse"),
        ({"norm_popularity": 0.9}, "norm_follows_popularity"),
        ({"norm_popularity": -0.9}, "norm_follows_popularity"),
        ({"dead": 1}, "dead_dimensions"),
        ({"outside": 0.2}, "outside_scale"),
        ({"outside": 1.0, "least": None, "most": None}, "outside_scale"),
        ({"course": Course(best=3, last=20, kept=20, at_best=0.9, at_last=0.905)}, "overfitting"),
        ({"course": Course(best=3, last=20, kept=3, at_best=0.3, at_last=0.2, figure="NDCG@10")}, "overfitting"),
        ({"course": Course(best=3, last=20, kept=3, at_best=0.9, at_last=0.95)}, "overfitting"),
    ],
)
def test_what_is_measured_raises_its_alarm(evidence: dict, name: str) -> None:
    assert names(replace(GOOD, **evidence)) == [name]


@pytest.mark.parametrize(
    "evidence", [{"overlap": 0.8}, {"overlap": None}, {"course": Course(3, 6, 3, 0.9, 0.901)}, {"outside": 0.01}]
)
def test_what_is_within_bounds_raises_none(evidence: dict) -> None:
    assert names(replace(GOOD, **evidence)) == []


def test_figures_below_a_baselines_raise_theirs() -> None:
    assert names(test={"rmse": 0.96, "ndcg@10": 0.3}) == ["worse_than_bias"]
    assert names(test={"rmse": 0.9, "ndcg@10": 0.1}) == ["worse_than_popularity"]
    assert names(test={"ndcg@10": 0.21}, spec=get_model("popularity")) == []
    assert names(test={"ndcg@10": None, "rmse": None}) == []


def test_what_must_ring_by_construction_does_not() -> None:
    everyone = replace(GOOD, overlap=1.0)
    assert alarms(get_model("bias"), {"rmse": 1.2, "ndcg@10": 0.0}, BASELINES, everyone) == ()
    (net,) = alarms(NET, FINE, BASELINES, everyone)
    assert "share 100% of their top 10" in net.sentence
    # Any two lists of 10 in a catalogue of 8 are the same, and in one of a few lists have most in common.
    for n_items in (8, 12, 29):
        assert names(replace(everyone, by_chance=min(10 / n_items, 1.0))) == []
    assert names(replace(GOOD, overlap=0.84, by_chance=10 / 30)) == []
    assert names(replace(GOOD, overlap=0.99, by_chance=10 / 30)) == ["collapse"]


@pytest.mark.parametrize(
    ("few", "evidence", "test"),
    [
        ({"users": 2}, {"overlap": 1.0}, FINE),
        ({"users": 1}, {}, {"ndcg@10": 0.0}),
        ({"items": 29}, {}, {"ndcg@10": 0.0}),
        ({"rows": 4}, {}, {"rmse": 1.2}),
        ({"rows": 4}, {"outside": 0.5}, FINE),
        ({"validation_rows": 3}, {"course": Course(3, 20, 20, 0.9, 1.1)}, FINE),
        ({"items": 3}, {"norm_popularity": 1.0}, FINE),
        ({"users": 1}, {"dead": 8}, FINE),
    ],
)
def test_of_a_few_users_items_or_rows_nothing_is_told(few: dict, evidence: dict, test: dict) -> None:
    assert len(names(replace(GOOD, **evidence), test)) == 1
    assert names(replace(GOOD, **evidence, **few), test) == []


TROUBLES = (
    {"overlap": 0.95},
    {"ndcg@10": 0.01},
    {"rmse": 1.2},
    {"course": Course(3, 20, 20, 0.9, 1.1)},
    {"course": Course(3, 20, 3, 0.9, 1.1)},
    {"outside": 0.3, "least": -2.0, "most": 9.0},
    {"dead": 2},
    {"norm_popularity": 0.9},
)
OPPOSITES = (("more", "less"), ("larger", "smaller"), ("higher", "lower"))


def raised(spec, *troubles: dict, settings=None) -> tuple[Alarm, ...]:
    both = {name: value for trouble in troubles for name, value in trouble.items()}
    test = FINE | {name: both.pop(name) for name in ("rmse", "ndcg@10") if name in both}
    if not spec.predicts_stars:
        test.pop("rmse")
    return alarms(spec, test, BASELINES, replace(GOOD, **both), settings)


@pytest.mark.parametrize("name", ["mf_bias", "mf", "neural", "svdpp", "bpr", "neural_ranking", "implicit_als", "ease"])
def test_remedies_of_one_run_never_contradict_one_another(name: str) -> None:
    spec = get_model(name)
    choices = [spec.parse()]
    if "l2" in spec.settings.model_fields and spec.build:
        choices.append(spec.parse({"l2": 0, "learning_rate": 10, "dim": 1, "patience": "none"}))
    for settings in choices:
        for troubles in itertools.combinations(TROUBLES, 2):
            check_together(spec, settings, raised(spec, *troubles, settings=settings))
        check_together(spec, settings, raised(spec, *TROUBLES, settings=settings))


def check_together(spec, settings, found: Sequence[Alarm]) -> None:
    """No setting goes both ways, in words or in values; each next run is one that the model allows."""
    said = " ".join(alarm.remedy for alarm in found)
    for setting in ("l2", "dim", "learning_rate", "epochs", "dropout"):
        ways = [{word for word in pair if f"{word} {setting} (" in said} for pair in OPPOSITES]
        assert all(len(way) < 2 for way in ways), said
        values = [alarm.next.settings[setting] for alarm in found if alarm.next and setting in alarm.next.settings]
        assert len({value > getattr(settings, setting) for value in values}) < 2, found
    for alarm in found:
        if alarm.next is not None and alarm.next.model == spec.name:
            changed = spec.parse(settings.model_dump() | dict(alarm.next.settings))
            assert changed != settings


def test_a_run_that_diverged_is_told_that_alone_with_one_remedy() -> None:
    spec = get_model("mf")
    wild = replace(GOOD, diverged=True, least=-340_243.0, most=285_730.0, outside=1.0, dead=3)
    (alarm,) = alarms(spec, {"rmse": 2.3, "ndcg@10": 0.0}, BASELINES, wild, spec.parse({"learning_rate": 10}))
    assert alarm.name == "diverged" and "-340,243 to 285,730" in alarm.sentence
    assert alarm.remedy == "Try a lower learning_rate (10 to 0.002)."
    assert alarm.next == Remedy("mf", {"learning_rate": 0.002})


def test_the_next_run_of_stars_with_poor_lists_is_one_that_ranks() -> None:
    (alarm,) = raised(DOT, {"ndcg@10": 0.01})
    assert alarm.next == Remedy("ease")


def test_every_alarm_says_a_figure_and_a_remedy() -> None:
    bad = Evidence(
        overlap=0.9, norm_popularity=0.9, dead=2, dim=8, outside=0.3, least=-2.0, most=9.0,
        course=Course(3, 20, 20, 0.9, 1.1),
    )  # fmt: skip
    found = alarms(NET, {"rmse": 1.2, "ndcg@10": 0.01}, BASELINES, bad)
    assert len({alarm.name for alarm in found}) == len(found) == 7
    for alarm in found:
        assert any(sign.isdigit() for sign in alarm.sentence) and alarm.sentence.endswith(".")
        assert alarm.remedy.endswith(".")


class Vectors(TableScorer):
    """A scorer with vectors: their dot products."""

    def __init__(self, users: np.ndarray, items: np.ndarray) -> None:
        super().__init__(users @ items.T)
        self.user_vectors, self.item_vectors = users, items


def gathered(users: np.ndarray, items: np.ndarray) -> Evidence:
    ratings = random_ratings(0, len(users), len(items))
    split = make_split(ratings, SplitSettings())
    return gather(DOT, Vectors(users, items), ratings, split, split.known)


def test_a_net_that_adds_a_users_mood_to_an_items_worth_gives_everyone_the_same_list() -> None:
    # One concatenation through one linear layer: w . [u, v] = w . u + w . v, the order of v alone.
    rng = np.random.default_rng(0)
    ratings = random_ratings(0, 30, 50)
    split = make_split(ratings, SplitSettings())
    scorer = TableScorer(rng.normal(size=(30, 1)) + rng.normal(size=(1, 50)))
    evidence = gather(NET, scorer, ratings, split, split.train)
    assert evidence.overlap == pytest.approx(1.0, abs=0.05)  # items without a training row tie, and are drawn for all
    assert "collapse" in [alarm.name for alarm in alarms(NET, FINE, BASELINES, evidence)]


def test_lists_of_independent_tastes_do_not_overlap_more_than_chance() -> None:
    rng = np.random.default_rng(1)
    evidence = gathered(rng.normal(size=(60, 12)), rng.normal(size=(80, 12)))
    assert evidence.overlap == pytest.approx(10 / 80, abs=0.06)
    assert (evidence.dead, evidence.dim) == (0, 12)


def test_a_dimension_without_spread_on_either_side_is_dead() -> None:
    rng = np.random.default_rng(2)
    users, items = rng.normal(size=(20, 4)), rng.normal(size=(30, 4))
    users[:, 0], items[:, 2] = 0.5, 1e-5 * items[:, 2]
    assert gathered(users, items).dead == 2
    assert dead_dimensions(np.zeros((5, 3))).all()
    assert dead_dimensions(items).tolist() == [False, False, True, False]


def test_lengths_and_counts_have_scipys_rank_correlation() -> None:
    rng = np.random.default_rng(3)
    vectors, counts = rng.normal(size=(40, 5)), rng.integers(0, 9, 40)
    expected = spearmanr(np.linalg.norm(vectors, axis=1), counts).statistic
    assert norm_popularity(vectors, counts) == pytest.approx(expected, abs=1e-6)
    assert norm_popularity(vectors, np.full(40, 3)) is None
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert norm_popularity(unit.astype(np.float32), counts) is None


def test_share_outside_the_scale_counts_what_is_no_number_and_not_what_rounds_to_an_end_of_it() -> None:
    ratings = random_ratings(4, 5, 6, share=1.0)
    split = make_split(ratings, SplitSettings(test_size=0.5, val_size=0))
    for value, share in ((5.00001, 0.0), (5.4, 0.0), (5.6, 1.0), (np.nan, 1.0), (0.2, 1.0)):
        evidence = gather(DOT, TableScorer(np.full((5, 6), value), unknown=value), ratings, split, split.train)
        assert evidence.outside == pytest.approx(share)


def test_a_model_without_stars_and_vectors_is_measured_by_its_lists_alone() -> None:
    ratings = random_ratings(5, 6, 8)
    split = make_split(ratings, SplitSettings())
    evidence = gather(get_model("popularity"), TableScorer(np.ones((6, 8))), ratings, split, split.known)
    counts = {"users": 6, "items": 5, "rows": len(split.test), "validation_rows": len(split.validation)}
    assert evidence == Evidence(overlap=1.0, by_chance=1.0, **counts)
