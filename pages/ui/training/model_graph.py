"""The layers of a Keras model as a graph and as a table, drawn when they are asked for."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import cache
from pages.ui.shell.markdown import md
from reco_core.errors import RecoError
from reco_core.models.spec import ModelSpec, Settings, Shape


def model_graph(spec: ModelSpec, settings: Settings, shape: Shape) -> None:
    """Graph and summary under a switch; the training process builds the model, also while a run trains."""
    if spec.build is None:
        st.caption("This model is computed in closed form: it has no layers to draw.")
        return
    if not st.toggle("Show its layers", key="show_layers", help="Graph with shapes, and Keras's summary."):
        return

    @st.fragment
    def draw() -> None:
        try:
            with st.spinner("Building the model ..."):
                description = cache.manager().describe(spec.name, settings, shape)
        except RecoError as error:
            st.warning(md(error), icon=":material/hourglass_empty:")
            st.button("Try again", key="describe_again")
            return
        graph, summary = st.tabs(["Graph", "Summary"])
        with graph:
            st.graphviz_chart(description.dot, width="stretch", alt=f"Layers of {spec.title}")
        summary.code(description.summary, language=None)

    draw()
