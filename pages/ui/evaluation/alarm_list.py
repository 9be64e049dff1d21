"""What is wrong with a run, in words, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.evaluation.next_step import next_step
from pages.ui.shell.markdown import md, plural
from reco_core.evaluation.alarms import BASELINE
from reco_core.jobs.results.figures import alarms_now
from reco_core.runs import RunReading

ICONS = {
    "diverged": "warning",
    "collapse": "content_copy",
    "worse_than_popularity": "trending_down",
    "worse_than_bias": "trending_down",
    "overfitting": "ssid_chart",
    "outside_scale": "open_in_full",
    "dead_dimensions": "grid_off",
    "norm_follows_popularity": "straighten",
}


def alarm_list(run: RunReading, key: str = "alarms") -> None:
    """The run's alarms with their remedies and the way on from the gravest; one quiet line where there is none.

    Nothing where nobody looked.
    """
    alarms = alarms_now(run)
    if alarms is None:
        return
    if run.spec.family == BASELINE:
        st.caption("A baseline is not personalised: everyone gets nearly the same list. It is there for comparison.")
        return
    if not alarms:
        st.caption(":green[:material/verified:] No issues found by the automatic checks.")
        return
    with st.container(border=True, key=key, gap="xsmall"):
        st.markdown(f"**:orange[:material/notifications_active:] {plural(len(alarms), 'alarm')}**")
        for alarm in alarms:
            _line(alarm)
        next_step(run, alarms, key=f"{key}_next")


def alarm_lines(runs: Sequence[RunReading]) -> None:
    """The alarms of several runs, each under its name; nothing where none has any."""
    raised = {run.id: (run.name, alarms) for run in runs if (alarms := alarms_now(run))}
    if not raised:
        return
    with st.expander(f"Alarms of {plural(len(raised), 'run')}", icon=":material/notifications_active:", key="alarms"):
        for name, alarms in raised.values():
            st.markdown(f"**{md(name)}**")
            for alarm in alarms:
                _line(alarm)


def _line(alarm: Mapping[str, Any]) -> None:
    icon = ICONS.get(alarm["name"], "error")
    st.markdown(f":orange[:material/{icon}:] {md(alarm['sentence'])} :gray[{md(alarm['remedy'])}]")
