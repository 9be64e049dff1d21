"""A Keras model before any training: its layers as a table, as a graph, and as a count of weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reco_core.errors import SettingsError
from reco_core.models.spec import ModelSpec, Settings, Shape

_HEADINGS = ("layer", "type", "output shape", "weights", "from")
# Filled boxes with dark letters and grey lines are readable on a light and on a dark page.
_STYLE = (
    "rankdir=TB; bgcolor=transparent; nodesep=0.25; ranksep=0.3;",
    'node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11, margin="0.16,0.08", penwidth=1.2,'
    ' color="#8f8fb3", fillcolor="#eeeefb", fontcolor="#1d1d33"];',
    'edge [color="#8f8fb3", arrowsize=0.7];',
)
_FROZEN = ', style="rounded,filled,dashed"'


@dataclass(frozen=True)
class LayerRow:
    """One layer: name, type, output shape such as (batch, 40), number of weights, the layers that feed it."""

    name: str
    kind: str
    shape: str
    weights: int
    inputs: tuple[str, ...]
    frozen: bool


@dataclass(frozen=True)
class Description:
    """summary: the layers as a text table; dot: the graph in the DOT language; parameters: number of weights."""

    summary: str
    dot: str
    parameters: int
    layers: tuple[LayerRow, ...]


def describe(spec: ModelSpec, settings: Settings, shape: Shape) -> Description:
    """The description of a Keras model, built but not trained; raises SettingsError for one in closed form."""
    if spec.build is None:
        raise SettingsError(
            f"Only a model made of layers has a graph; got {spec.name}, which is computed in closed form."
        )
    model = spec.keras_model(settings, shape)
    rows = tuple(_row(layer) for layer in model.layers)
    trainable = sum(int(variable.value.shape.num_elements()) for variable in model.trainable_weights)
    return Description(_table(rows, model.count_params(), trainable), _dot(rows), model.count_params(), rows)


def _row(layer: Any) -> LayerRow:
    output = ", ".join("batch" if size is None else str(size) for size in layer.output.shape)
    sources = tuple(
        tensor._keras_history.operation.name for node in layer._inbound_nodes for tensor in node.input_tensors
    )
    frozen = bool(layer.weights) and not layer.trainable_weights
    return LayerRow(layer.name, type(layer).__name__, f"({output})", layer.count_params(), sources, frozen)


def _table(rows: tuple[LayerRow, ...], parameters: int, trainable: int) -> str:
    """Aligned columns under headings, then the totals."""
    cells = [_HEADINGS] + [
        (row.name, row.kind, row.shape, f"{row.weights:,}", ", ".join(row.inputs) or "-") for row in rows
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEADINGS))]
    lines = [_line(line, widths) for line in cells]
    lines.insert(1, "  ".join("─" * width for width in widths))
    totals = (
        f"Weights: {parameters:,}",
        f"Trainable: {trainable:,}",
        f"Non-trainable: {parameters - trainable:,}",
    )
    return "\n".join([*lines, "", *totals])


def _line(texts: tuple[str, ...], widths: list[int]) -> str:
    """The texts in columns, numbers to the right."""
    padded = [
        text.rjust(width) if heading == "weights" else text.ljust(width)
        for text, width, heading in zip(texts, widths, _HEADINGS, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _dot(rows: tuple[LayerRow, ...]) -> str:
    """A directed graph: a box per layer with its shape and weights, arrows between them; dashed boxes are frozen."""
    lines = ["digraph model {", *_STYLE]
    for row in rows:
        weights = f"\\n{row.weights:,} weights{', frozen' if row.frozen else ''}" if row.weights else ""
        label = f"{row.name}\\n{row.kind} {row.shape}{weights}"
        lines.append(f'"{row.name}" [label="{label}"{_FROZEN if row.frozen else ""}];')
    lines += [f'"{source}" -> "{row.name}";' for row in rows for source in row.inputs]
    return "\n".join([*lines, "}"])
