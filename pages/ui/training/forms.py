"""A settings class as widgets: label, help, range and choices come from its fields, values go back to it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import NoneType
from typing import Any, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from pages.ui.shell.frame import errors_shown
from reco_core.glossary import meaning_of_setting
from reco_core.models.described import without_effect
from reco_core.models.parsing import choices, kinds, limits
from reco_core.models.spec import ModelSpec

OWN = "default"
NOTHING = "none"


def settings_form(spec: ModelSpec) -> tuple[str | None, dict[str, Any]]:
    """Draw the presets and every setting of the model; gives back the chosen preset and the values by name.

    Values are as given: lists are text, and spec.parse checks all. What is often changed comes first; the rest waits
    under "More settings".
    """
    preset = _presets(spec)
    fields = spec.settings.model_fields
    for name in fields:
        st.session_state.setdefault(key_of(spec, name), _start_value(spec, preset, name))
    idle = without_effect(fields, {name: _given(spec, name) for name in fields})
    first = [name for name, info in fields.items() if not _hint(info, "advanced")]
    later = [name for name, info in fields.items() if _hint(info, "advanced")]
    values = {}
    for group in dict.fromkeys(_hint(fields[name], "group") for name in first):
        st.markdown(f":small[:gray[{group}]]")
        values |= _grid(spec, [name for name in first if _hint(fields[name], "group") == group], idle)
    if later:
        with st.expander("More settings", icon=":material/tune:"):
            values |= _grid(spec, later, idle)
    return (None if preset == OWN else preset), {name: values[name] for name in fields}


def key_of(spec: ModelSpec, name: str) -> str:
    """The key of a setting's widget."""
    return f"set_{spec.name}_{name}"


def fill(spec: ModelSpec, values: Mapping[str, Any]) -> None:
    """Put values into the widgets, before they are drawn in this run."""
    for name, value in values.items():
        st.session_state[key_of(spec, name)] = _shown(spec.settings.model_fields[name], value)


def changed(spec: ModelSpec, preset: str | None, settings: Any) -> list[str]:
    """Labels of the settings that differ from the preset's (None: from the defaults)."""
    start = spec.parse(preset=preset)
    fields = spec.settings.model_fields
    return [_label(name, info) for name, info in fields.items() if getattr(start, name) != getattr(settings, name)]


def _presets(spec: ModelSpec) -> str:
    """The choice of what to start from; a choice fills the form."""
    titles = {OWN: "Recommended"} | {preset.name: preset.title for preset in spec.presets}
    key = f"preset_{spec.name}"

    def picked() -> None:
        with errors_shown():
            for name in spec.settings.model_fields:
                st.session_state[key_of(spec, name)] = _start_value(spec, st.session_state[key], name)

    if len(titles) == 1:
        return OWN
    return st.selectbox(
        "Start from",
        list(titles),
        key=key,
        format_func=titles.__getitem__,
        on_change=picked,
        help="The app's recommended settings, or those of a well-known Keras notebook. You can change them afterwards.",
        persist_state="session",
    )


def _start_value(spec: ModelSpec, preset: str, name: str) -> Any:
    settings = spec.parse(preset=None if preset == OWN else preset)
    return _shown(spec.settings.model_fields[name], getattr(settings, name))


def _given(spec: ModelSpec, name: str) -> Any:
    """What a widget holds, with None for no choice."""
    value = st.session_state[key_of(spec, name)]
    return None if value == NOTHING else value


def _grid(spec: ModelSpec, names: list[str], idle: Mapping[str, str]) -> dict[str, Any]:
    """The widgets in two columns, row by row; one without effect (idle) is greyed, over the reason."""
    values = {}
    for start in range(0, len(names), 2):
        for column, name in zip(st.columns(2, wrap=False), names[start : start + 2], strict=False):
            with column:
                values[name] = _widget(spec.settings.model_fields[name], name, key_of(spec, name), name in idle)
                if name in idle:
                    st.caption(idle[name])
    return values


def _widget(info: FieldInfo, name: str, key: str, off: bool) -> Any:
    """One setting; its value is in the session state already."""
    about = " ".join(filter(None, (info.description, meaning_of_setting(name))))
    common = {"key": key, "help": about, "persist_state": "session", "disabled": off}
    label, kind, options = _label(name, info), _kind(info), choices(info)
    if get_origin(kind) is tuple:
        return st.text_input(label, placeholder=NOTHING, **common)
    if kind is bool:
        return st.toggle(label, wrap=True, **common)
    if options:
        options = (NOTHING, *options) if NoneType in kinds(info) else options
        common["disabled"] = off or len(options) == 1
        return st.selectbox(label, options, format_func=_option, **common)
    return _number(info, label, kind, common)


def _number(info: FieldInfo, label: str, kind: type, common: dict[str, Any]) -> int | float | None:
    optional = NoneType in kinds(info)
    low, high = (None if limit is None else kind(limit) for limit in limits(info))
    return st.number_input(
        label,
        low,
        high,
        value=None if optional else "min",
        step=_step(info, kind),
        format="%d" if kind is int else "%g",
        placeholder=NOTHING,
        **common,
    )


def _step(info: FieldInfo, kind: type) -> int | float:
    """What the buttons add: a whole number, a power of ten below a value on a log scale, or a twentieth."""
    if kind is int:
        return 64 if _hint(info, "log") else 1
    if not _hint(info, "log"):
        return 0.05
    value = info.default if isinstance(info.default, (int, float)) and info.default > 0 else 0.01
    return 10.0 ** math.floor(math.log10(value))


def _kind(info: FieldInfo) -> Any:
    """The type of the setting, none aside."""
    return next(kind for kind in kinds(info) if kind is not NoneType)


def _label(name: str, info: FieldInfo) -> str:
    return info.title or name.replace("_", " ").capitalize()


def _hint(info: FieldInfo, name: str) -> Any:
    return (info.json_schema_extra or {}).get(name, "Model" if name == "group" else False)


def _option(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _shown(info: FieldInfo, value: Any) -> Any:
    """A value as its widget holds it: a list as text, such as `100,50,20` or `4x0.001`; no choice as `none`."""
    if get_origin(_kind(info)) is not tuple:
        return NOTHING if value is None and choices(info) else value
    entries = [value] if isinstance(value, str) else value
    return ",".join("x".join(f"{part:g}" for part in e) if isinstance(e, (tuple, list)) else str(e) for e in entries)
