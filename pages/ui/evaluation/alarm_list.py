"""What is wrong with a run, in words, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui.shell.markdown import md, plural
from reco_core.runs import Run

ICONS = {
    "collapse": "content_copy",
    "worse_than_popularity": "trending_down",
    "worse_than_bias": "trending_down",
    "over_fitting": "ssid_chart",
    "outside_scale": "open_in_full",
    "dead_dimensions": "grid_off",
    "norm_follows_popularity": "straighten",
}


def alarm_list(run: Run, key: str = "alarms") -> None:
    """The run's alarms with their remedies; one quiet line where there is none, nothing where nobody looked."""
    alarms = (run.metrics or {}).get("alarms")
    if alarms is None:
        return
    if not alarms:
        st.caption(":green[:material/verified:] No alarms: nothing that is looked for is wrong with this model.")
        return
    with st.container(border=True, key=key, gap="xsmall"):
        st.markdown(f"**:orange[:material/notifications_active:] {plural(len(alarms), 'alarm')}**")
        for alarm in alarms:
            _line(alarm)


def alarm_lines(runs: Sequence[Run]) -> None:
    """The alarms of several runs, each under its name; nothing where none has any."""
    raised = {run.id: (run.name, alarms) for run in runs if (alarms := (run.metrics or {}).get("alarms"))}
    if not raised:
        return
    with st.expander(f"Alarms of {plural(len(raised), 'run')}", icon=":material/notifications_active:", key="alarms"):
        for name, alarms in raised.values():
            st.markdown(f"**{md(name)}**")
            for alarm in alarms:
                _line(alarm)


def _line(alarm: Mapping[str, str]) -> None:
    icon = ICONS.get(alarm["name"], "error")
    st.markdown(f":orange[:material/{icon}:] {md(alarm['sentence'])} :gray[{md(alarm['remedy'])}]")
