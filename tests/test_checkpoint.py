"""Going on from a checkpoint gives what not stopping gives; changes, steps and further epochs at whole epochs."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core.errors import RunError
from reco_core.events import Changed, EpochEnded, Event, Paused, StageStarted, Stopped
from reco_core.models import get_model
from reco_core.split import Split
from reco_core.training.checkpoint import Checkpoint
from reco_core.training.loop import Training
from reco_core.training.steering import Change, Replay, Steering
from tests.planted import planted, planted_split
from tests.planted_runs import FAST, PROGRAMS, epochs

PLANS = {
    "mf_bias": {"epochs": 4, "schedule": "2x0.01", "decay": 0.5},
    "mf_nonneg": {"optimizer": "adagrad", "epochs": 3},
    "neural_bias": {"epochs": 4, "dropout": 0.3, "embedding_dropout": 0.2, "patience": 2, "schedule": "2x0.05"},
    "deep_regressor": {"epochs": 3, "table_epochs": 2, "dropout": 0.2, "patience": 1},
    "bpr": {"epochs": 5, "patience": 2},
    "neural_ranking": {"epochs": 3, "layers": "6,4", "dropout": 0.2},
}


class Script(Steering):
    """Pauses after some epochs (or within the one that follows), and changes settings after others."""

    def __init__(self, pause: int | None = None, within: bool = False, changes: Sequence[tuple] = ()) -> None:
        super().__init__()
        self._pause, self._within, self._changes, self._at = pause, within, changes, -1

    def after(self, epoch: int) -> str:
        self._at = epoch
        return "paused" if epoch == self._pause and not self._within else ""

    def between_chunks(self) -> str:
        return "paused" if self._within and self._at == self._pause else ""

    def changes(self, epoch: int) -> list[Change]:
        return [Change(*change[1:]) for change in self._changes if change[0] == epoch]


def made(
    model: str,
    steering: Steering | None = None,
    checkpoint: Checkpoint | None = None,
    split: Split | None = None,
    **more,
) -> Training:
    spec = get_model(model)
    values = spec.parse(FAST | PLANS.get(model, {}) | more)
    chosen = split or planted_split()
    return Training(spec, values, planted(), chosen, 5, PROGRAMS, steering=steering, checkpoint=checkpoint)


def same(one: Training, two: Training) -> bool:
    arrays, others = one.arrays(), two.arrays()
    return arrays.keys() == others.keys() and all(np.array_equal(a, others[name]) for name, a in arrays.items())


def errors(events: Sequence[Event]) -> list[tuple]:
    return [(e.epoch, e.stage, e.loss, e.val_rmse, e.val_ndcg, e.learning_rate) for e in epochs(list(events))]


def through_a_file(checkpoint: Checkpoint) -> Checkpoint:
    return Checkpoint.from_arrays({name: np.array(array) for name, array in checkpoint.to_arrays().items()})


@pytest.mark.parametrize("model", PLANS)
@pytest.mark.parametrize("within", [False, True])
def test_going_on_from_any_epoch_gives_what_not_stopping_gives(model: str, within: bool):
    whole = made(model)
    events = list(whole.events())
    last = epochs(events)[-1].epoch
    for pause in range(last):
        first = made(model, Script(pause, within))
        before = list(first.events())
        assert isinstance(before[-1], Paused) and before[-1].epoch == pause and not first.complete
        second = made(model, checkpoint=through_a_file(first.checkpoint))
        after = list(second.events())
        assert errors(before) + errors(after) == errors(events)
        assert same(second, whole) and second.best_epoch == whole.best_epoch
        assert second.refit_settings == whole.refit_settings
        assert [e for e in after if isinstance(e, Stopped)] == [e for e in events if isinstance(e, Stopped)]


@settings(deadline=None, max_examples=8)
@given(st.lists(st.integers(0, 5), max_size=4, unique=True).map(sorted))
def test_any_number_of_pauses_changes_nothing(pauses: list[int]):
    whole = made("neural_bias", patience=None)
    list(whole.events())
    checkpoint, run = None, None
    for pause in [*pauses, None]:
        run = made("neural_bias", Script(pause), checkpoint, patience=None)
        list(run.events())
        checkpoint = through_a_file(run.checkpoint)
    assert same(run, whole)


def test_a_pause_or_stop_within_an_epoch_goes_back_to_the_last_whole_one():
    paused = made("mf_bias", Script(2))
    list(paused.events())
    within = made("mf_bias", Script(2, within=True))
    list(within.events())
    assert same(within, paused)
    stopped = made("mf_bias", Steering(lambda: stopped.checkpoint is not None and stopped.checkpoint.epoch == 2))
    assert list(stopped.events())[-1] == Stopped(2, "asked")
    assert same(stopped, paused)


def test_a_changed_rate_holds_from_the_next_epoch_to_the_end_of_the_stage():
    changes = [(1, "learning_rate", 0.5, 7)]
    events = list(made("mf_bias", Script(changes=changes)).events())
    (changed,) = [e for e in events if isinstance(e, Changed)]
    assert (changed.epoch, changed.setting, changed.after, changed.serial) == (1, "learning_rate", 0.5, 7)
    assert changed.before == pytest.approx(0.02 - 0.01 / 3)
    rates = [e.learning_rate for e in epochs(events)]
    assert rates == pytest.approx([0.02, 0.5, 0.5, 0.5, 0.01, 0.005])


def test_a_stage_by_hand_is_a_stage_of_the_plan():
    planned = made("mf_bias", epochs=2, schedule="2x0.001", decay=1)
    by_hand = made("mf_bias", Script(changes=[(2, "learning_rate", 0.001)]), epochs=4, schedule="", decay=1)
    list(planned.events()), list(by_hand.events())
    assert same(planned, by_hand)


@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_a_changed_penalty_holds_also_where_there_was_none_and_through_a_pause(l2: float):
    changes = [(1, "l2", 2.0), (1, "bias_l2", 3.0)]
    plain, whole = made("mf_bias", l2=l2, bias_l2=l2), made("mf_bias", Script(changes=changes), l2=l2, bias_l2=l2)
    list(plain.events())
    told = [(e.setting, e.before, e.after) for e in whole.events() if isinstance(e, Changed)]
    assert told == [("l2", l2, 2.0), ("bias_l2", l2, 3.0)]
    assert np.abs(whole.arrays()["item_vectors"]).mean() < np.abs(plain.arrays()["item_vectors"]).mean()
    first = made("mf_bias", Script(3, changes=changes), l2=l2, bias_l2=l2)
    list(first.events())
    second = made("mf_bias", None, through_a_file(first.checkpoint), l2=l2, bias_l2=l2)
    list(second.events())
    assert same(second, whole)


def test_a_change_needs_no_new_trace_but_for_a_penalty_that_was_not_there():
    list(made("mf_bias", l2=0.1).events())
    traces = PROGRAMS.traces
    list(made("mf_bias", Script(changes=[(1, "learning_rate", 0.1), (1, "l2", 1.0), (2, "l2", 0.0)]), l2=0.1).events())
    assert PROGRAMS.traces == traces


def test_a_replay_ends_where_the_run_ended_also_beyond_the_plan():
    changes = [(2, "learning_rate", 0.05), (3, "l2", 0.3)]
    for last in (3, 6, 9):
        by_hand = made("mf_bias", Script(changes=changes))
        if last == 9:
            list(by_hand.events())
            by_hand = made("mf_bias", Replay(epochs=9), through_a_file(by_hand.checkpoint))
        elif last == 3:
            by_hand = made("mf_bias", Script(3, changes=changes))
        list(by_hand.events())
        replayed = made("mf_bias", Replay(changes, last))
        assert epochs(list(replayed.events()))[-1].epoch == last
        assert same(replayed, by_hand)


def test_epochs_beyond_the_plan_keep_its_last_rate_and_outlive_patience():
    run = made("mf_bias", dim=30, epochs=60, patience=2, l2=0, learning_rate=0.05, schedule="")
    ended = epochs(list(run.events()))
    further = made(
        "mf_bias", Replay(epochs=len(ended) + 5), run.checkpoint, dim=30, epochs=60, patience=2, l2=0,
        learning_rate=0.05, schedule="",
    )  # fmt: skip
    more = list(further.events())
    assert len(epochs(more)) == 5 and not any(isinstance(e, Stopped) for e in more)
    figures = [e.val_rmse for e in (*ended, *epochs(more))]
    assert further.best_epoch == 1 + int(np.argmin(figures)) and not further.complete
    assert {e.learning_rate for e in epochs(list(made("mf_bias", Replay(epochs=9)).events()))[5:]} == {0.005}


def test_a_stage_begun_before_is_not_begun_again():
    first = made("mf_bias", Script(2))
    list(first.events())
    second = list(made("mf_bias", checkpoint=first.checkpoint).events())
    assert [e.stage for e in second if isinstance(e, StageStarted)] == [2]


def test_a_checkpoint_comes_back_from_its_arrays():
    run = made("deep_regressor", Script(3))
    list(run.events())
    noted = run.checkpoint.noted({"refit": None, "x": [1, 2]})
    again = through_a_file(noted)
    assert (again.notes, again.ended, again.rng, again.part) == (noted.notes, noted.ended, noted.rng, 1)
    assert again.epochs_kept == noted.epochs_kept and again.weights.keys() == noted.weights.keys()


@pytest.mark.parametrize("facts", ["{", "[]", "{}", json.dumps({"ended": 3, "epochs_kept": []}), "\xff"])
def test_a_checkpoint_of_another_kind_is_one_sentence(facts: str):
    with pytest.raises(RunError, match="A checkpoint must have the format of this version"):
        Checkpoint.from_arrays({"facts": np.frombuffer(facts.encode("latin-1"), dtype=np.uint8)})


def test_closed_forms_have_no_checkpoint():
    run = Training(get_model("bias"), get_model("bias").parse({}), planted(), planted_split(), 0)
    assert [type(e) for e in run.events()] == [EpochEnded] and run.checkpoint is None and run.complete
