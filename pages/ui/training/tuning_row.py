"""The numbers of a run that may change while it trains or rests, in one row: seen, and changed, beside the curves."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell.markdown import md
from pages.ui.shell.visitor import visitor
from pages.ui.training.steering import ask, can_go_on, current_values, waiting_changes
from reco_core.models.parsing import limits
from reco_core.runs import RunReading
from reco_core.runs.requests import Change

RATE = "learning_rate"
FACTORS = {"÷ 10": 0.1, "÷ 2": 0.5, "× 2": 2.0}


def tuning_row(run: RunReading, status: str) -> None:
    """A field for each number, empty over its value of now, and under them from when a new one holds.

    A number counts once it is entered, and the field is empty again: so the value below it is always the one in force.
    """
    now = current_values(run)
    off = status not in ("queued", "running", "paused") and not can_go_on(run)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", wrap=False, key="tuning"):
        for name, value in sorted(now.items(), key=lambda pair: pair[0] != RATE):
            low, high = (float(limit) for limit in limits(run.spec.settings.model_fields[name]))
            st.number_input(
                run.spec.settings.label(name), low, high, None, format="%g", key=f"change_{name}", disabled=off,
                placeholder=f"{value:.3g}", on_change=_entered, args=(run, name),
            )  # fmt: skip
            for label, factor in FACTORS.items() if name == RATE else ():
                change = Change(name, _within(value * factor, low, high), by=visitor())
                st.button(label, key=f"rate_{factor:g}", on_click=ask, args=(run, change), disabled=off)
    st.caption(_from_when(run, status))


def _from_when(run: RunReading, status: str) -> str:
    """What was asked for and holds from the next epoch on, else from when a change would hold."""
    if coming := waiting_changes(run):
        words = ", ".join(f"{run.spec.settings.label(change.setting)} {change.value:g}" for change in coming)
        return f":material/schedule: From the next epoch on: {md(words)}."
    return (
        ":material/tune: Settings of this run: a change takes effect from the next epoch on and is marked on the "
        "curves."
    )


def _entered(run: RunReading, name: str) -> None:
    """Ask for the number that was entered, and empty its field. A callback.

    Until the browser has heard that the field is empty, its looks at the run send the number again: that asks nothing.
    """
    wanted = st.session_state.get(f"change_{name}")
    st.session_state[f"change_{name}"] = None
    if wanted is not None and float(wanted) != current_values(run)[name]:
        ask(run, Change(name, float(wanted), by=visitor()))


def _within(value: float, low: float, high: float) -> float:
    """A value that may be asked for, with three digits."""
    return float(f"{min(max(value, low), high):.3g}")
