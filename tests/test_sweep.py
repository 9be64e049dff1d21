"""Sweeps and repeats: what they read from their runs, how they are led, stopped, resumed; one with a real worker."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from reco_core.cli.sweep import _runs_table
from reco_core.encode import RatingScale
from reco_core.errors import RunError, SettingsError
from reco_core.events import EpochEnded, Failed, Finished, Started, Stopped, to_line
from reco_core.jobs.results.validation_scores import course, is_behind, score_of
from reco_core.jobs.server.manager import Manager
from reco_core.jobs.sweeps import sweep_driver
from reco_core.jobs.sweeps.repeat import alike, repeat, spread
from reco_core.jobs.sweeps.search_space import Axis
from reco_core.jobs.sweeps.sweep import Sweep, list_sweeps, new_sweep, open_sweep, write_info
from reco_core.jobs.sweeps.sweep_driver import resume_sweep, start_sweep
from reco_core.jobs.sweeps.sweep_request import SweepRequest, Trial
from reco_core.models.spec import Shape
from reco_core.runs import Run, RunRequest, RunStore, Sizes
from tests.tiny import request_for, wait_until, write_csv

FAST = {"epochs": 3, "patience": None}
DIMS = Axis(setting="dim", values=(2, 3, 4))


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture
def off(store: RunStore) -> Manager:
    """A manager without workers: runs stay queued until a test plays them."""
    return Manager(store, workers=1, start=False)


def play(run: Run, curve: Sequence[float], best: int | None = None, end: object = "finished") -> Run:
    """Write what a training with these validation errors would have written; end=None leaves it open."""
    events = [Started(0.0, 1, 9, len(curve), 8, 1, 1)]
    events += [EpochEnded(n, 1, 1.0, 1.0, 1.0, value, 0.1, 0.1 * n, 9.0, 0.1) for n, value in enumerate(curve, 1)]
    if end == "finished":
        events.append(Finished(1.0, len(curve), best, {"total": 0.5}))
        run.write_metrics({"test": {"rmse": curve[-1] + 0.1}, "baselines": {}, "protocol": "p"})
    elif end is not None:
        events.append(end)
    (run.folder / "events.jsonl").write_text("".join(map(to_line, events)))
    return run


def base(csv: Path, **values: object) -> RunRequest:
    return request_for(csv, model="mf_bias", settings=FAST, **values)


def sweep_with(store: RunStore, csv: Path, curves: Sequence[Sequence[float]], **values: object) -> Sweep:
    """A sweep over dim whose runs were played already."""
    sweep = new_sweep(store, SweepRequest(base=base(csv), over=(DIMS,), **values))
    for dim, curve in zip(DIMS.values, curves, strict=False):
        run = play(store.create(base(csv)), curve)
        sweep.info.trials.append(Trial(values={"dim": dim}, runs=[run.id]))
    write_info(sweep.folder, sweep.info)
    return sweep


def test_the_score_is_that_of_the_epoch_that_is_kept(store: RunStore, csv: Path):
    assert score_of(play(store.create(base(csv)), [3, 1, 2], best=2)).value == 1
    assert score_of(play(store.create(base(csv)), [3, 1, 2])).value == 2
    assert score_of(play(store.create(base(csv)), [3, 1, 2], end=None)).epoch == 2
    assert score_of(store.create(base(csv))) is None


def test_a_run_is_behind_when_it_is_worse_than_the_median_at_the_same_epoch(store: RunStore, csv: Path):
    whole = [course(play(store.create(base(csv)), curve)) for curve in ([3, 2, 4], [4, 3], [9, 8, 0])]
    assert whole[0] == {1: 3, 2: 2, 3: 2}
    for curve, n_whole, epoch in (
        ([9], 3, None),
        ([9, 2.9], 3, None),
        ([9, 3.1], 3, 2),
        ([9, 9], 2, None),
        ([9, 9, 1.9], 3, None),
        ([9, 9, 2.1], 3, 3),
    ):
        assert is_behind(course(play(store.create(base(csv)), curve, end=None)), whole[:n_whole]) == epoch


def test_a_sweep_is_read_from_its_runs_and_best_on_validation_opens(store: RunStore, csv: Path):
    sweep = open_sweep(store, sweep_with(store, csv, [[3, 2], [3, 1], [3, 2.5]]).id)
    rows = sweep.rows()
    assert list(rows.columns) == [
        *("trial", "run", "name", "status", "seed", "dim", "epoch", "val_rmse", "seconds", "best", "tie")
    ]
    assert rows["val_rmse"].tolist() == [2, 1, 2.5] and rows["best"].tolist() == [False, True, False]
    assert rows["dim"].tolist() == [2, 3, 4] and set(rows["status"]) == {"finished"}
    assert sweep.status == "interrupted" and "can be resumed" in sweep.reason
    assert [one.id for one in list_sweeps(store)] == [sweep.id]


def test_runs_that_diverged_are_called_so_in_the_tables_of_sweeps_and_repeats(store: RunStore, csv: Path):
    sweep = sweep_with(store, csv, [[3, 2], [3, 1], [3, 3]])
    sound, left_scale, no_number = sweep.runs()
    sizes = Sizes.of(Shape(30, 20, RatingScale(1, 5, 1), 3.0)).model_dump()
    left_scale.update(sizes=sizes)
    log = left_scale.folder / "events.jsonl"
    log.write_text(log.read_text().replace('"val_loss": 1.0', '"val_loss": 400.0'))
    play(no_number, [3], end=Failed("The loss is no longer a number in epoch 2.", diverged=True))
    assert sweep.rows()["status"].tolist() == ["finished", "diverged", "diverged"]
    table = _runs_table([sound, left_scale, no_number])
    assert [str(cell) for cell in table.columns[2].cells] == ["finished", "diverged", "diverged"]


def test_a_deleted_run_is_shown_as_deleted_and_is_no_longer_the_best(store: RunStore, csv: Path):
    sweep = sweep_with(store, csv, [[3, 2], [3, 1]])
    store.delete(sweep.trials()[1].runs[0])
    assert sweep.rows()["status"].tolist() == ["finished", "deleted"]
    assert sweep.tallies()[0].best and sweep.tallies()[1].mean is None


def test_a_sweep_goes_on_where_it_was_and_starts_no_run_twice(off: Manager, csv: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sweep_driver, "LOOK_SECONDS", 0.01)
    sweep = sweep_with(off.store, csv, [[3, 2], [3, 1]])
    resume_sweep(off, sweep.id)
    wait_until(lambda: len(off.queue()) == 1, "the third run waits")
    assert sweep.status == "running" and len(sweep.trials()) == 3
    with pytest.raises(RunError, match="is already running"):
        resume_sweep(off, sweep.id)
    off.stop(off.queue()[0])
    wait_until(lambda: sweep.status == "finished", "there is nothing more to try")
    assert sweep.rows()["status"].tolist() == ["finished", "finished", "stopped"]


def test_a_stopped_sweep_begins_nothing_more_and_takes_its_runs_out_of_the_queue(off: Manager, csv: Path):
    sweep = start_sweep(off, SweepRequest(base=base(csv, owner="ann"), over=(DIMS,)))
    wait_until(lambda: off.queue(), "the first run waits")
    with pytest.raises(RunError, match="another visitor"):
        sweep.stop("bob")
    with pytest.raises(RunError, match="another visitor"):
        resume_sweep(off, sweep.id, "bob")
    sweep.stop("ann")
    wait_until(lambda: sweep.status == "stopped", "the sweep is stopped")
    assert off.queue() == [] and sweep.rows()["status"].tolist() == ["stopped"]
    resume_sweep(off, sweep.id, "ann")
    wait_until(lambda: off.queue() == sweep.trials()[0].runs, "the run that was stopped waits again")
    sweep.stop("ann")
    wait_until(lambda: sweep.status == "stopped", "the sweep is stopped again")


def test_a_sweep_whose_runs_all_fail_stops_and_says_why(off: Manager, csv: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sweep_driver, "LOOK_SECONDS", 0.01)
    played = []

    def fail(request: RunRequest) -> Run:
        played.append(request)
        return play(off.store.create(request), [], end=Failed("There is no such dataset."))

    monkeypatch.setattr(off, "start", fail)
    sweep = start_sweep(off, SweepRequest(base=base(csv), over=(Axis(setting="dim", values=tuple(range(1, 9))),)))
    wait_until(lambda: sweep.status == "failed", "the sweep gives up")
    assert len(played) == 3 and sweep.reason.endswith("There is no such dataset.")


def test_a_run_that_was_stopped_by_hand_is_no_candidate(store: RunStore, csv: Path):
    sweep = sweep_with(store, csv, [[3, 2], [3, 1]])
    path = sweep.runs()[1].folder / "events.jsonl"
    path.write_text(
        path.read_text().replace('{"event": "Finished"', to_line(Stopped(2, "asked")) + '{"event": "Finished"')
    )
    assert open_sweep(RunStore(store.root), sweep.id).tallies()[0].best


def test_a_sweep_of_a_server_that_closes_is_interrupted_and_not_failed(off: Manager, csv: Path):
    sweep = start_sweep(off, SweepRequest(base=base(csv), over=(DIMS,)))
    wait_until(lambda: off.queue(), "the first run waits")
    off.close()
    wait_until(lambda: sweep.status == "interrupted", "the sweep is left")
    assert "can be resumed" in sweep.reason
    following = Manager(off.store, workers=1, start=False)
    resume_sweep(following, sweep.id)
    wait_until(lambda: following.queue() == sweep.trials()[0].runs, "its run waits in the next server")
    following.close()
    wait_until(lambda: sweep.status == "interrupted", "the sweep is left again")


def test_a_damaged_sweep_is_refused_and_left_out_of_the_list(store: RunStore, csv: Path):
    sweep = sweep_with(store, csv, [])
    (sweep.folder / "sweep.json").write_text(json.dumps({"id": "x"}))
    with pytest.raises(RunError, match=r"sweep\.json"):
        open_sweep(store, sweep.id)
    with pytest.raises(RunError, match="looks like"):
        open_sweep(store, "../runs")
    assert list_sweeps(store) == [] and store.list() == [] and store.damaged() == {}


def test_runs_alike_differ_in_the_seed_alone_and_their_spread_leaves_stopped_ones_out(off: Manager, csv: Path):
    first = play(off.store.create(base(csv)), [3, 2])
    other = off.store.create(base(csv).model_copy(update={"settings": {**FAST, "dim": 7}}))
    queued = repeat(off, first, 2, "ann")
    assert [run.info.seed for run in queued] == [1, 2] and {run.info.owner for run in queued} == {"ann"}
    assert {run.info.split for run in queued} == {first.info.split}
    assert [run.info.seed for run in repeat(off, first, 1)] == [3]
    play(queued[0], [3, 4])
    found = alike(off.store.list(), first)
    assert other.id not in {run.id for run in found} and len(found) == 4
    figures = spread(found)
    assert (figures["val_rmse"].n, figures["val_rmse"].mean, figures["val_rmse"].low) == (2, 3.0, 2.0)
    assert figures["val_rmse"].sd == pytest.approx(2**0.5) and figures["rmse"].mean == pytest.approx(3.1)
    off.close()


def test_what_cannot_be_repeated_is_refused(off: Manager, csv: Path):
    run = off.store.create(base(csv))
    with pytest.raises(SettingsError, match="1 to 20 seeds; got 0"):
        repeat(off, run, 0)
    with pytest.raises(RunError, match="same for every seed"):
        repeat(off, off.store.create(request_for(csv)), 2)


def test_a_sweep_with_a_worker_trains_chooses_and_leaves_ordinary_runs(store: RunStore, csv: Path):
    over = (Axis(setting="dim", values=(2, 8)), Axis(setting="learning_rate", low=0.001, high=0.1, log=True))
    manager = Manager(store, start=True)
    try:
        request = SweepRequest(base=base(csv, owner="ann"), over=over, method="tpe", runs=6, seeds=2)
        sweep = start_sweep(manager, request)
        wait_until(lambda: sweep.status == "finished", "the sweep is over")
        rows = sweep.rows()
        assert len(rows) == 6 and rows["trial"].max() == 3
        assert rows["seed"].tolist() == [0, 1] * 3
        assert {run.info.owner for run in sweep.runs()} == {"ann"}
        best = sweep.best()
        means = rows.groupby("trial")["val_rmse"].mean()
        assert rows.loc[rows["run"] == best.id, "trial"].item() == means.idxmin()
        assert best.metrics is not None and best.scorer().item_vectors.shape[1] == best.info.settings["dim"]
    finally:
        manager.close()
