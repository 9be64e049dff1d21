"""A model is added in three steps: its file, its place in MODELS, its section in docs/models.md. Nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tiny import DEADLINE, write_csv

PROJECT = Path(__file__).parents[1]

# Step 1: settings with their flags, build, layout, and what the model can do.
FILE = '''
"""Tilted factorisation: a dot product whose item side is pulled on by a penalty of its own."""

from __future__ import annotations

from typing import Annotated, Any

from reco_core.models import fields
from reco_core.models import settings_groups as groups
from reco_core.models.factorisation import dot_layout, dot_scorer
from reco_core.models.folding.dot_user import fold_dot
from reco_core.models.reasons import by_dimensions
from reco_core.models.spec import ModelSpec
from reco_core.models.stages import stages_of
from reco_core.models.weights import count

Tilt = Annotated[
    float,
    fields.described(
        "Tilt of the items", "Weight of the squared item vectors.", "Penalties", flags=("penalty", "changeable"),
        ge=0, le=5, allow_inf_nan=False,
    ),
]
Slack = Annotated[
    float, fields.described("Slack", "A number that no layer reads.", "Model", flags=("number",), ge=0, le=1)
]


class TiltedSettings(groups.Training, groups.Penalties, groups.Start, groups.Centred, groups.Vectors):
    """Settings of the tilted factorisation."""

    tilt: Tilt = 0.1
    slack: Slack = 0.5


def build(settings: TiltedSettings, shape: Any) -> Any:
    """The Keras model."""
    import keras

    from reco_core.models.keras_parts import dot, finish, inputs, table

    users, items = dot_layout(settings, shape)
    user, item = inputs()
    raw = dot([table(users, "l2", settings)(user), table(items, "tilt", settings)(item)])
    return keras.Model([user, item], finish(raw, settings, shape))


TILTED = ModelSpec(
    name="tilted",
    title="Tilted factorisation",
    family="factorisation",
    sentence="A dot product with a penalty of its own for the items.",
    equation=r"p_u^\\top q_i",
    reference="This test.",
    settings=TiltedSettings,
    scorer=dot_scorer,
    layout=dot_layout,
    parameters=lambda settings, shape: count(dot_layout(settings, shape)),
    has_vectors=True,
    build=build,
    stages=stages_of,
    fold_in=fold_dot,
    explain=by_dimensions,
)
'''
# Step 2, as an editor would do it.
STEP_2 = (
    ("    two_stage,\n)", "    two_stage,\n    tilted,\n)"),
    ("    factorisation.MF_BIAS,", "    factorisation.MF_BIAS,\n    tilted.TILTED,"),
)
# Step 3: the block that `python -m tests.models_doc` fills.
SECTION = "\n<!-- model: tilted -->\n<!-- end -->\n"

USED = """
import json, sys
from typer.testing import CliRunner
from reco_core.cli import app
from reco_core.models import get_model
from reco_core.models.spec import Shape
from reco_core.runs import RunStore
from reco_core.runs.requests import Change, check_for
from reco_core.encode import RatingScale
from reco_core.training.programs import _key
from tests.models_doc import filled, named

csv, section = sys.argv[1:]

def reco(*arguments):
    told = CliRunner().invoke(app, [*arguments, "--json"])
    assert told.exit_code == 0, (arguments, told.output, told.exception)
    return json.loads(told.stdout)

spec, shape = get_model("tilted"), Shape(5, 5, RatingScale(1, 5, 1), 3.0)
keys = [_key(spec, spec.parse(values), shape, 8) for values in ({}, {"tilt": 2, "slack": 1}, {"tilt": 0})]
check_for(spec, spec.parse(), Change("tilt", 3.0))
fast = ("--set", "epochs=2", "--set", "patience=none", "--set", "dim=3")
swept = reco("sweep", csv, "--model", "tilted", "--over", "tilt=0.1,1", *fast, "--runs", "2")
run = swept["best"]
known, visitor, other = ("--user", "1"), ("--rate", "1=5", "--rate", "2=1"), ("--rate", "1=1", "--rate", "2=5")

def listed(*who):
    return reco("recommend", run, *who, "-k", "3", "--why")["recommended"]

print(json.dumps({
    "same program": [keys[0] == keys[1], keys[0] == keys[2]],
    "swept": [row["tilt"] for row in swept["runs"]],
    "evaluated": "rmse" in json.dumps(reco("evaluate", run)),
    "lists": [[row["why"]["method"] for row in listed(*who)] for who in (known, visitor)],
    "turned": listed(*visitor) != listed(*other),
    "similar": reco("similar", run, "1") is not None,
    "shown": [one["name"] for one in reco("models")["models"] if one["name"] == "tilted"],
    "settings": [one["name"] for one in reco("models", "tilted")["models"][0]["settings"]][-2:],
    "document": "Weight of the squared item vectors." in filled(section) and named(section) == ["tilted"],
    "heavy": sorted({"tensorflow", "keras"} & set(sys.modules)),
}))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with one model more: links to its files, but for the one that is edited."""
    root = tmp_path_factory.mktemp("with_model")
    for folder, edited in ((PROJECT / "reco_core", "models"), (PROJECT / "reco_core" / "models", "__init__.py")):
        made = root / folder.relative_to(PROJECT)
        made.mkdir()
        for entry in folder.iterdir():
            if entry.name not in (edited, "__pycache__"):
                (made / entry.name).symlink_to(entry)
    (root / "tests").symlink_to(PROJECT / "tests")
    catalogue = (PROJECT / "reco_core" / "models" / "__init__.py").read_text()
    for before, after in STEP_2:
        assert before in catalogue
        catalogue = catalogue.replace(before, after)
    (root / "reco_core" / "models" / "__init__.py").write_text(catalogue)
    (root / "reco_core" / "models" / "tilted.py").write_text(FILE)
    return root


def test_a_model_of_three_steps_trains_sweeps_scores_folds_in_explains_and_shows(package: Path, tmp_path: Path):
    csv = write_csv(tmp_path / "tiny.csv")
    around = {"PYTHONPATH": str(package), "RECO_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", USED, str(csv), SECTION],
        capture_output=True,
        text=True,
        cwd=package,
        env=os.environ | around,
        timeout=3 * DEADLINE,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == {
        "same program": [True, False],
        "swept": [0.1, 1],
        "evaluated": True,
        "lists": [["parts"] * 3, ["parts"] * 3],
        "turned": True,
        "similar": True,
        "shown": ["tilted"],
        "settings": ["tilt", "slack"],
        "document": True,
        "heavy": [],
    }
