"""Programs run plain at once and as XLA code when it is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from reco_core.models import get_model
from reco_core.models.spec import Shape
from reco_core.training.loop import Training
from reco_core.training.program import Program
from reco_core.training.programs import Programs
from tests.planted import SCALE, planted, planted_split
from tests.planted_runs import FAST, epochs, training

SHAPE = Shape(20, 30, SCALE, 3.0)


class Kept:
    """Code of earlier processes, in memory."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def has(self, key: str) -> bool:
        return key in self.keys

    @contextmanager
    def compiling(self, key: str) -> Iterator[None]:
        yield
        self.keys.append(key)


def program_of(programs: Programs, model: str = "mf_bias", **values: Any) -> Program:
    spec = get_model(model)
    return programs.get(spec, spec.parse({"dim": 2} | values), SHAPE, 32)


@pytest.fixture(scope="module")
def compiled() -> tuple[Programs, Kept]:
    """A factorisation that was trained and then compiled."""
    kept = Kept()
    programs = Programs(code=kept)
    list(training(programs=programs).events())
    programs.compile()
    return programs, kept


def test_the_next_training_of_the_shape_uses_the_code_and_traces_nothing(compiled: tuple[Programs, Kept]) -> None:
    programs, _ = compiled
    traces = programs.traces
    run = training(programs=programs)
    list(run.events())
    assert run.checkpoint.compiled
    assert programs.traces == traces == 2


def test_the_code_gives_the_scores_of_the_plain_function(compiled: tuple[Programs, Kept]) -> None:
    plain, code = training(programs=Programs()), training(programs=compiled[0])
    ended = [epochs(list(run.events()))[-1] for run in (plain, code)]
    assert (plain.checkpoint.compiled, code.checkpoint.compiled) == (False, True)
    assert ended[0].val_rmse == pytest.approx(ended[1].val_rmse, abs=1e-6)


def test_a_training_that_goes_on_keeps_to_the_function_it_began_with(compiled: tuple[Programs, Kept]) -> None:
    begun = training(programs=Programs(), epochs=1)
    list(begun.events())
    spec = get_model("mf_bias")
    settings = spec.parse(FAST | {"epochs": 2})
    on = Training(spec, settings, planted(), planted_split(), 0, compiled[0], checkpoint=begun.checkpoint)
    list(on.events())
    assert not on.checkpoint.compiled


def test_a_later_process_knows_the_programs_of_the_one_before_it(compiled: tuple[Programs, Kept]) -> None:
    later = Programs(code=compiled[1])
    run = training(programs=later)
    list(run.events())
    assert run.checkpoint.compiled


def test_compiling_in_an_idle_moment_ends_when_somebody_waits() -> None:
    kept = Kept()
    programs = Programs(code=kept)
    program_of(programs)
    programs.compile(should_stop=lambda: True)
    assert kept.keys == []


def test_networks_are_not_compiled_in_between_as_their_figures_would_differ() -> None:
    kept = Kept()
    programs = Programs(code=kept)
    program_of(programs, "neural")
    programs.compile()
    assert kept.keys == []


def test_a_program_whose_code_cannot_be_loaded_runs_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a file of code is damaged."""
    import tensorflow as tf

    def damaged(*_: object) -> None:
        raise tf.errors.DataLossError(None, None, "Can't parse the file as binary proto")

    program = program_of(Programs())
    monkeypatch.setattr(program, "_traced", lambda compiled: damaged)
    program.use(True)
    assert not program.compiled and not program.has_code


def test_compiling_changes_no_weight(compiled: tuple[Programs, Kept]) -> None:
    program = program_of(Programs())
    before = program.state()
    assert program.compile()
    after = program.state()
    for table in before:
        for name, array in before[table].items():
            assert np.array_equal(array, after[table][name])
