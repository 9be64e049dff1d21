"""What a run was set to: its rows, its name, and the command that asks for the same again."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from reco_core.cli import train
from reco_core.models import MODELS, get_model
from reco_core.runs import RunRequest, RunStore
from reco_core.runs.chosen import chosen, command_of, name_of
from reco_core.runs.run_spec import NAME_LENGTH
from reco_core.split import SplitSettings
from tests.commands import Answer
from tests.tiny import write_csv


def asked(model: str = "mf_bias", preset: str | None = None, **values: object) -> RunRequest:
    """A request with its settings written out, as a run keeps it."""
    around = {name: values.pop(name) for name in RunRequest.model_fields if name in values and name != "preset"}
    settings = get_model(model).parse(values, preset).model_dump(mode="json")
    return RunRequest(**{"source": "demo", "dataset": "demo"} | around, model=model, preset=preset, settings=settings)


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        (asked(), "Biased MF"),
        (asked(dim=20, l2=0), "Biased MF, dim 20, l2 0"),
        (asked("mf_bias", "notebook-a", dim=7, seed=3), "Biased MF, Notebook A, dim 7, seed 3"),
        (asked("neural", layers="100,50", patience="none"), "Neural network, layers 100-50, patience none"),
        (asked("mf", center=False, refit=True), "MF, no center, refit"),
        (asked("ease", split=SplitSettings(kind="time", val_size=0)), "EASE, time split, validation 0"),
        (asked("mf", dim=1, init="uniform", l2=0, epochs=3, loss="mae"), "MF, dim 1, init uniform, l2 0, loss mae, +1 more"),  # noqa: E501
    ],
)  # fmt: skip
def test_a_run_is_named_for_what_differs_from_the_defaults(request_: RunRequest, name: str):
    assert name_of(request_) == name


def test_two_alike_are_numbered_and_a_given_name_is_kept(tmp_path: Path):
    store = RunStore(tmp_path / "runs")
    runs = [store.create(asked(dim=20)), store.create(asked(dim=20)), store.create(asked(name="Mine"))]
    assert [run.name for run in runs] == ["Biased MF, dim 20", "Biased MF, dim 20 · 2", "Mine"]


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.name)
def test_a_name_fits_whatever_was_chosen(spec):
    for preset in (None, *(preset.name for preset in spec.presets)):
        assert 0 < len(name_of(asked(spec.name, preset))) <= NAME_LENGTH


def test_what_differs_from_the_defaults_comes_first_and_nothing_is_left_out():
    rows = chosen(asked(dim=20, seed=3, split=SplitSettings(seed=4)))
    assert [(row.name, row.value, row.usual) for row in rows if row.differs] == [
        ("dim", "20", "40"),
        ("split_seed", "4", "0"),
        ("seed", "3", "0"),
    ]
    assert [row.differs for row in rows] == sorted((row.differs for row in rows), reverse=True)
    assert {row.name for row in rows} > set(get_model("mf_bias").settings.model_fields)


def test_the_command_asks_for_the_same_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store, csv = RunStore(), write_csv(tmp_path / "my ratings; $(x).csv")
    monkeypatch.setattr(train, "train_here", lambda store, request, ratings: store.create(request))
    base = store.create(asked("mf", source=str(csv), dataset="tiny"))
    requests = [asked(spec.name, preset.name) for spec in MODELS for preset in spec.presets] + [
        asked(),
        asked(dim=20, l2=0.0123456789012345, patience="none", center=False, schedule="4x0.001,2x0.0001"),
        asked("mf", "notebook-d", schedule="", units="share"),
        asked("neural", layers="100,50,20", seed=7, refit=True),
        asked(seed=3, split=SplitSettings(kind="leave-last", val_size=0.25, seed=5)),
        asked(seed=3, split=SplitSettings(kind="random", test_size=0.3, seed=3)),
        asked("deep_regressor", base_run=base.id),
    ]
    for request in requests:
        run = store.create(request.model_copy(update={"source": str(csv), "dataset": csv.stem}))
        words = shlex.split(command_of(run.info))
        assert words[0] == "reco"
        again = store.open(Answer(*words[1:], "--json").json["run"])
        same = ("source", "model", "preset", "settings", "split", "seed", "refit", "base_run")
        assert [getattr(again.info, name) for name in same] == [getattr(run.info, name) for name in same], words
