"""Settings from text or JSON, checked; every refusal is one sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from reco_core.errors import SettingsError

if TYPE_CHECKING:
    from reco_core.models.spec import ModelSpec, Settings


def parse_settings(spec: ModelSpec, values: Mapping[str, Any], preset: str | None = None) -> Settings:
    """The model's settings: defaults, then the preset's, then `values`, which may be text; raises SettingsError."""
    known = spec.settings.model_fields
    unknown = [name for name in values if name not in known]
    if unknown:
        has = f"it has {', '.join(known)}" if known else "it has none"
        raise SettingsError(f"{spec.name} has no setting {unknown[0]}; {has}.")
    given = _preset_values(spec, preset) | dict(values)
    chosen = given | {name: _from_text(known[name], value) for name, value in values.items()}
    try:
        return spec.settings.model_validate(chosen)
    except ValidationError as error:
        raise SettingsError(_sentence(spec.settings, error, given)) from error


def as_text(value: Any) -> str:
    """A setting's value as parse_settings reads it from text, and as `--set` takes it."""
    if isinstance(value, (list, tuple)):
        return ",".join("x".join(map(as_text, v)) if isinstance(v, (list, tuple)) else as_text(v) for v in value)
    if value is None or isinstance(value, bool):
        return "none" if value is None else str(value).lower()
    if isinstance(value, float) and float(f"{value:g}") == value:
        return f"{value:g}"
    return str(value)


def limits(info: FieldInfo) -> tuple[float | None, float | None]:
    """The least and the greatest value that a setting allows, None where it has no such limit."""
    low = next((m.ge for m in info.metadata if getattr(m, "ge", None) is not None), None)
    high = next((m.le for m in info.metadata if getattr(m, "le", None) is not None), None)
    return low, high


def kinds(info: FieldInfo) -> tuple[Any, ...]:
    """The types that a setting may have, such as (int, NoneType) or (Literal["rows", "table"],)."""
    return get_args(info.annotation) if get_origin(info.annotation) in (Union, UnionType) else (info.annotation,)


def choices(info: FieldInfo) -> tuple[Any, ...]:
    """The values to choose from, of one or (for a list) of each entry; empty where there is no such list."""
    for kind in kinds(info):
        if get_origin(kind) is tuple:
            kind = get_args(kind)[0]
        if get_origin(kind) is Literal:
            return get_args(kind)
    return ()


def _preset_values(spec: ModelSpec, name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    for preset in spec.presets:
        if preset.name == name:
            return dict(preset.settings)
    if not spec.presets:
        raise SettingsError(f"{spec.name} has no presets; got {name}.")
    raise SettingsError(f"preset of {spec.name} must be one of {', '.join(p.name for p in spec.presets)}; got {name}.")


def _from_text(info: FieldInfo, value: Any) -> Any:
    """The value with `none` as None and a list's text split at commas; the rest is pydantic's to convert."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.lower() in ("none", "null", "") and NoneType in kinds(info):
        return None
    if any(get_origin(kind) is tuple for kind in kinds(info)):
        return [part.strip() for part in text.strip("[]()").split(",") if part.strip()]
    return text


def _sentence(settings: type[Settings], error: ValidationError, given: Mapping[str, Any]) -> str:
    """What the first mistake breaks, and what was given."""
    first = error.errors()[0]
    if not first["loc"]:
        return str(first["ctx"]["error"])
    name = str(first["loc"][0])
    info = settings.model_fields[name]
    out_of_range = first["type"] in ("greater_than_equal", "less_than_equal") and len(first["loc"]) == 1
    rule = _between(*limits(info)) + _or_none(info) if out_of_range else allowed(info)
    text = str(given.get(name))
    return f"{name} must be {rule}; got {text if len(text) <= 60 else text[:57] + '...'}."


def allowed(info: FieldInfo) -> str:
    """What a setting may be, in words."""
    options = choices(info)
    kind = next(kind for kind in kinds(info) if kind is not NoneType)
    if get_origin(kind) is tuple:
        rule = _list_rule(info, kind)
    elif len(options) == 1:
        rule = str(options[0]).lower()
    elif options:
        rule = f"one of {', '.join(map(str, options))}"
    elif kind is bool:
        rule = "true or false"
    else:
        rule = ("a whole number " if kind is int else "a number ") + _between(*limits(info))
    return rule + _or_none(info)


def _or_none(info: FieldInfo) -> str:
    return " or none" if NoneType in kinds(info) else ""


def _list_rule(info: FieldInfo, kind: Any) -> str:
    entry = get_args(kind)[0]
    options = choices(info)
    if options:
        return f"a list of {' or '.join(map(str, options))}"
    if get_origin(entry) is tuple:
        return "a list of epochs x learning rate, such as 4x0.001"
    return "a list of whole numbers above 0, at most 8, such as 100,50,20"


def _between(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if high is None or not math.isfinite(high):
        return f"of {low:g} or more"
    return f"between {_number(low)} and {_number(high)}"


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:,.0f}" if value >= 1e5 else f"{value:g}"
