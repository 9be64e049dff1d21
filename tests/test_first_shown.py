"""Which run is shown where nobody chose one, and which runs diverged."""

from __future__ import annotations

import json

import pytest

from reco_core.encode import RatingScale
from reco_core.events import EpochEnded, Failed, Finished, StageStarted, Started, Stopped
from reco_core.jobs.results.figures import alarms_now
from reco_core.jobs.results.first_shown import first_shown
from reco_core.jobs.results.remedied import is_another_model, remedied
from reco_core.models.spec import Shape
from reco_core.runs import Run, RunStore, Sizes
from tests.planted_events import request

SHAPE = Shape(4, 3, RatingScale(1, 5, 1), 3.5)


def epoch(number: int, val_rmse: float | None = None, val_ndcg: float | None = None, loss: float = 1.0) -> EpochEnded:
    return EpochEnded(
        number, 1, loss, None if val_rmse is None else loss, val_rmse, val_rmse, 0.1, 0.1, 9.0, 0.1,
        ndcg=val_ndcg, val_ndcg=val_ndcg,
    )  # fmt: skip


def finished(store: RunStore, *events: object, split: str = "0" * 16, best: int | None = None, **values: object) -> Run:
    """A run with these events, an end and weights of any kind."""
    run = store.create(request(**values))
    run.update(sizes=Sizes.of(SHAPE).model_dump(), split_fingerprint=split)
    with run.record() as recording:
        for event in (Started(0.0, 1, 14, 3, 10, 2, 3), *events):
            recording.emit(event)
        if not any(isinstance(event, Failed) for event in events):
            recording.emit(Finished(1.0, len(events), best))
    (run.folder / "weights.npz").write_bytes(b"")
    return run


def shown(store: RunStore) -> str | None:
    run = first_shown(store.views())
    return None if run is None else run.id


def test_the_best_on_validation_rows_is_shown_and_not_the_newest(store: RunStore):
    finished(store, epoch(1, 0.95))
    best = finished(store, epoch(1, 0.99), epoch(2, 0.9), epoch(3, 0.97), best=2)
    finished(store, epoch(1, 0.92))
    assert shown(store) == best.id


def test_only_runs_of_the_newest_ones_goal_and_split_are_compared(store: RunStore):
    finished(store, epoch(1, 0.5), split="1" * 16)
    finished(store, epoch(1, val_ndcg=0.4), model="bpr", settings={})
    stars = finished(store, epoch(1, 0.9))
    assert shown(store) == stars.id
    finished(store, epoch(1, val_ndcg=0.2), model="bpr", settings={})
    assert store.open(shown(store)).epochs()[0].val_ndcg == 0.4


def test_a_run_that_diverged_is_never_shown_unasked(store: RunStore):
    assert shown(store) is None
    wild = finished(store, epoch(1, 0.1, loss=1e9))
    assert shown(store) is None
    store.pin(wild.id, True)
    assert shown(store) is None
    sound = finished(store, epoch(1, 0.99))
    finished(store, epoch(1, 0.2, loss=1e9))
    assert shown(store) == sound.id


def test_the_run_pinned_last_is_shown_until_it_is_not_pinned(store: RunStore):
    one, other, best = (finished(store, epoch(1, value)) for value in (0.95, 0.97, 0.9))
    store.pin(one.id, True)
    store.pin(other.id, True)
    assert shown(store) == other.id
    store.pin(other.id, False)
    assert shown(store) == one.id
    store.pin(one.id, False)
    assert shown(store) == best.id


def test_without_a_validation_figure_the_newest_result_is_shown(store: RunStore):
    finished(store, epoch(1), model="bias", settings={})
    newest = finished(store, epoch(1), model="bias", settings={})
    store.create(request())
    assert shown(store) == newest.id


@pytest.mark.parametrize(
    ("events", "best", "diverged"),
    [
        ([epoch(1, 0.9)], None, False),
        ([epoch(1, 2.3, loss=15.9)], None, False),
        ([epoch(1, 2.3, loss=16.1)], None, True),  # (5 - 1) squared is the most that a model within the scale misses by
        ([epoch(1, 0.9), epoch(2, 2.3, loss=1e9), Stopped(2, "patience")], 1, False),
        ([epoch(1, 2.3, loss=1e9), epoch(2, 0.9)], 1, True),
        ([epoch(1, 0.9), StageStarted(2, "refit: training", 1, 0.1, refit=True), epoch(2, loss=1e9)], 1, True),
        ([epoch(1, 0.9), Failed("The loss is no longer a number in epoch 2: ...", diverged=True)], None, True),
        ([Failed("The disk is full.")], None, False),
    ],
)
def test_a_run_diverged_where_its_kept_weights_miss_by_more_than_the_scale_is_wide(store, events, best, diverged):
    run = finished(store, *events, best=best)
    assert run.diverged == run.look().diverged == diverged
    assert (run.word == "diverged") == diverged


def test_a_loss_of_rankings_far_above_guessing_is_divergence(store: RunStore):
    assert finished(store, epoch(1, val_ndcg=0.1, loss=1300), model="bpr", settings={}).diverged
    assert not finished(store, epoch(1, val_ndcg=0.1, loss=1.2), model="bpr", settings={}).diverged


def test_the_reason_of_an_older_log_tells_that_its_loss_was_no_number(store: RunStore):
    run = finished(store, Failed("The loss is no longer a number in epoch 2: the numbers grew without bound."))
    log = run.folder / "events.jsonl"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    older = [{key: value for key, value in line.items() if key != "diverged"} for line in lines]
    log.write_text("".join(json.dumps(line) + "\n" for line in older))
    assert RunStore(store.root).open(run.id).word == "diverged"


def test_a_run_that_diverged_has_that_alarm_alone_whatever_was_kept_and_one_way_on(store: RunStore):
    run = finished(store, epoch(1, 2.3, loss=1e9), settings={"dim": 2, "learning_rate": 10})
    assert [alarm["name"] for alarm in alarms_now(run)] == ["diverged"]
    run.write_metrics({"test": {}, "alarms": [{"name": "overfitting", "sentence": "x", "remedy": "More l2."}]})
    (alarm,) = alarms_now(run.look())
    assert alarm["name"] == "diverged"
    again = remedied(run, alarm["next"], "somebody")
    assert (again.settings["learning_rate"], again.settings["dim"], again.owner) == (0.002, 2, "somebody")
    assert again.split == run.info.split and not is_another_model(run, alarm["next"])
    other = remedied(run, {"model": "ease", "settings": {}})
    assert (other.model, other.settings["l2"], other.split) == ("ease", 500.0, run.info.split)
