"""The plan of a file as choices: each shows what was guessed or chosen, and a change of it is seen at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.datasets.draft import NONE, Draft, Look
from reco_core.data.files import open_files
from reco_core.data.reading.plan import DELIMITERS, ENCODINGS, FORMS, NEEDED, ROLES, ROW_NUMBER, Plan
from reco_core.data.reading.times import DAY_NUMBER, ISO, UNITS, YEAR
from reco_core.data.reading.times import NONE as NO_TIMES

QUOTES = {'"': 'double "', "'": "single '", "": "none"}
ESCAPES = {"": "none", "\\": "backslash \\"}
DECIMALS = {".": "point: 3.5", ",": "comma: 3,5"}
HEADER = {True: "is a header", False: "is data"}
VALUES = {"ratings": "as they are", "log": "on a log scale", "implicit": "as used or not"}
DUPLICATES = {"last": "newest counts", "mean": "mean counts", "refuse": "are refused"}
TIMES: dict[str, str | None] = {NO_TIMES: "not used", **dict.fromkeys(UNITS), YEAR: "a year"}
TIMES |= {DAY_NUMBER: "20240131", ISO: "2024-01-31"}
TEXT_FORMS = ("table", "wide", "blocks", "json")
LEFT_OUT = "none"


def plan_form(draft: Draft, look: Look) -> None:
    """The choices that matter most in a row, the columns in another, and the others behind "More choices"."""
    plan = look.guess.plan
    with st.container(key="plan_main"):
        _file(draft, plan)
        _form(draft, plan)
        if plan.form in ("table", "wide", "ml-csv"):
            _one_of(draft, plan, "delimiter", "Separator", DELIMITERS, free=True)
            _one_of(draft, plan, "header", "First line", HEADER)
            _one_of(draft, plan, "decimal", "Decimal sign", DECIMALS)
    if plan.form in ("table", "json", "parquet"):
        _columns(draft, look, (*NEEDED, "time"), "columns_main")
    elif plan.form == "wide":
        _columns(draft, look, ("user",), "columns_main")
    with st.expander("More choices", icon=":material/tune:", key="more_choices"):
        _more(draft, look)


def _more(draft: Draft, look: Look) -> None:
    plan = look.guess.plan
    if plan.form in ("table", "json", "parquet"):
        _columns(draft, look, tuple(role for role in ROLES if role not in (*NEEDED, "time")), "columns_more")
    with st.container(key="plan_more"):
        _one_of(draft, plan, "values", "Values are read", VALUES)
        _one_of(draft, plan, "duplicates", "Repeated pairs", DUPLICATES)
        if "time" in plan.columns:
            _one_of(
                draft,
                plan,
                "time_form",
                "Times",
                TIMES | {plan.time_form: _time(plan.time_form)},
                free=True,
            )
        _text(draft, "missing", "Means not rated", ", ".join(plan.missing), _listed, "-1, 99")
        _number(draft, "core", "Fewest ratings each", plan.core)
        if plan.form in ("table", "wide", "blocks", "json"):
            _one_of(draft, plan, "encoding", "Encoding", ENCODINGS)
        if plan.form in ("table", "wide"):
            _one_of(draft, plan, "quote", "Quote", QUOTES)
            _one_of(draft, plan, "escape", "Escape", ESCAPES)
            _number(draft, "skip", "Lines passed over", plan.skip)
    if draft.choices or draft.without:
        st.button("Guess everything anew", key="start_over", icon=":material/restart_alt:", on_click=draft.start_over)


def choose_table(draft: Draft) -> None:
    """Which table of a zip is read, where none of them looks like ratings."""
    files = open_files(draft.incoming.path)
    names = [*files.names, *files.elsewhere]
    if len(names) > 1:
        key = f"{draft.id}_only_file"
        st.selectbox("Table", names, index=None, key=key, on_change=lambda: draft.choose("file", st.session_state[key]))


def _file(draft: Draft, plan: Plan) -> None:
    files = open_files(draft.incoming.path)
    names = [*files.names, *files.elsewhere]
    if len(names) > 1:
        _one_of(draft, plan, "file", "Table", dict.fromkeys(names) | {plan.file: None})


def _form(draft: Draft, plan: Plan) -> None:
    """The forms that this file may have: one in parquet has no other."""
    if plan.form == "parquet":
        return
    names = [plan.form] if plan.form not in TEXT_FORMS else []
    _one_of(draft, plan, "form", "Form", {name: FORMS[name] for name in (*names, *TEXT_FORMS)})


def _columns(draft: Draft, look: Look, roles: Sequence[str], key: str) -> None:
    """A box for each role over the names of the columns."""
    plan, names = look.guess.plan, look.guess.names
    with st.container(key=key):
        for role in roles:
            now = plan.columns.get(role, NONE)  # type: ignore[call-overload]
            options = [*([ROW_NUMBER] if plan.form == "wide" else []), *names[:500]]
            options += [now] if now not in (NONE, *options) else []
            optional = role not in NEEDED or now == NONE
            options = [NONE, *options] if optional else options
            _column(draft, role, options, now)


def _column(draft: Draft, role: str, options: Sequence[str], now: str) -> None:
    none = LEFT_OUT if role not in NEEDED else "Choose one"
    _box(
        f"{draft.id}_column_{role}",
        f"{role.capitalize()} column",
        options,
        now,
        lambda value: draft.choose_column(role, value),
        lambda name: name or none,
    )


def _one_of(
    draft: Draft, plan: Plan, name: str, label: str, options: Mapping[Any, str | None], free: bool = False
) -> None:
    """A box for one field of the plan; free: what is not in it can be written."""
    now = draft.choices.get(name, getattr(plan, name))
    values = [*options, *([now] if now not in options else [])]
    _box(
        f"{draft.id}_{name}", label, values, now, lambda value: draft.choose(name, value),
        lambda value: options.get(value) or str(value), free,
    )  # fmt: skip


def _box(
    key: str,
    label: str,
    options: Sequence[Any],
    now: Any,
    chosen: Callable[[Any], None],
    shown: Callable[[Any], str],
    free: bool = False,
) -> None:
    """A selectbox that shows the plan; labels are what the browser sends, so no two may be equal."""
    labels = {value: shown(value) for value in options}

    def picked() -> None:
        value = st.session_state[key]
        chosen({label: value for value, label in labels.items()}.get(value, value))

    st.session_state[key] = now
    st.selectbox(
        label, list(options), key=key, format_func=lambda value: labels.get(value, str(value)), on_change=picked,
        accept_new_options=free,
    )  # fmt: skip


def _text(draft: Draft, name: str, label: str, now: str, read: Callable[[str], Any], placeholder: str) -> None:
    key = f"{draft.id}_{name}"
    st.session_state[key] = now
    st.text_input(
        label, key=key, placeholder=placeholder, max_chars=200,
        on_change=lambda: draft.choose(name, read(st.session_state[key])),
    )  # fmt: skip


def _number(draft: Draft, name: str, label: str, now: int) -> None:
    key = f"{draft.id}_{name}"
    st.session_state[key] = now
    st.number_input(label, 0, 1000, key=key, on_change=lambda: draft.choose(name, int(st.session_state[key] or 0)))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _time(form: str) -> str:
    return (TIMES.get(form) or form) if form else "not known"
