"""What a sweep tries: up to three settings with lists or ranges, on top of the form's other settings."""

from __future__ import annotations

import math
from typing import Any, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from pages.ui.shell import cache, selection
from pages.ui.shell.markdown import md, plural
from pages.ui.shell.notices import forget_refusal, refuse
from reco_core.errors import RecoError, SettingsError
from reco_core.jobs.sweeps.search_space import grid, parse_axis
from reco_core.jobs.sweeps.sweep_driver import start_sweep
from reco_core.jobs.sweeps.sweep_request import MOST_AXES, MOST_RUNS, MOST_SEEDS, SweepRequest, checked_request
from reco_core.models.parsing import choices, kinds, limits
from reco_core.models.spec import ModelSpec
from reco_core.runs import RunRequest

METHODS = {"grid": "Grid", "tpe": "TPE"}
FIRST_AXES = ("learning_rate", "dim", "l2")
AT_FIRST = 2


def sweep_form(spec: ModelSpec, base: RunRequest | None) -> None:
    """Draw the form of a sweep with its button; `base` has every setting that is not varied."""
    top = st.container(key="before_sweep")
    names = _settings(spec)
    fields = spec.settings.model_fields
    chosen = st.multiselect(
        "Settings to vary",
        names,
        default=[name for name in FIRST_AXES if name in names][:AT_FIRST],
        key=f"sweep_over_{spec.name}",
        max_selections=MOST_AXES,
        format_func=lambda name: fields[name].title or name,
        persist_state="session",
    )
    texts = {name: _values(spec, base, name) for name in chosen}
    options = _options()
    with top:
        request = None if base is None else _request(spec, base, texts, options)
        st.button(
            "Start the sweep",
            key="start_sweep",
            type="primary",
            icon=":material/grid_view:",
            width="stretch",
            disabled=request is None,
            on_click=_start,
            args=(request,),
        )


def _options() -> dict[str, Any]:
    """How to search: method, runs, seeds, prune."""
    left, right = st.columns(2, wrap=False)
    with left:
        method = st.segmented_control(
            "Method", METHODS, default="grid", required=True, key="sweep_method", format_func=METHODS.get,
            persist_state="session",
            help="Grid: every combination. TPE (Optuna): each run is chosen from the results of those before it.",
        )  # fmt: skip
    runs = right.number_input("Maximum runs", 1, MOST_RUNS, 12, key="sweep_runs", persist_state="session")
    seeds = left.number_input(
        "Seeds per combination", 1, MOST_SEEDS, 1, key="sweep_seeds", persist_state="session",
        help="With two or more, the spread shows which differences are chance.",
    )  # fmt: skip
    with right:
        prune = st.toggle(
            "Stop weak runs early", True, key="sweep_prune", persist_state="session", wrap=True,
            help="Stops a run that is worse than the median of the others at the same epoch.",
        )  # fmt: skip
    return {"method": method, "runs": int(runs), "seeds": int(seeds), "prune": prune}


def _settings(spec: ModelSpec) -> list[str]:
    """The settings that can be varied: those with more than one value, lists aside."""
    fields = spec.settings.model_fields
    return [
        name
        for name, info in fields.items()
        if len(choices(info)) != 1 and not any(get_origin(kind) is tuple for kind in kinds(info))
    ]


def _values(spec: ModelSpec, base: RunRequest | None, name: str) -> str:
    info = spec.settings.model_fields[name]
    now = base.settings.get(name) if base is not None else info.default
    return st.text_input(
        info.title or name,
        first_values(info, now),
        key=f"sweep_values_{spec.name}_{name}",
        persist_state="session",
        help="A list such as 10,20,40, or a range such as 0.001:0.01, or 0.001:0.01:log for a log scale.",
    )


def first_values(info: FieldInfo, now: Any) -> str:
    """Values around the one that is set, as the form suggests them."""
    if options := choices(info):
        return ",".join(map(str, options))
    if bool in kinds(info):
        return "true,false"
    low, high = (limit if limit is not None else end for limit, end in zip(limits(info), (0, math.inf), strict=True))
    if not now:
        return "0,0.01,0.1" if float in kinds(info) else "1,2,4"
    if int in kinds(info):
        return ",".join(str(value) for value in dict.fromkeys((max(now // 2, int(low)), now, int(min(now * 2, high)))))
    return f"{max(now / 3, low):.2g}:{min(now * 3, high):.2g}:log"


def _request(spec: ModelSpec, base: RunRequest, texts: dict[str, str], options: dict[str, Any]) -> SweepRequest | None:
    """The checked sweep, with a line that says how much it is; None, with the reason, where it cannot be."""
    try:
        axes = tuple(parse_axis(f"{name}={text}", base, spec) for name, text in texts.items())
        request = checked_request(SweepRequest(base=base, over=axes, **options))
        whole = request.method == "grid"
        found = len(grid(request.over, request.combinations)) if whole else request.combinations
    except SettingsError as error:
        st.error(md(error), icon=":material/error:")
        return None
    each = f", each with {request.seeds} seeds" if request.seeds > 1 else ""
    all_runs = plural(found * request.seeds, "run")
    st.caption(f"{plural(found, 'combination')}{each}: {all_runs}, compared on the validation rows.")
    return request


def _start(request: SweepRequest) -> None:
    """Begin the sweep and show it. A callback."""
    forget_refusal()
    try:
        selection.choose("sweep", start_sweep(cache.manager(), request).id)
    except RecoError as error:
        refuse(error)
