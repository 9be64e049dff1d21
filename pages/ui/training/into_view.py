"""After Train was pressed, the run is brought into the window: on a phone its curve would be out of sight."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache as once
from typing import Any

import streamlit as st

from reco_core.runs import RunReading

STARTED = "run_started_here"
# Scrolls once for each run, as long as the page still takes shape, and never against somebody who scrolls.
_SCRIPT = """
export default function ({ data, parentElement }) {
  const place = parentElement.host ?? parentElement;
  if (place.dataset.shown === data.run) return;
  place.dataset.shown = data.run;
  const until = performance.now() + 2500;
  let left = false;
  for (const kind of ["wheel", "touchstart", "keydown"]) addEventListener(kind, () => { left = true; }, { once: true });
  const look = () => {
    const bar = document.querySelector(".st-key-steering"), curves = document.querySelector(".st-key-run_curves");
    if (bar && curves) {
      const first = curves.querySelector("[data-testid=stVegaLiteChart]") ?? curves;
      const box = first.getBoundingClientRect(), above = bar.getBoundingClientRect();
      // The bar sticks to the top of the window, so it is no target: the curves are, to come right below it.
      const under = parseFloat(getComputedStyle(bar.parentElement).top || "0") + above.height;
      if (box.bottom > innerHeight || box.top < under)
        bar.closest("[data-testid=stMain]").scrollBy(0, curves.getBoundingClientRect().top - under - 8);
    }
    if (!left && performance.now() < until) setTimeout(look, 150);
  };
  look();
}
"""


def show_soon(run: RunReading) -> None:
    """Remember that this visitor has just started the run."""
    st.session_state[STARTED] = run.id


def bring_into_view(run: RunReading) -> None:
    """Scroll to the run if this visitor has just started it; draws nothing."""
    if st.session_state.get(STARTED) == run.id:
        with st.container(key="hidden_into_view"):
            _component()(data={"run": run.id}, key="into_view")


@once
def _component() -> Callable[..., Any]:
    return st.components.v2.component("reco_into_view", html="<span></span>", js=_SCRIPT)
