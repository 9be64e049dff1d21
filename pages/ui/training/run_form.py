"""What to train, from the model's settings to the button."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.shell import cache, selection
from pages.ui.shell.markdown import md
from pages.ui.shell.notices import forget_refusal, refuse
from pages.ui.shell.visitor import visitor
from pages.ui.training.fill_form import fill_form
from pages.ui.training.forms import changed, fill, settings_form
from pages.ui.training.into_view import show_soon
from pages.ui.training.pace import begin_slowly
from pages.ui.training.split_form import fill_split, split_form
from reco_core.errors import RecoError, SettingsError
from reco_core.models.spec import ModelSpec, Settings, Shape
from reco_core.ratings import Ratings
from reco_core.runs import RunReading, RunRequest

TOGETHER = "together"


def run_form(
    ratings: Ratings, spec: ModelSpec, shape: Shape, button: bool = True
) -> tuple[RunRequest | None, Settings | None]:
    """Draw the form of a run, and its button; gives back the request and the checked settings, None where unusable."""
    top = st.container(horizontal=True, vertical_alignment="center", key="before_training")
    preset, values = settings_form(spec)
    base = _base_run(ratings, spec)
    plan = split_form(ratings, spec)
    try:
        settings = spec.parse(values)
        request = RunRequest.asked(
            source=cache.source_of(ratings),
            dataset=ratings.name,
            dataset_fingerprint=ratings.fingerprint,
            model=spec.name,
            preset=preset,
            settings=settings.model_dump(mode="json"),
            split=plan.split,
            seed=plan.seed,
            refit=plan.refit,
            base_run=base,
            owner=visitor(),
        )
    except SettingsError as error:
        if button:
            _train_button(top, None)
        top.error(md(error), icon=":material/error:")
        return None, None
    top.metric("Parameters", f"{spec.parameters(settings, shape):,}", width="content")
    if button:
        _train_button(top, request)
    if different := changed(spec, preset, settings):
        top.caption(f"Changed: {md(', '.join(different))}.", width="stretch")
    return request, settings


def _train_button(where: DeltaGenerator, request: RunRequest | None) -> None:
    where.button(
        "Train",
        key="train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=request is None,
        on_click=start,
        args=(request,),
    )


def start(request: RunRequest) -> None:
    """Hand the run to the manager and show it. A callback: it runs before the page is drawn again."""
    forget_refusal()
    try:
        run = cache.manager().start(request)
        begin_slowly(run)
        show_soon(run)
    except RecoError as error:
        refuse(error)
        return
    selection.choose("run", run.id)


def start_again(run: RunReading) -> None:
    """The same run once more, with the form filled as it was. A callback."""
    info = run.info
    fill_form(run)
    start(
        RunRequest(
            **{name: getattr(info, name) for name in RunRequest.model_fields if name not in ("name", "owner")},
            owner=visitor(),
        )
    )


def _base_run(ratings: Ratings, spec: ModelSpec) -> str | None:
    """For a model in two stages: the earlier run whose tables the second stage reads, None to train them first."""
    if spec.before is None:
        return None
    wanted = spec.before(spec.parse())[0].name
    runs = {
        run.id: run
        for run in cache.runs(dataset=ratings.fingerprint)
        if run.info.model == wanted and run.status in ("finished", "stopped") and run.has_result
    }

    def picked() -> None:
        base = runs.get(st.session_state["base_run"])
        if base is not None:
            fill(spec, {name: getattr(base.settings, name) for name in ("dim", "oov_row")})
            fill_split(base.info.split)

    if st.session_state.get("base_run") not in (None, TOGETHER, *runs):
        st.session_state["base_run"] = TOGETHER
    chosen = st.selectbox(
        "First-stage vectors",
        [TOGETHER, *runs],
        key="base_run",
        on_change=picked,
        persist_state="session",
        format_func=lambda id_: "Train them in this run" if id_ == TOGETHER else f"From {runs[id_].name}",
        help=f"Trains the second stage alone, on the vectors of a finished {wanted} run with the same split.",
    )
    return None if chosen == TOGETHER else chosen
