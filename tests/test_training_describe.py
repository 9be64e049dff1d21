"""What is said of a model before any training."""

from __future__ import annotations

import pydot
import pytest

from reco_core.encode import RatingScale
from reco_core.errors import SettingsError
from reco_core.models import MODELS, get_model
from reco_core.models.spec import Shape
from reco_core.training.describe import describe

SHAPE = Shape(943, 1682, RatingScale(1, 5, 1), 3.5)


def test_the_summary_names_layers_shapes_and_weights() -> None:
    spec = get_model("neural_bias")
    found = describe(spec, spec.parse(preset="notebook-a"), SHAPE)
    lines = found.summary.splitlines()
    assert lines[0].split() == ["layer", "type", "output", "shape", "weights", "from"]
    row = next(line for line in lines if line.startswith("hidden_1 "))
    assert row.split() == ["hidden_1", "Dense", "(batch,", "32)", "160", "join_dropout"]
    assert "Weights: 8,068" in lines
    assert found.parameters == 8_068


def test_frozen_weights_are_told_apart() -> None:
    spec = get_model("deep_regressor")
    found = describe(spec, spec.parse(preset="notebook-b"), SHAPE)
    assert "Trainable: 265" in found.summary
    assert "3,772 weights, frozen" in found.dot
    assert [row.name for row in found.layers if row.frozen] == ["user_vectors", "item_vectors"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("spec", [spec for spec in MODELS if spec.build], ids=lambda spec: spec.name)
def test_the_graph_is_dot_with_an_arrow_for_every_connection(spec: object) -> None:
    found = describe(spec, spec.parse({"dim": 2}), SHAPE)
    (graph,) = pydot.graph_from_dot_data(found.dot)
    named = {node.get_name().strip('"') for node in graph.get_nodes()} - {"node", "edge"}
    assert named == {row.name for row in found.layers}
    arrows = {(edge.get_source().strip('"'), edge.get_destination().strip('"')) for edge in graph.get_edges()}
    assert arrows == {(source, row.name) for row in found.layers for source in row.inputs}
    assert found.parameters == spec.parameters(spec.parse({"dim": 2}), SHAPE)


def test_a_model_in_closed_form_has_no_graph() -> None:
    with pytest.raises(SettingsError, match="Only a model made of layers has a graph; got bias"):
        describe(get_model("bias"), get_model("bias").parse(), SHAPE)
