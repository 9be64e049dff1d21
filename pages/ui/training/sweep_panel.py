"""A sweep while it goes on and after: its runs as a table, their settings against their error, the best one."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.ui.charts.data_charts import CONFIG
from pages.ui.charts.sweep_charts import parallel
from pages.ui.shell import cache, selection
from pages.ui.shell.markdown import md, plural
from pages.ui.shell.notices import forget_refusal, refuse, say_refused
from pages.ui.shell.run_list import LOOKS
from pages.ui.shell.shown_table import shown_table
from pages.ui.shell.visitor import visitor
from reco_core.errors import RecoError
from reco_core.jobs.sweeps.sweep import Sweep, list_sweeps, open_sweep, settings_text
from reco_core.jobs.sweeps.sweep_driver import resume_sweep
from reco_core.models import get_model
from reco_core.ratings import Ratings

TICK = 1.0
MODE, ONE, SWEEP = "train_mode", "One run", "Sweep"
OPENED = "run_opened_from_sweep"


def choose_mode() -> bool:
    """True for a sweep; draws the choice. An address with ?sweep= means one."""
    if st.session_state.pop(OPENED, False):
        st.session_state[MODE] = ONE
    st.session_state.setdefault(MODE, SWEEP if "sweep" in st.query_params else ONE)
    mode = st.segmented_control(
        "What to train", (ONE, SWEEP), required=True, key=MODE, label_visibility="collapsed", persist_state="session"
    )
    if mode == ONE:
        st.query_params.pop("sweep", None)
    return mode == SWEEP


def sweep_panel(ratings: Ratings) -> None:
    """The chosen sweep of this dataset, else the newest; looks again while it goes on."""
    sweeps = {s.id: s for s in list_sweeps(cache.store()) if s.request.base.dataset == ratings.name}
    if not sweeps:
        _nothing_yet()
        return
    wanted = st.query_params.get("sweep")
    chosen = wanted if wanted in sweeps else next(iter(sweeps))
    if len(sweeps) > 1:
        chosen = _choose(sweeps, chosen)
    st.query_params["sweep"] = chosen
    _panel(chosen)


def _choose(sweeps: dict[str, Sweep], chosen: str) -> str:
    names = {id_: f"{sweep.name} · {sweep.info.created.astimezone():%d %b %H:%M}" for id_, sweep in sweeps.items()}
    st.session_state["sweep_choice"] = chosen
    return st.selectbox(
        "Sweep", list(names), key="sweep_choice", format_func=lambda id_: names.get(id_, id_),
        label_visibility="collapsed", on_change=lambda: selection.choose("sweep", st.session_state["sweep_choice"]),
    )  # fmt: skip


def _panel(id_: str) -> None:
    status = open_sweep(cache.store(), id_).status

    @st.fragment(run_every=TICK if status == "running" else None)
    def panel() -> None:
        sweep = open_sweep(cache.store(), id_)
        now = sweep.status
        if now != status:
            st.rerun()
        rows = sweep.rows()
        _head(sweep, now)
        _best(sweep, now)
        _plot(sweep, rows)
        _table(sweep, rows)

    panel()


def _head(sweep: Sweep, status: str) -> None:
    icon, color = LOOKS[status]
    with st.container(horizontal=True, vertical_alignment="center", key="sweep_head"):
        st.header(md(sweep.name), anchor=False, width="stretch")
        st.badge(status, icon=f":material/{icon}:", color=color)
        if status == "running":
            st.button("Stop the sweep", key="stop_sweep", icon=":material/stop:", on_click=_stop, args=(sweep.id,))
        elif status in ("interrupted", "stopped"):
            st.button("Resume", key="resume_sweep", icon=":material/play_arrow:", on_click=_resume, args=(sweep.id,))
    say_refused()
    if sweep.reason:
        st.info(md(sweep.reason), icon=":material/info:")


def _best(sweep: Sweep, status: str) -> None:
    """How far it is, and which combination is ahead, with what chance alone would explain."""
    tallies = sweep.tallies()
    done = sweep.runs_done
    if status == "running":
        st.progress(
            min(done / sweep.request.runs, 1.0), text=f"{done} of at most {plural(sweep.request.runs, 'run')} done"
        )
    best = next((entry for entry in tallies if entry.best), None)
    if best is None:
        return
    ties = [entry for entry in tallies if entry.tie and not entry.best]
    spread = f" ± {best.sd:.4f} over {best.n} seeds" if best.sd is not None else ""
    words = f"**Best: {md(settings_text(best.values))}**, {_goal(sweep)} {best.mean:.4f}{spread}."
    if ties:
        others = "; ".join(md(settings_text(entry.values)) for entry in ties[:3])
        words += f" Statistically tied with {others}{' and more' if len(ties) > 3 else ''}."
    elif sweep.request.seeds == 1:
        words += " :gray[One seed each: small differences may be chance.]"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="sweep_best"):
        st.markdown(f":primary[:material/trophy:] {words}", width="stretch")
        run = sweep.best()
        if run is not None and st.button("Open the best run", key="open_best", type="primary"):
            open_run(run.id)


def _plot(sweep: Sweep, rows: pd.DataFrame) -> None:
    fields = sweep_fields(sweep)
    figure = parallel(rows[~rows["status"].isin(["running", "queued"])], sweep.request.over, fields, sweep.goal)
    if figure is not None:
        with st.container(border=True, key="sweep_plot"):
            st.markdown("**Settings against error** :small[:gray[drag along an axis to filter runs]]")
            st.plotly_chart(figure, key="parallel", config=CONFIG, width="stretch", alt="Parallel coordinates")


def _table(sweep: Sweep, rows: pd.DataFrame) -> None:
    """A row for each run; a click on one opens it."""
    fields = sweep_fields(sweep)
    marks = [
        "★ best" if best else "≈ tie" if tie else None for best, tie in zip(rows["best"], rows["tie"], strict=True)
    ]
    table = pd.DataFrame({_goal(sweep): rows[sweep.goal].astype(float), "Mark": marks})
    for name, title in fields.items():
        table[title] = rows[name].map(_text)
    table["Epochs"] = rows["epoch"]
    if sweep.request.seeds > 1:
        table["Seed"] = rows["seed"]
    table["Status"] = rows["status"]
    picked = st.dataframe(
        shown_table(table),
        key=f"sweep_runs_{sweep.id}",
        hide_index=True,
        width="stretch",
        placeholder="–",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            _goal(sweep): st.column_config.NumberColumn(format="%.4f", width="small"),
            "Mark": st.column_config.TextColumn("", width="small"),
            "Epochs": st.column_config.NumberColumn(width="small"),
        },
    ).selection.rows
    if picked and picked[0] < len(rows) and rows["status"].iloc[picked[0]] != "deleted":
        name, id_ = rows["name"].iloc[picked[0]], rows["run"].iloc[picked[0]]
        if st.button(f"Open {md(name)}", key="open_picked", icon=":material/open_in_new:"):
            open_run(id_)


def _goal(sweep: Sweep) -> str:
    """What the combinations are compared by, for people."""
    return "Validation NDCG@10" if sweep.goal == "val_ndcg" else "Validation RMSE"


def sweep_fields(sweep: Sweep) -> dict[str, str]:
    """The varied settings with their titles, in order."""
    fields = get_model(sweep.request.base.model).settings.model_fields
    return {name: fields[name].title or name for name in sweep.settings}


def open_run(run_id: str) -> None:
    """Show this run as any other."""
    st.session_state[OPENED] = True
    st.query_params.pop("sweep", None)
    selection.choose("run", run_id)
    st.rerun()


def _nothing_yet() -> None:
    say_refused()
    with st.container(border=True, key="no_sweep"):
        st.header(":primary[:material/grid_view:] One sweep, many runs", anchor=False)
        st.markdown(
            "Choose up to three settings and their values, and press **Start the sweep**. Each run is an ordinary "
            "run; the best one on the validation rows opens like any other."
        )


def _stop(id_: str) -> None:
    _told(lambda: open_sweep(cache.store(), id_).stop(visitor()))


def _resume(id_: str) -> None:
    _told(lambda: resume_sweep(cache.manager(), id_, visitor()))


def _told(action: Callable[[], object]) -> None:
    """A refusal is kept for the page to say."""
    forget_refusal()
    try:
        action()
    except RecoError as error:
        refuse(error)


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
