"""A run as a script: short, safe, and with the same figures when it is run."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reco_core.errors import RunError
from reco_core.events import Changed, Continued, EpochEnded, StageStarted, Stopped
from reco_core.export.script import script_of
from reco_core.jobs.running.training_job import train_run
from reco_core.models import MODELS
from reco_core.runs import Run, RunStore
from reco_core.runs.requests import Change, Continue, Pause, Step, Stop
from tests.exporting import run_of
from tests.nursery import Nursery
from tests.test_runs import epoch
from tests.tiny import request_for, write_csv

WITH_PROJECT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


def own_lines(script: str) -> list[str]:
    """The lines of a script without its lists of steering events."""
    lines, inside = [], False
    for line in script.splitlines():
        inside = inside or "CHANGES = [" in line
        if not inside:
            lines.append(line)
        inside = inside and line != "]"
    return lines


def test_script_is_short_python_that_imports_nothing_but_reco_core(source: Path):
    base = run_of(source, "mf")
    refit = StageStarted(2, "training", 1, 0.1, refit=True)
    changed = [Changed(1.0, 1, "learning_rate", 0.003, 0.001), Changed(1.0, 1, "l2", 0.05, 0.1)]
    longest = run_of(source, "deep_regressor", epoch(1), *changed, epoch(2), refit, epoch(3), base_run=base.id)
    for run in (longest, *(run_of(source, spec.name) for spec in MODELS)):
        script = script_of(run)
        compile(script, "script.py", "exec")
        names = {
            (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
            for node in ast.walk(ast.parse(script))
            if isinstance(node, (ast.Import, ast.ImportFrom))
        }
        assert names <= {"json", "sys", "dataclasses", "reco_core"}
        assert len(own_lines(script)) < 40, script


def test_script_lists_what_was_changed_by_hand_and_ends_where_a_person_ended_it(source: Path):
    went_on = Continued(1.0, 7, 2, 4)
    changed = Changed(1.0, 2, "learning_rate", 0.003, 0.001)
    script = script_of(run_of(source, "mf", epoch(1), epoch(2), went_on, changed, epoch(3), epoch(4)))
    assert '    (2, "learning_rate", 0.001),\n' in script
    assert "steering=Replay(CHANGES, epochs=4)" in script
    stopped = script_of(run_of(source, "mf", epoch(1), Stopped(1, "asked")))
    assert "steering=Replay(epochs=1)" in stopped
    assert "Replay" not in script_of(run_of(source, "mf", epoch(1), Stopped(1, "patience")))


def test_name_of_a_run_is_never_code(source: Path):
    script = script_of(run_of(source, "bias", name='""" \\ \' import os; os.remove("x")'))
    tree = ast.parse(script)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "remove"]


def test_script_of_a_run_whose_base_run_is_gone_is_refused(source: Path):
    base = run_of(source, "mf")
    run = run_of(source, "deep_regressor", base_run=base.id)
    RunStore().delete(base.id)
    with pytest.raises(RunError, match="is gone"):
        script_of(run)


def test_script_of_a_closed_form_gives_the_same_figures(source: Path, tmp_path: Path):
    run = run_of(source, "bias", settings={"item_damping": 2.5})
    assert figures_of_script(run, tmp_path) == pytest.approx(run.metrics["test"], abs=1e-6)


@pytest.mark.parametrize(("model", "alone"), [("mf_bias", True), ("neural", False)])
def test_script_gives_the_same_figures_as_the_run(
    source: Path, tmp_path: Path, nursery: Nursery | None, model: str, alone: bool
):
    """Trained in this process, then by the script in one of its own, which has TensorFlow loaded or loads it."""
    run = RunStore().create(request_for(source, model=model, settings={"dim": 4, "epochs": 3}, seed=5))
    train_run(run)
    assert run.status == "finished", run.reason
    assert figures_of_script(run, tmp_path, None if alone else nursery) == pytest.approx(run.metrics["test"], abs=1e-6)


def test_script_replays_what_was_steered_by_hand(source: Path, tmp_path: Path, nursery: Nursery | None):
    """Another rate after epoch 1, a pause after 2, one step, then further than planned with a higher penalty."""
    asks = {1: [Change("learning_rate", 0.02)], 2: [Pause()], 4: [Change("l2", 0.3)]}
    settings = {"dim": 4, "epochs": 4, "patience": 2}
    run = RunStore().create(request_for(source, model="neural_bias", settings=settings, seed=3))
    steered(run, asks)
    assert run.status == "paused"
    for going_on in (Step(), Continue(epochs=3)):
        run.ask(going_on)
        steered(run, asks)
    assert run.status == "finished" and len(run.epochs()) == 6
    script = script_of(run)
    assert [line for line in script.splitlines() if line.startswith("    (")] == [
        '    (1, "learning_rate", 0.02),',
        '    (4, "l2", 0.3),',
    ]
    assert figures_of_script(run, tmp_path, nursery) == pytest.approx(run.metrics["test"], abs=1e-6)


def test_script_of_a_refitted_and_a_stopped_run_gives_the_same_figures(
    source: Path, tmp_path: Path, nursery: Nursery | None
):
    base = RunStore().create(request_for(source, model="mf", settings={"dim": 4, "epochs": 4}))
    steered(base, {2: [Stop()]})
    assert base.status == "stopped" and len(base.epochs()) == 2
    settings = {"dim": 4, "epochs": 3, "layers": (4,)}
    run = RunStore().create(
        request_for(source, model="deep_regressor", settings=settings, base_run=base.id, refit=True)
    )
    steered(run, {})
    assert run.status == "finished", run.reason
    assert figures_of_script(run, tmp_path, nursery) == pytest.approx(run.metrics["test"], abs=1e-6)


def steered(run: Run, asks: dict[int, list[object]]) -> None:
    """Train a run as it is asked to; after so many epochs, ask more."""

    def listen(event: object) -> None:
        for request in asks.pop(event.epoch, []) if isinstance(event, EpochEnded) else []:
            run.ask(request)

    train_run(run, listen=listen)


def figures_of_script(run: Run, folder: Path, nursery: Nursery | None = None) -> dict[str, float]:
    """What the script prints, run by a new Python or by one that has TensorFlow loaded."""
    file = folder / "again.py"
    file.write_text(script_of(run), encoding="utf-8")
    if nursery is not None:
        return json.loads(nursery.output(file))
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=120, env=WITH_PROJECT)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
